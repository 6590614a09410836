// REQ-IMAGE-024
/**
 * Finds the image in a disk that disk.ts made: ISO 9660 (ECMA-119), the root folder of the primary volume. A disk may come from anywhere,
 * so every number is checked against the file before it is used.
 */

/** As it is written; the standard's names have upper case, and a version. */
export const IMAGE_NAME = "weir.elf";

const SECTOR = 2048;
const VOLUME = 16 * SECTOR;
const ROOT_RECORD = VOLUME + 156;

/** Bytes that tell whether it is a disk. */
export const DISK_HEAD = VOLUME + SECTOR;

/** Whether bytes are a disk: the standard's mark, where a volume begins. */
export const isDisk = (bytes: Uint8Array): boolean =>
  bytes.length >= DISK_HEAD && text(bytes.subarray(VOLUME, VOLUME + 6)) === "\x01CD001";

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");

/** The bytes of the image in a disk, a view; undefined when there is none. @throws Error when the disk is damaged */
export function fileOfDisk(disk: Uint8Array): Uint8Array | undefined {
  const folder = extent(disk, ROOT_RECORD);
  for (let at = 0; at + 34 <= folder.length; ) {
    const length = folder[at]!;
    if (length === 0) {
      at = (Math.floor(at / SECTOR) + 1) * SECTOR; // no record crosses a sector's end
      continue;
    }
    const nameLength = folder[at + 32]!;
    if (length < 34 || at + length > folder.length || 33 + nameLength > length)
      throw new Error("ISO 9660: a record is cut");
    if (text(folder.subarray(at + 33, at + 33 + nameLength)) === `${IMAGE_NAME.toUpperCase()};1`)
      return extent(disk, folder.byteOffset - disk.byteOffset + at);
    at += length;
  }
  return undefined;
}

/** What the record at `at` is of: its first sector at 2, its bytes at 10, both little-endian (ECMA-119, 9.1). */
function extent(disk: Uint8Array, at: number): Uint8Array {
  const view = new DataView(disk.buffer, disk.byteOffset, disk.length);
  const [from, length] = [view.getUint32(at + 2, true) * SECTOR, view.getUint32(at + 10, true)];
  if (from + length > disk.length)
    throw new Error(`ISO 9660: ${length} bytes at ${from} are outside the file of ${disk.length}`);
  return disk.subarray(from, from + length);
}
