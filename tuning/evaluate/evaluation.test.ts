import fc from "fast-check";
import { wilcoxonRankSum } from "simple-statistics";
import { describe, expect, it } from "vitest";
import type { Alert } from "./alerts.ts";
import { ALL, Evaluator } from "./evaluation.ts";
import { type OwnLabels, parseLabels } from "./labels.ts";
import { rocPicture } from "./picture.ts";
import { evaluationJson, evaluationText } from "./text.ts";
import { type Recorded, truthOf } from "./truth.ts";

/** One capture with a record each second, from 1000 s on. */
const seconds = (n: number): Recorded => ({
  unit: "packets",
  times: Array.from({ length: n }, (_, i) => 1000 + i),
  perCapture: [{ name: "a.pcap", records: n }],
});
const truth = (n: number, labels: string, gap = 5) =>
  truthOf(seconds(n), [parseLabels(labels, "l.csv") as OwnLabels], gap);
const alert = (number: number, detector: string, ratio: number): Alert => ({
  ...{ unit: "packets", number, detector, ratio },
  time: 999 + number,
});
const settings = { gap: 2, grace: 2 };

describe("figures by record", () => {
  it("are those counted by hand", () => {
    // ten records; 3, 4, 5 are a scan, 9 is left out
    const evaluator = new Evaluator(truth(10, "number,label\n3,scan\n4,scan\n5,scan\n9,-1\n"), settings);
    evaluator.alarm(alert(3, "new-host", 2));
    evaluator.alarm(alert(4, "new-host", 1.5));
    evaluator.alarm(alert(4, "shape", 3));
    evaluator.alarm(alert(7, "shape", 1.2)); // false
    evaluator.alarm(alert(9, "shape", 9)); // left out
    evaluator.score(alert(5, "shape", 0.5));
    evaluator.score(alert(1, "shape", 0.7));
    evaluator.score(alert(4, "new-host", 0.3)); // less than what it said as an alarm
    const [all, host, shape] = evaluator.evaluation().detectors;
    expect(all).toMatchObject({ detector: ALL, alerts: 5, truePositives: 2, falsePositives: 1 });
    expect(all!.precision).toBeCloseTo(2 / 3, 12);
    expect(all!.recall).toBeCloseTo(2 / 3, 12);
    expect(all!.f1).toBeCloseTo(2 / 3, 12);
    expect(all!.falsePositiveRate).toBeCloseTo(1 / 6, 12); // of six benign records
    // attacks score 2, 3, 0.5; benign ones 1.2, 0.7, 0, 0, 0, 0: of 18 pairs 16 are in order
    expect(all!.auc).toBeCloseTo(16 / 18, 12);
    expect(all!.truePositiveRates[0]).toBeCloseTo(2 / 3, 12);
    expect(host).toMatchObject({ detector: "new-host", alerts: 2, truePositives: 2, falsePositives: 0, precision: 1 });
    expect(host!.f1).toBeCloseTo(0.8, 12);
    expect(shape).toMatchObject({ truePositives: 1, falsePositives: 1, precision: 0.5 });
    // 3, 0.5, 0 against 1.2, 0.7, 0 x 4: 6 + 4 + 4 / 2 of 18
    expect(shape!.auc).toBeCloseTo(12 / 18, 12);
  });

  it("stand in a table, with a dash where they mean nothing, and small rates as powers of ten", () => {
    const evaluator = new Evaluator(truth(4000, "number,label\n3,scan\n4,scan\n5,scan\n"), settings);
    evaluator.alarm(alert(3, "new-host", 2));
    evaluator.alarm(alert(700, "shape", 1.5)); // false: one of 3,997 benign records
    for (let number = 900; number < 910; number++) evaluator.alarm(alert(number, "flood", 1.5));
    evaluator.score(alert(9, "arp", 0.5));
    expect(evaluationText(evaluator.evaluation()).split("\n")).toEqual([
      "by record, at the thresholds as they are (precision to FPR) and over all thresholds (AUC on)",
      "          alerts  precision  recall     F1     FPR     AUC     EER  TPR@1e-4  TPR@1e-3  TPR@1e-2",
      "all           12      0.083   0.333  0.133  0.0028  0.6657  0.3348     0.333     0.333     0.333",
      "arp            0          -   0.000  0.000       0  0.4999  0.5001     0.000     0.000     0.000",
      "flood         10      0.000   0.000  0.000  0.0025  0.4987  0.5013     0.000     0.000     0.000",
      "new-host       1      1.000   0.333  0.500       0  0.6667  0.3333     0.333     0.333     0.333",
      "shape          1      0.000   0.000  0.000  2.5e-4  0.4999  0.5001     0.000     0.000     0.000",
      "A detector that alerts once for a host or an attack has a low recall here: the attacks are its measure.",
      "",
      "attacks: 1 of 1 found (95 %: 21 % to 100 %)",
      "       at  for  called  found  after  by",
      "scan  2 s  2 s     1/3    yes   0 ms  new-host 0 ms",
      "",
      "false alarms: 2 in 1.110 h (flood 1, shape 1), 1.80 per hour (95 %: 0.22 to 6.51)",
      "",
    ]);
    const none = new Evaluator(truth(10, "number,label\n"), settings);
    expect(evaluationText(none.evaluation()).split("\n")).toEqual([
      "by record, at the thresholds as they are (precision to FPR) and over all thresholds (AUC on)",
      "     alerts  precision  recall  F1  FPR  AUC  EER  TPR@1e-4  TPR@1e-3  TPR@1e-2",
      "all       0          -       -   -    0    -    -         -         -         -",
      "A detector that alerts once for a host or an attack has a low recall here: the attacks are its measure.",
      "",
      "attacks: none is labelled",
      "",
      "false alarms: 0 in 0.003 h, 0.00 per hour (95 %: 0.00 to 1475.55)",
      "",
    ]);
  });

  it("have the area under the curve that the rank sum gives (simple-statistics)", () => {
    const ratio = fc.integer({ min: 0, max: 6 }).map((n) => n / 8);
    fc.assert(
      fc.property(fc.array(ratio, { minLength: 2, maxLength: 30 }), fc.integer({ min: 1, max: 29 }), (ratios, k) => {
        const attacks = Math.min(k, ratios.length - 1);
        const labels = Array.from({ length: ratios.length }, (_, i) => (i < attacks ? "1" : "0")).join("\n");
        const evaluator = new Evaluator(truth(ratios.length, labels), settings);
        for (const [i, r] of ratios.entries()) if (r > 0) evaluator.score(alert(i + 1, "shape", r));
        const [x, y] = [ratios.slice(0, attacks), ratios.slice(attacks)];
        const expected = (wilcoxonRankSum(x, y) - (x.length * (x.length + 1)) / 2) / (x.length * y.length);
        expect(evaluator.evaluation().detectors[0]!.auc).toBeCloseTo(expected, 10);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it("an alarm outranks what was none, whatever the lowered thresholds brought to light", () => {
    const evaluator = new Evaluator(truth(4, "number,label\n1,1\n"), settings);
    evaluator.alarm(alert(1, "shape", 1));
    evaluator.score(alert(2, "shape", 50));
    expect(evaluator.evaluation().detectors[0]).toMatchObject({ auc: 1, truePositives: 1, falsePositives: 0 });
  });

  it("mean nothing without attacks, and say so", () => {
    expect(truth(4, "0\n0\n0\n0\n").warnings).toEqual(["no record is labelled as an attack"]);
    expect(truth(4, "0\n1\n0\n0\n").warnings).toEqual([]);
    const evaluator = new Evaluator(truth(4, "0\n0\n0\n0\n"), settings);
    evaluator.alarm(alert(2, "shape", 2));
    const evaluation = evaluator.evaluation();
    const json = evaluationJson(evaluation) as { detectors: Record<string, unknown>[] };
    expect(json.detectors[0]).toMatchObject({ precision: 0, recall: null, auc: null, falsePositiveRate: 0.25 });
    expect(evaluationText(evaluation)).toContain("attacks: none is labelled");
    expect(rocPicture(evaluation.detectors, "t")).not.toContain("NaN");
  });
});

describe("figures by attack", () => {
  const labels = "number,label\n11,scan\n12,scan\n31,scan\n41,flood\n42,flood\n";
  const run = (alerts: Alert[]) => {
    const evaluator = new Evaluator(truth(100, labels), settings);
    for (const one of alerts) evaluator.alarm(one);
    return evaluator.evaluation();
  };

  it("count attacks by name and time, when they were found and by whom", () => {
    const e = run([alert(12, "shape", 2), alert(42, "rate", 2), alert(42, "shape", 2), alert(41, "rate", 2)]);
    expect(e.attacks.map(({ name, at, records, called }) => [name, at, records, called])).toEqual([
      ["scan", 10, 2, 1],
      ["scan", 30, 1, 0],
      ["flood", 40, 2, 2],
    ]);
    expect(e.attacks.map(({ delay }) => delay)).toEqual([1, null, 0]);
    expect(e.attacks[2]!.by).toEqual([
      { detector: "rate", delay: 0, alerts: 2 },
      { detector: "shape", delay: 1, alerts: 1 },
    ]);
    expect(e.found).toBe(2);
    expect(e.falseAlarms).toMatchObject({ count: 0, byDetector: {} });
    expect(evaluationText(e)).toMatch(/^attacks: 2 of 3 found \(95 %: 21 % to 94 %\)$/m);
  });

  it("give a detector that speaks of what is missing the attack's time and a little more; no other", () => {
    const e = run([alert(44, "silence", 2), alert(45, "silence", 2), alert(44, "shape", 2)]);
    expect(e.attacks[2]).toMatchObject({ delay: 3, called: 0, by: [{ detector: "silence", delay: 3, alerts: 1 }] });
    expect(e.falseAlarms.byDetector).toEqual({ shape: 1, silence: 1 });
    // the record at hand is not to blame: neither right nor wrong
    expect(e.detectors.find((d) => d.detector === "silence")).toMatchObject({ falsePositives: 1, truePositives: 0 });
  });

  it("give scan the time that an attempt has to be answered", () => {
    const e = run([alert(46, "scan", 2), alert(47, "scan", 2), alert(46, "silence", 2)]);
    expect(e.attacks[2]).toMatchObject({ by: [{ detector: "scan", delay: 5, alerts: 1 }] });
    expect(e.falseAlarms.byDetector).toEqual({ scan: 1, silence: 1 });
  });

  it("are found by alerts about who took part; what is about others is a false alarm, whatever record was at hand", () => {
    const parties = [new Set(["10.0.0.66"]), new Set<string>(), new Set(["10.0.0.66", "10.0.0.7"])];
    const evaluator = new Evaluator(truth(100, labels), settings, parties);
    const about = (n: number, detector: string, ...addresses: string[]) => ({
      ...alert(n, detector, 2),
      about: addresses,
    });
    evaluator.alarm(about(12, "shape", "10.0.0.1", "10.0.0.2"));
    evaluator.alarm(about(31, "shape", "10.0.0.1"));
    evaluator.alarm(about(42, "shape", "10.0.0.1", "10.0.0.7"));
    evaluator.alarm(about(44, "silence", "10.0.0.1"));
    evaluator.score({ ...about(11, "arp", "10.0.0.1"), ratio: 0.5 });
    const e = evaluator.evaluation();
    expect(e.attacks.map(({ called, by }) => [called, by.length])).toEqual([
      [0, 0],
      [1, 1],
      [1, 1],
    ]);
    expect(e.falseAlarms.byDetector).toEqual({ shape: 1, silence: 1 });
    expect(e.detectors.map(({ detector }) => detector)).toEqual(["all", "shape", "silence"]);
  });

  it("beside alerts as the log has them: how many, and of them outside of the attacks' times per hour", () => {
    const evaluator = new Evaluator(truth(100, labels), settings);
    for (const n of [9, 11, 12, 14, 15]) evaluator.logged(alert(n, "shape", 2));
    evaluator.logged(alert(46, "scan", 2));
    const e = evaluator.evaluation();
    expect(e.logged).toMatchObject({ all: 6, count: 2 });
    expect(e.logged.hours).toBe(e.falseAlarms.hours);
    expect(evaluationText(e)).toMatch(
      /^alerts in eve.json: 6, 2 of them outside of the attacks' times, 74\.\d\d per hour \(95 %: /m,
    );
  });

  it("count false alerts near each other as one alarm, per hour of quiet", () => {
    const e = run([1, 2, 4, 7, 90].map((n) => alert(n, "shape", 2)));
    expect(e.falseAlarms).toMatchObject({ count: 3, byDetector: { shape: 3 } });
    expect(e.falseAlarms.hours).toBeCloseTo((99 - 1 - 0 - 1) / 3600, 12);
    expect(e.falseAlarms.rate).toBeCloseTo((3 * 3600) / 97, 9);
  });

  it("take an alert after the last record for what it is: about time", () => {
    const e = run([{ unit: "packets", number: 101, time: 1100, detector: "silence", ratio: 2 }]);
    expect(e.falseAlarms.count).toBe(1);
    expect(e.detectors.length).toBe(1);
  });
});

describe("labels and captures", () => {
  const two: Recorded = {
    unit: "packets",
    times: [0, 1, 2, 500, 501, 502, 503],
    perCapture: [
      { name: "x/a.pcap", records: 3 },
      { name: "x/b.pcap", records: 4 },
    ],
  };
  const file = (content: string, name = "l.csv") => parseLabels(content, name) as OwnLabels;

  it("pair one to one, numbers from 1 in each", () => {
    const t = truthOf(two, [file("0\n0\n1\n"), file("number,label\n1,1\n4,scan\n")], 60);
    expect([...t.labels]).toEqual([0, 0, 1, 1, 0, 0, 1]);
    expect(t.attacks.map(({ name, capture, records }) => [name, capture, records])).toEqual([
      ["attack in a.pcap", 0, [3]],
      ["attack in b.pcap", 1, [4]],
      ["scan", 1, [7]],
    ]);
    expect(t.spans).toEqual([
      { from: 0, to: 2 },
      { from: 500, to: 503 },
    ]);
  });

  it("one file numbers the whole run; other numbers are refused", () => {
    expect([...truthOf(two, [file("number,label\n5,1\n")], 60).labels]).toEqual([0, 0, 0, 0, 1, 0, 0]);
    expect(() => truthOf(two, [file("1\n"), file("1\n"), file("1\n")], 60)).toThrow(/3 label files for 2 captures/);
    expect(() => truthOf(two, [file("number,label\n1,1\n8,1\n")], 60)).toThrow(
      "l.csv:3:1: record 8, but the captures have 7 packets",
    );
    expect(truthOf(two, [file("0\n1\n")], 60).warnings).toEqual([
      "l.csv: ends at 2 of 7 packets: the rest counts as benign",
    ]);
    expect(() => truthOf(two, [file("bytes,rate,label\n5,1.5,0\n6,2.5,DoS\n")], 60)).toThrow(
      "l.csv: 2 rows without a number for 7 packets: expected one for each",
    );
  });

  it("by time: everything in an attack's time is its own", () => {
    const t = truthOf(two, [file("start,end,label\n1,2,scan\n501,9000,flood\n600,700,late\n")], 60);
    expect([...t.labels]).toEqual([0, 1, 1, 0, 1, 1, 1]);
    expect(t.warnings).toEqual(["late: contains none of the 7 packets (line 4)"]);
  });

  it("times beside records say what is one attack, records what is part of it", () => {
    const strikes = file("start,end,label\n1,2,scan\n500,501,scan\n");
    const t = truthOf(two, [file("number,label\n2,scan\n5,scan\n6,scan\n7,flood\n"), strikes], 60);
    expect([...t.labels]).toEqual([0, 1, 0, 0, 1, 1, 1]);
    expect(t.attacks.map(({ name, from, to, records }) => [name, from, to, records])).toEqual([
      ["scan", 1, 2, [2]],
      ["scan", 500, 501, [5]],
      ["scan", 502, 502, [6]],
      ["flood", 503, 503, [7]],
    ]);
  });
});

it("the picture is the same bytes again, and has a line for each detector", () => {
  const make = () => {
    const evaluator = new Evaluator(truth(50, "number,label\n3,a<b\n4,a<b\n"), settings);
    evaluator.alarm(alert(3, "shape", 2));
    evaluator.score(alert(20, "arp", 0.3));
    return rocPicture(evaluator.evaluation().detectors, 'x < "y"');
  };
  const svg = make();
  expect(svg).toBe(make());
  expect(svg).toContain("x &lt; &quot;y&quot;");
  for (const name of ["all", "arp", "shape"]) expect(svg).toMatch(new RegExp(`>${name} 0\\.\\d{4}</text>`));
});
