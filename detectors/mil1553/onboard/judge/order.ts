// bus-order: a known message behind one that it never, or hardly ever, followed. A Markov chain of first order over the
// periodic messages of a bus: Stan et al., "Intrusion Detection System for the MIL-STD-1553 Communication Bus" (2017
// and IEEE TAES 56, 2020). Messages without a schedule are left out: they may come between any two.
//
// Each transition adds what it is more surprising than usual; each message takes a little away. A transition that was
// never seen has the bits that ../../ground/order.ts found from how much was seen of its row (Good 1953, as for new
// messages).
import { Detector } from "../../../onboard/catalogue";
import { identityModel, successorAt } from "../arena";
import { BusModel, BusState } from "../bus";
import { BusFlag, IdentityFlag, SuccessorRecord } from "../generated/section";
import { keyAt } from "../identities";
import { command1, key, terminalsOf } from "../observed";
import { Accused } from "../../../onboard/finding";
import { orderLimit } from "../section/read";
import { alarm, exceeds } from "./alarm";
import { ALL, Kind, gather } from "./gather";
import { IdentityModel } from "./state";

const LEAK: f32 = 0.0625;
const MOST: f32 = 64;

/** identity: of the message at hand, `k` what is known of it. */
export function judgeOrder(b: BusState, s: BusModel, identity: u32, k: IdentityModel): void {
  if (b.retry || ((<u32>k.flags) & IdentityFlag.REGULAR) == 0) return;
  const before = <u32>b.previous;
  b.previous = <u16>(identity + 1);
  if (before == 0 || ((<u32>s.flags) & BusFlag.NO_ORDER) != 0) return;
  const from = identityModel(before - 1);
  const bits = surprise(from, identity);
  s.orderSum = min<f32>(max<f32>(s.orderSum - LEAK, 0) + bits, MOST);
  if (bits < 1 || !exceeds(Detector.BUS_ORDER, <f64>s.orderSum, orderLimit())) return;
  const f = alarm(Detector.BUS_ORDER, 1, 0, <f64>s.orderSum, orderLimit());
  f.accused = Accused.NOBODY; // this one, or the one before it
  f.a = <f64>command1(keyAt(before - 1));
  f.b = <f64>bits;
  const part = changetype<usize>(k) + offsetof<IdentityModel>("schedulePart");
  gather(f, part, <u32>k.bus, Kind.SCHEDULE, ALL, terminalsOf(key));
}

function surprise(from: IdentityModel, to: u32): f32 {
  let p = changetype<usize>(successorAt(<u32>from.successorsAt));
  for (let n = <u32>from.successors; n != 0; --n, p += offsetof<SuccessorRecord>()) {
    const next = changetype<SuccessorRecord>(p);
    if (<u32>next.identity == to) return <f32>next.bits * 0.125;
  }
  return <f32>from.order * 0.00390625;
}
