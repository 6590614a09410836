/**
 * weir deploy on a service that runs real images under QEMU on taps: another good image, one that does not boot, one that boots and is never
 * ready, one that is ready and then silent. A shell script stands for systemd.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { prebuiltImage, withPolicy } from "../../appliance/build/for.ts";
import { readStatus } from "../../appliance/hosts/service/status.ts";
import { CURRENT } from "../../appliance/hosts/service/store.ts";
import { whyNoImage } from "../../cli/image-replay.ts";
import { compilePolicy } from "../../diode/policy.ts";
import { ROOT } from "../../lib/asc.ts";
import { until } from "../../lib/testing/until.ts";
import { badImage } from "./bad-images.ts";
import { Segment, SIDES, whyNot } from "./segment.ts";

const reason = whyNot(["ip", "setsid"]) ?? (await whyNoImage("x86_64"));
if (reason) console.log(`skipped: deploying images to a service: ${reason}`);

const WEIR = join(ROOT, "bin", "weir");

describe.skipIf(reason)("weir deploy", () => {
  const folder = mkdtempSync(join(tmpdir(), "weir-deploy-"));
  const at = (name: string) => join(folder, name);
  let segment: Segment;
  const status = () => readStatus(at("status.json"));
  const log = () => (existsSync(at("run.log")) ? readFileSync(at("run.log"), "utf8") : "");

  /** Ends what runs and starts what current.elf leads to, as systemctl restart does; it does not wait until that is ready. */
  const supervisor = () => `#!/bin/sh
cd '${folder}'
if [ -e pid ]; then kill $(cat pid) 2>/dev/null; while kill -0 $(cat pid) 2>/dev/null; do sleep 0.05; done; fi
setsid '${process.execPath}' '${WEIR}' run images/current.elf --in ${segment.tap("source")} --out ${segment.tap("destination")} \\
  --log ${segment.tap("collector")} --boot boot --status status.json --patience 600 --wiring none >> run.log 2>&1 < /dev/null &
echo $! > pid
`;
  const deploy = (...words: string[]) => {
    const more = ["--folder", "images", "--status", "status.json", "--restart", "sh ./restart", "--patience", "15"];
    const done = spawnSync(process.execPath, [WEIR, "deploy", ...words, ...more], { cwd: folder, encoding: "utf8" });
    return { code: done.status, said: done.stdout, trouble: done.stderr };
  };
  const current = () => readlinkSync(join(at("images"), CURRENT));

  beforeAll(async () => {
    segment = new Segment();
    for (const side of SIDES) spawnSync("ip", ["link", "set", segment.tap(side), "up"]);
    writeFileSync(at("restart"), supervisor());
    const prebuilt = await prebuiltImage("x86_64");
    const good = withPolicy(prebuilt, compilePolicy("fixtures/policy.yaml"));
    writeFileSync(at("good.elf"), good);
    writeFileSync(at("better.elf"), withPolicy(prebuilt, compilePolicy("fixtures/policy.yaml"), { edition: 2 }));
    for (const fault of ["dead", "never-ready", "silent"] as const)
      writeFileSync(at(`${fault}.elf`), badImage(good, fault));
  });

  afterAll(async () => {
    if (existsSync(at("pid"))) {
      const pid = Number(readFileSync(at("pid"), "utf8"));
      spawnSync("kill", [String(pid)]);
      await until(() => !existsSync(`/proc/${pid}`));
    }
    segment?.remove();
    rmSync(folder, { recursive: true });
  });

  // REQ-GROUND-025
  it("the first image runs, and another one with a greater number", () => {
    const first = deploy("good.elf");
    expect(first, log()).toMatchObject({ code: 0, trouble: "" });
    expect(first.said).toMatch(/^1\.elf runs: start \d+, [3-9] signs of life$/m);
    const before = BigInt(status()!.boot);
    const second = deploy("better.elf");
    expect(second, log()).toMatchObject({ code: 0, trouble: "" });
    expect([current(), status()!.state]).toEqual(["2.elf", "ready"]);
    expect(BigInt(status()!.boot)).toBeGreaterThan(before);
  });

  // REQ-GROUND-025
  it.each([
    ["does not boot", "dead.elf", /^3\.elf: it ended: the image ended: /m],
    ["is never ready", "never-ready.elf", /^3\.elf: it was not ready within 15 s$/m],
    [
      "is ready and then silent",
      "silent.elf",
      /^3\.elf: it was ready, but after 15 s the host had seen 0 of 3 signs of life on log$/m,
    ],
  ])("an image that %s is replaced by the one of before", (_, image, why) => {
    const before = BigInt(status()!.boot);
    const done = deploy(image);
    expect(done, log()).toMatchObject({ code: 3, trouble: "" });
    expect(done.said).toMatch(why);
    expect(done.said).toMatch(/^going back to 2\.elf\n2\.elf runs again: start \d+, [3-9] signs of life$/m);
    expect([current(), status()!.state]).toEqual(["2.elf", "ready"]);
    expect(BigInt(status()!.boot)).toBeGreaterThan(before + 1n);
    expect(readdirSync(at("images")).sort()).toEqual(["1.elf", "2.elf", "current.elf"]);
  });

  it("going back takes the image that was deployed before, the list says which runs, only the last ones stay", () => {
    expect(deploy("--back")).toMatchObject({ code: 0, said: expect.stringContaining("1.elf runs") });
    expect(deploy("--back").trouble).toContain("--back: images has no earlier image");
    expect(deploy("good.elf", "--keep", "2").said).toContain("1.elf is no longer kept");
    expect(deploy("--list").said).toMatch(/^3\.elf sha256 [0-9a-f]{64}, runs\n2\.elf sha256 [0-9a-f]{64}\n$/);
  });

  it("what is no image, has no policy, or is older than what runs changes nothing", () => {
    const boot = status()!.boot;
    writeFileSync(at("text.elf"), "no image");
    expect(deploy("text.elf")).toMatchObject({ code: 1, trouble: expect.stringContaining("text.elf: ") });
    writeFileSync(at("bare.elf"), readFileSync(join(ROOT, "build", "weir-x86_64.elf")));
    expect(deploy("bare.elf").trouble).toContain(
      "bare.elf: has no policy, expected an image of weir build -c policy.yaml",
    );
    expect(deploy("good.elf", "--keep", "1").trouble).toContain("--keep 1: expected a whole number from 2");
    expect(deploy("good.elf", "--service", "../x").trouble).toContain("--service ../x: expected 1 to 64 letters");
    expect(deploy().trouble).toContain("expected an image, or --back");
    expect([status()!.boot, current()]).toEqual([boot, "3.elf"]);
  });
});
