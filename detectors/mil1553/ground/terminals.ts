/** How often messages of a terminal or a bus fail, and how fast terminals answer: from what was learned to what is to be expected. */
import type { BusEntry, ResponseEntry } from "./entries.ts";
import { margin, normalLimit, perHour, uncertainty } from "./limits.ts";

/** Failures per message: what was learned, and what is to be found. */
export interface FailureRates {
  usual: number;
  wrong: number;
}

/**
 * What was learned is taken at its upper 95 % bound. Where nothing ever failed half a failure counts: two in a row are then
 * news, one is not.
 */
export function failureRates({ trials, failures }: { trials: number; failures: number }): FailureRates {
  const usual = (failures ? failures + 1.65 * Math.sqrt(failures + 1) + 1 : 0.5) / trials;
  return { usual, wrong: Math.max(0.1, Math.min(4 * usual, 0.5 + usual / 2)) };
}

/** Trials before a rate of failures is known well enough to be tested; and what fails more often is not tested. */
const ENOUGH = 64;
const MOST = 0.9;
export const isTested = (trials: number, { usual }: FailureRates): boolean => trials >= ENOUGH && usual < MOST;
/** What a failure adds to a test's sum and a success takes away, nats. */
export interface Steps {
  failure: number;
  success: number;
}
const stepsFor = (isTestable: boolean, { usual, wrong }: FailureRates): Steps =>
  isTestable
    ? { failure: Math.log(wrong / usual), success: Math.log((1 - wrong) / (1 - usual)) }
    : { failure: 0, success: 0 };

/** Of a terminal. */
export function stepsOf(trials: { trials: number; failures: number }): Steps {
  const rates = failureRates(trials);
  return stepsFor(isTested(trials.trials, rates), rates);
}

/** Part of the messages that fail in a burst. */
const BURST = 0.6;

/** Of a bus: of failures that are more often than usual, and of bursts, in which most messages fail. */
export function stepsOfBus(b: BusEntry): { usual: Steps; burst: Steps } {
  const rates = failureRates({ trials: b.messages + b.untrusted, failures: b.failures });
  const tested = isTested(b.messages, rates);
  return {
    usual: stepsFor(tested, rates),
    burst: stepsFor(tested, { ...rates, wrong: Math.max(BURST, rates.wrong) }),
  };
}

/** Asked often, and never answered. */
export const isMute = ({ statuses, trials }: { statuses: number; trials: number }): boolean =>
  statuses === 0 && trials >= ENOUGH;

/** Response times: 0.1 us. */
export interface ResponseTimes {
  mean: number;
  deviation: number;
  /** Seen. */
  least: number;
  most: number;
  /** How far beyond them one may be. */
  tolerance: number;
  /** Enough were seen to know the rare ones, so that a single one farther out is an alarm. */
  alone: boolean;
}

/** @param rate wanted false alarms per hour of this profile */
export function timesOf(r: ResponseEntry, bus: BusEntry, rate: number): ResponseTimes {
  const mean = r.sum / r.count;
  const deviation = Math.sqrt(Math.max(0, r.squares / r.count - mean * mean) + 0.08);
  const least = Math.min(...r.times.map(([t]) => t));
  const most = Math.max(...r.times.map(([t]) => t));
  const z = normalLimit(perHour(r.count, bus) / rate) * deviation;
  const tolerance = Math.max(2, (most - least) * margin(r.count), z - (most - mean), z - (mean - least));
  return {
    mean,
    deviation: deviation * uncertainty(r.count),
    least,
    most,
    tolerance: Math.min(255, Math.ceil(tolerance)),
    alone: r.count >= 5000,
  };
}
