/** The image on real interfaces, with real tools around it: three network namespaces, a tap in each. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { prebuiltImage, withPolicy } from "../../appliance/build/for.ts";
import { chooseAccelerator, liveClock, MACS, type Running, startImage } from "../../appliance/hosts/qemu.ts";
import { whyNoImage } from "../../cli/image-replay.ts";
import { compilePolicy } from "../../diode/policy.ts";
import { until } from "../../lib/testing/until.ts";
import { Segment, whyNot } from "./segment.ts";

const reason = whyNot(["ip", "nmap", "tcpdump", "arping", "ping", "nc", "curl"]) ?? (await whyNoImage());
if (reason) console.log(`skipped: live traffic: ${reason}`);

const folder = mkdtempSync(join(tmpdir(), "weir-live-"));

describe.skipIf(reason)("the image between three networks", () => {
  let segment: Segment;
  let image: Running;
  let fromIn: () => string;
  let fromOut: () => string;
  let arrived: () => string;
  let collected: () => string;

  beforeAll(async () => {
    const path = join(folder, "weir.elf");
    writeFileSync(path, withPolicy(await prebuiltImage(), compilePolicy("fixtures/policy.yaml")));
    const accelerator = await chooseAccelerator(path, 8);
    segment = new Segment();
    const nics = [
      { mac: MACS.in, backend: { kind: "tap", name: segment.tap("source") } as const },
      { mac: MACS.out, backend: { kind: "tap", name: segment.tap("destination") } as const },
      { mac: MACS.log, backend: { kind: "tap", name: segment.tap("collector") } as const },
    ];
    image = startImage({ image: path, memory: 8, accelerator, nics, append: liveClock() });
    await image.ready;
    // The addresses of fixtures/policy.yaml: the sensor's network, the historian behind `out`, the collector.
    segment.attach("source", "02:00:00:00:00:05", "10.0.0.5/24");
    segment.attach("destination", "52:54:00:77:00:12", "10.0.1.9/24");
    segment.attach("collector", "52:54:00:77:00:13", "10.0.9.1/24");
    segment.route("source", "10.0.1.0/24", "10.0.0.1", "02:00:00:00:00:01");
    const dump = ["tcpdump", "-ln", "--immediate-mode", "-Q", "in", "-i"];
    fromIn = segment.start("source", ...dump, segment.tap("source"));
    fromOut = segment.start("destination", ...dump, segment.tap("destination"), "-e");
    arrived = segment.start("destination", "nc", "-ulkn", "-s", "10.0.1.9", "-p", "5000");
    collected = segment.start("collector", "nc", "-ulkn", "-s", "10.0.9.1", "-p", "514");
    await Promise.all([segment.watching("source"), segment.watching("destination")]);
    await Promise.all([segment.listening("destination", 5000), segment.listening("collector", 514)]);
  }); // it may have to build the image first

  afterAll(async () => {
    await image?.stop();
    segment?.remove();
    rmSync(folder, { recursive: true });
  });

  // REQ-DIODE-004
  it("passes the allowed UDP flow and nothing else, alerts on the scan, and emits nothing on `in`", async () => {
    const source = (...command: string[]) => segment.run("source", ...command);
    source("sh", "-c", "for i in 1 2 3 4 5; do echo reading-$i | nc -un -w1 -q0 10.0.1.9 5000; done");
    source("sh", "-c", "echo not-allowed | nc -un -w1 -q0 10.0.1.9 5001");
    source("ping", "-c", "3", "-i", "0.2", "-W", "1", "10.0.1.9");
    source("arping", "-c", "2", "-i", segment.tap("source"), "10.0.0.1");
    source("curl", "-s", "--max-time", "1", "http://10.0.1.9/");
    source("sh", "-c", "echo hello | nc -n -w1 10.0.1.9 5000");
    source(
      "nmap",
      "-n",
      "-Pn",
      "-sS",
      "--send-ip",
      "-p",
      "1-100",
      "--max-retries",
      "0",
      "--host-timeout",
      "8s",
      "10.0.1.9",
    );
    // Unanswered attempts count as failed after four seconds
    await until(() => collected().includes('"detector":"scan"'));
    // What was forwarded was before that; a heartbeat later tcpdump and nc have written it
    const beats = () => collected().split('"event_type":"heartbeat"').length;
    const now = beats();
    await until(() => beats() > now && fromOut().split("\n").length > 5 && arrived().split("\n").length > 5);

    expect(arrived().split("\n").filter(Boolean)).toEqual([1, 2, 3, 4, 5].map((n) => `reading-${n}`));
    const frames = fromOut()
      .split("\n")
      .filter((line) => line.includes("ethertype"));
    expect(frames.length).toBe(5);
    for (const frame of frames)
      expect(frame).toMatch(/52:54:00:77:00:02 > 52:54:00:77:00:12.*10\.0\.0\.5\.\d+ > 10\.0\.1\.9\.5000: UDP/);
    expect(collected()).toContain('"detector":"scan"');
    expect(collected()).toMatch(/<105>1 \S+Z weir weir - eve \[weir@32473 boot="\d+" seq="\d+"\]/);
    expect(collected()).toContain('"event_type":"heartbeat"');
    expect(fromIn()).toBe("");
  });
});
