// Tuning from end to end in this process: what it found, whole, compared with testing/golden (npx vitest run tuning/tune/tune -u
// writes it anew, for a diff).
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Baseline } from "../../detectors/baseline/file.ts";
import { baselineOf } from "../../detectors/baseline/merge.ts";
import { policyWith } from "../../diode/testing/guard.ts";
import { readLabels } from "../evaluate/labels.ts";
import { learnCapture } from "../learn/learn.ts";
import { attackedBy } from "./attacks.ts";
import { timelineOf } from "./blocks.ts";
import type { Budget, Job } from "./job.ts";
import { Bench } from "./replay.ts";
import { plant } from "./testing/plant.ts";
import { blockText, tunedText, warningText } from "./text.ts";
import { tune } from "./tune.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-tuning-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
const bench = new Bench({ text: policyWith(""), file: "policy.yaml", ignoreChecksums: false }, folder);
let baseline: Baseline;

beforeAll(async () => {
  plant(at("learned.pcap"), { seconds: 240, seed: 1 });
  plant(at("drifts.pcap"), {
    seconds: 200,
    seed: 2,
    start: "2026-03-03T09:00:00Z",
    driftFrom: 0.7,
    grow: 9,
    visitors: 4,
  });
  const strikes = [40, 160].map((perSecond, n) => ({
    name: `burst ${perSecond}`,
    at: 50 + 60 * n,
    seconds: 3,
    perSecond,
  }));
  writeFileSync(
    at("labels.csv"),
    plant(at("attacked.pcap"), { seconds: 200, seed: 3, strikes, start: "2026-03-04T09:00:00Z" }),
  );
  const { capture, entries } = await learnCapture(at("learned.pcap"), bench.compile({}, { learn: true }), () => ({
    stop: () => {},
  }));
  baseline = baselineOf([capture], entries, { rate: 1 });
});

const alarms = (most: number): Budget => ({ most, unit: { kind: "alarms", gap: 10 } });
async function jobOf(clean: string, budget: Budget, more: Partial<Job> = {}): Promise<Job> {
  const line = await timelineOf([at(clean)], false);
  const baselineFile = bench.keep(baseline);
  return {
    clean: line,
    attacked: undefined,
    baseline,
    baselineFile,
    off: new Set(),
    old: {},
    budget,
    blocks: 4,
    ...more,
  };
}

/** Numbers to six digits, so that the last bit of a logarithm shows nowhere. */
const short = (_: string, value: unknown): unknown =>
  value instanceof Map
    ? Object.fromEntries(value)
    : typeof value === "number" && !Number.isInteger(value)
      ? Number(value.toPrecision(6))
      : value === Infinity
        ? "Infinity"
        : value;

it.each<[string, () => Promise<Job>]>([
  ["what was learned", () => jobOf("learned.pcap", alarms(30))],
  ["other days, of which the last part has more", () => jobOf("drifts.pcap", alarms(60), { old: { rate: 2 } })],
  ["a share of the records", () => jobOf("drifts.pcap", { most: 0.01, unit: { kind: "records", gap: 10 } })],
  ["too little for what has no threshold", () => jobOf("drifts.pcap", alarms(1), { off: new Set(["flood"]) })],
  [
    "attacks between what is clean",
    async () => {
      const job = await jobOf("attacked.pcap", alarms(60));
      const labels = [readLabels(at("labels.csv"))] as Parameters<typeof attackedBy>[1];
      return { ...job, attacked: await attackedBy(job.clean, labels, { gap: 10, grace: 2 }, true) };
    },
  ],
])("%s", async (name, make) => {
  const job = await make();
  const tuned = await tune(bench, job);
  const { detectors, unmet, windows, factors } = tuned;
  const text = [
    tunedText(tuned, job, baseline.thresholds),
    ...tuned.warnings.map((warning) => warningText(warning, tuned, job.clean)),
    ...windows.map(({ hours }, n) => `${blockText(tuned, n, job.clean)}: ${hours.toFixed(6)} h`),
    ...[...detectors, factors, unmet ?? "met"].map((one) => JSON.stringify(one, short)),
    "",
  ].join("\n");
  await expect(text.replaceAll(`${folder}/`, "")).toMatchFileSnapshot(
    `testing/golden/${name.replaceAll(/[ ,]+/g, "-")}.txt`,
  );
});
