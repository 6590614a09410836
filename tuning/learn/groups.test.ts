// Which files vote together: those that follow each other, as many as make an hour.
import { expect, it } from "vitest";
import { Clock } from "./clock.ts";
import { groupsOf } from "./groups.ts";

const file = (name: string, from: number, to: number) => ({
  name,
  survey: { records: name, clock: new Clock([[60 * from, 60 * to]]) },
});
const namesOf = (...files: ReturnType<typeof file>[]) => groupsOf(files).map((group) => group.map(({ name }) => name));

// REQ-GROUND-020
it("files of minutes that follow each other are groups of an hour; a short rest goes with the one before", () => {
  const tens = Array.from({ length: 8 }, (_, i) => file(`c${i}`, 10 * i, 10 * i + 10));
  expect(namesOf(...tens)).toEqual([["c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7"]]);
  const more = Array.from({ length: 5 }, (_, i) => file(`d${i}`, 80 + 10 * i, 90 + 10 * i));
  expect(namesOf(...tens, ...more).map((group) => group.length)).toEqual([6, 7]);
});

it("in the order of their times, whatever their names; groups in that of their first files", () => {
  const [a, b, c] = [file("a", 40, 80), file("b", 0, 40), file("c", 200, 290)];
  expect(namesOf(c, a, b)).toEqual([["c"], ["b", "a"]]);
});

it("files apart, or of the same time, are by themselves, and so is each of an hour", () => {
  expect(namesOf(file("a", 0, 40), file("b", 51, 90))).toEqual([["a"], ["b"]]);
  expect(namesOf(file("a", 0, 40), file("b", 20, 60))).toEqual([["a"], ["b"]]);
  expect(namesOf(file("a", 0, 60), file("b", 60, 120), file("c", 120, 125))).toEqual([["a"], ["b", "c"]]);
  expect(namesOf()).toEqual([]);
});
