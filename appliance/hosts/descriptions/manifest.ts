/** The interfaces of an image, whether it is an ELF file or flat. */
import { describeImage } from "../../build/describe.ts";
import { type Interface, MANIFEST_SIZE, NOTE_MANIFEST, NOTE_OWNER, unpackManifest } from "../../build/manifest.ts";

/** The note's head as the kernel part has it: bytes of the owner, of the manifest, type, owner. */
const HEAD = Buffer.alloc(20);
HEAD.writeUInt32LE(NOTE_OWNER.length + 1, 0);
HEAD.writeUInt32LE(MANIFEST_SIZE, 4);
HEAD.writeUInt32LE(NOTE_MANIFEST, 8);
HEAD.write(NOTE_OWNER, 12);

/** @throws Error when it is no image of ours; the bytes are untrusted */
export function interfacesOf(image: Buffer, flat: boolean): Interface[] {
  if (!flat) return describeImage(image).interfaces;
  // No headers tell where the note is, but it is in there as it was linked.
  const at = image.indexOf(HEAD);
  if (at < 0 || image.indexOf(HEAD, at + 1) >= 0) throw new Error("not a Weir image: expected one manifest");
  return unpackManifest(image.subarray(at + HEAD.length, at + HEAD.length + MANIFEST_SIZE)).interfaces;
}
