// REQ-IMAGE-015
// Everything that is in an image, read from its bytes alone. The image is untrusted: an Error says what is wrong with it.

import { inAscii } from "../../lib/printable.ts";
import { policyName } from "../contract/config.ts";
import { editionOf, unpackContainer } from "./container.ts";
import { type Elf, FLAG_EXECUTE, FLAG_READ, FLAG_WRITE, machineName, PT_LOAD, readElf } from "./elf.ts";
import { type BuildInfo, buildInfo, sha256 } from "./info.ts";
import { type Manifest, manifestNote, NOTE_BUILD, NOTE_OWNER, unpackManifest } from "./manifest.ts";
import { policyOf } from "./place.ts";
import { memoryNeeded } from "./spare.ts";

export interface Extent {
  /** Physical (segments) or virtual (sections) address, hexadecimal. */
  address: string;
  /** "r-x" and the like. */
  permissions: string;
  fileBytes: number;
  memoryBytes: number;
}

export interface ImageDescription extends Manifest {
  machine: string;
  bytes: number;
  sha256: string;
  entry: string;
  segments: Extent[];
  sections: (Extent & { name: string })[];
  /** Bytes of memory that a machine must have for it (spare.ts); absent where `build` is. */
  memory?: number;
  policy?: { name: string; sha256: string; bytes: number; edition: number; parts: Record<string, number> };
  /** Absent in an image that was not made by `weir build`, such as a test's. */
  build?: BuildInfo;
}

const SHT_NULL = 0;
const SHT_NOBITS = 8;
const SHF_WRITE = 1;
const SHF_ALLOC = 2;
const SHF_EXECINSTR = 4;

/** @throws Error when it is not a whole Weir image. */
export function describeImage(image: Uint8Array): ImageDescription {
  const elf = readElf(image);
  const manifest = unpackManifest(manifestNote(elf).bytes);
  const container = policyOf(elf);
  const build = readBuildInfo(elf);
  const memory = memoryNeeded(elf, build);
  return {
    machine: machineName(elf.machine),
    bytes: image.length,
    sha256: sha256(image),
    entry: hex(elf.entry),
    ...manifest,
    segments: elf.segments
      .filter((s) => s.type === PT_LOAD)
      .map((s) => ({
        address: hex(s.physical),
        permissions: permissions(s.flags & FLAG_READ, s.flags & FLAG_WRITE, s.flags & FLAG_EXECUTE),
        fileBytes: s.fileSize,
        memoryBytes: s.memorySize,
      })),
    sections: elf.sections
      .filter((s) => s.type !== SHT_NULL && s.flags & SHF_ALLOC)
      .map((s) => ({
        name: inAscii(s.name),
        address: hex(s.address),
        permissions: permissions(1, s.flags & SHF_WRITE, s.flags & SHF_EXECINSTR),
        fileBytes: s.type === SHT_NOBITS ? 0 : s.size,
        memoryBytes: s.size,
      })),
    ...(memory !== undefined && { memory }),
    ...(container && { policy: describePolicy(container) }),
    ...(build && { build }),
  };
}

function describePolicy(container: Uint8Array): NonNullable<ImageDescription["policy"]> {
  const unpacked = unpackContainer(container);
  const parts = Object.entries(unpacked).map(([name, part]) => [name, (part as Uint8Array).length]);
  return {
    name: policyName(unpacked),
    sha256: sha256(container),
    bytes: container.length,
    edition: editionOf(container),
    parts: Object.fromEntries(parts),
  };
}

/** How an image was built, as it says itself; undefined when it does not. */
export const buildInfoOf = (image: Uint8Array): BuildInfo | undefined => readBuildInfo(readElf(image));

function readBuildInfo(elf: Elf): BuildInfo | undefined {
  const note = elf.notes.find((n) => n.owner === NOTE_OWNER && n.type === NOTE_BUILD);
  if (!note) return undefined;
  try {
    return buildInfo.parse(JSON.parse(Buffer.from(note.bytes).toString("utf8").replace(/\0+$/, "")));
  } catch {
    throw new Error('ELF note "Weir" 2 (how it was built) is not what weir build writes');
  }
}

const hex = (value: bigint) => `0x${value.toString(16)}`;
const permissions = (r: number, w: number, x: number) => `${r ? "r" : "-"}${w ? "w" : "-"}${x ? "x" : "-"}`;
