// new-pair and who keeps meeting somebody new: as many an hour as while learning are no news, and no more; of who never did each is.
import { expect, it } from "vitest";
import { Tag } from "../../appliance/contract/config.ts";
import { uniform } from "../../lib/numerics/random.ts";
import { checkAll, IpProbe, lessonOf, mergeAll, packAll } from "../ip/testing/probe.ts";
import { byTime } from "../ip/testing/traffic.ts";
import type { Entry } from "../learned.ts";
import { type Frame, normalTraffic } from "../testing/site.ts";
import { allowances, limitOf } from "./novelty.ts";
import { connects } from "./testing/names.ts";

const OFFICE = "10.1.0.20";
const PLC = "10.1.0.101";
const HOURS = 8;
/** Whole hours since 1970, so that the slices of the test are those that it says. */
const START = 3600 * 400;
const server = (n: number) => `10.2.${n >> 8}.${n & 255}`;
/** `counts[h]` new servers in hour h. */
const meets = (counts: readonly number[], port = 445, client = OFFICE, from = START, first = 0): Frame[] => {
  let n = first;
  return counts.flatMap((count, h) =>
    Array.from({ length: count }, (_, k) =>
      connects(from + h * 3600 + 30 + (k * 3500) / count, client, server(n++), port, 40000 + (n % 9000)),
    ).flat(),
  );
};
const USUAL = [3, 2, 4, 1, 3, 5, 2, 3];
const plant = normalTraffic(1, 120, START);
const learned = async (frames: Frame[]) => mergeAll(await lessonOf(byTime([...plant, ...frames])));
const probeOf = (entries: Entry[]) => IpProbe.create(packAll(entries, HOURS, { rate: 0.1 }, ["new-pair"]));
const news = (probe: IpProbe, frames: Frame[]) => checkAll(probe, frames).filter((f) => f.detector === "new-pair");
const LATER = START + 100 * 3600;

it("counts in how many slices of ten minutes both sides of a conversation spoke, and composes", async () => {
  const of = (entries: Entry[], at: string) => entries.find((e) => e.detector === "new-pair" && e.server === at)!;
  const often = [0, 1, 650, 1300].flatMap((t) => connects(START + t, OFFICE, server(1), 445, 40000 + t));
  const silent = [connects(START + 5, OFFICE, server(2), 445, 50)[0]!];
  const entries = await learned([...often, ...silent, ...connects(START + 601, OFFICE, server(3), 445)]);
  expect(of(entries, server(1))).toMatchObject({ slices: 3, first: START / 600 });
  expect(of(entries, server(2))).toMatchObject({ slices: 0 });
  expect(of(entries, server(3))).toMatchObject({ slices: 1, first: START / 600 + 1 });
  const later = await learned(connects(START + 7200, OFFICE, server(3), 445));
  expect(of(mergeAll([...entries, ...later]), server(3))).toMatchObject({ slices: 2, first: START / 600 + 1 });
  const { slices: _, first: __, ...older } = of(later, server(3));
  expect(of(mergeAll([...entries, older as Entry]), server(3))).not.toHaveProperty("slices");
});

it("says what it allows", async () => {
  const entries = (await learned(meets(USUAL))).filter(({ detector }) => detector === "new-pair");
  const [threshold] = allowances(entries, { rate: 0.1 }, HOURS);
  expect(threshold).toMatchObject({ key: `${OFFICE} 6/445 inside`, quantity: "new servers in an hour" });
});

it("an hour like those that were learned is quiet; what goes beyond is one alert that says so", async () => {
  const probe = await probeOf(await learned(meets(USUAL)));
  expect(news(probe, meets([4, 3, 5], 445, OFFICE, LATER, 1000))).toEqual([]);
  const found = news(probe, meets([40], 445, OFFICE, LATER + 20 * 3600, 2000));
  const [first] = found;
  expect(first!.expected).toMatch(
    /^one of the \d+ talks \(client, server, service\) of the baseline, or one of (\d+) new ones that this client may meet in an hour, as it did then$/,
  );
  const limit = Number(/or one of (\d+)/.exec(first!.expected)![1]);
  expect(limit).toBeGreaterThan(5);
  expect(first!.seen).toBe(`445/tcp with a server that the baseline does not know, number ${limit + 1} in an hour`);
  expect(new Set(found.map((f) => f.key)).size).toBe(1);
  expect(found.at(-1)!.score).toBeGreaterThan(first!.score);
});

it("of who never met anybody new each one is news, and so is another service, and a server on the Internet", async () => {
  const probe = await probeOf(await learned(meets(USUAL)));
  for (const frames of [
    meets([1], 445, PLC, LATER, 1000),
    meets([1], 22, OFFICE, LATER, 1001),
    connects(LATER + 60, OFFICE, "93.184.216.34", 445),
  ]) {
    const [found] = news(probe, frames);
    expect(found!.score).toBe(3);
    expect(found!.expected).not.toContain("new ones");
  }
});

it("poisoned learning buys nothing in one hour, and no more than twelve in many; what nobody answers buys nothing", async () => {
  const limits = async (frames: Frame[]) => {
    const probe = await probeOf(await learned(frames));
    return news(probe, meets([60], 445, OFFICE, LATER, 2000))[0]!.seen;
  };
  expect(await limits(meets([0, 0, 200, 0, 0, 0, 0, 0]))).toBe("445/tcp with a server that the baseline does not know");
  expect(await limits(meets([40, 40, 40, 40, 40, 40, 40, 40]))).toMatch(/number 13 in an hour$/);
  const unanswered = meets(USUAL).filter((_, n) => n % 3 === 0);
  expect(await limits(unanswered)).toBe("445/tcp with a server that the baseline does not know");
});

it("keeps the wanted rate, of steady habits and of bursts", () => {
  const u = uniform(5);
  const poisson = (mean: number) => {
    let n = 0;
    for (let p = u(); p > Math.exp(-mean); p *= u()) n++;
    return n;
  };
  const firsts = (counts: number[]) => counts.flatMap((count, h) => Array.from({ length: count }, () => 6000 + 6 * h));
  for (const habit of [() => poisson(3), () => poisson(u() < 0.3 ? 4 : 0.3)]) {
    let beyond = 0;
    for (let round = 0; round < 200; round++) {
      const limit = limitOf(firsts(Array.from({ length: 48 }, habit)), 48, 0.02);
      expect(limit).toBeLessThanOrEqual(12);
      beyond += Array.from({ length: 24 }, habit).filter((count) => count > limit).length;
    }
    expect(beyond / (200 * 24)).toBeLessThan(0.03);
  }
  expect(limitOf([6000, 6006, 6012], 3, 0.1)).toBe(0);
});

// REQ-DETECT-008
it("refuses allowances that are damaged", async () => {
  const [section] = packAll(await learned(meets(USUAL)), HOURS, { rate: 0.1 }, ["new-pair"]);
  const probe = await IpProbe.create();
  expect(probe.configure(Tag.PAIRS, section!.bytes)).toBe(true);
  const record = section!.bytes.length - 8;
  for (const [offset, value] of [
    [1, 9],
    [5, 2],
    [6, 0],
  ] as const) {
    const damaged = Uint8Array.from(section!.bytes);
    damaged[record + offset] = value;
    probe.e.reset();
    expect(probe.configure(Tag.PAIRS, damaged), `byte ${offset}`).toBe(false);
  }
});
