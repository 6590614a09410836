// All that the decoder finds in each frame, and all that inspect says of them and of their flows, held against what they said before:
// detectors/flights.test.ts tells how to go on where that differs.
import { beforeAll, expect, it } from "vitest";
import { INSPECT_BYTES, Log, memoryOf, summary } from "../appliance/compartments/inspect/testing/log.ts";
import { RecordKind } from "../appliance/contract/abi.ts";
import { batches, type Frame } from "../detectors/testing/site.ts";
import { swarm } from "../detectors/testing/swarm.ts";
import { compilePolicyText } from "../diode/policy.ts";
import { policyWith, sectionsOf } from "../diode/testing/guard.ts";
import { instantiateOnboard } from "../lib/asc.ts";
import type { ExportsOf } from "../lib/exports.ts";
import { ANOMALY, LAYER, P, PACKET_SIZE } from "./decode/layout.ts";
import { ACK, eth, ipv4, record, SYN, tcp, udp } from "./testing/frames.ts";
import { generator, LINKS, linked, mutated, numbers, SEEDS, scrambled } from "./testing/seeds.ts";

interface Given {
  frame: Uint8Array;
  link?: number;
  original?: number;
}
const several = <T>(count: number, make: (n: number) => T) => Array.from({ length: count }, (_, n) => make(n));

/** Made once: what is drawn does not depend on which test comes first. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
const drawn = (seed: number, make: (random: () => number) => Given[]) => once(() => make(generator(seed)));
const KINDS: Record<string, () => Given[]> = {
  numbers: once(() => [...numbers()].map((frame) => ({ frame }))),
  links: () => [...linked()].map(([link, frame]) => ({ link, frame })),
  cuts: () =>
    SEEDS.flatMap((seed) =>
      several(seed.length, (n) => [
        { frame: seed.subarray(0, n) },
        { frame: seed.subarray(0, n), original: seed.length },
      ]).flat(),
    ),
  mutants: drawn(20261130, (random) =>
    several(6000, (n) => {
      const frame = mutated(SEEDS[n % SEEDS.length]!, random);
      return {
        frame,
        link: LINKS[random() % LINKS.length]!,
        original: frame.length + (random() % 4 ? 0 : random() % 100),
      };
    }),
  ),
  scrambled: drawn(20261131, (random) => several(4000, () => ({ frame: scrambled(random) }))),
};

type Probe = ExportsOf<"ip/onboard/decode.probe.ts">;
let e: Probe;
beforeAll(async () => {
  e = (await instantiateOnboard("ip/onboard/decode.probe.ts")).exports;
});

/** Of a frame all that its Packet says, by how many layers it has. */
function decoded({ frame, link = 1, original = frame.length }: Given, options: number) {
  const input = new Uint8Array(e.memory.buffer, e.inputAt(), frame.length);
  const packet = new Uint8Array(e.memory.buffer, e.packetAt(), PACKET_SIZE);
  input.set(frame);
  e.run(frame.length, original, link, options);
  const parts = [
    packet.subarray(16, LAYER),
    packet.subarray(LAYER, LAYER + 4 * packet[P.layers]!),
    packet.subarray(ANOMALY, ANOMALY + 8 * packet[P.anomalies]!),
  ];
  return { kind: `${packet[P.layers]} layers`, text: parts.map((part) => Buffer.from(part).toString("hex")).join(" ") };
}

// REQ-DECODE-002
it.each(Object.keys(KINDS))("decoded: %s", async (name) => {
  const given = KINDS[name]!();
  // Without looking at checksums too
  const lines = (name === "numbers" ? [0] : [0, 1]).flatMap((options) => given.map((one) => decoded(one, options)));
  await expect(summary(`decoded ${name}`, lines)).toMatchFileSnapshot(`golden/decoded-${name}.txt`);
});

async function said(policy: string, records: Iterable<Uint8Array>) {
  const { parts } = compilePolicyText(
    policyWith("", `${policy}\ndetectors: { anomalies: { per-second: 100000 } }`),
    "p",
  );
  const log = await Log.of(sectionsOf(parts.inspect));
  for (const batch of records) log.run(batch);
  return log.run(record(new Uint8Array(0), { time: 10_000_000_000_000n, kind: RecordKind.END })).lines;
}

function* recordsOf(given: readonly Given[]): Generator<Uint8Array> {
  for (let n = 0; n < given.length; n += 100)
    yield Buffer.concat(
      given
        .slice(n, n + 100)
        .map(({ frame, ...o }, k) => record(frame, { ...o, number: n + k + 1, time: 3_000_000n * BigInt(n + k + 1) })),
    );
}

const NAMED = `tunnels:
  - { name: a, kind: gre, between: [10.0.0.0/24, 10.0.0.0/24] }
  - { name: b, kind: vxlan, between: [10.0.0.1, 10.0.0.2] }
  - { name: c, kind: ip-in-ip, between: [10.0.0.1, 10.0.0.3] }
  - { name: d, kind: geneve, port: 6081, between: ["2001:db8::1", "2001:db8::2"] }
  - { name: e, kind: mpls-in-ip, between: [10.0.0.1, 10.0.0.2] }
`;

// REQ-DECODE-003
it.each([
  ["any tunnel", "tunnels: any"],
  ["some tunnels", NAMED],
  ["no tunnel", ""],
])("in flight, %s", async (name, policy) => {
  const kinds = name === "any tunnel" ? Object.values(KINDS) : [KINDS.mutants!, KINDS.cuts!, KINDS.scrambled!];
  const lines = await said(policy, recordsOf(kinds.flatMap((make) => make())));
  await expect(summary(`in flight, ${name}`, lines)).toMatchFileSnapshot(`golden/flight-${name.replace(" ", "-")}.txt`);
});

/** Connections, datagrams and fragments, from their beginnings to after they have timed out, and more than there are places for. */
const CROWD = several(4200, (n): Frame => {
  const o = { src: `10.9.${n >> 8}.${n & 255}`, dst: "10.1.0.10", sport: 4000, dport: n % 7 ? 502 : 80 };
  const parts = { id: n, ...(n % 6 ? {} : { more: true }), src: o.src, dst: o.dst };
  const packet = n % 2 ? ipv4(17, udp(new Uint8Array(8), o), parts) : ipv4(6, tcp(n % 4 ? SYN : ACK, o), parts);
  return { time: 1000e9 + n * 2e6, data: eth(0x0800, packet) };
});
const later = (frames: readonly Frame[], seconds: number) =>
  frames.slice(0, 1500).map(({ time, data }) => ({ time: time + seconds * 1e9, data }));
const FLOWS: Record<string, () => Frame[]> = {
  dense: () => swarm({ seed: 21, frames: 1500, pace: "dense" }),
  sparse: () => swarm({ seed: 22, frames: 2000, pace: "sparse" }),
  long: () => swarm({ seed: 23, frames: 1000, pace: "long" }),
  crowd: () => [...CROWD, ...swarm({ seed: 24, frames: 1000, pace: "dense", start: 1010 }), ...later(CROWD, 20)],
};
it.each(Object.entries(FLOWS))("flows: %s", async (name, make) => {
  const lines = await said("tunnels: any", batches(make()));
  await expect(summary(`flows, ${name}`, lines)).toMatchFileSnapshot(`golden/flows-${name}.txt`);
});

it("the tables of inspect take as many bytes as is said in one place", async () => {
  expect(await memoryOf("inspect")).toBe(INSPECT_BYTES);
});
