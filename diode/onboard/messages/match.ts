// REQ-FILTER-018, REQ-FILTER-019
// First checker, 1553 messages: form and policy of one message. Strict: the words are those that the command promises,
// in the order of their format (MIL-STD-1553B 4.3.3.6, 4.3.3.7), each status is of the terminal that was asked and
// reports no error, and the recorder saw nothing wrong. Own code, not inspect's.
//
// Untrusted: the message. Its words lie within [words, words + 2 * count).
import { Check, DataCheck, MAX_CHECKS, MessageRule, Range } from "../../../appliance/contract/onboard/config";

const BUS_B: u32 = 0x2000; // block status word, RCC 106-17 10.6.4.2 b(1)
const RT_RT: u32 = 0x0800;
const TROUBLE: u32 = 0x1638; // message error, format, timeout, word count, sync, word
const BROADCAST: u32 = 31;
const NOT_CLEAN: u32 = 0x06e8; // status word: message error, instrumentation, reserved bits, busy

/** What a rule is held against. */
@unmanaged
export class Shape {
  channel: u32;
  busB: u32;
  command: u32; // the receive command where there are two
  from: u32; // the transmit command of a transfer between terminals, or NONE
  data: usize; // data words
  count: u32; // how many
}

export const NONE: u32 = 0x10000;

let rules: usize = 0;
let ruleCount: u32 = 0;
let ranges: usize = 0;
let checks: usize = 0;

// Of each STEP check: the word of the last message that passed, + 0x10000 once there was one.
const LAST: usize = memory.data(MAX_CHECKS * sizeof<u32>(), 8);

export function useRules(at: usize, count: u32, rangesAt: usize, checksAt: usize): void {
  rules = at;
  ruleCount = count;
  ranges = rangesAt;
  checks = checksAt;
  memory.fill(LAST, 0, MAX_CHECKS * 4);
}

@inline export function messageRule(i: u32): MessageRule {
  return changetype<MessageRule>(rules + <usize>i * offsetof<MessageRule>());
}

@inline function word(p: usize, i: u32): u32 {
  return <u32>load<u16>(p + ((<usize>i) << 1));
}

@inline function terminal(w: u32): u32 {
  return w >> 11;
}

@inline function subaddress(w: u32): u32 {
  return (w >> 5) & 31;
}

@inline function isMode(w: u32): bool {
  return subaddress(w) == 0 || subaddress(w) == 31;
}

/** Data words that the command promises. */
function promised(w: u32): u32 {
  if (isMode(w)) return (w >> 4) & 1;
  return (w & 31) == 0 ? 32 : w & 31;
}

@inline function answers(status: u32, command: u32): bool {
  return terminal(status) == terminal(command) && (status & NOT_CLEAN) == 0;
}

/** Reads a message's words[0..count) into s; false when it is not whole and clean. */
export function shapeOf(s: Shape, words: usize, count: u32, blockStatus: u32): bool {
  if ((blockStatus & TROUBLE) != 0 || count == 0) return false;
  s.busB = blockStatus & BUS_B ? 1 : 0;
  s.command = word(words, 0);
  s.from = NONE;
  const n = promised(s.command);
  s.count = n;
  const broadcast = terminal(s.command) == BROADCAST;
  if (blockStatus & RT_RT) return betweenTerminals(s, words, count, broadcast);
  if (broadcast) {
    // To all: a terminal cannot be asked, so only commands that receive, and modes; nobody answers
    s.data = words + 2;
    return count == 1 + n && ((s.command & 0x0400) == 0 || isMode(s.command));
  }
  if (count != 2 + n) return false;
  // Modes without data are answered at once, whatever their direction bit
  if (s.command & 0x0400 || n == 0) {
    s.data = words + 4;
    return answers(word(words, 1), s.command);
  }
  s.data = words + 2;
  return answers(word(words, 1 + n), s.command);
}

function betweenTerminals(s: Shape, words: usize, count: u32, broadcast: bool): bool {
  const n = s.count;
  if (count != (broadcast ? 3 : 4) + n || isMode(s.command) || s.command & 0x0400) return false;
  s.from = word(words, 1);
  s.data = words + 6;
  if (isMode(s.from) || (s.from & 0x0400) == 0 || promised(s.from) != n || terminal(s.from) == BROADCAST) return false;
  if (!answers(word(words, 2), s.from)) return false;
  return broadcast || answers(word(words, 3 + n), s.command);
}

/** The first rule that matches, or -1. */
export function matchMessage(s: Shape): i32 {
  for (let i: u32 = 0; i < ruleCount; ++i) if (matches(s, messageRule(i))) return <i32>i;
  return -1;
}

function matches(s: Shape, r: MessageRule): bool {
  const c = s.command;
  if ((r.mode != 0) != isMode(c)) return false;
  if ((((<u32>r.directions) >> ((c >> 10) & 1)) & 1) == 0 || (((<u32>r.buses) >> s.busB) & 1) == 0) return false;
  if (
    ((r.terminals >> terminal(c)) & 1) == 0 ||
    ((r.subaddresses >> subaddress(c)) & 1) == 0 ||
    ((r.counts >> (c & 31)) & 1) == 0
  )
    return false;
  if (s.from == NONE) {
    if (r.fromTerminals != 0) return false;
  } else if (((r.fromTerminals >> terminal(s.from)) & 1) == 0 || ((r.fromSubaddresses >> subaddress(s.from)) & 1) == 0)
    return false;
  if (r.channelsCount == 0) return true;
  for (let i = <u32>r.channelsAt; i < <u32>r.channelsAt + r.channelsCount; ++i) {
    const range = changetype<Range>(ranges + <usize>i * offsetof<Range>());
    if (s.channel >= <u32>range.first && s.channel <= <u32>range.last) return true;
  }
  return false;
}

/** Whether the data is as the rule wants it. Then the words are what the next step is measured from. */
export function checkData(s: Shape, r: MessageRule): bool {
  const from = <u32>r.checksAt,
    to = from + r.checksCount;
  for (let i = from; i < to; ++i) if (!holds(s, i)) return false;
  for (let i = from; i < to; ++i) {
    const c = changetype<DataCheck>(checks + <usize>i * offsetof<DataCheck>());
    store<u32>(LAST + ((<usize>i) << 2), 0x10000 | word(s.data, c.word));
  }
  return true;
}

function holds(s: Shape, i: u32): bool {
  const c = changetype<DataCheck>(checks + <usize>i * offsetof<DataCheck>());
  if (<u32>c.word >= s.count) return false;
  const v = word(s.data, c.word);
  switch (<i32>c.kind) {
    case Check.RANGE:
      return v >= <u32>c.low && v <= <u32>c.high;
    case Check.SIGNED:
      return <i32>(<i16>v) >= <i32>(<i16>c.low) && <i32>(<i16>v) <= <i32>(<i16>c.high);
    case Check.MASK:
      return (v & (<u32>c.low)) == <u32>c.high;
    case Check.STEP: {
      const last = load<u32>(LAST + ((<usize>i) << 2));
      const up = (v - last) & 0xffff;
      return last == 0 || up <= <u32>c.low || <u32>0x10000 - up <= <u32>c.low;
    }
    default:
      return false;
  }
}
