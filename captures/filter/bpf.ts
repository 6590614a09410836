/** Classic BPF (McCanne and Jacobson 1993) as libpcap and kernels have it: instructions, and an assembler with labels. */

/** struct sock_filter. A jump goes `jt` or `jf` instructions on; JA goes `k` on. */
export interface Instruction {
  code: number;
  jt: number;
  jf: number;
  k: number;
}

/** Operation codes, named as in bpf.h: class, size or operation, mode or source. */
export const Code = {
  LDW_ABS: 0x20,
  LDH_ABS: 0x28,
  LDB_ABS: 0x30,
  LDW_IND: 0x40,
  LDH_IND: 0x48,
  LDB_IND: 0x50,
  LD_LEN: 0x80,
  LD_IMM: 0x00,
  LD_MEM: 0x60,
  LDX_MEM: 0x61,
  LDX_MSH: 0xb1, // X = 4 * (byte at k & 15): the length of an IPv4 header
  ST: 0x02,
  TAX: 0x07,
  NEG: 0x84,
  JA: 0x05,
  JEQ: 0x15,
  JGT: 0x25,
  JGE: 0x35,
  JSET: 0x45,
  RET_K: 0x06,
} as const;

/** Operations of arithmetic with a constant; with X they are `+ X`. */
export const Alu: Record<string, number> = {
  "+": 0x04,
  "-": 0x14,
  "*": 0x24,
  "/": 0x34,
  "|": 0x44,
  "&": 0x54,
  "<<": 0x64,
  ">>": 0x74,
  "%": 0x94,
  "^": 0xa4,
};
export const X = 0x08;

/** BPF_MAXINSNS: what kernels take, and onboard/bpf.ts. */
export const MOST = 4096;

export const step = (code: number, k = 0): Instruction => ({ code, jt: 0, jf: 0, k: k >>> 0 });

/** What is in A and X, as the text of the loads that put it there; undefined when that is not known. */
interface Registers {
  a: string | undefined;
  x: string | undefined;
}

export class Label {
  /** The part of the program that it stands in front of. */
  at: number | undefined;
  /** What the registers hold at each jump to it. */
  readonly from: Registers[] = [];
}

interface Part extends Instruction {
  yes?: Label;
  no?: Label;
}

/** Jumps go forward only: a label is placed behind every jump to it. */
export class Assembler {
  readonly #parts: Part[] = [];
  #now: Registers | undefined = { a: undefined, x: undefined };

  /** Leaves out loads of what the registers hold already on every way here. */
  load(instructions: readonly Instruction[]): void {
    const a = text(instructions);
    if (this.#now && a === this.#now.a) return;
    const first = instructions[0]!;
    const header = first.code === Code.LDX_MSH ? text([first]) : undefined;
    const rest = header ? instructions.slice(1) : instructions;
    const known = header !== undefined && header === this.#now?.x;
    this.#parts.push(...(known ? rest : instructions).map((instruction) => ({ ...instruction })));
    const changesX = rest.some(({ code }) => code === Code.TAX || code === Code.LDX_MEM || code === Code.LDX_MSH);
    this.#now = { a, x: changesX ? undefined : (header ?? this.#now?.x) };
  }

  jump(code: number, k: number, yes: Label, no: Label): void {
    this.#parts.push({ ...step(code, k), yes, no });
    for (const label of [yes, no]) label.from.push(this.#now ?? { a: undefined, x: undefined });
    this.#now = undefined;
  }

  goto(to: Label): void {
    this.#parts.push({ ...step(Code.JA), yes: to, no: to });
    to.from.push(this.#now ?? { a: undefined, x: undefined });
    this.#now = undefined;
  }

  /** The label stands here; only jumps lead here, except where nothing was before. */
  place(label: Label): void {
    label.at = this.#parts.length;
    const same = (one: keyof Registers) =>
      label.from.every((other) => other[one] === label.from[0]![one]) ? label.from[0]?.[one] : undefined;
    this.#now = { a: same("a"), x: same("x") };
  }

  ret(k: number): void {
    this.#parts.push(step(Code.RET_K, k));
    this.#now = undefined;
  }

  /** Jumps have 8 bits for where they go: a branch that goes further goes to a long jump behind it. */
  program(): Instruction[] {
    const parts = this.#parts;
    const far = { yes: new Set<Part>(), no: new Set<Part>() };
    for (;;) {
      const starts: number[] = [];
      let length = 0;
      for (const part of parts) {
        starts.push(length);
        length += 1 + (far.yes.has(part) ? 1 : 0) + (far.no.has(part) ? 1 : 0);
      }
      const distance = (n: number, to: Label) => starts[to.at!]! - starts[n]! - 1;
      let grown = false;
      for (const [n, part] of parts.entries())
        for (const branch of ["yes", "no"] as const) {
          const to = part[branch];
          if (!to || part.code === Code.JA || far[branch].has(part) || distance(n, to) <= 255) continue;
          far[branch].add(part);
          grown = true;
        }
      if (grown) continue;
      return parts.flatMap((part, n): Instruction[] => {
        const { code, k, yes, no } = part;
        if (!yes || !no) return [step(code, k)];
        if (code === Code.JA) return [step(code, distance(n, yes))];
        const behind: Instruction[] = [];
        const branch = (to: Label, isFar: boolean): number => {
          if (!isFar) return distance(n, to);
          behind.push(step(Code.JA, distance(n, to) - behind.length - 1));
          return behind.length - 1;
        };
        const [jt, jf] = [branch(yes, far.yes.has(part)), branch(no, far.no.has(part))];
        return [{ code, jt, jf, k }, ...behind];
      });
    }
  }
}

const text = (instructions: readonly Instruction[]) => instructions.map(({ code, k }) => `${code} ${k}`).join();
