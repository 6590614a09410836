// What is said of a file that is no image, of a manifest and of a policy that do not fit: every message, by what causes it.
import { expect, it } from "vitest";
import { Container, Keys } from "../contract/generated/image.ts";
import { packContainer } from "./container.ts";
import { readElf } from "./elf.ts";
import { writeInfo } from "./image.ts";
import type { BuildInfo } from "./info.ts";
import { type Interface, MANIFEST_SIZE, manifestNote, packManifest, unpackManifest } from "./manifest.ts";
import { placeManifest, policySegment } from "./place.ts";
import { SEGMENTS, smallImage } from "./testing/image.ts";

const changed = (at: number, value: bigint, bits: 8 | 16 | 64 = 64): Uint8Array => {
  const image = smallImage().slice();
  const view = new DataView(image.buffer, image.byteOffset, image.length);
  if (bits === 8) view.setUint8(at, Number(value));
  else if (bits === 16) view.setUint16(at, Number(value), true);
  else view.setBigUint64(at, value, true);
  return image;
};
const size = smallImage().length;
const [first] = SEGMENTS;

it.each<[string, Uint8Array, string]>([
  ["too short", smallImage().subarray(0, 63), "not an ELF file"],
  ["another file", changed(0, 0n, 8), "not an ELF file"],
  ["32 bits", changed(4, 1n, 8), "not a 64-bit little-endian ELF file"],
  ["big-endian", changed(5, 2n, 8), "not a 64-bit little-endian ELF file"],
  ["an object", changed(16, 1n, 16), "not an executable ELF file"],
  ["headers of another size", changed(54, 55n, 16), "ELF program headers: entries of 55 bytes, expected 56"],
  [
    "headers outside",
    changed(32, BigInt(size - 55)),
    `ELF program headers: ${56 * SEGMENTS.length} bytes at ${size - 55} are outside the file of ${size}`,
  ],
  ["too much memory", changed(first + 40, (1n << 40n) + 1n), "ELF segment of 1099511627777 bytes in memory"],
  ["a section that is too long", changed(0x1200 + 128 + 32, (1n << 40n) + 1n), "ELF section of 1099511627777 bytes"],
  ["less memory than file", changed(first + 40, 1n), "ELF segment: 16 bytes in the file, 1 in memory"],
])("an image: %s", (_, image, message) => {
  expect(() => readElf(image)).toThrow(new Error(message));
});

const nic = (name: string, mac = "52:54:00:77:00:01"): Interface => ({ name, direction: "receive", mac });
const WHOLE = packManifest([nic("in")]);
const manifest = (at: number, value: number) => WHOLE.map((byte, n) => (n === at ? value : byte));
const NAME = "expected 1 to 8 letters and digits";

it.each<[string, () => unknown, string]>([
  ["nine interfaces", () => packManifest(Array(9).fill(nic("in"))), "9 interfaces, at most 8"],
  ["a long name", () => packManifest([nic("a23456789")]), `interface name a23456789: ${NAME}`],
  ["a name in capitals", () => packManifest([nic("In")]), `interface name In: ${NAME}`],
  ["no MAC", () => packManifest([nic("in", "52:54:00:77:00")]), "interface in: 52:54:00:77:00 is not a MAC address"],
  [
    "a name twice",
    () => packManifest([nic("in"), nic("in", "52:54:00:77:00:02")]),
    "manifest: two interfaces with the name in",
  ],
  [
    "a MAC twice",
    () => packManifest([nic("in"), nic("out")]),
    "manifest: two interfaces with the mac 52:54:00:77:00:01",
  ],
  ["14 s", () => packManifest([], { logSilence: 14 }), "manifest: 14 s without `log`, expected 15 to 3600, or 0"],
  ["3601 s", () => packManifest([], { logSilence: 3601 }), "manifest: 3601 s without `log`, expected 15 to 3600, or 0"],
  ["no bytes", () => unpackManifest(new Uint8Array(7)), "manifest: 7 bytes, expected at least 8"],
  ["another version", () => unpackManifest(manifest(0, 9)), "manifest: version 9, expected 2"],
  [
    "more interfaces than fit",
    () => unpackManifest(manifest(4, 9)),
    `manifest: 9 interfaces do not fit into its ${MANIFEST_SIZE} bytes`,
  ],
  [
    "half of it",
    () => unpackManifest(WHOLE.subarray(0, MANIFEST_SIZE - 1)),
    `manifest: 1 interfaces do not fit into its ${MANIFEST_SIZE - 1} bytes`,
  ],
  [
    "another direction",
    () => unpackManifest(manifest(16, 3)),
    "manifest: interface 0 has direction 3, expected 1 or 2",
  ],
  ["no name", () => unpackManifest(manifest(8, 0x5f)), "manifest: interface 0 has an invalid name"],
  [
    "an ELF file without one",
    () => manifestNote({ notes: [] } as never),
    'not a Weir image: 0 manifests, expected one ELF note "Weir" 1',
  ],
])("a manifest: %s", (_, made, message) => {
  expect(made).toThrow(new Error(message));
});

/** An image whose program headers are of this type, whose note has this many bytes. */
function spoilt(type: number, note = MANIFEST_SIZE): Uint8Array {
  const image = smallImage().slice();
  const view = new DataView(image.buffer);
  for (const at of type ? SEGMENTS : []) view.setUint32(at, type, true);
  view.setUint32(0x204, note, true);
  return image;
}
const INFO = { weir: "1" } as BuildInfo;
/** The manifest's note is made one of how an image was built. */
const built = (bytes: number) => {
  const image = spoilt(0, bytes);
  new DataView(image.buffer).setUint32(0x208, 2, true);
  return image;
};

it.each<[string, () => unknown, string]>([
  [
    "a manifest of less room",
    () => placeManifest(spoilt(0, 8), []),
    `the image's manifest has 8 bytes of room, expected ${MANIFEST_SIZE}`,
  ],
  ["nothing to load", () => policySegment(readElf(spoilt(0x60000000))), "the image has no segment to load"],
  [
    "no note of how it was built",
    () => writeInfo(smallImage(), INFO),
    'the linker script has dropped the ELF note "Weir" 2 (section .note.weir.build)',
  ],
  ["a short one", () => writeInfo(built(8), INFO), "the build record has 12 bytes, but only 8 fit"],
])("an image: %s", (_, made, message) => {
  expect(made).toThrow(new Error(message));
});

it("what an image is made of", () => {
  const { entry, segments, sections, notes } = readElf(smallImage());
  expect(entry).toBe(0x101000n);
  expect(
    segments.map(({ type, flags, offset, virtual, physical, fileSize, memorySize, align }) => [
      type,
      flags,
      offset,
      virtual,
      physical,
      fileSize,
      memorySize,
      align,
    ]),
  ).toEqual([
    [1, 5, 0x1000, 0x101000n, 0x101000n, 16, 16, 4096],
    [4, 4, 0x200, 0x100200n, 0x100200n, 20 + MANIFEST_SIZE, 20 + MANIFEST_SIZE, 4096],
    [1, 4, 0, 0x103000n, 0x103000n, 0, 4096, 4096],
  ]);
  expect(
    sections.map(({ name, type, flags, address, offset, size, headerAt }) => [
      name,
      type,
      flags,
      address,
      offset,
      size,
      headerAt,
    ]),
  ).toEqual([
    ["", 0, 0, 0n, 0, 0, 0x1200],
    [".shstrtab", 3, 0, 0n, 0x1100, 19, 0x1240],
    [".policy", 8, 0, 0x103000n, 0, 0, 0x1280],
  ]);
  expect(notes.map(({ owner, type, bytes }) => [owner, type, bytes.length])).toEqual([["Weir", 1, MANIFEST_SIZE]]);
});

it("what is just right", () => {
  expect(unpackManifest(packManifest([nic("a2345678")], { logSilence: 15 })).logSilence).toBe(15);
  expect(unpackManifest(packManifest([], { logSilence: 3600 })).interfaces).toEqual([]);
  const eight = [..."abcdefgh"].map((name, n) => nic(name, `52:54:00:77:00:0${n}`));
  expect(unpackManifest(packManifest(eight)).interfaces).toEqual(eight);
});

it("a policy that is too long", () => {
  const none = new Uint8Array(0);
  const header = Container.SIZE;
  const room = (bytes: number) => () => packContainer({ inspect: new Uint8Array(bytes), guard: none, journal: none });
  let message = "";
  try {
    room(1 << 26)();
  } catch (error) {
    message = (error as Error).message;
  }
  expect(message).toMatch(/^the compiled policy is \d+ bytes; at most \d+ fit$/);
  const limit = Number(/at most (\d+)/.exec(message)![1]);
  // The keys have the last page
  expect(room(limit - 4096 - header)().length).toBe(limit - 4096 + Keys.SIZE);
  expect(room(limit - 4096 - header + 1)).toThrow(
    new Error(`the compiled policy is ${limit + Keys.SIZE} bytes; at most ${limit} fit`),
  );
});
