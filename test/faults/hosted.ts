/** Programs of native/: the runtime's own files with a device, a clock or a policy around them that fails; under sanitizers. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { NATIVE_INCLUDE } from "../../appliance/build/native.ts";
import { ROOT } from "../../lib/asc.ts";
import { SANITIZED } from "../sanitized.ts";

const run = promisify(execFile);
const NATIVE = join(ROOT, "test", "faults", "native");
const RUNTIME = join(ROOT, "appliance", "runtime");
const INCLUDE = [NATIVE, join(RUNTIME, "test", "hosted"), RUNTIME, join(ROOT, "appliance", "contract"), NATIVE_INCLUDE];
const FLAGS = ["-std=gnu11", ...SANITIZED, '-DWEIR_VERSION="0"', ...INCLUDE.flatMap((folder) => ["-I", folder])];

export class Hosted {
  readonly folder = mkdtempSync(join(tmpdir(), "weir-faults-"));

  /** Compiles native/NAME.c; what it prints when it is run with these arguments. */
  async program(name: string): Promise<(...args: string[]) => Promise<string>> {
    const path = join(this.folder, name);
    await run("clang", [...FLAGS, join(NATIVE, `${name}.c`), "-o", path]);
    return async (...args) => (await run(path, args, { timeout: 60_000, maxBuffer: 1 << 26 })).stdout;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
