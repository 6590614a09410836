// A small ELF file of the shape of a prebuilt image, made without a linker: code, the manifest's note, room for a policy.
import { MANIFEST_SIZE, packManifest } from "../manifest.ts";

/** Where in smallImage() the three program headers begin: code, notes, policy. */
export const SEGMENTS = [64, 120, 176] as const;

export function smallImage(): Uint8Array {
  const bytes = new Uint8Array(0x1400);
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, 2, true);
  view.setUint16(18, 62, true);
  view.setBigUint64(24, 0x101000n, true);
  view.setBigUint64(32, 64n, true);
  view.setBigUint64(40, 0x1200n, true);
  [64, 56, 3, 64, 3, 1].forEach((value, n) => {
    view.setUint16(52 + n * 2, value, true);
  });
  const segment = (at: number, type: number, flags: number, offset: number, address: number, size: number) => {
    view.setUint32(at, type, true);
    view.setUint32(at + 4, flags, true);
    [offset, address, address, size, size, 4096].forEach((value, n) => {
      view.setBigUint64(at + 8 + n * 8, BigInt(value), true);
    });
  };
  segment(SEGMENTS[0], 1, 5, 0x1000, 0x101000, 16);
  segment(SEGMENTS[1], 4, 4, 0x200, 0x100200, 20 + MANIFEST_SIZE);
  segment(SEGMENTS[2], 1, 4, 0, 0x103000, 0);
  view.setBigUint64(SEGMENTS[2] + 40, 4096n, true);
  [5, MANIFEST_SIZE, 1].forEach((value, n) => {
    view.setUint32(0x200 + n * 4, value, true);
  });
  bytes.set(Buffer.from("Weir\0"), 0x20c);
  bytes.set(packManifest([]), 0x214);
  bytes.set(Buffer.from("\0.shstrtab\0.policy\0"), 0x1100);
  const section = (n: number, name: number, type: number, address: number, offset: number, size: number) => {
    view.setUint32(0x1200 + n * 64, name, true);
    view.setUint32(0x1204 + n * 64, type, true);
    [0, address, offset, size].forEach((value, k) => {
      view.setBigUint64(0x1208 + n * 64 + k * 8, BigInt(value), true);
    });
  };
  section(1, 1, 3, 0, 0x1100, 19);
  section(2, 11, 8, 0x103000, 0, 0);
  return bytes;
}
