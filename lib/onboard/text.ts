// Writes JSON and console text into a buffer of fixed size, without allocating.
//
// A Text is a cursor over [start, end). What does not fit is cut and `overflow` is set: the caller decides what an
// overflow means. Bytes that come from traffic go through `quoted` or `hex` only, so no event can be forged by one.

@unmanaged
export class Text {
  at: usize;
  end: usize;
  overflow: bool;
}

export function open(t: Text, start: usize, size: u32): void {
  t.at = start;
  t.end = start + size;
  t.overflow = false;
}

@inline export function byte(t: Text, b: u32): void {
  if (t.at < t.end) {
    store<u8>(t.at, <u8>b);
    t.at += 1;
  } else t.overflow = true;
}

/** A constant of the program: ASCII only, as it stands. Its characters are u16; charCodeAt() would check each index. */
export function lit(t: Text, s: string): void {
  const end = changetype<usize>(s) + ((<usize>s.length) << 1);
  for (let p = changetype<usize>(s); p < end; p += 2) byte(t, <u32>load<u16>(p));
}

const DIGITS: usize = memory.data(24);

export function unsigned(t: Text, v: u64): void {
  let p = DIGITS + 24;
  do {
    p -= 1;
    store<u8>(p, <u8>(48 + (v % 10)));
    v /= 10;
  } while (v != 0);
  for (; p < DIGITS + 24; ++p) byte(t, <u32>load<u8>(p));
}

export function signed(t: Text, v: i64): void {
  if (v < 0) {
    byte(t, 45);
    unsigned(t, <u64>-v);
  } else unsigned(t, <u64>v);
}

/** Exactly `width` digits, with zeros in front. */
export function padded(t: Text, v: u64, width: u32): void {
  let scale: u64 = 1;
  for (let i: u32 = 1; i < width; ++i) scale *= 10;
  for (; scale != 0; scale /= 10) byte(t, <u32>(48 + ((v / scale) % 10)));
}

/**
 * A finite number with up to `decimals` (0-9) places, rounded to the nearest, trailing zeros dropped. Not a number and
 * infinities become `null`: no NaN reaches an output. Beyond 2^53 the value is written as that bound.
 */
export function decimal(t: Text, v: f64, decimals: u32): void {
  if (!(abs<f64>(v) < Infinity)) {
    lit(t, "null");
    return;
  }
  if (v < 0) {
    byte(t, 45);
    v = -v;
  }
  if (v > 9007199254740991.0) v = 9007199254740991.0;
  let scale: u64 = 1;
  for (let i: u32 = 0; i < decimals; ++i) scale *= 10;
  let whole = <u64>v;
  let part = <u64>nearest<f64>((v - <f64>whole) * <f64>scale);
  if (part >= scale) {
    part -= scale;
    whole += 1;
  }
  unsigned(t, whole);
  if (part == 0) return;
  byte(t, 46);
  while (part % 10 == 0) {
    part /= 10;
    scale /= 10;
  }
  for (scale /= 10; scale != 0; scale /= 10) byte(t, <u32>(48 + ((part / scale) % 10)));
}

@inline function nibble(v: u32): u32 {
  return v < 10 ? 48 + v : 87 + v;
}

export function hex8(t: Text, v: u32): void {
  byte(t, nibble((v >> 4) & 15));
  byte(t, nibble(v & 15));
}
export function hex16(t: Text, v: u32): void {
  hex8(t, v >> 8);
  hex8(t, v);
}
export function hex64(t: Text, v: u64): void {
  for (let shift = 48; shift >= 0; shift -= 16) hex16(t, (<u32>(v >> shift)) & 0xffff);
}

/** Untrusted bytes inside JSON quotes: printable ASCII stays, everything else becomes \u00XX. */
export function quoted(t: Text, p: usize, length: u32): void {
  for (let i: u32 = 0; i < length; ++i) {
    const c = <u32>load<u8>(p + i);
    if (c >= 0x20 && c < 0x7f && c != 0x22 && c != 0x5c) byte(t, c);
    else {
      lit(t, "\\u00");
      hex8(t, c);
    }
  }
}

/** aa:bb:cc:dd:ee:ff from the low 48 bits, first byte highest. */
export function mac(t: Text, v: u64): void {
  for (let shift = 40; shift >= 0; shift -= 8) {
    hex8(t, (<u32>(v >> shift)) & 255);
    if (shift) byte(t, 58);
  }
}

export function ipv4(t: Text, v: u32): void {
  unsigned(t, v >> 24);
  byte(t, 46);
  unsigned(t, (v >> 16) & 255);
  byte(t, 46);
  unsigned(t, (v >> 8) & 255);
  byte(t, 46);
  unsigned(t, v & 255);
}

@inline function group(hi: u64, lo: u64, i: u32): u32 {
  return (<u32>(i < 4 ? hi >> (48 - 16 * i) : lo >> (112 - 16 * i))) & 0xffff;
}

/** RFC 5952: lower case, no leading zeros, the longest run of two or more zero groups (the first of equals) as `::`. */
export function ipv6(t: Text, hi: u64, lo: u64): void {
  let best: u32 = 8,
    bestLength: u32 = 1;
  for (let i: u32 = 0; i < 8; ++i) {
    let n: u32 = 0;
    while (i + n < 8 && group(hi, lo, i + n) == 0) ++n;
    if (n > bestLength) {
      best = i;
      bestLength = n;
    }
    if (n) i += n - 1;
  }
  for (let i: u32 = 0; i < 8; ++i) {
    if (i == best) {
      lit(t, i == 0 ? "::" : ":");
      i += bestLength - 1;
      continue;
    }
    const g = group(hi, lo, i);
    if (g > 0xfff) byte(t, nibble(g >> 12));
    if (g > 0xff) byte(t, nibble((g >> 8) & 15));
    if (g > 0xf) byte(t, nibble((g >> 4) & 15));
    byte(t, nibble(g & 15));
    if (i < 7) byte(t, 58);
  }
}

/** 2026-11-20T22:31:05.123456+0000 from nanoseconds since 1970 (days to civil date: Hinnant, days_from_civil). */
export function timestamp(t: Text, ns: u64): void {
  const seconds = ns / 1000000000;
  const z = seconds / 86400 + 719468;
  const era = z / 146097;
  const doe = z - era * 146097;
  const yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  const doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const mp = (5 * doy + 2) / 153;
  const month = mp < 10 ? mp + 3 : mp - 9;
  padded(t, yoe + era * 400 + (month <= 2 ? 1 : 0), 4);
  byte(t, 45);
  padded(t, month, 2);
  byte(t, 45);
  padded(t, doy - (153 * mp + 2) / 5 + 1, 2);
  byte(t, 84);
  const s = seconds % 86400;
  padded(t, s / 3600, 2);
  byte(t, 58);
  padded(t, (s / 60) % 60, 2);
  byte(t, 58);
  padded(t, s % 60, 2);
  byte(t, 46);
  padded(t, (ns / 1000) % 1000000, 6);
  lit(t, "+0000");
}
