/** The plainer views: talkers, what the filter did, how well detectors do against labels, two policies side by side. */
import uPlot from "uplot";
import { ALL, type ByRecord } from "../../tuning/evaluate/evaluation.ts";
import type { AlertRow } from "../alert.ts";
import type { Judged } from "../judge.ts";
import type { RunResult } from "../run.ts";
import { axisColours, clock, colour, count, figure, h, table } from "./dom.ts";

export function talkersView({ talkers, anomalies, rules }: RunResult): HTMLElement {
  const most = Math.max(1, ...talkers.map(({ bytes }) => bytes));
  return h(
    "section",
    {},
    h("h3", {}, "Talkers"),
    table(
      [
        { name: "from", cell: (t) => t.source },
        { name: "to", cell: (t) => t.destination },
        { name: "services", cell: (t) => t.services.join(", ") },
        { name: "flows", number: true, cell: (t) => count(t.flows) },
        { name: "with alerts", number: true, cell: (t) => count(t.alerted) },
        { name: "packets", number: true, cell: (t) => count(t.packets) },
        { name: "bytes", number: true, cell: (t) => count(t.bytes) },
        { name: "", cell: (t) => h("meter", { value: t.bytes, max: most, "aria-hidden": true }) },
      ],
      talkers,
    ),
    h("h3", {}, "What the filter did"),
    table(
      [
        { name: "rule, or reason", cell: (r) => r.rule },
        { name: "", cell: (r) => r.action },
        { name: "frames, or messages", number: true, cell: (r) => count(r.frames) },
      ],
      rules,
    ),
    h("h3", {}, "Anomalies of the decoders"),
    table(
      [
        { name: "", cell: ([name]) => name },
        { name: "times", number: true, cell: ([, n]) => count(n) },
      ],
      Object.entries(anomalies).sort((a, b) => b[1] - a[1]),
    ),
  );
}

const share = (n: number, of: number) => (of ? n / of : 0);

/** Receiver operating characteristic, and precision over recall; of `detector` and of all together. */
function curves(detectors: readonly ByRecord[], width: number): HTMLElement[] {
  const colours = [colour("point"), colour("alarm")];
  const axis = axisColours();
  const chart = (title: string, x: string, y: string, columns: [Float64Array, Float64Array][]) => {
    const element = h("div", { class: "chart", role: "img", "aria-label": title });
    new uPlot(
      {
        mode: 2,
        title,
        width,
        height: 320,
        legend: { live: false },
        scales: { x: { time: false, range: [0, 1] }, y: { range: [0, 1.02] } },
        series: [
          {},
          ...columns.map((_, i) => ({
            label: detectors[i]!.detector,
            stroke: colours[i]!,
            width: 2,
            paths: lines,
            facets: [
              { scale: "x", auto: true },
              { scale: "y", auto: true },
            ],
          })),
        ] as uPlot.Series[],
        axes: [
          { ...axis, label: x },
          { ...axis, label: y },
        ],
      },
      [[], ...columns] as unknown as uPlot.AlignedData,
      element,
    );
    return element;
  };
  const roc = detectors.map(({ curve }): [Float64Array, Float64Array] => [
    curve.falsePositives.map((n) => share(n, curve.negatives)),
    curve.truePositives.map((n) => share(n, curve.positives)),
  ]);
  const pr = detectors.map(({ curve }): [Float64Array, Float64Array] => [
    curve.truePositives.slice(1).map((n) => share(n, curve.positives)),
    curve.truePositives.slice(1).map((n, i) => share(n, n + curve.falsePositives[i + 1]!)),
  ]);
  return [
    chart("ROC by record", "false positive rate", "true positive rate", roc),
    chart("Precision over recall", "recall", "precision", pr),
  ];
}

const lines: uPlot.Series.PathBuilder = (u, index) => {
  const [xs, ys] = u.data[index] as unknown as [Float64Array, Float64Array];
  const path = new Path2D();
  const { left, top, width, height } = u.bbox;
  for (let i = 0; i < xs.length; i++) path.lineTo(left + xs[i]! * width, top + (1 - ys[i]! / 1.02) * height);
  u.ctx.lineWidth = 2;
  u.ctx.strokeStyle = (u.series[index]!.stroke as () => string)();
  u.ctx.stroke(path);
  return null;
};

export function judgedView({ evaluation, unit }: Judged, detector: string, width: number): HTMLElement {
  const { detectors, attacks, found, foundInterval, falseAlarms, records } = evaluation;
  const shown = [detectors.find((d) => d.detector === ALL)!, ...detectors.filter((d) => d.detector === detector)];
  return h(
    "section",
    {},
    h(
      "p",
      {},
      `${count(records.attack)} ${unit} of attacks, ${count(records.benign)} benign. ${found} of ${attacks.length} attacks found ` +
        `(95 %: ${figure(100 * foundInterval.low, 2)} % to ${figure(100 * foundInterval.high, 2)} %), ` +
        `${count(falseAlarms.count)} false alarms in ${figure(falseAlarms.hours, 3)} quiet hours.`,
    ),
    h("div", { class: "pair" }, ...curves(shown, Math.min(520, width / 2 - 20))),
    table<ByRecord>(
      [
        { name: "", cell: (d) => d.detector },
        { name: "alerts", number: true, cell: (d) => count(d.alerts) },
        { name: "precision", number: true, cell: (d) => figure(d.precision) },
        { name: "recall", number: true, cell: (d) => figure(d.recall) },
        { name: "F1", number: true, cell: (d) => figure(d.f1) },
        { name: "FPR", number: true, cell: (d) => figure(d.falsePositiveRate, 2) },
        { name: "AUC", number: true, cell: (d) => figure(d.auc) },
      ],
      detectors,
    ),
    h("h3", {}, "Attacks"),
    table(
      [
        { name: "", cell: (a) => a.name },
        { name: "at", number: true, cell: (a) => `${figure(a.at, 6)} s` },
        { name: "records called", number: true, cell: (a) => `${a.called} of ${a.records}` },
        {
          name: "found after",
          number: true,
          cell: (a) => (a.delay === null ? "not found" : `${figure(a.delay, 3)} s`),
        },
        { name: "by", cell: (a) => a.by.map((by) => by.detector).join(", ") },
      ],
      attacks,
    ),
  );
}

const keyOf = (a: AlertRow) => `${a.time} ${a.detector} ${a.who} ${a.signature}`;

/** What another policy makes of the same captures. */
export function compareView(own: RunResult, other: RunResult, name: string): HTMLElement {
  const [ours, theirs] = [own, other].map(({ alerts }) => new Set(alerts.map(keyOf)));
  const names = [...new Set([...Object.keys(own.alertCounts), ...Object.keys(other.alertCounts)])].sort();
  const list = (alerts: readonly AlertRow[]) =>
    table(
      [
        { name: "time (UTC)", cell: (a) => clock(a.time) },
        { name: "detector", cell: (a) => a.detector },
        { name: "who", cell: (a) => a.who },
        { name: "seen", cell: (a) => a.seen },
      ],
      alerts.slice(0, 200),
    );
  const [onlyOurs, onlyTheirs] = [
    own.alerts.filter((a) => !theirs!.has(keyOf(a))),
    other.alerts.filter((a) => !ours!.has(keyOf(a))),
  ];
  return h(
    "section",
    { class: "compare" },
    h("p", {}, `This policy, as it is tuned here, beside ${name}.`),
    table(
      [
        { name: "", cell: (d) => d },
        { name: "alerts here", number: true, cell: (d) => count(own.alertCounts[d] ?? 0) },
        { name: "alerts there", number: true, cell: (d) => count(other.alertCounts[d] ?? 0) },
      ],
      names,
    ),
    table(
      [
        { name: "", cell: (r) => r[0] },
        { name: "here", number: true, cell: (r) => count(r[1]) },
        { name: "there", number: true, cell: (r) => count(r[2]) },
      ],
      [
        ["frames forwarded", own.forwarded, other.forwarded] as const,
        ["alerts in both", own.alerts.length - onlyOurs.length, other.alerts.length - onlyTheirs.length] as const,
      ],
    ),
    h("h3", {}, `Alerts only here: ${count(onlyOurs.length)}`),
    list(onlyOurs),
    h("h3", {}, `Alerts only there: ${count(onlyTheirs.length)}`),
    list(onlyTheirs),
  );
}
