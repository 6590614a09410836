/**
 * What guard is put through to tell it from a mutant: a policy's part and batches of records. The tests beside the
 * sources state what must come of them; here only "the same or not" counts.
 */
import { Tag } from "../../appliance/abi/config.ts";
import { compilePolicyText } from "../policy.ts";
import { pack, policyWith, type RecordInit, SECOND, withSection } from "./guard.ts";
import { RULES, tcp4, udp4, udp6, VECTOR_POLICY, VECTORS } from "./vectors.ts";

export interface Scenario {
  name: string;
  /** What configure() is given. */
  part: Uint8Array;
  /** What run() is given, one batch after the other. */
  batches: Uint8Array[];
}

const partOf = (yaml: string) => compilePolicyText(yaml, "policy.yaml").parts.guard;
const end = (time: bigint): RecordInit => ({ kind: 3, time });

/** In batches of at most `size` records, which the input holds. */
function batches(records: readonly RecordInit[], size = 100): Uint8Array[] {
  const all: Uint8Array[] = [];
  for (let n = 0; n < records.length; n += size)
    all.push(pack(records.slice(n, n + size).map((r, m) => ({ number: BigInt(n + m + 1), ...r }))).bytes);
  return all;
}

const spaced = (records: readonly RecordInit[], step = 2n * SECOND): RecordInit[] =>
  records.map((record, n) => ({ ...record, time: BigInt(n + 1) * step }));

/** The policy that DAMAGES are done to. */
export const DAMAGED_POLICY = policyWith(
  "- { name: one, action: allow, protocol: udp, from: 10.0.0.0/8, to: 10.1.1.1, ports: 5000 }",
);

const set = (tag: number, at: number, ...bytes: number[]) => ({ tag, at, bytes });

/** Fields out of their range, each of which guard must refuse though the digest is right. */
export const DAMAGES = [
  set(Tag.SETTINGS, 6, 1), // a MAC address of more than 48 bits
  set(Tag.SETTINGS, 16, 2), // an unknown flag
  set(Tag.SETTINGS, 20, 67, 0), // mtu
  set(Tag.SETTINGS, 20, 0x29, 0x23), // mtu 9001
  set(Tag.SETTINGS, 24, 0), // ttl
  set(Tag.SETTINGS, 25, 1), // ttl of more than 255
  set(Tag.SETTINGS, 28, 2), // more rules than there are
  set(Tag.SETTINGS, 28, 0), // fewer
  set(Tag.SETTINGS, 39, 0x80), // times so long that sums with them would wrap: of quarantine
  set(Tag.SETTINGS, 55, 0x80), // between frames on out
  set(Tag.SETTINGS, 63, 0x80),
  set(Tag.RULES, 39, 0x80), // between frames of a rule
  set(Tag.RULES, 47, 0x80),
  set(Tag.RULES, 0, 2), // action
  set(Tag.RULES, 1, 255), // an allow for every protocol
  set(Tag.RULES, 2, 2), // payload
  set(Tag.RULES, 4, 1, 0, 0, 0), // no size at all
  set(Tag.RULES, 10, 3), // from beyond the networks
  set(Tag.RULES, 12, 1, 0, 2, 0), // to
  set(Tag.RULES, 18, 3), // ports beyond the ranges
  set(Tag.RULES, 22, 3), // source ports
  set(Tag.RULES, 26, 2), // VLANs
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
  set(Tag.TABLES, 88, 1), // a first entry that does not start at 0
  set(Tag.NETWORKS, 16, 5), // a network of neither version
  set(Tag.NETWORKS, 16, 6, 129),
  set(Tag.NETWORKS, 17, 33), // longer than an address
  set(Tag.NETWORKS, 0, 1), // IPv4 with more than 32 bits
  set(Tag.NETWORKS, 12, 1),
  set(Tag.NETWORKS, 8, 1), // bits behind those that count
  set(Tag.RANGES, 0, 0xff, 0xff), // a range that ends before it begins
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
    partOf(
      policyWith(
        Array.from({ length: 128 }, (_, n) => `- { name: r${n}, action: deny, from: 10.0.0.${n} }`).join("\n"),
      ),
    ),
  );

export function scenarios(): Scenario[] {
  const one = "- { name: one, action: allow, protocol: udp, from: any, to: any, ports: 5000-5001";
  const quarantine = policyWith(
    RULES,
    "protected: [10.0.0.0/29, fd00::/126]\nquarantine: { for: 10s, per-minute: 3 }\ndetectors: { scan: { action: quarantine } }",
  );
  const at = (ms: number) => BigInt(ms) * 1_000_000n;
  const src = "10.0.0.20";
  const wide = policyWith(one.replace("5000-5001", "1-65535").concat(" }"), "", ", mtu: 9000");
  return [
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
      name: "a full quarantine",
      part: partOf(quarantine.replace("per-minute: 3", "per-minute: 60000")),
      batches: [
        ...batches(
          Array.from({ length: 600 }, (_, n) => ({
            frame: udp4({ src: `10.7.${n >> 8}.${n & 255}` }),
            verdict: 2,
            time: at(10_000),
          })),
          200,
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
          200,
        ),
        ...batches([{ kind: 1, time: at(21_000) }]),
      ],
    },
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
      batches: [pack([...Array.from({ length: 1365 }, () => ({ frame: udp4() })), { kind: 1 }]).bytes],
    },
    { name: "no rules", part: partOf(policyWith("")), batches: batches([...spaced(VECTORS), end(2000n * SECOND)]) },
  ];
}
