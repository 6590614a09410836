// Compiles the runtime (C and assembly, freestanding) and the compartments' C, and links them into an image. Only the
// compiler and the linker of the host are used, and nothing that would make the result depend on where or when it runs.

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join, relative, resolve } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "../../lib/asc.ts";
import { makeOnce } from "../../lib/lock.ts";
import type { Arch } from "../contract/arch.ts";
import type { Linked, LinkRequest } from "./image.ts";
import { countLines } from "./info.ts";
import { NATIVE_FLAGS, NATIVE_INCLUDE } from "./native.ts";
import { packageVersion } from "./version.ts";

export interface RuntimeRequest extends LinkRequest {
  /** C macros for the runtime's own files. */
  defines?: Record<string, string>;
  /** Takes the place of runtime/user: test images. With user_main(). */
  user?: readonly string[];
  /** Files in the place of others: by the path of the other in runtime/. Images that are spoilt on purpose: tests. */
  replace?: Record<string, string>;
}

/** Bytes of stack that the user part has; the pipeline checks that it cannot need more. */
export const USER_STACK = 16384;

const RUNTIME = join(ROOT, "appliance", "runtime");

/** Of the kernel part alone: nothing there may be at the mercy of an interrupt. */
const KERNEL_ONLY: Record<Arch, readonly string[]> = { x86_64: ["-mno-red-zone"], aarch64: [] };

/**
 * What a compartment's bounds check ends in: as short as there is. The kernel part knows that in a compartment no other
 * instruction is undefined.
 */
const BOUNDS_TRAP: Record<Arch, string> = { x86_64: "ud2", aarch64: "udf #0" };

/**
 * An aarch64 image runs wherever in memory it is put: code finds things by their distance, and boot.S adds where it is to
 * the addresses in constants, which the linker lists.
 */
const LINK_ONLY: Record<Arch, readonly string[]> = {
  x86_64: [],
  aarch64: ["-pie", "--no-dynamic-linker", "-z", "notext", "--pack-dyn-relocs=relr"],
};

interface Flags {
  kernel: readonly string[];
  user: readonly string[];
  generated: readonly string[];
}

function flagsFor(arch: Arch): Flags {
  const include = ["-I", RUNTIME, "-I", join(RUNTIME, "arch", arch), "-I", join(ROOT, "appliance", "contract")];
  const common = [
    `--target=${arch}-unknown-elf`,
    ...["-ffreestanding", "-fno-pic", "-fno-stack-protector", "-fno-asynchronous-unwind-tables", "-ffunction-sections"],
    "-fomit-frame-pointer", // the ground finds the calls on a stack by DWARF (debug/frames.ts)
    ...["-g", "-O2", "-Wall", "-Wextra", "-Werror", `-ffile-prefix-map=${ROOT}/=`, "-fdebug-compilation-dir=."],
  ];
  return {
    // Nothing here may use vector registers: the kernel part does not save them, and some hypervisors interpret ring 0.
    kernel: [...common, "-std=c11", ...KERNEL_ONLY[arch], "-mgeneral-regs-only", ...include],
    user: [...common, "-std=c11", "-fstack-usage", ...include, "-I", NATIVE_INCLUDE],
    generated: [
      ...[...common, ...NATIVE_FLAGS, "-fno-strict-aliasing", "-fstack-usage", "-I", NATIVE_INCLUDE],
      `-DWEIR_BOUNDS_TRAP="${BOUNDS_TRAP[arch]}"`,
    ],
  };
}

/** What the kernel part may take from elsewhere: places the linker script names, and where the user part begins. */
const KERNEL_NEEDS = /^(image|policy|low|(kernel|user|inspect|guard|journal|low|image)_\w+)$/;

interface Unit {
  source: string;
  object: string;
  flags: readonly string[];
}

/**
 * Links an image without a policy at `out`, with symbols and line numbers; the image to be started is `stripped`.
 * Its user part is runtime/user, or the request's own.
 * @throws Error with clang's or the linker's own messages, or when the kernel part refers to code of the user part.
 */
export async function linkImage(request: RuntimeRequest): Promise<Linked & { stripped: string }> {
  const { folder, out, arch = "x86_64" } = request;
  const units = plan(request);
  const made = await ingredients(folder);
  await Promise.all(units.map((unit) => compile(unit, folder, made)));
  const kernel = units.map((unit) => unit.object).filter((object) => object.startsWith("k-"));
  await refuseForeignCalls(kernel, folder);
  const objects = units.map((unit) => unit.object);
  const script = ["-T", join(RUNTIME, "arch", arch, "link.ld"), `--defsym=USER_STACK=${USER_STACK}`];
  const strict = ["-z", "max-page-size=4096", "--build-id=none", "--fatal-warnings", "--orphan-handling=error"];
  const flags = [...script, ...strict, ...LINK_ONLY[arch]];
  const stripped = `${out}.stripped`;
  await tool("ld.lld", [...flags, "-o", out, ...objects], folder);
  await tool("ld.lld", [...flags, "--strip-all", "-o", stripped, ...objects], folder);
  for (const file of [out, stripped]) markExecutable(file);
  return {
    stripped,
    usage: units.map(({ object }) => join(folder, object.replace(/o$/, "su"))).filter((file) => existsSync(file)),
    stack: { entry: "user_main", bytes: USER_STACK },
    lines: runtimeLines(arch),
    tools: { clang: await version("clang"), lld: await version("ld.lld") },
  };
}

/** Linked as what may be put anywhere, an image still says where it is meant to be: there, loaders need not move it. */
function markExecutable(file: string): void {
  const bytes = readFileSync(file);
  const ET_EXEC = 2;
  bytes.writeUInt16LE(ET_EXEC, 16);
  writeFileSync(file, bytes);
}

function compile(unit: Unit, folder: string, made: Ingredients): Promise<unknown> {
  const { source, object, flags } = unit;
  // Of assembly, debug information has the name that it was given: no prefix map changes it.
  const assembly = source.endsWith(".S");
  const [named, cwd] = assembly ? [relative(ROOT, source), ROOT] : [source, folder];
  const make = () => tool("clang", [...flags, "-c", named, "-o", join(folder, object)], cwd);
  if (object.startsWith("c-")) return compileOnce(unit, folder, made.generated, make);
  // A file in the place of another (a spoilt image) is compiled once in its life.
  return source.startsWith(`${RUNTIME}/`) ? compileOnce(unit, folder, made.runtime, make) : make();
}

/** Digests of all that objects may be made of besides their source and flags. */
interface Ingredients {
  /** Of the compartments' C: the compiler, their headers and those of wasm. */
  generated: string;
  /** Of the runtime: beside these all of it, and the contract. */
  runtime: string;
}

async function ingredients(folder: string): Promise<Ingredients> {
  const hash = createHash("sha256").update(await tool("clang", ["--version"], "."));
  const add = (at: string, pattern: RegExp) => {
    for (const file of readdirSync(at, { recursive: at === RUNTIME, encoding: "utf8" }).sort())
      if (pattern.test(file)) hash.update(`\0${file}\0`).update(readFileSync(join(at, file)));
  };
  add(folder, /\.h$/);
  add(NATIVE_INCLUDE, /\.h$/);
  const generated = hash.copy().digest("hex");
  add(RUNTIME, /\.[chS]$/);
  add(join(ROOT, "appliance", "contract"), /\.h$/);
  return { generated, runtime: hash.digest("hex") };
}

/** Objects are kept by the hash of all that they are made of. */
async function compileOnce({ source, object, flags }: Unit, folder: string, made: string, make: () => Promise<string>) {
  const hash = createHash("sha256").update([made, source, object, ...flags].join("\0"));
  hash.update("\0").update(readFileSync(resolve(folder, source)));
  const kept = join(ROOT, "build", "objects", hash.digest("hex").slice(0, 32));
  mkdirSync(dirname(kept), { recursive: true });
  const own = join(folder, object).replace(/\.o$/, "");
  const copy = (from: string, to: string) => {
    for (const type of [".su", ".o"]) {
      if (!existsSync(from + type)) continue; // the kernel part's have no .su
      copyFileSync(from + type, `${to}${type}.${process.pid}`);
      renameSync(`${to}${type}.${process.pid}`, to + type);
    }
  };
  await makeOnce(
    `${kept}.o`,
    () => existsSync(`${kept}.o`),
    async () => {
      await make();
      copy(own, kept);
    },
  );
  copy(kept, own);
}

function plan({ arch = "x86_64", sources, folder, defines = {}, user, replace = {} }: RuntimeRequest): Unit[] {
  const flags = flagsFor(arch);
  const macros = Object.entries({ WEIR_VERSION: `"${packageVersion()}"`, ...defines }).map(([k, v]) => `-D${k}=${v}`);
  const unit = (kind: "k" | "u" | "c", original: string, flags: readonly string[]): Unit => {
    const source = replace[relative(RUNTIME, original)] ?? original;
    const object = `${kind}-${basename(source, extname(source))}.o`;
    return { source, object, flags };
  };
  return [
    ...[...filesIn(`arch/${arch}`), ...filesIn("kernel")].map((f) => unit("k", f, [...flags.kernel, ...macros])),
    ...(user ? [...user, ...filesIn("test/common")] : filesIn("user")).map((f) =>
      unit("u", f, [...flags.user, "-I", ".", ...macros]),
    ),
    unit("u", join(NATIVE_INCLUDE, "memory.c"), flags.user),
    // By a name without a folder: what is kept beside the image has the names, and is the same wherever it was made.
    ...sources.map((f) => unit("c", relative(folder, f), flags.generated)),
  ];
}

/** C and assembly of one folder of the runtime, sorted. */
function filesIn(folder: string): string[] {
  const names = readdirSync(join(RUNTIME, folder)).filter((name) => /\.[cS]$/.test(name));
  return names.sort().map((name) => join(RUNTIME, folder, name));
}

/** The compiler may call memcpy() where the source does not; in ring 0 that would run the user part's. */
async function refuseForeignCalls(objects: string[], folder: string): Promise<void> {
  const listing = await tool("llvm-nm", ["--format=posix", ...objects], folder);
  const symbols = [...listing.matchAll(/^(\w+) ([A-Za-z])\b/gm)].map(([, name, kind]) => ({
    name: name!,
    kind: kind!,
  }));
  const own = new Set(symbols.filter(({ kind }) => kind !== "U").map(({ name }) => name));
  const foreign = symbols.filter(({ name, kind }) => kind === "U" && !own.has(name) && !KERNEL_NEEDS.test(name));
  if (foreign.length) throw new Error(`the kernel part refers to ${foreign.map(({ name }) => name).join(", ")}`);
}

/** Lines that are not blank. */
function runtimeLines(arch: Arch): Record<string, number> {
  const sum = (folders: string[], matching: RegExp) =>
    folders
      .flatMap((folder) => readdirSync(join(RUNTIME, folder)).map((name) => join(folder, name)))
      .filter((file) => matching.test(file))
      .reduce((total, file) => total + countLines(join(RUNTIME, file)), 0);
  return {
    kernel: sum([`arch/${arch}`, "kernel"], /(?<!user)\.[chS]$/),
    user: sum(["user", "wasm"], /\.[ch]$/),
    virtio: sum(["virtio"], /\.h$/),
  };
}

async function version(program: string): Promise<string> {
  return /(\d+\.\d+\.\d+)/.exec(await tool(program, ["--version"], "."))?.[1] ?? "unknown";
}

async function tool(program: string, args: string[], cwd: string): Promise<string> {
  try {
    return (await promisify(execFile)(program, args, { cwd, maxBuffer: 1 << 26 })).stdout;
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new Error(`${program}: ${stderr || String(error)}`);
  }
}
