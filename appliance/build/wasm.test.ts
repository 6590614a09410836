// What is said of bytes that are no module of a compartment: every message, by the smallest module that causes it.
import { expect, it } from "vitest";
import { readBodies, readWasm } from "./wasm.ts";

const HEAD = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const section = (id: number, ...bytes: number[]) => [...HEAD, id, bytes.length, ...bytes];
/** A function without locals, of these instructions. */
const code = (...bytes: number[]) => section(10, 1, bytes.length + 1, 0, ...bytes);
/** Where the first instruction is. */
const FIRST = HEAD.length + 5;

it.each<[string, number[], string]>([
  ["another version", [...HEAD.slice(0, 4), 2, 0, 0, 0], "not a WebAssembly 1 module"],
  ["another file", [1, ...HEAD.slice(1)], "not a WebAssembly 1 module"],
  ["a section to come", section(13), "unknown section 13 before byte 10"],
  ["a shared memory", section(5, 1, 3, 1, 1), "a shared or 64-bit memory at byte 12"],
  ["a vector", code(253, 0), `a vector instruction at byte ${FIRST}: compartments have none`],
  ["an instruction to come", code(1, 0xc5), `unknown instruction 0xc5 at byte ${FIRST + 1}`],
  ["an atomic one", code(0xfe), `unknown instruction 0xfe at byte ${FIRST}`],
  ["an extended one to come", code(0xfc, 18), `unknown instruction 0xfc 18 at byte ${FIRST + 2}`],
  ["a section that is cut", [...HEAD, 5, 9, 1], "truncated at byte 11"],
  ["a number of 33 bits", section(4, 0x80, 0x80, 0x80, 0x80, 0x10), "a number too long before byte 15"],
  ["a number of six bytes", section(4, 0x80, 0x80, 0x80, 0x80, 0x80, 0), "a number too long before byte 15"],
  ["a kind to come", section(7, 1, 1, 65, 5, 0), "unknown kind of import or export before byte 14"],
])("%s", (_, bytes, message) => {
  expect(() => readWasm(Uint8Array.from(bytes))).toThrow(new Error(message));
});

it("what is just right beside it", () => {
  const read = (bytes: number[]) => readWasm(Uint8Array.from(bytes));
  expect(read(section(12, 0)).functions).toEqual([]);
  expect(read(section(5, 1, 1, 1, 1)).memories).toEqual([{ least: 1, most: 1 }]);
  expect(read(section(4, 0xff, 0xff, 0xff, 0xff, 0x0f)).tables).toBe(0xffffffff);
  expect(read(section(7, 1, 1, 65, 3, 0)).exports).toEqual([{ name: "A", kind: "global", index: 0 }]);
  for (const instructions of [[0xc4], [0xfc, 7], [0xfc, 11, 0]])
    expect(read(code(...instructions)).functions[0]!.forbidden).toEqual([]);
});

it("every instruction that no compartment may have has a name", () => {
  const forbidden = (...bytes: number[]) => readWasm(Uint8Array.from(code(...bytes))).functions[0]!.forbidden;
  expect(forbidden(17, 0, 0, 18, 0, 19, 0, 0, 37, 0, 38, 0, 64, 0, 208, 0, 209, 210, 0)).toEqual([
    ...["call_indirect", "return_call", "return_call_indirect", "table.get", "table.set", "memory.grow"],
    ...["ref.null", "ref.is_null", "ref.func"],
  ]);
  expect(forbidden(0xfc, 8, 0, 0, 0xfc, 9, 0)).toEqual(["memory.init", "data.drop"]);
  expect(
    forbidden(...[12, 14].flatMap((op) => [0xfc, op, 0, 0]), ...[13, 15, 16, 17].flatMap((op) => [0xfc, op, 0])),
  ).toEqual([12, 14, 13, 15, 16, 17].map((op) => `table instruction 0xfc ${op}`));
});

it("a module without code has no bodies", () => {
  expect(() => readBodies(Uint8Array.from(HEAD))).toThrow(new Error("the module has no code"));
});
