/** How often scores of a size come, with the tail that fits those above the 98 % quantile (numerics/pareto.ts). */
import uPlot from "uplot";
import { excessShare, fitPareto } from "../../lib/numerics/pareto.ts";
import { PEAKS } from "../../lib/numerics/threshold.ts";
import { axisColours, colour, figure, h } from "./dom.ts";
import type { Points } from "./points.ts";

const BINS = 80;
const [LOW, HIGH] = [-2, 2]; // of log10
const edge = (i: number) => 10 ** (LOW + ((HIGH - LOW) * i) / BINS);

export interface Tail {
  from: number;
  /** Scores above it. */
  count: number;
  /** How many of them the fit expects above x. */
  expected(x: number): number;
}

/** Undefined where there is too little to fit. */
export function tailOf({ sorted }: Points): Tail | undefined {
  const from = sorted[Math.min(sorted.length - 1, Math.floor(0.98 * sorted.length))] ?? 0;
  const start = Math.min(from, sorted[Math.max(0, sorted.length - 4 * PEAKS)] ?? 0);
  const excesses = Array.from(
    sorted.filter((x) => x > start),
    (x) => x - start,
  );
  if (new Set(excesses).size < PEAKS) return undefined;
  const fit = fitPareto(excesses);
  return {
    from: start,
    count: excesses.length,
    expected: (x) => excesses.length * excessShare(fit, Math.max(0, x - start)),
  };
}

export interface Histogram {
  element: HTMLElement;
  setFactor(factor: number): void;
  destroy(): void;
}

export function histogram(points: Points, factor: number, width: number): Histogram {
  const counts = new Array<number | null>(BINS).fill(null);
  for (const x of points.sorted) {
    const bin = Math.floor(((Math.log10(x) - LOW) / (HIGH - LOW)) * BINS);
    if (bin >= 0 && bin < BINS) counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const tail = tailOf(points);
  const centres = counts.map((_, i) => Math.sqrt(edge(i) * edge(i + 1)));
  const fitted = centres.map((_, i) => {
    if (!tail || edge(i) < tail.from) return null;
    const n = tail.expected(edge(i)) - tail.expected(edge(i + 1));
    return n > 0.05 ? n : null;
  });
  const axis = axisColours();
  const element = h("div", { class: "chart" });
  const most = Math.max(10, ...counts.map((n) => n ?? 0));
  const chart = new uPlot(
    {
      width,
      height: 180,
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false } },
      scales: { x: { time: false, distr: 3, range: [10 ** LOW, 10 ** HIGH] }, y: { distr: 3, range: [0.5, 2 * most] } },
      series: [
        {},
        { fill: colour("point"), paths: uPlot.paths.bars!({ size: [0.9] }), points: { show: false } },
        { stroke: colour("fit"), width: 2, points: { show: false } },
      ],
      axes: [
        {
          ...axis,
          label: "score / threshold",
          values: (_u, values) => values.map((v) => (v === null ? "" : figure(v))),
        },
        { ...axis, size: 60, values: (_u, values) => values.map((v) => (v === null ? "" : figure(v))) },
      ],
      hooks: {
        draw: [
          (u) => {
            const x = u.valToPos(Math.min(100, Math.max(0.01, factor)), "x", true);
            u.ctx.fillStyle = colour("alarm");
            u.ctx.fillRect(x, u.bbox.top, 2, u.bbox.height);
          },
        ],
      },
    },
    [centres, counts, fitted],
    element,
  );
  const note = h("p", { class: "note" });
  element.append(note);
  const setFactor = (to: number) => {
    factor = to;
    note.textContent = tail
      ? `Line: generalised Pareto tail fitted to the ${tail.count} scores above ${figure(tail.from)}; it expects ${figure(tail.expected(factor), 3)} above the threshold.`
      : "Too few different scores for a fitted tail.";
    chart.redraw(false);
  };
  setFactor(factor);
  return { element, setFactor, destroy: () => chart.destroy() };
}
