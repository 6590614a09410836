/** Conditions of loads and comparisons, joined by and, or, not: between a filter's tree and its program. */
import { Assembler, type Instruction, Label, MOST } from "./bpf.ts";
import { FilterError } from "./words.ts";

export type Condition =
  | { kind: "and" | "or"; left: Condition; right: Condition }
  | { kind: "not"; of: Condition }
  | { kind: "always" | "never" }
  /** After the loads A is compared with k, or with X. */
  | { kind: "compare"; loads: Instruction[]; code: number; k: number };

export const NEVER: Condition = { kind: "never" };
export const ALWAYS: Condition = { kind: "always" };

export const compare = (loads: Instruction[], code: number, k = 0): Condition => ({
  kind: "compare",
  loads,
  code,
  k,
});

export const not = (of: Condition): Condition => ({ kind: "not", of });

/** All of them; those on the right are not looked at when one on the left does not hold. */
export const all = (...list: Condition[]): Condition =>
  list.reduceRight((right, left) => {
    if (left.kind === "never") return NEVER;
    if (left.kind === "always") return right;
    if (right.kind === "always") return left;
    return { kind: "and", left, right };
  }, ALWAYS);

export const any = (...list: Condition[]): Condition =>
  list.reduceRight((right, left) => {
    if (left.kind === "always") return ALWAYS;
    if (left.kind === "never") return right;
    if (right.kind === "never") return left;
    return { kind: "or", left, right };
  }, NEVER);

/** @throws FilterError when it is longer than a BPF program may be */
export function assemble(condition: Condition): Instruction[] {
  const code = new Assembler();
  const [yes, no] = [new Label(), new Label()];
  emit(code, condition, yes, no);
  code.place(yes);
  code.ret(0x40000);
  code.place(no);
  code.ret(0);
  const program = code.program();
  if (program.length > MOST) throw new FilterError(`filter: ${program.length} instructions, at most ${MOST}`);
  return program;
}

function emit(code: Assembler, condition: Condition, yes: Label, no: Label): void {
  switch (condition.kind) {
    case "and":
    case "or": {
      const on = new Label();
      if (condition.kind === "and") emit(code, condition.left, on, no);
      else emit(code, condition.left, yes, on);
      code.place(on);
      emit(code, condition.right, yes, no);
      return;
    }
    case "not":
      emit(code, condition.of, no, yes);
      return;
    case "compare":
      code.load(condition.loads);
      code.jump(condition.code, condition.k, yes, no);
      return;
    default:
      code.goto(condition.kind === "always" ? yes : no);
  }
}
