// Ordinary life of a bus, which is no attack (../../mil1553/simulator/changes): one alert a change at most where it was not
// learned. Learned and judged on different seeds, at other moments.
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../../lib/asc.ts";
import { CHANGES, type Change, changes } from "../../mil1553/simulator/changes/catalogue.ts";
import { readBus } from "../../mil1553/simulator/icd/read.ts";
import { Random } from "../../mil1553/simulator/random.ts";
import { simulate } from "../../mil1553/simulator/run.ts";
import { DETECTOR } from "../catalogue.ts";
import type { Entry } from "../learned.ts";
import { type Alert, Appliance, alertsOf, bytesOf, sectionOf } from "./testing/appliance.ts";

const BUS = readBus(join(ROOT, "fixtures/mil1553/avionics.yaml"));
const [CHANNEL] = BUS.channels;
/** Seconds, and how often a change comes in them. */
const LEARNED = 600;
const JUDGED = 400;
const TIMES = 3;
/** The bus returns to what it was so long afterwards that this is a change again. */
const RETURNS = new Set(["flight-phase", "terminal-off"]);

const nameOf = (detector: number) =>
  Object.entries(DETECTOR)
    .find(([, n]) => n === detector)![0]
    .replace("bus-", "");

/** @param subject which terminal */
const lived = (change: Change, seed: number, seconds: number, subject: number) => {
  const happenings = changes(change, CHANNEL!, { times: TIMES, seconds, random: new Random(seed), subject });
  return bytesOf(simulate(BUS, { seed, seconds, happenings }), BUS.channels);
};

let app: Appliance;
let clean: Entry[];
beforeAll(async () => {
  app = await Appliance.make();
  clean = app.learn(bytesOf(simulate(BUS, { seed: 1, seconds: LEARNED }), BUS.channels));
});

const judge = (bytes: Iterable<Uint8Array>, section: Uint8Array) => {
  expect(app.configure(section)).toBe(true);
  app.alone();
  return alertsOf(app.check(bytes));
};
const say = (alerts: readonly Alert[]) =>
  `${alerts.length}${alerts.map((a) => `\n    ${nameOf(a.detector)} ${a.count}: ${a.first.expected} | ${a.first.seen}`).join("")}`;

// REQ-DETECT-011
describe("a change that is no attack", () => {
  it.each(CHANGES.map((change) => [change.name, change] as const))("%s", (name, change) => {
    for (const subject of [5, 6]) {
      const unknown = judge(lived(change, 2000 + subject, JUDGED, subject), sectionOf([clean]));
      const lesson = app.learn(lived(change, 7, LEARNED, subject));
      const known = judge(lived(change, 2000 + subject, JUDGED, subject), sectionOf([clean, lesson]));
      console.log(`${name}, ${TIMES} times: not learned ${say(unknown)}\n  learned ${say(known)}`);
      expect(unknown.length).toBeGreaterThan(0);
      expect(unknown.length).toBeLessThanOrEqual((RETURNS.has(name) ? 2 : 1) * TIMES + 1);
      expect(known.length).toBeLessThanOrEqual(2 * TIMES + 1);
    }
  });
});
