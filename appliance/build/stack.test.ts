import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { scratchFolder } from "./scratch.ts";
import { assertAcyclic, readListing, readUsage, stackBound } from "./stack.ts";
import { guardWat, wat } from "./testing/wat.ts";
import { readWasm } from "./wasm.ts";

describe("the calls of a compartment", () => {
  // REQ-IMAGE-002
  it("may not form a cycle, which is named", async () => {
    const recursive = `(func $ip/parse (param i32) local.get 0 if local.get 0 call $ip/header end)
      (func $ip/header (param i32) local.get 0 call $ip/parse)`;
    const module = readWasm(await wat(guardWat(recursive)));
    expect(() => assertAcyclic("guard", module)).toThrow(
      "guard: recursion, so its stack has no bound: ip/parse -> ip/header -> ip/parse",
    );
    const itself = readWasm(await wat(guardWat("(func $again call $again)")));
    expect(() => assertAcyclic("guard", itself)).toThrow("again -> again");
  });
  it("may meet again without one", async () => {
    const diamond = "(func $a call $b call $c) (func $b call $d) (func $c call $d) (func $d)";
    assertAcyclic("guard", readWasm(await wat(guardWat(diamond))));
  });
});

describe("the bound", () => {
  let folder: string;
  beforeAll(() => {
    folder = scratchFolder("stack");
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function compile(name: string, source: string, ...link: string[]): [string, string[]] {
    writeFileSync(join(folder, `${name}.c`), source);
    const options = ["-O2", "-fno-pic", "-fstack-usage"];
    execFileSync("clang", [...options, "-c", `${name}.c`, "-o", `${name}.o`], { cwd: folder });
    execFileSync("clang", ["-no-pie", ...link, `${name}.o`, "-o", name], { cwd: folder });
    return [join(folder, name), [join(folder, `${name}.su`)]];
  }

  // REQ-IMAGE-002
  it("is what a run on a painted stack uses at most, and not much more", async () => {
    // Arguments beyond six are pushed; the worst path is taken.
    const [program, usage] = compile(
      "painted",
      `#include <stdio.h>
      #include <string.h>
      #include <ucontext.h>
      static unsigned char stack[65536]; static ucontext_t here, there; volatile int zero;
      __attribute__((noinline)) int leaf(int a, int b, int c, int d, int e, int f, int g, int h, int i) {
        volatile char x[600]; for (int n = 0; n < 600; n++) x[n] = (char)n; return x[a + 1] + b + c + d + e + f + g + h + i; }
      __attribute__((noinline)) int small(int a) { volatile char x[40]; x[0] = (char)a; return x[0]; }
      __attribute__((noinline)) int middle(int a) { volatile int y[50]; for (int n = 0; n < 50; n++) y[n] = a;
        return leaf(a, 1, 2, 3, 4, 5, y[0], 7, y[1]) + small(y[2]); }
      void entry(void) { volatile int sum = 0; sum += small(zero); sum += middle(zero); }
      int main(void) {
        memset(stack, 0xa5, sizeof stack); getcontext(&there);
        there.uc_stack.ss_sp = stack; there.uc_stack.ss_size = sizeof stack; there.uc_link = &here;
        makecontext(&there, entry, 0); swapcontext(&here, &there);
        int n = 0; while (stack[n] == 0xa5) n++;
        printf("%d", (int)sizeof stack - n);
      }`,
    );
    const { bytes, path } = await stackBound(program, usage, "entry");
    const used = Number(execFileSync(program).toString());
    expect(path.map((frame) => frame.name)).toEqual(["entry", "middle", "leaf"]);
    expect(used).toBeGreaterThan(800);
    expect(bytes).toBeGreaterThanOrEqual(used - 128); // makecontext's own words lie above entry's frame
    expect(bytes).toBeLessThan(used + 300);
  });

  it.each([
    [
      "recursion",
      "int zero; int f(int n) { return n ? f(n - 1) * 3 + f(n / 2) : zero; } void entry(void) { f(9); }",
      /^stack bound: recursion: f -> f$/,
    ],
    [
      "a call through a pointer",
      "int (*volatile p)(void); int entry(void) { return p() + 1; }",
      /^stack bound: entry calls through a pointer/,
    ],
    [
      "a tail call through a pointer",
      "void (*volatile p)(void); void entry(void) { p(); }",
      /entry jumps through a pointer/,
    ],
    [
      "a variable frame",
      "void g(char *); void entry(int n) { char x[n]; g(x); } void g(char *x) { *(volatile char *)x = 1; }",
      /no fixed size/,
    ],
  ])("refuses %s", async (_, source, expected) => {
    const [program, usage] = compile("refused", `${source} int main(void) { return 0; }`);
    await expect(stackBound(program, usage, "entry")).rejects.toThrow(expected);
  });

  it("refuses a program without the function that it begins with, and a call out of the program", async () => {
    const [program, usage] = compile(
      "leaves",
      `extern void gone(void); void entry(void) { gone(); } int main(void) { return 0; }`,
      "-Wl,--defsym=gone=0x123456",
    );
    await expect(stackBound(program, usage, "begin")).rejects.toThrow(
      new Error(`stack bound: no function begin in ${program}`),
    );
    await expect(stackBound(program, usage, "entry")).rejects.toThrow(
      new Error("stack bound: gone is called but missing in the program"),
    );
  });

  it("reads AArch64, where the return address is in the frame", () => {
    const listing =
      "a.o:\tfile format elf64-littleaarch64\n\n0000 <top>:\n  0:  stp x29, x30, [sp, #-16]!\n  4:  bl\t0x10 <leaf>\n  8:  b.ne\t0x4 <top+0x4>\n\n0010 <leaf>:\n 10: ret\n";
    expect([...readListing(listing)].map(([name, { calls, more }]) => [name, [...calls], more])).toEqual([
      ["top", ["leaf"], 0],
      ["leaf", [], 0],
    ]);
  });

  it("follows AArch64's jump tables, and no other jumps through a register", () => {
    const listing = (adr: string, more = "") =>
      readListing(
        `a.o:\tfile format elf64-littleaarch64\n\n40108000 <top>:\n40108000:      \tadr\tx9, #${adr}\n40108004:      \tldrh\tw10, [x23, x8, lsl #1]\n` +
          `40108008:      \tadd\tx9, x9, x10, lsl #2\n${more}4010800c:      \tbr\tx9\n40108010:      \tret\n\n40108014 <next>:\n40108014:      \tret\n`,
      ).get("top")!.trouble;
    expect(listing("16")).toBeUndefined();
    expect(listing("20")).toMatch(/table of another function \(0x40108014\)/);
    expect(listing("-4")).toMatch(/table of another function/);
    expect(listing("16", "40108008:      \tldr\tx9, [x0]\n")).toMatch(/jumps through a pointer \(br x9\)/);
    expect(listing("16", "40108008:      \tmov\tw9, w0\n")).toMatch(/jumps through a pointer \(br x9\)/);
  });

  it("takes the largest of functions of one name", () => {
    expect(readUsage("a.c:3:init\t24\tstatic\nb.c:9:init\t72\tstatic\n")).toEqual(new Map([["init", 72]]));
    expect(() => readUsage("nonsense")).toThrow(/not a line/);
  });
});
