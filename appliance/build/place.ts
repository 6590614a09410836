// REQ-IMAGE-014
// Puts a policy into a prebuilt image: no compiler, no linker, only bytes. The image's last PT_LOAD, behind .bss and on
// pages of its own, read-only, is the policy's. Until then it is a page of zeros in memory and nothing in the file (a
// linker drops what is empty in both). Its bytes go behind everything else in the file, so placing another policy takes
// the place of the first.
import { alignPage, PAGE } from "../contract/abi.ts";
import { policyName } from "../contract/config.ts";
import { MAX_CONTAINER } from "../contract/generated/image.ts";
import { unpackContainer } from "./container.ts";
import { type Elf, FLAG_READ, isElf, PT_LOAD, readElf, type Segment } from "./elf.ts";
import { type Interface, MANIFEST_SIZE, manifestNote, packManifest, type Settings } from "./manifest.ts";

const SHT_PROGBITS = 1;
/** In a flat image (runtime/arch/aarch64/boot.S): bytes of the policy, at its end. */
export const FLAT = 32;
const FLAT_MAGIC = [...Buffer.from("ARMd")];
const FLAT_MAGIC_AT = 56;

/**
 * A copy of the image with this policy in it.
 * @throws Error when the image is not one of Weir's, or the container is damaged.
 */
export function placePolicy(image: Uint8Array, container: Uint8Array): Uint8Array {
  unpackContainer(container);
  const elf = readElf(image);
  manifestNote(elf);
  const segment = policySegment(elf);
  const room = segment.fileSize ? segment.offset : image.length;
  // The file offset must be congruent to the address, and is a whole page.
  const at = alignPage(room);
  const placed = new Uint8Array(at + container.length);
  placed.set(image.subarray(0, room));
  placed.set(container, at);
  const view = new DataView(placed.buffer);
  view.setBigUint64(segment.headerAt + 8, BigInt(at), true);
  view.setBigUint64(segment.headerAt + 32, BigInt(container.length), true);
  view.setBigUint64(segment.headerAt + 40, BigInt(container.length), true);
  const section = elf.sections.find((s) => s.name === ".policy");
  if (section) {
    view.setUint32(section.headerAt + 4, SHT_PROGBITS, true);
    view.setBigUint64(section.headerAt + 16, segment.virtual, true);
    view.setBigUint64(section.headerAt + 24, BigInt(at), true);
    view.setBigUint64(section.headerAt + 32, BigInt(container.length), true);
  }
  return placed;
}

/** A copy of the image with these interfaces and settings in its manifest. */
export function placeManifest(
  image: Uint8Array,
  interfaces: readonly Interface[],
  settings: Partial<Settings> = {},
): Uint8Array {
  const note = manifestNote(readElf(image));
  if (note.bytes.length !== MANIFEST_SIZE)
    throw new Error(`the image's manifest has ${note.bytes.length} bytes of room, expected ${MANIFEST_SIZE}`);
  const placed = Uint8Array.from(image);
  placed.set(packManifest(interfaces, settings), note.at);
  return placed;
}

/** The policy in an image; undefined when there is none. A view. */
export function policyOf(elf: Elf): Uint8Array | undefined {
  const { offset, fileSize } = policySegment(elf);
  return fileSize ? elf.bytes.subarray(offset, offset + fileSize) : undefined;
}

/** Whether this begins as what `weir build --flat` makes of an ELF file does. */
export const isFlatImage = (head: Uint8Array): boolean =>
  !isElf(head) && FLAT_MAGIC.every((byte, n) => head[FLAT_MAGIC_AT + n] === byte);

/** The policy in an image, flat or not; undefined where there is none, or it is no image. A view. */
export function policyIn(image: Uint8Array): Uint8Array | undefined {
  const view = new DataView(image.buffer, image.byteOffset, image.length);
  try {
    const bytes = isFlatImage(image)
      ? image.subarray(image.length - Number(view.getBigUint64(FLAT, true)))
      : policyOf(readElf(image));
    if (bytes) unpackContainer(bytes);
    return bytes;
  } catch {
    return undefined;
  }
}

/** What names the policy in an image; undefined without one. */
export function policyNameIn(image: Uint8Array): string | undefined {
  const policy = policyIn(image);
  return policy && policyName(unpackContainer(policy));
}

/** The program header for the policy: the last PT_LOAD, which nothing else may share. */
export function policySegment(elf: Elf): Segment {
  const loads = elf.segments.filter((s) => s.type === PT_LOAD);
  const segment = loads.at(-1);
  if (!segment) throw new Error("the image has no segment to load");
  if (segment.flags !== FLAG_READ || segment.virtual % BigInt(PAGE) || segment.physical % BigInt(PAGE))
    throw new Error("the image's last segment is not the policy's: expected read-only, at the start of a page");
  if (loads.some((s) => s !== segment && s.physical + BigInt(s.memorySize) > segment.physical))
    throw new Error("the image's last segment is not the policy's: another one reaches into it");
  const { fileSize, memorySize } = segment;
  if ((fileSize ? fileSize !== memorySize : memorySize > PAGE) || fileSize > MAX_CONTAINER)
    throw new Error(`the image's policy is ${fileSize} bytes in the file, ${memorySize} in memory`);
  if (fileSize && segment.offset + fileSize !== elf.bytes.length)
    throw new Error("the image's policy is not the last thing in the file");
  return segment;
}
