/** The detectors as a table: the factor on each one's threshold, its alerts, its findings above it. */
import { type DetectorName, FIXED } from "../../detectors/catalogue.ts";
import type { RunResult } from "../run.ts";
import { count, fill, h } from "./dom.ts";
import { above, type Points } from "./points.ts";

/** What the table shows, and whom it tells. */
export interface DetectorsModel {
  /** Those that said something, or could. */
  names: readonly DetectorName[];
  points: ReadonlyMap<DetectorName, Points>;
  /** As they are set; Infinity: off. */
  factors: Readonly<Record<string, number>>;
  choose(name: DetectorName): void;
  move(name: DetectorName, factor: number): void;
}

export class DetectorsTable {
  readonly element = h("table", { class: "detectors" });
  readonly #model: DetectorsModel;
  readonly #cells = new Map<
    DetectorName,
    { alerts: HTMLElement; findings: HTMLElement; input: HTMLInputElement; row: Element }
  >();

  constructor(model: DetectorsModel, chosen: DetectorName | undefined) {
    this.#model = model;
    const head = ["detector", "threshold x", "alerts", "above"].map((name, i) =>
      h("th", { scope: "col", class: i ? "number" : undefined }, name),
    );
    const rows = model.names.map((name) => this.#row(name));
    fill(this.element, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...rows));
    this.choose(chosen);
  }

  #row(name: DetectorName): HTMLElement {
    const fixed = FIXED.includes(name);
    const factor = this.#model.factors[name]!;
    const input = h("input", {
      type: "number",
      min: 0.01,
      max: 100,
      step: "any",
      value: Number.isFinite(factor) ? factor : "",
      disabled: fixed || !Number.isFinite(factor),
      "aria-label": `factor on the threshold of ${name}`,
      onchange: () => this.#model.move(name, Math.min(100, Math.max(0.01, Number(input.value) || 1))),
    });
    const alerts = h("td", { class: "number", "data-alerts": name });
    const findings = h("td", { class: "number", "data-above": name });
    const row = h(
      "tr",
      {
        tabindex: 0,
        class: Number.isFinite(factor) ? undefined : "off",
        onclick: () => this.#model.choose(name),
        onkeydown: (event: KeyboardEvent) => event.key === "Enter" && event.target === row && this.#model.choose(name),
      },
      h("td", {}, name),
      h("td", { class: "number" }, fixed ? "" : input),
      alerts,
      findings,
    );
    this.#cells.set(name, { alerts, findings, input, row });
    return row;
  }

  choose(name: DetectorName | undefined): void {
    for (const [other, { row }] of this.#cells)
      if (other === name) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
  }

  setFactor(name: DetectorName, factor: number): void {
    this.#cells.get(name)!.input.value = String(factor);
  }

  /** Counts as of a run; where its factor is not the one that is set now, what the scores already say, marked so. */
  counts(run: RunResult): void {
    for (const [name, { alerts, findings }] of this.#cells) {
      const factor = this.#model.factors[name]!;
      const exact = factor === run.factors[name];
      const points = this.#model.points.get(name);
      alerts.textContent = exact ? count(run.alertCounts[name] ?? 0) : "...";
      findings.textContent = exact
        ? count(run.findingCounts[name] ?? 0)
        : `~${count(points ? above(points, factor) : 0)}`;
    }
  }
}
