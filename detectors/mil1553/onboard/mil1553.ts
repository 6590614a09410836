// REQ-DETECT-011
// The MIL-STD-1553 detectors behind the functions that ../../README.md names. Learning and judging never mix: the first
// learn() after reset() or configure() forgets the model, configure() forgets what is being learned.
import { Bus } from "../../../mil1553/onboard/channels";
import { Format, Message } from "../../../mil1553/onboard/message";
import { Text } from "../../../lib/onboard/text";
import { busAt, busModel, clear, identityModel, learnedIdentity } from "./arena";
import { NONE } from "./capacity";
import { addBus, again, allowHole, arrive, findBus, forgetBuses, leave } from "./buses";
import { find, forgetIdentities } from "./identities";
import { learnData, forgetData } from "./learning/data";
import { OVERHEAD, learnIdentity } from "./learning/inventory";
import { forgetOrder, learnOrder } from "./learning/order";
import { forgetTerminals, learnTerminals } from "./learning/terminals";
import { learnTraffic } from "./learning/traffic";
import { beginExport, exportNext as exportEntry } from "./learning/export/index";
import { forgetPeriods, judgePause, judgePeriod, passPeriods, sweepPeriods } from "./judge/period";
import { forgetGatherings } from "./judge/gather";
import { judgeClock } from "./judge/controller";
import { judgeData } from "./judge/data";
import { judgeDrift } from "./judge/drift";
import { expectNew, judgeBus, judgeNew, judgeSide } from "./judge/message";
import { judgeOrder } from "./judge/order";
import { judgeTerminals } from "./judge/terminals";
import { judgeGap, judgeLoad } from "./judge/traffic";
import { apart, key, observe, start, trusted } from "./observed";
import { forgetSection, isReady, readSection } from "./section/read";

export { expected, seen } from "./words";

let learning: bool = false;
let used: bool = false; // the arena is; until then it is zero, and stays untouched

/** Forgets traffic and what was learned. */
export function reset(): void {
  if (used) clear();
  forgetBuses();
  forgetIdentities();
  forgetOrder();
  forgetTerminals();
  forgetData();
  forgetSection();
  forgetPeriods();
  forgetGatherings();
  beginExport();
  learning = false;
}

/** The section of the policy (Tag.BASELINE_1553), untrusted; false when malformed: then nothing is judged. */
export function configure(at: usize, length: u32): bool {
  reset();
  used = true;
  const good = readSection(at, length);
  if (!good) reset();
  return good;
}

/** A message in operation, after validate(). Silent without a section. */
export function check(m: Message, bus: Bus): void {
  if (!isReady()) return;
  observe(m);
  const i = findBus(<u32>m.channel);
  if (i == NONE) {
    if (m.format != Format.NONE) judgeBus(m);
    return;
  }
  const b = busAt(i),
    s = busModel(i);
  b.entry = <u16>m.bus;
  const isBehindHole = takeHole(bus) && allowHole(b);
  const dead = arrive(b, isBehindHole);
  if (!isBehindHole) judgePause(b, i, dead);
  judgeGap(m, b, s, i, dead);
  judgeLoad(m, b, s, i);
  judgeDrift(b, s, i);
  expectNew(s);
  const identity = find(key);
  if (trusted) {
    if (identity == NONE) judgeNew(m, s);
    else {
      const k = identityModel(identity);
      if (k.epoch == b.epoch) again(b, apart(start, k.last), k.effort);
      let complete: bool = true;
      if (!b.retry) {
        // What repeats a failed message, also one that could not be told, comes on the other side
        if (!b.lastDamaged) judgeSide(m, s, b, k);
        complete = judgePeriod(m, b, k);
        judgeClock(b, i, identity);
        judgeOrder(b, s, identity, k);
      }
      judgeData(m, b, k, complete);
    }
  } else {
    s.lost += 1;
    b.previous = 0;
    b.effort += m.duration + OVERHEAD;
  }
  judgeTerminals(m, i, <u32>b.channel, trusted || identity != NONE);
  leave(b, m);
  sweepPeriods();
}

/** Whether messages in front of the one at hand are missing in what was recorded. */
function takeHole(bus: Bus): bool {
  const isHole = bus.hole != 0;
  bus.hole = 0;
  return isHole;
}

/** Time went on without messages: record time, ns. */
export function passing(time: u64): void {
  if (isReady()) passPeriods(time);
}

/** A message while learning, in place of check(). */
export function learn(m: Message, bus: Bus): void {
  if (!learning) {
    reset();
    learning = used = true;
  }
  observe(m);
  let i = findBus(<u32>m.channel);
  if (i == NONE) i = addBus(<u32>m.channel);
  if (i == NONE) return;
  const b = busAt(i);
  const dead = arrive(b, takeHole(bus));
  learnTraffic(m, i, b, dead);
  if (trusted) {
    const identity = learnIdentity(m, i, b);
    if (identity != NONE) {
      learnOrder(i, b, identity);
      learnData(m, i, b, learnedIdentity(identity));
    }
  } else {
    b.previous = 0;
    b.effort += m.duration + OVERHEAD;
  }
  learnTerminals(m, i, trusted || find(key) != NONE);
  leave(b, m);
}

/** Writes the members of the next baseline entry; false when there is none left, and the next call begins anew. */
export function exportNext(t: Text): bool {
  return learning ? exportEntry(t) : false;
}
