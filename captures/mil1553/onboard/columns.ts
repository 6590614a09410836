// The columns of a message that lie in its words: `cmd1,cmd2,stat1,stat2,nwords` in the middle of a row, and at its end
// what they mean. Commands and statuses are those that the format has (mil1553/onboard/message.ts): blank where the
// message has none. nwords is what the first command asks for.

import { Text, byte, decimal, hex16, hex8, lit, unsigned } from "../../../lib/onboard/text";
import { Bus, busName } from "../../../mil1553/onboard/channels";
import { writeFormat, writeNames } from "../../../mil1553/onboard/eve";
import { Format, HAS_CMD2, HAS_STAT1, HAS_STAT2, Message, isRtRt } from "../../../mil1553/onboard/message";
import { isMode, modeCode, subaddress, terminal, transmits, wordCount } from "../../../mil1553/onboard/words";

/** Writes `cmd1,cmd2,stat1,stat2,nwords,`. */
export function writeWords(t: Text, m: Message): void {
  word(t, m.format != Format.NONE, m.cmd1);
  word(t, (m.has & HAS_CMD2) != 0, m.cmd2);
  word(t, (m.has & HAS_STAT1) != 0, m.stat1);
  word(t, (m.has & HAS_STAT2) != 0, m.stat2);
  if (m.format != Format.NONE) unsigned(t, <u64>wordCount(m.cmd1));
  byte(t, 44);
}

@inline function word(t: Text, is: bool, value: u16): void {
  if (is) hex16(t, <u32>value);
  byte(t, 44);
}

@inline function number(t: Text, is: bool, value: u32): void {
  if (is) unsigned(t, <u64>value);
  byte(t, 44);
}

/**
 * Writes `,rt,sa,direction,format,from_rt,from_sa,mode_code,data,response_us,second_response_us,doubtful,name`: the
 * data words without commands and statuses.
 */
export function writeMeaning(t: Text, m: Message, bus: Bus): void {
  const is = m.format != Format.NONE,
    two = (m.has & HAS_CMD2) != 0,
    c = <u32>m.cmd1,
    d = <u32>m.cmd2;
  byte(t, 44);
  number(t, is, terminal(c));
  number(t, is, subaddress(c));
  if (is) lit(t, transmits(c) ? "transmit" : "receive");
  byte(t, 44);
  writeFormat(t, m.format);
  byte(t, 44);
  number(t, two, terminal(d));
  number(t, two, subaddress(d));
  number(t, is && !isRtRt(m) && isMode(c), modeCode(c));
  for (let i: u32 = 0; i < <u32>m.dataCount; ++i) hex16(t, <u32>load<u16>(m.data + ((<usize>i) << 1)));
  byte(t, 44);
  if (m.gap1) decimal(t, <f64>m.gap1 / 10, 1);
  byte(t, 44);
  if (m.gap2 != 0 && isRtRt(m)) decimal(t, <f64>m.gap2 / 10, 1);
  byte(t, 44);
  writeNames(t, m.doubtful, 59);
  byte(t, 44);
  writeName(t, bus);
}

/**
 * Untrusted. In quotes (RFC 4180), so commas stay within it; what is no printable ASCII as \\xHH; a name that a
 * spreadsheet would take for a formula behind an apostrophe.
 */
function writeName(t: Text, bus: Bus): void {
  const n = <u32>bus.nameLength;
  if (n == 0) return;
  byte(t, 34);
  const first = <u32>load<u8>(busName(bus));
  if (first == 0x3d || first == 0x2b || first == 0x2d || first == 0x40) byte(t, 39);
  for (let i: u32 = 0; i < n; ++i) {
    const c = <u32>load<u8>(busName(bus) + <usize>i);
    if (c == 34) byte(t, 34);
    if (c >= 0x20 && c < 0x7f) byte(t, c);
    else {
      lit(t, "\\x");
      hex8(t, c);
    }
  }
  byte(t, 34);
}
