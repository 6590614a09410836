// Every numeric instruction of WebAssembly in the booted image: the same bits as in V8, on each CPU, compiled and run as the
// compartments are. An operator's results are compared by a hash over all its arguments (build/testing/operators.ts).
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { linkImage } from "../../appliance/build/link.ts";
import { wasmToC } from "../../appliance/build/native.ts";
import { placePolicy } from "../../appliance/build/place.ts";
import {
  ARGUMENTS,
  exported,
  OPERATORS,
  type Operator,
  operatorsWat,
} from "../../appliance/build/testing/operators.ts";
import { wat } from "../../appliance/build/testing/wat.ts";
import type { Arch } from "../../appliance/contract/arch.ts";
import { arches, Images, policy } from "./images.ts";

const MASK = (1n << 64n) - 1n;
/** FNV-1a over 64-bit words, its upper half folded into the lower one: a wrong sign must not be taken back by the next. */
const mix = (hash: bigint, word: bigint) => {
  const product = ((hash ^ word) * 0x100000001b3n) & MASK;
  return product ^ (product >> 32n);
};
const [TRAP, NAN] = [0x7472617021n, 0x6e616e21n];

function bits(type: string, value: number | bigint): bigint {
  const view = new DataView(new ArrayBuffer(8));
  if (type === "i32") view.setUint32(0, Number(value) >>> 0, true);
  else if (type === "i64") view.setBigUint64(0, BigInt.asUintN(64, BigInt(value)), true);
  else if (type === "f32") view.setFloat32(0, Number(value), true);
  else view.setFloat64(0, Number(value), true);
  return view.getBigUint64(0, true);
}

type Exports = Record<string, (...args: never[]) => number | bigint>;

function inV8(o: Operator, v8: Exports): string {
  let hash = 0n;
  const [first, second] = o.takes.map((t) => ARGUMENTS[t]);
  for (const a of first!)
    for (const b of second ?? [undefined]) {
      let word = TRAP;
      try {
        const result = v8[exported(o)]!(...([a, ...(b === undefined ? [] : [b])] as never[]));
        word = Number.isNaN(result) ? NAN : bits(o.gives, result);
      } catch {}
      hash = mix(hash, word);
    }
  return hash.toString(16);
}

/** setjmp and longjmp, for what traps: no library is here. */
const JUMPS: Record<Arch, string> = {
  x86_64: `mark: mov (%rsp), %rax; mov %rax, (%rdi); mov %rbx, 8(%rdi); mov %rbp, 16(%rdi); mov %r12, 24(%rdi); mov %r13, 32(%rdi)
    mov %r14, 40(%rdi); mov %r15, 48(%rdi); mov %rsp, 56(%rdi); xor %eax, %eax; ret
  back: mov 8(%rdi), %rbx; mov 16(%rdi), %rbp; mov 24(%rdi), %r12; mov 32(%rdi), %r13; mov 40(%rdi), %r14; mov 48(%rdi), %r15
    mov 56(%rdi), %rsp; mov (%rdi), %rax; mov %rax, (%rsp); mov $1, %eax; ret`,
  aarch64: `mark: stp x19, x20, [x0]; stp x21, x22, [x0, #16]; stp x23, x24, [x0, #32]; stp x25, x26, [x0, #48]; stp x27, x28, [x0, #64]
    stp x29, x30, [x0, #80]; mov x1, sp; str x1, [x0, #96]; mov w0, #0; ret
  back: ldp x19, x20, [x0]; ldp x21, x22, [x0, #16]; ldp x23, x24, [x0, #32]; ldp x25, x26, [x0, #48]; ldp x27, x28, [x0, #64]
    ldp x29, x30, [x0, #80]; ldr x1, [x0, #96]; mov sp, x1; mov w0, #1; ret`,
};

/** Takes the user part's place: a line with a hash for each operator. */
function program(arch: Arch): string {
  const types = { i32: "u32", i64: "u64", f32: "f32", f64: "f64" };
  const tables = Object.entries(ARGUMENTS).map(
    ([t, values]) =>
      `static const u64 args_${t}[] = {${values.map((v) => `0x${bits(t, v).toString(16)}u`).join(", ")}};
static ${types[t as keyof typeof types]} as_${t}(u64 v) { ${types[t as keyof typeof types]} x; memcpy(&x, &v, sizeof x); return x; }`,
  );
  const loops = OPERATORS.map((o) => {
    const loop = (n: number) => `for (volatile u32 i${n} = 0; i${n} < sizeof args_${o.takes[n]} / 8; i${n}++)`;
    const args = o.takes.map((t, n) => `as_${t}(args_${t}[i${n}])`).join(", ");
    const nan = o.gives.startsWith("f") ? `x != x ? 0x${NAN.toString(16)} : ` : "";
    return `hash = 0;
  ${o.takes.map((_, n) => loop(n)).join(" ")} {
    volatile u64 word = 0x${TRAP.toString(16)};
    if (!mark(place)) { ${types[o.gives]} x = w2c_inspect_${exported(o)}(&it, ${args}); u64 v = 0; memcpy(&v, &x, sizeof x); word = ${nan}v; }
    const u64 product = (hash ^ word) * 0x100000001b3;
    hash = product ^ product >> 32;
  }
  show(hash);`;
  });
  return `#include "kernel/kernel.h"
#include "user.h"
#include "inspect.h"
void *memcpy(void *restrict to, const void *restrict from, size_t n);
__asm__(${JSON.stringify(JUMPS[arch])});
__attribute__((returns_twice)) int mark(uint64_t *place);
_Noreturn void back(uint64_t *place);
static uint64_t place[16];
static w2c_inspect it;
_Noreturn void weir_trap(unsigned which, weir_trap_reason reason) { (void)which, (void)reason; back(place); }
${tables.join("\n")}
static void show(u64 hash) {
  int n = 16;
  for (; n > 1 && !(hash >> 60); n--) hash <<= 4;
  for (int i = 0; i < n; i++, hash <<= 4) weir_console[i] = "0123456789abcdef"[hash >> 60];
  weir_console[n] = '\\n';
  weir_call(WEIR_PRINT, (u64)n + 1);
}
void user_main(void) {
  static volatile u64 hash;
  wasm2c_inspect_instantiate(&it);
  ${loops.join("\n  ")}
  weir_call(WEIR_EXIT, EXIT_DONE);
  __builtin_unreachable();
}
`;
}

describe.each(arches)("%s", (arch) => {
  let images: Images;
  beforeAll(async () => {
    images = await Images.open(arch);
  });
  afterAll(() => images.close());

  // REQ-IMAGE-009
  it("computes every instruction to the same bits as V8", async () => {
    const { folder } = images;
    const module = await wat(operatorsWat());
    const v8 = new WebAssembly.Instance(new WebAssembly.Module(module as BufferSource)).exports as Exports;
    writeFileSync(join(folder, "operators.wasm"), module);
    writeFileSync(join(folder, "main.c"), program(arch));
    const { c } = await wasmToC("inspect", join(folder, "operators.wasm"), folder);
    const out = join(folder, "numbers-linked.elf");
    const { stripped } = await linkImage({ arch, sources: [c], folder, out, user: [join(folder, "main.c")] });
    const image = images.write("numbers", placePolicy(readFileSync(stripped), policy()));
    const outcome = await images.outcome(image, { timeout: 60_000 });
    expect(outcome.name).toBe("DONE");
    const wrong = OPERATORS.filter((o, n) => outcome.lines[n] !== inV8(o, v8)).map(({ name }) => name);
    expect(wrong).toEqual([]);
    expect(outcome.lines).toHaveLength(OPERATORS.length);
    expect(new Set(outcome.lines).size).toBeGreaterThan(OPERATORS.length / 2);
  });
});
