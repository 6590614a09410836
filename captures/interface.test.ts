import { expect, it } from "vitest";
import { Interface, readInterface } from "./interface.ts";
import { interfaceBlock } from "./testing/files.ts";

/** What a description with these options is told to have wrong. */
function problems(options: [number, Uint8Array][]): string[] {
  const block = interfaceBlock(1, options);
  const found: string[] = [];
  const view = new DataView(block.buffer, block.byteOffset, block.length);
  readInterface(view, 0, block.length, true, (at, what, expected) => found.push(`${at}: ${what}: ${expected}`));
  return found;
}

it("a resolution or an offset of another length is named, with the length that it should have", () => {
  expect(problems([[9, Uint8Array.of(6)]])).toEqual([]);
  expect(problems([[9, Uint8Array.of(6, 0)]])).toEqual(["16: length of interface option 9: 1 expected, 2 announced"]);
  expect(problems([[14, new Uint8Array(8)]])).toEqual([]);
  expect(
    problems([
      [2, new Uint8Array(3)],
      [14, new Uint8Array(7)],
    ]),
  ).toEqual(["24: length of interface option 14: 8 expected, 7 announced"]);
});

const MOST = (1n << 64n) - 1n;
const tick = (n: bigint): [number, number] => [Number(n >> 32n), Number(n & 0xffffffffn)];
const resolution = (n: number): [number, Uint8Array] => [9, Uint8Array.of(n)];
const offset = (seconds: bigint): [number, Uint8Array] => [14, new Uint8Array(new BigInt64Array([seconds]).buffer)];
/** Of ticks: nanoseconds since 1970, and whether 64 bits hold them. */
it.each<[string, [number, Uint8Array][], bigint, bigint, boolean]>([
  ["nothing: microseconds", [], 5n, 5000n, true],
  ["the most microseconds", [], MOST / 1000n, (MOST / 1000n) * 1000n, true],
  ["one more", [], MOST / 1000n + 1n, MOST, false],
  ["seconds", [resolution(0)], 5n, 5_000_000_000n, true],
  ["hundredths", [resolution(2)], 5n, 50_000_000n, true],
  ["milliseconds", [resolution(3)], (7n << 32n) + 5n, ((7n << 32n) + 5n) * 1_000_000n, true],
  ["milliseconds, the most", [resolution(3)], MOST / 1_000_000n + 1n, MOST, false],
  ["microseconds over a word", [resolution(6)], 0xffff_ffffn, 0xffff_ffffn * 1000n, true],
  ["nanoseconds", [resolution(9)], MOST, MOST, true],
  ["tenths of them", [resolution(10)], 19n, 1n, true],
  ["halves", [resolution(129)], 5n, 2_500_000_000n, true],
  ["whole ones, as powers of two", [resolution(128)], 5n, 5_000_000_000n, true],
  ["parts of 2^32", [resolution(160)], 0x1_8000_0000n, 1_500_000_000n, true],
  ["seconds, too many", [resolution(0)], MOST / 1_000_000_000n + 1n, MOST, false],
  ["microseconds from a second on", [offset(3n)], 5n, 3_000_005_000n, true],
  ["microseconds from one before", [offset(-3n)], 3_000_001n, 1000n, true],
  ["before 1970", [offset(-3n)], 2_999_999n, 0n, false],
  ["nanoseconds from a second on", [resolution(9), offset(1n)], MOST, MOST, false],
  ["options behind the end of options", [[0, new Uint8Array(0)], resolution(9)], 5n, 5000n, true],
])("times with %s", (_, options, ticks, ns, fits) => {
  const block = interfaceBlock(1, options);
  const found = readInterface(
    new DataView(block.buffer, block.byteOffset, block.length),
    0,
    block.length,
    true,
    () => {},
  );
  expect([found.time(...tick(ticks)), (BigInt(found.high) << 32n) | BigInt(found.low)]).toEqual([fits, ns]);
});

it("one that says nothing has microseconds; an option that is cut ends them", () => {
  const plain = new Interface(113, 96);
  expect([plain.link, plain.snaplen, plain.time(0, 5), plain.low, plain.high]).toEqual([113, 96, true, 5000, 0]);
  const block = interfaceBlock(1, [[9, Uint8Array.of(9)]]);
  block.writeUInt16LE(9, 18);
  const found: string[] = [];
  const view = new DataView(block.buffer, block.byteOffset, block.length);
  const one = readInterface(view, 0, block.length, true, (...problem) => found.push(problem.join(": ")));
  expect(found).toEqual(["16: interface option 9 cut: 9 bytes announced, 8 left"]);
  expect([one.time(0, 5), one.low]).toEqual([true, 5000]);
});
