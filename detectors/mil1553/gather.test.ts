// What one cause changes at once is one alert that says how much it is about; an attack amid it is an alert of its own.
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { RecordKind } from "../../appliance/contract/abi.ts";
import { Tag } from "../../appliance/contract/config.ts";
import { record } from "../../ip/testing/frames.ts";
import { ROOT } from "../../lib/asc.ts";
import { settle } from "../../mil1553/simulator/attacks/settle.ts";
import type { Happening } from "../../mil1553/simulator/changes/happening.ts";
import { readBus } from "../../mil1553/simulator/icd/read.ts";
import { BSW, type BusMessage, command, terminal } from "../../mil1553/simulator/message.ts";
import { COUNTER_START, simulate } from "../../mil1553/simulator/run.ts";
import { DETECTOR } from "../catalogue.ts";
import { Flight } from "../testing/flight.ts";
import { Appliance, alertsOf, bytesOf, sectionOf } from "./testing/appliance.ts";

const BUS = readBus(join(ROOT, "fixtures/mil1553/avionics.yaml"));
const SECONDS = 60;
const [INS, ADC, COMM] = [5, 6, 17];
const STATUS_OF_COMM = command(COMM, true, 5, 6);

/** The terminal is silent for two seconds, or another schedule is in force to the end; from 20 s on. */
const REBOOT: Happening = { what: "silent", channel: "AVIONICS", terminal: "INS", at: 20, seconds: 2 };
const PHASE: Happening = {
  ...{ what: "schedule", channel: "AVIONICS", at: 20, seconds: 100 },
  ...{ without: ["fcc-status", "comm-tuning"], every: { "display-map": 8 } },
};

let app: Appliance;
let section: Uint8Array;
beforeAll(async () => {
  app = await Appliance.make();
  section = sectionOf([1, 2].map((seed) => app.learn(bytesOf(simulate(BUS, { seed, seconds: 300 }), BUS.channels))));
});

const seconds = ({ time }: BusMessage) => (time - COUNTER_START) / 1e7;
const flown = (...happenings: Happening[]) => [...simulate(BUS, { seed: 3000, seconds: SECONDS, happenings })];
const nameOf = (detector: number) => Object.entries(DETECTOR).find(([, n]) => n === detector)![0];
const alerts = (messages: BusMessage[]) => {
  expect(app.configure(section)).toBe(true);
  return alertsOf(app.check(bytesOf(messages, BUS.channels)));
};
const said = (messages: BusMessage[]) =>
  alerts(messages).map(({ first }) => `${nameOf(first.detector)}: ${first.seen}`);

/** Without the messages of one command from so many seconds on. */
const without = (messages: BusMessage[], word: number, from: number, to = SECONDS) =>
  messages.filter((m) => m.words[0] !== word || seconds(m) < from || seconds(m) >= to);

/** Terminal `address` does not answer, from so many seconds on. */
const mute = (messages: BusMessage[], address: number, from: number) =>
  messages.map((m) => {
    const silent = m.words.length > 1 && terminal(m.words[0]!) === address && m.gap1 > 0 && seconds(m) >= from;
    if (!silent || m.blockStatus & BSW.RT_RT) return m;
    const blockStatus = m.blockStatus | BSW.ERROR | BSW.TIMEOUT;
    return { ...m, blockStatus, gap1: 0, words: m.words.slice(0, m.words[0]! & 0x400 ? 1 : -1) };
  });

/** A message that nobody knows, at so many seconds. */
const unknown = (messages: BusMessage[], at: number) => {
  const words = [command(ADC, true, 29, 1), ADC << 11, 7];
  const time = COUNTER_START + Math.round(at * 1e7);
  const message = { channel: 2, time, blockStatus: 0, gap1: 72, gap2: 0, words };
  return [
    ...settle(
      messages.filter(({ channel }) => channel === 2),
      [{ kind: "insert", message }],
    ),
  ];
};

// REQ-DETECT-011
describe("changes that come together", () => {
  it("are one alert, which counts them and the terminals that they are about", () => {
    const [reboot, ...others] = alerts(flown(REBOOT));
    expect(others).toEqual([]);
    expect(reboot!.count).toBeGreaterThan(100);
    const [phase, ...more] = alerts(flown(PHASE));
    expect(more).toEqual([]);
    expect(phase!.count).toBeGreaterThan(100);
    expect(phase!.last.parts).toBeGreaterThan(3);
    expect(phase!.last.terminals).toBeGreaterThan(2);
  });

  it("are told at once, and after a minute with how many they were", async () => {
    await Flight.ready();
    const flight = Flight.with([{ tag: Tag.BASELINE_1553, bytes: section }])!;
    const bytes = Buffer.concat([...bytesOf(flown(PHASE), BUS.channels)]);
    const contexts: Record<string, unknown>[] = [];
    const run = (records: Uint8Array) => {
      flight.run(records);
      contexts.push(...flight.said.flatMap(({ alert }) => (alert ? [{ ...alert.context }] : [])));
    };
    for (let at = 0; at < bytes.length; at += 60_000)
      run(record(bytes.subarray(at, at + 60_000), { kind: RecordKind.CHAPTER10 }));
    run(record(new Uint8Array(0), { kind: RecordKind.END }));
    expect(contexts).toHaveLength(2);
    expect(contexts[0]).not.toHaveProperty("parts");
    expect(contexts[1]).toMatchObject({ parts: expect.any(Number), terminals: expect.any(Number) });
    expect(contexts[1]!.parts).toBeGreaterThan(3);
  });
});

describe("an attack amid them", () => {
  it("of another kind is an alert of its own", () => {
    expect(said(unknown(flown(REBOOT), 21))).toContain("bus-message: one that is not in it");
    expect(said(unknown(flown(PHASE), 21))).toContain("bus-message: one that is not in it");
  });

  it("on another terminal is an alert of its own: that fails, or whose message is missing", () => {
    const all = flown(REBOOT);
    expect(said(mute(all, COMM, 21))).toContain(`bus-error: messages with terminal ${COMM} fail more often`);
    expect(said(without(all, STATUS_OF_COMM, 21, 24))).toContainEqual(expect.stringMatching(/^bus-period: none for /));
  });

  it("on the same schedule is one more that is counted within ten seconds, and an alert behind them", () => {
    const all = flown(PHASE);
    const clean = alerts(all)[0]!.last.parts;
    const [only, ...none] = alerts(without(all, STATUS_OF_COMM, 25));
    expect(none).toEqual([]);
    expect(only!.last.parts).toBeGreaterThan(clean);
    const [, later] = alerts(without(all, STATUS_OF_COMM, 32));
    expect(later!.first.seen).toMatch(/^none for /);
    expect(later!.from).toBeCloseTo(only!.from + 12, 0);
  });

  it("begins no sooner than what had a part before, and went, would let it: a minute later it is new", () => {
    const all = flown({ ...PHASE, seconds: 100 });
    expect(INS).toBe(5);
    const early = without(all, STATUS_OF_COMM, 21, 21.5);
    expect(alerts(early)).toHaveLength(1);
    const again = [...simulate(BUS, { seed: 3000, seconds: 100, happenings: [PHASE] })];
    const twice = without(without(again, STATUS_OF_COMM, 21, 21.5), STATUS_OF_COMM, 90, 90.5);
    expect(alerts(twice).map(({ first }) => first.what)).toEqual([expect.any(Number), 3]);
  });
});
