// OD1NF1ST: somebody else's simulator, ten classes of attack (Wrana et al., ACM TCPS 2022). Half of the traces is learned, as far
// as their attack has not begun; the other half judged; then the other way around.
//
// What the data lack: absolute times (a unit is what we say it is), bus A and B, error flags (a monitor's are put in, see
// testing/od1nf1st.ts), seconds (a trace has 24 messages, so no load), and clean traffic to speak of: some 300 messages.
//
// The traces are not part of the project: where they are missing this is skipped.
import { describe, expect, it } from "vitest";
import { wilson } from "../../lib/numerics/intervals.ts";
import { hasShared, sharedPath } from "../../lib/testing/shared.ts";
import { DETECTOR } from "../catalogue.ts";
import { Appliance, alertsOf, bytesOf, sectionOf } from "./testing/appliance.ts";
import { readTraces, type Trace } from "./testing/od1nf1st.ts";

const TRACES = ["mil1553", "OD1NF1ST", "groundtruth"] as const;

const CHANNELS = [{ channel: 2, name: "BUS" }];
/** 0.1 us in front of an attack that are not learned: it cuts the message before it short. */
const BEFORE = 30_000;
const nameOf = (detector: number) =>
  Object.entries(DETECTOR)
    .find(([, n]) => n === detector)![0]
    .replace("bus-", "");

interface Class {
  traces: number;
  detected: number;
  by: Map<string, number>;
}

describe.skipIf(!hasShared(...TRACES, "words.csv.gz"))("OD1NF1ST", () => {
  it("finds the attacks of traces that were not learned", async () => {
    const app = await Appliance.make();
    const traces = readTraces(sharedPath(...TRACES));
    const classes = new Map<string, Class>();
    let clean = 0;
    let quiet = 0;
    const wrong: string[] = [];
    for (const half of [0, 1]) {
      const [learned, judged] = [0, 1].map((k) => traces.filter((_, i) => i % 2 === (half + k) % 2)) as [
        Trace[],
        Trace[],
      ];
      const before = ({ messages, from }: Trace) => messages.filter((m) => m.time < from - BEFORE);
      const section = sectionOf(learned.map((t) => app.learn(bytesOf(before(t), CHANNELS))));
      for (const trace of judged) {
        expect(app.configure(section)).toBe(true);
        const from = Date.UTC(2026, 2, 2, 8) / 1000 + (trace.from - BEFORE - 600_000_000) / 1e7;
        const found = app.check(bytesOf(trace.messages, CHANNELS));
        const early = alertsOf(found.filter((f) => f.time < from));
        clean += before(trace).length;
        if (!early.length) quiet++;
        for (const a of early) wrong.push(`${trace.file} ${nameOf(a.detector)}: ${a.first.expected} | ${a.first.seen}`);
        if (trace.from === Number.POSITIVE_INFINITY) continue;
        const c = classes.get(trace.attack) ?? { traces: 0, detected: 0, by: new Map<string, number>() };
        classes.set(trace.attack, c);
        c.traces++;
        const own = new Set(found.filter((f) => f.time >= from).map((f) => nameOf(f.detector)));
        if (own.size) c.detected++;
        for (const d of own) c.by.set(d, (c.by.get(d) ?? 0) + 1);
      }
    }
    const rows = [...classes].sort(([a], [b]) => (a < b ? -1 : 1));
    const lines = rows.map(([name, { traces: n, detected, by }]) => {
      const detectors = [...by].sort((a, b) => b[1] - a[1]).map(([d, k]) => `${d} ${k}`);
      return `  ${name.padEnd(38)}${`${detected}/${n}`.padStart(6)}  ${detectors.join(", ")}`;
    });
    const total = rows.reduce((sum, [, c]) => sum + c.traces, 0);
    const hits = rows.reduce((sum, [, c]) => sum + c.detected, 0);
    const { low, high } = wilson(hits, total);
    console.log(
      `OD1NF1ST, traces detected and by what\n${lines.join("\n")}\n${hits} of ${total} traces (95 %: ${Math.round(100 * low)} to ` +
        `${Math.round(100 * high)} %); ${clean} clean messages, ${quiet} of ${traces.length} traces without a false alert, ${wrong.length} false alerts${wrong.map((w) => `\n  ${w}`).join("")}`,
    );
    expect(hits).toBeGreaterThanOrEqual(0.9 * total);
    expect(quiet).toBeGreaterThanOrEqual(traces.length - 2);
  });
});
