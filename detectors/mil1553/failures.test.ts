// How failures cluster is learned as the highest sum of a test with the rate known so far: the same sum, by hand.
import { expect, it } from "vitest";
import { busData, message, packet } from "../../mil1553/testing/chapter10.ts";
import { Appliance } from "./testing/appliance.ts";

const TERMINAL = 9;
/** Error and no response, of a block status. */
const FAILED = 0x1200;
/** Before so many messages nothing is tested. */
const ENOUGH = 64;

/** Every 10 ms a word from the terminal; of those that fail only the command is there. */
function recorded(failures: readonly number[], count: number): Buffer[] {
  const command = (TERMINAL << 11) | 0x400 | (3 << 5) | 1;
  return Array.from({ length: count }, (_, n) => {
    const fails = failures.includes(n);
    const words = fails ? [command] : [command, TERMINAL << 11, 7];
    const options = { rtc: 1_000_000 + 100_000 * n, gap1: fails ? 0 : 65, ...(fails && { status: FAILED }) };
    return packet(busData([message(words, options)]), { sequence: n });
  });
}

/** @param own messages counted before one is tested: a bus counts it, a terminal does not yet */
function peakOf(failures: readonly number[], count: number, own: 0 | 1): number {
  let [walk, peak, failed] = [0, 0, 0];
  for (let at = 0; at < count; at++) {
    const fails = failures.includes(at);
    const n = at + own;
    const rate = Math.min((failed + 1) / n, 0.999);
    const other = Math.max(0.1, Math.min(4 * rate, 0.5 + rate / 2));
    const step = Math.log(fails ? other / rate : (1 - other) / (1 - rate));
    walk = n < ENOUGH ? 0 : Math.fround(Math.min(Math.max(walk + step, 0), 1000));
    peak = Math.max(peak, walk);
    if (fails) failed++;
  }
  return peak;
}

const all = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n);

it.each([
  ["none", []],
  ["the last that is not tested, of a terminal", [63]],
  ["and of a bus", [62]],
  ["the first that is", [64]],
  ["some, and again after a while", [80, 81, 82, 90, 91, 120, 121, 122, 123]],
  ["often from the beginning", [...all(0, 40).filter((n) => n % 3), 100, 101, 150]],
  ["many in a row", all(100, 160)],
])("%s", async (_, failures) => {
  const app = await Appliance.make();
  const entries = app.learn(recorded(failures, 200));
  const found = (name: string) => entries.filter(({ detector }) => detector === name).map((e) => Number(e.peak));
  expect(found("bus")[0]).toBeCloseTo(peakOf(failures, 200, 1), 2);
  expect(found("bus.terminal")[0]).toBeCloseTo(peakOf(failures, 200, 0), 2);
  expect(entries.find(({ detector }) => detector === "bus")).toMatchObject({ failures: failures.length });
});
