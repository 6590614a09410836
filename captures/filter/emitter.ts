/** Instructions as onboard/bpf.ts runs them, and how they are put one behind the other. */

/** As onboard/bpf.ts runs them. Jumps are forward only, to the instruction `yes` or `no` further on. */
export interface Instruction {
  op: number;
  yes: number;
  no: number;
  k: number;
}

export const Op = {
  RETURN: 0, // accept when k is not 0
  LOAD: 1, // A = k bytes ... see size in `yes` (1, 2, 4), at k
  LOAD_INDEXED: 2, // the same at X + k
  LENGTH: 3, // A = bytes on the wire
  NUMBER: 4, // A = k
  HEADER: 5, // X = 4 * (byte at k & 15)
  STORE: 6, // M[k] = A
  FETCH: 7, // A = M[k]
  FETCH_X: 8, // X = M[k]
  TO_X: 9, // X = A
  ADD: 10,
  SUB: 11,
  MUL: 12,
  DIV: 13,
  MOD: 14,
  AND: 15,
  OR: 16,
  XOR: 17,
  LSH: 18,
  RSH: 19, // these with X
  AND_K: 20, // A &= k
  EQUAL: 21, // A == k
  GREATER: 22, // A > k
  AT_LEAST: 23, // A >= k
  EQUAL_X: 24,
  GREATER_X: 25,
  AT_LEAST_X: 26,
  ADD_X: 27, // A += X (address: 32 bits)
} as const;

export type Label = {
  at: number | undefined;
  from: { instruction: Instruction; index: number; branch: "yes" | "no" }[];
};

export const label = (): Label => ({ at: undefined, from: [] });

export class Emitter {
  readonly code: Instruction[] = [];

  add(op: number, k = 0, size = 0): Instruction {
    const instruction = { op, yes: size, no: 0, k: k >>> 0 };
    this.code.push(instruction);
    return instruction;
  }

  jump(op: number, k: number, yes: Label, no: Label): void {
    const instruction = this.add(op, k);
    const index = this.code.length - 1;
    yes.from.push({ instruction, index, branch: "yes" });
    no.from.push({ instruction, index, branch: "no" });
  }

  place(where: Label): void {
    where.at = this.code.length;
    for (const { instruction, index, branch } of where.from) instruction[branch] = where.at - index - 1;
  }

  /** Goes on here when the comparison holds, else to `no`. */
  require(op: number, k: number, no: Label): void {
    const yes = label();
    this.jump(op, k, yes, no);
    this.place(yes);
  }

  /** Goes on here when it does not hold. */
  refuse(op: number, k: number, no: Label): void {
    const on = label();
    this.jump(op, k, no, on);
    this.place(on);
  }

  goto(to: Label): void {
    this.add(Op.NUMBER, 0);
    this.jump(Op.EQUAL, 0, to, to);
  }
}
