// bus-gap: two messages closer together than any that were learned: another sender does not know the controller's
// pauses. bus-load: how much of a second the bus was busy, or how many messages it carried, outside of what was
// learned.
import { Message } from "../../../../mil1553/onboard/message";
import { Detector } from "../../../onboard/catalogue";
import { busModel } from "../arena";
import { BusModel, BusState } from "../bus";
import { countLoad } from "../buses";
import { damaged, isPair } from "../observed";
import { exceeds, ofBus } from "./alarm";
import { ALL, Kind, gather } from "./gather";
import { judgePauses } from "./controller";
import { Gap } from "./state";

export const enum Load {
  MORE = 1,
  LESS = 2,
  MORE_MESSAGES = 3,
  FEWER_MESSAGES = 4,
}

export function judgeGap(m: Message, b: BusState, s: BusModel, bus: u32, dead: i64): void {
  if (b.resumed || b.lastDamaged || damaged || b.lastBusB != m.busB) return;
  judgePauses(b, s, bus, dead);
  if (dead >= <i64>s.gap) return;
  // The message before ended later, and the gap began later, by what the answers in it came later
  const answers: f64 = isPair(b.lastKey) ? 2 : 1;
  const score = <f64>(<i64>s.gap - dead) - answers * <f64>max<f32>(s.drift, 0);
  if (!exceeds(Detector.BUS_GAP, score, <f64>s.gapTolerance)) return;
  const f = ofBus(Detector.BUS_GAP, Gap.SHORT, <u32>b.channel, bus, score, <f64>s.gapTolerance);
  f.subject = 0; // the message at hand
  f.a = <f64>dead;
  f.b = <f64>s.gap;
}

export function judgeLoad(m: Message, b: BusState, s: BusModel, bus: u32): void {
  const second = countLoad(b, m);
  if (second === null || s.loadMost == 0) return;
  side(b, bus, second.busy, s.loadLeast, s.loadMost, s.loadTolerance, Load.MORE);
  side(b, bus, second.messages, s.countLeast, s.countMost, s.countTolerance, Load.MORE_MESSAGES);
}

function side(b: BusState, bus: u32, seen: u32, least: u32, most: u32, tolerance: u32, what: u32): void {
  const off = seen > most ? seen - most : seen < least ? least - seen : 0;
  if (off == 0 || !exceeds(Detector.BUS_LOAD, <f64>off, <f64>tolerance)) return;
  const f = ofBus(Detector.BUS_LOAD, seen > most ? what : what + 1, <u32>b.channel, bus, <f64>off, <f64>tolerance);
  f.a = <f64>seen;
  f.b = <f64>least;
  f.c = <f64>most;
  gather(f, changetype<usize>(busModel(bus)) + offsetof<BusModel>("loadPart"), bus, Kind.LOAD, ALL, 0);
}
