// What an image is made of, as JSON in the image itself (ELF note, owner "Weir", type 2), so that `weir inspect` can say
// it of any image without the sources. No dates, no paths of a machine: the same sources give the same bytes.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { z } from "zod";
import type { StackBound } from "./stack.ts";

const count = z.int().min(0);
/** Text of an image that may come from anywhere and goes to a terminal: printable ASCII only. */
const plain = z
  .string()
  .regex(/^[ -~]*$/)
  .max(300);

const compartmentInfo = z.strictObject({
  name: plain,
  /** SHA-256 of the .wasm, the same that Node and the browser run. */
  sha256: plain,
  wasmBytes: count,
  /** Of its linear memory. */
  memoryBytes: count,
  imports: count,
  functions: count,
  /** AssemblyScript files and lines (not blank) that went in, shared ones counted for each compartment. */
  files: count,
  lines: count,
});

export const buildInfo = z.strictObject({
  weir: plain,
  abi: count,
  compartments: z.array(compartmentInfo),
  /** Lines that are not blank: written by hand in C and assembly, by folder, and AssemblyScript (shared ones once). */
  lines: z.strictObject({ c: z.record(plain, count), assemblyscript: count }),
  /** The deepest path of onboard code, in bytes, and the stack there is for it. */
  stack: z.strictObject({ bytes: count, given: count, path: z.array(z.strictObject({ name: plain, bytes: count })) }),
  tools: z.record(plain, plain),
});

export type CompartmentInfo = z.infer<typeof compartmentInfo>;
export type BuildInfo = z.infer<typeof buildInfo>;

export const sha256 = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex");

/** Lines of a file that are not blank. */
export function countLines(path: string): number {
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line.trim()).length;
}

/** The names by which AssemblyScript's programmer knows a function of the generated C. */
export function readableName(name: string): string {
  return name
    .replace(/^(?:w2c|wasm2c)_([a-z0-9]+)_/, "$1: ")
    .replace(/0x([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** A stack bound as it is shown. */
export function stackInfo(bound: StackBound, given: number): BuildInfo["stack"] {
  return {
    bytes: bound.bytes,
    given,
    path: bound.path.map(({ name, bytes }) => ({ name: readableName(name), bytes })),
  };
}
