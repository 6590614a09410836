/** The one place where limits are chosen: from merged entries and the wanted rate of false alarms. */
import type { Entry, Threshold, Wanted } from "../../learned.ts";
import type { TerminalEntry } from "./entries.ts";
import { DETECTORS, perHour, sumLimit, surpriseFor } from "./limits.ts";
import { type BusModel, modelOf } from "./model.ts";
import { describe, keyOfBus, keyOfTerminal, type Quantity } from "./quantities.ts";
import { type Steps, stepsOf, stepsOfBus } from "./terminals.ts";

const SLACK = 0.5;
/** A gap may be shorter by a step of the recorder's counter for each answer in front of it, and for rounding; 0.1 us. */
const STEPS = 3;

/** A limit and how many samples it was made from. */
type Made = (quantity: Quantity, key: string, limit: number, samples: number) => Threshold;

export function thresholds(entries: readonly Entry[], { rate }: Wanted, hours: number): Threshold[] {
  const { buses } = modelOf(entries);
  if (!buses.length) return [];
  const made: Made = (quantity, key, limit, samples) => ({
    ...describe(quantity),
    key,
    limit,
    method: "margin",
    samples,
    hours,
  });
  const share = rate / DETECTORS;
  const terminals = buses.reduce((sum, b) => sum + b.terminals.length, 0);
  return [
    ...ofAll(buses, rate, share, made),
    ...buses.flatMap((bus) => [
      ...ofTraffic(bus, made),
      ofBusFailures(bus, { rate: share, tests: buses.length }, made),
      ...bus.terminals.map((t) => ofTerminalFailures(t, bus, { rate: share, tests: terminals }, made)),
    ]),
  ];
}

function ofAll(buses: readonly BusModel[], rate: number, share: number, made: Made): Threshold[] {
  const samples = buses.reduce((sum, { entry }) => sum + entry.messages, 0);
  const answers = buses.reduce((sum, b) => sum + b.responses.reduce((s, r) => s + perHour(r.count, b.entry), 0), 0);
  return [
    made("novelty", "", surpriseFor(rate), samples),
    made("order", "", surpriseFor(rate), samples),
    made("responses", "", sumLimit((2 * answers) / share, SLACK), samples),
  ];
}

/** Gaps and load. */
function ofTraffic({ entry: b, identities }: BusModel, made: Made): Threshold[] {
  const key = keyOfBus(b.channel);
  const out: Threshold[] = [];
  if (b.lowestGaps.length === 16) {
    const [first, last] = [b.lowestGaps[0]!, b.lowestGaps[15]!];
    out.push(made("gap", key, first - Math.max(2 * (last - first) + 1, 0.05 * first, STEPS), b.gaps));
  }
  if (b.windows >= 2) {
    const mean = b.loadSum! / b.windows;
    const sigma = Math.sqrt(Math.max(0, b.loadSquares! / b.windows - mean * mean));
    const few = 1 + 16 / b.windows;
    // What has no schedule comes as it likes: a Poisson process, whose deviation is the root of its mean
    const free = identities.reduce((sum, i) => sum + (i.ranges ? 0 : perHour(i.count, b) / 3600), 0);
    const load = b.loadMax! + few * Math.max(0.1 * b.loadMax!, 4 * sigma, 100);
    const messages = b.countMax! + few * Math.max(0.1 * b.countMax!, 4 * Math.sqrt(free), 5);
    out.push(made("load", key, load, b.windows), made("messages", key, messages, b.windows));
  }
  return out;
}

/** Wanted false alarms per hour of so many tests together. */
interface Share {
  rate: number;
  tests: number;
}

/** Limit of a test of failures: by its theory, or by the largest value that it reached while learning. */
const failureLimit = (trialsPerHour: number, { rate, tests }: Share, peak: number) =>
  Math.max(Math.log(Math.max(Math.E, (trialsPerHour * tests) / rate)), 1.5 * peak + 1);

/** Failures close together that are one event, such as a terminal that starts again, and not chance. */
const BURST = 8;

/** The largest value that the most failures close together make with these steps, nats. */
function peakOf(peak: number, burst: readonly [number, number] | undefined, steps: readonly Steps[]): number {
  if (!burst || burst[0] < BURST) return peak;
  const [failures, trials] = burst;
  return Math.max(peak, ...steps.map((s) => failures * s.failure + (trials - failures) * s.success));
}

function ofBusFailures({ entry: b }: BusModel, share: Share, made: Made): Threshold {
  const limit = failureLimit(perHour(b.messages, b), share, peakOf(b.peak, b.burst, Object.values(stepsOfBus(b))));
  return made("busFailures", keyOfBus(b.channel), limit, b.messages + b.untrusted);
}

function ofTerminalFailures(t: TerminalEntry, { entry: b }: BusModel, share: Share, made: Made): Threshold {
  const limit = failureLimit(perHour(t.trials, b), share, peakOf(t.peak, t.burst, [stepsOf(t)]));
  return made("terminalFailures", keyOfTerminal(b.channel, t.terminal), limit, t.trials);
}
