import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, vi } from "vitest";

/** What one test's commands have written so far, and a folder for their files. */
export interface CommandConsole {
  out: string;
  talk: string;
  folder: string;
}

/** For each test of the file a new one; an exit code that a command left is taken back, also one of another file's test. */
export function commandConsole(name: string): CommandConsole {
  const seen: CommandConsole = { out: "", talk: "", folder: "" };
  beforeEach(() => {
    process.exitCode = undefined;
    Object.assign(seen, { out: "", talk: "", folder: mkdtempSync(join(tmpdir(), `weir-${name}-`)) });
    vi.stubEnv("XDG_STATE_HOME", join(seen.folder, "state"));
    for (const [stream, to] of [
      [process.stdout, "out"],
      [process.stderr, "talk"],
    ] as const)
      vi.spyOn(stream, "write").mockImplementation((text) => {
        seen[to] += text;
        return true;
      });
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    process.exitCode = undefined;
    rmSync(seen.folder, { recursive: true });
  });
  return seen;
}
