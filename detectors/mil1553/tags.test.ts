// Recorders say when a message was by its first bit, by the last bit of its first word, or by its last bit (RCC 106-17 10.6.4.2).
import { beforeAll, expect, it } from "vitest";
import { busData, message, packet } from "../../mil1553/testing/chapter10.ts";
import type { Entry } from "../learned.ts";
import { rangesOf } from "./ground/period.ts";
import { Appliance } from "./testing/appliance.ts";

/** 100 ns: three words, and 4.5 us until the terminal answers. */
const DURATION = 3 * 200 + 45;
const FIRST_WORD = 200;
/** By time tag: how far behind the first bit the time is that the recorder writes. */
const BEHIND = [DURATION, 0, FIRST_WORD] as const;

/** Every 10 ms terminal 9 sends a word from subaddress 3, 2 ms later from 4; each message in a packet of its own. */
function recorded(tagOf: (n: number) => 0 | 1 | 2, period = 100_000): Buffer[] {
  return Array.from({ length: 400 }, (_, n) => {
    const start = 1_000_000 + period * (n >> 1) + 20_000 * (n & 1);
    const tag = tagOf(n);
    const words = [(9 << 11) | 0x400 | ((3 + (n & 1)) << 5) | 1, 9 << 11, n];
    return packet(busData([message(words, { rtc: start + BEHIND[tag], gap1: 65 })], 1, tag), { sequence: n });
  });
}

let app: Appliance;
beforeAll(async () => {
  app = await Appliance.make();
});

it("the same traffic is learned whatever the time tags are, one after the other too", () => {
  const learned = (tagOf: (n: number) => 0 | 1 | 2): Entry[] => app.learn(recorded(tagOf));
  const first = learned(() => 1);
  expect(first.map(({ detector }) => detector)).toContain("bus.message");
  expect(learned(() => 0)).toEqual(first);
  expect(learned(() => 2)).toEqual(first);
  expect(learned((n) => ((n >> 1) % 3) as 0 | 1 | 2)).toEqual(first);
  expect(learned((n) => (n % 3) as 0 | 1 | 2)).toEqual(first);
});

it("the counter's last bit counts: of a period of an odd number of ticks the least is the most", () => {
  for (const tag of [0, 1, 2] as const) {
    const of = app.learn(recorded(() => tag, 100_001)).filter(({ detector }) => detector === "bus.message");
    expect(of.map((entry) => rangesOf(entry as never))).toMatchObject([
      [{ least: 100_001, most: 100_001 }],
      [{ least: 100_001, most: 100_001 }],
    ]);
  }
});
