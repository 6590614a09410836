import { expect, it } from "vitest";
import { ACK, RST, SYN } from "../../ip/testing/frames.ts";
import { normal, uniform } from "../../lib/numerics/random.ts";
import { checkAll, type Found, IpProbe, lessonOf, mergeAll, packAll, sound, taught } from "../ip/testing/probe.ts";
import { at, byTime } from "../ip/testing/traffic.ts";
import { type Frame, normalTraffic, tcpFrame, udpFrame } from "../testing/site.ts";

const [VICTIM, MASTER] = ["10.1.0.20", "93.184.216.34"];
const beacons = (found: Found[]) => found.filter((f) => f.detector === "beacon");
const call = (t: number, k: number, dst = MASTER, dport = 443) =>
  at(t, tcpFrame({ src: VICTIM, dst, sport: 20000 + (k % 40000), dport, size: 0, flags: SYN }));

/** Calls at intervals that `next` gives. */
function calls(n: number, next: (k: number) => number, start = 1000, dst = MASTER): Frame[] {
  let t = start;
  return Array.from({ length: n }, (_, k) => {
    const frame = call(t, k, dst);
    t += next(k);
    return frame;
  });
}
const first = async (frames: Frame[]) => {
  const found = beacons(checkAll(await IpProbe.create(), byTime(frames)));
  expect(found.every(sound)).toBe(true);
  return found.length ? 1 + frames.findIndex((f) => Math.abs(f.time / 1e9 - found[0]!.time) < 1e-3) : null;
};

it("finds periods from a second to an hour, jittered up to 20 %", async () => {
  const table: Record<string, unknown>[] = [];
  for (const period of [1, 60, 3600])
    for (const jitter of [0, 0.1, 0.2]) {
      const even = uniform(period);
      const bell = normal(period + 1);
      const row = {
        "period, s": period,
        jitter,
        "found at event, even": await first(calls(40, () => period * (1 + jitter * (2 * even() - 1)))),
        "found at event, normal": await first(calls(40, () => period * Math.max(0.1, 1 + jitter * bell()))),
      };
      table.push(row);
      expect(row["found at event, even"]).toBeLessThanOrEqual(20);
      expect(row["found at event, normal"]).toBeLessThanOrEqual(40);
    }
  console.table(table);
});

it("forgives a missed and an additional event, and SYNs that are sent again", async () => {
  const gaps = [60, 60, 120, 60, 60, 20, 40, 60, 60, 60, 60, 60, 60, 60];
  expect(await first(calls(14, (k) => gaps[k]!))).toBeLessThan(14);
  const again = calls(14, () => 60).flatMap((f) => [f, { ...f, time: f.time + 1e9 }, { ...f, time: f.time + 3e9 }]);
  expect(await first(again)).not.toBeNull();
});

it("is silent about people, independent events, multicast, neighbours, and NTP", async () => {
  const u = uniform(5);
  const random = [1, 10, 100].flatMap((mean, i) => calls(4000, () => -mean * Math.log(1 - u()), 1000, `93.184.1.${i}`));
  const bursts = Array.from({ length: 200 }, (_, page) =>
    calls(6, () => 0.05, 1000 + page * 40 + 60 * u(), "93.184.2.1"),
  ).flat();
  const found = beacons(checkAll(await IpProbe.create(), byTime([...random, ...bursts])));
  const pages = found.filter((f) => f.dst === "93.184.2.1").length;
  console.log(`taken for beacons: ${found.length - pages} of 12,000 independent events, ${pages} of 200 pages`);
  expect(found.length - pages).toBeLessThan(12); // one in a thousand
  expect(pages).toBeLessThan(12);
  const even = (make: (t: number) => Uint8Array) => Array.from({ length: 60 }, (_, k) => at(1000 + 64 * k, make(k)));
  for (const [src, dst, dport] of [
    [VICTIM, "10.1.0.2", 443],
    [VICTIM, "239.255.255.250", 1900],
    [VICTIM, MASTER, 123],
  ] as const)
    expect(await first(even(() => udpFrame({ src, dst, sport: 40000, dport, size: 48 })))).toBeNull();
});

it("knows the beacons it learned, also at another address, but not a new one, nor at another pace", async () => {
  const lesson = byTime([...normalTraffic(1, 100), ...calls(60, () => 30)]);
  const probe = await taught(lesson, undefined, ["beacon", "new-pair"]);
  expect(
    beacons(
      checkAll(
        probe,
        calls(60, () => 31, 10000),
      ),
    ),
  ).toEqual([]);
  expect(
    beacons(
      checkAll(
        probe,
        calls(60, () => 31, 10000, "93.184.216.99"),
      ),
    ),
  ).toEqual([]);
  const talks = await taught(lesson, undefined, ["beacon"]);
  expect(
    beacons(
      checkAll(
        talks,
        calls(60, () => 31, 20000),
      ),
    ),
  ).toEqual([]);
  expect(
    beacons(
      checkAll(
        talks,
        calls(60, () => 3, 30000),
      ),
    ).length,
  ).toBeGreaterThan(0);
  const other = calls(60, () => 31, 40000).map(({ time }, k) =>
    at(time / 1e9, udpFrame({ src: VICTIM, dst: MASTER, sport: 40000 + k, dport: 8443, size: 30 })),
  );
  expect(beacons(checkAll(talks, other)).length).toBeGreaterThan(0);
});

it("merges by the widest range", async () => {
  const parts = await Promise.all([20, 30].map((gap) => lessonOf(calls(40, () => gap))));
  const own = parts.flat().filter((e) => e.detector === "beacon");
  const [merged] = mergeAll(own);
  expect([merged!.shortest, merged!.longest]).toEqual([20, 30]);
  expect(mergeAll([...own].reverse())).toEqual([merged]);
  expect(packAll([merged!], 1, undefined, ["beacon"])[0]!.bytes.length).toBe(8 + 4 + 16);
});

// A program that tries again what is down
it("is silent about a service that refuses every connection, until it accepts one", async () => {
  const answered = (flags: (k: number) => number) =>
    calls(30, () => 10).flatMap((f, k) => [
      f,
      at(
        f.time / 1e9 + 0.02,
        tcpFrame({ src: MASTER, dst: VICTIM, sport: 443, dport: 20000 + k, size: 0, flags: flags(k) }),
      ),
    ]);
  const found = async (frames: Frame[]) => beacons(checkAll(await IpProbe.create(), frames));
  expect(await found(answered(() => RST | ACK))).toEqual([]);
  const later = await found(answered((k) => (k < 20 ? RST | ACK : SYN | ACK)));
  expect(later[0]!.time).toBeCloseTo(1000 + 21 * 10, 2);
  expect(await found(answered(() => SYN | ACK))).not.toEqual([]);
});

it("says where no connection was accepted, and where all datagrams are of one socket, as a keep-alive's are", async () => {
  const seen = async (frames: Frame[]) => beacons(checkAll(await IpProbe.create(), frames)).at(-1)!.seen;
  const datagrams = (sport: (k: number) => number) =>
    calls(20, () => 25).map(({ time }, k) =>
      at(time / 1e9, udpFrame({ src: VICTIM, dst: MASTER, sport: sport(k), dport: 51820, size: 32 })),
    );
  expect(await seen(datagrams(() => 40_000))).toMatch("%; all datagrams of one socket, as a keep-alive's are");
  expect(await seen(datagrams((k) => 40_000 + k))).toMatch(/ %$/);
  const unanswered = calls(20, () => 10);
  expect(await seen(unanswered)).toMatch("%; no connection was accepted");
  const accepted = unanswered.map((f, k) =>
    at(
      f.time / 1e9 + 0.02,
      tcpFrame({ src: MASTER, dst: VICTIM, sport: 443, dport: 20000 + k, size: 0, flags: SYN | ACK }),
    ),
  );
  expect(await seen(byTime([...unanswered, ...accepted]))).toMatch(/ %$/);
});
