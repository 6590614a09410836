// What the ground makes of what was learned, of each detector of IP: keys, merging, limits, lines for people, and the bytes that fly
// (npx vitest run detectors/learned -u writes testing/golden/learned.txt anew, for a diff). Beside it both sides of each limit.
import { describe, expect, it } from "vitest";
import { arp } from "./arp/learned.ts";
import { beacon } from "./beacon/learned.ts";
import { flood } from "./flood/learned.ts";
import { fold, isExternal, MAX_SECTION, parseHost, Section, talkKey, talkText } from "./ip/section.ts";
import type { Entry, LearnedDetector } from "./learned.ts";
import { pair } from "./pair/learned.ts";
import { type Peaks, rate } from "./rate/learned.ts";
import { NAMES } from "./shape/features.ts";
import { isPeriodic, limitOf, silence } from "./silence/learned.ts";
import { tunnel } from "./tunnel/learned.ts";

const talk = (n: number, more: object = {}) => ({
  ...{ client: `10.0.0.${n}`, server: "10.0.1.9", proto: 6, service: 502, ...more },
});
const side = (count: number, span: number, longest: number, paused = 0) => ({ count, span, longest, paused });
const peaks = (n: number, level: number): Peaks => [n, 16 * n * level, 256 * n * level * level + n, 9 * level, 8, 7];
const four = (n: number, level: number) => [0, 4, 1, 5].map((more) => peaks(n, level + more));
const station = (mac: string, ...[unsolicited, gratuitous, asks, claims, foreign]: number[]) => ({
  ...{ detector: "arp.station", mac, unsolicited, gratuitous, asks, claims, foreign },
});
const macs = (...all: number[]) => all.map((n) => `02:00:00:00:00:0${n}`);
const at = (ip: string, ...all: number[]) => ({ detector: "arp", ip, macs: macs(...all), frames: 7 });

const LEARNED: [LearnedDetector, Entry[]][] = [
  [
    pair,
    [
      { detector: "new-pair", ...talk(5), packets: 3 },
      { detector: "new-pair", ...talk(5), packets: 4 },
      { detector: "new-pair", ...talk(6, { either: true, proto: 17, service: 49152 }), packets: 1 },
      { detector: "new-pair", client: "fd00::5", server: "fd00::9", proto: 58, service: 128, packets: 1 },
      {
        detector: "new-pair",
        client: "02:00:00:00:00:05",
        server: "02:00:00:00:00:09",
        proto: 0,
        service: 0x88cc,
        packets: 1,
      },
      // Seven ports, and eight; seven external servers, and eight
      ...[7, 8].flatMap((count) =>
        Array.from({ length: count }, (_, n) => ({
          detector: "new-pair",
          ...talk(count, { service: 1024 + n }),
          packets: 1,
        })),
      ),
      { detector: "new-pair", ...talk(8, { service: 1023 }), packets: 1 },
      ...[7, 8].flatMap((count) =>
        Array.from({ length: count }, (_, n) => ({
          ...{ detector: "new-pair", ...talk(count, { server: `93.184.216.${n}`, service: 443 }), packets: 1 },
        })),
      ),
    ],
  ],
  [
    flood,
    [
      { detector: "flood", host: "10.0.0.5", syn: 2.5, udp: 25, icmp: 5, connections: 2.5 },
      { detector: "flood", host: "10.0.0.6", syn: 3, udp: 26, icmp: 6, connections: 3 },
      { detector: "flood", host: "10.0.0.6", syn: 2, udp: 30, icmp: 4, connections: 9 },
      { detector: "flood", host: "93.184.216.34", syn: 9, udp: 9, icmp: 9, connections: 9 },
    ],
  ],
  [
    arp,
    [
      at("10.0.0.5", 1),
      at("10.0.0.5", 2),
      at("10.0.0.6", 1, 2, 3, 4),
      { ...at("10.0.0.7", 1), more: true },
      at("10.0.0.8", 3),
      at("10.0.0.8", 1, 2, 4, 5),
      at("93.184.216.34", 1),
      { ...at("10.0.0.9"), macs: ["00:00:00:00:00:00"] },
      ...Array.from({ length: 8 }, (_, n) => at(`10.0.4.${n}`, 9)),
      at("10.0.5.1", 8, 9),
      station("02:00:00:00:00:01", 2, 26, 26, 10, 0),
      station("02:00:00:00:00:02", 3, 27, 27, 11, 0.1),
      station("02:00:00:00:00:02", 1, 28, 1, 12, 0),
    ],
  ],
  [
    rate,
    [
      { detector: "rate.host", host: "10.0.0.5", sent: four(40, 6), got: four(30, 3) },
      { detector: "rate.host", host: "10.0.0.5", sent: four(4, 7), got: four(3, 4) },
      { detector: "rate.host", host: "10.0.0.6", sent: four(0, 0), got: four(2, 1) },
      { detector: "rate.host", host: "93.184.216.34", sent: four(9, 5), got: four(9, 5) },
      { detector: "rate", ...talk(5), windows: four(12, 5), least: 40 },
      { detector: "rate", ...talk(5), windows: four(5, 5), least: 50 },
      { detector: "rate", ...talk(6), windows: four(4, 5), least: 60 },
      { detector: "rate", ...talk(7), windows: four(5, 5), least: 30 },
      { detector: "rate", ...talk(8), windows: four(5, 5) },
    ],
  ],
  [
    beacon,
    [
      { detector: "beacon", ...talk(5, { server: "93.184.216.34" }), shortest: 30, longest: 60 },
      { detector: "beacon", ...talk(5, { server: "93.184.216.34" }), shortest: 40, longest: 70 },
      { detector: "beacon", ...talk(5, { server: "93.184.216.35" }), shortest: 20, longest: 50 },
      { detector: "beacon", ...talk(6, { server: "93.184.216.35", proto: 17 }), shortest: 1, longest: 2 },
    ],
  ],
  [
    silence,
    [
      { detector: "silence", ...talk(5), to: side(60, 59, 1.5), from: side(10, 9, 1) },
      { detector: "silence", ...talk(5), to: side(40, 39, 1.2), from: side(30, 290, 12, 200) },
      { detector: "silence", ...talk(6), to: side(1, 0, 0), from: side(0, 0, 0) },
      { detector: "silence", ...talk(7), to: side(100, 990, 40, 700), from: side(100, 9, 0.1) },
    ],
  ],
  [
    tunnel,
    [
      { detector: "tunnel.dns", domain: "example.com", names: 400, count: 134, answers: 4000, odd: 10 },
      { detector: "tunnel.dns", domain: `${"x".repeat(40)}.example.com`, names: 401, count: 1, answers: 4001, odd: 11 },
      { detector: "tunnel.dns", domain: "quiet.com", names: 400, count: 133, answers: 4000, odd: 10 },
      { detector: "tunnel.dns", domain: "quiet.com", names: 1, count: 1, answers: 1, odd: 1 },
      { detector: "tunnel.icmp", client: "10.0.0.5", server: "10.0.1.9", changed: 2001, replies: 2, alone: 13 },
      { detector: "tunnel.icmp", client: "10.0.0.5", server: "10.0.1.9", changed: 1, replies: 3, alone: 14 },
      { detector: "tunnel.icmp", client: "10.0.0.6", server: "10.0.1.9", changed: 2000, replies: 2, alone: 13 },
    ],
  ],
];

const short = (_: string, value: unknown) =>
  typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(9)) : value;
const line = (value: unknown) => JSON.stringify(value, short);

it("merged in either order, limits, lines and bytes", async () => {
  const lines = LEARNED.flatMap(([detector, entries]) => {
    const merged = new Map<string, Entry>();
    for (const entry of entries) {
      const key = `${entry.detector} ${detector.keyOf(entry)}`;
      const before = merged.get(key);
      if (before) expect(detector.merge(entry, before), key).toEqual(detector.merge(before, entry));
      merged.set(key, before ? detector.merge(before, entry) : entry);
      for (const { detector: name, schema } of detector.entries ?? [])
        if (name === entry.detector) expect(schema.safeParse(entry).success, key).toBe(true);
    }
    const all = [...merged.values()];
    const thresholds = detector.thresholds(all, { rate: 0.5 }, 12);
    const bytes = Buffer.from(detector.pack(all, thresholds)).toString("hex");
    return [
      `${detector.name}, tag ${detector.tag}`,
      ...[...merged].flatMap(([key, entry]) => [`  ${key}`, `    ${line(entry)}`, `    ${detector.show(entry)}`]),
      ...thresholds.map((one) => `  ${line(one)}`),
      ...bytes.match(/.{1,128}/g)!.map((part) => `  ${part}`),
    ];
  });
  await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot("testing/golden/learned.txt");
});

it("features of the shape detector: names, units, and back from the compressed number", () => {
  expect(
    NAMES.map(({ name, unit, value }) => [name, unit, value(3)].join(" ").trim()).join("\n"),
  ).toMatchInlineSnapshot(`
    "sender.weight@5 frames 7
    sender.mean@5 bytes 7
    sender.deviation@5 bytes 7
    sender.weight@1 frames 7
    sender.mean@1 bytes 7
    sender.deviation@1 bytes 7
    sender.weight@0.01 frames 7
    sender.mean@0.01 bytes 7
    sender.deviation@0.01 bytes 7
    sender.size bytes 7
    address.weight@5 frames 7
    address.mean@5 bytes 7
    address.deviation@5 bytes 7
    address.weight@1 frames 7
    address.mean@1 bytes 7
    address.deviation@1 bytes 7
    address.weight@0.01 frames 7
    address.mean@0.01 bytes 7
    address.deviation@0.01 bytes 7
    address.size bytes 7
    channel.weight@5 frames 7
    channel.mean@5 bytes 7
    channel.deviation@5 bytes 7
    channel.weight@1 frames 7
    channel.mean@1 bytes 7
    channel.deviation@1 bytes 7
    channel.weight@0.01 frames 7
    channel.mean@0.01 bytes 7
    channel.deviation@0.01 bytes 7
    channel.size bytes 7
    socket.weight@5 frames 7
    socket.mean@5 bytes 7
    socket.deviation@5 bytes 7
    socket.weight@1 frames 7
    socket.mean@1 bytes 7
    socket.deviation@1 bytes 7
    socket.weight@0.01 frames 7
    socket.mean@0.01 bytes 7
    socket.deviation@0.01 bytes 7
    socket.size bytes 7
    pair.correlation@5  3
    pair.magnitude@5 bytes 7
    pair.radius@5 bytes 7
    pair.correlation@1  3
    pair.magnitude@1 bytes 7
    pair.radius@1 bytes 7
    pair.correlation@0.01  3
    pair.magnitude@0.01 bytes 7
    pair.radius@0.01 bytes 7
    pair.size bytes 7
    interval.mean@5 microseconds 7
    interval.deviation@5  3
    interval.mean@1 microseconds 7
    interval.deviation@1  3
    interval.mean@0.01 microseconds 7
    interval.deviation@0.01  3
    interval.size bytes 7"
  `);
});

describe("a direction of a conversation", () => {
  it.each([
    [side(19, 1000, 1), false],
    [side(20, 1000, 1), true],
    [side(20, 1000, 0), false],
    [side(101, 1000, 50), true], // 20 times in the time seen
    [side(101, 1000, 50.01), false],
    [side(201, 1000, 30), true], // 6 mean intervals
    [side(201, 1000, 30.01), false],
    [side(201, 1000, 30.01, 600), true], // most of the time in pauses
    [side(201, 1000, 30.01, 599), false],
  ])("%j is periodic: %s", (one, expected) => expect(isPeriodic(one)).toBe(expected));

  it.each([
    // The tail; the margin on the longest; so many intervals missed; the least
    [side(101, 1000, 40), 1e-9, 2 * (10 + 30 * (Math.log(363.6e9) / Math.log(101)))],
    [side(101, 1000, 70), 1e9, 2 * 105],
    [side(101, 1000, 11), 1e9, 2 * 41],
    [side(101, 10, 0.11, 6), 1e9, 0.5],
    [side(101, 10, 0.11, 5.9), 1e9, 1],
  ])("%j alarms, at %d per hour, after %d s", (one, perHour, expected) =>
    expect(limitOf(one, perHour)).toBeCloseTo(expected, 9),
  );
});

describe("a section", () => {
  it.each([
    ["1.0.0.0", true],
    ["0.255.255.255", false],
    ["9.255.255.255", true],
    ["10.0.0.0", false],
    ["10.255.255.255", false],
    ["11.0.0.0", true],
    ["100.63.255.255", true],
    ["100.64.0.0", false],
    ["100.127.255.255", false],
    ["100.128.0.0", true],
    ["126.255.255.255", true],
    ["127.0.0.1", false],
    ["128.0.0.0", true],
    ["169.253.255.255", true],
    ["169.254.0.0", false],
    ["169.255.0.0", true],
    ["172.15.255.255", true],
    ["172.16.0.0", false],
    ["172.31.255.255", false],
    ["172.32.0.0", true],
    ["192.167.255.255", true],
    ["192.168.0.0", false],
    ["192.169.0.0", true],
    ["198.17.255.255", true],
    ["198.18.0.0", false],
    ["198.19.255.255", false],
    ["198.20.0.0", true],
    ["223.255.255.255", true],
    ["224.0.0.0", false],
    ["1fff::", false],
    ["2000::", true],
    ["3fff::", true],
    ["4000::", false],
    ["02:00:00:00:00:05", false],
  ])("%s is external: %s", (text, expected) => expect(isExternal(parseHost(text))).toBe(expected));

  it("knows addresses by their form", () => {
    expect(parseHost("255.0.1.254")).toEqual({ version: 4, hi: 0n, lo: 0xff0001fen });
    expect(parseHost("fd00::1:2")).toEqual({ version: 6, hi: 0xfdn << 56n, lo: 0x10002n });
    expect(parseHost("02:00:00:00:ff:05")).toEqual({ version: 0, hi: 0n, lo: 0x0200_0000_ff05n });
    for (const text of ["256.0.0.1", "10.0.0", "*", "02:00:00:00:ff", "02:00:00:00:FF:05"])
      expect(() => parseHost(text), text).toThrow(new RangeError(`"${text}" is not an address`));
  });

  it.each([
    [0, 0],
    [0.5, 1],
    [1, 1],
    [2, 1024],
    [2.001, 1025],
    [2 ** 63, 64512],
    [2 ** 64, 65535],
    [2 ** 70, 65535],
  ])("folds %d to %i", (x, code) => expect(fold(x)).toBe(code));

  it("names conversations", () => {
    const texts = [
      talk(5),
      talk(5, { either: true }),
      talk(5, { proto: 17, service: 49152 }),
      talk(5, { proto: 1, service: 49152 }),
      talk(5, { proto: 58, service: 49152 }),
      talk(5, { proto: 132 }),
      talk(5, { proto: 89 }),
      { client: "02:00:00:00:00:05", server: "02:00:00:00:00:09", proto: 0, service: 0xcc },
    ].map(talkText);
    expect(texts).toEqual([
      "10.0.0.5 -> 10.0.1.9 tcp 502",
      "10.0.0.5 <-> 10.0.1.9 tcp 502",
      "10.0.0.5 -> 10.0.1.9 udp dynamic port",
      "10.0.0.5 -> 10.0.1.9 icmp type 49152",
      "10.0.0.5 -> 10.0.1.9 icmpv6 type 49152",
      "10.0.0.5 -> 10.0.1.9 sctp 502",
      "10.0.0.5 -> 10.0.1.9 IP protocol 89",
      "02:00:00:00:00:05 -> 02:00:00:00:00:09 EtherType 0x00cc",
    ]);
    const [there, back] = [
      talk(5, { either: true }),
      { ...talk(5, { either: true }), client: "10.0.1.9", server: "10.0.0.5" },
    ];
    expect(talkKey(back)).toBe(talkKey(there));
    expect(talkKey(there)).toBe("10.0.0.5<->10.0.1.9 6/502");
    expect(talkKey({ ...back, either: false })).toBe("10.0.1.9->10.0.0.5 6/502");
  });

  it("has as much as fits, and says what does not", () => {
    const of = (count: number, stride: number, most: number) => {
      const section = new Section("things", stride);
      for (let n = 0; n < count; n++) section.add((view) => view.setUint16(0, section.host("*"), true));
      return section.bytes(most);
    };
    expect(of(2, 4, 2)).toEqual(Uint8Array.of(0, 0, 0, 0, 0, 0, 2, 0, 255, 255, 0, 0, 255, 255, 0, 0));
    expect(() => of(3, 4, 2)).toThrow(new RangeError("things: 3 of them learned, at most 2 fit"));
    expect(of(MAX_SECTION / 8 - 1, 8, 1e6)).toHaveLength(MAX_SECTION);
    expect(() => of(MAX_SECTION / 8, 8, 1e6)).toThrow(
      new RangeError(`things: ${MAX_SECTION + 8} bytes for ${MAX_SECTION / 8} of them, at most ${MAX_SECTION} fit`),
    );
  });
});

const ip = (n: number) => `10.1.${n >> 8}.${n & 255}`;
it.each<[LearnedDetector, number, (n: number) => object, string]>([
  [arp, 512, (n) => at(ip(n), 1), "addresses"],
  [flood, 512, (n) => ({ detector: "flood", host: ip(n), syn: 1, udp: 1, icmp: 1, connections: 1 }), "hosts"],
  [beacon, 256, (n) => ({ detector: "beacon", ...talk(5, { client: ip(n) }), shortest: 1, longest: 2 }), "beacons"],
  [
    pair,
    1024,
    (n) => ({ detector: "new-pair", ...talk(5, { client: ip(n) }), packets: 1 }),
    "talks (client, server, service)",
  ],
])("$name has room for %s", (detector, most, make, what) => {
  const all = Array.from({ length: most + 1 }, (_, n) => make(n) as Entry);
  expect(detector.pack(all.slice(1), []).length).toBeGreaterThan(8 * most);
  expect(() => detector.pack(all, [])).toThrow(
    new RangeError(`${what}: ${most + 1} of them learned, at most ${most} fit`),
  );
});
