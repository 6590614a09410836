// inspect behind the ABI: what it takes as records, and what ends it.
import { readFileSync } from "node:fs";
import { beforeAll, expect, it } from "vitest";
import { compilePolicyText } from "../../diode/policy.ts";
import { pack, policyWith, type RecordInit } from "../../diode/testing/guard.ts";
import { udp4 } from "../../diode/testing/vectors.ts";
import { type Inspect, REFUSALS } from "../abi/abi.ts";
import { compileOnboard } from "../build/asc.ts";
import { COMPARTMENTS } from "../build/compartments.ts";

let module: WebAssembly.Module;
let part: Uint8Array;
beforeAll(async () => {
  const { entry, pages } = COMPARTMENTS.find(({ name }) => name === "inspect")!;
  module = new WebAssembly.Module(readFileSync(await compileOnboard(entry, { pages })));
  part = compilePolicyText(policyWith(""), "policy.yaml").parts.inspect;
});

function bare(): { inspect: Inspect; input: Uint8Array } {
  const inspect = new WebAssembly.Instance(module, {}).exports as unknown as Inspect;
  return { inspect, input: new Uint8Array(inspect.memory.buffer, inspect.inputAt(), inspect.inputSize()) };
}
function configured() {
  const one = bare();
  one.input.set(part);
  expect(one.inspect.configure(part.length)).toBe(0);
  return one;
}

it("refuses a policy longer than its input, and has no frames ever", () => {
  const { inspect, input } = bare();
  input.set(part);
  expect(REFUSALS[inspect.configure(input.length + 8)]).not.toBe("accepted");
  expect(inspect.framesLength()).toBe(0);
  expect(inspect.framesAt()).toBe(0);
});

// REQ-FILTER-017
it("traps on records that do not fit in what it was given, and before it has a policy", () => {
  const { bytes } = pack([{ frame: udp4() }]);
  for (const [from, to] of [
    [0, bytes.length - 8],
    [0, 16],
    [8, 0],
    [0, 0],
    [0, 131080],
    [0, 4],
    [4, 8],
  ] as const) {
    const { inspect, input } = configured();
    input.set(bytes);
    expect(() => inspect.run(from, to), `${from}..${to}`).toThrow(WebAssembly.RuntimeError);
  }
  for (const captured of [0xffffffff, 66561, 0xfffffff8]) {
    const { inspect, input } = configured();
    const wild = Buffer.from(bytes);
    wild.writeUInt32LE(captured, 16);
    input.set(wild);
    expect(() => inspect.run(0, wild.length), `${captured}`).toThrow(WebAssembly.RuntimeError);
  }
  const { inspect, input } = bare();
  input.set(bytes);
  expect(() => inspect.run(0, bytes.length)).toThrow(WebAssembly.RuntimeError);
});

it("gives a verdict for each of at most 128 records, then stops", () => {
  const { inspect, input } = configured();
  const { bytes, offsets } = pack(Array.from({ length: 200 }, (): RecordInit => ({ kind: 1, link: 0 })));
  input.set(bytes);
  expect(inspect.run(0, bytes.length)).toBe(offsets[128]);
  expect(inspect.verdictsLength()).toBe(128);
  expect(inspect.run(offsets[128]!, bytes.length)).toBe(bytes.length);
  expect(inspect.verdictsLength()).toBe(72);
});
