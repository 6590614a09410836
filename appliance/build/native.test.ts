import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NATIVE_FLAGS, NATIVE_INCLUDE, wasmToC } from "./native.ts";
import { scratchFolder } from "./scratch.ts";
import { ARGUMENTS, exported, OPERATORS, operatorsWat } from "./testing/operators.ts";
import { guardWat, wat } from "./testing/wat.ts";

let folder: string;
beforeAll(() => {
  folder = scratchFolder("native");
});
afterAll(() => rmSync(folder, { recursive: true }));

async function translate(text: string, name: string): Promise<string> {
  writeFileSync(join(folder, `${name}.wasm`), await wat(text));
  return readFileSync((await wasmToC(name, join(folder, `${name}.wasm`), folder)).c, "utf8");
}

/** Compiles module `name` with a main() around it, as it would be for the image but hosted; returns the program. */
function compile(name: string, main: string): string {
  const driver = join(folder, `${name}-main.c`);
  writeFileSync(
    driver,
    `#include <inttypes.h>\n#include <setjmp.h>\n#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>
#include "${name}.h"
static jmp_buf back; static w2c_${name} it;
_Noreturn void weir_trap(unsigned compartment, weir_trap_reason reason) { longjmp(back, (int)(compartment * 16 + reason)); }
${main}`,
  );
  const files = [join(folder, `${name}.c`), driver, "-o", join(folder, name)];
  const checks = [
    "-Wall",
    "-Wextra",
    "-Werror",
    "-fsanitize=undefined,float-cast-overflow",
    "-fno-sanitize-recover=all",
  ];
  execFileSync("clang", [...NATIVE_FLAGS, ...checks, "-I", NATIVE_INCLUDE, "-I", folder, ...files]);
  return join(folder, name);
}

describe("the C a compartment becomes", () => {
  // REQ-IMAGE-009
  it("computes every instruction as V8 does", async () => {
    const module = await wat(operatorsWat());
    const v8 = new WebAssembly.Instance(new WebAssembly.Module(module as BufferSource)).exports as Record<
      string,
      (...args: never[]) => number | bigint
    >;
    await translate(operatorsWat(), "operators");
    const calls = OPERATORS.flatMap((o) => {
      const [first, second] = o.takes.map((t) => ARGUMENTS[t]);
      return first!.flatMap((a) => (second ?? [undefined]).map((b) => ({ o, args: b === undefined ? [a] : [a, b] })));
    });
    const expected = calls.map(({ o, args }) => {
      try {
        return bits(o.gives, v8[exported(o)]!(...(args as never[])));
      } catch {
        return "trap";
      }
    });
    const program = compile("operators", driver());
    const input = calls.flatMap(({ o, args }) => [BigInt(OPERATORS.indexOf(o)), ...pair(o.takes, args)]);
    const output = execFileSync(program, { input: Buffer.from(BigUint64Array.from(input).buffer), maxBuffer: 1 << 26 });
    const actual = output.toString().trimEnd().split("\n");
    expect(actual.length).toBe(expected.length);
    const wrong = calls.filter((_, n) => actual[n] !== expected[n]);
    expect(wrong.map(({ o, args }) => `${o.name} ${args.join(" ")}`)).toEqual([]);
    expect(expected.filter((e) => e === "trap").length).toBeGreaterThan(100);
  });

  // REQ-IMAGE-008
  it("traps just past the end of memory, and keeps everything before it", async () => {
    await translate(
      `(module (memory (export "memory") 1 1) (data (i32.const 65532) "weir")
        (func $boot/byte (export "byte") (param i32) (result i32) local.get 0 i32.load8_u)
        (func (export "word") (param i32) (result i32) local.get 0 i32.load offset=4)
        (func (export "far") (param i32) (result i32) local.get 0 i32.load offset=4294967295)
        (func (export "store") (param i32) local.get 0 i64.const -1 i64.store)
        (func (export "fill") (param i32 i32) local.get 0 i32.const 7 local.get 1 memory.fill)
        (func (export "copy") (param i32 i32) local.get 0 i32.const 0 local.get 1 memory.copy)
        (func (export "pages") (result i32) memory.size)
        (func (export "fail") unreachable))`,
      "guard",
    );
    const program = compile(
      "guard",
      `#define TRY(call) do { int why = setjmp(back); if (why) printf("trap %d in %d\\n", why % 16, why / 16); else printf("%u\\n", call); } while (0)
      int main(void) {
        wasm2c_guard_instantiate(&it);
        TRY(w2c_guard_byte(&it, 65535)); TRY(w2c_guard_byte(&it, 65536)); TRY(w2c_guard_byte(&it, 0xffffffff));
        TRY(w2c_guard_word(&it, 65528)); TRY(w2c_guard_word(&it, 65529)); TRY(w2c_guard_word(&it, 0xfffffffc));
        TRY(w2c_guard_far(&it, 0)); TRY((w2c_guard_store(&it, 65529), 0)); TRY((w2c_guard_fill(&it, 65530, 6), 1));
        TRY((w2c_guard_fill(&it, 65530, 7), 1)); TRY((w2c_guard_fill(&it, 0xffffffff, 0xffffffff), 1));
        TRY((w2c_guard_copy(&it, 65000, 537), 1)); TRY((w2c_guard_fill(&it, 65536, 0), 1));
        TRY(w2c_guard_pages(&it)); TRY((w2c_guard_fail(&it), 1)); TRY(w2c_guard_byte(&it, 65535));
      }`,
    );
    const outside = "trap 1 in 2";
    const weir = Buffer.from("weir").readUInt32LE();
    expect(execFileSync(program).toString().trimEnd().split("\n")).toEqual([
      ...["114", outside, outside, `${weir}`, outside, outside, outside, outside, "1"],
      ...[outside, outside, outside, "1", "1", "trap 5 in 2", "7"],
    ]);
  });

  it("is freestanding: it calls weir_trap and the compiler's own four, nothing else", async () => {
    await translate(operatorsWat(), "operators");
    const flags = [...NATIVE_FLAGS, "--target=x86_64-none-elf", "-ffreestanding", "-I", NATIVE_INCLUDE, "-c"];
    const object = join(folder, "free.o");
    execFileSync("clang", [...flags, join(folder, "operators.c"), "-o", object]);
    const undefinedSymbols = execFileSync("llvm-nm", ["-u", object]).toString();
    expect(undefinedSymbols.match(/\S+$/gm)).toEqual(["weir_trap"]);
  });

  it.each([["x86_64"], ["any other CPU", "-U__x86_64__"]])(
    "moves and fills memory byte for byte, on %s",
    (_, ...flags) => {
      // memory.c's functions beside the library's, over every length and overlap up to a few times what they take at once
      const main = join(folder, "moves.c");
      writeFileSync(
        main,
        `#include <stdio.h>
      #include <string.h>
      void *w_memcpy(void *, const void *, size_t); void *w_memmove(void *, const void *, size_t);
      void *w_memset(void *, int, size_t); int w_memcmp(const void *, const void *, size_t);
      static unsigned char a[256], b[256];
      static void fill(void) { for (int i = 0; i < 256; i++) a[i] = b[i] = (unsigned char)(i * 37 + 11); }
      #define SAME(what) if (memcmp(a, b, 256)) return printf(what " of %d by %d", n, d), 1
      int main(void) {
        for (int n = 0; n <= 100; n++) for (int d = -70; d <= 70; d++) {
          fill(); memmove(a + 75 + d, a + 75, (size_t)n); w_memmove(b + 75 + d, b + 75, (size_t)n); SAME("memmove");
          fill(); memset(a + 75 + d, d, (size_t)n); w_memset(b + 75 + d, d, (size_t)n); SAME("memset");
          fill(); memcpy(a + 75 + d % 16, "0123456789012345678901234567890123456789", (size_t)(n % 40));
          w_memcpy(b + 75 + d % 16, "0123456789012345678901234567890123456789", (size_t)(n % 40)); SAME("memcpy");
          if (n) { b[n - 1] ^= 1; if (!w_memcmp(a, b, (size_t)n) || w_memcmp(a, b, (size_t)n - 1)) return printf("memcmp"), 1; }
        }
        return printf("same"), 0;
      }`,
      );
      const renamed = ["memcpy", "memmove", "memset", "memcmp"].map((name) => `-D${name}=w_${name}`);
      const object = join(folder, "memory.o");
      const options = ["-std=gnu11", "-O2", "-ffreestanding", "-Wall", "-Wextra", "-Werror", ...flags];
      execFileSync("clang", [...options, ...renamed, "-c", join(NATIVE_INCLUDE, "memory.c"), "-o", object]);
      execFileSync("clang", ["-O1", main, object, "-o", join(folder, "moves")]);
      expect(execFileSync(join(folder, "moves")).toString()).toBe("same");
    },
  );

  it("keeps AssemblyScript's names and nothing of the general runtime", async () => {
    const c = await translate(
      guardWat("(func $diode/onboard/rules/allowed (global.set $g (i32.const 2))) (global $g (mut i32) (i32.const 1))"),
      "named",
    );
    expect(c).toContain("w2c_named_diode0x2Fonboard0x2Frules0x2Fallowed");
    expect(c.split("\n").length).toBeLessThan(220);
  });

  it.each([
    ["a growable memory", '(memory (export "memory") 1 2)', /may grow from 1 to 2 pages/],
    [
      "memory.grow",
      '(memory (export "memory") 1 1) (func i32.const 1 memory.grow drop)',
      /a compartment cannot have this/,
    ],
    [
      "an import",
      '(import "env" "f" (func $f)) (memory (export "memory") 1 1)',
      /times|cannot have this|not what wasm2c/,
    ],
    ["no memory", "(func)", /not what wasm2c/],
  ])("refuses %s", async (_, body, expected) => {
    await expect(translate(`(module ${body})`, "refused")).rejects.toThrow(expected);
  });
});

function pair(types: string[], values: (number | bigint)[]): bigint[] {
  const [a = 0n, b = 0n] = values.map((v, n) => raw(types[n]!, v));
  return [a, b];
}

/** The bits of a value, as 64. */
function raw(type: string, value: number | bigint): bigint {
  const view = new DataView(new ArrayBuffer(8));
  if (type === "i32") view.setUint32(0, Number(value) >>> 0, true);
  else if (type === "i64") view.setBigUint64(0, BigInt.asUintN(64, BigInt(value)), true);
  else if (type === "f32") view.setFloat32(0, Number(value), true);
  else view.setFloat64(0, Number(value), true);
  return view.getBigUint64(0, true);
}

/** NaN's bits differ between hosts, and no output shows them. */
const bits = (type: string, value: number | bigint) => (Number.isNaN(value) ? "nan" : raw(type, value).toString(16));

/** Reads (operator, a, b) as three u64, prints the result's bits. */
function driver(): string {
  const cases = OPERATORS.map((o, n) => {
    const args = o.takes.map((t, i) => `as_${t}(v[${i + 1}])`).join(", ");
    return `case ${n}: show_${o.gives}(w2c_operators_${exported(o)}(&it, ${args})); break;`;
  });
  const types = [
    ["i32", "u32"],
    ["i64", "u64"],
    ["f32", "f32"],
    ["f64", "f64"],
  ];
  const helpers = types.map(
    ([t, c]) => `static ${c} as_${t}(u64 v) { ${c} x; memcpy(&x, &v, sizeof x); return x; }
static void show_${t}(${c} x) { u64 v = 0; memcpy(&v, &x, sizeof x); if (${t.startsWith("f") ? "x != x" : "0"}) puts("nan"); else printf("%" PRIx64 "\\n", v); }`,
  );
  return `${helpers.join("\n")}
int main(void) {
  static u64 v[3];
  wasm2c_operators_instantiate(&it);
  while (fread(v, 8, 3, stdin) == 3) {
    if (setjmp(back)) { puts("trap"); continue; }
    switch (v[0]) { ${cases.join("\n")} }
  }
}`;
}
