// Response times, from a section.
import { responseModel, responsePlaces } from "../arena";
import { Answer, ResponseRecord } from "../generated/section";
import { require, requireFrom, take } from "./cursor";

let used: u32 = 0;

export function beginResponses(): void {
  used = 0;
}

export function readResponse(busCount: u32): void {
  const p = take(offsetof<ResponseRecord>());
  if (p == 0) return;
  const r = changetype<ResponseRecord>(p);
  requireFrom(0, r.mean);
  requireFrom(0.1, r.deviation);
  if (!require(<u32>r.terminal < busCount << 5 && <u32>r.answer <= <u32>Answer.RT_RT && r.most >= r.least)) return;
  const place = responsePlaces + ((((<usize>r.terminal) << 2) | (<usize>r.answer)) << 1);
  if (!require(load<u16>(place) == 0)) return;
  const t = responseModel(used);
  used += 1;
  store<u16>(place, <u16>used);
  memory.copy(changetype<usize>(t), p, offsetof<ResponseRecord>());
  t.tolerance = max<u8>(r.tolerance, 1);
  t.age = 0xffff;
  t.inverse = <f32>(1 / <f64>r.deviation);
}
