// Questions of DNS that are open, and what an answer must have to be one: the same ends, ports, number and name as the
// question (RFC 5452 section 9.1). An answer closes its question, so that a second one to it says nothing.
// Rule when full: a newer question takes the place of an older one, which the key of the start chooses; the answer to
// the older one says nothing then.
import { Is, Packet } from "../../../ip/onboard/packet";
import { be16, be32, be64 } from "../../../lib/onboard/bytes";
import { keyed, keyedBytes, wide3 } from "../../../lib/onboard/keyed";
import { Endpoints } from "../../ip/onboard/endpoints";
import { answer, behind, nameLength, opcode, question, text } from "../../ip/onboard/name";

const PORT: u32 = 53;
const PATIENCE: u64 = 10000000000;
const MOST_RECORDS: u32 = 32; // of an answer that are looked at
const A: u32 = 1;
const AAAA: u32 = 28;
const INTERNET: u32 = 1;

export const enum Dns {
  NOTHING = 0,
  QUESTION = 1,
  ANSWER = 2,
}

@unmanaged
class Question {
  key: u64; // 0 = free
  time: u64;
  about: u64; // the asker's own, never 0
}
export const QUESTION: u32 = offsetof<Question>();

let base: usize = 0;
let mask: u32 = 0;

/** `count` places, a power of two, at `at`, which are zeros. */
export function openQuestions(at: usize, count: u32): void {
  base = at;
  mask = count - 1;
}

let name: u64 = 0;
/** Key of the name in the message at hand. */
@inline export function nameKey(): u64 {
  return name;
}

/** What a datagram is; nameKey(), and `text` of ../../ip/onboard/name.ts, are about it then. */
export function dnsOf(k: Packet, e: Endpoints): u32 {
  if (e.protocol != 17 || k.flags & Is.FRAGMENT || k.payloadOffset + k.payloadLength > k.captured) return Dns.NOTHING;
  if (k.destPort != PORT && k.sourcePort != PORT) return Dns.NOTHING;
  const p = e.frame + k.payloadOffset;
  if (!question(p, k.payloadLength) || opcode != 0 || nameLength == 0) return Dns.NOTHING;
  name = keyedBytes(text, nameLength) | 1;
  if (!answer) return k.destPort == PORT ? Dns.QUESTION : Dns.NOTHING;
  const succeeded = (load<u8>(p, 3) & 15) == 0;
  return succeeded && k.sourcePort == PORT ? Dns.ANSWER : Dns.NOTHING;
}

/** Of the exchange that the message belongs to: both ends, the client's port, the number, the name. */
function exchange(k: Packet, e: Endpoints, isAnswer: bool): u64 {
  const ends = isAnswer ? keyed(e.dst, e.src) : keyed(e.src, e.dst),
    port = <u32>(isAnswer ? k.destPort : k.sourcePort),
    number = <u32>load<u16>(e.frame + k.payloadOffset);
  return wide3(ends, name, (port << 16) | number) | 1;
}

@inline function placeOf(key: u64): Question {
  return changetype<Question>(base + <usize>((<u32>(key >> 32)) & mask) * QUESTION);
}

/** The question at hand is open from here on. */
export function ask(k: Packet, e: Endpoints, about: u64): void {
  const key = exchange(k, e, false),
    q = placeOf(key);
  q.key = key;
  q.time = k.time;
  q.about = about;
}

/** What ask() was told of the question that the answer at hand closes; 0 = nobody asked. */
export function asked(k: Packet, e: Endpoints): u64 {
  const key = exchange(k, e, true),
    q = placeOf(key);
  if (q.key != key) return 0;
  q.key = 0;
  return k.time >= q.time && k.time - q.time <= PATIENCE ? q.about : 0;
}

let cursor: u32 = 0;
let left: u32 = 0;
export let version: u32 = 0; // of the address that nextAddress() found
export let hi: u64 = 0;
export let lo: u64 = 0;
export let lifetime: u32 = 0; // s

/** The answer at hand is gone through from its first record. */
export function openRecords(k: Packet, e: Endpoints): void {
  cursor = k.payloadLength - behind;
  left = min<u32>(be16(e.frame + k.payloadOffset + 6), MOST_RECORDS);
}

/** Its next address; false when there is none. Names in front of addresses, as of aliases, are not compared. */
export function nextAddress(k: Packet, e: Endpoints): bool {
  const p = e.frame + k.payloadOffset,
    end = k.payloadLength;
  while (left != 0) {
    left -= 1;
    while (cursor < end && load<u8>(p + cursor) != 0 && load<u8>(p + cursor) < 64) cursor += 1 + load<u8>(p + cursor);
    if (cursor >= end) break;
    cursor += load<u8>(p + cursor) == 0 ? 1 : 2;
    if (cursor + 10 > end) break;
    const type = be16(p + cursor),
      isInternet = be16(p + cursor + 2) == INTERNET,
      size = be16(p + cursor + 8),
      data = p + cursor + 10;
    lifetime = be32(p + cursor + 4);
    if (cursor + 10 + size > end) break;
    cursor += 10 + size;
    if (!isInternet) continue;
    if (type == A && size == 4) {
      version = 4;
      hi = 0;
      lo = be32(data);
      return true;
    }
    if (type == AAAA && size == 16) {
      version = 6;
      hi = be64(data);
      lo = be64(data + 8);
      return true;
    }
  }
  left = 0;
  return false;
}
