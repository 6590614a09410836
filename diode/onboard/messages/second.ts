// REQ-FILTER-018
// Second checker, 1553 messages: reads the payload that is about to leave, from its first byte, and decides each
// message again, from tables that the ground generates (diode/policy/message-tables.ts). It shares no code with the
// first. What the two do not agree on does not leave.
//
// Tables: for each field of a message, by its value, the set of rules that match there, as bits; the lowest bit that
// all fields share is the first rule that matches. Checks of data are all of one form: (word & mask) + bias, modulo
// 2^16, lies in low..high; and from the word before it is at most `step` away.
//
//     0  u64 rules that allow
//     8  u64 [32] terminal        264  u64 [32] subaddress      520  u64 [64] count, 32 + mode code
//  1032  u64 [8] 4 * mode command + 2 * transmit + bus B
//  1096  u64 [33] sender's terminal, 32 = no sender             1360  u64 [33] sender's subaddress
//  1624  u32 channel entries, u32 checks
//  1632  { u64 first channel, u64 rules }, the first starts at 0
//        { u16 rule, u16 word, u32 mask, u32 bias, u32 low, u32 high, u32 step }
//
// Untrusted: the payload. Little-endian, read byte by byte.

const HEAD: u32 = 1632;
const CHANNEL: u32 = 16;
const CHECK: u32 = 24;
const MAX_CHECKS: u32 = 512;
const NO_SENDER: u32 = 32;

let tables: usize = 0;
let channels: u32 = 0;
let checks: u32 = 0;
// of each check: its word in the message before, + 0x10000
const BEFORE: usize = memory.data(MAX_CHECKS * sizeof<u32>(), 8);
const MOST_MESSAGES: u32 = 576; // no payload has more
const RULES: usize = memory.data(MOST_MESSAGES, 8); // of the payload at hand: each message's rule
let messages: u32 = 0;

export function secondRuleOf(i: u32): u32 {
  return <u32>load<u8>(RULES + i);
}

/** Takes over the tables; false when their length is not what they say. */
export function checkMessageTables(at: usize, length: u32): bool {
  memory.fill(BEFORE, 0, MAX_CHECKS * 4);
  tables = at;
  channels = 0;
  checks = 0;
  if (length == 0) return true;
  if (length < HEAD) return false;
  channels = load<u32>(at, 1624);
  checks = load<u32>(at, 1628);
  if (channels == 0 || channels > 1024 || checks > MAX_CHECKS) return false;
  if (length != HEAD + channels * CHANNEL + checks * CHECK) return false;
  for (let i: u32 = 0; i < checks; ++i)
    if (<u32>load<u16>(check(i)) > 63 || <u32>load<u16>(check(i), 2) > 31) return false;
  return load<u64>(at, HEAD) == 0;
}

@inline function check(i: u32): usize {
  return tables + HEAD + channels * CHANNEL + i * CHECK;
}

@inline function field(offset: u32, i: u32): u64 {
  return load<u64>(tables + offset + (i << 3));
}

/** Messages in the payload p[0..length), each with a rule that allows it; -1 when anything is not as it must be. */
export function secondMessages(p: usize, length: u32): i32 {
  messages = 0;
  if (channels == 0 || length < 4 || load<u8>(p) != 1) return -1;
  let at: u32 = 4;
  while (at != length) {
    const n = packet(p + at, length - at);
    if (n == 0) return -1;
    at += n;
  }
  return <i32>messages;
}

function get(p: usize, bytes: u32): u64 {
  let v: u64 = 0;
  for (let i: u32 = 0; i < bytes; ++i) v |= (<u64>load<u8>(p + i)) << (i << 3);
  return v;
}

/** Length of the packet at p, or 0. */
function packet(p: usize, left: u32): u32 {
  if (left < 32 || load<u8>(p) != 0x25 || load<u8>(p, 1) != 0xeb) return 0;
  const length = get(p + 4, 4),
    data = get(p + 8, 4);
  if (length > left || length % 4 != 0 || data + 28 > length || length - data - 28 > 3) return 0;
  if (load<u8>(p, 12) != 8 || load<u8>(p, 14) != 3) return 0;
  if (added(p, 22, 2) % 0x10000 != get(p + 22, 2)) return 0;
  if (added(p + 24, <u32>length - 28, 4) % 0x100000000 != get(p + <usize>length - 4, 4)) return 0;
  for (let i = 24 + data; i < length - 4; ++i) if (load<u8>(p + <usize>i) != 0) return 0;
  const type = <u32>load<u8>(p, 15);
  if (type == 0x11) return data == 10 || data == 12 ? <u32>length : 0;
  if (type == 0x12)
    return data == 12 && get(p + 25, 3) == 0 && load<u8>(p, 24) < 0x22 && load<u8>(p, 24) % 16 < 2 ? <u32>length : 0;
  return type == 0x19 && bus(p + 24, <u32>data, <u32>get(p + 2, 2)) ? <u32>length : 0;
}

/** Sum of little-endian numbers of this many bytes each. */
function added(p: usize, length: u32, bytes: u32): u64 {
  let sum: u64 = 0;
  for (let i: u32 = 0; i < length; i += bytes) sum += get(p + i, bytes);
  return sum;
}

function bus(p: usize, length: u32, channel: u32): bool {
  if (length < 4 || load<u8>(p, 3) % 64 != 0 || load<u8>(p, 3) == 0xc0) return false;
  let count = <u32>get(p, 3),
    at: u32 = 4;
  while (count != 0) {
    if (at + 14 > length) return false;
    const bytes = <u32>get(p + at + 12, 2);
    if (at + 14 + bytes > length || messages == 576) return false;
    if (load<u16>(p + at, 6) != 0 || load<u16>(p + at, 10) != 0) return false;
    const rule = decide(p + at, bytes, channel);
    if (rule < 0) return false;
    store<u8>(RULES + messages, <u8>rule);
    messages += 1;
    at += 14 + bytes;
    count -= 1;
  }
  return at == length;
}

/** The rule that lets the message at p out, or -1. */
function decide(p: usize, bytes: u32, channel: u32): i32 {
  const status = <u32>get(p + 8, 2);
  if ((status & ~0x2800) != 0 || bytes < 2) return -1;
  const w = p + 14;
  const c = <u32>get(w, 2);
  const sa = (c / 32) % 32,
    rt = c / 2048,
    low = c % 32;
  const mode: u32 = sa % 31 == 0 ? 1 : 0;
  const transmit = (c / 1024) % 2;
  const two: u32 = status & 0x0800 ? 1 : 0;
  const all: u32 = rt == 31 ? 1 : 0;
  // Commands, statuses (of the sender, of the receiver unless all were addressed), data
  const data: u32 = mode ? low / 16 : low ? low : 32;
  if (bytes != 2 * (1 + two + two + (1 - all) + data)) return -1;
  let sender = NO_SENDER,
    senderSa = NO_SENDER,
    first: u32 = 1;
  if (two) {
    const t = <u32>get(w + 2, 2);
    if (mode || transmit || (t / 1024) % 2 == 0 || t % 32 != low || t / 2048 == 31 || ((t / 32) % 32) % 31 == 0)
      return -1;
    sender = t / 2048;
    senderSa = (t / 32) % 32;
    first = 3;
    if (!clean(<u32>get(w + 4, 2), sender)) return -1;
    if (!all && !clean(<u32>get(w + bytes - 2, 2), rt)) return -1;
  } else if (!all) {
    const answerFirst = transmit == 1 || data == 0;
    if (answerFirst) first = 2;
    if (!clean(<u32>get(answerFirst ? w + 2 : w + bytes - 2, 2), rt)) return -1;
  } else if (transmit && !mode) return -1;
  let set =
    field(8, rt) &
    field(264, sa) &
    field(520, mode * 32 + low) &
    field(1032, mode * 4 + transmit * 2 + (status & 0x2000 ? 1 : 0)) &
    field(1096, sender) &
    field(1360, senderSa);
  let from: u32 = 0;
  while (from + 1 < channels && load<u64>(tables + HEAD + (from + 1) * CHANNEL) <= channel) from += 1;
  set &= load<u64>(tables + HEAD + from * CHANNEL, 8);
  const rule = <u32>ctz<u64>(set);
  if (set == 0 || ((load<u64>(tables) >> rule) & 1) == 0) return -1;
  return data_(w + first * 2, data, rule) ? <i32>rule : -1;
}

/** A status of this terminal, without message error, instrumentation, reserved bits and busy. */
function clean(status: u32, rt: u32): bool {
  return status / 2048 == rt && (status & 0x06e8) == 0;
}

function data_(p: usize, count: u32, rule: u32): bool {
  for (let i: u32 = 0; i < checks; ++i) {
    const c = check(i);
    if (<u32>load<u16>(c) != rule) continue;
    const at = <u32>load<u16>(c, 2);
    if (at >= count) return false;
    const v = <u32>get(p + at * 2, 2);
    const moved = ((v & load<u32>(c, 4)) + load<u32>(c, 8)) & 0xffff;
    if (moved < load<u32>(c, 12) || moved > load<u32>(c, 16)) return false;
    const before = load<u32>(BEFORE + (i << 2));
    if (before != 0 && min<u32>((v - before) & 0xffff, (before - v) & 0xffff) > load<u32>(c, 20)) return false;
  }
  for (let i: u32 = 0; i < checks; ++i) {
    const c = check(i);
    if (<u32>load<u16>(c) == rule) store<u32>(BEFORE + (i << 2), 0x10000 | (<u32>get(p + <u32>load<u16>(c, 2) * 2, 2)));
  }
  return true;
}
