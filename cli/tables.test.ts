// What a person reads in tables: compared with cli/testing/golden (npx vitest run cli/tables -u writes it anew, for a diff).
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { registered } from "../detectors/generate/registered.ts";
import { EVERYTHING, LEAST } from "../diode/testing/everything.ts";
import { roc } from "../lib/numerics/curve.ts";
import { rocPicture } from "../tuning/evaluate/picture.ts";
import { evaluationText } from "../tuning/evaluate/text.ts";
import { Clock } from "../tuning/learn/clock.ts";
import { budgetText, ruleText, tunedText, warningText } from "../tuning/tune/text.ts";
import { command as baseline } from "./baseline.ts";
import { command as decode } from "./decode.ts";
import { render } from "./inspect.ts";
import { command as inventory } from "./inventory.ts";
import { command as learn } from "./learn.ts";
import { command as policy } from "./policy.ts";
import { command as simulate } from "./simulate.ts";
import { commandConsole } from "./testing/console.ts";

const seen = commandConsole("tables");
const golden = (text: string, name: string) => expect(text).toMatchFileSnapshot(`testing/golden/tables/${name}.txt`);
const user = { from: "user" } as const;

it("the catalogue of attacks of weir simulate", async () => {
  await simulate().parseAsync(["--list-attacks"], user);
  await golden(seen.out, "attacks");
});

it.each([
  ["everything", EVERYTHING],
  ["least", LEAST],
  ["learning", LEAST.replace("quarantine: { for: 500ms }", "learn: {}\ndetectors: { rate: off }")],
  ["exporting", LEAST.replace("quarantine: { for: 500ms }", "learn: { every: 10min }")],
])("weir policy show, %s: settings, rules, and what is left to each", async (name, text) => {
  const path = join(seen.folder, "policy.yaml");
  writeFileSync(path, text);
  await policy().parseAsync(["show", path], user);
  const plain = seen.out;
  seen.out = "";
  await policy().parseAsync(["show", "--effective", path], user);
  expect(seen.talk.split("\n").filter((line) => line && !line.endsWith("(warning)"))).toEqual([]);
  await golden(`${plain}\n${seen.out}`.replaceAll(/\b[0-9a-f]{16}-[0-9a-f]{16}\b/g, "NAME"), `policy-${name}`);
});

it("weir baseline show: captures, thresholds, and what is known of each kind", async () => {
  const path = join(seen.folder, "site.baseline");
  const captures = ["fixtures/normal.pcap", "fixtures/mil1553/clean.ch10"];
  await learn().parseAsync([...captures.flatMap((capture) => ["-r", capture]), "-o", path], user);
  seen.out = "";
  await policy().parseAsync(["derive", "--baseline", path, "--least-frames", "5"], user);
  await golden(seen.out.replaceAll(`${seen.folder}/`, ""), "derived-baseline");
  seen.out = "";
  await baseline().parseAsync(["show", path], user);
  // Of what is known, two of each kind
  const count = new Map<string, number>();
  const lines = seen.out.split("\n").filter((line) => {
    const [, kind] = /^ {2}([a-z.0-9-]+) {2,}/.exec(line) ?? [];
    if (kind === undefined) return true;
    count.set(kind, (count.get(kind) ?? 0) + 1);
    return count.get(kind)! <= 2;
  });
  expect([...count.keys()].length).toBeGreaterThan(12);
  await golden(lines.join("\n"), "baseline");
});

it.each([
  ["captures", ["-r", "fixtures/site.pcap", "--to", "10.0.1.0/24", "--least-frames", "10"]],
  ["bus", ["--bus", "fixtures/mil1553/avionics.yaml"]],
])("weir policy derive, of %s", async (name, words) => {
  await policy().parseAsync(["derive", ...words], user);
  const lines = seen.out.split("\n");
  await golden(
    `${[...lines.slice(0, 40), ...(lines.length > 60 ? ["..."] : []), ...lines.slice(-20)].join("\n")}\n`,
    `derived-${name}`,
  );
});

it("weir evaluate --svg: a picture", async () => {
  const labels = [1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  const scores = labels.map((_, n) => 12 - n);
  const one = (detector: string, n: number) => ({
    detector,
    auc: n / 16,
    curve: roc(
      scores.map((s) => s % (n + 2)),
      labels,
    ),
  });
  const all = ["a<b", ..."cdefghi"].map(one);
  await golden(rocPicture([...all, { ...one("none", 1), curve: roc([1], [0]) }] as never, "title & all"), "roc");
});

it("weir decode: columns of packets and of messages", async () => {
  const first = (text: string, lines: number) => text.split("\n").slice(0, lines).join("\n");
  const says = async (...words: string[]) => {
    seen.out = "";
    await decode().parseAsync(words, user);
    return first(seen.out, 6);
  };
  const parts = [
    await says("fixtures/site.pcap"),
    await says("--csv", "fixtures/site.pcap"),
    await says("fixtures/mil1553/catalogue/mode-synchronize-low.ch10"),
    await says("--csv", "fixtures/mil1553/catalogue/mode-synchronize-low.ch10"),
  ];
  await golden(`${parts.join("\n\n")}\n`, "decode");
});

it("what alerts are called", async () => {
  const alerts = (await registered()).flatMap(({ declaration }) => declaration.alerts);
  const lines = alerts.map(({ name, number, about, signature, category }) =>
    [name.padEnd(13), String(number).padStart(2), `${signature} (${category ?? "Misc activity"}): ${about}`].join("  "),
  );
  await golden(`${lines.join("\n")}\n`, "alerts");
});

const NONE = Number.NaN;
it("weir evaluate: figures that mean nothing, none at all, and small ones", async () => {
  const curve = undefined as never;
  const one = (detector: string, falsePositiveRate: number, value: number) => ({
    ...{ detector, alerts: 7, truePositives: 1, falsePositives: 1, precision: value, recall: value, f1: value },
    ...{ falsePositiveRate, auc: value, equalErrorRate: value, truePositiveRates: [value, value, value], curve },
  });
  const attack = (name: string, at: number, to: number, delay: number | null) => ({
    ...{ name, from: 0, to, at, records: 9, called: 3, delay, capture: 0 },
    by: delay === null ? [] : [{ detector: "scan", delay, alerts: 1 }],
  });
  const attacks = [
    attack("scan", -1, 0.25, 0.001),
    attack("flood", 119.99, 119.99, 0.9996),
    attack("drift", 120, 7200, 1),
    attack("leak", 5, 1, null),
  ];
  const evaluation = {
    records: { attack: 1, benign: 2, leftOut: 3 },
    detectors: [one("all", NONE, NONE), one("rate", 0, 0), one("scan", 0.001, 1), one("arp", 0.00099, 0.12345)],
    attacks: [...attacks, ...Array.from({ length: 37 }, (_, n) => attack(`more ${n}`, n, 1, null))],
    ...{ found: 3, foundInterval: { low: 0.04, high: 0.216 } },
    falseAlarms: { count: 2, hours: 0.5, rate: 4, low: 0.48, high: NONE, byDetector: { rate: 2, arp: 1 } },
    logged: { count: 5, hours: 0.5, rate: 10, low: 3.25, high: 23.34, all: 12 },
  };
  await golden(evaluationText(evaluation as never), "evaluation");
});

it("weir tune: the table, sums and warnings", async () => {
  const rate = (n: number) => ({ count: n, hours: 2, rate: n / 2, low: n / 4, high: n });
  const found = (n: number, medianDelay: number | null) => ({ found: n, medianDelay });
  const detector = (name: string, method: string, old: number, factor: number) => ({
    ...{
      name,
      share: 0.25,
      old,
      choice: { factor, method, peaks: 12, expected: 1 },
      heldOut: rate(1),
      uneven: undefined,
    },
  });
  const outcome = (n: number, alerts: [string, number][]) => ({
    ...{ alarms: rate(n), byDetector: new Map([["rate", n]]), alerts: new Map(alerts) },
  });
  const threshold = (limit: number, key?: string) => ({ detector: "rate", quantity: "packets", limit, key });
  const windows = [
    { from: 0, to: 3600, hours: 1 },
    { from: 3600, to: 7200, hours: 1 },
  ];
  const tuned = {
    detectors: [
      detector("rate", "rank", 1, 1),
      detector("arp", "extreme", 1, 1.5),
      detector("flood", "largest", 2, 0.5),
      detector("beacon", "baseline", 1, 1),
    ],
    ...{ fixed: [{ name: "scan", rate: rate(2) }], hours: 2, rate: 3, windows, crossed: true },
    baseline: { thresholds: [threshold(12345.6), threshold(1), threshold(3, "10.0.0.1")] },
    here: { old: outcome(4, [["rate", 4]]), new: outcome(1, []) },
    heldOut: rate(3),
    attacks: {
      ...{ attacks: 5, old: found(2, 0.5), new: found(3, null), lost: [], gained: Array.from("abcdefghijkl") },
      byDetector: new Map([["rate", { old: found(1, 1), new: found(2, 90) }]]),
    },
  } as never as Parameters<typeof tunedText>[0];
  const recording = (name: string, start: number, first?: number) => ({
    ...{ name, start },
    clock: first === undefined ? undefined : new Clock([[first, first + 86_400]]),
  });
  const one = { recordings: [recording("a.pcap", 0)], seconds: 7200 } as never as Parameters<typeof warningText>[2];
  const two = {
    recordings: [recording("a.pcap", 0), recording("b.pcap", 3700, 1_772_442_000)],
    seconds: 7000,
  } as never;
  const unit = (kind: string) => ({ kind, gap: 1 }) as never;
  const old = [threshold(1), threshold(3, "10.0.0.1")] as never;
  const uneven = { block: 1, count: 7, of: 9, chance: 0.00123 } as never;
  const lines = [
    tunedText(tuned, { budget: { most: 1.5, unit: unit("alarms") }, clean: one }, old),
    tunedText(
      { ...tuned, crossed: false, attacks: undefined, fixed: [], baseline: { thresholds: old } as never },
      { budget: { most: 0.001, unit: unit("records") }, clean: two },
      old,
    ),
    budgetText({ most: 0.00012345, unit: unit("records") }),
    ruleText(tuned, true),
    ruleText({ ...tuned, crossed: false }, false),
    warningText({ what: "short", expected: 1.234, hours: 2, needed: 12 }, tuned, one),
    warningText({ what: "over", detector: "all", rate: rate(4), budget: 1, chance: 0.0004 }, tuned, one),
    warningText({ what: "over", detector: "arp", rate: rate(4), budget: 1, chance: 0.0004 }, tuned, one),
    warningText({ what: "drift", detector: "arp", uneven }, tuned, one),
    warningText({ what: "drift", detector: "arp", uneven }, tuned, two),
    warningText({ what: "missing", captures: 2 }, tuned, one),
    warningText({ what: "learned-attacks", captures: 3 }, tuned, one),
  ];
  await golden(`${lines.join("\n\n")}\n`, "tuned");
});

it("weir inspect: all sections of an image", async () => {
  const extent = { address: "0x100000", permissions: "r-x", fileBytes: 4096, memoryBytes: 12345 };
  const image = {
    ...{ machine: "x86_64", bytes: 1234567, sha256: "ab".repeat(32), entry: "0x100040", segments: [extent] },
    interfaces: [{ name: "in", direction: "receive", mac: "52:54:00:77:00:01" }],
    ...{ oneQueue: false, logSilence: 0, sections: [{ ...extent, name: ".text" }], memory: 4_194_305 },
    policy: {
      name: "aaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbbb",
      sha256: "cd".repeat(32),
      bytes: 320,
      edition: 7,
      parts: { inspect: 3, guard: 1234 },
    },
    build: {
      weir: "0.1.0",
      compartments: [
        {
          name: "inspect",
          memoryBytes: 65536,
          imports: 0,
          functions: 321,
          wasmBytes: 9876,
          lines: 5432,
          sha256: "ef".repeat(32),
        },
      ],
      stack: {
        bytes: 1000,
        given: 16384,
        path: [
          { name: "main", bytes: 600 },
          { name: "run", bytes: 400 },
        ],
      },
      lines: { c: { kernel: 400, user: 1300 }, assemblyscript: 12345 },
      tools: { clang: "14.0.6", wabt: "1.0.39" },
    },
  } as never as Parameters<typeof render>[0];
  const bare = { ...image, build: undefined, memory: undefined, policy: undefined, interfaces: [] };
  const disk = { bytes: 7654321, sha256: "12".repeat(32) };
  await golden(`${[image, bare, { ...bare, disk }].map((one) => render(one as never)).join("\n\n")}\n`, "image");
});

// REQ-GROUND-018
it("weir inventory: what captures show, beside an interface-control file, a list and a policy", async () => {
  const recordings = ["-r", "fixtures/site.pcap", "-r", "fixtures/mil1553/clean.ch10"];
  await inventory().parseAsync([...recordings, "--against", "fixtures/mil1553/avionics.yaml"], user);
  expect(process.exitCode).toBe(0);
  await golden(`${seen.out}${seen.talk}`, "inventory");
  seen.out = "";
  await inventory().parseAsync(["-r", "fixtures/site.pcap", "--csv"], user);
  const list = join(seen.folder, "site.csv");
  writeFileSync(list, seen.out.replace(",tcp,502,", ",tcp,503,"));
  [seen.out, seen.talk] = ["", ""];
  await inventory().parseAsync(["-r", "fixtures/site.pcap", "--against", list, "--json"], user);
  expect(process.exitCode).toBe(3);
  expect(JSON.parse(seen.out).differences).toMatchObject([
    { status: "new", address: "10.0.0.30", port: 502 },
    { status: "missing", address: "10.0.0.30", port: 503 },
  ]);
  expect(seen.talk).toBe(`weir: ${list}: 1 new, 0 changed, 1 missing\n`);
});
