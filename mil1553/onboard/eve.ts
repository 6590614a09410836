// REQ-DECODE-020
// The `mil1553` object of an EVE event: what an analyst needs to find the message on the bus and in the interface
// control document. Untrusted text goes through `quoted`.

import { Text, byte, decimal, hex16, lit, quoted, unsigned } from "../../lib/onboard/text";
import { anomalyName } from "./anomalies";
import { Bus, busName } from "./channels";
import { Format, HAS_CMD2, HAS_STAT1, HAS_STAT2, Message, isRtRt } from "./message";
import { modeName } from "./modes";
import { Anomaly, NO_CHANNEL } from "./waiting";
import { isMode, modeCode, subaddress, terminal, transmits, wordCount } from "./words";

/** `bc-rt`, `rt-rt`, ...; `none` where there is no command word. */
export function writeFormat(t: Text, format: u32): void {
  switch (format) {
    case Format.BC_RT:
      lit(t, "bc-rt");
      break;
    case Format.RT_BC:
      lit(t, "rt-bc");
      break;
    case Format.RT_RT:
      lit(t, "rt-rt");
      break;
    case Format.MODE:
      lit(t, "mode");
      break;
    case Format.MODE_TRANSMIT:
      lit(t, "mode-transmit");
      break;
    case Format.MODE_RECEIVE:
      lit(t, "mode-receive");
      break;
    case Format.BROADCAST_BC_RTS:
      lit(t, "broadcast");
      break;
    case Format.BROADCAST_RT_RTS:
      lit(t, "broadcast-rt-rt");
      break;
    case Format.BROADCAST_MODE:
      lit(t, "broadcast-mode");
      break;
    case Format.BROADCAST_MODE_DATA:
      lit(t, "broadcast-mode-data");
      break;
    default:
      lit(t, "none");
  }
}

/** `"rt":9,"sa":3,"direction":"transmit","word_count":26`, or for a mode command `"mode_code":17,"mode":"..."`. */
function command(t: Text, c: u32): void {
  lit(t, '"command":"');
  hex16(t, c);
  lit(t, '","rt":');
  unsigned(t, <u64>terminal(c));
  lit(t, ',"sa":');
  unsigned(t, <u64>subaddress(c));
  lit(t, ',"direction":"');
  lit(t, transmits(c) ? "transmit" : "receive");
  byte(t, 34);
  if (isMode(c)) {
    lit(t, ',"mode_code":');
    unsigned(t, <u64>modeCode(c));
    lit(t, ',"mode":"');
    modeName(t, modeCode(c));
    byte(t, 34);
  } else {
    lit(t, ',"word_count":');
    unsigned(t, <u64>wordCount(c));
  }
}

/** The object, braces and all. `words`: with the data words as one hexadecimal string (at most 144 digits). */
export function writeMessage(t: Text, m: Message, bus: Bus, words: bool): void {
  openBus(t, bus);
  lit(t, ',"bus":"');
  byte(t, 65 + <u32>m.busB);
  lit(t, '","rtc":');
  unsigned(t, m.rtc);
  lit(t, ',"format":"');
  writeFormat(t, <u32>m.format);
  byte(t, 34);
  if (m.format != Format.NONE) {
    byte(t, 44);
    command(t, <u32>m.cmd1);
  }
  if (m.has & HAS_CMD2) {
    lit(t, ',"from":{');
    command(t, <u32>m.cmd2);
    byte(t, 125);
  }
  if (m.has & HAS_STAT1) {
    lit(t, ',"status":"');
    hex16(t, <u32>m.stat1);
    byte(t, 34);
  }
  if (m.has & HAS_STAT2) {
    lit(t, ',"from_status":"');
    hex16(t, <u32>m.stat2);
    byte(t, 34);
  }
  lit(t, ',"block_status":"');
  hex16(t, <u32>m.blockStatus);
  byte(t, 34);
  if (m.gap1) {
    lit(t, ',"response_us":');
    decimal(t, <f64>m.gap1 / 10, 1);
  }
  if (m.gap2 != 0 && isRtRt(m)) {
    lit(t, ',"second_response_us":');
    decimal(t, <f64>m.gap2 / 10, 1);
  }
  if (words) {
    lit(t, ',"words":"');
    const n = min<u32>(<u32>m.count, 36);
    for (let i: u32 = 0; i < n; ++i) hex16(t, <u32>load<u16>(m.words + ((<usize>i) << 1)));
    byte(t, 34);
  }
  byte(t, 125);
}

/**
 * The same of a message that is not at hand: its channel, and its commands (second = 0: none). `entry`: the channel's
 * Bus, for its name, or 0.
 */
export function writeCommand(t: Text, channel: u32, entry: usize, first: u32, second: u32): void {
  openChannel(t, channel, entry);
  byte(t, 44);
  command(t, first);
  if (second) {
    lit(t, ',"from":{');
    command(t, second);
    byte(t, 125);
  }
  byte(t, 125);
}

/** The same of a bus as a whole. */
export function writeBus(t: Text, channel: u32, entry: usize): void {
  openChannel(t, channel, entry);
  byte(t, 125);
}

function openBus(t: Text, bus: Bus): void {
  openChannel(t, bus.channel, changetype<usize>(bus));
}

function openChannel(t: Text, channel: u32, entry: usize): void {
  lit(t, '{"channel":');
  unsigned(t, <u64>channel);
  const bus = changetype<Bus>(entry);
  if (entry != 0 && bus.nameLength != 0) {
    lit(t, ',"name":"');
    quoted(t, busName(bus), <u32>bus.nameLength);
    byte(t, 34);
  }
}

/** The `chapter10` object of an event about the container: `{"channel":5,"detail":14298}`; detail: anomalies.ts. */
export function writeContainer(t: Text, a: Anomaly): void {
  byte(t, 123);
  if (a.channel != NO_CHANNEL) {
    lit(t, '"channel":');
    unsigned(t, <u64>a.channel);
    byte(t, 44);
  }
  lit(t, '"detail":');
  unsigned(t, a.detail);
  byte(t, 125);
}

/** The names of a set of message anomalies, `separator` between them, without quotes. */
export function writeNames(t: Text, set: u64, separator: u32): void {
  let first = true;
  for (let rest = set; rest != 0; rest &= rest - 1) {
    if (!first) byte(t, separator);
    first = false;
    anomalyName(t, <u32>ctz<u64>(rest));
  }
}
