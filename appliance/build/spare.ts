// REQ-IMAGE-019
// How much memory an image needs. Tables that a policy leaves untouched get none: the compartments say which these are (abi.ts,
// spare), once they are configured, so they are asked here, as the image will ask them again.
import { readFileSync } from "node:fs";
import { compileOnboardSync } from "../../lib/asc.ts";
import { alignPage, type Compartment, PAGE, type Parts, startCompartment } from "../contract/abi.ts";
import { COMPARTMENTS } from "./compartments.ts";
import { SPARE_SIZE, spareOf } from "./container.ts";
import type { Elf } from "./elf.ts";
import { type BuildInfo, sha256 } from "./info.ts";
import { policyOf, policySegment } from "./place.ts";

const MEBIBYTE = 1 << 20;

interface Compiled {
  module: WebAssembly.Module;
  sha256: string;
}
let compiled: Compiled[] | undefined;

function compileAll(): Compiled[] {
  return COMPARTMENTS.map(({ entry, pages }) => {
    const bytes = readFileSync(compileOnboardSync(entry, { pages }));
    return { module: new WebAssembly.Module(bytes), sha256: sha256(bytes) };
  });
}

/**
 * The pages that an image with these parts of a policy needs no memory for, as container.ts has them. Where the image was made
 * of other compartments than those of these sources, nothing is known of it: none.
 */
export function sparePages(parts: Parts, build: BuildInfo | undefined): Uint8Array {
  const bits = new Uint8Array(SPARE_SIZE);
  compiled ??= compileAll();
  if (!compiled.every((one, n) => one.sha256 === build?.compartments[n]?.sha256)) return bits;
  let first = 0; // page of the compartment at hand
  COMPARTMENTS.forEach(({ name }, n) => {
    const it = startCompartment(compiled![n]!.module);
    const pages = it.memory.buffer.byteLength / PAGE;
    const taken = accepts(it, parts[name]);
    for (const [from, to] of taken ? stretchesOf(it) : [])
      for (let page = Math.ceil(from / PAGE); page < pages && (page + 1) * PAGE <= to; page++)
        bits[(first + page) >> 3]! |= 1 << ((first + page) & 7);
    first += pages;
  });
  return bits;
}

/** What it refuses here the image will refuse, too. */
function accepts(it: Compartment, part: Uint8Array): boolean {
  if (part.length > it.inputSize()) return false;
  new Uint8Array(it.memory.buffer, it.inputAt(), part.length).set(part);
  return it.configure(part.length) === 0;
}

/** [from, to) of what a configured compartment leaves untouched; the last bytes of its memory may be before `to`. */
export function stretchesOf(it: Compartment): [from: number, to: number][] {
  const found: [number, number][] = [];
  for (let i = 0; ; i++) {
    const stretch = BigInt.asUintN(64, it.spare(i));
    if (stretch === 0n) return found;
    const from = Number(stretch & 0xffffffffn);
    found.push([from, from + Number(stretch >> 32n)]);
  }
}

/**
 * Bytes of memory that a machine must have for this image, from where its memory begins; undefined when the image does not
 * say how large its compartments are.
 */
export function memoryNeeded(elf: Elf, build: BuildInfo | undefined): number | undefined {
  if (!build) return undefined;
  const container = policyOf(elf);
  const pages = build.compartments.reduce((sum, { memoryBytes }) => sum + memoryBytes / PAGE, 0);
  const spare = container ? spareOf(container).reduce((sum, byte) => sum + bitsOf(byte), 0) : 0;
  const behind = Number(policySegment(elf).physical % BigInt(1 << 30)) + alignPage(container?.length ?? PAGE);
  return behind + (pages - spare) * PAGE;
}

export const inMebibytes = (bytes: number): number => Math.ceil(bytes / MEBIBYTE);

const bitsOf = (byte: number) => byte.toString(2).replaceAll("0", "").length;
