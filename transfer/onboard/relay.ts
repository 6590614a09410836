// REQ-TRANSFER-001
// A transfer on its way through guard: frames of the sender in, frames of our own out. The code ends here: parity is
// used to calculate what was lost and goes no further, since nobody can look into it; what leaves has our own numbers,
// our own parity, our own key.
//
// Order: is it the sender's (frame.ts)? -> block (decode.ts) -> record -> may it cross (filter.ts)? -> made anew ->
// block (encode.ts) -> frame. Frames that leave are fetched with relayNext(), as many at a time as the host has room
// for.
import {
  closeWindow,
  index,
  block,
  count,
  addShard,
  nextParity,
  openEncoder,
  parityLost,
  shardsWaiting,
} from "./encode";
import { late, lost, nextCalculated, openDecoder, recovered, restartDecoder, takeFrame } from "./decode";
import { crossing, forgetStreams, judge, limitFilter, nextEnding, openFilter, Stopped, STOPS } from "./filter";
import { RECEIVER, Receiver, SENDER, Sender, Frame, check, openReceiver, openSender, seal, shardOf } from "./frame";
import { openCode } from "./code";
import { Record, readRecord, writeRecord } from "./record";
import { DIGEST } from "../../lib/onboard/sha256";
import { FRAME, KEY_SIZE, Refused, REFUSALS, SHARD, SHARD_AT, Type } from "./sizes";

const RECEIVING: usize = memory.data(RECEIVER, 8);
const SENDING: usize = memory.data(SENDER, 8);
const OUT: usize = memory.data(FRAME, 8);
const PARTS: usize = memory.data(offsetof<Record>(), 8);
const BY_REFUSAL: usize = memory.data(REFUSALS * sizeof<u64>(), 8);
const BY_STOP: usize = memory.data(STOPS * sizeof<u64>(), 8);
/** Ends that left last, told again in each heartbeat: u32 stream, u32 zero, u64 size, 32 bytes of digest. */
const ENDS: u32 = 16;
const END_SIZE: u32 = 48;
const ENDED: usize = memory.data(ENDS * END_SIZE, 8);
const HASH: usize = memory.data(DIGEST, 8);
const SECOND: u64 = 1000000000;
const QUIET: u64 = 200000000; // ns without data after which a window is closed as it is

let k: u32 = 0,
  m: u32 = 0,
  interleave: u32 = 0;
let begun: bool = false;
let ready: bool = false; // OUT holds a frame of data
let missed: u64 = 0; // frames of data that were not fetched in time: the code makes up for them
let sent: u64 = 0; // frames that left
let taken: u64 = 0; // frames of the sender's present boot
let lastData: u64 = 0; // time
let nextBeat: u64 = 0;
let beating: bool = false;
let boot: u64 = 0;
let lastTaken: u64 = 0; // time
let ended: u32 = 0; // ends that left
let tolerance: u64 = 600000000000;

/**
 * Before openRelay().
 * @param total bytes that may cross in all
 * @param clocks ns that the sender's clock may be away from ours
 */
export function limitRelay(total: u64, clocks: u64): void {
  limitFilter(total);
  tolerance = clocks;
}

/** The keys may be erased afterwards. */
export function openRelay(
  data: u32,
  parity: u32,
  blocks: u32,
  keyIn: usize,
  keyOut: usize,
  allowed: usize,
  extensions: usize,
): void {
  k = data;
  m = parity;
  interleave = blocks;
  openCode(data, parity);
  openDecoder(data, parity, blocks);
  openEncoder(data, parity, blocks);
  openReceiver(changetype<Receiver>(RECEIVING), keyIn, KEY_SIZE);
  openSender(sender(), keyOut, KEY_SIZE, 0);
  openFilter(allowed, extensions);
}

@inline function receiver(): Receiver {
  return changetype<Receiver>(RECEIVING);
}

@inline function sender(): Sender {
  return changetype<Sender>(SENDING);
}
function add(table: usize, i: u32): void {
  store<u64>(table + (i << 3), load<u64>(table + (i << 3)) + 1);
}

/** Time goes on: heartbeats, and windows that nothing more comes for. Our boot is the time at which we began. */
export function relayTime(time: u64): void {
  if (!begun) {
    begun = true;
    sender().boot = time;
    receiver().oldest = time - min<u64>(time, tolerance);
    nextBeat = time;
  }
  if (time >= nextBeat) {
    beating = true;
    nextBeat = time + SECOND;
  }
  if (shardsWaiting() != 0 && time >= lastData && time - lastData >= QUIET) closeWindow();
}

/** Takes a datagram; why it goes no further, a Refused. */
export function relayTake(p: usize, length: u32, time: u64): u32 {
  relayTime(time);
  receiver().since = time - min<u64>(time, tolerance);
  receiver().until = time + tolerance;
  const why = check(receiver(), p, length);
  add(BY_REFUSAL, why);
  if (why != Refused.NONE) return why;
  if (receiver().boot != boot) {
    boot = receiver().boot;
    taken = 0;
    restartDecoder();
    forgetStreams();
  }
  taken += 1;
  lastTaken = time;
  if (changetype<Frame>(p).type != Type.DATA) return Refused.NONE;
  if (ready) {
    missed += 1;
    ready = false;
  }
  if (takeFrame(p)) {
    ready = pass(shardOf(p), time);
    lastData = time;
  }
  return Refused.NONE;
}

/** The next frame that leaves, at `out`: FRAME bytes, or 0 when there is none now. */
export function relayNext(out: usize, time: u64): u32 {
  if (!ready) {
    for (let shard = nextCalculated(); shard != 0 && !ready; shard = ready ? 0 : nextCalculated())
      ready = pass(shard, time);
    if (!ready) ready = passEnding(time);
    if (ready) lastData = time;
  }
  if (ready) {
    ready = false;
    memory.copy(out, OUT, FRAME);
    sent += 1;
    return FRAME;
  }
  const parity = nextParity();
  if (parity != 0) {
    memory.copy(out + SHARD_AT, parity, SHARD);
    return finish(out, Type.DATA, block, index, count);
  }
  if (!beating) return 0;
  beating = false;
  writeCounters(out + SHARD_AT);
  return finish(out, Type.HEARTBEAT, 0, 0, k);
}

function finish(out: usize, type: u32, b: u32, i: u32, data: u32): u32 {
  seal(sender(), out, type, b, i, data, m, interleave);
  sent += 1;
  return FRAME;
}

/** Makes the frame of a shard that may cross, at OUT. */
function pass(shard: usize, time: u64): bool {
  const r = changetype<Record>(PARTS);
  const why = readRecord(r, shard) ? judge(r, time) : <u32>Stopped.FORM;
  add(BY_STOP, why);
  if (why != Stopped.NONE || crossing == 0) return false;
  make(r);
  return true;
}

/** The end of a stream, of our own making. */
function passEnding(time: u64): bool {
  const r = changetype<Record>(PARTS);
  if (!nextEnding(r, HASH, time, lastTaken)) return false;
  const p = ENDED + (ended++ % ENDS) * END_SIZE;
  store<u32>(p, crossing);
  store<u64>(p, r.size, 8);
  memory.copy(p + 16, HASH, DIGEST);
  make(r);
  return true;
}

function make(r: Record): void {
  writeRecord(r, crossing, OUT + SHARD_AT);
  addShard(OUT + SHARD_AT);
  seal(sender(), OUT, Type.DATA, block, index, count, m, interleave);
}

/** For whoever receives: where what was lost, u64 each; and the last ends, of which each crosses once. */
function writeCounters(p: usize): void {
  memory.fill(p, 0, SHARD);
  store<u64>(p, sent);
  store<u64>(p, missed + parityLost, 8);
  store<u64>(p, taken, 16);
  store<u64>(p, receiver().newest - min<u64>(taken, receiver().newest), 24); // gaps
  store<u64>(p, recovered, 32);
  store<u64>(p, lost, 40);
  store<u64>(p, late, 48);
  for (let i: u32 = 1; i < REFUSALS; ++i) store<u64>(p + 56 + (i << 3), load<u64>(BY_REFUSAL + (i << 3)));
  for (let i: u32 = 1; i < STOPS; ++i) store<u64>(p + 120 + (i << 3), load<u64>(BY_STOP + (i << 3)));
  memory.copy(p + 120 + (STOPS << 3), ENDED, ENDS * END_SIZE);
}
