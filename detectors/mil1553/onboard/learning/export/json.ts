// JSON of baseline entries.
import { Text, byte, decimal, lit, signed, unsigned } from "../../../../../lib/onboard/text";

const COMMA = 44;
const OPEN = 91;
const CLOSE = 93;

/** name: as ../../generated/entries.ts has it, with comma and quotes. */
export function member(t: Text, name: string, v: u64): void {
  lit(t, name);
  unsigned(t, v);
}
export function memberDecimal(t: Text, name: string, v: f32): void {
  lit(t, name);
  decimal(t, <f64>v, 3);
}

export function beginList(t: Text, name: string): void {
  lit(t, name);
  byte(t, OPEN);
}
/** In front of item i of a list. */
export function separate(t: Text, i: u32): void {
  if (i != 0) byte(t, COMMA);
}
export function beginRow(t: Text): void {
  byte(t, OPEN);
}
export function next(t: Text, v: u64): void {
  byte(t, COMMA);
  unsigned(t, v);
}
export function nextSigned(t: Text, v: i64): void {
  byte(t, COMMA);
  signed(t, v);
}
/** Ends a row or a list. */
export function end(t: Text): void {
  byte(t, CLOSE);
}

/** [failures, trials] */
export function writeBurst(t: Text, name: string, failures: u32, trials: u32): void {
  beginList(t, name);
  unsigned(t, failures);
  next(t, trials);
  end(t);
}
