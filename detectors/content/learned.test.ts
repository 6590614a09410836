// The ground's half of content: entries that compose, limits, what fits into the section, what is refused.
import fc from "fast-check";
import { expect, it } from "vitest";
import { entryIssues } from "../baseline/entries.ts";
import { IpProbe, lessonOf, mergeAll } from "../ip/testing/probe.ts";
import type { Entry } from "../learned.ts";
import contentDetector from "./detector.ts";
import { octetsOf, POSITIONS, scoreOf } from "./entries.ts";
import { content } from "./learned.ts";
import { outstation, polled } from "./testing/messages.ts";

const TAG = 45;
const own = async (...lessons: Parameters<typeof lessonOf>[0][]) => {
  const all = await Promise.all(lessons.map(lessonOf));
  return all.flat().filter(({ detector }) => detector.startsWith("content"));
};
const thresholds = (entries: readonly Entry[], rate = 0.1) => content.thresholds(entries, { rate }, 1);

// REQ-DETECT-003
it("merges in any order to the same, whatever was learned where", async () => {
  const entries = await own(
    polled(1, 1000, 200),
    polled(2, 5000, 300),
    outstation(1, 1000, 200),
    outstation(3, 9000, 60),
  );
  expect(entries.flatMap(entryIssues)).toEqual([]);
  const merged = (list: readonly Entry[]) => JSON.stringify(mergeAll(list));
  const all = merged(entries);
  fc.assert(
    fc.property(fc.shuffledSubarray(entries, { minLength: entries.length }), fc.nat(entries.length), (list, at) => {
      expect(merged(list)).toBe(all);
      expect(merged([...mergeAll(list.slice(0, at)), ...mergeAll(list.slice(at))])).toBe(all);
    }),
    { numRuns: 20, seed: 1 },
  );
  const layout = mergeAll(entries).find(({ detector }) => detector === "content.layout")!;
  expect(octetsOf(layout)).toHaveLength(POSITIONS);
});

it("asks more where little was learned, and scores what was new in some captures only like what came late", () => {
  const peaks = (seconds: number, largest: number[]) => [{ detector: "content.peaks", class: 0, seconds, largest }];
  const limit = (seconds: number, largest: number[]) => thresholds(peaks(seconds, largest))[0]!.limit;
  expect(limit(3600, [])).toBeGreaterThan(limit(360_000, []));
  expect(limit(3600, [5 * 256])).toBeGreaterThan(limit(3600, [256]));
  expect(limit(3600, [15 * 256])).toBe(7);
  expect(limit(400 * 3600, [6 * 256, 256])).toBeLessThan(limit(36 * 3600, [6 * 256, 256]));
  expect(scoreOf(1023, 0, 0)).toBe(10);
  expect(scoreOf(1023, 0, 0.25)).toBeLessThan(2.1);
  expect(scoreOf(0, 0, 0)).toBe(0);
});

it("has words for what it learned", async () => {
  const shown = mergeAll(await own(polled(1, 1000, 100))).map((entry) => content.show(entry));
  expect(shown).toContain("10.2.0.5 -> 10.2.0.50 tcp 502: 217 messages to the server, 217 back");
  expect(shown).toContain("10.2.0.5 -> 10.2.0.50 tcp 502, to the server: protocol 1, function 0x3, 100 messages");
  expect(shown.filter((text) => / in \d+ s$/.test(text))).toHaveLength(4);
  expect(content.show({ detector: "content.stream", stream: "0".repeat(16), broken: 5, frames: 9 })).toBe(
    "stream 0000000000000000: 9 frames, rules broken 0x5",
  );
  expect(contentDetector.alerts[0].signature).toBe("unusual content");
});

const said = (i: number, more = {}) => ({
  ...{ detector: "content.said", client: `10.3.${i >> 8}.${i & 255}`, server: "10.4.0.1", proto: 6, service: 502 },
  ...{ side: 0, app: 1, kind: 3, messages: 9 },
  ...more,
});

it("leaves out layouts and objects that do not fit, and refuses more functions than fit", async () => {
  const objects = Array.from({ length: 3000 }, (_, i) => said(1, { about: i.toString(16).padStart(16, "0") }));
  const [layout] = (await own(polled(1, 1000, 100))).filter(({ detector }) => detector === "content.layout");
  const layouts = Array.from({ length: 500 }, (_, i) => ({ ...layout!, shape: i.toString(16).padStart(16, "0") }));
  const bytes = content.pack([said(1), ...objects, ...layouts], thresholds([]));
  expect(bytes.length).toBeLessThanOrEqual(40_960);
  expect((await IpProbe.create()).configure(TAG, bytes)).toBe(true);
  const talks = Array.from({ length: 1300 }, (_, i) => said(i));
  expect(() => content.pack(talks, thresholds([]))).toThrow(
    "functions, objects and layouts of conversations: 2601 of them learned, at most 2560 fit",
  );
});

// REQ-DETECT-008
it("refuses what is malformed: entries, and each changed byte of a section or it goes on without a trap", async () => {
  const wrong = (entry: Entry) => entryIssues(entry).map(({ message }) => message);
  expect(wrong(said(1, { about: "12" }))).toEqual(["expected 16 hexadecimal digits"]);
  const lesson = polled(1, 1000, 100);
  const entries = mergeAll(await own(lesson));
  const layout = entries.find(({ detector }) => detector === "content.layout")!;
  expect(wrong({ ...layout, octets: "AAAA" })).toEqual([`expected ${9 * POSITIONS} bytes in base 64`]);
  const bytes = content.pack(entries, thresholds(entries));
  const probe = await IpProbe.create();
  let refused = 0;
  for (let at = 0; at < bytes.length; at += 7) {
    const changed = Uint8Array.from(bytes);
    changed[at] = changed[at]! ^ 0x81;
    probe.e.reset();
    if (!probe.configure(TAG, changed)) refused++;
  }
  expect(refused).toBeGreaterThan(10);
  probe.e.reset();
  expect(probe.configure(TAG, bytes.slice(0, -1))).toBe(false);
  expect(probe.configure(TAG, bytes)).toBe(true);
});
