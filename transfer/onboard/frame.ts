// REQ-TRANSFER-002, REQ-TRANSFER-003, REQ-TRANSFER-011
// Frames: written with a key, and looked at in this order: bounds, fields, authenticity, freshness. Nothing else of a
// datagram is looked at before it is known to be the sender's (facts of others' failures: lengths on the wire that were
// believed).
import {
  DIGEST as SHA256_DIGEST,
  HMAC_SIZE,
  hmacBegin,
  hmacEnd,
  hmacUpdate,
  sameDigest,
} from "../../lib/onboard/sha256";
import { FRAME, MAC, MAC_AT, MOST_BLOCKS, MOST_DATA, MOST_PARITY, Refused, SHARD_AT, Type, VERSION } from "./sizes";

@unmanaged
export class Frame {
  magic: u8;
  version: u8;
  type: u8;
  zero: u8;
  bootLow: u32;
  bootHigh: u32; // 8 bytes that do not start at a multiple of 8
  zero2: u32;
  sequence: u64;
  block: u32;
  index: u8;
  k: u8;
  m: u8;
  interleave: u8;
}

const HMAC: usize = memory.data(HMAC_SIZE, 8);
const DIGEST: usize = memory.data(SHA256_DIGEST, 8);

/** A sender: its key, begun, and its numbers. */
@unmanaged
export class Sender {
  boot: u64;
  sequence: u64; // of the last frame
  key: u64; // the first of HMAC_SIZE bytes
}
export const SENDER: u32 = <u32>offsetof<Sender>("key") + HMAC_SIZE;

/**
 * A receiver: the same, and which of the last WINDOW sequence numbers have been here.
 *
 * What it knows of earlier boots ends with it. So a boot below `oldest`, nanoseconds since 1970, is believed only once
 * a heartbeat of it tells a time between `since` and `until`: a recording of it tells an old one.
 */
@unmanaged
export class Receiver {
  oldest: u64;
  since: u64;
  until: u64;
  boot: u64;
  newest: u64;
  seen: u64; // the first of WINDOW bits
}
const WINDOW: u32 = 4096;
const SEEN: u32 = WINDOW / 8;
const TOLD: u32 = 16; // in the shard of a heartbeat of a sender: its clock
export const RECEIVER: u32 = <u32>offsetof<Receiver>("seen") + SEEN + HMAC_SIZE;

@inline function senderKey(s: Sender): usize {
  return changetype<usize>(s) + offsetof<Sender>("key");
}

@inline function receiverKey(r: Receiver): usize {
  return changetype<usize>(r) + offsetof<Receiver>("seen") + SEEN;
}

export function openSender(s: Sender, key: usize, keyLength: u32, boot: u64): void {
  s.boot = boot;
  s.sequence = 0;
  hmacBegin(senderKey(s), key, keyLength);
}

export function openReceiver(r: Receiver, key: usize, keyLength: u32): void {
  memory.fill(changetype<usize>(r), 0, offsetof<Receiver>("seen") + SEEN);
  hmacBegin(receiverKey(r), key, keyLength);
}

function code(key: usize, frame: usize): void {
  memory.copy(HMAC, key, HMAC_SIZE);
  hmacUpdate(HMAC, frame, MAC_AT);
  hmacEnd(HMAC, DIGEST);
}

/** Completes the frame whose shard is in place already. */
export function seal(
  s: Sender,
  frame: usize,
  type: u32,
  block: u32,
  index: u32,
  k: u32,
  m: u32,
  interleave: u32,
): void {
  s.sequence += 1;
  store<u32>(frame, 0x57 | (VERSION << 8) | (type << 16));
  store<u64>(frame, s.boot, 4);
  store<u32>(frame, 0, 12);
  store<u64>(frame, s.sequence, 16);
  store<u32>(frame, block, 24);
  store<u32>(frame, index | (k << 8) | (m << 16) | (interleave << 24), 28);
  code(senderKey(s), frame);
  memory.copy(frame + MAC_AT, DIGEST, MAC);
}

/** Whether the datagram p[0..length) is this receiver's; it is then counted as seen. Untrusted until this said NONE. */
export function check(r: Receiver, p: usize, length: u32): u32 {
  if (length != FRAME) return Refused.LENGTH;
  if (load<u8>(p) != 0x57 || load<u8>(p, 1) != VERSION) return Refused.VERSION;
  const f = changetype<Frame>(p);
  if (f.type < 1 || f.type > 3 || f.zero != 0 || load<u32>(p, 12) != 0) return Refused.FIELD;
  if (f.k < 1 || <u32>f.k > MOST_DATA || f.m < 1 || <u32>f.m > MOST_PARITY) return Refused.FIELD;
  if (f.interleave < 1 || <u32>f.interleave > MOST_BLOCKS) return Refused.FIELD;
  code(receiverKey(r), p);
  if (!sameDigest(p + MAC_AT, DIGEST, MAC)) return Refused.MAC;
  return fresh(
    r,
    load<u64>(p, 4),
    load<u64>(p, 16),
    <i32>f.type == Type.HEARTBEAT ? load<u64>(p + SHARD_AT + TOLD) : 0,
  );
}

/** From now on no boot before this one is taken, nor a frame of it up to that sequence number. */
export function setFloor(r: Receiver, boot: u64, sequence: u64): void {
  r.boot = boot;
  r.newest = sequence;
  memory.fill(changetype<usize>(r) + offsetof<Receiver>("seen"), 0xff, SEEN);
}

function fresh(r: Receiver, boot: u64, sequence: u64, told: u64): u32 {
  if (boot < r.boot || (boot > r.boot && boot < r.oldest && (told < r.since || told > r.until))) return Refused.BOOT;
  const seen = changetype<usize>(r) + offsetof<Receiver>("seen");
  if (boot > r.boot) {
    r.boot = boot;
    r.newest = 0;
    memory.fill(seen, 0, WINDOW >> 3);
  }
  if (sequence == 0 || (r.newest > sequence && r.newest - sequence >= WINDOW)) return Refused.REPLAY;
  if (sequence > r.newest) {
    forget(seen, r.newest, sequence);
    r.newest = sequence;
  } else if (bit(seen, sequence)) return Refused.REPLAY;
  const at = seen + <usize>((sequence >> 3) & ((WINDOW >> 3) - 1));
  store<u8>(at, load<u8>(at) | (<u8>((<u32>1) << ((<u32>sequence) & 7))));
  return Refused.NONE;
}

@inline function bit(seen: usize, sequence: u64): bool {
  return (((<u32>load<u8>(seen + <usize>((sequence >> 3) & ((WINDOW >> 3) - 1)))) >> ((<u32>sequence) & 7)) & 1) != 0;
}

/** The numbers between the newest so far and the new one have not been here. */
function forget(seen: usize, from: u64, to: u64): void {
  if (to - from >= WINDOW) {
    memory.fill(seen, 0, WINDOW >> 3);
    return;
  }
  for (let n = from + 1; n < to; ++n) {
    const at = seen + <usize>((n >> 3) & ((WINDOW >> 3) - 1));
    store<u8>(at, load<u8>(at) & ~(<u8>((<u32>1) << ((<u32>n) & 7))));
  }
}

@inline export function shardOf(frame: usize): usize {
  return frame + SHARD_AT;
}
