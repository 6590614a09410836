// Message identities with their intervals and successors, from a section.
import { busAt, identityModel, intervals, rateOf, successorAt } from "../arena";
import { NONE, RANGES, SUCCESSORS } from "../capacity";
import { IdentityFlag, IdentityRecord, IntervalRecord, RateRecord, SuccessorRecord } from "../generated/section";
import { add, find } from "../identities";
import { IdentityModel } from "../judge/state";
import { keyOf } from "../observed";
import { require, requireFrom, take } from "./cursor";
import { haveRoom, readWords } from "./words";

let successorsUsed: u32 = 0;

export function beginIdentities(): void {
  successorsUsed = 0;
}

export function readIdentity(busCount: u32, identityCount: u32): void {
  const p = take(offsetof<IdentityRecord>());
  if (p == 0) return;
  const r = changetype<IdentityRecord>(p);
  if (!require(<u32>r.bus < busCount && <u32>r.intervals <= RANGES && r.words <= 32)) return;
  if (!require(<u32>r.successors + successorsUsed <= SUCCESSORS && haveRoom(<u32>r.words))) return;
  const key = keyOf(
    <u32>busAt(<u32>r.bus).channel,
    <u32>r.command,
    <u32>r.command2,
    ((<u32>r.flags) & IdentityFlag.PAIR) != 0,
  );
  if (!require(find(key) == NONE)) return;
  const k = identityModel(add(key));
  memory.copy(changetype<usize>(k), p, offsetof<IdentityRecord>());
  k.epoch = 0xffff;
  const late = readIntervals(k);
  if ((<u32>r.flags) & IdentityFlag.REGULAR) k.late = <u32>min<u64>(late, u32.MAX_VALUE);
  if (((<u32>r.flags) & IdentityFlag.RATE) != 0 && require(r.intervals == 0)) readRate(k);
  k.successorsAt = <u16>successorsUsed;
  readSuccessors(<u32>r.successors, identityCount);
  k.wordsAt = <u16>readWords(<u32>r.words);
}

/** Returns after which interval the identity is late. */
function readIntervals(k: IdentityModel): u64 {
  const size = offsetof<IntervalRecord>();
  let late: u64 = 0;
  let to = intervals(k);
  for (let n = <u32>k.intervals; n != 0; --n, to += size) {
    const p = take(size);
    if (p == 0) return 0;
    memory.copy(to, p, size);
    const i = changetype<IntervalRecord>(to);
    i.tolerance = max<u32>(i.tolerance, 1);
    require(i.most >= i.least);
    late = max<u64>(late, <u64>i.most + i.tolerance);
  }
  return late;
}

function readRate(k: IdentityModel): void {
  const p = take(offsetof<RateRecord>());
  if (p == 0) return;
  const r = changetype<RateRecord>(p);
  requireFrom(0, r.often);
  requireFrom(0.001, r.limit);
  require(r.absence >= 1 && r.absence < 1e12);
  memory.copy(changetype<usize>(rateOf(k)), p, offsetof<RateRecord>());
}

function readSuccessors(n: u32, identityCount: u32): void {
  const p = take(<usize>n * offsetof<SuccessorRecord>());
  if (p == 0) return;
  memory.copy(changetype<usize>(successorAt(successorsUsed)), p, <usize>n * offsetof<SuccessorRecord>());
  for (; n != 0; --n, ++successorsUsed) require(<u32>successorAt(successorsUsed).identity < identityCount);
}
