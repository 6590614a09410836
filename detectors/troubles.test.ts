// What the ground's halves of the detectors say: of what was learned, of what does not fit, of malformed entries.
import { expect, it } from "vitest";
import { Problems } from "../lib/yaml.ts";
import { parseBaseline } from "./baseline/file.ts";
import { mergeBaselines } from "./baseline/merge.ts";
import { DETECTORS } from "./baseline/registry.ts";
import type { Entry } from "./learned.ts";
import { compose, sumsLength } from "./shape/compose.ts";
import { countsOf, mergeClass, scoresOf, serviceText } from "./shape/entries.ts";
import { BLOCKS } from "./shape/generated/model.ts";
import { Shape } from "./shape/shape.ts";

const named = (name: string) => DETECTORS.find((one) => one.name === name)!;
const many = (count: number, of: (n: number) => Entry) => Array.from({ length: count }, (_, n) => of(n));
const ip = (n: number) => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`;
const limits = { rate: 1 };

const talk = (n: number) => ({ client: ip(n), server: "10.9.9.9", proto: 6, service: 80 });
const PEAKS = [1, 1, 1, 1, 1, 1];
const WINDOWS = [PEAKS, PEAKS, PEAKS, PEAKS];
const host = (n: number): Entry => ({ detector: "rate.host", host: ip(n), sent: WINDOWS, got: WINDOWS });
const side = { count: 100, span: 100, longest: 2, paused: 10 };
const domain = (n: number): Entry => ({
  detector: "tunnel.dns",
  domain: `d${n}`,
  names: 9e3,
  count: 1,
  answers: 1,
  odd: 1,
});
const message = (n: number, channel = 1): Entry => ({
  detector: "bus.message",
  channel,
  commands: [0x0821 + (n << 5)],
  ...{ format: 1, a: 1, b: 1, again: 0, damaged: 0, repeats: 0, irregular: 0, disturbed: 0, intervals: [] },
});
const bus: Entry = {
  ...{
    detector: "bus",
    channel: 1,
    messages: 9,
    untrusted: 0,
    span: 1e7,
    failures: 0,
    peak: 0,
    kinds: 0,
    kindsTwice: 0,
  },
  ...{
    silence: 0,
    windows: 0,
    gaps: 0,
    lowestGaps: [],
    identitiesLost: 1,
    wordsLost: 2,
    changesLost: 3,
    transitionsLost: 4,
  },
};
const response = (n: number): Entry => ({
  ...{ detector: "bus.response", channel: 1, terminal: (n >> 2) & 31, answer: n & 3 },
  ...{ count: 1, sum: 40, squares: 1600, times: [[40, 1]] },
});

it.each<[name: string, entries: Entry[], message: string]>([
  ["rate", many(1537, host), "hosts and conversations with rates: 1537 of them learned, at most 1536 fit"],
  [
    "silence",
    many(1025, (n) => ({ detector: "silence", ...talk(n), to: side, from: side })),
    "periodic conversations: 1025 of them learned, at most 1024 fit",
  ],
  [
    "silence",
    many(900, (n) => ({
      detector: "silence",
      ...talk(n),
      client: `fd00::${n}`,
      server: `fd01::${n}`,
      to: side,
      from: side,
    })),
    "periodic conversations: 43208 bytes for 900 of them, at most 40960 fit",
  ],
  ["tunnel", many(129, domain), "domains and pinging hosts: 129 of them learned, at most 128 fit"],
  [
    "flood",
    many(513, (n) => ({ detector: "flood", host: ip(n), syn: 1, udp: 1, icmp: 1, connections: 1 })),
    "hosts: 513 of them learned, at most 512 fit",
  ],
  ["bus", [bus, ...many(193, response)], "193 response-time profiles, expected at most 192"],
  ["shape", [], "shape: no frame was learned"],
])("%s: more than fits (%#)", (name, entries, message) => {
  const detector = named(name);
  expect(() => detector.pack(entries, detector.thresholds(entries, limits, 1))).toThrow(new RangeError(message));
});

it.each<[name: string, entry: Entry, quantities: string[]]>([
  [
    "arp",
    {
      detector: "arp.station",
      mac: "02:00:00:00:00:01",
      unsolicited: 100,
      gratuitous: 100,
      asks: 100,
      claims: 100,
      foreign: 100,
    },
    [
      "answers that nobody asked for, per station",
      "announcements, per station",
      "addresses asked for in a minute that do not answer, per station",
      "addresses claimed in 10 minutes, per station",
      "ARP messages in another's name, per station",
    ],
  ],
  [
    "flood",
    { detector: "flood", host: "10.0.0.1", syn: 100, udp: 100, icmp: 100, connections: 100 },
    [
      "SYNs without completed handshake per second",
      "datagrams per second beyond those sent",
      "ICMP messages per second beyond those asked for",
      "new connections per second",
    ],
  ],
])("%s: a limit for each quantity", (name, entry, quantities) => {
  expect(
    named(name)
      .thresholds([entry], limits, 1)
      .map(({ quantity }) => quantity),
  ).toEqual(quantities);
});

it.each<[name: string, entry: Entry, line: string]>([
  [
    "silence",
    { detector: "silence", ...talk(1), proto: 1, service: 8, to: side, from: { ...side, count: 1 } },
    "10.0.0.1 -> 10.9.9.9 icmp type 8: to the server every 1.01 s on average, 2 s at most; back 1 packets",
  ],
  [
    "silence",
    { detector: "silence", ...talk(1), proto: 58, service: 128, to: side, from: side },
    "10.0.0.1 -> 10.9.9.9 icmpv6 type 128: to the server every 1.01 s on average, 2 s at most; back every 1.01 s on average, 2 s at most",
  ],
  [
    "silence",
    { detector: "silence", ...talk(1), service: 49152, either: true, to: side, from: side },
    "10.0.0.1 <-> 10.9.9.9 tcp dynamic port: to the server every 1.01 s on average, 2 s at most; back every 1.01 s on average, 2 s at most",
  ],
  ["bus", bus, "bus 1: 9 messages in 1 s, 10 things found no room"],
  [
    "bus",
    message(0),
    "bus 1: terminal 1 receives subaddress 1 words 1: 2 messages (1 on bus B, 0 failed), without a schedule",
  ],
  ["bus", { ...response(7), sum: 80, count: 2 }, "bus 1: terminal 1 answers to RT-RT receive after 4 us (2 times)"],
  ["bus", { ...response(0), sum: 80, count: 2 }, "bus 1: terminal 0 answers to receive after 4 us (2 times)"],
])("%s: an entry in a line (%#)", (name, entry, line) => {
  expect(named(name).show(entry)).toBe(line);
});

it("the classes of the shape detector by name", () => {
  expect([0n, 1n, 2n, 3n, 4n].map(serviceText)).toEqual([
    "ARP, all",
    "frames without IP, all",
    "TCP, all",
    "UDP, all",
    "other IP, all",
  ]);
});

const LEARNED = "2026-03-02T09:00:00.000Z";
const file = (members: object) =>
  JSON.stringify(
    { "weir-baseline": 1, captures: [], falseAlarmsPerHour: 1, thresholds: [], entries: [], ...members },
    (_, value) => value,
  );
const threshold = { detector: "rate", key: "", quantity: "x", limit: 1, method: "margin", samples: 1, hours: 1 };

it.each<[string, object, string]>([
  ["a detector that is a number", { entries: [{ detector: 5 }] }, "b:1:96: entries.0.detector: expected text"],
  ["an entry that is a number", { entries: [5] }, "b:1:84: entries.0: expected a mapping with detector"],
  [
    "a limit that is a text",
    { thresholds: [{ ...threshold, limit: "x" }] },
    "b:1:122: thresholds.0.limit: expected a number, or null for infinity",
  ],
  ["a key that is a number", { thresholds: [{ ...threshold, key: 5 }] }, "b:1:96: thresholds.0.key: expected text"],
  [
    "a number that is too large",
    { entries: [{ detector: "rate", ...talk(1), windows: WINDOWS, least: 2 ** 53 }] },
    "b:1:242: entries.0.least: expected a number below 2^53",
  ],
  [
    "a list that is too short",
    { entries: [{ detector: "rate", ...talk(1), windows: [PEAKS] }] },
    "b:1:176: entries.0.windows: expected a list of at least 4",
  ],
  [
    "a malformed data word",
    { entries: [{ detector: "bus.data", channel: 1, commands: [1], words: [["x"]] }] },
    "b:1:143: entries.0.words.0: expected [index, value, how often], or [index, profile]",
  ],
])("a baseline with %s", (_, members, message) => {
  let said = "";
  try {
    parseBaseline(file(members), "b");
  } catch (error) {
    expect(error).toBeInstanceOf(Problems);
    said = (error as Error).message;
  }
  expect(said).toBe(message);
});

it("baselines that cannot be merged", () => {
  const capture = {
    name: "a.pcap",
    sha256: "0123456789abcdef".repeat(4),
    packets: 1,
    messages: 0,
    seconds: 1,
    bytes: 1,
    last: LEARNED,
    first: LEARNED,
  };
  const one = { captures: [capture], falseAlarmsPerHour: 1, thresholds: [], entries: [] };
  expect(() => mergeBaselines([one, one], limits)).toThrow(
    new RangeError("a.pcap (sha256 0123456789abcdef...) was learned twice"),
  );
  expect(() => named("bus").keyOf({ detector: "bus.none" })).toThrow(
    new RangeError('entry of "bus.none": unknown to the 1553 detectors'),
  );
});

const sums = (value: bigint) => {
  const bytes = Buffer.alloc(8 * sumsLength(0));
  bytes.writeBigInt64LE(value);
  return { detector: "shape.class", service: "0".repeat(16), block: 0, frames: 1, sums: bytes.toString("base64") };
};

it.each<[string, () => unknown, string]>([
  [
    "sums that overflow",
    () => mergeClass(sums(2n ** 62n), sums(2n ** 62n)),
    'entry of "shape.class": more frames than can be counted were learned',
  ],
  [
    "malformed counts",
    () => countsOf({ detector: "shape.distance", from: 0, counts: 5 }),
    'entry of "shape.distance": counts: expected at most 304 whole numbers',
  ],
  [
    "too many peaks",
    () => scoresOf({ detector: "shape.peaks", largest: Buffer.alloc(1 << 16).toString("base64") }),
    'entry of "shape.peaks": largest: expected at most 256 numbers',
  ],
  [
    "a sum that the image cannot hold",
    () =>
      compose(
        {
          classes: [
            {
              key: 0n,
              frames: 1n,
              blocks: Array.from({ length: BLOCKS }, (_, b) => Array(sumsLength(b)).fill(2n ** 64n)),
            },
          ],
          distances: [],
        },
        1,
      ),
    "shape: class 0: a sum beyond 64 bits",
  ],
])("shape: %s", (_, made, message) => {
  expect(made).toThrow(new RangeError(message));
});

it("malformed records", async () => {
  const shape = await Shape.create();
  const { input } = shape;
  // Captured: more than the record has
  new DataView(input.buffer, input.byteOffset).setUint32(16, 1000, true);
  expect(() => shape.learn(64)).toThrow(new Error("records do not follow appliance/contract"));
});
