/** The promise that all else rests on: the embedded host and the booted image give the same bytes. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv } from "ajv";
import { afterAll, describe, expect, it } from "vitest";
import { whyNoImage } from "../cli/image-replay.ts";
import { hasShared, sharedPath } from "../lib/testing/shared.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

const POLICY = "fixtures/policy.yaml";
const noImage = await whyNoImage();
if (noImage) console.log(`skipped: replay through the image: ${noImage}`);
/** The other CPU's image, emulated: not one bit of a score may differ there. */
const noArm = await whyNoImage("aarch64");
if (noArm) console.log(`skipped: replay through the aarch64 image: ${noArm}`);
const hasSchema = hasShared("eve", "suricata-schema.json");
const hasBuses = hasShared("mil1553", "libirig106-python");
const hasSlips = hasShared("labelled", "slips");

interface Outcome {
  status: number;
  summary: string;
  eve: string;
  forwarded: Buffer;
}

let runs = 0;
function replay(file: string, ...more: string[]): Outcome {
  const out = join(folder, String(runs++));
  const args = ["bin/weir", "replay", "-r", file, "-c", POLICY, "-l", out, ...more];
  let [status, summary] = [0, ""];
  try {
    summary = execFileSync(process.execPath, args, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  } catch (error) {
    const failed = error as { status: number; stdout: string; stderr: string };
    if (failed.status !== 2) throw new Error(`${file}: exit ${failed.status}: ${failed.stderr}`);
    [status, summary] = [failed.status, failed.stdout];
  }
  return {
    status,
    summary,
    eve: readFileSync(join(out, "eve.json"), "utf8"),
    forwarded: readFileSync(join(out, "forwarded.pcap")),
  };
}

const events = (eve: string) =>
  eve
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

// REQ-IMAGE-010
describe("fixtures/site.pcap", () => {
  const here = replay("fixtures/site.pcap");

  // REQ-DETECT-006
  it("raises the scan, the newcomers, and nothing about the normal hosts' telemetry", () => {
    const alerts = events(here.eve).filter(({ event_type }) => event_type === "alert");
    const by = (detector: string) =>
      alerts.filter(({ alert }) => (alert as { context: { detector: string } }).context.detector === detector);
    expect(by("scan").map(({ src_ip }) => src_ip)).toEqual(["10.0.0.66"]);
    expect(by("new-host").map(({ src_ip }) => src_ip)).toEqual(["10.0.0.66", "10.0.0.99"]);
    expect(alerts.some(({ src_ip }) => src_ip === "10.0.0.5")).toBe(false);
  });

  it("accounts for every frame: forwarded or dropped, each by a rule", () => {
    const last = events(here.eve)
      .filter(({ event_type }) => event_type === "heartbeat")
      .at(-1) as {
      guard: { frames: number; forwarded: number; dropped: number };
    };
    expect(last.guard.frames).toBe(1089);
    expect(last.guard.forwarded + last.guard.dropped).toBe(1089);
    const rules = events(here.eve)
      .filter(({ event_type }) => event_type === "weir_rules")
      .flatMap(({ rules }) => rules as { rule: string; action: string; frames: number }[]);
    const final = new Map(rules.map(({ rule, frames }) => [rule, frames]));
    expect([...final.values()].reduce((sum, n) => sum + n, 0)).toBe(1089);
  });

  it.skipIf(noImage)("gives the same bytes through the booted image, and no frame leaves through `in`", () => {
    const there = replay("fixtures/site.pcap", "--image");
    expect(there.eve).toBe(here.eve);
    expect(there.forwarded.equals(here.forwarded)).toBe(true);
    expect(there.summary).toMatch(/out of `in` +0 frames/);
  });

  it.skipIf(noArm)("gives the same bytes through the aarch64 image", () => {
    const there = replay("fixtures/site.pcap", "--image", "--arch", "aarch64");
    expect(there.eve).toBe(here.eve);
    expect(there.forwarded.equals(here.forwarded)).toBe(true);
    expect(there.summary).toMatch(/out of `in` +0 frames/);
    expect(there.summary).toMatch(/^image .* aarch64, (kvm|tcg)$/m);
  });

  // REQ-LOG-009
  it("writes only records of our own schema or (checked below) of Suricata's", () => {
    const ours = new Ajv({ strict: false }).compile(JSON.parse(readFileSync("schema/eve-weir.schema.json", "utf8")));
    for (const event of events(here.eve))
      if (["heartbeat", "alert", "weir_rules", "weir_quarantine"].includes(event.event_type as string))
        expect(ours(event) || JSON.stringify([event, ours.errors])).toBe(true);
  });

  // REQ-LOG-009
  it.skipIf(!hasSchema)("writes alert, anomaly, flow and drop records as Suricata's schema has them", () => {
    const schema = JSON.parse(readFileSync(sharedPath("eve", "suricata-schema.json"), "utf8"));
    const valid = new Ajv({ strict: false, validateFormats: false }).compile(schema);
    const theirs = events(here.eve).filter(({ event_type }) =>
      ["alert", "anomaly", "flow", "drop"].includes(event_type as string),
    );
    expect(theirs.length).toBeGreaterThan(100);
    for (const event of theirs) expect(valid(event) || JSON.stringify([event, valid.errors])).toBe(true);
  });
});

describe.skipIf(!hasBuses)("MIL-STD-1553", () => {
  const recordings = sharedPath("mil1553");
  // Messages by what the reference decoders count in them.
  it.each([
    ["libirig106-python/1553.c10", 21849],
    ["libirig106-python/sample.c10", 858],
    ["c10-tools/test.pcap", 381],
  ] as const)("%s: every message is seen, and the same bytes come out of all hosts", (name, messages) => {
    const whose = ["--set", "recorders=any"]; // a stream over UDP is believed whose recorder the policy names
    const here = replay(join(recordings, name), ...whose);
    const last = events(here.eve)
      .filter(({ event_type }) => event_type === "heartbeat")
      .at(-1);
    expect((last as { inspect: { messages_1553: number } }).inspect.messages_1553).toBe(messages);
    if (!noImage) expect(replay(join(recordings, name), ...whose, "--image").eve).toBe(here.eve);
    if (!noArm) expect(replay(join(recordings, name), ...whose, "--image", "--arch", "aarch64").eve).toBe(here.eve);
  });
});

describe.skipIf(!hasSlips || noImage)("real captures", () => {
  const slips = sharedPath("labelled", "slips");
  const files = hasSlips
    ? readdirSync(slips)
        .filter((name) => name.endsWith(".pcap"))
        .sort()
    : [];
  it.each(files.slice(0, 3))("%s: the same bytes on all hosts", (name) => {
    const here = replay(join(slips, name));
    for (const arch of noArm ? ["x86_64"] : ["x86_64", "aarch64"]) {
      const there = replay(join(slips, name), "--image", "--arch", arch);
      expect(there.status).toBe(here.status);
      expect(there.eve).toBe(here.eve);
      expect(there.forwarded.equals(here.forwarded)).toBe(true);
    }
  });
});
