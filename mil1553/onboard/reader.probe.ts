// Test entry: the reader behind plain exports, without anything that writes rows. For hostile input, speed and memory.

import { Found, anomaly, datagram, end, ethernet, message, next, packet, reset, stream, tick } from "./reader";
import { dataChecksumGood } from "./chapter10/header";

const INPUT_SIZE: u32 = 1 << 20;
const INPUT: usize = memory.data(INPUT_SIZE, 8);
const SEEN: u32 = 65536;
const OFFSETS: usize = memory.data(SEEN * 8, 8); // of believed packets
const LONGEST_FRAME: u32 = 16384;
const FRAME: usize = memory.data(LONGEST_FRAME, 8);

let packets: u32 = 0,
  believed: u32 = 0,
  messages: u32 = 0,
  frames: u32 = 0,
  anomalies: u32 = 0,
  words: u64 = 0;
let frameLength: u32 = 0;
let kinds: u64 = 0; // bit i: anomaly 64 + i was seen
let found: u64 = 0; // message anomalies seen
let sum: u64 = 0;

export function inputAt(): usize {
  return INPUT;
}
export function inputSize(): u32 {
  return INPUT_SIZE;
}
/** Static memory of the decoder itself, bytes. */
export function staticBytes(): usize {
  return __heap_base - <usize>(INPUT_SIZE + SEEN * 8 + LONGEST_FRAME);
}
export function offsetsAt(): usize {
  return OFFSETS;
}
export function frameAt(): usize {
  return FRAME;
}
export function lastFrame(): u32 {
  return frameLength;
}

export function begin(): void {
  reset();
  packets = 0;
  believed = 0;
  messages = 0;
  frames = 0;
  anomalies = 0;
  kinds = 0;
  found = 0;
  words = 0;
  sum = 0;
}

function drain(): void {
  for (;;) {
    const f = next();
    if (f == Found.NONE) return;
    if (f == Found.PACKET) {
      ++packets;
      const k = packet();
      if (k.believed) {
        if (believed < SEEN) store<u64>(OFFSETS + <usize>(believed << 3), k.offset);
        ++believed;
      }
    } else if (f == Found.MESSAGE) {
      ++messages;
      const m = message();
      found |= m.anomalies;
      words += <u64>m.count;
      // every word is touched, as a detector would
      let s: u64 = m.rtc;
      for (let i: u32 = 0; i < <u32>m.count; ++i) s += <u64>load<u16>(m.words + ((<usize>i) << 1));
      sum = sum * 31 + s;
    } else if (f == Found.ETHERNET) {
      ++frames;
      frameLength = ethernet().length;
      memory.copy(FRAME, ethernet().at, <usize>min<u32>(frameLength, LONGEST_FRAME));
    } else {
      ++anomalies;
      const kind = <u64>anomaly().id - 64;
      if (kind < 64) kinds |= (<u64>1) << kind;
    }
  }
}

export function feedStream(at: u32, length: u32): void {
  stream(INPUT + <usize>at, length);
  drain();
}
/** input[0..length) in pieces of `piece` bytes. */
export function feedPieces(length: u32, piece: u32): void {
  for (let i: u32 = 0; i < length; i += piece) {
    stream(INPUT + <usize>i, min<u32>(piece, length - i));
    drain();
  }
}
export function feedDatagram(at: u32, length: u32, flow: u64, recorder: u64, now: u64): void {
  datagram(INPUT + <usize>at, length, flow, recorder, now);
  drain();
}
/** The same for a datagram anywhere in linear memory: at its very end, one byte read too many traps. */
export function feedDatagramAt(p: usize, length: u32, flow: u64, recorder: u64, now: u64): void {
  datagram(p, length, flow, recorder, now);
  drain();
}
export function feedTick(now: u64): void {
  tick(now);
  drain();
}
export function feedEnd(): void {
  end();
  drain();
}

export function packetCount(): u32 {
  return packets;
}
export function believedCount(): u32 {
  return believed;
}
export function messageCount(): u32 {
  return messages;
}
export function wordCount(): u64 {
  return words;
}
export function frameCount(): u32 {
  return frames;
}
export function anomalyCount(): u32 {
  return anomalies;
}
export function anomalyKinds(): u64 {
  return kinds;
}
export function messageAnomalies(): u64 {
  return found;
}
export function checksum(): u64 {
  return sum;
}
export function checksumGood(at: u32): bool {
  return dataChecksumGood(INPUT + <usize>at);
}
