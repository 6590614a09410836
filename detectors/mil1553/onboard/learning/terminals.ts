// Learning the terminals: status bits they set, how fast they answer, how often a message with them fails.
import {
  BSW_ERROR,
  BSW_FORMAT,
  BSW_SYNC,
  BSW_TIMEOUT,
  BSW_WORD,
  BSW_WORD_COUNT,
  Format,
  HAS_STAT1,
  HAS_STAT2,
  Message,
} from "../../../../mil1553/onboard/message";
import { terminal } from "../../../../mil1553/onboard/words";
import { learnedBus, learnedResponse, learnedTerminal, responsePlaces, times } from "../arena";
import { RESPONSES } from "../capacity";
import { Answer } from "../generated/section";
import { damaged, first, second, trusted, whole } from "../observed";
import { FIRST_TIME, LearnedTerminal, TIMES, WRONG } from "./state";

const BITS: u32 = 0x07ff; // of a status word
let used: u32 = 0;

export function forgetTerminals(): void {
  used = 0;
}
export function responseCount(): u32 {
  return used;
}
/** The error bits of a block status. */
export const KINDS: u16 = <u16>(BSW_ERROR | BSW_FORMAT | BSW_TIMEOUT | BSW_WORD_COUNT | BSW_SYNC | BSW_WORD);

/** named: the terminals that the command names are meant; of a damaged command only when it is in the inventory. */
export function learnTerminals(m: Message, bus: u32, named: bool): void {
  const s = learnedBus(bus);
  const n = s.messages + s.untrusted;
  s.walk = walked(s.walk, n, s.failures, damaged);
  if (s.walk > s.peak) s.peak = s.walk;
  if (s.walk == 0) {
    s.begunTrials = n + 1;
    s.begunFailures = s.failures;
  } else if (damaged && s.failures + 1 - s.begunFailures > s.burstFailures) {
    s.burstFailures = s.failures + 1 - s.begunFailures;
    s.burstTrials = n + 1 - s.begunTrials;
  }
  if (damaged) {
    s.failures += 1;
    s.kindsTwice |= s.kinds & (m.blockStatus & KINDS);
    s.kinds |= m.blockStatus & KINDS;
  }
  if (named) {
    const base = bus << 5;
    learnTrial(learnedTerminal(base | first), !whole && (second == 32 || (m.has & HAS_STAT2) != 0));
    if (second < 32) learnTrial(learnedTerminal(base | second), !whole && (m.has & HAS_STAT2) == 0);
  }
  if (damaged || !trusted) return;
  if (m.has & HAS_STAT1) learnStatus(learnedTerminal((bus << 5) | first), m.stat1, first);
  if (m.has & HAS_STAT2) learnStatus(learnedTerminal((bus << 5) | second), m.stat2, second);
  if (m.format == Format.RT_RT || m.format == Format.BROADCAST_RT_RTS) {
    if (m.has & HAS_STAT2) learnTime((bus << 5) | second, Answer.TRANSMIT, <u32>m.gap1);
    if (m.has & HAS_STAT1) learnTime((bus << 5) | first, Answer.RT_RT, <u32>m.gap2);
  } else if (m.has & HAS_STAT1) learnTime((bus << 5) | first, answerOf(m), <u32>m.gap1);
}

export function answerOf(m: Message): u32 {
  if (m.format == Format.BC_RT) return Answer.RECEIVE;
  return m.format == Format.RT_BC ? Answer.TRANSMIT : Answer.MODE;
}

function learnStatus(t: LearnedTerminal, status: u16, address: u32): void {
  const seen = ((<u32>status) & BITS) | (terminal(<u32>status) == address ? 0 : WRONG);
  t.statuses += 1;
  t.twice |= t.bits & (<u16>seen);
  t.bits |= <u16>seen;
}

function learnTime(who: u32, answer: u32, gap: u32): void {
  if (gap == 0) return; // the recorder did not measure
  const place = (who << 2) | answer;
  const at = responsePlaces + ((<usize>place) << 1);
  let i = <u32>load<u16>(at);
  if (i == 0) {
    if (used == RESPONSES) return;
    used += 1;
    i = used;
    store<u16>(at, <u16>i);
    learnedResponse(i - 1).place = place;
  }
  const r = learnedResponse(i - 1);
  r.count += 1;
  r.sum += <u64>gap;
  r.squares += <u64>(gap * gap);
  const t = min<u32>(gap > FIRST_TIME ? gap - FIRST_TIME : 0, TIMES - 1);
  const c = times(r, t);
  const n = load<u16>(c);
  if (n != 0xffff) store<u16>(c, n + 1);
}

/** Before this many messages a terminal's rate of failures is not known well enough to test it. */
const ENOUGH: u32 = 64;

function learnTrial(t: LearnedTerminal, failed: bool): void {
  t.walk = walked(t.walk, t.trials, t.failures, failed);
  if (t.walk > t.peak) t.peak = t.walk;
  if (t.walk == 0) {
    t.begunTrials = t.trials + 1;
    t.begunFailures = t.failures;
  } else if (failed && t.failures + 1 - t.begunFailures > t.burstFailures) {
    t.burstFailures = t.failures + 1 - t.begunFailures;
    t.burstTrials = t.trials + 1 - t.begunTrials;
  }
  t.trials += 1;
  if (failed) t.failures += 1;
}

// The test of judge/terminals.ts with the rate known so far: its largest value says how failures cluster here.
function walked(walk: f32, trials: u32, failures: u32, failed: bool): f32 {
  if (trials < ENOUGH) return 0;
  const rate = min<f64>((<f64>failures + 1) / <f64>trials, 0.999);
  const other = max<f64>(0.1, min<f64>(4 * rate, 0.5 + rate / 2));
  const step = NativeMath.log(failed ? other / rate : (1 - other) / (1 - rate));
  return <f32>min<f64>(max<f64>(<f64>walk + step, 0), 1000);
}
