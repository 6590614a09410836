// AssemblyScript -> WebAssembly. One place for the compiler's flags, so that what tests run is what is linked.
import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { promisify } from "node:util";
import { type ExportsOf, exportsOf, type OnboardEntry } from "./exports.ts";
import { makeOnce } from "./lock.ts";
import { isRelease, moduleName, prebuilt, ROOT, sourcesOf } from "./sources.ts";

export { ROOT };

export const FLAGS = [
  "-O3",
  "--shrinkLevel=1",
  "--runtime=stub", // no garbage collector: nothing onboard allocates
  "--use=abort=", // a failed assertion is `unreachable`, not a call to the host
  "--debug", // function names: for the C that wasm2c writes, for traps, for coverage; they do not reach the ELF
  "--sourceMap", // beside the module: PATH.map (sourcemap.ts)
];

export interface CompileOptions {
  /** Fixed size of the linear memory in 64 KiB pages; without it, as many as the static data needs (tests). */
  pages?: number;
}

/**
 * Compiles one entry file to WebAssembly and returns the path of the .wasm. Kept under build/wasm by the hash of the
 * sources that it imports, and flags, so a second call with nothing changed costs a read of them. A release brings its modules.
 * @throws Error with the compiler's own `ERROR ... in file(line,column)` text.
 */
export async function compileOnboard(entry: string, options: CompileOptions = {}): Promise<string> {
  if (isRelease) return prebuilt(moduleName(entry, options.pages));
  const job = jobOf(entry, options);
  await makeOnce(
    job.out,
    () => existsSync(job.out),
    async () => {
      try {
        await promisify(execFile)(process.execPath, [ASC, ...job.args], { cwd: ROOT });
      } catch (error) {
        throw failure(job, error);
      }
      keep(job);
    },
  );
  return job.out;
}

/**
 * Compiles several entry files one behind the other in this process, those that are not there: the compiler's second run in a
 * process takes a third of the time of its first.
 */
export async function compileAll(entries: readonly [entry: string, options?: CompileOptions][]): Promise<void> {
  process.chdir(ROOT); // names of sources in modules and maps are relative to where the compiler runs
  for (const [entry, options] of entries) {
    const job = jobOf(entry, options ?? {});
    await makeOnce(
      job.out,
      () => existsSync(job.out),
      async () => {
        const { default: asc } = await import("assemblyscript/asc");
        const { error, stderr } = await asc.main(job.args);
        if (error) throw failure(job, { stderr: stderr.toString() });
        keep(job);
      },
    );
  }
}

/** Synchronous variant of compileOnboard(), for callers outside async code. */
export function compileOnboardSync(entry: string, options: CompileOptions = {}): string {
  if (isRelease) return prebuilt(moduleName(entry, options.pages));
  const job = jobOf(entry, options);
  if (existsSync(job.out)) return job.out;
  try {
    execFileSync(process.execPath, [ASC, ...job.args], { cwd: ROOT, stdio: "pipe", encoding: "utf8" });
  } catch (error) {
    throw failure(job, error);
  }
  keep(job);
  return job.out;
}

interface Job {
  name: string;
  out: string;
  temporary: string;
  /** Of the compiler. */
  args: string[];
}

const ASC = join(ROOT, "node_modules", "assemblyscript", "bin", "asc.js");

function jobOf(entry: string, options: CompileOptions): Job {
  const flags = [...FLAGS];
  if (options.pages) flags.push(`--initialMemory=${options.pages}`, `--maximumMemory=${options.pages}`);
  const name = relative(ROOT, resolve(ROOT, entry));
  const out = join(ROOT, "build", "wasm", `${hashSources(name, flags)}.wasm`);
  mkdirSync(dirname(out), { recursive: true });
  const temporary = `${out}.${process.pid}.${Math.trunc(performance.now() * 1000)}.wasm`; // asc names the map after it
  return { name, out, temporary, args: [name, "-o", temporary, ...flags] };
}

/** The map goes beside the module and not into it: the module must not know what this run's files were called. */
function keep({ temporary, out }: Job): void {
  const { version, sources, mappings } = JSON.parse(readFileSync(`${temporary}.map`, "utf8"));
  writeFileSync(`${temporary}.map`, JSON.stringify({ version, sources, mappings }));
  writeFileSync(temporary, withoutMapName(readFileSync(temporary)));
  renameSync(`${temporary}.map`, `${out}.map`);
  renameSync(temporary, out);
}

/** Without its last section, which names the map. @throws Error when that is another */
export function withoutMapName(wasm: Buffer): Buffer {
  const at = wasm.lastIndexOf("\x10sourceMappingURL");
  for (const header of [2, 3]) {
    const length = header === 2 ? wasm[at - 1]! : (wasm[at - 2]! & 0x7f) + wasm[at - 1]! * 128;
    if (at > 0 && wasm[at - header] === 0 && at + length === wasm.length) return wasm.subarray(0, at - header);
  }
  throw new Error("asc did not write where its source map is as the last section");
}

function failure({ name }: Job, error: unknown): Error {
  const { stderr, stdout } = error as { stderr?: string; stdout?: string };
  return new Error(`${name} does not compile:\n${stderr || stdout || String(error)}`);
}

/** Of all that the compiler reads, and of itself. */
function hashSources(entry: string, flags: readonly string[]): string {
  const { version } = JSON.parse(readFileSync(join(ROOT, "node_modules", "assemblyscript", "package.json"), "utf8"));
  const hash = createHash("sha256").update([entry, version, ...flags].join("\0"));
  for (const file of sourcesOf(entry)) hash.update(`\0${file}\0`).update(readFileSync(join(ROOT, file)));
  return hash.digest("hex").slice(0, 32);
}

/** Compiles an entry and instantiates it in this process; for tests of onboard code. */
export async function instantiateOnboard<Entry extends OnboardEntry>(
  entry: Entry,
): Promise<{ exports: ExportsOf<Entry> }> {
  return { exports: exportsOf<Entry>(new WebAssembly.Module(readFileSync(await compileOnboard(entry)))) };
}
