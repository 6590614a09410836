import { beforeAll, describe, expect, it, vi } from "vitest";
import { WorkLimit } from "./bucket.ts";
import { codeOf, Keys } from "./keys.ts";
import { type Parsed, parse, signed } from "./record.ts";
import { type Report, reportJson, reportText } from "./reports.ts";
import { expectedOf, findingsOf, missingOf } from "./testing/expected.ts";
import { Impairment, type Sent } from "./testing/impair.ts";
import { anomaly, JournalHost, KEY, policyText } from "./testing/journal.ts";
import { type State, Verifier } from "./verify.ts";

const key = Buffer.from(KEY, "hex");

/** One start of the appliance, of which only the journal runs. */
async function machine(boot: number, keyed = true) {
  const host = await JournalHost.start(policyText(keyed ? `, key: ${KEY}` : ""), BigInt(boot));
  const payloads = (first: number, count: number) =>
    Array.from({ length: count }, (_, n) => host.run([{ json: anomaly(first + n) }])[0]!.payload);
  return { payloads };
}

/** Records of one start of the appliance, by the journal itself. */
const records = async (boot: number, count: number, keyed = true, from = 0): Promise<Buffer[]> =>
  (await machine(boot, keyed)).payloads(from + 1, count);

function verify(payloads: readonly Buffer[], options: { key?: Buffer; state?: State; join?: boolean } = { key }) {
  const reports: Report[] = [];
  const verifier = new Verifier({ ...options, onReport: (report) => reports.push(report) });
  const kept = payloads.flatMap((payload) => verifier.take(payload)?.json.toString() ?? []);
  verifier.finish();
  return { reports, kept, verifier };
}

const classes = (reports: readonly Report[]) => reports.map((r) => r.class).filter((name) => name !== "started");
let one: Buffer[];
let two: Buffer[];
beforeAll(async () => {
  [one, two] = await Promise.all([records(1_700_000_000_000, 700), records(1_700_000_060_000, 300)]);
});

describe("a log that arrives whole", () => {
  // REQ-LOG-001
  it("is genuine from the first to the last record, over a restart too", () => {
    const { reports, kept, verifier } = verify([...one, ...two]);
    expect(reports).toEqual([
      { class: "started", boot: 1_700_000_000_000 },
      { class: "restart", boot: 1_700_000_060_000, previous: { boot: 1_700_000_000_000, last: 700 } },
    ]);
    expect(kept).toEqual([...one.map((_, n) => anomaly(n + 1)), ...two.map((_, n) => anomaly(n + 1))]);
    expect([verifier.records, verifier.missing]).toEqual([1000, 0]);
  });

  it("is followed without a key, and not called authentic", async () => {
    const plain = await records(5, 10, false);
    const { reports, verifier } = verify([...plain.slice(0, 3), ...plain.slice(5), plain[6]!], {});
    expect(verifier.authenticated).toBe(false);
    expect(reports).toEqual([
      { class: "started", boot: 5 },
      { class: "duplicate", boot: 5, first: 7, datagram: 9 },
      { class: "missing", boot: 5, first: 4, last: 5, count: 2 },
    ]);
  });
});

// REQ-LOG-005
describe("what is wrong is named", () => {
  it("missing: one, a burst, the first; with the reordered ones taken back", () => {
    const { reports } = verify([...one.slice(2, 10), ...one.slice(11, 300), one[10]!, ...one.slice(500)]);
    expect(reports.slice(1)).toEqual([
      { class: "missing", boot: 1_700_000_000_000, first: 1, last: 2, count: 2 },
      { class: "missing", boot: 1_700_000_000_000, first: 11, last: 11, count: 1 },
      { class: "reordered", boot: 1_700_000_000_000, first: 11, datagram: 298, late: true },
      { class: "missing", boot: 1_700_000_000_000, first: 301, last: 500, count: 200 },
    ]);
  });

  it("a key of another: every record is forged, none is missing", () => {
    const { reports, kept, verifier } = verify(one, { key: Buffer.alloc(32, 7) });
    expect(new Set(reports.map((r) => r.class))).toEqual(new Set(["forged"]));
    expect([kept.length, verifier.missing]).toEqual([0, 0]);
  });

  it("tampered: every byte of a record, whatever it becomes", () => {
    const [n, record] = [100, one[100]!];
    for (let at = 0; at < record.length; at++)
      for (const to of [record[at]! ^ 1, 0x30, 0x61, 0x67, 0x22, 0x20, 0x7b, 0x7d, 0x0a, 0xff]) {
        if (to === record[at]) continue;
        const altered = Buffer.from(record);
        altered[at] = to;
        const { reports } = verify([...one.slice(n - 2, n), altered, ...one.slice(n + 1, n + 3)], { key, join: true });
        expect(reports.slice(1), `byte ${at} became ${to}`).toEqual([
          { ...reports[1], class: "tampered", boot: 1_700_000_000_000, first: n + 1, datagram: 3 },
          { class: "missing", boot: 1_700_000_000_000, first: n + 1, last: n + 1, count: 1 },
        ]);
      }
  });

  it("truncated: at every length that still says whose it is", () => {
    const record = one[100]!;
    const marked = record.indexOf("[weir@32473 ") + "[weir@32473 ".length;
    for (let length = 1; length < record.length; length++) {
      const { reports } = verify([...one.slice(0, 100), record.subarray(0, length), ...one.slice(101, 103)]);
      expect(classes(reports), `${length} bytes`).toEqual([length < marked ? "not_ours" : "truncated", "missing"]);
    }
  });

  it("replayed: a record of an earlier start that had come; a late record of a known start is reordered", () => {
    const { reports, kept } = verify([...one.slice(0, 49), one[50]!, ...two.slice(0, 9), one[20]!, one[49]!]);
    expect(kept.length).toBe(60);
    expect(reports.slice(2)).toEqual([
      { class: "replayed", boot: 1_700_000_000_000, first: 21, datagram: 60 },
      { class: "reordered", boot: 1_700_000_000_000, first: 50, datagram: 61 },
    ]);
  });

  it("clone: a second record of a number that was taken, made with the key; it is kept, too", () => {
    const record = parse(one[5]!);
    if (typeof record === "string") throw new Error(record);
    const text = one[5]!.toString("latin1").replace("trunc_pkt", "trunc_pkx");
    const keys = new Keys(key, record.boot);
    const forged = Buffer.from(text, "latin1");
    const mac = codeOf(keys.of(6), ...signed(forged, record));
    forged.write(mac, record.macAt);
    const behind = verify([...one.slice(0, 10), forged, forged]);
    expect(classes(behind.reports)).toEqual(["clone", "duplicate"]);
    expect(behind.kept).toHaveLength(11);
    expect(classes(verify([...one.slice(0, 5), forged, ...one.slice(6, 10)]).reports)).toEqual(["clone"]);
  });

  it("tampered, late: its successor comes when it was called forged; the count is put right", () => {
    const altered = Buffer.from(one[5]!.toString().replace("trunc", "TRUNC"));
    const { reports, verifier } = verify([...one.slice(0, 5), altered, ...one.slice(7, 500), one[6]!]);
    expect(reports.slice(1)).toEqual([
      { class: "missing", boot: 1_700_000_000_000, first: 6, last: 7, count: 2 },
      { class: "forged", boot: 1_700_000_000_000, first: 6, datagram: 6 },
      { class: "reordered", boot: 1_700_000_000_000, first: 7, datagram: 500, late: true },
      { class: "tampered", boot: 1_700_000_000_000, first: 6, datagram: 6, late: true },
    ]);
    expect([verifier.counts.get("forged"), verifier.counts.get("tampered")]).toEqual([0, 1]);
  });

  it("unauthenticated, and not ours", () => {
    const stripped = one[3]!.toString().replace(/ len=.* mac="[^"]*"/, "");
    const { reports } = verify([
      ...one.slice(0, 3),
      Buffer.from(stripped),
      Buffer.from("<13>hello"),
      ...one.slice(3, 6),
    ]);
    expect(classes(reports)).toEqual(["unauthenticated", "not_ours"]);
  });

  it("all of it at once, 40 times: each finding, each missing record, nothing else", async () => {
    const earlier = await records(1_690_000_000_000, 1500);
    const later = await records(1_700_000_000_000, 2500);
    let seen = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const impairment = new Impairment(seed, { burst: 0.001 });
      const sent: Sent[] = [
        ...earlier.flatMap((payload, n) => impairment.take(payload, 1_690_000_000_000, n + 1)),
        ...later.flatMap((payload, n) => impairment.take(payload, 1_700_000_000_000, n + 1)),
        ...impairment.end(),
      ];
      const expected = expectedOf(sent);
      const { reports, verifier } = verify(sent.map(({ payload }) => payload));
      expect(findingsOf(reports).sort(), `seed ${seed}`).toEqual(expected.findings.sort());
      expect(missingOf(reports), `seed ${seed}`).toEqual(expected.missing);
      expect([verifier.records, verifier.missing]).toEqual([expected.genuine, expected.missing.length]);
      seen += expected.findings.length;
    }
    expect(seen).toBeGreaterThan(3000);
  });
});

// REQ-LOG-013
describe("every genuine record is kept", () => {
  const A = 1_700_000_000_000;
  it("after the host's counter went back: a restart with a lower number", () => {
    const { reports, kept } = verify([...two, ...one.slice(0, 400), two[5]!, one[5]!]);
    expect(kept).toHaveLength(700);
    expect(reports.slice(1)).toEqual([
      { class: "restart", boot: A, previous: { boot: 1_700_000_060_000, last: 300 }, lower: true },
      { class: "replayed", boot: 1_700_000_060_000, first: 6, datagram: 701 },
      { class: "duplicate", boot: A, first: 6, datagram: 702 },
    ]);
  });

  it("while somebody replays an old start: of the one that goes on 16 are called reordered at most, also in another collector", () => {
    const old = two.slice(0, 100);
    const replayed = one
      .slice(200, 700)
      .flatMap((record, n) => [record, ...(n % 5 === 4 ? [old[Math.floor(n / 5)]!] : [])]);
    const { reports, kept, verifier } = verify([...one.slice(0, 200), ...replayed]);
    expect(kept).toHaveLength(800);
    expect(classes(reports).filter((name) => name !== "restart")).toEqual(
      Array.from({ length: 16 }, () => "reordered"),
    );
    const state = JSON.parse(JSON.stringify(verifier.state)) as State;
    expect(verify(two.slice(100, 200), { key, state }).reports).toEqual([]);
  });

  it("of two starts with one number, once each, whether or not the collector was started again between them", async () => {
    const again = await records(A, 300, true, 1000);
    for (const isNew of [false, true]) {
      const first = verify(one.slice(0, 300));
      const state = JSON.parse(JSON.stringify(first.verifier.state)) as State;
      const { reports, kept } = isNew
        ? verify([...again, ...again, ...one.slice(0, 300)], { key, state })
        : verify([...one.slice(0, 300), ...again, ...again, ...one.slice(0, 300)]);
      expect(kept.slice(-300)).toEqual(again.map((_, n) => anomaly(n + 1001)));
      const clones = reports.filter((report) => report.class === "clone");
      expect(clones).toHaveLength(300);
      expect(clones[0]).toMatchObject({ boot: A, first: 1, how: "started twice" });
      expect(reports.filter((report) => report.class === "duplicate")).toHaveLength(600);
    }
  });

  it("of a machine that goes on from a snapshot: the copy is told from a replayed log", async () => {
    const [original, copy] = await Promise.all([machine(A), machine(A)]);
    const before = original.payloads(1, 150);
    expect(copy.payloads(1, 150)).toEqual(before); // the same bytes: as if it were copied now
    const [first, second] = [original.payloads(151, 150), copy.payloads(5151, 200)];
    const { reports, kept } = verify([...before, ...first, ...second]);
    expect(kept).toHaveLength(500);
    expect(reports[1]).toMatchObject({ class: "clone", boot: A, first: 151, how: "copied" });
    expect(reports.filter((report) => report.class === "clone")).toHaveLength(150);
  });

  it("without a key, too: one forged datagram blinds to nothing", async () => {
    const plain = await records(7, 100, false);
    const forged = (boot: string, sequence: string) =>
      Buffer.from(plain[0]!.toString().replace('boot="7"', `boot="${boot}"`).replace('seq="1"', `seq="${sequence}"`));
    for (const [boot, sequence] of [
      ["9007199254740991", "1"],
      ["9007199254740991", "9007199254740991"],
      ["7", "9007199254740991"],
      ["7", "60"],
    ] as const) {
      const { kept } = verify([...plain.slice(0, 50), forged(boot, sequence), ...plain.slice(50)], {});
      expect(kept.filter((text) => text !== anomaly(1)).length, `${boot} ${sequence}`).toBe(99);
    }
  });
});

describe("a flood of forgeries", () => {
  // REQ-LOG-014
  it("is checked as far as there is work for it; a start that begins meanwhile is found and kept from its first record", () => {
    const work = new WorkLimit({ burst: 20, perSecond: 10 }, { burst: 50, perSecond: 20 });
    const checked = vi.spyOn(work, "take");
    const kept: Parsed[] = [];
    const reports: Report[] = [];
    const verifier = new Verifier({
      ...{ key, work, onReport: (report: Report) => reports.push(report) },
      onRecord: (record) => kept.push(record),
    });
    const take = (payload: Buffer, now: number, from: string) =>
      kept.push(...[verifier.take(payload, now, from) ?? []].flat());
    for (const payload of one.slice(0, 100)) take(payload, 0, "10.0.9.2:5514");
    const forged = (n: number) =>
      Buffer.from(
        one[0]!
          .toString()
          .replace(/boot="\d+"/, `boot="${1_800_000_000_000 + n}"`)
          .replace(/ mac="../, ' mac="00'),
      );
    for (let n = 0; n < 20_000; n++) {
      take(forged(n), n / 20, `10.9.${n % 200}.1:${n % 60_000}`); // from everywhere
      if (n % 100 === 0) take(two[n / 100]!, n / 20, "10.0.9.2:5514");
      if (n % 5000 === 0) verifier.tick(n / 20);
    }
    expect(kept).toHaveLength(300);
    expect(checked.mock.calls.length).toBeLessThan(100);
    expect(verifier.counts.get("unchecked")).toBeGreaterThan(15_000);
    // From the appliance's own address: its new start waits for its turn, and what came of it meanwhile is not lost
    const three = one.map((payload) => payload);
    const other = new Verifier({ ...{ key, work, onReport: () => {} }, onRecord: (record) => kept.push(record) });
    kept.length = 0;
    for (let n = 0; n < 3000; n++) {
      const at = 10_000 + n;
      kept.push(...[other.take(forged(n), at, "10.0.9.2:5514") ?? []].flat());
      if (n % 100 === 99) kept.push(...[other.take(three[(n - 99) / 100]!, at, "10.0.9.2:5514") ?? []].flat());
    }
    for (let now = 13_000; now < 600_000 && kept.length < 30; now += 250) other.tick(now);
    expect(kept).toHaveLength(30);
  });
});

// REQ-LOG-014
it("a genuine record that is sent again makes nobody known: work for 100 addresses is that for strangers", () => {
  const work = new WorkLimit({ burst: 20, perSecond: 10 }, { burst: 50, perSecond: 20 });
  const verifier = new Verifier({ key, work, onReport: () => {} });
  for (const payload of one.slice(0, 10)) verifier.take(payload, 0, "10.0.9.2:5514");
  const done = vi.spyOn(work, "take");
  for (let n = 0; n < 100; n++) verifier.take(one[0]!, 0, `10.9.${n}.1:5514`);
  const forged = (n: number) =>
    Buffer.from(one[0]!.toString().replace(/boot="\d+"/, `boot="${1_800_000_000_000 + n}"`));
  for (let n = 0; n < 2000; n++) verifier.take(forged(n), 0, `10.9.${n % 100}.1:5514`);
  expect(done).toHaveBeenCalledTimes(50);
  expect(work.has("10.0.9.2:5514", 0)).toBe(true);
  expect(verifier.counts.get("duplicate")).toBe(100);
});

it("of the sources that are known, the one that sent last stays", () => {
  const work = new WorkLimit({ burst: 20, perSecond: 10 }, { burst: 0, perSecond: 0 });
  work.know("10.0.9.2:5514");
  for (let n = 1; n < 64; n++) work.know(`10.9.${n}.1:5514`);
  work.know("10.0.9.2:5514");
  work.know("10.9.64.1:5514");
  const known = ["10.0.9.2:1", "10.9.64.1:1", "10.9.2.1:1", "10.9.1.1:1"].map((from) => work.has(from, 1000));
  expect(known).toEqual([true, true, true, false]);
});

describe("a verifier", () => {
  it("goes on where another has stopped", () => {
    const first = verify([...one.slice(0, 100), ...one.slice(105, 200)]);
    const state = JSON.parse(JSON.stringify(first.verifier.state)) as State;
    const { reports } = verify([one[50]!, one[102]!, ...one.slice(210)], { key, state });
    expect(reports).toEqual([
      { class: "duplicate", boot: 1_700_000_000_000, first: 51, datagram: 1 },
      { class: "reordered", boot: 1_700_000_000_000, first: 103, datagram: 2, late: true },
      { class: "missing", boot: 1_700_000_000_000, first: 201, last: 210, count: 10 },
    ]);
  });

  it("may begin in the middle: nothing before is owed, but what was overtaken at the start is taken", () => {
    const { reports, kept } = verify([one[300]!, one[299]!, ...one.slice(301, 310)], { key, join: true });
    expect(kept.length).toBe(11);
    expect(reports.slice(1)).toEqual([{ class: "reordered", boot: 1_700_000_000_000, first: 300, datagram: 2 }]);
  });

  it("calls missing what time has shown to be", () => {
    const reports: Report[] = [];
    const verifier = new Verifier({ key, patience: 1000, onReport: (report) => reports.push(report) });
    verifier.take(one[0]!, 0);
    verifier.take(one[2]!, 10);
    verifier.tick(1009);
    expect(classes(reports)).toEqual([]);
    verifier.tick(1010);
    expect(classes(reports)).toEqual(["missing"]);
  });

  it("finds the key of a record behind any loss", async () => {
    const keys = new Keys(key, 7);
    const far = 2 ** 38;
    const front = `<109>1 2026-03-02T00:00:01.000000Z weir weir - eve [weir@32473 boot="7" seq="${far}" len="2" prev="${"0".repeat(16)}" mac="`;
    const back = '"][timeQuality tzKnown="1" isSynced="0"] {}';
    const mac = codeOf(keys.of(far), Buffer.from(front), Buffer.from(back));
    const { reports } = verify([...(await records(7, 3)), Buffer.from(front + mac + back)]);
    expect(reports.at(-1)).toEqual({ class: "missing", boot: 7, first: 4, last: far - 1, count: far - 4 });
  });
});

it("reports are a line of JSON, and a line for people", () => {
  const report: Report = { class: "missing", boot: 7, first: 4, last: 9, count: 6 };
  expect(reportJson(report, "2026-03-02T00:00:01.000000+0000")).toBe(
    '{"timestamp":"2026-03-02T00:00:01.000000+0000","event_type":"weir_log","weir_log":{"class":"missing","boot":7,"first":4,"last":9,"count":6}}',
  );
  expect(reportText(report)).toBe("missing, boot 7 record 4-9, 6 records");
});

// Every member that a report may have
it.each<[Report, string]>([
  [{ class: "forged", count: 7, omitted: true }, "forged, 7 more, not reported one by one"],
  [{ class: "clone", boot: 7, first: 4, how: "copied" }, "clone, boot 7 record 4, copied"],
  [
    { class: "restart", boot: 7, lower: true, previous: { boot: 8, last: 9 } },
    "restart, boot 7, a lower number, after boot 8, record 9 the last of it",
  ],
  [{ class: "silent", boot: 7, seconds: 12 }, "silent, boot 7, for 12 s"],
  [
    { class: "not_ours", late: true, datagram: 5, from: "10.0.0.1:514" },
    "not ours (late), datagram 5, from 10.0.0.1:514",
  ],
])("a report for people: %j", (report, words) => {
  expect(reportText(report)).toBe(words);
});
