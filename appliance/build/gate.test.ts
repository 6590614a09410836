import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileOnboard } from "../../lib/asc.ts";
import { gate, refusals } from "./gate.ts";
import { guardWat, wat } from "./testing/wat.ts";
import { readWasm } from "./wasm.ts";

const reasons = async (text: string) => refusals("guard", readWasm(await wat(text)), 2);

// REQ-IMAGE-001
describe("the gate", () => {
  it("lets a compartment through", async () => {
    expect(await reasons(guardWat())).toEqual([]);
    expect(await reasons(guardWat('(global $g (mut i32) (i32.const 3)) (data (i32.const 8) "static")'))).toEqual([]);
  });

  it.each([
    [
      "an import",
      guardWat('(import "env" "abort" (func (param i32)))'),
      /imports the function env\.abort; a compartment reaches nothing outside, so imports nothing/,
    ],
    ["an imported global", guardWat('(import "env" "seed" (global f64))'), /imports the global env\.seed/],
    [
      "a start function",
      guardWat("(func $boot) (start $boot)"),
      /has a start function \(boot\); nothing runs before configure\(\)/,
    ],
    ["a table", guardWat("(table 1 funcref)"), /has a table; calls must be direct, otherwise the stack has no bound/],
    [
      "elements",
      guardWat("(table 1 funcref) (func $f) (elem (i32.const 0) $f)"),
      /has an element segment; calls must be direct, otherwise the stack has no bound/,
    ],
    ["growing", guardWat("(func $lib/grow i32.const 1 memory.grow drop)"), /lib\/grow uses memory\.grow/],
    [
      "indirect calls",
      guardWat("(table 1 funcref) (func $ip/any i32.const 0 call_indirect)"),
      /ip\/any uses call_indirect/,
    ],
    [
      "an allocator",
      guardWat("(func $~lib/rt/stub/__new)"),
      /contains ~lib\/rt\/stub\/__new; nothing onboard allocates/,
    ],
    ["a growable memory", guardWat("", '(memory (export "memory") 2 3)'), /2 to 3 pages; it must be of fixed size/],
    ["an unlimited memory", guardWat("", '(memory (export "memory") 2)'), /2 to any number of pages/],
    ["another size", guardWat("", '(memory (export "memory") 1 1)'), /its memory is 1 pages, expected 2/],
    ["no memory", "(module)", /has 0 memories, expected one/],
    ["an export of its own", guardWat('(func (export "debug"))'), /exports debug, which the ABI does not name for it/],
    ["another's export", guardWat('(func (export "countersAt"))'), /exports countersAt/],
    [
      "an exported global",
      guardWat('(global (export "g") i32 (i32.const 1))'),
      /exports the global g; the ABI has functions and "memory" only/,
    ],
    ["too little", guardWat().replace('(export "run")', ""), /does not export run/],
  ])("refuses %s", async (_, text, expected) => {
    expect((await reasons(text)).join("\n")).toMatch(expected);
  });

  it("names compartment and file of what is not WebAssembly", async () => {
    await expect(gate("guard", "package.json", 2)).rejects.toThrow(/^guard: package\.json: not a WebAssembly 1 module/);
  });

  it("refuses AssemblyScript that allocates", async () => {
    const module = await compileOnboard("appliance/build/testing/onboard/allocates.probe.ts", { pages: 2 });
    await expect(gate("guard", module, 2)).rejects.toThrow(/memory\.grow|__new/);
  });
});

describe("the reader", () => {
  it("knows who calls whom, through every kind of instruction", async () => {
    const module = readWasm(
      await wat(`(module (memory 1 1) (global $g (mut f64) (f64.const 1.5)) (func $leaf (param i32) (result i32)
        (block (block (block (br_table 0 1 2 (local.get 0)))))
        (drop (f32.const 16)) (drop (f64.const 1e300)) (drop (i64.const -9000000000))
        (global.set $g (f64.load offset=123456 (i32.const 8)))
        (memory.fill (i32.const 0) (i32.const 0) (i32.const 16)) (memory.copy (i32.const 0) (i32.const 0) (i32.const 16))
        (drop (select (result i32) (i32.const 1) (i32.const 16) (i32.const 0)))
        (drop (i64.extend8_s (i64.trunc_sat_f64_s (f64.sqrt (global.get $g))))) (memory.size))
      (func $middle (param i32) (result i32) (call $leaf (call $leaf (local.get 0))))
      (func $top (result i32) (if (result i32) (call $middle (i32.const 16)) (then (i32.const 1)) (else (call $leaf (i32.const 2))))))`),
    );
    expect(module.functions.map(({ name, calls }) => [name, calls])).toEqual([
      ["leaf", []],
      ["middle", [0]],
      ["top", [1, 0]],
    ]);
  });

  it("ends in an Error, whatever the bytes", async () => {
    const whole = await wat(guardWat('(data (i32.const 8) "static")'));
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 }), fc.boolean(), (at, value, cut) => {
        const bytes = cut ? whole.slice(0, at) : Uint8Array.from(whole, (b, i) => (i === at ? value : b));
        try {
          refusals("guard", readWasm(bytes), 2);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
          expect(error).not.toBeInstanceOf(RangeError);
        }
      }),
      { seed: 7, numRuns: 2000 },
    );
  });
});
