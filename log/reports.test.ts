// What the verifier finds, for people: golden text. And which findings are written one by one.
import { expect, it } from "vitest";
import { ReportBudget } from "./reported.ts";
import { CLASSES, type Class, type Report, reportJson, reportText } from "./reports.ts";

it.each<[string, Report]>([
  ["started, boot 7", { class: "started", boot: 7 }],
  [
    "restart, boot 9, after boot 7, record 300 the last of it",
    { class: "restart", boot: 9, previous: { boot: 7, last: 300 } },
  ],
  [
    "restart, boot 5, a lower number, after boot 7, record 300 the last of it",
    { class: "restart", boot: 5, previous: { boot: 7, last: 300 }, lower: true },
  ],
  ["missing, boot 7 record 4", { class: "missing", boot: 7, first: 4, last: 4, count: 1 }],
  ["missing, boot 7 record 4-5, 2 records", { class: "missing", boot: 7, first: 4, last: 5, count: 2 }],
  [
    "reordered (late), boot 7 record 4, datagram 12",
    { class: "reordered", boot: 7, first: 4, late: true, datagram: 12 },
  ],
  [
    "clone, boot 7 record 1, started twice, datagram 3, from 10.0.9.2:5514",
    { class: "clone", boot: 7, first: 1, how: "started twice", datagram: 3, from: "10.0.9.2:5514" },
  ],
  ["not ours, datagram 3", { class: "not_ours", datagram: 3 }],
  ["forged, 2 more, not reported one by one", { class: "forged", count: 2, omitted: true }],
  ["forged, 1 more, not reported one by one", { class: "forged", count: 1, omitted: true }],
  ["unwritten, 12 records", { class: "unwritten", count: 12 }],
  ["silent, for 3 s", { class: "silent", seconds: 3 }],
])("%s", (text, report) => expect(reportText(report)).toBe(text));

it("a line of collect.json says when it was found, where that is known", () => {
  const report: Report = { class: "heard" };
  expect(reportJson(report, "T", "A")).toBe(
    '{"timestamp":"T","event_type":"weir_log","arrived":"A","weir_log":{"class":"heard"}}',
  );
  expect(reportJson(report, "T")).toBe('{"timestamp":"T","event_type":"weir_log","weir_log":{"class":"heard"}}');
});

// REQ-LOG-014
it.each<[string, boolean, Class[]]>([
  ["with a key", true, ["started", "restart", "missing", "reordered", "unwritten", "silent", "heard"]],
  ["without one", false, ["unwritten", "silent", "heard"]],
])("%s what outsiders can raise is written 1000 times, and once a second", (_, isAuthenticated, unlimited) => {
  const budget = new ReportBudget(isAuthenticated);
  const all = Object.keys(CLASSES) as Class[];
  const written = new Map(all.map((name) => [name, 0]));
  const write = (name: Class, now: number, count?: number) => {
    const report = { class: name, ...(count !== undefined && { count }) };
    if (budget.allows(report, now)) written.set(name, written.get(name)! + 1);
  };
  for (const name of all) for (let n = 0; n < 1002; n++) write(name, 0);
  expect([...written].filter(([, count]) => count === 1002).map(([name]) => name)).toEqual(unlimited);
  expect(new Set(written.values())).toEqual(new Set([1002, 1000]));
  write("forged", 999, 5);
  expect(written.get("forged")).toBe(1000);
  write("forged", 1000);
  expect(written.get("forged")).toBe(1001);
  expect(budget.summaries(59_999)).toEqual([]);
  const limited = all.filter((name) => !unlimited.includes(name));
  const summary = (name: Class): Report => ({ class: name, count: name === "forged" ? 7 : 2, omitted: true });
  expect(budget.summaries(60_000)).toEqual(limited.map(summary));
  write("clone", 1000);
  write("clone", 1000);
  expect(budget.summaries(119_999)).toEqual([]);
  expect(budget.summaries()).toEqual([{ class: "clone", count: 1, omitted: true }]);
  expect(budget.summaries(120_000)).toEqual([]);
});
