// Disks that no xorriso has written: the reader of ISO 9660 against every cut and changed number.
import fc from "fast-check";
import { expect, it } from "vitest";
import { DISK_HEAD, fileOfDisk, isDisk } from "./iso.ts";

const SECTOR = 2048;

/** A record of a folder (ECMA-119, 9.1). */
function record(name: string, sector: number, bytes: number): Buffer {
  const one = Buffer.alloc((33 + name.length + 1) & ~1);
  one[0] = one.length;
  one.writeUInt32LE(sector, 2);
  one.writeUInt32LE(bytes, 10);
  one[32] = name.length;
  one.write(name, 33, "latin1");
  return one;
}

/** With the file in the second sector of its root folder. */
function disk(name = "WEIR.ELF;1"): Buffer {
  const made = Buffer.alloc(21 * SECTOR);
  made.write("\x01CD001\x01", 16 * SECTOR, "latin1");
  record("\0", 18, 2 * SECTOR).copy(made, 16 * SECTOR + 156);
  Buffer.concat([record("\0", 18, 2 * SECTOR), record("\x01", 18, 2 * SECTOR)]).copy(made, 18 * SECTOR);
  record(name, 20, 5).copy(made, 19 * SECTOR);
  made.write("image", 20 * SECTOR);
  return made;
}

// REQ-IMAGE-024
it("finds the image in a disk", () => {
  expect(Buffer.from(fileOfDisk(disk())!).toString()).toBe("image");
  expect(fileOfDisk(disk("OTHER.ELF;1"))).toBeUndefined();
  expect(isDisk(disk())).toBe(true);
  expect(isDisk(disk().subarray(0, DISK_HEAD - 1))).toBe(false);
  expect(isDisk(Buffer.alloc(DISK_HEAD))).toBe(false);
});

it("says what is damaged", () => {
  const far = disk();
  far.writeUInt32LE(6, 19 * SECTOR + 10);
  far.writeUInt32LE(21, 19 * SECTOR + 2);
  expect(() => fileOfDisk(far)).toThrow(`ISO 9660: 6 bytes at ${21 * SECTOR} are outside the file of ${21 * SECTOR}`);
  const cut = disk();
  cut[19 * SECTOR + 32] = 200;
  expect(() => fileOfDisk(cut)).toThrow("ISO 9660: a record is cut");
});

// REQ-GROUND-015
it("ends with the image, without one, or in an Error, whatever the bytes", () => {
  const whole = disk();
  const places = [16 * SECTOR + 156, 18 * SECTOR, 19 * SECTOR].flatMap((from) =>
    Array.from({ length: 48 }, (_, n) => from + n),
  );
  fc.assert(
    fc.property(fc.constantFrom(...places), fc.integer({ min: 0, max: 255 }), fc.nat(21 * SECTOR), (at, value, end) => {
      const bytes = Buffer.from(whole);
      bytes[at] = value;
      const part = value % 2 ? bytes : bytes.subarray(0, end);
      if (!isDisk(part)) return;
      try {
        fileOfDisk(part);
      } catch (error) {
        expect((error as Error).message).toMatch(/^ISO 9660: /);
      }
    }),
    { seed: 5, numRuns: 3000 },
  );
});
