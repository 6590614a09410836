// bus-message, bus-mode: messages that are not in the inventory.
//
// How surprising a new message is depends on how much was learned. After N messages of which N1 identities came once,
// the next one is new with a chance of about N1 / N (Good, "The Population Frequencies of Species and the Estimation of
// Population Parameters", Biometrika 40 (1953)). Each new one adds its surprise, -log2 of that chance, to a sum; each
// message takes away twice what is to be expected. A bus that was learned well alerts at the first new message, one
// that was learned for a second only when more are new than normally are.
import { Message } from "../../../../mil1553/onboard/message";
import { Detector } from "../../../onboard/catalogue";
import { BusModel, BusState } from "../bus";
import { BusFlag, IdentityFlag } from "../generated/section";
import { channelOf, first, key, mode, second, terminalsOf } from "../observed";
import { Accused } from "../../../onboard/finding";
import { noveltyLimit } from "../section/read";
import { about, alarm, exceeds } from "./alarm";
import { ALL, Kind, gather } from "./gather";
import { IdentityModel } from "./state";

export const enum What {
  UNKNOWN = 1,
  TERMINAL = 2,
  SIDE = 3,
  BUS = 4,
}
const MOST: f32 = 64;
/** A side changes for several messages at once: within so many messages a further one adds FURTHER bits only. */
const TOGETHER: u32 = 32;
const FURTHER: f32 = 0.5;

/** A bus that was not there while learning. */
export function judgeBus(m: Message): void {
  if (!exceeds(Detector.BUS_MESSAGE, 32, noveltyLimit())) return;
  const f = about(Detector.BUS_MESSAGE, What.BUS, channelOf(key), 32, noveltyLimit());
  f.accused = Accused.MESSAGE;
  f.a = <f64>m.channel;
}

/** Each message: what is to be expected. */
export function expectNew(s: BusModel): void {
  if (s.newSum > 0) s.newSum = max<f32>(s.newSum - s.newLeak, 0);
  if (s.modeSum > 0) s.modeSum = max<f32>(s.modeSum - s.modeLeak, 0);
  if (s.sideSum > 0) s.sideSum = max<f32>(s.sideSum - s.sideLeak, 0);
}

/** A trusted message whose identity is not known. */
export function judgeNew(_m: Message, s: BusModel): void {
  if ((<u32>s.flags) & BusFlag.INCOMPLETE) return;
  const named = ((<u32>1) << first) | (second < 32 ? (<u32>1) << second : 0);
  const stranger = (s.mask & named) != named;
  const bits = stranger ? max<f32>(s.newBits, s.terminalBits) : mode ? s.modeBits : s.newBits;
  let sum: f32;
  if (mode && !stranger) sum = s.modeSum = min<f32>(s.modeSum + bits, MOST);
  else sum = s.newSum = min<f32>(s.newSum + bits, MOST);
  const detector = mode ? Detector.BUS_MODE : Detector.BUS_MESSAGE;
  if (!exceeds(detector, <f64>sum, noveltyLimit())) return;
  const f = alarm(detector, stranger ? What.TERMINAL : What.UNKNOWN, 0, <f64>sum, noveltyLimit());
  f.a = stranger ? <f64>(((s.mask >> first) & 1) == 0 || second > 31 ? first : second) : 0;
}

/** A known one, on a side (bus A or B) where it never was. */
export function judgeSide(m: Message, s: BusModel, b: BusState, k: IdentityModel): void {
  if ((<u32>k.flags) & (m.busB ? IdentityFlag.ON_B : IdentityFlag.ON_A)) return;
  const together = s.sideAt != 0 && b.messages - s.sideAt < TOGETHER;
  s.sideAt = b.messages;
  const sum = min<f32>(s.sideSum + (together ? FURTHER : s.sideBits), MOST);
  s.sideSum = sum;
  if (!exceeds(Detector.BUS_MESSAGE, <f64>sum, noveltyLimit())) return;
  const f = alarm(Detector.BUS_MESSAGE, What.SIDE, 1, <f64>sum, noveltyLimit());
  f.a = <f64>m.busB;
  const part = changetype<usize>(k) + offsetof<IdentityModel>("sidePart");
  gather(f, part, <u32>k.bus, Kind.SIDE, ALL, terminalsOf(key));
}
