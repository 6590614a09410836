import { expect, it } from "vitest";
import { readInterface } from "./interface.ts";
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
