/**
 * What guard is put through to tell it from a mutant: a policy's part and batches of records. The tests beside the
 * sources state what must come of them; here only "the same or not" counts.
 */
import { ACTIONS, Action } from "../../appliance/contract/abi.ts";
import { Tag } from "../../appliance/contract/config.ts";
import type { BusMessage } from "../../mil1553/simulator/message.ts";
import { COUNTER_START } from "../../mil1553/simulator/run.ts";
import { frame, STREAM } from "../../mil1553/writer/frame.ts";
import { Endpoint, PROFILES, type ProfileName } from "../../transfer/endpoint.ts";
import { compilePolicyText } from "../policy.ts";
import {
  type Batch,
  end,
  pack,
  policyWith,
  type RecordInit,
  SECOND,
  subjectOf,
  verdictOf,
  withSection,
} from "./guard.ts";
import { bus as bus1553, packet, u32 } from "./packets.ts";
import { ALL, ATTITUDE, bus, RT_RT, type StreamOptions, SYNC, stream, under } from "./stream.ts";
import { RULES, tcp4, udp4, udp6, VECTOR_POLICY, VECTORS } from "./vectors.ts";

export interface Scenario {
  name: string;
  /** What configure() is given. */
  part: Uint8Array;
  /** What run() is given, one batch after the other. */
  batches: Pick<Batch, "bytes" | "measures">[];
}

const partOf = (yaml: string) => compilePolicyText(yaml, "policy.yaml").parts.guard;

/** In batches of at most `size` records, which the input holds. */
function batches(records: readonly RecordInit[], size = 100): Batch[] {
  const all: Batch[] = [];
  for (let n = 0; n < records.length; n += size)
    all.push(pack(records.slice(n, n + size).map((r, m) => ({ number: BigInt(n + m + 1), ...r }))));
  return all;
}

const spaced = (records: readonly RecordInit[], step = 2n * SECOND): RecordInit[] =>
  records.map((record, n) => ({ ...record, time: BigInt(n + 1) * step }));

/** The policy that DAMAGES are done to. */
export const DAMAGED_POLICY = policyWith(
  `- { name: one, action: allow, protocol: udp, from: 10.0.0.0/8, to: 10.1.1.1, ports: 5000 }
- { name: two, action: allow, protocol: udp, from: 10.0.0.0/8, to: 10.1.1.2, ports: 5000, payload: mil1553 }`,
  `messages:
  - { name: m, action: allow, channel: 2, rt: 5, sa: 1, direction: transmit, words: 4, data: [{ word: 1, range: 3-4 }] }`,
);

const set = (tag: number, at: number, ...bytes: number[]) => ({ tag, at, bytes });

/** Fields out of their range, each of which guard must refuse though the digest is right. */
export const DAMAGES = [
  set(Tag.SETTINGS, 6, 1), // a MAC address of more than 48 bits
  set(Tag.SETTINGS, 16, 4), // an unknown flag
  set(Tag.SETTINGS, 16, 2), // padding without a queue
  set(Tag.SETTINGS, 71, 0x80), // times so long that sums with them would wrap: of a tightened source
  set(Tag.SETTINGS, 72, 1), // a queue that no rate empties
  set(Tag.SETTINGS, 76, 9), // a port, an address of padding, without padding
  set(Tag.SETTINGS, 80, 9),
  set(Tag.SETTINGS, 84, 9),
  set(Tag.SETTINGS, 20, 67, 0), // mtu
  set(Tag.SETTINGS, 20, 0x29, 0x23), // mtu 9001
  set(Tag.SETTINGS, 24, 0), // ttl
  set(Tag.SETTINGS, 25, 1), // ttl of more than 255
  set(Tag.SETTINGS, 28, 3), // more rules than there are
  set(Tag.SETTINGS, 28, 0), // fewer
  set(Tag.SETTINGS, 39, 0x80), // times so long that sums with them would wrap: of quarantine
  set(Tag.SETTINGS, 55, 0x80), // between frames on out
  set(Tag.SETTINGS, 63, 0x80),
  set(Tag.RULES, 39, 0x80), // between frames of a rule
  set(Tag.RULES, 47, 0x80),
  set(Tag.RULES, 0, 2), // action
  set(Tag.RULES, 1, 255), // an allow for every protocol
  set(Tag.RULES, 2, 3), // payload
  set(Tag.RULES, 4, 1, 0, 0, 0), // no size at all
  set(Tag.RULES, 10, 9), // from beyond the networks
  set(Tag.RULES, 12, 9, 0, 2, 0), // to
  set(Tag.RULES, 18, 9), // ports beyond the ranges
  set(Tag.RULES, 22, 9), // source ports
  set(Tag.RULES, 26, 9), // VLANs
  set(Tag.NAMES, 0, 0x22), // a quote
  set(Tag.NAMES, 1, 0x5c),
  set(Tag.NAMES, 1, 0x80),
  set(Tag.NAMES, 1, 0x20),
  set(Tag.FORMATS, 0, 9), // an unknown step
  set(Tag.FORMATS, 1, 3), // a width that cannot be read
  set(Tag.FORMATS, 2, 10), // a register that is not there
  set(Tag.FORMATS, 3, 32), // a shift beyond the value
  set(Tag.FORMATS, 6, 0, 0), // a step that leads back
  set(Tag.FORMATS, 8, 0, 0),
  set(Tag.FORMATS, 6, 0, 0xf0), // a step that leads outside
  set(Tag.TABLES, 16, 0xff), // a dimension outside the entries
  set(Tag.TABLES, 20, 0), // or without any
  set(Tag.TABLES, 20, 0xff, 0xff), // or of more than there are
  set(Tag.TABLES, 88, 1), // a first entry that does not start at 0
  set(Tag.NETWORKS, 16, 5), // a network of neither version
  set(Tag.NETWORKS, 16, 6, 129),
  set(Tag.NETWORKS, 17, 33), // longer than an address
  set(Tag.NETWORKS, 0, 1), // IPv4 with more than 32 bits
  set(Tag.NETWORKS, 12, 1),
  set(Tag.NETWORKS, 8, 1), // bits behind those that count
  set(Tag.RANGES, 0, 0xff, 0xff), // a range that ends before it begins
  set(Tag.MESSAGES, 0, 2), // action
  set(Tag.MESSAGES, 1, 2), // neither transfers nor mode commands
  set(Tag.MESSAGES, 24, 9), // channels beyond the ranges
  set(Tag.MESSAGES, 28, 1), // checks beyond those that there are
  set(Tag.MESSAGE_NAMES, 0, 0x22),
  set(Tag.CHECKS, 0, 32), // a word that no message has
  set(Tag.CHECKS, 1, 4), // an unknown check
  set(Tag.MESSAGE_TABLES, 1624, 0), // no channels
  set(Tag.MESSAGE_TABLES, 1624, 9), // more than there are
  set(Tag.MESSAGE_TABLES, 1628, 2), // more checks than there are
  set(Tag.MESSAGE_TABLES, 1632, 1), // a first channel that is not 0
  set(Tag.MESSAGE_TABLES, 1632 + 3 * 16, 64), // a check of no rule
  set(Tag.MESSAGE_TABLES, 1632 + 3 * 16 + 2, 32), // of no word
];

/** The policy that PADDING_DAMAGES are done to. */
const PADDED = (queue: number) =>
  policyWith(
    "- { name: one, action: allow, protocol: udp, from: any, to: any, ports: 5000 }",
    "",
    `, mtu: 576, rate: 100/s, queue: ${queue}, padding: { from: 10.1.1.1, to: 10.1.1.2 }`,
  );
const PADDING_DAMAGES = [
  set(Tag.SETTINGS, 48, 0, 0, 0, 0), // no rate
  set(Tag.SETTINGS, 56, 1), // bursts
  set(Tag.SETTINGS, 72, 0), // no queue
  set(Tag.SETTINGS, 72, 1, 4), // a queue of 1,025
  set(Tag.SETTINGS, 76, 0), // no port
  set(Tag.SETTINGS, 78, 1), // a port of 17 bits
  set(Tag.SETTINGS, 80, 0, 0, 0, 0), // nobody it is from
  set(Tag.SETTINGS, 84, 0, 0, 0, 0), // nobody it is for
];

/** Policies at the ends of what is accepted. */
export const EDGES: readonly Uint8Array[] = [", mtu: 68, ttl: 1", ", mtu: 9000, ttl: 255"]
  .map((out) =>
    partOf(
      policyWith(
        `- { name: one, action: allow, protocol: udp, from: [0.0.0.0/0, 10.0.0.1], to: [0.0.0.0/0, "::/0", "fd00::9"], ports: 5000 }\n- { name: ${"x".repeat(31)}, action: deny, from: ["::/0", "fd00::1"], size: 7 }`,
        "",
        out,
      ),
    ),
  )
  .concat(
    partOf(PADDED(1024).replace("to: 10.1.1.2", "to: 10.1.1.2, port: 65535")),
    partOf(
      policyWith(
        Array.from({ length: 128 }, (_, n) => `- { name: r${n}, action: deny, from: 10.0.0.${n} }`).join("\n"),
      ),
    ),
  );

/** Whose a measure is, beside the frame that it came with; and what becomes of those who find no place. */
function subjectScenarios(): Scenario[] {
  const at = (ms: number) => BigInt(ms) * 1_000_000n;
  const policy = policyWith(
    `- { name: udp, action: allow, protocol: udp, from: any, to: any, ports: 1-65535 }
- { name: tcp, action: allow, protocol: tcp, from: any, to: any, ports: 1-65535 }`,
    "protected: 10.9.0.0/16\nquarantine: { for: 10s, per-minute: 700, tightened: 2/s }\ndetectors: { rate: { action: tighten } }",
  );
  const flows: [frame: Buffer, other: Buffer][] = [
    [udp4(), udp4({ dst: "10.0.1.10" })],
    [udp6(), udp6({ dst: "fd00:2::9" })],
    [udp6(), udp6({ dst: "fd00:1::a" })],
    [udp4({ sport: 4000, dport: 5000 }), tcp4({ sport: 4000, dport: 5000 })],
    [udp4(), udp4({ sport: 4001 })],
    [udp4(), udp4({ dport: 5001 })],
    [udp4(), udp4({ src: "10.0.0.6" })],
    [udp4(), udp4()],
  ];
  const actions = [Action.QUARANTINE_FLOW, Action.QUARANTINE_SOURCE, Action.TIGHTEN_FLOW];
  const others = flows.flatMap(([frame, other], n) =>
    actions.flatMap((action, k) => {
      const time = at(20_000 * (3 * n + k + 1));
      return [
        { frame, time, measures: [{ ...subjectOf(other), action }] },
        { frame, time: time + at(1) },
        { frame: other, time: time + at(2) },
        { frame: other, time: time + at(3) },
      ];
    }),
  );
  const borne = [0x020000000005n, 0x020000000006n].map((mac, n) => ({
    frame: udp4(),
    time: at(900_000 + 20_000 * n),
    measures: [{ ...subjectOf(udp4()), mac, action: Action.QUARANTINE_SOURCE }],
  }));
  const sources = (net: number) => Array.from({ length: 600 }, (_, n) => `10.${net}.${n >> 8}.${n & 255}`);
  const accused = (net: number, ms: number, action: number, from = 0, to = 600) =>
    sources(net)
      .slice(from, to)
      .map((src) => {
        const measures = [{ ...subjectOf(udp4({ src })), action }];
        return { frame: udp4({ src: "10.1.1.1" }), time: at(ms), measures };
      });
  const sent = (net: number, ms: number, step = 1) =>
    sources(net)
      .filter((_, n) => n % step === 0)
      .map((src) => ({ frame: udp4({ src }), time: at(ms) }));
  const full = [
    ...accused(7, 10_000, Action.QUARANTINE_SOURCE),
    ...sent(7, 11_000),
    ...sent(9, 11_000, 7), // protected
    ...sent(8, 11_000), // beside one of the others by chance
    ...accused(8, 11_500, Action.TIGHTEN, 0, 100), // no place: nobody is slowed down
    ...sent(8, 11_600, 6),
    ...sent(8, 11_601, 6),
    ...accused(7, 12_000, Action.QUARANTINE_SOURCE), // again: the time starts anew, and nothing of the rate is used up
    ...accused(4, 12_100, Action.QUARANTINE_SOURCE, 0, 40),
    ...sent(4, 12_200),
    end(at(12_500)),
    ...accused(7, 15_000, Action.QUARANTINE_SOURCE, 0, 3), // of those inside; the marks end before
    ...sent(7, 22_099, 3),
    ...sent(7, 22_100, 3),
    ...sent(4, 22_100),
    ...accused(6, 100_000, Action.QUARANTINE_FLOW),
    ...sent(6, 100_001, 2),
    ...sent(7, 100_001, 2),
    ...accused(6, 103_000, Action.QUARANTINE_FLOW, 560), // marks alone
    ...sent(6, 112_500),
    end(at(113_000)),
    ...accused(5, 200_000, Action.QUARANTINE_SOURCE),
    ...sent(6, 200_001, 2),
    ...sent(5, 200_001, 2),
    end(at(201_000)),
    // marks alone, of which the first hundred are made once: they end with the second turn, in which others are made
    ...[300_000, 305_000, 310_000, 315_000].flatMap((ms, n) => accused(7, ms, Action.QUARANTINE_SOURCE, n && 100)),
    ...sent(7, 319_999),
    ...sent(7, 320_000),
    end(at(321_000)),
  ];
  const nobody = [
    ...[Action.PASS, Action.DROP, 15].flatMap((verdict, n) => [
      { frame: udp4({ src: "10.9.0.1" }), time: at(1_000_000 + 20_000 * n), verdict },
      { frame: udp4({ src: "10.9.0.1" }), time: at(1_000_001 + 20_000 * n) },
    ]),
    ...[Action.DROP, ACTIONS, 15].flatMap((action, n) => [
      { frame: udp4(), time: at(1_100_000 + 20_000 * n), measures: [{ ...subjectOf(udp4()), action }] },
      { frame: udp4(), time: at(1_100_001 + 20_000 * n) },
    ]),
    { frame: udp4(), time: at(1_200_000) },
    {
      frame: udp4({ src: "10.1.1.1" }),
      time: at(1_200_001),
      measures: [{ ...subjectOf(udp4()), action: Action.QUARANTINE_SOURCE }],
    },
    { frame: udp4(), time: at(1_200_002) },
  ];
  return [
    { name: "whom measures are about", part: partOf(policy), batches: batches([...others, ...borne, ...nobody], 12) },
    { name: "those who find no place in quarantine", part: partOf(policy), batches: batches(full, 100) },
  ];
}

export async function scenarios(): Promise<Scenario[]> {
  const one = "- { name: one, action: allow, protocol: udp, from: any, to: any, ports: 5000-5001";
  const quarantine = policyWith(
    RULES,
    "protected: [10.0.0.0/29, fd00::/126]\nquarantine: { for: 10s, per-minute: 3 }\ndetectors: { scan: { action: quarantine } }",
  );
  const at = (ms: number) => BigInt(ms) * 1_000_000n;
  const src = "10.0.0.20";
  const wide = policyWith(one.replace("5000-5001", "1-65535").concat(" }"), "", ", mtu: 9000");
  return [
    ...messageScenarios(),
    ...(await transferScenarios()),
    { name: "vectors", part: partOf(VECTOR_POLICY), batches: batches([...spaced(VECTORS), end(2000n * SECOND)]) },
    {
      name: "vectors, checksums ignored",
      part: partOf(VECTOR_POLICY.replace("rules:", "checksums: ignore\nrules:")),
      batches: batches([...spaced(VECTORS), end(2000n * SECOND)]),
    },
    {
      name: "every length of some vectors",
      part: partOf(VECTOR_POLICY),
      batches: batches(
        spaced(
          VECTORS.filter((_, n) => n % 9 === 0).flatMap(({ frame }) =>
            Array.from({ length: frame.length }, (_, n) => ({ frame: frame.subarray(0, n) })),
          ),
        ),
        50,
      ),
    },
    {
      name: "rates and time",
      part: partOf(
        policyWith(
          `${one}, rate: 10/s, burst: 2 }\n${one.replace("one", "two").replace("udp", "tcp")} }`,
          "",
          ", rate: 8/s, burst: 3",
        ),
      ),
      batches: batches(
        [
          ...[1000, 1000, 1000, 1050, 1100, 1100, 1250, 900, 999, 1000, 1999, 2000, 2000, 2001, 5000].map((ms, n) => ({
            frame: n % 4 === 3 ? tcp4({ dport: 5000 }) : udp4(),
            time: at(ms),
          })),
          { kind: 1, time: at(60_000) },
          { kind: 1, time: at(60_999) },
          { kind: 2, time: at(61_000) },
          end(at(61_000)),
        ],
        4,
      ),
    },
    {
      name: "quarantine",
      part: partOf(quarantine),
      batches: batches(
        [
          { frame: udp4({ src }), verdict: 2, time: at(10_000) },
          { frame: udp4({ src: "10.0.0.5" }), verdict: 2, time: at(10_000) },
          { frame: udp6({ src: "fd00::1" }), verdict: 3, time: at(10_000) },
          { frame: udp6({ src: "fd00::5" }), verdict: 3, time: at(10_000) },
          { frame: udp4({ src: "10.0.0.21" }), verdict: 3, time: at(11_000) },
          ...[src, "10.0.0.5", "10.0.0.21", "10.0.0.22"].map((s) => ({ frame: udp4({ src: s }), time: at(12_000) })),
          { frame: udp4({ src: "10.0.0.21", sport: 4001 }), time: at(12_000) },
          { frame: udp4({ src: "10.0.0.21", dport: 5002 }), time: at(12_000) },
          { frame: tcp4({ src: "10.0.0.21", dport: 5000 }), time: at(12_000) },
          { frame: udp6({ src: "fd00::5" }), time: at(13_000) },
          { frame: udp6({ src: "fd00::5", dst: "fd00:2::9" }), time: at(13_000) },
          { frame: udp6({ src: "fd00::1" }), time: at(13_000) },
          { frame: udp4({ src: "10.0.0.23" }), verdict: 2, time: at(14_000) },
          { frame: udp4({ src: "10.0.0.23" }), time: at(15_000) },
          { frame: udp4({ src }), verdict: 2, time: at(15_000) },
          { frame: udp4({ src }), time: at(19_999) },
          { frame: udp4({ src }), time: at(20_000) },
          { frame: udp4({ src: "10.0.0.21" }), time: at(20_999) },
          { frame: udp4({ src: "10.0.0.21" }), time: at(21_000) },
          { frame: udp4({ src }), time: at(24_999) },
          { kind: 1, time: at(25_000) }, // counted no more at the very time
          { frame: udp4({ src }), time: at(25_000) },
          { frame: udp4({ src: "10.0.0.24" }), verdict: 2, time: 30n * SECOND - 1n },
          { frame: udp4({ src: "10.0.0.24" }), verdict: 2, time: at(30_000) }, // the next that the rate allows
          { frame: udp4({ src: "10.0.0.24" }), time: at(31_000) },
          end(at(31_000)),
        ],
        5,
      ),
    },
    {
      name: "quarantine of sources that no rule lets out",
      part: partOf(
        policyWith(
          `- { name: not, action: deny, from: 172.16.0.0/24 }\n${one.replace("from: any", "from: 10.0.0.0/24")} }\n${one.replace("one", "two").replace("from: any", "from: 10.0.1.0/24")} }`,
          "quarantine: { for: 10s, per-minute: 3 }\ndetectors: { scan: { action: quarantine } }",
        ),
      ),
      batches: batches(
        ["172.16.0", "10.0.0", "10.0.1", "10.0.2", "172.16.0"].flatMap((net, k) =>
          Array.from({ length: 2 }, (_, n) => ({
            frame: udp4({ src: `${net}.${20 + 4 * k + n}` }),
            verdict: 2,
            time: at(10_000),
          })),
        ),
        3,
      ),
    },
    {
      name: "a tightened source",
      part: partOf(
        policyWith(RULES, "quarantine: { for: 10s, tightened: 2/s }\ndetectors: { rate: { action: tighten } }"),
      ),
      batches: batches(
        [
          { frame: udp4({ src }), verdict: verdictOf("TIGHTEN"), time: at(10_000) },
          ...[10_001, 10_499, 10_500, 10_501, 10_999, 11_000, 19_500, 19_999, 20_000, 20_001].flatMap((ms) => [
            { frame: udp4({ src }), time: at(ms) },
            { frame: udp4({ src: "10.0.0.21" }), time: at(ms) },
          ]),
          { frame: udp4({ src }), verdict: verdictOf("QUARANTINE_SOURCE"), time: at(21_000) },
          { frame: udp4({ src }), time: at(22_000) },
          { frame: udp4({ src, dport: 5001 }), verdict: verdictOf("QUARANTINE_FLOW"), time: at(32_000) },
          { frame: udp4({ src, dport: 5001 }), verdict: verdictOf("QUARANTINE_TERMINAL"), time: at(42_000) },
          { frame: udp4({ src, dport: 5001 }), verdict: verdictOf("QUARANTINE_MESSAGE"), time: at(52_000) },
          { frame: udp4({ src }), verdict: 7, time: at(62_000) },
          { frame: udp4({ src }), time: at(63_000) },
          end(at(64_000)),
        ],
        5,
      ),
    },
    {
      name: "tightening that no rate is named for",
      part: partOf(policyWith(RULES, "quarantine: { for: 10s }\ndetectors: { scan: { action: quarantine } }")),
      batches: batches([
        { frame: udp4({ src }), verdict: verdictOf("TIGHTEN"), time: at(10_000) },
        { frame: udp4({ src }), time: at(10_001) },
        end(at(11_000)),
      ]),
    },
    ...outputScenarios(),
    {
      name: "a full quarantine",
      part: partOf(quarantine.replace("per-minute: 3", "per-minute: 60000")),
      batches: [
        ...batches(
          Array.from({ length: 600 }, (_, n) => ({
            frame: udp4({ src: `10.7.${n >> 8}.${n & 255}` }),
            verdict: 2,
            time: at(10_000),
          })),
          100,
        ),
        ...batches(
          Array.from({ length: 600 }, (_, n) => ({
            frame: udp4({ src: `10.7.${n >> 8}.${n & 255}` }),
            time: at(11_000),
          })),
          200,
        ),
        ...batches([end(at(11_000))]),
        // Expired at the very time: every place is free again.
        ...batches(
          Array.from({ length: 600 }, (_, n) => ({
            frame: udp4({ src: `10.8.${n >> 8}.${n & 255}` }),
            verdict: 2,
            time: at(20_000),
          })),
          100,
        ),
        ...batches([{ kind: 1, time: at(21_000) }]),
      ],
    },
    ...subjectScenarios(),
    {
      name: "long frames, and a full output",
      part: partOf(wide),
      batches: [
        ...batches(Array.from({ length: 14 }, () => ({ frame: udp4({ size: 8972 }), time: at(1000) }))),
        ...batches([8971, 8972, 8973].map((size) => ({ frame: udp4({ size }), time: at(1000) }))),
        ...batches([8951, 8952, 8953].map((size) => ({ frame: udp6({ size }), time: at(1000) }))),
        ...batches([end(at(1000))]),
      ],
    },
    ...DAMAGES.map(({ tag, at, bytes }) => ({
      name: `damaged: tag ${tag} at ${at}`,
      part: withSection(partOf(DAMAGED_POLICY), tag, (section) => section.set(bytes, at)),
      batches: [],
    })),
    ...EDGES.map((part, n) => ({ name: `edge ${n}`, part, batches: batches(spaced(VECTORS.slice(0, 20))) })),
    {
      name: "more to say than there is credit for",
      part: partOf(
        policyWith(
          Array.from(
            { length: 128 },
            (_, n) => `- { name: ${`rule-${n}`.padEnd(31, "x")}, action: deny, protocol: udp, ports: ${n + 1} }`,
          ).join("\n"),
        ),
      ),
      batches: batches([
        ...spaced(Array.from({ length: 200 }, (_, n) => ({ frame: udp4({ dport: 1 + (n % 130) }) }))),
        end(500n * SECOND),
      ]),
    },
    {
      name: "a full input",
      part: partOf(VECTOR_POLICY),
      batches: [pack([...Array.from({ length: 1365 }, () => ({ frame: udp4() })), { kind: 1 }])],
    },
    { name: "no rules", part: partOf(policyWith("")), batches: batches([...spaced(VECTORS), end(2000n * SECOND)]) },
  ];
}

/** The policy of a transfer, and its DAMAGES. */
const TRANSFER = (more = "") =>
  policyWith(
    "- { name: files, action: allow, protocol: udp, from: 10.0.0.5, to: 10.0.1.9, ports: 5000, payload: transfer }",
    `transfer: { in: { key: ${"ab".repeat(32)} }, out: { key: ${"cd".repeat(32)} }, extensions: [txt]${more} }`,
  );
const TRANSFER_DAMAGES = [
  set(Tag.TRANSFER, 8, 2), // neither bytes nor text
  set(Tag.TRANSFER, 12, 17), // more extensions than there is room for
  set(Tag.TRANSFER, 16, 0), // no data in a block
  set(Tag.TRANSFER, 16, 33),
  set(Tag.TRANSFER, 20, 0), // no parity
  set(Tag.TRANSFER, 20, 9),
  set(Tag.TRANSFER, 24, 0), // no block
  set(Tag.TRANSFER, 24, 17),
  set(Tag.RULES, 2, 4), // an undefined kind of payload
];

async function transferScenarios(): Promise<Scenario[]> {
  const send = async (profile: ProfileName, bytes: number, boot = 1n) => {
    const sender = await Endpoint.open(Buffer.alloc(32, 0xab), PROFILES[profile], boot);
    const frames: Buffer[] = [];
    const add = (frame: Buffer | undefined) => frame && frames.push(Buffer.from(frame));
    add(sender.manifest(7, "a.txt", bytes, Buffer.alloc(32, 3)));
    for (let at = 0; at < bytes; at += 1400) {
      add(sender.data(7, at, Buffer.alloc(Math.min(1400, bytes - at), at)));
      for (let p = sender.parity(); p; p = sender.parity()) add(p);
    }
    add(sender.end(7, bytes, Buffer.alloc(32, 3)));
    sender.flush();
    for (let p = sender.parity(); p; p = sender.parity()) add(p);
    add(sender.heartbeat([1n, 2n]));
    return frames.map((payload) => udp4({ payload }));
  };
  const at = (ms: number) => SECOND + BigInt(ms) * 1_000_000n;
  const ticks = Array.from({ length: 40 }, (_, n) => ({ kind: 1, time: at(2000 + 50 * n) }));
  const timed = (frames: readonly Buffer[]) => frames.map((frame, n) => ({ frame, time: at(n) }));
  const small = await send("records", 60_000);
  const scenario = (name: string, policy: string, records: RecordInit[]): Scenario => ({
    name: `transfer, ${name}`,
    part: partOf(policy),
    batches: batches([...records, ...ticks, end(at(9000))], 40),
  });
  const records = TRANSFER(", profile: records");
  return [
    scenario("small", records, timed(small)),
    scenario("with losses", records, timed(small.filter((_, n) => n % 9 !== 3))),
    scenario(
      "twice, and under a rate",
      records.replace("transfer }", "transfer, rate: 400/s }"),
      timed([...small, ...small]),
    ),
    scenario("through a queue", records.replace("00:12 }", "00:12, rate: 300/s, queue: 6 }"), timed(small)),
    scenario("files", TRANSFER(), timed((await send("files", 90_000)).filter((_, n) => n % 20 !== 3))),
    scenario("damaged", records, timed(small.map((f, n) => Buffer.from(f).fill(n & 255, 60, 61)))),
    scenario("text", TRANSFER(", profile: records, content: ascii"), timed(small)),
    ...TRANSFER_DAMAGES.map(({ tag, at, bytes }) => ({
      name: `damaged transfer: tag ${tag} at ${at}`,
      part: withSection(partOf(TRANSFER()), tag, (section) => section.set(bytes, at)),
      batches: [],
    })),
    {
      name: "a rule for transfers without its section",
      part: withSection(
        partOf(policyWith("- { name: a, action: allow, protocol: udp, from: any, to: any, ports: 1 }")),
        Tag.RULES,
        (section) => section.set([3], 2),
      ),
      batches: [],
    },
  ];
}

/** Frames that wait, leave at a constant rate, and find no room. */
function outputScenarios(): Scenario[] {
  const one = "- { name: one, action: allow, protocol: udp, from: any, to: any, ports: 5000 }";
  const us = (n: number) => SECOND + BigInt(n) * 1000n;
  const frames = (time: number, ...sizes: number[]) => sizes.map((size) => ({ frame: udp4({ size }), time: us(time) }));
  const ticks = (from: number, count: number, step = 1000) =>
    Array.from({ length: count }, (_, n) => ({ kind: 1, time: us(from + n * step) }));
  const scenario = (name: string, out: string, records: RecordInit[], size = 7): Scenario => ({
    name,
    part: partOf(policyWith(one, "", out)),
    batches: batches(records, size),
  });
  const sizes = Array.from({ length: 60 }, (_, n) => (n * 997) % 8900);
  return [
    scenario("a queue", ", rate: 1000/s, queue: 3", [
      ...frames(0, 1, 2, 3, 4, 5, 6),
      ...ticks(500, 8, 500),
      ...frames(5000, 7, 8),
      ...frames(5999, 9, 10, 11),
      ...ticks(6000, 6),
      end(us(13_000)),
    ]),
    scenario("a queue and bursts", ", rate: 1000/s, burst: 3, queue: 2", [
      ...frames(0, 1, 2, 3, 4, 5, 6),
      ...ticks(999, 5, 1),
      ...ticks(5000, 3),
      end(us(9000)),
    ]),
    scenario("many turns of the queue's ring", ", rate: 1000/s, queue: 1024, mtu: 9000", [
      ...Array.from({ length: 12 }, (_, n) => [
        ...frames(n * 40_000, ...sizes.slice(n, n + 25)),
        ...ticks(n * 40_000 + 1000, 3 * n),
      ]).flat(),
      ...ticks(500_000, 300),
      end(us(900_000)),
    ]),
    // Entries of 1,024 bytes: 128 fill the ring to its last byte
    scenario("a ring that is exactly full", ", rate: 1000/s, queue: 1024, mtu: 1000", [
      ...frames(0, ...new Array<number>(131).fill(972)),
      ...Array.from({ length: 12 }, (_, n) => [
        ...ticks(1000 * n + 1000, 1 + (n % 3 === 2 ? 2 : 0), 1),
        ...frames(1000 * n + 1001, ...new Array<number>(1 + (n % 4)).fill(972)),
      ]).flat(),
      ...ticks(20_000, 160),
      end(us(200_000)),
    ]),
    scenario("constant rate", ", mtu: 576, rate: 1000/s, queue: 4, padding: { from: 10.1.1.1, to: 10.1.1.2 }", [
      { kind: 1, time: us(0) },
      ...ticks(999, 3, 1),
      ...frames(1500, 1, 2, 3, 548, 5, 6),
      ...ticks(2000, 4),
      ...frames(6000, 7),
      ...ticks(7000, 1),
      ...ticks(23_000, 3, 1), // sixteen intervals late, and one more
      ...ticks(43_001, 6, 1),
      ...ticks(60_000, 4, 999),
      end(us(80_000)),
    ]),
    ...PADDING_DAMAGES.map(({ tag, at, bytes }) => ({
      name: `damaged padding: tag ${tag} at ${at}`,
      part: withSection(partOf(PADDED(8)), tag, (section) => section.set(bytes, at)),
      batches: [],
    })),
  ];
}

/** Streams of a bus under policies that want different things of it, and every message broken in every way. */
function messageScenarios(): Scenario[] {
  const all = bus(77, 0.4);
  const check = (text: string) =>
    `- { name: one, action: allow, channel: 2, rt: 5, sa: 1, direction: transmit, words: 1-4, data: [${text}] }`;
  const said = (...data: number[]): BusMessage => ({
    channel: 2,
    time: COUNTER_START + data[0]! * 10_000,
    blockStatus: 0,
    gap1: 60,
    gap2: 0,
    words: [(5 << 11) | 0x400 | (1 << 5) | data.length, 5 << 11, ...data],
  });
  const words = [9, 10, 20, 21, 65535, 65534, 3, 4, 0x8000, 0x1002, 0x1ff2, 25, 30, 31, 36].map((v) => said(v, v));
  const broken = [...new Map(all.map((m) => [`${m.words[0]}`, m])).values()].flatMap((m) => [
    m,
    ...m.words.map((_, n) => ({ ...m, words: m.words.toSpliced(n, 1) })),
    ...m.words
      .slice(0, 5)
      .flatMap((_, n) =>
        Array.from({ length: 16 }, (_, b) => ({ ...m, words: m.words.map((w, i) => (i === n ? w ^ (1 << b) : w)) })),
      ),
    ...Array.from({ length: 16 }, (_, b) => ({
      ...m,
      words: m.words.map((w, i, l) => (i === l.length - 1 ? w ^ (1 << b) : w)),
    })),
    ...Array.from({ length: 16 }, (_, b) => ({ ...m, blockStatus: m.blockStatus ^ (1 << b) })),
  ]);
  const records = (of: readonly BusMessage[], options: Omit<StreamOptions, "of"> = {}) =>
    [...stream({ ...options, of }), end(3600n * SECOND)].map((r, n) => ({ ...r, number: BigInt(n + 1) }));
  const cut = records(all)
    .slice(1, 4)
    .flatMap(({ frame: f }) => lengthsOf(Buffer.from(f!).subarray(42)))
    .map((payload, n) => ({ frame: frame(payload, STREAM, n), time: BigInt(n + 1) * SECOND }));
  const flipped = records(all, { checksum: 0 })
    .slice(1, 3)
    .flatMap(({ frame: f }) => bitsOf(Buffer.from(f!).subarray(42)))
    .map((payload, n) => ({ frame: frame(payload, STREAM, n), time: BigInt(n + 1) * SECOND }));
  const many = Array.from({ length: 66 }, (_, n) => all.slice(0, 2).map((m) => ({ ...m, channel: 100 + n }))).flat();
  // One message of each channel, or recorder, at a time: as many as there are places and more, then until one is free
  const sent = (
    n: number,
    ms: number,
    of: { channel?: number; from?: string; time?: number; date?: boolean },
  ): RecordInit => {
    const { channel = 2, from = STREAM.from, time = COUNTER_START + n, date = false } = of;
    const one = stream({ of: [{ ...all[0]!, channel, time }], checksum: 0 }).at(date ? 1 : -1)!;
    const payload = Buffer.from(one.frame!.subarray(42));
    if (date) {
      payload.writeUInt16LE((payload.readUInt16LE(26) + channel - payload.readUInt16LE(6)) & 0xffff, 26);
      payload.writeUInt16LE(channel, 6);
    }
    return { frame: frame(payload, { ...STREAM, from }, n), time: BigInt(ms) * 1_000_000n };
  };
  const crowd = (what: (n: number) => Parameters<typeof sent>[2]) =>
    [...Array.from({ length: 68 }, (_, n) => n), 3, 68, 69, 68, 69, 3, 0].map((n, i) =>
      sent(n, i < 68 ? 1000 + i : [10_000, 10_999, 11_000, 11_001, 11_010, 21_009, 21_010][i - 68]!, what(n)),
    );
  const anybody = under(ALL).replaceAll("from: 192.0.2.53", "from: 192.0.2.0/24");
  const recorders = (n: number) => ({ from: `192.0.2.${1 + n}` });
  const together = Array.from({ length: 60 }, (_, n) =>
    sent(n, 1000 + 500 * n, {
      ...recorders(n % 3),
      channel: 2 + (n % 2),
      time: (n % 4 ? COUNTER_START : 5) + n * 1_000_000,
    }),
  );
  const sentAs = (packets: readonly Buffer[]) =>
    packets.map((one, n) => ({
      frame: frame(Buffer.concat([Buffer.from([1, n, 0, 0]), one]), STREAM, n),
      time: BigInt(n + 1) * SECOND,
    }));
  const scenario = (name: string, policy: string, of: RecordInit[]): Scenario => ({
    name: `1553, ${name}`,
    part: partOf(policy),
    batches: batches(of, 100),
  });
  return [
    scenario("all", under(ALL), records(all)),
    scenario("all, format 2", under(ALL), records(all, { format: 2, checksum: 16 })),
    scenario("all, format 3, secondary header", under(ALL), records(all, { format: 3, checksum: 8, secondary: true })),
    scenario(
      "some",
      under(`${ATTITUDE}\n${RT_RT}\n${SYNC}\n- { name: no, action: deny, rt: 14, channel: 2-3 }`),
      records(all),
    ),
    scenario("broken messages", under(ALL), records(broken)),
    scenario("broken messages, some", under(`${ATTITUDE}\n${RT_RT}`), records(broken)),
    ...(["QUARANTINE_TERMINAL", "QUARANTINE_MESSAGE"] as const).flatMap((action) =>
      all
        .filter((m, n) => all.findIndex((o) => o.words[0] === m.words[0]) === n)
        .slice(0, 6)
        .map(({ words: [command] }, n) =>
          scenario(
            `quarantine, ${action} ${command}`,
            under(ALL, `quarantine: { for: 10s, per-minute: 2, protected-terminals: ${n} }`),
            [
              ...records(all).slice(0, -1),
              ...records(all)
                .slice(0, -1)
                .map((r) => ({ ...r, time: 10n * SECOND })),
              ...records(all).map((r) => ({ ...r, time: 20n * SECOND })),
            ].map((r, i) => ({
              ...r,
              number: BigInt(i + 1),
              verdict: i === 4 ? verdictOf(action, { command, channel: 2 }) : 0,
            })),
          ),
        ),
    ),
    // What is made anew is up to four bytes a packet longer than what came without checksums
    ...Array.from({ length: 24 }, (_, n) =>
      scenario(
        `mtu ${1180 + 4 * n}`,
        under(ALL).replace("mtu: 9000", `mtu: ${1180 + 4 * n}`),
        records(all, { checksum: 0 }).slice(0, 12),
      ),
    ),
    scenario("cut", under(ALL), cut),
    scenario("flipped", under(ALL), flipped),
    ...([8, 16, 32] as const).map((checksum) =>
      scenario(
        `damaged under checksums of ${checksum} bits`,
        under(ALL),
        records(all, { checksum, secondary: true }).slice(0, 6).flatMap(damaged),
      ),
    ),
    scenario("times of other formats", under(ALL), sentAs(otherTimes())),
    scenario("channels", under(ALL), records(many)),
    scenario(
      "channels, until there is room",
      under(ALL),
      crowd((n) => ({ channel: 100 + n })),
    ),
    scenario(
      "channels of time packets",
      under(ALL),
      crowd((n) => ({ channel: 100 + n, date: true })),
    ),
    scenario("recorders, until there is room", anybody, crowd(recorders)),
    scenario("recorders together", anybody, together),
    ...[
      "{ word: 1, range: 10-20 }",
      "{ word: 1, range: [-2, 3] }",
      "{ word: 1, mask: 0xf00f, value: 0x1002 }",
      "{ word: 1, step: 5 }",
      "{ word: 2, range: 3-21 }, { word: 1, step: 10 }",
    ].map((text) => scenario(text, under(check(text)), records(words))),
  ];
}

/** Packets of network time, of messages that bear IEEE 1588 time, and with filler: right, and wrong by one. */
function otherTimes(): Buffer[] {
  const network = (first: number, fraction: number, length = 12) =>
    packet(Buffer.concat([u32(first), u32(7), u32(fraction), Buffer.alloc(2)]).subarray(0, length), { type: 0x12 });
  const edges = [0, 999_999_999, 1_000_000_000, 0xffffffff];
  const kinds = [0x00, 0x01, 0x02, 0x10, 0x11, 0x20, 0x21, 0x30, 0x31, 0x40, 0x101, 0xffffff0d];
  const words = [(5 << 11) | (1 << 5) | 1, 7, 5 << 11];
  const at = (seconds: number, ns: number) => (BigInt(seconds) << 32n) | BigInt(ns);
  const message = (flags: number, time: bigint, secondary?: bigint, counter = 5_000_000) =>
    packet(bus1553([{ words, time }]), { flags, counter, ...(secondary !== undefined && { secondary }) });
  return [
    ...kinds.flatMap((first) => edges.map((fraction) => network(first, fraction))),
    ...[8, 10, 11, 13].map((length) => network(0x11, 0, length)),
    ...edges.flatMap((ns) => [message(0x44, at(9, ns), at(9, 5)), message(0x44, at(9, 5), at(9, ns))]),
    ...[0x40, 0x44, 0x48, 0x4c, 0x04].map((flags) => message(flags, at(9, 5), at(9, 5))),
    message(0x44, at(9, 5)),
    ...[4, 5, 8, 400].map((filler) => packet(bus1553([{ words }]), { filler })),
  ];
}

/** A stream's record with one byte changed, here and there. */
const damaged = (record: RecordInit): RecordInit[] =>
  record.frame
    ? [46, 60, 66, 70, 76, 90, 200].map((at) => {
        const payload = Buffer.from(record.frame!).subarray(42);
        if (at - 42 < payload.length) payload[at - 42]! ^= 1;
        return { ...record, frame: frame(payload, STREAM, at) };
      })
    : [record];

const lengthsOf = (payload: Buffer) =>
  Array.from({ length: Math.min(payload.length, 120) }, (_, n) => payload.subarray(0, n));

/** Each bit of the beginning changed; the header's checksum, where it is not itself changed, made right. */
const bitsOf = (payload: Buffer) =>
  Array.from({ length: Math.min(payload.length * 8, 800) }, (_, bit) => {
    const copy = Buffer.from(payload);
    copy[bit >> 3]! ^= 1 << (bit & 7);
    if (bit < 32 || bit >= 26 * 8) return copy;
    let sum = 0;
    for (let i = 4; i < 26; i += 2) sum += copy.readUInt16LE(i);
    copy.writeUInt16LE(sum & 0xffff, 26);
    return copy;
  });
