// Times as label files write them: both sides of each form.
import { expect, it } from "vitest";
import { clockOf, type LabelTime, timeOf } from "./clock.ts";

const at = Date.UTC(2017, 6, 5, 11, 30, 15) / 1000;
it.each<[string, Partial<LabelTime> | undefined]>([
  ["0", { seconds: 0, relative: true, step: 1 }],
  ["99999999", { seconds: 99_999_999, relative: true, step: 1 }],
  ["100000000", { seconds: 100_000_000, relative: false, step: 1 }],
  ["99999999.9", { seconds: 99_999_999.9, relative: true, step: 0.1 }],
  ["12.", { seconds: 12, relative: true, step: 1 }],
  ["12.50", { seconds: 12.5, relative: true, step: 0.01 }],
  ["-1", undefined],
  ["1e3", undefined],
  ["2017-07-05T11:30:15", { seconds: at, relative: false, step: 1, zoneless: true }],
  ["2017-07-05 11:30:15Z", { seconds: at, relative: false, step: 1 }],
  ["2017/07/05 11:30:15.25", { seconds: at + 0.25, relative: false, step: 0.01, zoneless: true }],
  ["2017-07-05T11:30:15+0200", { seconds: at - 7200, relative: false, step: 1 }],
  ["2017-07-05T11:30:15.125 -03:30", { seconds: at + 12_600.125, relative: false, step: 0.001 }],
  ["2017-02-29T11:30:15", undefined],
  ["2017-07-05T24:30:15", undefined],
  ["2017-07-05", undefined],
])("%s", (text, expected) => {
  expect(timeOf(text)).toEqual(expected);
  expect(clockOf([])(text)).toEqual(expected);
});

const utc = (hour: number, minute: number, second = 0) => Date.UTC(2017, 6, 5, hour, minute, second) / 1000;
const written = { relative: false, zoneless: true };
it.each<[string, string[], Partial<LabelTime> | undefined]>([
  ["5/7/2017 3:04", [], { seconds: utc(3, 4), step: 60, half: true }],
  ["5/7/2017 3:04:05", [], { seconds: utc(3, 4, 5), step: 1, half: true }],
  ["05/07/2017 03:04:05.50", [], { seconds: utc(3, 4, 5) + 0.5, step: 0.01, half: true }],
  ["7/5/2017 3:04", ["1/12/2017 1:00"], { seconds: Date.UTC(2017, 4, 7, 3, 4) / 1000, step: 60, half: true }],
  ["7/5/2017 3:04", ["1/13/2017 1:00"], { seconds: utc(3, 4), step: 60, half: true }],
  ["5/7/2017 12:04", ["5/7/2017 12:59"], { seconds: utc(12, 4), step: 60, half: true }],
  ["5/7/2017 3:04", ["5/7/2017 13:00"], { seconds: utc(3, 4), step: 60, half: false }],
  ["5/7/2017 3:04", ["5/7/2017 0:30"], { seconds: utc(3, 4), step: 60, half: false }],
  ["5/7/2017 3:04", ["5/7/2017 00:30"], { seconds: utc(3, 4), step: 60, half: false }],
  ["5/7/2017 3:04", ["5/7/2017 3:30 am"], { seconds: utc(3, 4), step: 60, half: false }],
  ["5/7/2017 3:04 PM", ["5/7/2017 3:04 PM"], { seconds: utc(15, 4), step: 60, half: false }],
  ["5/7/2017 12:04pm", ["5/7/2017 12:04pm"], { seconds: utc(12, 4), step: 60, half: false }],
  ["5/7/2017 12:04 AM", ["5/7/2017 12:04 AM"], { seconds: utc(0, 4), step: 60, half: false }],
  ["5/7/2017 23:59", ["5/7/2017 23:59"], { seconds: utc(23, 59), step: 60, half: false }],
  ["5/7/2017 24:00", ["5/7/2017 23:59"], undefined],
  ["5/7/2017 3:60", [], undefined],
  ["5/12/2017 3:04", [], { seconds: Date.UTC(2017, 11, 5, 3, 4) / 1000, step: 60, half: true }],
  ["5/13/2017 3:04", [], undefined],
  ["5/0/2017 3:04", [], undefined],
  ["5/1/2017 3:04", [], { seconds: Date.UTC(2017, 0, 5, 3, 4) / 1000, step: 60, half: true }],
  ["31/6/2017 3:04", [], undefined],
  ["30/6/2017 3:04", [], { seconds: Date.UTC(2017, 5, 30, 3, 4) / 1000, step: 60, half: true }],
  ["0/6/2017 3:04", [], undefined],
  ["soon", ["sooner"], undefined],
])("%s beside %j", (text, others, expected) =>
  expect(clockOf(others)(text)).toEqual(expected && { ...written, ...expected }),
);
