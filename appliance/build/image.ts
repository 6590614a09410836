// REQ-IMAGE-003
// The pipeline: AssemblyScript -> WebAssembly -> gate -> C -> linked image -> bound of the stack. Its result is the
// prebuilt image, without a policy; `weir build` puts one in with place.ts. Nothing is fetched, nothing depends on the
// folder, the clock or the order of a directory: built twice, the image is the same to the bit.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { compileOnboard, ROOT } from "../../lib/asc.ts";
import { makeOnce } from "../../lib/lock.ts";
import { sourcesOf } from "../../lib/sources.ts";
import { ABI_VERSION } from "../contract/abi.ts";
import { ARCHES, type Arch } from "../contract/arch.ts";
import { COMPARTMENTS, type Compartment } from "./compartments.ts";
import { readElf } from "./elf.ts";
import { gate } from "./gate.ts";
import { type BuildInfo, type CompartmentInfo, countLines, sha256, stackInfo } from "./info.ts";
import { NOTE_BUILD, NOTE_OWNER } from "./manifest.ts";
import { wasmToC } from "./native.ts";
import { scratchFolder } from "./scratch.ts";
import { assertAcyclic, stackBound } from "./stack.ts";
import { step } from "./steps.ts";
import { withModules } from "./symbols.ts";
import { packageVersion } from "./version.ts";

export interface LinkRequest {
  /** x86_64 unless said. */
  arch?: Arch;
  /** Generated C, to be compiled with NATIVE_FLAGS, each with its .h beside it. */
  sources: string[];
  /** For objects and whatever else is in the way; the link may write there. */
  folder: string;
  /** The image's path. */
  out: string;
}

export interface Linked {
  /** The same program without symbols, which then is the image; `out` stays beside it for debuggers. */
  stripped?: string;
  /** The .su files of all C of the user part, generated or not. */
  usage: string[];
  /** The user part's first function, and the bytes of stack it has. */
  stack: { entry: string; bytes: number };
  /** Lines of C and assembly, not blank, by part: kernel, user... */
  lines: Record<string, number>;
  /** The compiler's and linker's versions. */
  tools: Record<string, string>;
}

/** Compiles the runtime and the generated C, and links them into an image. */
export type Link = (request: LinkRequest) => Promise<Linked>;

export interface ImageOptions {
  link: Link;
  /** x86_64 unless said. */
  arch?: Arch;
  /** Others than the image's own: tests. */
  compartments?: readonly Compartment[];
  /** Where the image goes. */
  out: string;
}

/**
 * Builds the prebuilt image, unless it is there and everything it was made of is as it was.
 * @throws Error of the step that failed: asc's and clang's messages as they are, the gate's, or the stack bound's.
 */
export async function buildImage(options: ImageOptions): Promise<string> {
  const { out, arch = "x86_64", compartments = COMPARTMENTS } = options;
  const key = hashInputs(arch, compartments);
  mkdirSync(dirname(out), { recursive: true });
  const mark = `${out}.inputs`;
  const isMade = () =>
    [out, mark, `${out}.symbols`].every(existsSync) &&
    readFileSync(mark, "utf8") === `${key} ${sha256(readFileSync(out))}`;
  await makeOnce(out, isMade, async () => {
    const folder = scratchFolder("image");
    try {
      const { image, symbols } = await make(options.link, arch, compartments, folder);
      writeFileSync(mark, `${key} ${sha256(image)}`);
      writeFileSync(`${out}.symbols`, symbols);
      // In one step, so that nobody ever starts half an image.
      writeFileSync(`${out}.${process.pid}`, image);
      renameSync(`${out}.${process.pid}`, out);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
  return out;
}

async function make(link: Link, arch: Arch, compartments: readonly Compartment[], folder: string) {
  const made = await Promise.all(compartments.map((compartment) => makeCompartment(compartment, folder)));
  // The note's text has its final length before the link, its numbers only after.
  const room = 4096;
  const note = join(folder, "build-info.c");
  writeFileSync(note, noteSource(room));
  const out = join(folder, "linked.elf");
  const linked = await step("compile and link", () =>
    link({ arch, sources: [...made.map((m) => m.c), note], folder, out }),
  );
  const bound = await step(
    "bound of the stack",
    () => stackBound(out, linked.usage, linked.stack.entry),
    ({ bytes }) => `${bytes} of ${linked.stack.bytes} bytes`,
  );
  const stack = stackInfo(bound, linked.stack.bytes);
  if (bound.bytes > linked.stack.bytes) {
    const path = stack.path.map(({ name, bytes }) => `  ${name} ${bytes}`).join("\n");
    throw new Error(`onboard code may use ${bound.bytes} bytes of stack, but has ${linked.stack.bytes}:\n${path}`);
  }
  const info: BuildInfo = {
    weir: packageVersion(),
    abi: ABI_VERSION,
    compartments: made.map((m) => m.info),
    lines: { c: linked.lines, assemblyscript: allLines(compartments) },
    stack,
    tools: {
      assemblyscript: packageVersion(join(ROOT, "node_modules", "assemblyscript")),
      wabt: packageVersion(join(ROOT, "node_modules", "wabt")),
      ...linked.tools,
    },
  };
  return { image: writeInfo(readFileSync(linked.stripped ?? out), info), symbols: await withModules(out, made) };
}

async function makeCompartment(
  { name, entry, pages }: Compartment,
  folder: string,
): Promise<{ c: string; wasm: string; info: CompartmentInfo }> {
  const wasm = await step(`compile ${name}`, () => compileOnboard(entry, { pages }));
  const module = await gate(name, wasm, pages);
  assertAcyclic(name, module);
  const { c } = await wasmToC(name, wasm, folder);
  const bytes = readFileSync(wasm);
  const files = sourcesOf(entry);
  return {
    c,
    wasm,
    info: {
      name,
      sha256: sha256(bytes),
      wasmBytes: bytes.length,
      memoryBytes: pages * 65536,
      imports: module.imports.length,
      functions: module.functions.length,
      files: files.length,
      lines: sumLines(files),
    },
  };
}

const sumLines = (files: Iterable<string>) => [...files].reduce((sum, file) => sum + countLines(join(ROOT, file)), 0);
const allLines = (compartments: readonly Compartment[]) =>
  sumLines(new Set(compartments.flatMap((c) => sourcesOf(c.entry))));

/** C for an ELF note of `room` bytes, to be filled in after the link. */
function noteSource(room: number): string {
  return `// Room for how the image was built (appliance/build/info.ts).
__attribute__((used, aligned(4), section(".note.weir.build"))) static const struct {
  unsigned owner, size, type;
  char name[8], text[${room}];
} build_info = {${NOTE_OWNER.length + 1}, ${room}, ${NOTE_BUILD}, "${NOTE_OWNER}", {0}};
`;
}

/** The image with how it was built in the note that is left for it. @throws Error when there is none, or too little room */
export function writeInfo(image: Uint8Array, info: BuildInfo): Uint8Array {
  const note = readElf(image).notes.find((n) => n.owner === NOTE_OWNER && n.type === NOTE_BUILD);
  if (!note) throw new Error('the linker script has dropped the ELF note "Weir" 2 (section .note.weir.build)');
  const text = Buffer.from(JSON.stringify(info));
  if (text.length > note.bytes.length)
    throw new Error(`the build record has ${text.length} bytes, but only ${note.bytes.length} fit`);
  const written = Uint8Array.from(image);
  written.set(text, note.at);
  return written;
}

/** Over everything the image is made of, with the versions of what makes it: another compiler or linker makes it anew. */
function hashInputs(arch: Arch, compartments: readonly Compartment[]): string {
  const tools = ["clang", "ld.lld"].map((tool) => execFileSync(tool, ["--version"], { encoding: "utf8" }));
  const hash = createHash("sha256").update(JSON.stringify([arch, compartments, tools]));
  const files = [
    ...new Set(compartments.flatMap(({ entry }) => sourcesOf(entry))),
    ...filesUnder("appliance/runtime").filter((file) => !ofAnotherArch(file, arch)),
    ...filesUnder("appliance/build"),
    "appliance/contract/abi.h",
    "package-lock.json",
  ];
  for (const file of files) hash.update(`\0${file}\0`).update(readFileSync(join(ROOT, file)));
  return hash.digest("hex");
}

function ofAnotherArch(file: string, arch: Arch): boolean {
  return ARCHES.some((other) => other !== arch && file.includes(`/arch/${other}/`));
}

/** All files in a folder of the project and below, as paths relative to its root, sorted; tests left out. */
function filesUnder(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".test.ts"))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .sort();
}
