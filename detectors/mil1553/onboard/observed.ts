// What the detectors ask of the message at hand, found once: who sent what to whom, when, and how far it can be
// believed.
import { BSW_WORD, Format, HAS_CMD2, Message, TIME_UNKNOWN, isDamaged, isRtRt } from "../../../mil1553/onboard/message";
import { M } from "../../../mil1553/onboard/anomalies";
import { isMode, terminal } from "../../../mil1553/onboard/words";

/** Structure that is not as the format wants it: what stands where a data word should be may be none. */
const BROKEN: u64 =
  ((<u64>1) << M.EMPTY) |
  ((<u64>1) << M.ODD_LENGTH) |
  ((<u64>1) << M.TOO_LONG) |
  ((<u64>1) << M.WORD_COUNT) |
  ((<u64>1) << M.NO_RESPONSE) |
  ((<u64>1) << M.BROADCAST_RESPONSE) |
  ((<u64>1) << M.TRANSMITTER_BUSY);

/** The command words can be believed: the recorder saw no invalid word, of which it does not say which one it was. */
export let trusted: bool = false;
/** Complete and without error. */
export let whole: bool = false;
export let damaged: bool = false;
export let mode: bool = false;
/** Identity: channel number, one command or two. Never 0 for a trusted message (but see keyOf). */
export let key: u64 = 0;
/** First bit and end of the message, 0.1 us of the recorder's counter (48 bits). */
export let start: u64 = 0;
export let end: u64 = 0;
/** For findings, ns; until the first time packet the counter alone. */
export let time: u64 = 0;
/** Terminal that cmd1 names, and of RT-RT transfers the one that sends; else 32. */
export let first: u32 = 0;
export let second: u32 = 0;

export function observe(m: Message): void {
  const rtRt = isRtRt(m);
  damaged = isDamaged(m);
  trusted = m.format != Format.NONE && ((<u32>m.blockStatus) & BSW_WORD) == 0 && (!rtRt || (m.has & HAS_CMD2) != 0);
  whole = trusted && !damaged && (m.anomalies & BROKEN) == 0;
  key = keyOf(<u32>m.channel, <u32>m.cmd1, rtRt ? <u32>m.cmd2 : 0, rtRt);
  mode = isMode(<u32>m.cmd1) && !rtRt;
  first = terminal(<u32>m.cmd1);
  second = rtRt ? terminal(<u32>m.cmd2) : 32;
  time = m.time == TIME_UNKNOWN ? m.rtc * 100 : m.time;
  start = (m.timeTag == 0 ? m.rtc - <u64>m.duration : m.timeTag == 2 ? m.rtc - 200 : m.rtc) & 0xffffffffffff;
  end = (start + <u64>m.duration) & 0xffffffffffff;
}

@inline export function keyOf(channel: u32, cmd1: u32, cmd2: u32, rtRt: bool): u64 {
  return ((<u64>1) << 63) | ((<u64>channel) << 40) | (rtRt ? (<u64>1) << 32 : 0) | (<u64>((cmd1 << 16) | cmd2));
}
@inline export function channelOf(identity: u64): u32 {
  return (<u32>(identity >> 40)) & 0xffff;
}
@inline export function command1(identity: u64): u32 {
  return (<u32>(identity >> 16)) & 0xffff;
}
@inline export function command2(identity: u64): u32 {
  return (<u32>identity) & 0xffff;
}
@inline export function isPair(identity: u64): bool {
  return ((identity >> 32) & 1) != 0;
}

/** The terminals that a message's commands name, a bit each. */
export function terminalsOf(identity: u64): u32 {
  const one = (<u32>1) << terminal(command1(identity));
  return isPair(identity) ? one | ((<u32>1) << terminal(command2(identity))) : one;
}

/** Ticks from `earlier` to `later` on a counter of 48 bits, nearest to zero. */
@inline export function apart(later: u64, earlier: u64): i64 {
  return (<i64>((later - earlier) << 16)) >> 16;
}
