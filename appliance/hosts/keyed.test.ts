// REQ-DETECT-016
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { packContainer, withoutKeys } from "../build/container.ts";
import { readElf } from "../build/elf.ts";
import { placePolicy, policyIn, policyOf } from "../build/place.ts";
import { scratchFolder } from "../build/scratch.ts";
import { smallImage } from "../build/testing/image.ts";
import { Container, Keys } from "../contract/generated/image.ts";
import { keyedImage } from "./keyed.ts";

const KEY = Buffer.from("000102030405060708090a0b0c0d0e0f", "hex");
const part = Uint8Array.of(1, 2, 3);
const CONTAINER = packContainer({ inspect: part, guard: part, journal: part });

let folder: string;
beforeAll(() => {
  folder = scratchFolder("keyed");
});
afterAll(() => rmSync(folder, { recursive: true }));
const write = (name: string, bytes: Uint8Array) => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};

/** As flat.ts lays it out: its header says how much of its end is policy. */
function flat(): Uint8Array {
  const head = Buffer.alloc(4096);
  head.writeBigUInt64LE(BigInt(CONTAINER.length), 32);
  head.write("ARMd", 56, "latin1");
  return Buffer.concat([head, CONTAINER]);
}

it.each([
  ["an ELF file", placePolicy(smallImage(), CONTAINER)],
  ["a flat image", flat()],
])("the tables' key of a start is in a copy of %s that its owner alone reads, and nowhere else of it", (_, image) => {
  const path = write("image", image);
  const { path: copy, remove } = keyedImage(path, image, KEY)!;
  expect(statSync(copy).mode & 0o777).toBe(0o600);
  expect(copy).not.toContain(folder);
  const bytes = readFileSync(copy);
  const policy = policyIn(bytes)!;
  const keys = new Keys(policy, new Container(policy).keys);
  expect([keys.isTablesGiven, Buffer.from(keys.tables)]).toEqual([1, KEY]);
  expect(Buffer.from(withoutKeys(policy)).equals(withoutKeys(CONTAINER))).toBe(true);
  keys.isTablesGiven = 0;
  keys.tables = new Uint8Array(16);
  expect(bytes.equals(image)).toBe(true);
  expect(readFileSync(path).equals(image)).toBe(true);
  remove();
  expect(() => statSync(copy)).toThrow("ENOENT");
});

it("what was checked starts, whatever becomes of the file meanwhile", () => {
  const checked = placePolicy(smallImage(), CONTAINER);
  const { path, remove } = keyedImage(write("image", Buffer.from("another")), checked, KEY)!;
  expect(Buffer.from(withoutKeys(policyIn(readFileSync(path))!)).equals(withoutKeys(CONTAINER))).toBe(true);
  remove();
});

it("what has no place for it gets none: an image without a policy, a damaged one, another file", () => {
  const damaged = placePolicy(smallImage(), CONTAINER);
  damaged[damaged.length - CONTAINER.length] ^= 1;
  const short = flat();
  Buffer.from(short.buffer, short.byteOffset).writeBigUInt64LE(2n ** 60n, 32);
  for (const bytes of [smallImage(), damaged, short, new Uint8Array(0), Buffer.from("ARMd"), new Uint8Array(5000)])
    expect(keyedImage(write("none", bytes), bytes, KEY)).toBeUndefined();
  expect(policyOf(readElf(smallImage()))).toBeUndefined();
});
