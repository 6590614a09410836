// What an image makes of a CPU that others want, too.
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { placePolicy } from "../../appliance/build/place.ts";
import { arches, Images, policy, prebuilt } from "./images.ts";

const STARTS = 10;
const OTHERS = 4;
const reason = !arches.includes("x86_64")
  ? "no QEMU for x86-64"
  : spawnSync("taskset", ["-c", "0", "true"]).status !== 0 && "no taskset";
if (reason) console.log(`skipped: a CPU that others want, too: ${reason}`);

describe.skipIf(reason)("on a CPU that others want, too", () => {
  let images: Images;
  const others: ChildProcess[] = [];
  beforeAll(async () => {
    images = await Images.open("x86_64");
    for (let n = 0; n < OTHERS; n++) others.push(spawn("taskset", ["-c", "0", "sh", "-c", "while :; do :; done"]));
  });
  afterAll(async () => {
    for (const other of others) other.kill();
    await images.close();
  });

  // REQ-IMAGE-013
  it("measures the counter's frequency right, each time", async () => {
    const image = images.write("clock", placePolicy(await prebuilt("x86_64"), policy()));
    const measured: number[] = [];
    for (let n = 0; n < STARTS; n++) {
      // TCG does not say the frequency: it is measured by the 8254
      const running = images.start({ ...images.options(image), accelerator: "tcg" });
      execFileSync("taskset", ["-a", "-c", "-p", "0", String(running.process.pid)], { stdio: "ignore" });
      await running.ready;
      measured.push(Number(/clock 8254 (\d+) MHz/.exec(running.lines.join("\n"))![1]));
      await running.stop();
    }
    const middle = measured.toSorted((a, b) => a - b)[STARTS >> 1]!;
    for (const one of measured) expect(Math.abs(one - middle) / middle, measured.join(" ")).toBeLessThan(0.03);
  });
});
