// What the baseline says, as no ground would ever write it, with a digest that is right: inspect takes it or refuses it whole.
import { beforeAll, describe, expect, it } from "vitest";
import { type Section, Tag } from "../appliance/contract/config.ts";
import { OUTSIDE } from "./ip/section.ts";
import { Flight } from "./testing/flight.ts";

beforeAll(() => Flight.ready());

type Kind = "u8" | "u16" | "u32" | "u64" | "f32" | "f64";
type Field = readonly [Kind, number];
const SIZE: Record<Kind, number> = { u8: 1, u16: 2, u32: 4, u64: 8, f32: 4, f64: 8 };

/** Little-endian, one behind the other. */
function bytesOf(fields: readonly Field[]): Buffer {
  const out = Buffer.alloc(fields.reduce((sum, [kind]) => sum + SIZE[kind], 0));
  let at = 0;
  for (const [kind, value] of fields) {
    if (kind === "u64") out.writeBigUInt64LE(BigInt(value), at);
    else if (kind === "f32") out.writeFloatLE(value, at);
    else if (kind === "f64") out.writeDoubleLE(value, at);
    else out.writeUIntLE(value, at, SIZE[kind]);
    at += SIZE[kind];
  }
  return out;
}
const zeros = (bytes: number): Field[] => Array.from({ length: bytes }, () => ["u8", 0]);
const times = <T>(n: number, of: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => of(i));
const same = (n: number, kind: Kind, value: number): Field[] => times(n, () => [kind, value] as const);

const accepts = (tag: number, bytes: Uint8Array, ...more: Section[]) => Flight.accepts([{ tag, bytes }, ...more]);

// ---- Of IP ----------------------------------------------------------------------------------------------------------------

/** Two IPv4 addresses (hosts 0 and 1), a MAC address (2), an IPv6 address (3); or so many IPv4 addresses. */
function section(records: readonly Field[][], fours?: number): Buffer {
  const hosts: Field[] = fours
    ? times(fours, (i) => ["u32", 0x0a000000 + i])
    : [
        ["u32", 0x0a000001],
        ["u32", 0x0a000002],
        ["u64", 0x020000000005],
        ["u64", 0xfd00 * 2 ** 32],
        ["u64", 5],
      ];
  const counts = fours ? [fours, 0, 0] : [2, 1, 1];
  return bytesOf([...counts, records.length].map((n): Field => ["u16", n]).concat(hosts, records.flat()));
}
const talk = (client: number, server: number, o: { service?: number; either?: number } = {}): Field[] => [
  ...([
    ["u16", client],
    ["u16", server],
    ["u16", o.service ?? 502],
    ["u8", 6],
    ["u8", o.either ?? 0],
  ] as const),
];
const beacon = (client: number, shortest = 60, longest = 61): Field[] => [
  ...([
    ["u16", client],
    ["u16", 443],
    ["u8", 6],
  ] as const),
  ...zeros(3),
  ["f32", shortest],
  ["f32", longest],
];
const flood = (host: number, limit = 5): Field[] => [["u16", host], ...zeros(6), ...same(4, "f32", limit)];
/** limits: of a MAC address; macs: of an IP address. */
const arp = (host: number, more: Field[]): Field[] => [["u16", host], ...zeros(6), ...more];
const limits = (limit: number): Field[] => [...same(5, "f32", limit), ...zeros(12)];
const macs = (...all: number[]): Field[] => times(4, (i) => ["u64", all[i] ?? 0]);
const silence = (client: number, server: number, to = 3, either = 0): Field[] => [
  ...talk(client, server, { either }),
  ["f32", to],
  ["f32", 0],
];
const tunnel = (kind: number, o: { name?: number; client?: number; server?: number; limit?: number } = {}): Field[] => [
  ...([
    ["u8", kind],
    ["u8", o.name ?? 9],
    ["u16", o.client ?? 0],
    ["u16", o.server ?? 1],
    ["u16", 0],
  ] as const),
  ...same(4, "f32", o.limit ?? 10),
  ...zeros(40),
];

// REQ-FILTER-015
describe("what a baseline says of IP", () => {
  const { FLOOD, ARP, PAIRS, BEACON, SILENCE, TUNNEL } = Tag;
  it.each<[string, number, Buffer, boolean]>([
    ["talks of hosts that there are", PAIRS, section([talk(0, 1), talk(1, OUTSIDE), talk(OUTSIDE, 0)]), true],
    ["the same talk twice", PAIRS, section([talk(0, 1), talk(0, 1)]), true],
    ["a talk of a missing host", PAIRS, section([talk(0, 4)]), false],
    ["a talk between strangers", PAIRS, section([talk(OUTSIDE, OUTSIDE)]), false],
    ["a talk of a stranger, either way", PAIRS, section([talk(OUTSIDE, 0, { either: 1 })]), false],
    ["a talk with a stranger, either way", PAIRS, section([talk(0, OUTSIDE, { either: 1 })]), false],
    ["a talk either way, and one that is neither", PAIRS, section([talk(1, 0, { either: 2 })]), false],
    ["a talk between IPv4 and IPv6", PAIRS, section([talk(0, 3)]), false],
    ["as many talks as there is room for", PAIRS, section(times(1536, (n) => talk(0, 1, { service: n }))), true],
    ["one talk more", PAIRS, section(times(1537, (n) => talk(0, 1, { service: n }))), false],
    [
      "more pairs of hosts than there is room for",
      PAIRS,
      section(
        times(1500, (n) => talk(2 * n, 2 * n + 1)),
        3000,
      ),
      false,
    ],
    ["more addresses than a section can have", PAIRS, bytesOf(same(4, "u16", 65535)), false],
    ["half a head", PAIRS, Buffer.alloc(7), false],
    ["a talk that is cut", PAIRS, section([talk(0, 1)]).subarray(0, -1), false],
    [
      "a MAC address of more than 48 bits",
      PAIRS,
      bytesOf([...[0, 1, 0, 0].map((n): Field => ["u16", n]), ["u64", 2 ** 48]]),
      false,
    ],
    ["a beacon", BEACON, section([beacon(0)]), true],
    ["a beacon of an unknown host", BEACON, section([beacon(9)]), false],
    ["a beacon whose periods are the wrong way round", BEACON, section([beacon(0, 61, 60)]), false],
    ["a beacon without a period", BEACON, section([beacon(0, 0)]), false],
    ["a beacon without end", BEACON, section([beacon(0, 1, Number.POSITIVE_INFINITY)]), false],
    ["256 beacons", BEACON, section(times(256, () => beacon(0))), true],
    ["257 beacons", BEACON, section(times(257, () => beacon(0))), false],
    ["a beacon that is cut", BEACON, section([beacon(0)]).subarray(0, -1), false],
    ["limits of a host", FLOOD, section([flood(0)]), true],
    ["a limit of a host that is no number", FLOOD, section([flood(0, Number.NaN)]), false],
    [
      "as many hosts as there is room for",
      FLOOD,
      section(
        times(1024, (n) => flood(n)),
        1024,
      ),
      true,
    ],
    [
      "one host more",
      FLOOD,
      section(
        times(1025, (n) => flood(n)),
        1025,
      ),
      false,
    ],
    ["the MAC addresses of a host", ARP, section([arp(0, macs(0x020000000005))]), true],
    ["a host that has none", ARP, section([arp(0, macs())]), false],
    ["one of more than 48 bits", ARP, section([arp(0, macs(5, 2 ** 48))]), false],
    ["what a MAC address sends", ARP, section([arp(2, limits(3))]), true],
    ["a limit of 0", ARP, section([arp(2, limits(0))]), false],
    [
      "one host more with MAC addresses",
      ARP,
      section(
        times(1025, (n) => arp(n, macs(5))),
        1025,
      ),
      false,
    ],
    [
      "more MAC addresses than there is room for",
      ARP,
      section(
        times(1024, (n) => arp(n, macs(4 * n + 1, 4 * n + 2, 4 * n + 3, 4 * n + 4))),
        1024,
      ),
      true,
    ],
    ["a periodic talk", SILENCE, section([silence(0, 1)]), true],
    ["either way, as it comes", SILENCE, section([silence(0, 1, 3, 1), silence(1, 0, 4, 1)]), true],
    ["a periodic talk with a stranger", SILENCE, section([silence(0, OUTSIDE)]), false],
    ["a periodic talk of a stranger", SILENCE, section([silence(OUTSIDE, 0)]), false],
    ["a talk that may be silent for ever", SILENCE, section([silence(0, 1, 1e8)]), false],
    ["a domain and an echo", TUNNEL, section([tunnel(1), tunnel(2)]), true],
    ["neither of the two", TUNNEL, section([tunnel(3)]), false],
    ["a name that is too long", TUNNEL, section([tunnel(1, { name: 41 })]), false],
    ["an echo of an unknown host", TUNNEL, section([tunnel(2, { client: 9 })]), false],
    ["an echo to an unknown host", TUNNEL, section([tunnel(2, { server: 9 })]), false],
    ["a level below 0", TUNNEL, section([tunnel(1, { limit: -1 })]), false],
    ["129 domains", TUNNEL, section(times(129, () => tunnel(1))), false],
    ["a domain that is cut", TUNNEL, section([tunnel(1)]).subarray(0, -1), false],
  ])("%s", (_, tag, bytes, taken) => expect(accepts(tag, bytes)).toBe(taken));
});

// ---- Of the traffic's shape -----------------------------------------------------------------------------------------------

/** Descriptions of one protocol and one service whose features all have mean 0, deviation 1 and vary alone. */
function model(
  o: {
    protocols?: number;
    services?: number;
    limit?: number;
    scale?: number;
    key?: number;
    at?: [number, number];
    cut?: number;
    index?: [number, number];
  } = {},
): Buffer {
  const [protocols, services] = [o.protocols ?? 1, o.services ?? 1];
  const weights = same(417, "f32", 0).map(([kind, value], i): Field => {
    if (i >= 57 && i < 114) return [kind, 1];
    const t = (i - 114) % 55;
    const diagonal = i >= 114 && Number.isInteger((Math.sqrt(8 * t + 9) - 3) / 2);
    return [kind, diagonal ? 1 : value];
  });
  if (o.at) weights[o.at[0]] = ["f32", o.at[1]];
  const indices = times(8, (i): Field => ["u8", o.index?.[0] === i ? o.index[1] : 0]);
  const head: Field[] = [["u32", protocols], ["u32", services], ["f64", o.limit ?? 4], ...same(6, "f32", o.scale ?? 1)];
  const described = times(Math.min(2, protocols + services), () => weights).flat();
  const keys = times(Math.min(1, services), (): Field => ["u64", (o.key ?? 1) * 2 ** 48 + 2]);
  const whole = bytesOf([...head, ...indices, ...keys, ...described]);
  return whole.subarray(0, whole.length - (o.cut ?? 0));
}

// REQ-FILTER-015
describe("what a baseline says of the traffic's shape", () => {
  it.each<[string, Buffer, boolean]>([
    ["a model", model(), true],
    ["half a head", model().subarray(0, 40), false],
    ["no protocol", model({ protocols: 0 }), false],
    ["more protocols than there are", model({ protocols: 6 }), false],
    ["more services than there are", model({ services: 28 }), false],
    ["a model that is cut", model({ cut: 4 }), false],
    ["a limit below 1", model({ limit: 0.5 }), false],
    ["a limit above all scores", model({ limit: 1e300 }), false],
    ["a limit that is no number", model({ limit: Number.NaN }), false],
    ["a scale below 0", model({ scale: -1 }), false],
    ["a protocol described by what there is not", model({ index: [4, 1] }), false],
    ["what should be 0", model({ index: [7, 1] }), false],
    ["a service of no kind", model({ key: 0 }), false],
    ["a service of another kind", model({ key: 4 }), false],
    ["a mean that is no number", model({ at: [0, Number.NaN] }), false],
    ["a mean beyond all", model({ at: [3, 2e6] }), false],
    ["a deviation of 0", model({ at: [57, 0] }), false],
    ["a diagonal of 0", model({ at: [114, 0] }), false],
    ["beside the diagonal anything", model({ at: [115, -7] }), true],
  ])("%s", (_, bytes, taken) => expect(accepts(Tag.BASELINE_SHAPE, bytes)).toBe(taken));
});

// ---- Of MIL-STD-1553 --------------------------------------------------------------------------------------------------------

interface Bus {
  channel?: number;
  /** Its f32s, in their order (detectors/mil1553/layouts/section.ts, BusRecord). */
  floats?: Record<number, number>;
  terminals?: { address?: number; success?: number }[];
}
interface Identity {
  command: number;
  bus?: number;
  kinds?: [least: number, most: number][];
  successors?: number[];
  words?: Field[][];
}
interface Response {
  who: number;
  answer?: number;
  least?: number;
  most?: number;
  deviation?: number;
}
const CONSTANT: Field[] = [
  ["u8", 0],
  ["u16", 7],
];
const UNKNOWN: Field[] = [["u8", 1]];
const CHANGING: Field[] = [
  ["u8", 2],
  ["u8", 0],
  ["u16", 5],
];

function busSection(o: {
  buses?: Bus[];
  identities?: Identity[];
  responses?: Response[];
  head?: Record<number, number>;
  cut?: number;
  longer?: number;
}): Buffer {
  const { buses = [{}], identities = [], responses = [] } = o;
  const body = [
    ...buses.flatMap(({ channel = 1, floats = {}, terminals = [] }): Field[] => [
      ...([
        ["u16", channel],
        ["u8", 0],
        ["u8", 1],
        ["u8", terminals.length],
      ] as const),
      ...same(9, "u32", 1),
      ...times(13, (i): Field => ["f32", floats[i] ?? (i === 11 ? 1 : 0)]),
      ["u16", 1],
      ...times(3, (): Field => ["u32", 0]),
      ["u8", 0],
      ...terminals.flatMap(({ address = 5, success = 0 }): Field[] => [
        ...([
          ["u8", address],
          ["u8", 1],
          ["u16", 0],
          ["f32", 1],
          ["f32", 1],
          ["f32", success],
          ["f32", 1],
        ] as const),
      ]),
    ]),
    ...identities.flatMap(({ command, bus = 0, kinds = [], successors = [], words = [] }): Field[] => [
      ...([
        ["u16", bus],
        ["u16", command],
        ["u16", 0],
        ["u8", 0],
        ["u8", kinds.length],
      ] as const),
      ...([
        ["u8", successors.length],
        ["u8", words.length],
        ["u16", 0],
        ["u8", 0],
      ] as const),
      ...kinds.flatMap(([least, most]): Field[] => [
        ["u32", least],
        ["u32", most],
        ["u32", 1],
      ]),
      ...successors.flatMap((to): Field[] => [
        ["u16", to],
        ["u16", 1],
      ]),
      ...words.flat(),
    ]),
    ...responses.flatMap(({ who, answer = 0, least = 4, most = 12, deviation = 1 }): Field[] => [
      ...([
        ["u16", who],
        ["u8", answer],
        ["u8", least],
        ["u8", most],
        ["u8", 1],
        ["u8", 0],
      ] as const),
      ...([
        ["f32", 8],
        ["f32", deviation],
      ] as const),
    ]),
  ];
  const counts = [buses.length, identities.length, responses.length, 0];
  const head = (length: number): Field[] => [
    ...([
      ["u32", 0x33353531],
      ["u16", 1],
    ] as const),
    ...counts.map((n, i): Field => ["u16", o.head?.[i] ?? n]),
    ["u16", 0],
    ["u32", length],
    ...same(3, "f32", 1),
  ];
  const whole = Buffer.concat([bytesOf([...head(0), ...body]), Buffer.alloc(o.longer ?? 0)]);
  const bytes = whole.subarray(0, whole.length - (o.cut ?? 0));
  bytes.writeUInt32LE(bytes.length, 16);
  return bytes;
}
const FULL = {
  buses: [{ terminals: [{}] }],
  identities: [
    { command: 0x2841, kinds: [[5, 9]] as [number, number][], successors: [0], words: [CONSTANT, UNKNOWN, CHANGING] },
  ],
  responses: [{ who: 5 }],
};
const of = (n: number, more: Partial<Identity>) => times(n, (i): Identity => ({ command: i, ...more }));

// REQ-FILTER-015
describe("what a baseline says of MIL-STD-1553", () => {
  it("is taken whole, and not with a byte less", () => {
    const { length } = busSection(FULL);
    expect(accepts(Tag.BASELINE_1553, busSection(FULL))).toBe(true);
    for (let cut = 1; cut <= length - 32; cut++)
      expect(accepts(Tag.BASELINE_1553, busSection({ ...FULL, cut })), `${cut} bytes less`).toBe(false);
  });

  it.each<[string, Parameters<typeof busSection>[0], boolean]>([
    ["two buses", { buses: [{}, { channel: 2 }] }, true],
    ["one bus twice", { buses: [{}, {}] }, false],
    ["a byte more than it says", { longer: 1 }, false],
    ["33 buses", { head: { 0: 33 } }, false],
    ["1,281 messages", { head: { 1: 1281 } }, false],
    ["193 response times", { head: { 2: 193 } }, false],
    ["17 controllers", { head: { 3: 17 } }, false],
    ["a controller that is not there", { head: { 3: 1 } }, false],
    ["a price of success above 0", { buses: [{ floats: { 8: 0.5 } }] }, false],
    ["of a burst's success, too", { buses: [{ floats: { 10: 0.5 } }] }, false],
    ["a limit of 0", { buses: [{ floats: { 11: 0 } }] }, false],
    ["bits that are no number", { buses: [{ floats: { 0: Number.NaN } }] }, false],
    ["terminal 32", { buses: [{ terminals: [{ address: 32 }] }] }, false],
    ["a terminal's price of success above 0", { buses: [{ terminals: [{ success: 1 }] }] }, false],
    ["33 terminals", { buses: [{ terminals: times(33, () => ({})) }] }, false],
    ["a message of a missing bus", { identities: [{ command: 1, bus: 1 }] }, false],
    ["the same message twice", { identities: [{ command: 1 }, { command: 1 }] }, false],
    ["intervals the wrong way round", { identities: [{ command: 1, kinds: [[9, 5]] }] }, false],
    ["seven kinds of intervals", { identities: [{ command: 1, kinds: times(7, () => [1, 2]) }] }, false],
    ["a missing successor", { identities: [{ command: 1, successors: [1] }] }, false],
    ["33 words", { identities: [{ command: 1, words: times(33, () => UNKNOWN) }] }, false],
    ["a word of no kind", { identities: [{ command: 1, words: [[["u8", 3]]] }] }, false],
    ["as many words as there is room for", { identities: of(384, { words: times(32, () => UNKNOWN) }) }, true],
    ["32 words more", { identities: of(385, { words: times(32, () => UNKNOWN) }) }, false],
    [
      "as many words that change as there is room for",
      { identities: of(80, { words: times(32, () => CHANGING) }) },
      true,
    ],
    [
      "one more that changes",
      { identities: [...of(80, { words: times(32, () => CHANGING) }), { command: 99, words: [CHANGING] }] },
      false,
    ],
    ["as many successors as there is room for", { identities: of(48, { successors: times(128, () => 0) }) }, true],
    [
      "one successor more",
      { identities: [...of(48, { successors: times(128, () => 0) }), { command: 99, successors: [0] }] },
      false,
    ],
    ["a response time twice", { responses: [{ who: 5 }, { who: 5 }] }, false],
    ["a response time on a missing bus", { responses: [{ who: 32 }] }, false],
    ["a fifth kind of answer", { responses: [{ who: 5, answer: 4 }] }, false],
    ["response times the wrong way round", { responses: [{ who: 5, least: 13 }] }, false],
    ["response times that never vary", { responses: [{ who: 5, deviation: 0 }] }, false],
  ])("%s", (_, what, taken) => expect(accepts(Tag.BASELINE_1553, busSection(what))).toBe(taken));
});
