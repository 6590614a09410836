// An aarch64 image without its ELF headers: an "Image" of Linux's boot protocol for arm64, which begins with a header of
// its own (runtime/arch/aarch64/boot.S). For hypervisors that load no ELF files: Firecracker, Xen, Cloud Hypervisor.
//
// The memory that begins with zeros lies between data and policy, and is no part of the file: the policy comes right behind
// the data, and boot.S moves it to its place and then clears what is between.
import { alignPage } from "../contract/abi.ts";
import { describeImage } from "./describe.ts";
import { machineName, PT_LOAD, readElf } from "./elf.ts";
import { FLAT, isFlatImage, policySegment } from "./place.ts";

const GIBIBYTE = 1n << 30n; // memory begins at a multiple of it

/** Fields of the header (Linux, Documentation/arch/arm64/booting.rst). */
const IMAGE_SIZE = 16;

/** @throws Error when the image is for another CPU, or has no policy. */
export function flatImage(image: Uint8Array): Uint8Array {
  const elf = readElf(image);
  const policy = policySegment(elf);
  const loads = elf.segments.filter((s) => s.type === PT_LOAD && s !== policy);
  const base = loads[0]?.physical ?? 0n;
  const at = (segment: { physical: bigint }) => Number(segment.physical - base);
  const end = Math.max(...loads.map((s) => at(s) + s.fileSize));
  const head = Buffer.from(image.buffer, image.byteOffset + (loads[0]?.offset ?? 0), 64);
  if (machineName(elf.machine) !== "aarch64" || !isFlatImage(head))
    throw new Error(`a flat image is for aarch64; this one is for ${machineName(elf.machine)}`);
  if (!policy.fileSize) throw new Error("the image has no policy");
  const flat = new Uint8Array(alignPage(end) + policy.fileSize);
  for (const s of loads) flat.set(image.subarray(s.offset, s.offset + s.fileSize), at(s));
  flat.set(image.subarray(policy.offset, policy.offset + policy.fileSize), alignPage(end));
  const view = new DataView(flat.buffer);
  const behind = alignPage(at(policy) + policy.fileSize);
  const needed = describeImage(image).memory;
  view.setBigUint64(IMAGE_SIZE, BigInt(needed === undefined ? behind : needed - Number(base % GIBIBYTE)), true);
  view.setBigUint64(FLAT, BigInt(policy.fileSize), true);
  return flat;
}
