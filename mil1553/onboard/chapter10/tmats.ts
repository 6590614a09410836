// TMATS (type 0x01), RCC 106-17 chapter 9: as much of it as names the channels. ASCII `code:value;` after the CSDW:
//
//   R-x\TK1-n:channel   R-x\CDT-n:1553IN   R-x\CHE-n:T|F   R-x\CDLN-n:link (older: BDLN)   R-x\DSI-n:source
//   B-g\DLN:link        B-g\BNA-i:bus name
//
// A channel is called by its bus name (over the link), else by its link, else by its source. Untrusted text: it is
// tokenised within its bounds and printed through `quoted` only.

import { NAME, TMATS_ENTRIES } from "../capacity";
import { Bus, CHANNEL_1553, CHANNEL_DISABLED, busAt, busFor, busIndex, busName, setBusName } from "../channels";

// TK1 entries: u32 (x << 16 | n), u16 channel, u16 index of its entry in the channel table
const TABLE: usize = memory.data(TMATS_ENTRIES * 8, 8);
let entries: u32 = 0;

// the attribute under the cursor
let code: usize = 0;
let codeLength: u32 = 0;
let value: usize = 0;
let valueLength: u32 = 0;

@inline function blank(c: u32): bool {
  return c <= 32;
}

/** Sets code and value to the attribute at or behind p; returns where it ended, or `end` when there is none. */
function attribute(p: usize, end: usize): usize {
  while (p < end && (blank(<u32>load<u8>(p)) || load<u8>(p) == 0x3b)) ++p;
  code = p;
  while (p < end && load<u8>(p) != 0x3a && load<u8>(p) != 0x3b) ++p;
  codeLength = <u32>(p - code);
  if (p < end && load<u8>(p) == 0x3a) ++p;
  value = p;
  while (p < end && load<u8>(p) != 0x3b) ++p;
  valueLength = <u32>(p - value);
  while (valueLength > 0 && blank(<u32>load<u8>(value + <usize>(valueLength - 1)))) --valueLength;
  while (valueLength > 0 && blank(<u32>load<u8>(value))) {
    ++value;
    --valueLength;
  }
  return p;
}

let cursor: usize = 0; // within the code

/** A decimal number at the cursor, at most 65,535; 0xffffffff when there is none. */
function number(): u32 {
  let n: u32 = 0,
    digits = 0;
  const end = code + <usize>codeLength;
  while (cursor < end) {
    const c = <u32>load<u8>(cursor) - 48;
    if (c > 9) break;
    n = n * 10 + c;
    if (n > 65535) return 0xffffffff;
    ++cursor;
    ++digits;
  }
  return digits ? n : 0xffffffff;
}

/** The cursor stands at these ASCII characters: then moves behind them. */
function skip(s: string): bool {
  const n = s.length;
  if (<i32>(code + <usize>codeLength - cursor) < n) return false;
  for (let i = 0; i < n; ++i) if (<u32>load<u8>(cursor + <usize>i) != <u32>s.charCodeAt(i)) return false;
  cursor += <usize>n;
  return true;
}

@inline function atEnd(): bool {
  return cursor == code + <usize>codeLength;
}

/** `R-x\NAME-n` with nothing behind it: x << 16 | n; else 0. */
function group(name: string): u32 {
  cursor = code;
  if (!skip("R-")) return 0;
  const x = number();
  if (x == 0xffffffff || !skip("\\") || !skip(name) || !skip("-")) return 0;
  const n = number();
  return n == 0xffffffff || !atEnd() ? 0 : (x << 16) | n;
}

function valueIs(s: string): bool {
  if (<i32>valueLength != s.length) return false;
  for (let i = 0; i < s.length; ++i) if (<u32>load<u8>(value + <usize>i) != <u32>s.charCodeAt(i)) return false;
  return true;
}

const NONE: Bus = changetype<Bus>(0);

/** The channel of the i-th TK1 entry; NONE when more channels than the table holds have pushed it out. */
function busOf(i: u32, recorder: u64): Bus {
  const e = TABLE + <usize>(i << 3);
  const bus = busAt(<u32>load<u16>(e, 6));
  return bus.channel == load<u16>(e, 4) && bus.recorder == recorder ? bus : NONE;
}

/** The channel of an R group's measurement, or NONE. */
function channelOf(key: u32, recorder: u64): Bus {
  for (let i: u32 = 0; i < entries; ++i) if (load<u32>(TABLE + <usize>(i << 3)) == key) return busOf(i, recorder);
  return NONE;
}

/** Reads the TMATS text [p, end) of a recorder. */
export function readTmats(p: usize, end: usize, recorder: u64): void {
  entries = 0;
  for (let at = p; at < end;) {
    at = attribute(at, end);
    const key = group("TK1");
    if (key == 0 || entries == TMATS_ENTRIES || valueLength == 0 || valueLength > 5) continue;
    let channel: u32 = 0;
    for (let i: u32 = 0; i < valueLength; ++i) {
      const c = <u32>load<u8>(value + <usize>i) - 48;
      channel = c > 9 ? 0xffffffff : channel > 65535 ? channel : channel * 10 + c;
    }
    if (channel > 65535) continue;
    const e = TABLE + <usize>(entries << 3);
    store<u32>(e, key);
    store<u16>(e, <u16>channel, 4);
    ++entries;
    const bus = busFor(recorder, channel);
    store<u16>(e, <u16>busIndex(bus), 6);
    bus.nameLength = 0;
    bus.linkLength = 0;
    bus.linkGroup = 0;
    bus.flags = 0;
  }
  if (entries == 0) return;
  for (let at = p; at < end;) {
    at = attribute(at, end);
    if (codeLength == 0 || load<u8>(code) != 0x52) continue; // R
    let key = group("CDT");
    if (key) {
      mark(recorder, key, valueIs("1553IN"), CHANNEL_1553);
      continue;
    }
    key = group("CHE");
    if (key) {
      mark(recorder, key, valueIs("F"), CHANNEL_DISABLED);
      continue;
    }
    key = group("CDLN");
    if (!key) key = group("BDLN");
    if (key) {
      named(recorder, key, true);
      continue;
    }
    key = group("DSI");
    if (key) named(recorder, key, false);
  }
  links(p, end, recorder);
}

function mark(recorder: u64, key: u32, set: bool, flag: u32): void {
  const bus = channelOf(key, recorder);
  if (changetype<usize>(bus) != 0 && set) bus.flags |= <u8>flag;
}

function named(recorder: u64, key: u32, link: bool): void {
  const bus = channelOf(key, recorder);
  if (changetype<usize>(bus) == 0 || (!link && bus.nameLength != 0)) return;
  setBusName(bus, value, valueLength);
  if (link) bus.linkLength = <u8>min<u32>(valueLength, 255);
}

// B-g\DLN:link marks the channels with that link, B-g\BNA-1 then names them
function links(p: usize, end: usize, recorder: u64): void {
  for (let pass = 0; pass < 2; ++pass) {
    for (let at = p; at < end;) {
      at = attribute(at, end);
      if (codeLength == 0 || load<u8>(code) != 0x42) continue; // B
      cursor = code;
      if (!skip("B-")) continue;
      const g = number();
      if (g == 0 || g == 0xffffffff) continue;
      if (pass == 0 ? !skip("\\DLN") : !skip("\\BNA-1")) continue;
      if (!atEnd()) continue;
      for (let i: u32 = 0; i < entries; ++i) {
        const bus = busOf(i, recorder);
        if (changetype<usize>(bus) == 0) continue;
        if (pass == 0) {
          if (linked(bus)) bus.linkGroup = <u16>g;
        } else if (<u32>bus.linkGroup == g && valueLength) setBusName(bus, value, valueLength);
      }
    }
  }
}

// A link longer than a name's room is not compared
function linked(bus: Bus): bool {
  const n = <u32>bus.linkLength;
  return n != 0 && n == valueLength && n <= NAME && memory.compare(busName(bus), value, <usize>n) == 0;
}
