// The line of a capture's time: what one wrong time stamp puts between it and the others is no time; what traffic is like is.
import { expect, it } from "vitest";
import { Clock, Times } from "./clock.ts";

const DAY = 86_400;
const clockOf = (times: number[]) => {
  const all = new Times();
  for (const time of times) all.add(time);
  return all.clock();
};
const each = (gap: number, count: number, start = DAY) => Array.from({ length: count }, (_, k) => start + k * gap);

it("one wrong time stamp, before, behind or beyond all others, adds nothing", () => {
  const clean = clockOf(each(1, 600));
  expect([clean.seconds, clean.holes]).toEqual([599, 0]);
  for (const wrong of [0, 10 * 3600, 5 * DAY]) {
    const clock = clockOf([...each(1, 300), wrong, ...each(1, 300, DAY + 300)]);
    expect(clock.seconds).toBe(599);
    expect(clock.holes).toBeGreaterThan(3600);
    expect(clock.longest).toMatchObject({ from: DAY, to: DAY + 599 });
    expect(clock.at(DAY + 299)).toBe(299);
  }
  expect(clockOf([0, ...each(1, 600), 2 * DAY]).seconds).toBe(599);
});

it("traffic that pauses again and again, for longer than ten minutes, is like that; a night is not", () => {
  expect(clockOf(each(900, 97)).seconds).toBe(DAY);
  expect(clockOf([...each(60, 481), ...each(60, 481, 2 * DAY)]).seconds).toBe(16 * 3600);
});

it("goes from a time to its place and back; what is in a hole is at its edge", () => {
  const clock = clockOf([...each(30, 11), ...each(30, 11, 2 * DAY)]);
  expect([0, DAY, DAY + 45, DAY + 5000, 2 * DAY, 2 * DAY + 45, 9 * DAY].map((time) => clock.at(time))).toEqual([
    0, 0, 45, 300, 300, 345, 600,
  ]);
  expect([0, 45, 345, 600].map((place) => clock.timeOf(place))).toEqual([DAY, DAY + 45, 2 * DAY + 45, 2 * DAY + 300]);
});

it("of no frames, and of one", () => {
  const none = new Clock([]);
  expect([none.seconds, none.at(5), none.timeOf(5), none.longest]).toEqual([0, 0, 0, { from: 0, to: 0, at: 0 }]);
  expect(clockOf([7]).seconds).toBe(0);
});
