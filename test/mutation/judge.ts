/** Programs of appliance/runtime/test/hosted: each judges sources of the runtime, the tree's own or changed ones. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "../../lib/asc.ts";

const run = promisify(execFile);
const runtime = join(ROOT, "appliance", "runtime");

/** A program and its arguments. */
export interface Judge {
  program: string;
  args: readonly string[];
  /** Folders of the runtime that it takes headers from first. */
  include: readonly string[];
  /** Seconds of processor time after which it hangs: several times what it takes with the tree's sources. */
  seconds: number;
}
/** For programs that take longer because of sanitizers, or of what they are asked to do. */
export const UNLIMITED = { seconds: 0 };

export const MUTANT_FLAGS = ["-O0", "-w"];

export const sourceOf = (file: string) => readFileSync(join(runtime, file), "utf8");

/** What clang needs to find the program's sources. @param first folders that come before the runtime's */
function compiling(judge: Judge, first: readonly string[] = []): string[] {
  const own = judge.include.map((path) => join(runtime, path));
  const folders = [...first, ...own, runtime, join(ROOT, "appliance", "contract")];
  const source = join(runtime, "test", "hosted", `${judge.program}.c`);
  return ["-std=gnu11", '-DWEIR_VERSION="0"', ...folders.flatMap((path) => ["-I", path]), source];
}

/** Every file that the program is made of, but for the compiler's own. */
export async function filesOf(judge: Judge): Promise<string[]> {
  const { stdout } = await run("clang", ["-MM", ...compiling(judge)]);
  return stdout
    .replaceAll("\\\n", " ")
    .split(/\s+/)
    .slice(1)
    .filter(Boolean)
    .map((path) => relative(ROOT, path))
    .sort();
}

export class Court {
  readonly #folder = mkdtempSync(join(tmpdir(), "weir-mutation-"));

  /** What became of the program with these sources in place of the tree's: undefined where it found nothing wrong. */
  async verdict(
    judge: Judge,
    name: string,
    sources: Record<string, string>,
    flags: readonly string[],
  ): Promise<string | undefined> {
    const at = join(this.#folder, name);
    for (const [file, text] of Object.entries(sources)) {
      mkdirSync(dirname(join(at, file)), { recursive: true });
      writeFileSync(join(at, file), text);
    }
    const program = join(this.#folder, `${name}.out`);
    try {
      await run("clang", [...flags, ...compiling(judge, [at]), "-o", program]);
    } catch {
      return "does not compile";
    }
    try {
      // By processor time, which does not depend on what else the machine does
      const limit = judge.seconds ? [`--cpu=${judge.seconds}:${judge.seconds + 1}`] : [];
      await run("prlimit", [...limit, program, ...judge.args], { maxBuffer: 1 << 26 });
      return undefined;
    } catch (error) {
      const { stdout, signal } = error as { stdout?: string; signal?: NodeJS.Signals };
      return signal === "SIGXCPU"
        ? "hangs"
        : (stdout
            ?.split(/[\r\n]/)
            .filter(Boolean)
            .at(-1) ?? "crashes");
    } finally {
      rmSync(at, { recursive: true, force: true });
      rmSync(program, { force: true });
    }
  }

  close(): void {
    rmSync(this.#folder, { recursive: true });
  }
}
