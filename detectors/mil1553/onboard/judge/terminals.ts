// bus-status, bus-error, and whether a mute terminal answers: what a terminal says of itself, how often it fails.
//
// Failures: a cumulative sum over Bernoulli trials (Page 1954; Reynolds and Stoumbos, "A CUSUM Chart for Monitoring a
// Proportion When Inspecting Continuously", Journal of Quality Technology 31 (1999)). Each failure adds ln(p1/p0), each
// success ln((1-p1)/(1-p0)): p0 the rate that was learned (its upper confidence bound), p1 the one to be found. A
// terminal that is absent and polled fails always, which is its rate.
import { Format, HAS_STAT1, HAS_STAT2, Message } from "../../../../mil1553/onboard/message";
import { terminal } from "../../../../mil1553/onboard/words";
import { Detector } from "../../../onboard/catalogue";
import { busModel, terminalModel } from "../arena";
import { BusModel } from "../bus";
import { Answer, Known } from "../generated/section";
import { KINDS, answerOf } from "../learning/terminals";
import { WRONG } from "../learning/state";
import { damaged, first, second, time, trusted, whole } from "../observed";
import { noveltyLimit } from "../section/read";
import { exceeds, ofBus, ofTerminal, partOf } from "./alarm";
import { ALL, Kind, gather } from "./gather";
import { judgeTime } from "./responses";
import { TerminalModel, Time } from "./state";

export const enum Failures {
  TERMINAL = 1,
  BUS = 2,
  KIND = 3,
}
export const enum Status {
  NEW_BITS = 1,
  WRONG_ADDRESS = 2,
}

/** named: the terminals that the command names are meant; of a damaged command only when it is in the inventory. */
export function judgeTerminals(m: Message, bus: u32, channel: u32, named: bool): void {
  const base = bus << 5;
  judgeFailures(m, bus, channel, named ? failing(m) : u32.MAX_VALUE);
  if (named) {
    judgeTrial(base | first, !whole && (second == 32 || (m.has & HAS_STAT2) != 0));
    if (second < 32) judgeTrial(base | second, !whole && (m.has & HAS_STAT2) == 0);
  }
  if (damaged || !trusted) return;
  if (m.has & HAS_STAT1) judgeStatus(base | first, <u32>m.stat1);
  if (m.has & HAS_STAT2) judgeStatus(base | second, <u32>m.stat2);
  if (second < 32) {
    if (m.has & HAS_STAT2) judgeTime(base | second, Answer.TRANSMIT, <u32>m.gap1);
    if (m.format == Format.RT_RT && (m.has & HAS_STAT1) != 0) judgeTime(base | first, Answer.RT_RT, <u32>m.gap2);
  } else if (m.has & HAS_STAT1) judgeTime(base | first, answerOf(m), <u32>m.gap1);
}

/** The terminal that did not do its part, as a bit; 0: all did. */
function failing(m: Message): u32 {
  if (whole) return 0;
  return (<u32>1) << (second < 32 && (m.has & HAS_STAT2) == 0 ? second : first);
}

// All of the bus together: what hits every terminal a little, and bursts in which most messages fail
function judgeFailures(m: Message, bus: u32, channel: u32, terminals: u32): void {
  const s = busModel(bus);
  if (s.newErrorSum > 0) s.newErrorSum = max<f32>(s.newErrorSum - LEAK, 0);
  if (!damaged) {
    if (s.burst > 0) s.burst = max<f32>(s.burst + s.burstSuccess, 0);
    if (s.walk > 0) s.walk = max<f32>(s.walk + s.success, 0);
    return;
  }
  const kinds = (<u32>(m.blockStatus & KINDS)) & ~(<u32>s.knownErrors);
  if (kinds != 0) {
    s.newErrorSum = min<f32>(s.newErrorSum + s.newErrorBits, 64);
    if (exceeds(Detector.BUS_ERROR, <f64>s.newErrorSum, noveltyLimit()))
      ofBus(Detector.BUS_ERROR, Failures.KIND, channel, bus, <f64>s.newErrorSum, noveltyLimit()).a = <f64>kinds;
  }
  if (s.walk == 0 && s.burst == 0) s.failing = 0;
  s.failing |= terminals;
  if (s.walk == 0) s.since = time;
  if (s.burst == 0) s.burstSince = time;
  s.walk = min<f32>(s.walk + s.failure, 4 * s.limit);
  s.burst = min<f32>(s.burst + s.burstFailure, 4 * s.limit);
  const most = <f64>max<f32>(s.walk, s.burst);
  if (!exceeds(Detector.BUS_ERROR, most, <f64>s.limit)) return;
  const f = ofBus(Detector.BUS_ERROR, Failures.BUS, channel, bus, most, <f64>s.limit);
  f.since = s.walk >= s.burst ? s.since : s.burstSince;
  // One terminal that fails fails the bus
  const owner = popcnt<u32>(s.failing) == 1 ? ctz<u32>(s.failing) : ALL;
  gather(f, changetype<usize>(s) + offsetof<BusModel>("failuresPart"), bus, Kind.FAILURES, owner, s.failing);
}

function judgeTrial(who: u32, failed: bool): void {
  const t = terminalModel(who);
  if (((<u32>t.known) & Known.FAILURES) == 0) return;
  if (!failed) {
    if (t.walk > 0) t.walk = max<f32>(t.walk + t.success, 0);
    return;
  }
  if (t.walk == 0) t.since = time;
  t.walk = min<f32>(t.walk + t.failure, 4 * t.limit);
  if (!exceeds(Detector.BUS_ERROR, <f64>t.walk, <f64>t.limit)) return;
  const f = ofTerminal(Detector.BUS_ERROR, Failures.TERMINAL, partOf(who, 0), who, <f64>t.walk, <f64>t.limit);
  f.since = t.since;
  f.a = <f64>(who & 31);
  const part = changetype<usize>(t) + offsetof<TerminalModel>("failuresPart");
  gather(f, part, who >> 5, Kind.FAILURES, who & 31, (<u32>1) << (who & 31));
}

function judgeStatus(who: u32, status: u32): void {
  const t = terminalModel(who);
  if (((<u32>t.known) & Known.STATUS) == 0) {
    if (((<u32>t.known) & Known.MUTE) == 0 || !exceeds(Detector.BUS_RESPONSE, <f64>t.newBits, noveltyLimit())) return;
    const f = ofTerminal(
      Detector.BUS_RESPONSE,
      Time.NEVER_ANSWERED,
      partOf(who, 4),
      who,
      <f64>t.newBits,
      noveltyLimit(),
    );
    f.a = <f64>(who & 31);
    return;
  }
  if (t.newSum > 0) t.newSum = max<f32>(t.newSum - LEAK, 0);
  const seen = (status & 0x07ff) | (terminal(status) == (who & 31) ? 0 : WRONG);
  const bits = seen & ~(<u32>t.bits);
  if (bits == 0) return;
  t.newSum = min<f32>(t.newSum + t.newBits, 64);
  if (!exceeds(Detector.BUS_STATUS, <f64>t.newSum, noveltyLimit())) return;
  const what = bits & WRONG ? Status.WRONG_ADDRESS : Status.NEW_BITS;
  const f = ofTerminal(Detector.BUS_STATUS, what, partOf(who, what), who, <f64>t.newSum, noveltyLimit());
  f.a = <f64>(who & 31);
  f.b = <f64>(bits & 0x07ff);
  f.c = <f64>((<u32>t.bits) & 0x07ff);
  f.d = <f64>terminal(status);
  const part = changetype<usize>(t) + offsetof<TerminalModel>("statusPart");
  gather(f, part, who >> 5, Kind.STATUS, who & 31, (<u32>1) << (who & 31));
}

const LEAK: f32 = 0.01; // bits
