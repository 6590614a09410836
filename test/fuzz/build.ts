/**
 * The fuzzers: the compartments' C (appliance/build/native.ts) and the runtime's, with libFuzzer and sanitizers. Objects are kept
 * under build/fuzz by the hash of what they are made of, so a second build with nothing changed costs a preprocessor's run.
 */
import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { COMPARTMENTS } from "../../appliance/build/compartments.ts";
import { NATIVE_FLAGS, NATIVE_INCLUDE, wasmToC } from "../../appliance/build/native.ts";
import { compileOnboard, ROOT } from "../../lib/asc.ts";
import { type Compiled, compilePolicies, TRANSFER_KEY } from "./policies.ts";
import { traffic } from "./seeds.ts";

export const BUILD = join(ROOT, "build", "fuzz");
const NATIVE = join(ROOT, "test", "fuzz", "native");
const RUNTIME = join(ROOT, "appliance", "runtime");
const HOSTED = join(RUNTIME, "test", "hosted");

const COMMON = ["-std=gnu11", "-O1", "-g1", "-fno-omit-frame-pointer", "-fno-sanitize-recover=all"];
/**
 * Of the undefined-behaviour checks the generated C has those that can say something of it: it goes to memory through memcpy from
 * one array only, whose bounds are checked.
 */
const GENERATED = [
  ...[...NATIVE_FLAGS.filter((flag) => flag !== "-O2"), ...COMMON, "-fno-strict-aliasing", "-w", "-I", NATIVE_INCLUDE],
  "-fsanitize=fuzzer-no-link,address,shift,signed-integer-overflow,integer-divide-by-zero,float-cast-overflow,unreachable",
];
/** The journal compares text, byte by byte, most of the time: of no use as hints to mutation. */
const JOURNAL = [
  ...GENERATED.map((flag) => flag.replace("fuzzer-no-link,", "")),
  "-fsanitize-coverage=inline-8bit-counters,pc-table",
];
const OWN = [
  ...[...COMMON, "-Wall", "-Wextra", "-Werror", "-Wno-unused-function", "-fsanitize=fuzzer-no-link,address,undefined"],
  ...[HOSTED, RUNTIME, join(ROOT, "appliance", "contract"), NATIVE_INCLUDE].flatMap((folder) => ["-I", folder]),
  '-DWEIR_VERSION="0"',
];

/** Fuzzing that goes on (native/stream.c): as fast as can be, with edges counted. */
const FAST = ["-std=gnu11", "-O2", "-g1", "-fsanitize-coverage=inline-8bit-counters,pc-table"];

export type ProgramName = "appliance" | "rings" | "setup";

export interface Fuzzers {
  /** Paths of the programs. */
  appliance: string;
  rings: string;
  setup: string;
  /** native/stream.c; built when it is asked for. `policies`: others of the same names. */
  stream(policies?: Compiled["policies"]): Promise<string>;
  /** The same without the checks for undefined behaviour, each of which is an edge that must not be taken: for counting. */
  counting(name: ProgramName): Promise<string>;
  policies: Compiled["policies"];
}

/** Why none can be built here, or undefined. */
export function whyNoFuzzer(): string | undefined {
  try {
    const folder = execFileSync("clang", ["-print-runtime-dir"], { encoding: "utf8" }).trim();
    const other = execFileSync("clang", ["-print-resource-dir"], { encoding: "utf8" }).trim();
    const found = [folder, join(other, "lib", "linux")].some(
      (at) => existsSync(join(at, "libclang_rt.fuzzer-x86_64.a")) || existsSync(join(at, "libclang_rt.fuzzer.a")),
    );
    return found ? undefined : "clang has no libFuzzer here (Debian: libclang-rt-14-dev)";
  } catch {
    return "not installed: clang";
  }
}

const run = promisify(execFile);

async function clang(args: string[], cwd = ROOT): Promise<string> {
  try {
    return (await run("clang", args, { cwd, maxBuffer: 1 << 28 })).stdout;
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new Error(`clang ${args.join(" ")}:\n${stderr || String(error)}`);
  }
}

/** Makes a file by the hash of what it is made of, once. */
async function kept(name: string, made: string, make: (out: string) => Promise<unknown>): Promise<string> {
  const hash = createHash("sha256").update(made).digest("hex").slice(0, 24);
  const out = join(BUILD, "kept", `${name}-${hash}`);
  if (existsSync(out)) return out;
  mkdirSync(join(BUILD, "kept"), { recursive: true });
  const temporary = `${out}.${process.pid}`;
  await make(temporary);
  renameSync(temporary, out);
  return out;
}

async function object(source: string, flags: readonly string[], salt = ""): Promise<string> {
  const preprocessed = await clang([...flags, "-E", source]);
  return kept("o", [salt, ...flags, preprocessed].join("\0"), (out) => clang([...flags, "-c", source, "-o", out]));
}

function program(name: string, objects: readonly string[]): Promise<string> {
  return kept(name, objects.join("\0"), (out) => clang(["-fsanitize=fuzzer,address,undefined", ...objects, "-o", out]));
}

/** The policies and the traffic as C. */
async function data(policies: Compiled["policies"], flags: Flags = ["-fsanitize=address"]): Promise<string> {
  const containers = Buffer.concat(policies.map(({ container }) => container));
  const offsets = [0];
  for (const { container } of policies) offsets.push(offsets.at(-1)! + container.length);
  const bytes = (list: Uint8Array) => [...list].join(",");
  const packets = traffic();
  const source = `#include <stdint.h>
_Alignas(8) const uint8_t fuzz_policies[] = {${bytes(containers)}};
const uint32_t fuzz_policy_at[] = {${offsets.join(",")}}, fuzz_policy_count = ${policies.length};
const uint32_t fuzz_policy_again[] = {${policies.map(({ again }) => Number(again)).join(",")}};
const uint8_t fuzz_traffic[] = {${bytes(packets)}}, fuzz_transfer_key[32] = {${bytes(TRANSFER_KEY)}};
const char *const fuzz_policy_name[] = {${policies.map(({ name }) => `"${name}"`).join(",")}};
const uint32_t fuzz_traffic_length = ${packets.length};
`;
  const path = await kept("data.c", source, async (out) => writeFileSync(out, source));
  const made = [source, ...flags].join("\0");
  return kept("o", made, (out) => clang(["-x", "c", "-g0", ...flags, "-c", path, "-o", out]));
}

/**
 * wasm-ops.h with its bounds check as a call: the same check, but no edge for each access that no input may ever take, which
 * would be nine of ten edges of the program, and nothing of it in libFuzzer's table of comparisons.
 */
function checksByCall(): string {
  const original = readFileSync(join(NATIVE_INCLUDE, "wasm-ops.h"), "utf8");
  const check =
    /#define CHECK\(address, n\) \\\n {2}do \{ (if \(UNLIKELY\(\(address\) .*\)\) TRAP\(OUT_OF_BOUNDS\);) \} while \(0\)/;
  if (!check.test(original)) throw new Error("wasm-ops.h: its CHECK is not the one that is replaced here");
  const by = `__attribute__((noinline, no_sanitize("coverage"))) static void check(u64 address, u64 n) { $1 }
#define CHECK(address, n) check((address), (n))`;
  return original.replace(check, by);
}

type Flags = readonly string[];
/** No inlining: what is inlined into the harness is none of its edges, but the runtime's. */
const COUNTING: Flags = [...OWN.map((flag) => flag.replace(/,undefined$/, "")), "-fno-inline"];

const C = join(BUILD, "c");

/** The compartments as C; paths. */
async function generate(): Promise<string[]> {
  mkdirSync(C, { recursive: true });
  writeFileSync(join(C, "wasm-ops.h"), checksByCall());
  return Promise.all(
    COMPARTMENTS.map(async ({ name, entry, pages }) => {
      const { c } = await wasmToC(name, await compileOnboard(entry, { pages }), C);
      return c;
    }),
  );
}

async function stream(policies: Compiled["policies"]): Promise<string> {
  const quick = [
    ...NATIVE_FLAGS.filter((flag) => flag !== "-O2"),
    ...FAST,
    "-fno-strict-aliasing",
    "-w",
    "-I",
    NATIVE_INCLUDE,
  ];
  const own = [...OWN.filter((flag) => !/^-(O1|g1|fsanitize|fno-sanitize|fno-omit)/.test(flag)), ...FAST, "-I", C];
  const objects = await Promise.all([
    ...(await generate()).map((c) => object(c, quick)),
    data(policies, ["-O2"]),
    object(join(NATIVE, "stream.c"), own),
  ]);
  return kept("stream", objects.join("\0"), (out) => clang([...objects, "-o", out]));
}

/** @returns what links the program around appliance.c compiled with these flags */
async function appliance(policies: Promise<Compiled["policies"]>): Promise<(flags: Flags) => Promise<string>> {
  const folder = C;
  const generated = await generate();
  const own = (flags: Flags) => object(join(NATIVE, "appliance.c"), [...flags, "-I", folder]);
  const objects = await Promise.all([
    ...generated.map((c) => object(c, c.endsWith("journal.c") ? JOURNAL : GENERATED)),
    policies.then(data),
    own(OWN), // with the others: both processors are in use
  ]);
  return async (flags) => program("appliance", [...objects.slice(0, -1), await own(flags)]);
}

/**
 * rings or setup with some of the runtime's files changed: what a fuzzer is for must be found by it.
 * @param changed path in appliance/runtime -> its text
 */
export async function buildSpoilt(name: "rings" | "setup", changed: Record<string, string>): Promise<string> {
  const folder = join(BUILD, "spoilt", createHash("sha256").update(JSON.stringify(changed)).digest("hex").slice(0, 16));
  for (const [file, text] of Object.entries(changed)) {
    mkdirSync(join(folder, file, ".."), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return small(name, ["-I", folder, ...OWN]);
}

const small = async (name: string, flags: Flags): Promise<string> =>
  program(name, [await object(join(NATIVE, `${name}.c`), flags)]);

/** Builds what has changed. @throws Error with clang's own words */
export async function buildFuzzers(): Promise<Fuzzers> {
  const policies = compilePolicies();
  const link = appliance(policies);
  const build = async (name: ProgramName, flags: Flags) =>
    name === "appliance" ? (await link)(flags) : small(name, flags);
  const [one, rings, setup] = await Promise.all([build("appliance", OWN), build("rings", OWN), build("setup", OWN)]);
  return {
    ...{ appliance: one, rings, setup, policies: await policies },
    stream: async (others) => stream(others ?? (await policies)),
    counting: (name) => build(name, COUNTING),
  };
}
