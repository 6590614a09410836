// Starts what tests start, says so, and never ends.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "vitest";
import { PROGRAMS } from "../../../appliance/hosts/qemu.ts";
import { Segment, whyNot } from "../../live/segment.ts";
import { VARIABLE } from "../sweep.ts";

it("is killed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "weir-abandoned-"));
  const started: number[] = [];
  for (const qemu of Object.values(PROGRAMS)) {
    if (spawnSync(qemu, ["--version"]).status !== 0) continue;
    started.push(spawn(qemu, ["-machine", "none", "-display", "none", "-S"], { stdio: "ignore" }).pid!);
  }
  // A process whose parent has ended, in a session of its own
  const orphan = spawnSync("setsid", ["sh", "-c", "sleep 1000 >/dev/null 2>&1 & echo $!"], { encoding: "utf8" });
  started.push(Number(orphan.stdout));
  const spaces: string[] = [];
  if (!whyNot(["ip"])) {
    const segment = new Segment();
    segment.attach("source", "52:54:00:00:00:01", "10.0.0.1/24");
    segment.start("source", "sleep", "1000");
    spaces.push(segment.namespace("source"), segment.tap("destination"));
  }
  const run = process.env[VARIABLE]!;
  writeFileSync(join(folder, "file"), "");
  writeFileSync(process.env.WEIR_ABANDONED!, JSON.stringify({ run, started, spaces }));
  await new Promise(() => {});
});
