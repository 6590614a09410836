// REQ-DIODE-016
// What leaves: at once, or, where the policy has a queue, when `out`'s rate lets it; with padding one frame in each
// interval whatever came, all of one length, so that neither times nor lengths tell anything (constant rate).
//
// Released at each record, before it is looked at and behind it, at most RELEASES in all; a live host gives a TICK in
// each interval (abi.ts, tick()). Intervals that passed unused while no record came, more than LATE of them, are
// forgone and counted: an image that was paused does not catch up with a burst.
import { FRAME_HEADER } from "../../../contract/onboard/abi";
import { GuardFlag, GuardSettings, MAX_MTU } from "../../../contract/onboard/config";
import { FIELDS as FIELDS_SIZE, Fields } from "../../../../diode/onboard/fields";
import { lengthOf, oldest, pop, push, room, waiting } from "../../../../diode/onboard/queue";
import { charge, conforms } from "../../../../diode/onboard/rate";
import { remake } from "../../../../diode/onboard/remake";
import { align8 } from "../../../../lib/onboard/bytes";
import { settings, transferAt } from "./policy";

const SIZE: u32 = 49152;
const FRAMES: usize = memory.data(SIZE, 8);
const ETHERNET: u32 = 14;
const LONGEST_FRAME: u32 = (ETHERNET + MAX_MTU + 7) & ~7;
const LONGEST: u32 = FRAME_HEADER + ETHERNET + MAX_MTU + 8; // with its header and padding to 8
export const RELEASES: u32 = 4;
const LATE: u64 = 16;
const MINIMUM: u32 = 60;
const SHORTEST_TICK: u64 = 50000; // ns
const TRANSFER_TICK: u64 = 2000000; // what was calculated, and parity, leave between frames too
const DUE: usize = memory.data(sizeof<u64>(), 8); // rate.ts; with padding: when the next frame leaves
const PADDING: usize = memory.data(LONGEST_FRAME, 8);
const FIELDS: usize = memory.data(FIELDS_SIZE, 8);

let used: u32 = 0;
let left: u32 = 0; // releases that the record at hand may still have
let identification: u32 = 0; // IPv4, of the next frame that is made
let paddingSent: u64 = 0;
let forgone: u64 = 0;

export function at(): usize {
  return FRAMES;
}
export function length(): u32 {
  return used;
}
export function clear(): void {
  used = 0;
}
export function paddings(): u64 {
  return paddingSent;
}
export function slotsForgone(): u64 {
  return forgone;
}
/** Whether whatever one record lets out has room. */
export function roomForRecord(): bool {
  return used + RELEASES * LONGEST <= SIZE;
}

@inline function padded(s: GuardSettings): bool {
  return (s.flags & GuardFlag.PADDING) != 0;
}

/** Before the first record. */
export function beginOutput(): void {
  const s = settings();
  store<u64>(DUE, 0);
  if (!padded(s)) return;
  // Made once: it is the same each time, but for the bytes behind it, which are zeros as those of every frame are.
  const f = changetype<Fields>(FIELDS);
  f.version = 4;
  f.protocol = 17;
  f.srcLo = s.paddingFrom;
  f.dstLo = s.paddingTo;
  f.srcPort = f.dstPort = s.paddingPort;
  f.payloadLength = s.mtu - 28;
  remake(PADDING, f, false, s.outMac, s.nextHopMac, s.ttl, 0);
}

/** ns between two ticks that this policy needs; 0 = one a second will do. */
export function tickInterval(): u64 {
  const s = settings();
  if (s.queue == 0) return transferAt == 0 ? 0 : TRANSFER_TICK;
  return max<u64>(s.interval, SHORTEST_TICK);
}

/** Whether one more frame may leave at `time`, or wait. */
export function mayLeave(time: u64): bool {
  const s = settings();
  if (s.queue == 0) return conforms(DUE, time, s.interval, s.slack);
  return waiting() < s.queue && room(longest(s)) != 0;
}

/** Bytes of the longest frame that this policy's `out` takes; with padding that of all. */
function longest(s: GuardSettings): u32 {
  return max<u32>(ETHERNET + s.mtu, MINIMUM);
}

/** A record is at hand: what is due leaves. */
export function startRecord(record: u32, time: u64): void {
  left = RELEASES;
  if (settings().queue != 0) release(record, time);
}

/**
 * Makes the frame of an accepted record, whose fields these are, and sends it on its way. mayLeave() said that it may.
 */
export function emit(f: Fields, copyPayload: bool, record: u32, time: u64): void {
  const s = settings();
  const waits = s.queue != 0;
  const frame = waits ? room(longest(s)) : FRAMES + used + FRAME_HEADER;
  const bytes = remake(frame, f, copyPayload, s.outMac, s.nextHopMac, s.ttl, identification);
  if (f.version == 4) identification = (identification + 1) & 0xffff;
  if (waits) {
    push(frame, bytes);
    release(record, time);
  } else {
    charge(DUE, time, s.interval);
    close(bytes, record);
  }
}

function release(record: u32, time: u64): void {
  const s = settings();
  const padding = padded(s);
  if (padding) catchUp(s, time);
  for (; left != 0; --left) {
    const frame = oldest();
    if (padding ? time < load<u64>(DUE) : frame == 0 || !conforms(DUE, time, s.interval, s.slack)) return;
    if (padding) store<u64>(DUE, load<u64>(DUE) + s.interval);
    else charge(DUE, time, s.interval);
    leave(s, frame, padding, record);
  }
}

/** The oldest frame that waits leaves, or padding. */
function leave(s: GuardSettings, frame: usize, padding: bool, record: u32): void {
  const to = FRAMES + used + FRAME_HEADER;
  const n = frame == 0 ? longest(s) : lengthOf(frame);
  const whole = padding ? longest(s) : n;
  memory.copy(to, frame == 0 ? PADDING : frame, n);
  memory.fill(to + n, 0, whole - n);
  if (frame != 0) pop();
  else paddingSent += 1;
  close(whole, record);
}

/** The first interval begins with the first record; those that were missed are forgone. */
function catchUp(s: GuardSettings, time: u64): void {
  const due = load<u64>(DUE);
  if (due == 0) {
    store<u64>(DUE, time + s.interval);
    return;
  }
  if (time < due || time - due <= LATE * s.interval) return;
  const missed = (time - due) / s.interval;
  forgone += missed;
  store<u64>(DUE, due + missed * s.interval);
}

/** The frame behind what the buffer holds has this many bytes and is complete. */
function close(bytes: u32, record: u32): void {
  const frame = FRAMES + used;
  store<u32>(frame, bytes);
  store<u32>(frame, record, 4);
  store<u64>(frame, 0, 8);
  const whole = align8(bytes);
  memory.fill(frame + FRAME_HEADER + bytes, 0, whole - bytes);
  used += FRAME_HEADER + whole;
}
