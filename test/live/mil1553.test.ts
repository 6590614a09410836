/** A bus through the image on real interfaces: a recorder streams Chapter 10 over UDP, the image decodes and filters it. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { prebuiltImage, withPolicy } from "../../appliance/build/for.ts";
import { chooseAccelerator, liveClock, MACS, type Running, startImage } from "../../appliance/hosts/qemu.ts";
import { whyNoImage } from "../../cli/image-replay.ts";
import { compilePolicyText } from "../../diode/policy.ts";
import { until } from "../../lib/testing/until.ts";
import { Segment, whyNot } from "./segment.ts";

const reason = whyNot(["ip", "tcpdump", "nc"]) ?? (await whyNoImage());
if (reason) console.log(`skipped: a live bus: ${reason}`);

// Columns of weir decode --csv
const WORDS = 12;
const ANOMALIES = 14;
const POLICY = `weir: 1
interfaces:
  out: { next-hop: 52:54:00:77:00:12 }
  log: { address: 10.0.9.2, collector: { address: 10.0.9.1, mac: 52:54:00:77:00:13 } }
rules:
  - { name: recorder, action: allow, protocol: udp, from: 10.0.0.5, to: 10.0.1.9, ports: 2000, payload: mil1553 }
messages:
  - { name: attitude, action: allow, channel: 2, rt: 5, sa: 1, direction: transmit, words: 28 }
`;
const folder = mkdtempSync(join(tmpdir(), "weir-bus-"));
const weir = (...args: string[]) =>
  execFileSync(process.execPath, ["bin/weir", ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 1e8,
  });

describe.skipIf(reason)("a bus through the image", () => {
  let segment: Segment;
  let image: Running;
  let collected: () => string;
  const arrived = join(folder, "arrived.pcap");

  beforeAll(async () => {
    const path = join(folder, "weir.elf");
    writeFileSync(path, withPolicy(await prebuiltImage(), compilePolicyText(POLICY, "policy.yaml")));
    const accelerator = await chooseAccelerator(path, 12);
    segment = new Segment();
    const nics = (["source", "destination", "collector"] as const).map((side, n) => ({
      mac: Object.values(MACS)[n]!,
      backend: { kind: "tap", name: segment.tap(side) } as const,
    }));
    image = startImage({ image: path, memory: 12, accelerator, nics, append: liveClock() });
    await image.ready;
    segment.attach("source", "02:00:00:00:00:05", "10.0.0.5/24");
    segment.attach("destination", "52:54:00:77:00:12", "10.0.1.9/24");
    segment.attach("collector", "52:54:00:77:00:13", "10.0.9.1/24");
    segment.route("source", "10.0.1.0/24", "10.0.0.1", "02:00:00:00:00:01");
    segment.start(
      "destination",
      "tcpdump",
      "-U",
      "--immediate-mode",
      "-Q",
      "in",
      "-w",
      arrived,
      "-i",
      segment.tap("destination"),
      "udp",
    );
    collected = segment.start("collector", "nc", "-ulkn", "-s", "10.0.9.1", "-p", "514");
    await Promise.all([segment.watching("destination"), segment.listening("collector", 514)]);
  }); // it may have to build the image first

  afterAll(async () => {
    await image?.stop();
    segment?.remove();
    rmSync(folder, { recursive: true });
  });

  // REQ-FILTER-018
  it("every message is decoded, and exactly those that the policy names arrive", async () => {
    const bus = ["fixtures/mil1553/avionics.yaml", "--seconds", "4", "--seed", "1553", "--packet", "1400"];
    const file = join(folder, "bus.ch10");
    weir("simulate", ...bus, "-o", file);
    segment.run("source", process.execPath, "bin/weir", "simulate", ...bus, "--udp", "10.0.1.9:2000");
    const rows = (path: string) =>
      weir("decode", "-r", path, "--csv", "--1553")
        .trimEnd()
        .split("\n")
        .slice(1)
        .map((row) => row.split(","));
    const all = rows(file);
    // Heartbeats say how many messages were seen
    const seen = () => [...collected().matchAll(/"messages_1553":(\d+)/g)].map(([, n]) => Number(n));
    await until(() => Math.max(0, ...seen()) >= all.length);
    expect(Math.max(...seen())).toBe(all.length);
    // command word 2c3c: terminal 5 transmits 28 words from subaddress 1; whole and clean
    const wanted = all.filter((row) => row[7]?.toLowerCase() === "2c3c" && !row[ANOMALIES]);
    await until(() => rows(arrived).length >= wanted.length);
    const out = rows(arrived);
    expect(wanted.length).toBeGreaterThan(150);
    expect(out.map((row) => row[WORDS])).toEqual(wanted.map((row) => row[WORDS]));
    expect(out.map((row) => row[1])).toEqual(wanted.map((row) => row[1]));
    expect(readFileSync(arrived).length).toBeGreaterThan(1000);
  });
});
