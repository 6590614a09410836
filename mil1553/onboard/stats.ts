// Statistics per bus over the interval since they were last written: load, rate, errors, response times. All integers
// until they are written, so the same messages give the same text. Time is the recorder's counter, never a clock.

import { Text, byte, decimal, lit, unsigned } from "../../lib/onboard/text";
import { RECORDER_BITS } from "./anomalies";
import { Bus, busName } from "./channels";
import { Format, HAS_STAT1, HAS_STAT2, Message, bit, isDamaged, isRtRt } from "./message";
import { M } from "./anomalies";
import { quoted } from "../../lib/onboard/text";
import { since } from "./validate";

/** Counts one message that has been validated. */
export function count(m: Message, bus: Bus): void {
  if (bus.messages == 0) bus.firstStart = m.rtc;
  bus.messages += 1;
  bus.messagesB += <u32>m.busB;
  bus.words += <u32>m.count;
  bus.busy += <u64>m.duration;
  if (isDamaged(m)) bus.damaged += 1;
  if (m.anomalies & bit(M.NO_RESPONSE)) bus.noResponse += 1;
  if (m.anomalies & ~(RECORDER_BITS | bit(M.NO_RESPONSE))) bus.anomalous += 1;
  if (m.doubtful) bus.doubtful += 1;
  // A damaged message's gap is not a terminal's response time
  if (isDamaged(m)) return;
  if (m.has & (isRtRt(m) ? HAS_STAT2 : HAS_STAT1)) response(bus, m.gap1);
  if (m.format == Format.RT_RT && (m.has & HAS_STAT1) != 0) response(bus, m.gap2);
}

@inline function response(bus: Bus, gap: u8): void {
  if (gap == 0) return;
  if (bus.responses == 0 || gap < bus.responseMin) bus.responseMin = gap;
  if (gap > bus.responseMax) bus.responseMax = gap;
  bus.responses += 1;
  bus.responseSum += <u32>gap;
}

export function statsReset(bus: Bus): void {
  bus.messages = 0;
  bus.messagesB = 0;
  bus.words = 0;
  bus.busy = 0;
  bus.damaged = 0;
  bus.noResponse = 0;
  bus.anomalous = 0;
  bus.doubtful = 0;
  bus.responses = 0;
  bus.responseSum = 0;
  bus.responseMin = 0;
  bus.responseMax = 0;
  bus.packets = 0;
}

/** Bus time of the interval, 100 ns: from its first message to the end of its last. 0 when the counter went back. */
export function statsSpan(bus: Bus): u64 {
  const span = since(bus.lastEnd, bus.firstStart);
  return span > 0 ? <u64>span : 0;
}

/**
 * `{"channel":5,"messages":..,"per_second":..,"load_percent":..,"errors":..,
 * "response_us":{"min":..,"mean":..,"max":..}}`
 */
export function writeStats(t: Text, bus: Bus): void {
  lit(t, '{"channel":');
  unsigned(t, <u64>bus.channel);
  if (bus.nameLength) {
    lit(t, ',"name":"');
    quoted(t, busName(bus), <u32>bus.nameLength);
    byte(t, 34);
  }
  lit(t, ',"messages":');
  unsigned(t, <u64>bus.messages);
  lit(t, ',"bus_b":');
  unsigned(t, <u64>bus.messagesB);
  lit(t, ',"words":');
  unsigned(t, <u64>bus.words);
  const span = statsSpan(bus);
  if (span) {
    lit(t, ',"per_second":');
    decimal(t, (<f64>bus.messages * 1e7) / <f64>span, 1);
    lit(t, ',"load_percent":');
    decimal(t, (<f64>bus.busy * 100) / <f64>span, 2);
  }
  lit(t, ',"errors":');
  unsigned(t, <u64>bus.damaged);
  lit(t, ',"no_response":');
  unsigned(t, <u64>bus.noResponse);
  lit(t, ',"anomalous":');
  unsigned(t, <u64>bus.anomalous);
  lit(t, ',"doubtful":');
  unsigned(t, <u64>bus.doubtful);
  if (bus.responses) {
    lit(t, ',"response_us":{"min":');
    decimal(t, <f64>bus.responseMin / 10, 1);
    lit(t, ',"mean":');
    decimal(t, <f64>bus.responseSum / <f64>bus.responses / 10, 2);
    lit(t, ',"max":');
    decimal(t, <f64>bus.responseMax / 10, 1);
    byte(t, 125);
  }
  byte(t, 125);
}
