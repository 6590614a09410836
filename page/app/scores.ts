/** The chart of a detector's scores over time, with its threshold as a line that can be dragged. */
import uPlot from "uplot";
import { axisColours, clock, colour, figure, h } from "./dom.ts";
import type { Points } from "./points.ts";

const LEAST = 0.01;
const MOST = 100;

export interface ScoreChart {
  element: HTMLElement;
  setFactor(factor: number): void;
  destroy(): void;
}

export interface ScoreChartOptions {
  points: Points | undefined;
  from: number;
  to: number;
  factor: number;
  /** The policy can move it. */
  movable: boolean;
  /** `done`: let go. */
  move: (factor: number, done: boolean) => void;
  /** A point was clicked. */
  pick: (number: number) => void;
  width: number;
}

const clamp = (x: number) => Math.min(MOST, Math.max(LEAST, x));
/** Three digits: what a person would write into a policy. */
const round = (x: number) => Number(clamp(x).toPrecision(3));

export function scoreChart(options: ScoreChartOptions): ScoreChart {
  const { points, movable, move, width } = options;
  const element = h("div", { class: "chart" });
  let factor = options.factor;
  const span = Math.max(1e-3, options.to - options.from);
  const axis = axisColours();
  const chart = new uPlot(
    {
      width,
      height: 280,
      legend: { show: false },
      cursor: { y: false, drag: { x: true, y: false } },
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
      scales: {
        x: { time: true, range: (_u, min, max) => (min === null ? [options.from, options.to] : [min, max]) },
        y: { distr: 3, range: [LEAST, MOST] },
      },
      series: [{}, { paths: () => null, points: { show: false } }],
      axes: [
        { ...axis, values: (_u, splits) => splits.map((s) => clock(s).replace(/\.000$/, "")) },
        {
          ...axis,
          size: 60,
          values: (_u, values) => values.map((v) => (v === null ? "" : figure(v))),
          label: "score / threshold",
        },
      ],
      hooks: { draw: [(u) => points && draw(u, points)], ready: [(u) => attach(u)] },
    },
    [
      [options.from - span * 0.01, options.to + span * 0.01],
      [LEAST, MOST],
    ],
    element,
  );

  const line = h("div", {
    class: "threshold",
    role: "slider",
    tabindex: movable ? 0 : -1,
    "aria-label": "threshold",
    "aria-valuemin": LEAST,
    "aria-valuemax": MOST,
    "aria-disabled": !movable,
  });
  const tint = h("div", { class: "above" });
  const label = h("span", {});
  line.append(label);

  function place(): void {
    if (!line.parentElement) return; // uPlot lays itself out a little later
    const shown = Number.isFinite(factor) ? factor : MOST;
    const y = chart.valToPos(clamp(shown), "y");
    line.style.top = `${y}px`;
    tint.style.height = `${y}px`;
    label.textContent = Number.isFinite(factor) ? `threshold x ${figure(factor, 3)}` : "off";
    line.setAttribute("aria-valuenow", String(shown));
    line.setAttribute("aria-valuetext", label.textContent);
  }

  function set(value: number, done: boolean): void {
    factor = round(value);
    place();
    move(factor, done);
  }

  function attach(u: uPlot): void {
    u.over.append(tint, line);
    place();
    u.over.addEventListener("click", (event) => {
      const number = points && nearest(u, points, event.offsetX, event.offsetY);
      if (number) options.pick(number);
    });
    if (!movable) return;
    line.addEventListener("mousedown", (event) => event.stopPropagation()); // or uPlot selects a span
    line.addEventListener("pointerdown", (event) => {
      line.setPointerCapture(event.pointerId);
      const drag = (e: PointerEvent) => set(u.posToVal(e.clientY - u.over.getBoundingClientRect().top, "y"), false);
      line.addEventListener("pointermove", drag);
      line.addEventListener(
        "pointerup",
        () => {
          line.removeEventListener("pointermove", drag);
          move(factor, true);
        },
        { once: true },
      );
    });
    line.addEventListener("keydown", (event) => {
      const step = event.shiftKey ? 1.1 : 1.01;
      const to: Record<string, number> = {
        ArrowUp: factor * step,
        ArrowDown: factor / step,
        PageUp: factor * 2,
        PageDown: factor / 2,
        Home: 1,
      };
      const value = to[event.key];
      if (value === undefined) return;
      event.preventDefault();
      // Where three digits would round it back
      const next = round(value);
      set(
        next === factor ? value + Math.sign(value - factor) * 10 ** (Math.floor(Math.log10(factor)) - 2) : next,
        true,
      );
    });
  }
  return {
    element,
    setFactor(value) {
      factor = value;
      place();
    },
    destroy: () => chart.destroy(),
  };
}

/** Every point, each pixel once: a million take some milliseconds. */
function draw(u: uPlot, { time, ratio }: Points): void {
  const { left, top, width, height } = u.bbox;
  const [from, to] = [u.scales.x!.min!, u.scales.x!.max!];
  const image = u.ctx.createImageData(Math.max(1, Math.round(width)), Math.max(1, Math.round(height)));
  const pixels = new Uint32Array(image.data.buffer);
  const ink = abgr(colour("point"));
  const dot = Math.round((time.length < 5000 ? 4 : 2) * devicePixelRatio);
  const scale = image.width / (to - from);
  const perDecade = image.height / Math.log10(MOST / LEAST);
  for (let i = 0; i < time.length; i++) {
    const x = Math.round((time[i]! - from) * scale);
    if (x < 0 || x + dot > image.width) continue;
    const y = Math.round((2 - Math.log10(Math.min(MOST, Math.max(LEAST, ratio[i]!)))) * perDecade) - (dot >> 1);
    for (let dy = 0; dy < dot; dy++) {
      const row = y + dy;
      if (row >= 0 && row < image.height) pixels.fill(ink, row * image.width + x, row * image.width + x + dot);
    }
  }
  const layer = new OffscreenCanvas(image.width, image.height);
  layer.getContext("2d")!.putImageData(image, 0, 0);
  u.ctx.drawImage(layer, Math.round(left), Math.round(top));
}

/** #rrggbb as a pixel. */
function abgr(hex: string): number {
  const n = Number.parseInt(hex.slice(1), 16);
  return ((255 << 24) | ((n & 255) << 16) | (n & 0xff00) | (n >> 16)) >>> 0;
}

/** The record of the nearest point, when one is at hand. */
function nearest(u: uPlot, { time, ratio, number }: Points, x: number, y: number): number | undefined {
  let best = 100; // pixels, squared
  let found: number | undefined;
  for (let i = 0; i < time.length; i++) {
    const dx = u.valToPos(time[i]!, "x") - x;
    if (Math.abs(dx) > 10) continue;
    const dy = u.valToPos(Math.min(MOST, Math.max(LEAST, ratio[i]!)), "y") - y;
    if (dx * dx + dy * dy < best) [best, found] = [dx * dx + dy * dy, number[i]!];
  }
  return found;
}
