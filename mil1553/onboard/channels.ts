// The channels of all recorders: what TMATS calls them, where their sequence numbers stand, and per bus the statistics.
//
// A set-associative table: 64 sets of 8, the set chosen by channel number and recorder. When a set is full, the channel
// that was seen longest ago is forgotten (its name, its sequence, its statistics).

import { CHANNELS, CHANNEL_SETS, CHANNEL_WAYS, NAME } from "./capacity";

/** What TMATS says of a channel (R-x\CDT-n and CHE-n). */
export const CHANNEL_1553: u32 = 1;
export const CHANNEL_DISABLED: u32 = 2;
/** It was said that its format is not read. */
export const CHANNEL_NOT_READ: u32 = 4;

@unmanaged
export class Bus {
  // identity
  recorder: u64; // the recorder's key
  seen: u64; // step in which it was last used; 0 = free
  // the message before
  lastRtc: u64;
  lastEnd: u64;
  lastDuration: u32;
  // statistics of the interval since statsReset()
  messages: u32;
  messagesB: u32; // of these on bus B
  words: u32;
  damaged: u32; // block status says message error
  noResponse: u32;
  anomalous: u32; // messages with an anomaly that is not the recorder's own
  doubtful: u32;
  responses: u32;
  responseSum: u32; // 0.1 us
  busy: u64; // 100 ns
  firstStart: u64; // rtc of the interval's first message
  packets: u32;
  channel: u16;
  responseMin: u8; // 0.1 us
  responseMax: u8;
  hasLast: u8;
  lastDamaged: u8;
  lastBusB: u8;
  hasSequence: u8;
  lastSequence: u8;
  flags: u8; // CHANNEL_*
  nameLength: u8;
  hole: u8; // 1: messages in front of the next one are missing, or could not be believed; who reads it clears it
  reserved1: u8;
  reserved2: u32;
}

const HEAD: u32 = 136; // offsetof<Bus>() rounded up
const ENTRY: u32 = HEAD + NAME;
const TABLE: usize = memory.data(CHANNELS * ENTRY, 8);

/** Steps of the whole decoder: the clock of every "seen longest ago". Deterministic, since it counts packets. */
let step: u64 = 0;
let forgotten: u32 = 0xffffffff;

@inline export function busAt(index: u32): Bus {
  return changetype<Bus>(TABLE + <usize>(index * ENTRY));
}

@inline export function busIndex(bus: Bus): u32 {
  return <u32>(changetype<usize>(bus) - TABLE) / ENTRY;
}

@inline export function busName(bus: Bus): usize {
  return changetype<usize>(bus) + HEAD;
}

@inline export function busUsed(bus: Bus): bool {
  return bus.seen != 0;
}

/** The channel that the last busFor() had to forget, or 0xffffffff; reading it clears it. */
export function takeForgotten(): u32 {
  const f = forgotten;
  forgotten = 0xffffffff;
  return f;
}

/** The entry of a recorder's channel; made if there is none. */
export function busFor(recorder: u64, channel: u32): Bus {
  ++step;
  const set = (channel + <u32>recorder * 17) & (CHANNEL_SETS - 1);
  let oldest = busAt(set * CHANNEL_WAYS);
  for (let i: u32 = 0; i < CHANNEL_WAYS; ++i) {
    const b = busAt(set * CHANNEL_WAYS + i);
    if (b.seen != 0 && <u32>b.channel == channel && b.recorder == recorder) {
      b.seen = step;
      return b;
    }
    if (b.seen < oldest.seen) oldest = b;
  }
  if (oldest.seen != 0) forgotten = <u32>oldest.channel;
  memory.fill(changetype<usize>(oldest), 0, <usize>ENTRY);
  oldest.recorder = recorder;
  oldest.channel = <u16>channel;
  oldest.seen = step;
  return oldest;
}

/** Takes at most NAME bytes. Untrusted: printed through `quoted` only. */
export function setBusName(bus: Bus, p: usize, length: u32): void {
  const n = min<u32>(length, NAME);
  memory.copy(busName(bus), p, <usize>n);
  bus.nameLength = <u8>n;
}

export function clearChannels(): void {
  memory.fill(TABLE, 0, <usize>(CHANNELS * ENTRY));
  step = 0;
  forgotten = 0xffffffff;
}
