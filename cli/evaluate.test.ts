// weir evaluate end to end: this project's own labelled captures, with a baseline learned from clean ones.
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { ROOT } from "../lib/asc.ts";
import { command } from "./evaluate.ts";
import { command as learn } from "./learn.ts";

const fixture = (name: string) => join(ROOT, "fixtures", name);
const folder = mkdtempSync(join(tmpdir(), "weir-evaluate-"));
const baseline = join(folder, "site.baseline");
const SITE = ["-r", fixture("site.pcap"), "--labels", fixture("site.labels.csv"), "-c", fixture("policy.yaml")];

beforeAll(() => quietly(learn(), "-r", fixture("normal.pcap"), "-o", baseline));
afterEach(() => {
  process.exitCode = 0;
});

interface Ran {
  out: string;
  talk: string;
  code: unknown;
}

async function quietly(what: ReturnType<typeof command>, ...argv: string[]): Promise<Ran> {
  const [out, talk]: [string[], string[]] = [[], []];
  vi.spyOn(process.stdout, "write").mockImplementation((piece) => out.push(String(piece)) > 0);
  vi.spyOn(process.stderr, "write").mockImplementation((piece) => talk.push(String(piece)) > 0);
  try {
    await what.exitOverride().parseAsync(argv, { from: "user" });
  } finally {
    vi.restoreAllMocks();
  }
  return { out: out.join(""), talk: talk.join(""), code: process.exitCode };
}

const evaluate = (...argv: string[]) => quietly(command(), ...argv);

interface Json {
  unit: string;
  records: { attack: number; benign: number };
  detectors: { detector: string; auc: number; recall: number; falsePositives: number }[];
  attacks: { name: string; delay: number | null; by: { detector: string }[] }[];
  found: number;
  falseAlarms: { count: number };
}
const json = ({ out }: Ran) => JSON.parse(out) as Json;

describe("the plant network with an intruder", () => {
  it("without a baseline: what policy and decoder find", async () => {
    const { out, code } = await evaluate(...SITE, "--anomalies");
    expect(code).toBe(0);
    expect(out).toMatch(/site\.pcap: 1089 packets in 59\.9 s: 253 of attacks, 836 benign\n/);
    expect(out).toMatch(/^attacks: 3 of 4 found/m);
    expect(out).toMatch(/^port scan +30 s .* yes +0 ms {2}new-host 0 ms, scan 250 ms$/m);
    expect(out).toMatch(/^false alarms: 0 in 0\.015 h/m);
    expect(out).toMatch(/^alerts in eve.json: \d+, 0 of them outside of the attacks' times, 0\.00 per hour/m);
  });

  it("with a baseline: all four attacks, by whom, and no false alarm; twice the same", async () => {
    const svg = join(folder, "roc.svg");
    const ran = await evaluate(...SITE, "--baseline", baseline, "--json", "--roc", svg);
    const e = json(ran);
    expect(e).toMatchObject({ unit: "packets", records: { attack: 253, benign: 836 }, found: 4 });
    expect(e.attacks.map(({ name }) => name)).toEqual(["port scan", "new host", "ARP spoofing", "malformed"]);
    expect(e.attacks[2]!.by.map(({ detector }) => detector)).toContain("arp");
    expect(e.detectors[0]).toMatchObject({ detector: "all", falsePositives: 0 });
    expect(e.detectors[0]!.recall).toBeGreaterThan(0.95);
    expect(e.detectors[0]!.auc).toBeGreaterThan(0.99);
    expect(e.falseAlarms.count).toBe(0);
    expect(readFileSync(svg, "utf8")).toContain("ROC by record, 1 captures");
    expect(readFileSync(svg, "utf8")).toMatch(/^<svg [\s\S]*all \d\.\d{4}[\s\S]*<\/svg>\n$/);
    expect((await evaluate(...SITE, "--baseline", baseline, "--json")).out).toBe(ran.out);
  });

  // REQ-DETECT-013
  it("gates: exit 0 when they hold, 3 when one does not", async () => {
    const held = await evaluate(
      ...SITE,
      "--baseline",
      baseline,
      "--max-fpr",
      "0",
      "--min-auc",
      "0.99",
      "--min-found",
      "1",
    );
    expect([held.code, held.talk]).toEqual([0, ""]);
    const failed = await evaluate(...SITE, "--min-auc", "0.99", "--min-found", "1", "--max-fpr", "0");
    expect(failed.code).toBe(3);
    expect(failed.talk).toMatch(
      /^weir: gate failed: --min-auc 0\.99, measured 0\.\d+\nweir: gate failed: --min-found 1, measured 0\.75\n$/,
    );
    expect(failed.out).toContain("by record");
  });

  it("a threshold set high finds less, and the curve stays what it was", async () => {
    const off = json(await evaluate(...SITE, "--baseline", baseline, "--json", "--set", "detectors.new-pair=off"));
    expect(off.detectors.map(({ detector }) => detector)).not.toContain("new-pair");
    const high = ["--set", "detectors.rate.threshold=50"];
    const [a, b] = [
      json(await evaluate(...SITE, "--baseline", baseline, "--json")),
      json(await evaluate(...SITE, "--baseline", baseline, "--json", ...high)),
    ].map(({ detectors }) => detectors.find(({ detector }) => detector === "rate")!);
    expect(a!.recall).toBeGreaterThan(0.3);
    expect(b!.recall).toBe(0);
    expect(b!.auc).toBeGreaterThan(0.6);
  });
});

describe("a 1553 bus", () => {
  const bus = (name: string, ext: string) => fixture(`mil1553/${name}.${ext}`);
  it("counts messages, and the simulator's attacks", async () => {
    const learned = join(folder, "bus.baseline");
    await quietly(learn(), "-r", bus("clean", "ch10"), "-o", learned);
    const name = "bc-impersonation";
    const truth = ["--labels", bus(name, "labels.csv"), "--labels", bus(name, "attacks.csv")];
    const e = json(await evaluate("-r", bus(name, "ch10"), ...truth, "--baseline", learned, "--json"));
    expect(e).toMatchObject({ unit: "messages", records: { attack: 4, benign: 838 }, found: 1 });
    expect(e.attacks).toMatchObject([{ name, records: 4 }]);
    expect(e.attacks[0]!.delay).toBeGreaterThan(0.05); // the first message comes 71 ms after its beginning
    expect(e.attacks[0]!.by.map(({ detector }) => detector)).toContain("bus-period");
  });
});

describe("what cannot be done is said", () => {
  const labels = (content: string) => {
    const file = join(folder, "labels.csv");
    writeFileSync(file, content);
    return file;
  };
  it.each([
    [["--labels", labels("number,label\n1,5\n")], /labels\.csv:2:3: label: "5", expected/],
    [["--labels", join(folder, "none.csv")], /none\.csv: cannot be read \(ENOENT\)/],
    [["--labels", fixture("site.labels.csv"), "--max-fpr", "2"], /--max-fpr 2: expected a number from 0 to 1/],
    [["--labels", fixture("site.labels.csv"), "--gap", "x"], /--gap x: expected a number/],
    [["--labels", fixture("mil1553/collision.labels.csv")], /record \d+, but the captures have 0 messages/],
  ])("%j", async (argv, message) => {
    writeFileSync(join(folder, "labels.csv"), "number,label\n1,5\n");
    await expect(evaluate("-r", fixture("site.pcap"), ...argv)).rejects.toThrow(message);
  });

  it("a label beyond the capture, with its line", async () => {
    await expect(
      evaluate("-r", fixture("site.pcap"), "--labels", labels("number,label\n1,1\n2000,1\n")),
    ).rejects.toThrow(/labels\.csv:3:1: record 2000, but the captures have 1089 packets/);
  });

  it("a damaged capture: exit 2, what is left is evaluated", async () => {
    const cut = join(folder, "cut.pcap");
    writeFileSync(cut, readFileSync(fixture("site.pcap")).subarray(0, 60_000));
    const { out, talk, code } = await evaluate("-r", cut, "--labels", labels("number,label\n5,1\n"));
    expect(code).toBe(2);
    expect(out).toMatch(/cut\.pcap: \d+ packets/);
    expect(talk).toContain("cut.pcap");
  });
});
