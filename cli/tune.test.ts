// weir tune end to end: captures by recipe, policies and baselines that it writes, replayed as weir replay and weir evaluate do.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { readBaseline } from "../detectors/baseline/file.ts";
import { compilePolicy } from "../diode/policy.ts";
import { ROOT } from "../lib/asc.ts";
import { plant } from "../tuning/tune/testing/plant.ts";
import { command as evaluate } from "./evaluate.ts";
import { whyNoImage } from "./image-replay.ts";
import { command as learn } from "./learn.ts";
import { command as policyCommand } from "./policy.ts";
import { command as replay } from "./replay.ts";
import { command as simulate } from "./simulate.ts";
import { command } from "./tune.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-tune-test-"));
const at = (name: string) => join(folder, name);
const fixture = (name: string) => join(ROOT, "fixtures", name);

interface Ran {
  out: string;
  talk: string;
  code: unknown;
}

async function run(what: Command, ...argv: string[]): Promise<Ran> {
  const [out, talk]: [string[], string[]] = [[], []];
  process.exitCode = 0;
  const taken = (list: string[]) => (piece: unknown) =>
    list.push(typeof piece === "string" ? piece : Buffer.from(piece as Uint8Array).toString()) > 0;
  vi.spyOn(process.stdout, "write").mockImplementation(taken(out) as never);
  vi.spyOn(process.stderr, "write").mockImplementation(taken(talk) as never);
  try {
    await what.exitOverride().parseAsync(argv, { from: "user" });
  } finally {
    vi.restoreAllMocks();
  }
  return { out: out.join(""), talk: talk.join(""), code: process.exitCode };
}

const tune = (...argv: string[]) => run(command(), ...argv);

/** `alerts` as weir replay prints them, in the order of names. */
async function alerts(...argv: string[]): Promise<string> {
  const { out } = await run(replay(), ...argv);
  return /^alerts +(.*)$/m.exec(out)![1]!.split(", ").sort().join(", ");
}

/** `alerts` as weir tune promised them for the new thresholds. */
const promised = ({ out }: Ran) =>
  /^new thresholds on these captures: .*; alerts (.*)$/m.exec(out)![1]!.split(", ").sort().join(", ");
const alarms = ({ out }: Ran, which: "old" | "new") =>
  Number(new RegExp(`^${which} thresholds on these captures: (\\d+) `, "m").exec(out)![1]);
const thresholdOf = ({ out }: Ran, detector: string) =>
  Number(new RegExp(`^${detector} +\\S+ +(?:\\S+ -> )?(\\S+) +(?:baseline|rank|tail|largest) `, "m").exec(out)![1]);

afterEach(() => {
  process.exitCode = 0;
});

beforeAll(async () => {
  plant(at("one.pcap"), { seconds: 3600, seed: 1 });
  plant(at("two.pcap"), { seconds: 3600, seed: 2, start: "2026-03-03T09:00:00Z" });
  plant(at("drifts.pcap"), { seconds: 3600, seed: 3, start: "2026-03-04T09:00:00Z", driftFrom: 0.8, grow: 6 });
  plant(at("visited.pcap"), { seconds: 3600, seed: 4, start: "2026-03-05T09:00:00Z", visitors: 40 });
  const strikes = [20, 40, 80, 160].map((perSecond, i) => ({
    name: `burst ${perSecond}`,
    at: 200 + 300 * i,
    seconds: 3,
    perSecond,
  }));
  const labels = plant(at("attacked.pcap"), { seconds: 1500, seed: 5, start: "2026-03-06T09:00:00Z", strikes });
  writeFileSync(at("attacked.csv"), labels);
  writeFileSync(at("quiet.csv"), "number,label\n1,0\n");
  await run(learn(), "-r", at("one.pcap"), "-o", at("site.baseline"));
});

const SITE = ["--baseline", at("site.baseline"), "-c", fixture("watch.yaml")];

describe("a network", () => {
  it("writes a policy that gives exactly the alarms it promised, and a baseline beside it", async () => {
    const wanted = ["-r", at("drifts.pcap"), ...SITE, "--max-alarms-per-hour", "16", "--by", "Ann Lee"];
    const ran = await tune(...wanted, "-o", at("drifts.yaml"));
    expect(ran.code).toBe(0);
    expect(promised(ran)).not.toBe("none");
    expect(await alerts("-r", at("drifts.pcap"), "-c", at("drifts.yaml"))).toBe(promised(ran));
    // The old ones give more, and the new ones are in the budget
    expect(alarms(ran, "old")).toBeGreaterThan(alarms(ran, "new"));
    expect(alarms(ran, "new")).toBeLessThanOrEqual(16);
    expect(thresholdOf(ran, "rate")).toBeGreaterThan(1);

    // weir evaluate counts the same alarms
    const judged = await run(
      evaluate(),
      "-r",
      at("drifts.pcap"),
      "--labels",
      at("quiet.csv"),
      "-c",
      at("drifts.yaml"),
      "--json",
    );
    expect((JSON.parse(judged.out) as { falseAlarms: { count: number } }).falseAlarms.count).toBe(alarms(ran, "new"));

    const text = readFileSync(at("drifts.yaml"), "utf8");
    expect(text).toMatch(/^# ---- thresholds: where they come from\n# by {9}Ann Lee\n# with {7}weir tune \d/);
    expect(text).toContain("drifts.pcap, sha256 ");
    expect(text).toMatch(/^# expected {3}\S+ per hour on held-out blocks, 95 %: \S+ to \S+; \d+ on these captures$/m);
    expect(text).not.toMatch(/^# date/m);
    for (const line of readFileSync(fixture("watch.yaml"), "utf8").trimEnd().split("\n")) expect(text).toContain(line);
    expect((await run(policyCommand(), "check", at("drifts.yaml"))).code).toBe(0);
    const { policy } = compilePolicy(at("drifts.yaml"));
    expect(policy.baseline).toBe("drifts.baseline");
    expect(policy.tuning.find(({ name }) => name === "rate")!.threshold).toBe(thresholdOf(ran, "rate"));
    expect(readBaseline(at("drifts.baseline")).falseAlarmsPerHour).toBe(16 / 10); // each family has the same share

    // Twice the same bytes; and a date only if it is said
    const before = [at("drifts.yaml"), at("drifts.baseline")].map((path) => readFileSync(path));
    const again = await tune(...wanted, "-o", at("drifts.yaml"), "--force");
    expect(again.out).toBe(ran.out);
    expect([at("drifts.yaml"), at("drifts.baseline")].map((path) => readFileSync(path))).toEqual(before);
    await tune(...wanted, "-o", at("dated.yaml"), "--date", "2026-03-07");
    expect(readFileSync(at("dated.yaml"), "utf8")).toContain("# date       2026-03-07\n");
  });

  it("finds traffic that drifts, and says which detector and when", async () => {
    const { talk } = await tune("-r", at("drifts.pcap"), ...SITE, "--max-alarms-per-hour", "10", "--dry-run");
    expect(talk).toMatch(
      /rate: drifts: \d+ of the \d+ .* in block 5 of 5 \(2026-03-04T09:4\S+Z to 2026-03-04T09:59:\d\dZ of .*drifts\.pcap\)/,
    );
    expect(talk).not.toMatch(/too short/);
    const steady = await tune("-r", at("two.pcap"), ...SITE, "--max-alarms-per-hour", "10", "--dry-run");
    expect(steady.talk).not.toMatch(/drifts:|held-out/);
  });

  it("says when the captures are too short for the budget, and how long they would have to be", async () => {
    const { talk, code } = await tune("-r", at("two.pcap"), ...SITE, "--max-alarms-per-hour", "0.1", "--dry-run");
    expect(code).toBe(0);
    expect(talk).toMatch(
      /too short for this budget: 0\.1 alarms are expected in \d\.\d+ h, .*; 30 h of clean captures are needed/,
    );
  });

  it("writes nothing when it is told so, and shows what would change", async () => {
    const before = readdirSync(folder);
    const { out, code } = await tune(
      "-r",
      at("drifts.pcap"),
      ...SITE,
      "--max-alarms-per-hour",
      "16",
      "--dry-run",
      "-o",
      at("no.yaml"),
    );
    expect(code).toBe(0);
    expect(out).toMatch(/^rate .* 1 -> \d/m);
    expect(out).toMatch(/^limits in the baseline: \d+ of \d+ change\n {2}rate: .* [\d.]+ -> [\d.]+$/m);
    expect(readdirSync(folder)).toEqual(before);
  });

  it("judges captures that were learned by what the rest of them teaches", async () => {
    const known = await tune("-r", at("one.pcap"), ...SITE, "--max-alarms-per-hour", "20", "-o", at("known.yaml"));
    expect(known.out).toMatch(/in 5 blocks, each block judged by what the others teach/);
    expect(known.talk).not.toMatch(/drifts:|held-out/);
    expect(await alerts("-r", at("one.pcap"), "-c", at("known.yaml"))).toBe(promised(known));
  });

  it("of records: no more than the share has an alert, as weir evaluate counts them", async () => {
    const ran = await tune("-r", at("drifts.pcap"), ...SITE, "--max-fpr", "0.002", "-o", at("records.yaml"));
    expect(ran.code).toBe(0);
    const judged = await run(
      evaluate(),
      "-r",
      at("drifts.pcap"),
      "--labels",
      at("quiet.csv"),
      "-c",
      at("records.yaml"),
      "--json",
    );
    const { detectors } = JSON.parse(judged.out) as { detectors: { detector: string; falsePositiveRate: number }[] };
    expect(detectors[0]!.falsePositiveRate).toBeLessThanOrEqual(0.002);
    const own = await run(evaluate(), "-r", at("drifts.pcap"), "--labels", at("quiet.csv"), ...SITE, "--json");
    expect(
      (JSON.parse(own.out) as { detectors: { falsePositiveRate: number }[] }).detectors[0]!.falsePositiveRate,
    ).toBeGreaterThan(0.002);
  });

  // REQ-DETECT-014
  it("a budget that cannot be met: 3, what can be, and nothing is written", async () => {
    await run(learn(), "-r", at("visited.pcap"), "-o", at("visited.baseline"));
    const asked = ["-r", at("visited.pcap"), "--baseline", at("visited.baseline"), "-c", fixture("watch.yaml")];
    const { talk, code } = await tune(...asked, "--max-alarms-per-hour", "10", "-o", at("unmet.yaml"));
    expect(code).toBe(3);
    expect(talk).toMatch(/budget of 10 alarms per hour cannot be met by thresholds: new-pair \(\d+\)/);
    expect(talk).toMatch(
      /^weir: what can be: \d+ with all detectors on; or with new-pair switched off in the policy \(detectors: \{ NAME: off \}\); or with a baseline of more clean hours$/m,
    );
    expect(existsSync(at("unmet.yaml")) || existsSync(at("unmet.baseline"))).toBe(false);
    // What it says can be met, can be
    const least = Number(/what can be: (\S+) /.exec(talk)![1]);
    expect((await tune(...asked, "--max-alarms-per-hour", String(Math.ceil(least * 1.01)), "--dry-run")).code).toBe(0);
    writeFileSync(at("without.yaml"), `${readFileSync(fixture("watch.yaml"), "utf8")}  new-pair: off\n`);
    const without = await tune(
      "-r",
      at("visited.pcap"),
      "--baseline",
      at("visited.baseline"),
      "-c",
      at("without.yaml"),
      "--max-alarms-per-hour",
      "10",
      "--dry-run",
    );
    expect(without.code).toBe(0);
  });
});

describe("with labelled attacks", () => {
  const wanted = ["-r", at("two.pcap"), "--attacked", at("attacked.pcap"), "--labels", at("attacked.csv"), ...SITE];

  it("finds what weir evaluate says it finds", async () => {
    const ran = await tune(...wanted, "--max-alarms-per-hour", "40", "-o", at("labelled.yaml"));
    expect(ran.code).toBe(0);
    const [, old, found, of] = /^attacks found: (?:(\d+) -> )?(\d+) of (\d+)/m.exec(ran.out)!;
    const judged = await run(
      evaluate(),
      "-r",
      at("attacked.pcap"),
      "--labels",
      at("attacked.csv"),
      "-c",
      at("labelled.yaml"),
      "--json",
    );
    const own = await run(evaluate(), "-r", at("attacked.pcap"), "--labels", at("attacked.csv"), ...SITE, "--json");
    const count = ({ out }: Ran) => (JSON.parse(out) as { found: number }).found;
    expect([Number(old ?? found), Number(found), Number(of)]).toEqual([count(own), count(judged), 4]);
    // The budget allows to see more than the baseline's own thresholds do
    expect(count(judged)).toBeGreaterThan(count(own));
    expect(alarms(ran, "new")).toBeLessThanOrEqual(40);
    expect(await alerts("-r", at("two.pcap"), "-c", at("labelled.yaml"))).toBe(promised(ran));
  });

  it("in the captures themselves: what is outside of them is clean", async () => {
    const ran = await tune(
      "-r",
      at("attacked.pcap"),
      "--labels",
      at("attacked.csv"),
      ...SITE,
      "--max-alarms-per-hour",
      "20",
      "-o",
      at("both.yaml"),
    );
    expect(ran.code).toBe(0);
    const judged = await run(
      evaluate(),
      "-r",
      at("attacked.pcap"),
      "--labels",
      at("attacked.csv"),
      "-c",
      at("both.yaml"),
      "--json",
    );
    const { falseAlarms, found } = JSON.parse(judged.out) as {
      falseAlarms: { count: number; hours: number };
      found: number;
    };
    expect(falseAlarms.count).toBe(alarms(ran, "new"));
    expect(ran.out).toContain(`${falseAlarms.hours.toFixed(4)} h of clean traffic`);
    expect(Number(/^attacks found: (?:\d+ -> )?(\d+) of 4/m.exec(ran.out)![1])).toBe(found);
  });
});

describe("a 1553 bus", () => {
  it("from clean hours by the simulator, and its attacks", async () => {
    const icd = fixture("mil1553/avionics.yaml");
    await run(simulate(), icd, "--seconds", "120", "-o", at("clean.ch10"));
    await run(learn(), "-r", at("clean.ch10"), "-o", at("bus.baseline"));
    const attacks = ["rogue-terminal@3+2", "flooding@6+2", "bc-impersonation@12+3"];
    await run(simulate(), icd, "--seconds", "20", "--seed", "2", "--attack", ...attacks, "-o", at("bus.ch10"));
    const labels = ["--labels", at("bus.labels.csv"), "--labels", at("bus.attacks.csv")];
    const ran = await tune(
      "-r",
      at("clean.ch10"),
      "--attacked",
      at("bus.ch10"),
      ...labels,
      "--baseline",
      at("bus.baseline"),
      "--max-alarms-per-hour",
      "5",
      "-o",
      at("tuned.yaml"),
    );
    expect(ran.code).toBe(0);
    expect(ran.out).toMatch(/in 5 blocks, each block judged by what the others teach/);
    expect(ran.out).toMatch(/^attacks found: 3 of 3, .*; lost: none; gained: none$/m);
    expect(ran.talk).toMatch(/too short for this budget/);
    expect(ran.talk).not.toMatch(/drifts:/);
    expect(await alerts("-r", at("clean.ch10"), "-c", at("tuned.yaml"))).toBe(promised(ran));
    const judged = await run(evaluate(), "-r", at("bus.ch10"), ...labels, "-c", at("tuned.yaml"), "--json");
    expect((JSON.parse(judged.out) as { found: number }).found).toBe(3);
  });

  it("in the image too: the tuned policy gives the same alerts", async (context) => {
    const why = await whyNoImage();
    if (why) {
      process.stderr.write(`skipped: ${why}\n`);
      context.skip();
    }
    expect(await alerts("-r", at("bus.ch10"), "-c", at("tuned.yaml"), "--image")).toBe(
      await alerts("-r", at("bus.ch10"), "-c", at("tuned.yaml")),
    );
  });
});

describe("what is wrong is said", () => {
  const asked = ["-r", at("two.pcap"), ...SITE];
  it.each<[string, string[], RegExp]>([
    ["no budget", [...asked, "--dry-run"], /no budget: expected one of --max-alarms-per-hour and --max-fpr/],
    ["two budgets", [...asked, "--max-fpr", "1e-3", "--max-alarms-per-hour", "1", "--dry-run"], /expected one of/],
    [
      "a budget of nothing",
      [...asked, "--max-alarms-per-hour", "0", "--dry-run"],
      /--max-alarms-per-hour 0: expected a number from/,
    ],
    ["a share above 1", [...asked, "--max-fpr", "2", "--dry-run"], /--max-fpr 2: expected a number from/],
    ["no output", [...asked, "--max-alarms-per-hour", "1"], /expected -o policy\.yaml, or --dry-run/],
    [
      "no baseline",
      ["-r", at("two.pcap"), "--max-alarms-per-hour", "1", "--dry-run"],
      /names no baseline: make one with weir learn/,
    ],
    ["no such capture", ["-r", at("none.pcap"), ...SITE, "--max-alarms-per-hour", "1", "--dry-run"], /none\.pcap/],
    [
      "no such labels",
      [...asked, "--labels", at("none.csv"), "--max-alarms-per-hour", "1", "--dry-run"],
      /none\.csv: cannot be read/,
    ],
    [
      "attacks without labels",
      [...asked, "--attacked", at("two.pcap"), "--max-alarms-per-hour", "1", "--dry-run"],
      /--attacked without --labels/,
    ],
    [
      "blocks",
      [...asked, "--blocks", "1", "--max-alarms-per-hour", "1", "--dry-run"],
      /--blocks 1: expected a number from 2 to 50/,
    ],
    [
      "an invalid date",
      [...asked, "--date", "soon", "--max-alarms-per-hour", "1", "--dry-run"],
      /--date soon: expected a date/,
    ],
    [
      "over what it reads",
      [...asked, "--max-alarms-per-hour", "1", "-o", at("site.yaml")],
      /site\.baseline: also an input, expected another file/,
    ],
  ])("%s", async (_, argv, message) => {
    await expect(tune(...argv)).rejects.toThrow(message);
  });

  it("files that are there are not written over", async () => {
    writeFileSync(at("there.yaml"), "mine");
    await expect(tune(...asked, "--max-alarms-per-hour", "10", "-o", at("there.yaml"))).rejects.toThrow(
      "there.yaml exists: --force overwrites it",
    );
    expect(readFileSync(at("there.yaml"), "utf8")).toBe("mine");
  });

  it("a policy whose files are not where the new one is", async () => {
    mkdirSync(at("here"));
    mkdirSync(at("elsewhere"));
    writeFileSync(
      at("here/policy.yaml"),
      `${readFileSync(fixture("watch.yaml"), "utf8")}alerts: { thresholds: threshold.config }\n`,
    );
    writeFileSync(at("here/threshold.config"), "suppress gen_id 1, sig_id 7700011\n");
    const ran = tune(
      "-r",
      at("two.pcap"),
      "--baseline",
      at("site.baseline"),
      "-c",
      at("here/policy.yaml"),
      "--max-alarms-per-hour",
      "10",
      "-o",
      at("elsewhere/new.yaml"),
    );
    await expect(ran).rejects.toThrow(/would be invalid at .*new\.yaml:\n.*threshold\.config/s);
    expect(readdirSync(at("elsewhere"))).toEqual([]);
  });

  it("a damaged capture: 2, tuned by what is good in it", async () => {
    const bytes = readFileSync(at("two.pcap"));
    writeFileSync(at("cut.pcap"), bytes.subarray(0, bytes.length - 10));
    const { code, out } = await tune(
      "-r",
      at("cut.pcap"),
      ...SITE,
      "--max-alarms-per-hour",
      "10",
      "-o",
      at("cut.yaml"),
    );
    expect(code).toBe(2);
    expect(await alerts("-r", at("cut.pcap"), "-c", at("cut.yaml"))).toBe(promised({ out, talk: "", code }));
  });
});
