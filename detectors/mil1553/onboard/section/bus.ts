// Buses and their terminals, from a section.
import { busModel, terminalModel } from "../arena";
import { addBus, findBus } from "../buses";
import { NONE } from "../capacity";
import { BusRecord, TerminalRecord } from "../generated/section";
import { isGood, require, requireFrom, take } from "./cursor";

export function readBus(): void {
  const p = take(offsetof<BusRecord>());
  if (p == 0) return;
  const r = changetype<BusRecord>(p);
  checkBus(r);
  if (!require(findBus(<u32>r.channel) == NONE)) return;
  const bus = addBus(<u32>r.channel);
  const b = busModel(bus);
  memory.copy(changetype<usize>(b), p, offsetof<BusRecord>());
  b.gapTolerance = max<i32>(r.gapTolerance, 1);
  b.loadTolerance = max<u32>(r.loadTolerance, 1);
  b.countTolerance = max<u32>(r.countTolerance, 1);
  for (let n = <u32>r.terminals; n != 0 && isGood(); --n) readTerminal(bus);
}

function checkBus(r: BusRecord): void {
  requireFrom(0, r.newBits);
  requireFrom(0, r.newLeak);
  requireFrom(0, r.modeBits);
  requireFrom(0, r.modeLeak);
  requireFrom(0, r.terminalBits);
  requireFrom(0, r.sideBits);
  requireFrom(0, r.sideLeak);
  requireFrom(0, r.failure);
  requireFrom(SUCCESS, r.success);
  requireFrom(0, r.burstFailure);
  requireFrom(SUCCESS, r.burstSuccess);
  requireFrom(0.001, r.limit);
  requireFrom(0, r.newErrorBits);
  require(r.success <= 0 && r.burstSuccess <= 0 && r.terminals <= 32);
}

/** A success never adds to a test of failures, and takes no more away than this, nats. */
const SUCCESS: f32 = -1e6;

function readTerminal(bus: u32): void {
  const p = take(offsetof<TerminalRecord>());
  if (p == 0) return;
  const r = changetype<TerminalRecord>(p);
  requireFrom(0, r.newBits);
  requireFrom(0, r.failure);
  requireFrom(SUCCESS, r.success);
  requireFrom(0.001, r.limit);
  if (require(r.address < 32 && r.success <= 0))
    memory.copy(changetype<usize>(terminalModel((bus << 5) | (<u32>r.address))), p, offsetof<TerminalRecord>());
}
