import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { ROOT } from "../../lib/asc.ts";
import { SANITIZED } from "../sanitized.ts";

const run = promisify(execFile);

// REQ-DIODE-012, REQ-DIODE-018, REQ-LOG-011
it("no device that lies is believed, no honest one refused (rings.c, 400 trials under sanitizers)", async () => {
  const runtime = join(ROOT, "appliance", "runtime");
  const folder = mkdtempSync(join(tmpdir(), "weir-rings-"));
  try {
    const program = join(folder, "rings");
    const include = [join(runtime, "test", "hosted"), runtime, join(ROOT, "appliance", "contract")];
    const files = [join(runtime, "test", "hosted", "rings.c"), "-o", program];
    await run("clang", ["-std=gnu11", ...SANITIZED, ...include.flatMap((i) => ["-I", i]), ...files]);
    const { stdout } = await run(program, ["1", "400"]);
    expect(stdout.split("\r").at(-1)).toBe("400 trials: right\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

// REQ-DIODE-018
it("the user part reads each word that a device writes once, and what it receives by copying it out", () => {
  const user = join(ROOT, "appliance", "runtime", "user");
  const uses = readdirSync(user).flatMap((name) =>
    readFileSync(join(user, name), "utf8")
      .split("\n")
      .map((line) => line.replace(/\/\/.*/, ""))
      .flatMap((line) => line.match(/\S*(?:weir_device_rings|weir_receive_buffer)/g) ?? []),
  );
  expect(uses.length).toBeGreaterThan(5);
  const once = ["__atomic_load_n(&weir_device_rings", "READ_ONCE(weir_device_rings", "weir_receive_buffer"];
  expect(uses.filter((use) => !once.some((way) => use.endsWith(way)))).toEqual([]);
});
