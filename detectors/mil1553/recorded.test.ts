// Attacks in a real recording at rates where they are needles (Yahalom 2019: 0.01 %, 0.1 %, 1 % of all messages). Eight
// buses, 21,849 messages, 2.2 s; a fifth of the messages failed and one terminal is absent. Learned from the first 60 %,
// 1.3 s, which is far too little: most messages came less than 30 times, some never. What this shows is what the detectors
// do with a young baseline on a noisy bus, not what they do after an hour.
//
// The recording is not part of the project: where it is missing this is skipped.
import { beforeAll, describe, expect, it } from "vitest";
import { type Recording, readRecording } from "../../captures/recording.ts";
import { hasShared, sharedPath } from "../../lib/testing/shared.ts";
import { ATTACKS } from "../../mil1553/simulator/attacks/catalogue.ts";
import { inject } from "../../mil1553/simulator/inject.ts";
import type { BusMessage } from "../../mil1553/simulator/message.ts";
import { recording } from "../../mil1553/writer/recording.ts";
import { DETECTOR } from "../catalogue.ts";
import { Appliance, alertsOf, type Found, sectionOf } from "./testing/appliance.ts";

const RECORDING = ["mil1553", "libirig106-python", "1553.c10"] as const;

const LEARNED = 0.6;
const SHARES = [0.0001, 0.001, 0.01];
/** 0.1 us: so long behind an attack message, on its channel, an alert is still about it. */
const AFTER = 400_000;
const nameOf = (detector: number) =>
  Object.entries(DETECTOR)
    .find(([, n]) => n === detector)![0]
    .replace("bus-", "");

describe.skipIf(!hasShared(...RECORDING))("a real recording of eight noisy buses", () => {
  let app: Appliance;
  let real: Recording;
  let section: Uint8Array;
  let rest: BusMessage[];
  let hours = 0;

  const written = (messages: BusMessage[]) => [...recording(messages, { ...real, checksum: 0 })];
  /** Findings, each with the message at hand. */
  const check = (messages: BusMessage[]): { found: Found; at: BusMessage }[] => {
    const packets = written(messages);
    const order = packets.flatMap((p) => p.messages);
    expect(app.configure(section)).toBe(true);
    return app.check(packets.map((p) => p.bytes)).map((found) => ({ found, at: order[found.message - 1]! }));
  };

  beforeAll(async () => {
    app = await Appliance.make();
    real = await readRecording([sharedPath(...RECORDING)]);
    const [first, last] = [real.messages[0]!.time, real.messages.at(-1)!.time];
    const cut = first + LEARNED * (last - first);
    rest = real.messages.filter((m) => m.time >= cut);
    hours = (last - cut) / 36e9;
    section = sectionOf([app.learn(written(real.messages.filter((m) => m.time < cut)).map((p) => p.bytes))]);
  });

  it("alerts rarely, for what it learned: 1.3 s", () => {
    const alerts = alertsOf(check(rest).map(({ found }) => found));
    const by = new Map<string, number>();
    for (const { detector } of alerts) by.set(nameOf(detector), (by.get(nameOf(detector)) ?? 0) + 1);
    console.log(
      `section of ${section.length} bytes; ${rest.length} messages in ${(hours * 3600).toFixed(2)} s: ${alerts.length} alerts ` +
        `(${[...by].map(([d, n]) => `${d} ${n}`).join(", ")}), one for ${Math.round(rest.length / alerts.length)} messages`,
    );
    expect(alerts.length).toBeLessThanOrEqual(40);
  });

  it("finds attacks among them", () => {
    const clean = new Set(check(rest).map(({ found }) => `${found.detector} ${found.key}`));
    const recalls = new Map<string, number[]>();
    const lines: string[] = [];
    for (const { name } of ATTACKS) {
      const cells: string[] = [];
      for (const share of SHARES) {
        const { messages, removed } = inject(rest, [{ attack: name, at: 0.1, share }], 1000);
        // What is missing shows where it should have been
        const labelled = [...messages.filter((m) => m.attack), ...removed.map((r) => r.message)];
        const all = check(messages);
        const about = (at: BusMessage) =>
          labelled.filter((m) => m.channel === at.channel && m.time <= at.time && at.time - m.time <= AFTER);
        const caught = new Set<BusMessage>();
        let right = 0;
        let first = Number.POSITIVE_INFINITY;
        const wrong: Found[] = [];
        for (const { found, at } of all) {
          // What the clean recording gives too is not the attack's
          const own = about(at);
          if (own.length === 0 || clean.has(`${found.detector} ${found.key}`)) wrong.push(found);
          else {
            right++;
            for (const m of own) caught.add(m);
            first = Math.min(first, at.time);
          }
        }
        const begin = Math.min(...labelled.map((m) => m.time));
        const recall = caught.size / labelled.length;
        const precision = all.length ? right / all.length : 0;
        const perHour = alertsOf(wrong).length / hours;
        recalls.set(name, [...(recalls.get(name) ?? []), recall]);
        const percent = (x: number) => `${Math.round(100 * x)}`.padStart(3);
        const delay = caught.size ? ((first - begin) / 1e4).toFixed(1) : "-";
        cells.push(
          `${percent(precision)} ${percent(recall)} ${delay.padStart(6)} ${`${Math.round(perHour / 1000)}k`.padStart(5)}`,
        );
      }
      lines.push(`  ${name.padEnd(26)}${cells.join(" |")}`);
    }
    const found = (at: number) => [...recalls.values()].filter((r) => r[at]! > 0).length;
    console.log(
      `precision %, recall %, ms to the first alert, false alerts an hour; at 0.01 %, 0.1 %, 1 % attack messages\n${lines.join("\n")}\n` +
        `attacks of which anything was found: ${SHARES.map((s, i) => `${found(i)} of ${ATTACKS.length} at ${100 * s} %`).join(", ")}`,
    );
    // A floor under what is reached today
    expect(found(0)).toBeGreaterThanOrEqual(9);
    expect(found(1)).toBeGreaterThanOrEqual(16);
    expect(found(2)).toBeGreaterThanOrEqual(18);
  });
});
