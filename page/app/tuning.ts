/** The heart of the page: detectors with their thresholds, the chart of one of them, and all that follows from both. */
import { DETECTOR_NAMES, type DetectorName, FIXED } from "../../detectors/catalogue.ts";
import type { RunResult } from "../run.ts";
import type { View } from "../work.ts";
import { alertsView } from "./alerts.ts";
import { busView } from "./bus.ts";
import type { Client } from "./client.ts";
import { DetectorsTable } from "./detectors.ts";
import { count, figure, fill, h } from "./dom.ts";
import { exportPolicy } from "./export.ts";
import { type Histogram, histogram } from "./histogram.ts";
import { compareView, judgedView, talkersView } from "./panels.ts";
import { type Points, pointsOf } from "./points.ts";
import { type ScoreChart, scoreChart } from "./scores.ts";

/** Up to here captures are small enough to be run again at every move of the hand, ms. */
const AT_ONCE = 150;

type Tab = "Scores" | "Bus" | "Traffic" | "Detection" | "Compare";

export class Tuning {
  readonly element = h("div", { class: "body" });
  readonly actions: HTMLElement[];
  readonly #client: Client;
  readonly #view: View;
  readonly #policy: { name: string; text: string };
  readonly #version: string;
  readonly #points: Map<DetectorName, Points>;
  readonly #factors: Record<string, number>;
  readonly #side = h("div", {});
  readonly #tabs = h("div", { role: "tablist", "aria-label": "views" });
  readonly #panel = h("div", { role: "tabpanel" });
  readonly #alerts;
  readonly #status = h("p", { class: "note", role: "status" });
  readonly #table: DetectorsTable;
  #run: RunResult;
  #chart: ScoreChart | undefined;
  #spread: Histogram | undefined;
  #charts: { destroy(): void }[] = [];
  #detector: DetectorName | undefined;
  #tab: Tab = "Scores";
  /** What the list of alerts shows: with fewer of the same run above their thresholds it is drawn anew. */
  #shown: { of: RunResult; alerts: number } | undefined;
  #moves = 0;
  #runs = 0;
  #running = false;
  #took = 0;
  #other: { name: string; result: RunResult } | undefined;

  constructor(client: Client, view: View, policy: { name: string; text: string }, version: string) {
    this.#version = version;
    this.#client = client;
    this.#view = view;
    this.#policy = policy;
    this.#run = view.run;
    this.#points = pointsOf(view.run.scores, view.lowered.scores, view.factors);
    this.#factors = { ...view.run.factors };
    this.#alerts = alertsView((alert) =>
      client.around(alert.detector.startsWith("bus-") ? "messages" : "packets", alert.number),
    );
    const most = (name: DetectorName) =>
      (this.#run.alertCounts[name] ?? 0) * 1e9 + (this.#points.get(name)?.time.length ?? 0);
    this.#detector = this.#names().sort((a, b) => most(b) - most(a))[0];
    const model = {
      names: this.#names(),
      points: this.#points,
      factors: this.#factors,
      choose: (name: DetectorName) => this.#choose(name),
      move: (name: DetectorName, factor: number) => this.move(name, factor, true),
    };
    this.#table = new DetectorsTable(model, this.#detector);
    this.actions = this.#buttons();
    this.element.append(this.#side, h("div", {}, this.#tabs, this.#panel));
  }

  /** Detectors that said something, or could. */
  #names(): DetectorName[] {
    return DETECTOR_NAMES.filter((name) => this.#points.has(name) || this.#run.alertCounts[name]);
  }

  draw(): void {
    this.#drawSide();
    this.#drawTabs();
    this.#drawPanel();
  }

  close(): void {
    for (const chart of this.#charts) chart.destroy();
    this.#charts = [];
  }

  #buttons(): HTMLElement[] {
    const input = h("input", {
      type: "file",
      class: "hidden-input",
      id: "other",
      accept: ".yaml,.yml",
      onchange: () => void this.#compare(input.files![0]),
    });
    return [
      h("span", {}, input, h("label", { class: "button", for: "other" }, "Compare policy")),
      h("button", { type: "button", onclick: () => void this.#export() }, "Export policy"),
    ];
  }

  #drawSide(): void {
    const { packets, messages, first, last, notes } = this.#run;
    fill(
      this.#side,
      h(
        "p",
        {},
        `${[packets && `${count(packets)} packets`, messages && `${count(messages)} 1553 messages`].filter(Boolean).join(", ")} in ${figure(last - first, 4)} s`,
      ),
      ...notes.map((note) => h("p", { class: "wrong" }, note)),
      this.#table.element,
      this.#status,
      h(
        "p",
        { class: "note" },
        "Alerts: as weir replay reports them, findings of the same thing together. Above: findings above the threshold, as weir evaluate counts them.",
      ),
    );
    this.#counts();
  }

  #choose(name: DetectorName): void {
    if (name === this.#detector) return;
    this.#detector = name;
    this.#table.choose(name);
    this.#drawPanel();
  }

  /** Counts and alerts as of the last run; alerts that the line has passed since are gone already. */
  #counts(): void {
    this.#table.counts(this.#run);
    const gone = (detector: string, ratio: number) =>
      ratio * (this.#run.factors[detector as DetectorName] ?? 1) <= (this.#factors[detector] ?? 1);
    const exact = (detector: string) => this.#factors[detector] === this.#run.factors[detector as DetectorName];
    const left = this.#run.alerts.filter((a) => exact(a.detector) || !gone(a.detector, a.score / a.threshold));
    if (this.#shown && this.#shown.of === this.#run && this.#shown.alerts === left.length) return;
    this.#shown = { of: this.#run, alerts: left.length };
    this.#alerts.show(left);
  }

  /** A threshold moves: what its scores say shows at once, what the appliance makes of it as soon as it has run. */
  move(name: DetectorName, factor: number, done: boolean): void {
    this.#factors[name] = factor;
    this.#table.setFactor(name, factor);
    if (name === this.#detector) {
      this.#chart?.setFactor(factor);
      this.#spread?.setFactor(factor);
    }
    this.#moves ||= requestAnimationFrame(() => {
      this.#moves = 0;
      this.#counts();
    });
    if (done || this.#took < AT_ONCE) void this.#again();
  }

  #sets(): string[] {
    return Object.entries(this.#moved()).map(([name, factor]) => `detectors.${name}.threshold=${factor}`);
  }

  async #again(): Promise<void> {
    this.#runs++;
    if (this.#running) return;
    this.#running = true;
    try {
      for (let asked = 0; asked !== this.#runs; ) {
        asked = this.#runs;
        this.#status.textContent = "running the appliance";
        const began = performance.now();
        const { run, judged, problem } = await this.#client.again(this.#sets());
        this.#took = performance.now() - began;
        this.#run = run;
        this.#view.judged = judged;
        this.#view.problem = problem;
      }
      this.#status.textContent = "";
      this.#counts();
      if (this.#tab === "Detection" || this.#tab === "Compare" || this.#tab === "Traffic") this.#drawPanel();
      document.documentElement.dataset.runs = String(this.#runs);
    } catch (error) {
      this.#status.textContent = (error as Error).message;
    } finally {
      this.#running = false;
    }
  }

  #drawTabs(): void {
    const { bus, judged, problem } = this.#view;
    const tabs: Tab[] = [
      "Scores",
      ...(bus ? ["Bus" as const] : []),
      "Traffic",
      ...(judged || problem ? ["Detection" as const] : []),
    ];
    if (this.#other) tabs.push("Compare");
    const go = (tab: Tab) => {
      this.#tab = tab;
      this.#drawTabs();
      this.#drawPanel();
    };
    fill(
      this.#tabs,
      ...tabs.map((tab) =>
        h(
          "button",
          {
            role: "tab",
            type: "button",
            "aria-selected": String(tab === this.#tab),
            tabindex: tab === this.#tab ? 0 : -1,
            onclick: () => go(tab),
          },
          tab,
        ),
      ),
    );
    this.#tabs.onkeydown = ({ key }) => {
      const step = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0;
      if (!step) return;
      go(tabs[(tabs.indexOf(this.#tab) + step + tabs.length) % tabs.length]!);
      (this.#tabs.querySelector('[aria-selected="true"]') as HTMLElement).focus();
    };
  }

  #drawPanel(): void {
    this.close();
    const { bus, judged, problem } = this.#view;
    const width = Math.max(320, this.#panel.clientWidth);
    if (this.#tab === "Bus")
      fill(
        this.#panel,
        busView(
          bus!,
          this.#run.alerts.map(({ time }) => time),
        ),
      );
    else if (this.#tab === "Traffic") fill(this.#panel, talkersView(this.#run));
    else if (this.#tab === "Compare") fill(this.#panel, compareView(this.#run, this.#other!.result, this.#other!.name));
    else if (this.#tab === "Detection")
      fill(
        this.#panel,
        judged ? judgedView(judged, this.#detector ?? "", width) : h("p", { class: "wrong" }, problem!),
      );
    else this.#drawScores(width);
  }

  #drawScores(width: number): void {
    const name = this.#detector;
    if (!name) {
      fill(
        this.#panel,
        h("p", { class: "note" }, "No detector found anything, even with its threshold at a hundredth."),
      );
      return;
    }
    const points = this.#points.get(name);
    const factor = this.#factors[name]!;
    this.#chart = scoreChart({
      points,
      from: this.#run.first,
      to: this.#run.last,
      factor,
      movable: !FIXED.includes(name as DetectorName) && Number.isFinite(factor),
      move: (value, done) => this.move(name, value, done),
      pick: (number) => void this.#show(number),
      width,
    });
    this.#charts.push(this.#chart);
    const spread = points && histogram(points, factor, width);
    this.#spread = spread;
    if (spread) this.#charts.push(spread);
    fill(
      this.#panel,
      h("h2", {}, `${name}: score over time`),
      this.#chart.element,
      spread && h("h3", {}, "How often"),
      spread?.element,
      h("h2", {}, "Alerts"),
      this.#alerts.element,
    );
  }

  /** A point was clicked: the alert of its record, when there is one. */
  async #show(number: number): Promise<void> {
    const rows = this.#alerts.element.querySelectorAll<HTMLElement>("tbody tr");
    const alerts = this.#run.alerts;
    const at = alerts.findIndex((a) => a.number === number && a.detector === this.#detector);
    if (at >= 0) rows[at]?.click();
  }

  async #compare(file: File | undefined): Promise<void> {
    if (!file) return;
    this.#status.textContent = `running ${file.name}`;
    try {
      await this.#client.add([{ name: file.name, content: file }]);
      this.#other = { name: file.name, result: await this.#client.compare({ policy: file.name }) };
      this.#status.textContent = "";
      this.#tab = "Compare";
      this.#drawTabs();
      this.#drawPanel();
    } catch (error) {
      this.#status.textContent = (error as Error).message;
    }
  }

  /** Thresholds that were moved, by detector. */
  #moved(): Record<string, number> {
    return Object.fromEntries(
      Object.entries(this.#factors).filter(
        ([name, factor]) =>
          !FIXED.includes(name as DetectorName) && factor !== this.#view.factors[name as DetectorName],
      ),
    );
  }

  async #export(): Promise<void> {
    try {
      await exportPolicy(this.#client, this.#policy, this.#moved(), this.#version);
    } catch (error) {
      this.#status.textContent = (error as Error).message;
    }
  }
}
