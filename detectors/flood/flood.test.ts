import { beforeEach, describe, expect, it } from "vitest";
import { ACK, RST, SYN } from "../../ip/testing/frames.ts";
import { uniform } from "../../lib/numerics/random.ts";
import { checkAll, type Found, IpProbe, lessonOf, mergeAll, packAll, sound, taught } from "../ip/testing/probe.ts";
import { at, byTime, connection, delay, echo, every, lookup, udpData } from "../ip/testing/traffic.ts";
import { type Frame, normalTraffic, tcpFrame, udpFrame } from "../testing/site.ts";
import { flood } from "./learned.ts";

const SERVER = "10.1.0.5";
const START = 1000;
const forged = (k: number) => `10.${50 + (k % 100)}.${k % 251}.${(k * 7) % 253}`;
const synFlood = (rate: number, seconds: number) =>
  every(1 / rate, rate * seconds, START, (k) =>
    tcpFrame({ src: forged(k), dst: SERVER, sport: 1024 + (k % 60000), dport: 80, size: 0, flags: SYN }),
  );
const ofFlood = (found: Found[]) => found.filter((f) => f.detector === "flood");

let probe: IpProbe;
beforeEach(async () => {
  probe = await IpProbe.create();
});

describe("without a baseline", () => {
  it("finds SYN floods, the faster the sooner, and none below what is allowed", async () => {
    const table: Record<string, unknown>[] = [];
    for (const rate of [30, 60, 100, 300, 1000, 5000]) {
      const found = ofFlood(checkAll(await IpProbe.create(), synFlood(rate, Math.min(10, 20000 / rate))));
      expect(found.every(sound)).toBe(true);
      table.push({ "SYNs per second": rate, "first alarm, s": delay(found, "flood", START), seen: found[0]?.seen });
    }
    console.table(table);
    const delays = table.map((row) => row["first alarm, s"] as number | null);
    expect(delays.slice(0, 2)).toEqual([null, null]);
    for (const [i, [rate, most]] of [
      [100, 5.2],
      [300, 1.1],
      [1000, 0.3],
      [5000, 0.06],
    ].entries())
      expect(delays[i + 2], `${rate}/s`).toBeLessThan(most!);
  });

  it("is over soon after the flood is", () => {
    checkAll(probe, synFlood(1000, 5));
    const after = every(0.5, 60, START + 5, (k) =>
      tcpFrame({ src: "10.1.0.9", dst: SERVER, sport: 5000 + k, dport: 80, size: 0, flags: SYN }),
    );
    const last = ofFlood(checkAll(probe, after)).at(-1)!;
    expect(last.time).toBeLessThan(START + 5 + 11);
  });

  it("takes a crowd for a crowd: 1,000 connections a second that complete, 200 ms away", () => {
    const u = uniform(3);
    const crowd = byTime(
      Array.from({ length: 3000 }, (_, k) =>
        connection(START + k / 1000 + u() / 1000, forged(k), 1024 + k, SERVER, 443, 0.2),
      ).flat(),
    );
    expect(ofFlood(checkAll(probe, crowd))).toEqual([]);
  });

  it("leaves a scan of closed ports to the scan detector, and a poller to its dead station", () => {
    const scan = Array.from({ length: 2000 }, (_, k) => {
      const ends = { src: "10.1.0.66", dst: SERVER, sport: 40000, dport: k + 1, size: 0 };
      const back = { src: SERVER, dst: "10.1.0.66", sport: k + 1, dport: 40000, size: 0 };
      return [
        at(START + k / 1000, tcpFrame({ ...ends, flags: SYN })),
        at(START + k / 1000 + 0.0003, tcpFrame({ ...back, flags: RST })),
      ];
    }).flat();
    expect(ofFlood(checkAll(probe, scan))).toEqual([]);
    const retries = every(0.5, 600, START + 100, (k) =>
      tcpFrame({ src: "10.1.0.10", dst: "10.1.0.200", sport: 50000 + (k >> 2), dport: 502, size: 0, flags: SYN }),
    );
    expect(ofFlood(checkAll(probe, retries))).toEqual([]);
  });

  it("tells a UDP flood from a busy server and from a stream", async () => {
    const hit = every(0.0001, 20000, START, (k) =>
      udpFrame({ src: forged(k), dst: SERVER, sport: 4000, dport: k % 60000, size: 100 }),
    );
    expect(delay(checkAll(probe, hit), "flood", START)).toBeLessThan(1);
    const busy = byTime(
      Array.from({ length: 12000 }, (_, k) => [
        at(START + k / 6000, udpFrame({ src: forged(k), dst: SERVER, sport: 4000, dport: 5000, size: 30 })),
        at(START + k / 6000 + 0.001, udpFrame({ src: SERVER, dst: forged(k), sport: 5000, dport: 4000, size: 90 })),
      ]).flat(),
    );
    expect(ofFlood(checkAll(await IpProbe.create(), busy))).toEqual([]);
    const stream = every(1 / 2500, 15000, START, () =>
      udpFrame({ src: "10.1.0.7", dst: SERVER, sport: 5004, dport: 5004, size: 1200 }),
    );
    expect(ofFlood(checkAll(await IpProbe.create(), stream))).toEqual([]);
  });

  it("tells an ICMP flood from replies that were asked for", async () => {
    const data = new Uint8Array(56);
    const hit = every(0.001, 2000, START, (k) => echo(8, forged(k), SERVER, 1, k & 0xffff, data));
    expect(delay(checkAll(probe, hit), "flood", START)).toBeLessThan(0.6);
    const smurf = every(0.001, 2000, START, (k) => echo(0, forged(k), SERVER, 1, k & 0xffff, data));
    expect(delay(checkAll(await IpProbe.create(), smurf), "flood", START)).toBeLessThan(0.6);
    const asked = byTime(
      Array.from({ length: 1500 }, (_, k) => [
        at(START + k / 150, echo(8, SERVER, forged(k), 1, k, data)),
        at(START + k / 150 + 0.001, echo(0, forged(k), SERVER, 1, k, data)),
      ]).flat(),
    );
    expect(ofFlood(checkAll(await IpProbe.create(), asked))).toEqual([]);
  });

  it("finds answers that nobody asked for, not those that somebody did", async () => {
    const big = new Uint8Array(1400);
    const reflected = every(0.002, 2000, START, (k) => udpData(forged(k), 123, SERVER, 4000 + (k % 100), big));
    const found = ofFlood(checkAll(probe, reflected));
    expect(found[0]?.seen).toMatch(/bytes of answers that nobody asked for/);
    const asked = Array.from({ length: 1000 }, (_, k) =>
      lookup(START + k / 500, SERVER, "10.1.0.2", { name: `h${k}.example.com` }, 1200),
    ).flat();
    expect(ofFlood(checkAll(await IpProbe.create(), byTime(asked)))).toEqual([]);
  });
});

describe("with a baseline", () => {
  it("finds 20 SYNs a second at a host that seldom gets any, and keeps to a busy host's own level", async () => {
    const calm = normalTraffic(1, 300);
    const crowd = (start: number, rate: number) =>
      byTime(
        Array.from({ length: rate * 5 }, (_, k) =>
          connection(start + k / rate, forged(k), 1024 + k, SERVER, 80),
        ).flat(),
      );
    const knows = await taught(byTime([...calm, ...crowd(1010, 300)]), undefined, ["flood"]);
    const slow = every(0.05, 200, 2000, (k) =>
      tcpFrame({ src: forged(k), dst: "10.1.0.100", sport: 1024 + k, dport: 502, size: 0, flags: SYN }),
    );
    expect(delay(ofFlood(checkAll(knows, slow)), "flood", 2000)).toBeLessThan(2.5);
    expect(ofFlood(checkAll(knows, crowd(3000, 400)))).toEqual([]);
    const connects = ofFlood(checkAll(knows, crowd(4000, 1500)));
    expect(connects[0]?.seen).toMatch(/new connections/);
  });

  it("finds 2,000 datagrams in a second between known hosts", async () => {
    const knows = await taught(normalTraffic(1, 300), undefined, ["flood"]);
    const hit: Frame[] = every(0.0005, 2000, 2000, () =>
      udpFrame({ src: "10.1.0.20", dst: "10.1.0.2", sport: 4000, dport: 9, size: 1400 }),
    );
    expect(delay(ofFlood(checkAll(knows, hit)), "flood", 2000)).toBeLessThan(0.2);
    expect(ofFlood(checkAll(knows, normalTraffic(2, 300, 3000)))).toEqual([]);
  });

  it("counts each handshake once, without a byte of data behind it, and says how many", async () => {
    const calm = Array.from({ length: 20 }, (_, k) =>
      connection(1000 + 10 * k, "10.1.0.9", 2000 + k, SERVER, 80),
    ).flat();
    const knows = packAll(mergeAll(await lessonOf(byTime(calm))), 1, undefined, ["flood"]);
    /** All at the same moment: SYN, SYN and ACK, ACK, and silence. @param acks of the client, each the same again */
    const exhausting = (count: number, acks: number) =>
      Array.from({ length: count }, (_, k) => {
        const ends = { src: forged(k), dst: SERVER, sport: 1024 + k, dport: 80, size: 0 };
        const back = { src: SERVER, dst: forged(k), sport: 80, dport: 1024 + k, size: 0 };
        return [
          at(2000, tcpFrame({ ...ends, flags: SYN })),
          at(2000, tcpFrame({ ...back, flags: SYN | ACK })),
          ...Array.from({ length: acks }, () => at(2000, tcpFrame(ends))),
        ];
      }).flat();
    const said = async (count: number, acks: number) =>
      ofFlood(checkAll(await IpProbe.create(knows), exhausting(count, acks))).map(({ expected, seen }) => [
        expected,
        seen,
      ]);
    expect(await said(20, 1)).toEqual([]);
    const most = "at most 5 new connections per second to one host, 20 beyond that";
    expect(await said(21, 1)).toEqual([[most, "about 21 new connections in 0 s"]]);
    expect((await said(22, 1)).at(-1)).toEqual([most, "about 22 new connections in 0 s"]);
    expect(await said(20, 3)).toEqual([]); // ACKs sent again are no new connections
  });

  it("merges by the most seen", async () => {
    const entries = (await Promise.all([1, 2].map((seed) => lessonOf(normalTraffic(seed, 100))))).flat();
    const own = mergeAll(entries.filter((e) => e.detector === "flood"));
    expect(own.length).toBeGreaterThan(5);
    expect(mergeAll([...entries].reverse().filter((e) => e.detector === "flood"))).toEqual(own);
    expect(packAll(own, 1, undefined, [flood.name])[0]!.bytes.length).toBeLessThan(1000);
  });
});
