// weir build: what an option leaves in the image, as weir inspect finds it there.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { describeImage } from "../appliance/build/describe.ts";
import { command } from "./build.ts";
import { whyNoImage } from "./image-replay.ts";
import { commandConsole } from "./testing/console.ts";

const seen = commandConsole("build");
const build = (...options: string[]) =>
  command().parseAsync(["-o", join(seen.folder, "weir.elf"), ...options], { from: "user" });
const reason = await whyNoImage();
if (reason) console.log(`skipped: weir build: ${reason}`);

it.skipIf(reason)(
  "leaves the inert queues out where it is told to, and waits for `log` as the policy says",
  async () => {
    const described = () => describeImage(readFileSync(join(seen.folder, "weir.elf")));
    await build("-c", "fixtures/policy.yaml");
    expect(described()).toMatchObject({ oneQueue: false, logSilence: 0 });
    const policy = join(seen.folder, "policy.yaml");
    const text = readFileSync("fixtures/policy.yaml", "utf8");
    writeFileSync(policy, text.replace("    hostname: weir\n", "$&    stop-when-silent: 30s\n"));
    await build("-c", policy, "--one-queue");
    expect(described()).toMatchObject({ oneQueue: true, logSilence: 30 });
  },
);

it("refuses --one-queue without a policy, before it builds anything", async () => {
  await expect(build("--one-queue")).rejects.toThrow("--one-queue: expected a policy too (-c)");
  expect(existsSync(join(seen.folder, "weir.elf.debug"))).toBe(false);
});
