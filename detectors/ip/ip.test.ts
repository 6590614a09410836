// All IP detectors together: what a baseline weighs, what hostile input does, what they find on captures that were not
// made by this project. Labelled sets name one attack for each file; which detector finds it, and why, stands in the table.
import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Tag } from "../../appliance/contract/config.ts";
import { record, SYN } from "../../ip/testing/frames.ts";
import { compileOnboard } from "../../lib/asc.ts";
import { perHour } from "../../lib/numerics/intervals.ts";
import { uniform } from "../../lib/numerics/random.ts";
import { hasShared, sharedPath } from "../../lib/testing/shared.ts";
import { type Frame, normalTraffic, tcpFrame, udpFrame } from "../testing/site.ts";
import { MAX_SECTION, parseHost } from "./section.ts";
import { MIRAI, mirai } from "./testing/mirai.ts";
import {
  batchesOfFrames,
  captureBatches,
  checkAll,
  type Found,
  IP_DETECTORS,
  IpProbe,
  lessonOf,
  mergeAll,
  packAll,
  sound,
  taught,
} from "./testing/probe.ts";
import { at, byTime, every } from "./testing/traffic.ts";

/** A site of `hosts` hosts and `pairs` talks, most of them polled. */
function site(hosts: number, pairs: number, seconds: number): Frame[] {
  const u = uniform(7);
  const address = (i: number) => `10.3.${i >> 8}.${i & 255}`;
  return byTime(
    Array.from({ length: pairs }, (_, p) => {
      const [src, dst] = [address(p % hosts), address((p % hosts) + 1 + Math.floor(p / hosts))];
      const [sport, dport] = [50000 + (p % 9000), [502, 20000, 44818, 2404, 102][p % 5]!];
      const period = 1 + Math.floor(4 * u());
      const phase = u();
      return Array.from({ length: Math.floor(seconds / period) }, (_, k) => [
        at(1000 + phase + k * period, tcpFrame({ src, dst, sport, dport, size: 12 })),
        at(1000.01 + phase + k * period, tcpFrame({ src: dst, dst: src, sport: dport, dport: sport, size: 20 })),
      ]).flat();
    }).flat(),
  );
}

describe("size", () => {
  it("takes less than 24 KB of policy for 60 hosts and 300 talks, and 1,088 KiB of memory", async () => {
    const entries = mergeAll(await lessonOf(site(60, 300, 120)));
    const sections = packAll(entries, 0.03);
    const rows = sections.map(({ tag, bytes }) => ({
      name: IP_DETECTORS.find((d) => d.tag === tag)!.name,
      bytes: bytes.length,
    }));
    console.table(rows);
    expect(entries.filter((e) => e.detector === "new-pair").length).toBe(300);
    expect(rows.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(24576);
    // The facade refers to flows, whose table is not its own.
    const memory = async (entry: string) => {
      const module = new WebAssembly.Module(readFileSync(await compileOnboard(entry)));
      return (new WebAssembly.Instance(module, {}).exports.memory as WebAssembly.Memory).buffer.byteLength;
    };
    const own = (await memory("detectors/onboard/endpoints.probe.ts")) - (await memory("ip/onboard/flow.ts"));
    console.log(`${own / 1024} KiB of memory, in pages of 64`);
    expect(own).toBeLessThanOrEqual((1088 + 64) * 1024);
  });

  it("refuses to pack what does not fit, and says what", async () => {
    const talk = (i: number) => ({
      detector: "new-pair",
      client: `10.0.${i >> 8}.${i & 255}`,
      server: "10.1.0.1",
      proto: 6,
      service: 502,
      packets: 1,
    });
    const [pair] = IP_DETECTORS;
    expect(
      pair!.pack(
        Array.from({ length: 1000 }, (_, i) => talk(i)),
        [],
      ).length,
    ).toBeLessThanOrEqual(MAX_SECTION);
    expect(() =>
      pair!.pack(
        Array.from({ length: 1025 }, (_, i) => talk(i)),
        [],
      ),
    ).toThrow("talks (client, server, service): 1025 of them learned, at most 1024 fit");
  });

  it("loads the largest baseline that packs: 500 hosts, 1,000 talks, and 400 external servers drawn together", async () => {
    const host = (i: number) => `10.0.${i >> 8}.${i & 255}`;
    const four = Array.from({ length: 4 }, () => [100, 5600, 313600, 16, 15, 14]);
    const talks = [
      ...Array.from({ length: 1000 }, (_, i) => ({
        client: host(i % 250),
        server: host(250 + (i % 247)),
        proto: 6,
        service: 502 + (i % 7),
      })),
      ...Array.from({ length: 400 }, (_, i) => ({
        client: host(i % 4),
        server: `93.184.${i >> 8}.${i & 255}`,
        proto: 6,
        service: 443,
      })),
    ];
    const mac = (i: number) => `02:00:00:00:0${i >> 8}:${(i & 255).toString(16).padStart(2, "0")}`;
    const side = { count: 1000, span: 999, longest: 1.5, paused: 900 };
    const entries = [
      ...talks.flatMap((talk) => [
        { detector: "new-pair", ...talk, packets: 9 },
        { detector: "rate", ...talk, windows: four, least: 30 },
        { detector: "silence", ...talk, to: side, from: side },
      ]),
      ...Array.from({ length: 500 }, (_, i) => [
        { detector: "rate.host", host: host(i), sent: four, got: four },
        { detector: "flood", host: host(i), syn: 1, udp: 1, icmp: 1, connections: 1 },
        { detector: "arp", ip: host(i), macs: [mac(i)], frames: 9 },
      ]).flat(),
    ];
    const merged = mergeAll(entries);
    const sections = packAll(merged, 24);
    console.log(
      sections.map(({ tag, bytes }) => `${IP_DETECTORS.find((d) => d.tag === tag)!.name} ${bytes.length}`).join(", "),
    );
    const probe = await IpProbe.create(sections);
    const calls = (src: string) => tcpFrame({ src, dst: "93.184.77.7", sport: 50000, dport: 443, size: 1, flags: SYN });
    const found = checkAll(probe, [at(1000, calls(host(0))), at(1001, calls(host(5)))]);
    const kinds = found.filter((f) => f.detector !== "rate").map((f) => `${f.detector} ${f.src}`);
    expect(kinds).toEqual(["arp 10.0.0.0", "new-pair 10.0.0.5", "arp 10.0.0.5"]);
    // Each of the thousand is known: no list lies over another
    const known = talks.slice(0, 1000).map(({ client, server, service }, i) => {
      const ports = { sport: 50000, dport: service };
      return at(2000 + i, tcpFrame({ src: client, dst: server, ...ports, size: 1, flags: SYN }));
    });
    expect(checkAll(probe, known).filter(({ detector }) => detector === "new-pair")).toEqual([]);
  });

  it("writes and reads addresses alike", () => {
    expect(parseHost("10.1.2.3")).toEqual({ version: 4, hi: 0n, lo: 0x0a010203n });
    expect(parseHost("2001:db8::1")).toEqual({ version: 6, hi: 0x20010db800000000n, lo: 1n });
    expect(parseHost("02:00:00:00:00:ff")).toEqual({ version: 0, hi: 0n, lo: 0x0200000000ffn });
    expect(() => parseHost("10.1.2.300")).toThrow("is not an address");
  });
});

describe("order of calls", () => {
  it("gives the same findings however records are batched", async () => {
    const lesson = normalTraffic(1, 200);
    const frames = byTime([
      ...normalTraffic(2, 60, 5000),
      ...every(0.001, 500, 5010, (k) =>
        tcpFrame({ src: "10.1.0.66", dst: "10.1.0.100", sport: 1024 + k, dport: 502, size: 0, flags: SYN }),
      ),
    ]);
    const whole = checkAll(await taught(lesson), frames);
    expect(whole.length).toBeGreaterThan(500);
    const probe = await taught(lesson);
    expect(frames.flatMap((f, i) => probe.check(record(f.data, { time: BigInt(f.time), number: i + 1 })))).toEqual(
      whole,
    );
  });

  it("exports the same twice, and more after more", async () => {
    const probe = await IpProbe.create();
    for (const batch of batchesOfFrames(normalTraffic(1, 60))) probe.learn(batch);
    const first = probe.entries();
    expect(probe.entries()).toEqual(first);
    for (const batch of batchesOfFrames(normalTraffic(1, 60, 2000))) probe.learn(batch);
    const total = (list: typeof first) => list.reduce((sum, e) => sum + ((e.packets as number | undefined) ?? 0), 0);
    expect(total(probe.entries())).toBeGreaterThan(1.8 * total(first));
  });

  it("configures nothing while it learns, and no section of another detector", async () => {
    const [section] = packAll(mergeAll(await lessonOf(normalTraffic(1, 60))), 1);
    const probe = await IpProbe.create();
    expect(probe.configure(Tag.RULES, section!.bytes)).toBe(false);
    for (const batch of batchesOfFrames(normalTraffic(1, 5))) probe.learn(batch);
    expect(probe.configure(section!.tag, section!.bytes)).toBe(false);
  });
});

describe("hostile input", () => {
  // REQ-DETECT-001
  it("never traps and says nothing unsound on damaged frames at absurd times", async () => {
    const base = [
      ...normalTraffic(1, 20),
      at(1, udpFrame({ src: "10.0.0.1", dst: "10.0.0.2", sport: 5, dport: 53, size: 40 })),
    ].map((f) => f.data);
    const probe = await taught(normalTraffic(1, 200));
    const time = fc.oneof(
      fc.bigInt(0n, 2n ** 64n - 1n),
      fc.bigInt(1000n * 10n ** 9n, 1020n * 10n ** 9n),
      fc.constantFrom(0n, 2n ** 64n - 1n),
    );
    const frame = fc
      .tuple(fc.nat(base.length - 1), fc.array(fc.tuple(fc.nat(90), fc.nat(255)), { maxLength: 4 }), fc.nat(200))
      .map(([i, changes, cut]) => {
        const bytes = Uint8Array.from(base[i]!.subarray(0, Math.max(1, base[i]!.length - (cut < 60 ? cut : 0))));
        for (const [offset, value] of changes) if (offset < bytes.length) bytes[offset] = value;
        return bytes;
      });
    fc.assert(
      fc.property(fc.array(fc.tuple(time, frame), { minLength: 1, maxLength: 30 }), (list) => {
        const batch = Buffer.concat(list.map(([t, data], i) => record(data, { time: t, number: i + 1 })));
        expect(probe.check(batch).find((f) => !sound(f))).toBeUndefined();
        probe.scores(batch);
      }),
      { numRuns: 300, seed: 9 },
    );
    const learner = await IpProbe.create();
    fc.assert(
      fc.property(fc.array(fc.tuple(time, frame), { minLength: 1, maxLength: 30 }), (list) => {
        learner.learn(Buffer.concat(list.map(([t, data]) => record(data, { time: t }))));
      }),
      { numRuns: 200, seed: 10 },
    );
    const entries = mergeAll(learner.entries());
    expect(entries.length).toBeGreaterThan(20);
    const sections = packAll(entries, 1);
    await IpProbe.create(sections);
  });

  it("refuses any section with a changed byte, or goes on with it: it never traps", async () => {
    const sections = packAll(mergeAll(await lessonOf(normalTraffic(1, 200))), 0.1);
    const frames = normalTraffic(2, 2, 5000);
    const probe = await IpProbe.create();
    fc.assert(
      fc.property(fc.nat(sections.length - 1), fc.nat(), fc.nat(255), (s, offset, value) => {
        const bytes = Uint8Array.from(sections[s]!.bytes);
        bytes[offset % bytes.length] = value;
        probe.e.reset();
        probe.configure(sections[s]!.tag, bytes);
        expect(checkAll(probe, frames).find((f) => !sound(f))).toBeUndefined();
      }),
      { numRuns: 400, seed: 11 },
    );
  });

  // REQ-DETECT-002
  it("keeps what it learned through a sweep of 50,000 addresses: known talks stay known, evictions are counted", async () => {
    const probe = await taught(normalTraffic(1, 600), undefined, ["new-pair", "silence"]);
    checkAll(probe, normalTraffic(2, 30, 5000));
    const sweep = every(0.0002, 50000, 5030, (k) =>
      udpFrame({
        src: `10.${64 + (k >> 16)}.${(k >> 8) & 255}.${k & 255}`,
        dst: "10.1.0.100",
        sport: 1000 + (k % 50000),
        dport: 502,
        size: 1,
      }),
    );
    for (const batch of batchesOfFrames(sweep)) probe.scores(batch);
    const found = checkAll(probe, normalTraffic(2, 30, 5040.5)).filter((f) => f.detector === "new-pair");
    expect(found).toEqual([]);
    expect(probe.e.evictions()).toBeGreaterThan(50000n);
  });
});

interface Run {
  packets: number;
  hours: number;
  found: Found[];
}

async function run(path: string, probe: IpProbe): Promise<Run> {
  const result: Run = { packets: 0, hours: 0, found: [] };
  let [first, last] = [Infinity, 0];
  for await (const batch of captureBatches(path)) {
    const view = new DataView(batch.buffer, batch.byteOffset, batch.length);
    for (let o = 0; o + 32 <= batch.length; o += 32 + ((view.getUint32(o + 16, true) + 7) & ~7)) {
      if (view.getUint8(o + 26) !== 0) continue;
      const time = Number(view.getBigUint64(o, true)) / 1e9;
      result.packets++;
      first = Math.min(first, time);
      last = Math.max(last, time);
    }
    result.found.push(...probe.check(batch));
  }
  // Files whose clocks jump by more than a day (fuzzed, or put together) say nothing about time.
  result.hours = last > first && last - first < 86400 ? (last - first) / 3600 : 0;
  return result;
}
const summary = (found: Found[]) => {
  const kinds = new Map<string, { n: number; first: Found; keys: Set<string> }>();
  for (const f of found) {
    const kind = kinds.get(f.detector) ?? { n: 0, first: f, keys: new Set<string>() };
    kind.n++;
    kind.keys.add(`${f.what} ${f.key}`);
    kinds.set(f.detector, kind);
  }
  return kinds;
};

describe.skipIf(!hasShared("labelled", "slips") || !hasShared(...MIRAI))(
  "captures from elsewhere, without a baseline",
  () => {
    it("labelled: which attack is found by which detector", async () => {
      const rows: Record<string, unknown>[] = [];
      for (const folder of ["slips", "quickdraw"])
        for (const name of readdirSync(sharedPath("labelled", folder)).sort()) {
          if (!name.endsWith(".pcap")) continue;
          const { packets, found } = await run(sharedPath("labelled", folder, name), await IpProbe.create());
          expect(found.find((f) => !sound(f))).toBeUndefined();
          const [[detector, kind] = ["", undefined]] = [...summary(found)];
          rows.push({
            name: name.slice(0, 34),
            packets,
            detector,
            findings: found.length,
            seen: kind?.first.seen ?? "",
          });
        }
      console.table(rows);
      const by = (name: string) => rows.find((r) => (r.name as string).startsWith(name))!.detector;
      expect([by("test-cc-capture-1"), by("test-cc-capture-2"), by("test8")]).toEqual(["beacon", "beacon", "arp"]);
      expect(rows.filter((r) => r.detector).length).toBeLessThanOrEqual(4);
    });

    it("a network of cameras and computers: learned for half of its 23 minutes, judged in the other half", async () => {
      const frames = mirai();
      const half = frames.length >> 1;
      const found = checkAll(await taught(frames.slice(0, half)), frames.slice(half));
      console.table(
        Object.fromEntries(
          [...summary(found)].map(([name, { n, keys, first }]) => [
            name,
            { alerts: keys.size, findings: n, seen: first.seen },
          ]),
        ),
      );
      // In so short a time not all have talked that do: new pairs are new, all else is as it was.
      expect([...summary(found).keys()].filter((name) => name !== "new-pair")).toEqual([]);
      expect(new Set(found.map((f) => f.key)).size).toBeLessThan(10);
    });

    it("background: findings per hour over 1,700 files of all kinds, and DNS tunnels among them", async () => {
      const kinds = new Map<string, number>();
      let [hours, packets, files] = [0, 0, 0];
      let tunnels = 0;
      for (const folder of ["ics", "zeek", "ndpi", "tcpdump"])
        for (const name of readdirSync(sharedPath("conformance", folder)).sort()) {
          if (!/pcap/.test(name) || /oobr|fuzz|asan|heap|overflow/.test(name)) continue;
          const result = await run(sharedPath("conformance", folder, name), await IpProbe.create());
          files++;
          hours += result.hours;
          packets += result.packets;
          if (/bad-dns-traffic|iodine/.test(name)) tunnels += summary(result.found).has("dns-tunnel") ? 1 : 0;
          else
            for (const [kind, { keys }] of summary(result.found)) kinds.set(kind, (kinds.get(kind) ?? 0) + keys.size);
        }
      console.log(`${files} files, ${packets} packets, ${hours.toFixed(0)} hours`);
      console.table(
        Object.fromEntries(
          IP_DETECTORS.flatMap((d) => (d.name === "tunnel" ? ["dns-tunnel", "icmp-tunnel"] : [d.name])).map((name) => {
            const { count, rate, high } = perHour(kinds.get(name) ?? 0, hours);
            return [name, { alerts: count, "per hour": +rate.toFixed(3), "at most (95 %)": +high.toFixed(3) }];
          }),
        ),
      );
      expect(tunnels).toBe(2);
      expect([...kinds.values()].reduce((a, b) => a + b, 0) / hours).toBeLessThan(0.15);
      for (const name of ["new-pair", "rate", "silence", "flood", "dns-tunnel"])
        expect(kinds.get(name) ?? 0, name).toBe(0);
    });
  },
);
