// REQ-DECODE-015
// The rules of MIL-STD-1553B that one message, or two in a row on a channel, can break. Each has a name of its own.

import { Bus } from "./channels";
import { DOUBTFUL_WHEN_DAMAGED, M } from "./anomalies";
import { modeBroadcast, modeDefined, modeReserved } from "./modes";
import {
  BSW_ERROR,
  BSW_FORMAT,
  BSW_MEANS,
  BSW_SYNC,
  BSW_TIMEOUT,
  BSW_WORD,
  BSW_WORD_COUNT,
  Format,
  HAS_CMD2,
  HAS_STAT1,
  HAS_STAT2,
  Message,
  bit,
  isDamaged,
  isRtRt,
} from "./message";
import {
  BROADCAST,
  STATUS_BUS_ACCEPTANCE,
  STATUS_INSTRUMENTATION,
  STATUS_MESSAGE_ERROR,
  STATUS_RESERVED,
  isMode,
  modeCode,
  terminal,
  transmits,
  wordCount,
} from "./words";

/** 0.1 us. 4.3.3.8 allows 4.0-12.0; real terminals were seen up to 12.5, so the limit is the no-response timeout. */
const RESPONSE_MIN: u32 = 40;
const RESPONSE_MAX: u32 = 140;
/** 0.1 us, mid-parity to mid-sync (4.3.3.7). */
const GAP_MIN: i64 = 40;
/** Two time tags of 0.1 us and the recorder's own slack before an overlap is called one. */
const OVERLAP_SLACK: i64 = 20;

/** Adds to m.anomalies and m.doubtful. `bus` holds what came before on this channel; it is brought up to date. */
export function validate(m: Message, bus: Bus): void {
  const status = <u32>m.blockStatus;
  let found: u64 = m.anomalies;
  if (status != 0) {
    found |=
      (((<u64>(status & BSW_ERROR)) >> 12) << M.MESSAGE_ERROR) |
      (((<u64>(status & BSW_FORMAT)) >> 10) << M.FORMAT_ERROR) |
      (((<u64>(status & BSW_TIMEOUT)) >> 9) << M.RESPONSE_TIMEOUT) |
      (((<u64>(status & BSW_WORD_COUNT)) >> 5) << M.WORD_COUNT_ERROR) |
      (((<u64>(status & BSW_SYNC)) >> 4) << M.SYNC_ERROR) |
      (((<u64>(status & BSW_WORD)) >> 3) << M.INVALID_WORD);
    if (status & ~BSW_MEANS) found |= bit(M.RESERVED_BLOCK_STATUS);
  }
  if (m.format != Format.NONE) {
    found |= commands(m);
    found |= responses(m);
  }
  found |= sequence(m, bus);
  if (isDamaged(m)) {
    m.doubtful = found & DOUBTFUL_WHEN_DAMAGED;
    found &= ~DOUBTFUL_WHEN_DAMAGED;
  }
  m.anomalies = found;
}

function commands(m: Message): u64 {
  const c = <u32>m.cmd1;
  if (isRtRt(m)) {
    if ((m.has & HAS_CMD2) == 0) return 0;
    const d = <u32>m.cmd2;
    // 4.3.3.6.3: a receive command, then a transmit command to another terminal, for as many words; no mode codes
    const fits =
      !transmits(c) &&
      transmits(d) &&
      !isMode(c) &&
      !isMode(d) &&
      wordCount(c) == wordCount(d) &&
      terminal(c) != terminal(d) &&
      terminal(d) != BROADCAST;
    return fits ? 0 : bit(M.RT_RT_COMMANDS);
  }
  const broadcast = terminal(c) == BROADCAST;
  if (!isMode(c)) return broadcast && transmits(c) ? bit(M.ILLEGAL_BROADCAST) : 0;
  const code = modeCode(c);
  const transmit = transmits(c);
  if (modeReserved(code)) return bit(M.RESERVED_MODE_CODE);
  if (!modeDefined(code, transmit)) return bit(M.UNDEFINED_MODE_CODE);
  return broadcast && !modeBroadcast(code, transmit) ? bit(M.ILLEGAL_BROADCAST) : 0;
}

function responses(m: Message): u64 {
  let found: u64 = 0;
  if (m.has & HAS_STAT1) found |= statusWord(<u32>m.stat1, <u32>m.cmd1, m);
  if (m.has & HAS_STAT2) found |= statusWord(<u32>m.stat2, <u32>m.cmd2, m);
  // GAP1 is the first response on the wire: of an RT-RT transfer the transmitter's, whose status is stat2
  const first = isRtRt(m) ? (m.has & HAS_STAT2) != 0 : (m.has & HAS_STAT1) != 0;
  if (first) found |= responseTime(<u32>m.gap1);
  if (m.format == Format.RT_RT && (m.has & HAS_STAT1) != 0) found |= responseTime(<u32>m.gap2);
  return found;
}

@inline function responseTime(gap: u32): u64 {
  if (gap > RESPONSE_MAX) return bit(M.RESPONSE_LATE);
  return gap != 0 && gap < RESPONSE_MIN ? bit(M.RESPONSE_EARLY) : 0; // 0: the recorder did not measure
}

function statusWord(s: u32, command: u32, m: Message): u64 {
  let found: u64 = 0;
  if (terminal(s) != terminal(command)) found |= bit(M.STATUS_ADDRESS);
  if (s & STATUS_RESERVED) found |= bit(M.STATUS_RESERVED);
  if (s & STATUS_INSTRUMENTATION) found |= bit(M.STATUS_INSTRUMENTATION);
  if (s & STATUS_MESSAGE_ERROR) found |= bit(M.STATUS_MESSAGE_ERROR);
  // 4.3.3.5.3.10: only in answer to mode code 0
  if ((s & STATUS_BUS_ACCEPTANCE) != 0 && !(m.format == Format.MODE && modeCode(<u32>m.cmd1) == 0))
    found |= bit(M.UNSOLICITED_BUS_ACCEPTANCE);
  return found;
}

/** Difference of two 48-bit counters, nearest to zero: the counter wraps every 325 days. */
@inline export function since(later: u64, earlier: u64): i64 {
  return (<i64>((later - earlier) << 16)) >> 16;
}

// Against the message in front of it on this channel: the gap counts on one bus only, time on both.
function sequence(m: Message, bus: Bus): u64 {
  let found: u64 = 0;
  const duration = <u64>m.duration;
  // where the first bit was, by the time tag
  let start = m.rtc;
  if (m.timeTag == 0) start -= duration;
  else if (m.timeTag == 2) start -= 200;
  start &= 0xffffffffffff;
  if (bus.hasLast) {
    const forth = since(m.rtc, bus.lastRtc);
    if (forth < 0) found |= bit(M.TIME_BACKWARDS);
    else if (!isDamaged(m) && !bus.lastDamaged && bus.lastBusB == m.busB) {
      let dead = since(start, bus.lastEnd);
      // Tag 0 is also what a writer leaves that never set the field: alarm only if both readings are too short
      if (m.timeTag == 0) {
        const other = forth - <i64>bus.lastDuration;
        if (other > dead) dead = other;
      }
      if (dead < -OVERLAP_SLACK) found |= bit(M.OVERLAP);
      else if (dead + 20 < GAP_MIN) found |= bit(M.INTERMESSAGE_GAP);
    }
  }
  bus.hasLast = 1;
  bus.lastRtc = m.rtc;
  bus.lastEnd = (start + duration) & 0xffffffffffff;
  bus.lastDuration = m.duration;
  bus.lastDamaged = isDamaged(m) ? 1 : 0;
  bus.lastBusB = m.busB;
  return found;
}
