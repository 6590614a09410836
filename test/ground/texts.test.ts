// Baselines, labels, threshold.config and interface-control files from anywhere.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { parseBaseline } from "../../detectors/baseline/file.ts";
import { baselineOf, detectorOf, mergeBaselines, packBaseline } from "../../detectors/baseline/merge.ts";
import { ROOT } from "../../lib/asc.ts";
import { Problems } from "../../lib/yaml.ts";
import { noise, Sandbox, times } from "./command.ts";

const SITE = join(ROOT, "fixtures/site.pcap");
const POLICY = join(ROOT, "fixtures/policy.yaml");
const baseline = (entries: string) =>
  `{"weir-baseline": 1,\n"captures": [],\n"falseAlarmsPerHour": 0.1,\n"thresholds": [],\n"entries": ${entries}}\n`;
const laughs = `a0: &a0 ["x"]\n${times(9, (i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(", ")}]\n`)}`;

type Hostile = [name: string, content: string | Uint8Array, message: RegExp | undefined];

const BASELINES: Hostile[] = [
  ["lists 50,000 deep", baseline(`${times(50_000, "[")}${times(50_000, "]")}`), /within each other/],
  ["an entry 50,000 deep", baseline(`[{"detector":"rate","x":${times(50_000, "[")}${times(50_000, "]")}}]`), /within/],
  ["100,000 wrong entries", baseline(`[${times(100_000, "1,")}1]`), /:5:13: entries\.0: expected a mapping/],
  ["5 MB with a comma too many", baseline(`[${times(200_000, '{"detector":"rate"},\n')}]`), /:1:1: no JSON: /],
  ["an entry of 10 MB", baseline(`["${times(10_000_000, "x")}"]`), /entries\.0: expected a mapping/],
  [
    "entries without members",
    baseline('[{"detector":"rate"},{"detector":"bus"}]'),
    /entries\.0\.client: expected an address/,
  ],
  [
    "numbers that are text",
    baseline('[{"detector":"flood","host":"10.0.0.1","syn":"1","udp":1,"icmp":1,"connections":1}]'),
    /entries\.0\.syn: expected a number/,
  ],
  [
    "numbers beyond all bounds",
    baseline('[{"detector":"flood","host":"10.0.0.1","syn":1e999,"udp":1,"icmp":1,"connections":1}]'),
    /entries\.0\.syn: expected a number/,
  ],
  [
    "an invalid address",
    baseline('[{"detector":"flood","host":"../../etc","syn":1,"udp":1,"icmp":1,"connections":1}]'),
    /entries\.0\.host: expected an address/,
  ],
  ["__proto__ as a detector", baseline('[{"detector":"__proto__"}]'), /entries\.0\.detector: "__proto__": a detector/],
  ["__proto__ as a key", baseline('[],"__proto__":{"captures":[]}'), /__proto__: unknown key/],
  ["a rate of alarms beyond all bounds", baseline("[]").replace("0.1", "1e999"), /falseAlarmsPerHour: /],
  ["NUL bytes", Buffer.alloc(100_000), /:1:1: /],
  ["noise", noise(100_000), /:\d+:\d+: /],
  ["aliases of aliases, as YAML", `${laughs}weir-baseline: 1\n`, /alias/],
];

const LABELS: Hostile[] = [
  ["5 MB behind a quote", `"${times(5_000_000, "a")}`, /:1:1: columns "a/],
  ["3 million quotes", `number,label\n${times(3_000_001, '"')}\n`, /:2:1: /],
  ["half a million unfinished quotes", `number,label\n1,${times(500_000, '"a')}\n`, undefined],
  ["spaces and quotes", `number,label\n1,${times(200_000, ' "x')}\n`, undefined],
  ["a million columns", times(1_000_000, ","), /columns .* more: expected number and label/],
  ["200,000 faults", `number,label\n${times(200_000, "x,y\n")}`, /:2:1: number: "x"/],
  ["a number without bounds", `number,label\n${times(100, "9")},1\n`, /:2:1: number: /],
  ["a missing record", "number,label\n999999999999999,1\n", /:2:1: record 999999999999999, but/],
  ["times without bounds", "start,end,label\n1e999,1,x\n", /:2:1: time: "1e999"/],
  ["names of JavaScript", "number,label\n1,__proto__\n2,constructor\n3,toString\n", undefined],
  ["columns of JavaScript", "__proto__,constructor\n1,1\n", /:1:1: columns __proto__, constructor/],
  ["control characters", "number,label\n5,\x1b[2Jboo\n6,\x9b31m\u202e\n", undefined],
  ["NUL bytes", Buffer.alloc(100_000), /:1:1: /],
  ["noise", noise(100_000), /:\d+:\d+: |columns/],
  ["nothing", "", /:1:1: no rows/],
];

const THRESHOLDS: Hostile[] = [
  [
    "30,000 spaces in a list of addresses",
    `suppress gen_id 1, sig_id 0, track by_src, ip [${times(30_000, " ")}x y]\n`,
    /:1:47: "x y", expected an address/,
  ],
  ["names of JavaScript", "constructor gen_id 1, sig_id 0\n__proto__ x\ntoString\n", /:1:1: "constructor", expected/],
  [
    "values of JavaScript",
    "threshold gen_id 1, sig_id 0, type constructor, track toString, count 1, seconds 1\n",
    /:1:55: "toString", expected/,
  ],
  ["100,000 lines", times(100_000, "suppress gen_id 1, sig_id 0\n"), /:129:1: too many lines/],
  ["100,000 faults", times(100_000, "x\n"), /:1:1: "x"/],
  ["100,000 continued lines", `${times(100_000, "\\\n")}suppress`, /gen_id is missing/],
  ["half a million brackets", `suppress gen_id 1, sig_id 0, track by_src, ip ${times(500_000, "[")}\n`, /:1:47: /],
  [
    "50,000 addresses",
    `suppress gen_id 1, sig_id 0, track by_src, ip [${times(50_000, (i) => `10.0.${i >> 8}.${i & 255},`)}10.0.0.1]\n`,
    /at most 256/,
  ],
  ["20 MB", times(20_000_000, "#"), /expected at most/],
  ["NUL bytes", Buffer.alloc(100_000), /:1:1: /],
  ["noise", noise(100_000), /:\d+:\d+: /],
];

const BUSES: Hostile[] = [
  ["aliases of aliases", `${laughs}weir-bus: 1\nname: x\nchannels: *a9\n`, /alias/],
  [
    "a bus that is never done",
    "weir-bus: 1\nname: x\nchannels: [{ name: A, channel: 2, minor-frame: 0.0000001 us, minor-frames: 1, terminals: [], messages: [] }]\n",
    /minor-frame/,
  ],
  ["100,000 channels", `weir-bus: 1\nname: x\nchannels:\n${times(100_000, " - x\n")}`, /channels\.0/],
  ["a name that leads out", "weir-bus: 1\nname: ../../x\nchannels: []\n", /name: "\.\.\/\.\.\/x", expected/],
  ["markup and controls in a name", 'weir-bus: 1\nname: "<b>\\e[2J"\nchannels: []\n', /name: /],
  ["noise", noise(100_000), /:\d+:\d+: /],
];

const SUBJECTS: [string, Hostile[], (path: string) => string[]][] = [
  ["baseline show", BASELINES, (path) => ["baseline", "show", path]],
  ["evaluate --labels", LABELS, (path) => ["evaluate", "-r", SITE, "-c", POLICY, "--labels", path]],
  ["replay --threshold-config", THRESHOLDS, (path) => ["replay", "-r", SITE, "--threshold-config", path]],
  ["simulate", BUSES, (path) => ["simulate", path, "--seconds", "1", "-o", "never.ch10"]],
];

// REQ-GROUND-001, REQ-GROUND-003, REQ-GROUND-004
describe.each(SUBJECTS)("weir %s", (_, hostile, words) => {
  const box = new Sandbox();
  afterAll(() => box.remove());
  const paths = new Map(hostile.map(([name, content], n) => [name, box.file(`${n}.txt`, content)]));
  const messages = new Map(hostile.map(([name, , message]) => [name, message]));
  const before = box.state();

  it.concurrent.each([...paths.keys()])("%s", async (name) => {
    const message = messages.get(name);
    const { stderr } = await box.weir(words(paths.get(name)!), message ? 1 : 0);
    if (message) expect(stderr.slice(0, 5000)).toMatch(message);
  });
  it("nothing was written", () => {
    expect(box.state()).toEqual(before);
  });
});

// REQ-GROUND-007
describe("what a baseline says stays text", () => {
  const box = new Sandbox();
  afterAll(() => box.remove());
  it("names of captures and of limits do not move a terminal's cursor", async () => {
    const path = box.file(
      "escapes.json",
      `{"weir-baseline": 1, "captures": [{"name":"\\u001b]0;owned\\u0007\\u001b[2J","sha256":"","bytes":1,"packets":1,"messages":0,"first":"\\u009b31m","last":"","seconds":5}],
"falseAlarmsPerHour": 0.1, "thresholds": [{"detector":"x\\u001b[2J","key":"k\\u202e","quantity":"q","limit":1,"method":"rank","samples":1,"hours":1}], "entries": []}`,
    );
    expect((await box.weir(["baseline", "show", path], 0)).stdout).toContain("\\x1b]0;owned\\x07");
  });
});

// In this process: an entry is changed in one place, and everything is done with it that a command does.
// REQ-GROUND-004
describe("baselines with one thing changed", () => {
  const box = new Sandbox();
  afterAll(() => box.remove());
  const weir = (...words: string[]) =>
    execFileSync(process.execPath, [join(ROOT, "bin/weir"), ...words], { cwd: box.work, stdio: "pipe" });
  weir("learn", "-r", SITE, "-o", "site.baseline");
  weir("simulate", join(ROOT, "fixtures/mil1553/avionics.yaml"), "--seconds", "2", "-o", "bus.ch10");
  weir("learn", "-r", "bus.ch10", "-o", "bus.baseline");
  /** An entry of each kind, and all that is not an entry. */
  const learned = ["site", "bus"].map((name) => {
    const file = JSON.parse(readFileSync(join(box.work, `${name}.baseline`), "utf8"));
    const kinds = new Map(file.entries.map((entry: { detector: string }) => [entry.detector, entry]));
    return { ...file, entries: [...kinds.values()] };
  });

  const values: unknown[] = [
    null,
    true,
    -1,
    0,
    0.5,
    1e300,
    -1e300,
    2 ** 53,
    65536,
    4294967295,
    "",
    "x",
    "\0",
    "\x1b[2J",
    "*",
    [],
    [[]],
    {},
    { length: 1e9 },
    Array(40).fill(0),
  ];
  /** Every place in a value, as paths. */
  const placesIn = (value: unknown): (string | number)[][] =>
    typeof value !== "object" || value === null
      ? [[]]
      : [[], ...Object.entries(value).flatMap(([key, item]) => placesIn(item).map((rest) => [key, ...rest]))];
  const changed = (value: unknown, [key, ...rest]: (string | number)[], to: unknown): unknown => {
    if (key === undefined) return to;
    const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>;
    copy[key] = changed(copy[key], rest, to);
    return copy;
  };
  const places = learned.map((file) => placesIn(file).filter((path) => path.length));

  it("are read as they are, or refused with a reason", () => {
    let refused = 0;
    let done = 0;
    fc.assert(
      fc.property(
        fc.nat(1).chain((file) => fc.tuple(fc.constant(file), fc.constantFrom(...places[file]!))),
        fc.constantFrom(...values),
        ([file, path], value) => {
          const text = JSON.stringify(changed(learned[file], path, value));
          try {
            const read = parseBaseline(text, "b");
            for (const entry of read.entries) expect(detectorOf(entry).show(entry)).toEqual(expect.any(String));
            mergeBaselines([read, { ...read, captures: [] }], { rate: 0.1 });
            packBaseline({ ...read, ...baselineOf(read.captures, read.entries, { rate: 0.1 }) });
            packBaseline(read);
            done++;
          } catch (error) {
            if (!(error instanceof Problems) && !(error instanceof RangeError)) throw error;
            expect(error.message).not.toMatch(/call stack|Invalid (array|typed|string)|offset/i);
            refused++;
          }
        },
      ),
      { seed: 10, numRuns: 400 },
    );
    expect(refused).toBeGreaterThan(100);
    expect(done).toBeGreaterThan(20);
  });
});
