/** Relations of arithmetic expressions, `ip[2:2] - 20 > 8`, to conditions. */
import { Alu, Code, type Instruction, step, X } from "./bpf.ts";
import { all, type Condition, compare, not } from "./condition.ts";
import { TRANSPORT } from "./names.ts";
import type { Expression, Relation } from "./tree.ts";
import { FilterError } from "./words.ts";

/** What a relation asks of the compiler. */
export interface Frame {
  /** Bytes in front of the network layer. */
  readonly network: number;
  carries(base: string): Condition;
}

const CELLS = 16; // BPF_MEMWORDS
const ABSOLUTE: Record<number, number> = { 1: Code.LDB_ABS, 2: Code.LDH_ABS, 4: Code.LDW_ABS };
const INDEXED: Record<number, number> = { 1: Code.LDB_IND, 2: Code.LDH_IND, 4: Code.LDW_IND };
/** The jump for each operator, and whether it holds when the jump is not taken. */
const JUMP: Record<string, [code: number, inverse: boolean]> = {
  "=": [Code.JEQ, false],
  "!=": [Code.JEQ, true],
  ">": [Code.JGT, false],
  "<=": [Code.JGT, true],
  ">=": [Code.JGE, false],
  "<": [Code.JGE, true],
};

/** Where a field of some protocol is asked for, the relation does not hold of frames without that protocol. */
export function relation({ operator, left, right }: Relation, frame: Frame): Condition {
  const [code, inverse] = JUMP[operator]!;
  const holds =
    right.kind === "number"
      ? compare(value(left, 0, frame), code, right.value)
      : compare(both(left, right, 0, frame), code | X);
  return all(...carriers(left, frame), ...carriers(right, frame), inverse ? not(holds) : holds);
}

function carriers(of: Expression, frame: Frame): Condition[] {
  // Not of the right one, as in libpcap: `ip[2:2] - tcp[12]` is about all of IP, unless the words before say tcp
  if (of.kind === "binary") return carriers(of.left, frame);
  if (of.kind === "negative") return carriers(of.of, frame);
  return of.kind === "load" ? [...carriers(of.index, frame), frame.carries(of.base)] : [];
}

/** Leaves the left value in A and the right one in X. Cells of memory from `free` on may be used. */
function both(left: Expression, right: Expression, free: number, frame: Frame): Instruction[] {
  if (free >= CELLS)
    throw new FilterError(`filter: an expression of more than ${CELLS + 1} values: compare fewer at once`);
  return [...value(right, free, frame), step(Code.ST, free), ...value(left, free + 1, frame), step(Code.LDX_MEM, free)];
}

/** Leaves the value in A. */
function value(of: Expression, free: number, frame: Frame): Instruction[] {
  switch (of.kind) {
    case "number":
      return [step(Code.LD_IMM, of.value)];
    case "length":
      return [step(Code.LD_LEN)];
    case "negative":
      return [...value(of.of, free, frame), step(Code.NEG)];
    case "binary": {
      const code = Alu[of.operator]!;
      if (of.right.kind === "number") return [...value(of.left, free, frame), step(code, of.right.value)];
      return [...both(of.left, of.right, free, frame), step(code | X)];
    }
    case "load":
      return load(of, free, frame);
  }
}

function load({ base, index, size }: Expression & { kind: "load" }, free: number, frame: Frame): Instruction[] {
  const start = base === "ether" ? 0 : base === "icmp6" ? frame.network + 40 : frame.network;
  const header = TRANSPORT[base] === undefined ? [] : [step(Code.LDX_MSH, frame.network)];
  // `ip[-2:2]` is what stands before: the sum is of 32 bits. Behind a header of unknown length that takes the general case
  if (index.kind === "number" && (!header.length || index.value < 0x10000000))
    return [...header, step(header.length ? INDEXED[size]! : ABSOLUTE[size]!, start + index.value)];
  const offset = value(index, free, frame);
  const added = header.length ? [...header, step(Alu["+"]! | X)] : [];
  return [...offset, ...added, step(Code.TAX), step(INDEXED[size]!, start)];
}
