// Not linked into the image: the two ends of a transfer, for Node. What comes from the network is parsed here and
// nowhere else.
import { openCode } from "./code";
import { late, lost, nextCalculated, openDecoder, order, recovered, restartDecoder, takeFrame } from "./decode";
import { addShard, block, closeWindow, count, index, nextParity, openEncoder, shardsWaiting } from "./encode";
import {
  Frame,
  RECEIVER,
  Receiver,
  SENDER,
  Sender,
  check,
  openReceiver,
  openSender,
  seal,
  setFloor,
  shardOf,
} from "./frame";
import { Record, readRecord } from "./record";
import { FRAME, KEY_SIZE, LARGEST_DATAGRAM, MOST_BYTES, Refused, SHARD, SHARD_AT, Type } from "./sizes";

const IN: usize = memory.data(LARGEST_DATAGRAM, 8);
const OUT: usize = memory.data(FRAME, 8);
const KEY: usize = memory.data(2 * KEY_SIZE, 8);
const SENDING: usize = memory.data(SENDER, 8);
const RECEIVING: usize = memory.data(RECEIVER, 8);
const PARTS: usize = memory.data(offsetof<Record>(), 8);
let k: u32 = 0,
  m: u32 = 0,
  interleave: u32 = 0;
let direct: usize = 0;
let boot: u64 = 0;

export function inAt(): usize {
  return IN;
}
export function outAt(): usize {
  return OUT;
}
export function keyAt(): usize {
  return KEY;
}
export function frameSize(): u32 {
  return FRAME;
}
export function mostBytes(): u32 {
  return MOST_BYTES;
}

/** The key stands at keyAt(), 32 bytes. */
export function open(data: u32, parity: u32, blocks: u32, ownBoot: u64): void {
  k = data;
  m = parity;
  interleave = blocks;
  openCode(k, m);
  openEncoder(k, m, interleave);
  openDecoder(k, m, interleave);
  openSender(changetype<Sender>(SENDING), KEY, KEY_SIZE, ownBoot);
  openReceiver(changetype<Receiver>(RECEIVING), KEY, KEY_SIZE);
}

// ---- Sending: a shard is written at outAt() + 32, and is a frame afterwards -----------------------------------------

export function sendShard(): void {
  addShard(OUT + SHARD_AT);
  finish(Type.DATA, block, index, count);
}
/** A frame of parity, when one is due. */
export function sendParity(): bool {
  const parity = nextParity();
  if (parity == 0) return false;
  memory.copy(OUT + SHARD_AT, parity, SHARD);
  finish(Type.DATA, block, index, count);
  return true;
}
/** Ends the window, with what it holds. */
export function flush(): void {
  closeWindow();
}
export function waiting(): u32 {
  return shardsWaiting();
}
/** A heartbeat with the counters that stand at outAt() + 32, or an idle frame. */
export function sendHeartbeat(): void {
  finish(Type.HEARTBEAT, 0, 0, k);
}
export function sendIdle(): void {
  memory.fill(OUT + SHARD_AT, 0, SHARD);
  finish(Type.IDLE, 0, 0, k);
}
function finish(type: u32, b: u32, i: u32, data: u32): void {
  seal(changetype<Sender>(SENDING), OUT, type, b, i, data, m, interleave);
}

// ---- Receiving ------------------------------------------------------------------------------------------------------

/** Takes a datagram at inAt(); a Refused. Then next(), as often as it says that there is a record. */
export function take(length: u32): u32 {
  direct = 0;
  const r = changetype<Receiver>(RECEIVING);
  const why = check(r, IN, length);
  if (why != Refused.NONE) return why;
  if (r.boot != boot) {
    boot = r.boot;
    restartDecoder();
  }
  if (changetype<Frame>(IN).type == Type.DATA && takeFrame(IN)) direct = shardOf(IN);
  return Refused.NONE;
}
/** No frame of a boot before this one is taken, nor of it up to that sequence number. */
export function floor(lowest: u64, sequence: u64): void {
  setFloor(changetype<Receiver>(RECEIVING), lowest, sequence);
  boot = lowest;
}
/** Where the record stands among all that were sent: next() sets it. */
export function recordOrder(): u64 {
  return order;
}
/** 1: a record is available, 2: a malformed record was skipped, 0: no more. */
export function next(): u32 {
  let shard = direct;
  direct = 0;
  if (shard == 0) shard = nextCalculated();
  if (shard == 0) return 0;
  return readRecord(changetype<Record>(PARTS), shard) ? 1 : 2;
}
export function record(): usize {
  return PARTS;
}
/** Of the frame at inAt(), when take() said 0. */
export function frameType(): u32 {
  return <u32>changetype<Frame>(IN).type;
}
export function frameBoot(): u64 {
  return load<u64>(IN, 4);
}
export function frameSequence(): u64 {
  return load<u64>(IN, 16);
}
export function recoveredShards(): u64 {
  return recovered;
}
export function lostShards(): u64 {
  return lost;
}
export function lateFrames(): u64 {
  return late;
}
