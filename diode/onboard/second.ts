// REQ-FILTER-002, REQ-FILTER-022
// Second checker: decides from tables that the ground generates (diode/policy/formats.ts, tables.ts), and shares no
// code with the first. A frame leaves only when both name the same rule; a mistake in one alone lets nothing out.
//
// Form: a program of steps (../layouts/second.ts): what to read, what it must be, where to go on. Every step leads to a
// later one, so it ends; every read is within [0, end) of the frame. Only formats that some rule allows have steps.
//
// Policy: for each dimension a sorted table of where an interval starts and a bitmap of the rules that match in it; the
// lowest bit that all dimensions share is the first rule that matches (Lakshman, Stiliadis, "High-Speed Policy-based
// Packet Forwarding Using Efficient Multi-dimensional Range Matching", SIGCOMM 1998).
//
//   Tables: u64[2] bitmap of the rules that allow; DIMENSIONS x { u32 first entry, u32 entries }; entries of 32 bytes:
//           { u64 hi, u64 lo of the start, u64[2] bitmap }; the first entry of each dimension starts at 0
//
// Untrusted: the frame. The tables were checked by checkSecond().

import { ACCEPT, DIMENSIONS, Dimension, ENTRY, Op, REGISTERS, Register, Step } from "./generated/second";

const TABLES_HEADER: u32 = 2 * sizeof<u64>() + DIMENSIONS * sizeof<u64>();

const KEPT: usize = memory.data(REGISTERS * sizeof<u64>(), 8);
const COMMON: usize = memory.data(2 * sizeof<u64>(), 8);

let steps: usize = 0;
let stepCount: u32 = 0;
let tables: usize = 0;

/** Takes over program and tables; false when they are not such as the comment above says. */
export function checkSecond(program: usize, programLength: u32, at: usize, length: u32): bool {
  stepCount = programLength / <u32>offsetof<Step>();
  steps = program;
  tables = at;
  if (stepCount == 0 || stepCount >= ACCEPT || programLength % <u32>offsetof<Step>() != 0) return false;
  for (let i: u32 = 0; i < stepCount; ++i) if (!saneStep(step(i), i)) return false;
  if (length < TABLES_HEADER || (length - TABLES_HEADER) % ENTRY != 0) return false;
  const entries = (length - TABLES_HEADER) / ENTRY;
  for (let d: u32 = 0; d < DIMENSIONS; ++d) if (!saneDimension(d, entries)) return false;
  return true;
}

function saneStep(s: Step, i: u32): bool {
  const w = <u32>s.width;
  if (<i32>s.op > <i32>Op.DIFFER || <u32>s.register >= REGISTERS || s.shift > 31) return false;
  if (w != 0 && w != 1 && w != 2 && w != 4 && w != 8) return false;
  return forward(<u32>s.next, i) && forward(<u32>s.otherwise, i);
}

function forward(to: u32, from: u32): bool {
  return (to > from && to < stepCount) || to >= ACCEPT;
}

function saneDimension(d: u32, entries: u32): bool {
  const first = load<u32>(tables + 16 + (d << 3)),
    count = load<u32>(tables + 20 + (d << 3));
  if (count == 0 || count > entries || first > entries - count) return false;
  const p = entry(first);
  return (load<u64>(p) | load<u64>(p, 8)) == 0;
}

@inline function step(i: u32): Step {
  return changetype<Step>(steps + <usize>i * offsetof<Step>());
}

@inline function entry(i: u32): usize {
  return tables + TABLES_HEADER + <usize>i * ENTRY;
}

@inline function kept(register: u32): u64 {
  return load<u64>(KEPT + (register << 3));
}

/** The rule that lets the frame p[0..length) out, or -1. */
export function second(p: usize, length: u32): i32 {
  return wellFormed(p, length) ? classify() : -1;
}

function wellFormed(p: usize, length: u32): bool {
  let base: u32 = 0,
    end = length,
    at: u32 = 0;
  while (at < stepCount) {
    const s = step(at);
    let value: u64 = 0;
    if (s.width != 0) {
      if (base + s.offset + s.width > end) return false;
      value = read(p + base + s.offset, s.width);
      if (s.width < 8) value = (value & s.mask) >> s.shift;
    }
    let good: bool = true;
    switch (<i32>s.op) {
      case Op.TEST:
        good = value >= s.low && value <= s.high;
        break;
      case Op.KEEP:
        store<u64>(KEPT + ((<usize>s.register) << 3), value);
        break;
      case Op.SET:
        store<u64>(KEPT + ((<usize>s.register) << 3), s.low);
        break;
      case Op.MOVE:
        base += s.low;
        good = base <= end;
        break;
      case Op.LENGTH: {
        const held = end - base;
        const packet = <u32>value + s.low;
        good = packet <= held && (packet == held || held <= s.high);
        if (good) end = base + packet;
        break;
      }
      case Op.EXACT:
        good = value == end - base;
        break;
      case Op.SIZE: {
        const headers = <u32>value + s.low;
        good = headers <= end - base;
        store<u64>(KEPT + ((<usize>Register.SIZE) << 3), end - base - headers);
        break;
      }
      case Op.SUM: {
        const n = s.low == 0 ? end - base : s.low;
        good = n <= end - base && sums(p + base, n, s.high != 0 ? pseudo(n) : 0);
        break;
      }
      default:
        good = kept(Register.SRC_HI) != kept(Register.DST_HI) || kept(Register.SRC_LO) != kept(Register.DST_LO);
    }
    at = good ? s.next : s.otherwise;
  }
  return at == ACCEPT;
}

function read(p: usize, width: u32): u64 {
  let v: u64 = 0;
  for (let i: u32 = 0; i < width; ++i) v = (v << 8) | load<u8>(p + i);
  return v;
}

/** RFC 1071, word by word in network order. */
function sums(p: usize, length: u32, start: u64): bool {
  let sum = start;
  for (let i: u32 = 0; i + 1 < length; i += 2) sum += ((<u64>load<u8>(p + i)) << 8) | load<u8>(p + i + 1);
  if (length & 1) sum += (<u64>load<u8>(p + length - 1)) << 8;
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return sum == 0xffff;
}

function pseudo(length: u32): u64 {
  return (
    words(kept(Register.SRC_HI)) +
    words(kept(Register.SRC_LO)) +
    words(kept(Register.DST_HI)) +
    words(kept(Register.DST_LO)) +
    kept(Register.PROTOCOL) +
    length
  );
}

function words(v: u64): u64 {
  return (v >> 48) + ((v >> 32) & 0xffff) + ((v >> 16) & 0xffff) + (v & 0xffff);
}

/** The first rule that all dimensions agree on, if it allows. */
function classify(): i32 {
  store<u64>(COMMON, u64.MAX_VALUE);
  store<u64>(COMMON, u64.MAX_VALUE, 8);
  narrow(Dimension.PROTOCOL, 0, kept(Register.PROTOCOL));
  narrow(Dimension.VLAN, 0, kept(Register.VLAN));
  narrow(Dimension.SIZE, 0, kept(Register.SIZE));
  narrow(Dimension.DST_PORT, 0, kept(Register.DST_PORT));
  narrow(Dimension.SRC_PORT, 0, kept(Register.SRC_PORT));
  const v6 = kept(Register.VERSION) == 6;
  narrow(v6 ? Dimension.FROM6 : Dimension.FROM4, kept(Register.SRC_HI), kept(Register.SRC_LO));
  narrow(v6 ? Dimension.TO6 : Dimension.TO4, kept(Register.DST_HI), kept(Register.DST_LO));
  const low = load<u64>(COMMON),
    high = load<u64>(COMMON, 8);
  if ((low | high) == 0) return -1;
  const first = <u32>(low != 0 ? ctz(low) : 64 + ctz(high));
  const allows = (load<u64>(tables + ((first >> 6) << 3)) >> (first & 63)) & 1;
  return allows ? <i32>first : -1;
}

/** Leaves in COMMON the rules of the last entry of this dimension that starts at or before hi:lo. */
function narrow(dimension: u32, hi: u64, lo: u64): void {
  let from = load<u32>(tables + 16 + (dimension << 3));
  let to = from + load<u32>(tables + 20 + (dimension << 3));
  while (to - from > 1) {
    const middle = (from + to) >> 1;
    const e = entry(middle);
    const startsBefore = load<u64>(e) < hi || (load<u64>(e) == hi && load<u64>(e, 8) <= lo);
    if (startsBefore) from = middle;
    else to = middle;
  }
  const found = entry(from);
  store<u64>(COMMON, load<u64>(COMMON) & load<u64>(found, 16));
  store<u64>(COMMON, load<u64>(COMMON, 8) & load<u64>(found, 24), 8);
}
