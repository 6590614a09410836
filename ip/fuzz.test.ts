// Properties of the decoder over hostile frames. What it says depends on the captured bytes only, what it says lies within
// them, and it always ends. (In WebAssembly a trap is an exception here.)
import { beforeAll, describe, expect, it } from "vitest";
import { instantiateOnboard } from "../appliance/build/asc.ts";
import { ANOMALY, LAYER, P, PACKET_SIZE } from "./decode/layout.ts";
import { bytes, eth, icmp, ipv4, ipv6, SYN, tcp, udp, vlan } from "./testing/frames.ts";

const INPUT = 66560;
interface Probe {
  memory: WebAssembly.Memory;
  inputAt(): number;
  packetAt(): number;
  run(captured: number, original: number, link: number, options: number): void;
}
let e: Probe;
let input: Uint8Array;
let packet: Uint8Array;
let view: DataView;
beforeAll(async () => {
  e = (await instantiateOnboard("ip/onboard/decode.probe.ts")).exports as unknown as Probe;
  input = new Uint8Array(e.memory.buffer, e.inputAt(), INPUT);
  packet = new Uint8Array(e.memory.buffer, e.packetAt(), PACKET_SIZE);
  view = new DataView(e.memory.buffer, e.packetAt(), PACKET_SIZE);
});

/** xorshift32: the same frames in every run. */
function generator(seed: number): () => number {
  let s = seed;
  return () => {
    s ^= s << 13;
    s ^= s >>> 17;
    s ^= s << 5;
    return s >>> 0;
  };
}

const LINKS = [0, 1, 1, 1, 1, 9, 12, 14, 51, 101, 108, 113, 147, 228, 229, 276];

/** Decodes twice, with different bytes behind the captured ones, and checks what came out. */
function check(frame: Uint8Array, link: number, original: number, context: string): void {
  input.set(frame);
  input.fill(0x00, frame.length, frame.length + 600);
  packet.fill(0x00);
  e.run(frame.length, original, link, 0);
  const first = packet.slice();
  input.fill(0xff, frame.length, frame.length + 600);
  packet.fill(0x55, 16); // nor on what was in the structure before
  e.run(frame.length, original, link, 0);
  if (Buffer.compare(first.subarray(16, LAYER), packet.subarray(16, LAYER)) !== 0)
    throw new Error(`reads beyond: ${context}`);
  const layers = packet[P.layers]!;
  const anomalies = packet[P.anomalies]!;
  if (layers > 24 || anomalies > 8) throw new Error(`counts: ${context}`);
  let before = 0;
  for (let i = 0; i < layers; i++) {
    const offset = view.getUint16(LAYER + 4 * i + 2, true);
    if (offset < before || offset > frame.length)
      throw new Error(`layer ${i} at ${offset} of ${frame.length}: ${context}`);
    before = offset;
    if (packet[LAYER + 4 * i] !== first[LAYER + 4 * i]) throw new Error(`layers differ: ${context}`);
  }
  for (let i = 0; i < 8 * anomalies; i++)
    if (packet[ANOMALY + i] !== first[ANOMALY + i]) throw new Error(`anomalies differ: ${context}`);
  const offset = view.getUint32(P.payloadOffset, true);
  const length = view.getUint32(P.payloadLength, true);
  if (offset + length > frame.length) throw new Error(`payload ${offset}+${length} of ${frame.length}: ${context}`);
}

const DATA = new Uint8Array(40).map((_, i) => i);
const SEEDS = [
  eth(0x0800, ipv4(6, tcp(SYN, { options: bytes("020405b40402080a00000000000000000103030 7") }))),
  eth(0x8100, vlan(5, 0x0800, ipv4(17, udp(DATA), { options: bytes("94040000 44080501 00000000") }))),
  eth(
    0x86dd,
    ipv6(
      0,
      bytes(
        "2b00 0502 0000 0100",
        "3c02 0001 00000000",
        new Uint8Array(16),
        "2c00 0104 0000 0000",
        "1100 0001 00000007",
        udp(DATA),
      ),
    ),
  ),
  eth(
    0x86dd,
    ipv6(
      51,
      bytes("3a04 0000 00000001 00000001", new Uint8Array(12), "8700 0000", new Uint8Array(20), "0101 020000000001"),
    ),
  ),
  eth(0x0800, ipv4(1, icmp(3, 3, bytes("00000000", ipv4(17, udp(DATA)))))),
  eth(0x0800, ipv4(17, udp(bytes("0800 0000 0000 2a00", eth(0x0800, ipv4(6, tcp(SYN)))), { dport: 4789 }))),
  eth(
    0x0800,
    ipv4(17, udp(bytes("0240 6558 0000 2a00 0102 0301 00000000", eth(0x86dd, ipv6(17, udp(DATA)))), { dport: 6081 })),
  ),
  eth(0x0800, ipv4(17, udp(bytes("34ff 0024 00000001 0000 0085 01 00 00 00", ipv4(17, udp(DATA))), { dport: 2152 }))),
  eth(0x0800, ipv4(47, bytes("b000 0800 0000 0000 00000001 00000002", ipv4(4, ipv4(41, ipv6(17, udp(DATA))))))),
  eth(
    0x0800,
    ipv4(
      47,
      bytes(
        "1000 22eb 00000001 2000 0001 00000000 0000 0001",
        new Uint8Array(8),
        eth(0x0806, bytes("0001 0800 06 04 0001", new Uint8Array(20))),
      ),
    ),
  ),
  eth(
    0x8847,
    bytes(
      "00001040 00002141",
      "00000000",
      eth(0x8864, bytes("1100 0001 0040 0021", ipv4(2, icmp(0x22, 0, bytes("00000001 04000001 e0000001 0a000001"))))),
    ),
  ),
  eth(0x0800, ipv4(132, bytes("0001 0002 00000000 00000000 01000014 00000001 0000ffff 000a000a 00000000"))),
  eth(40, bytes("aaaa03 000000 0800", ipv4(33, bytes("0001 0002 04 00 0000 01000000 00000000")))),
  eth(
    0x88e7,
    bytes(
      "00000001 020000000001 020000000002 8926 0000 0000 893f 0000 0000 0000 894f 0fc6 0103 00000100",
      new Uint8Array(16),
      ipv4(136, udp(DATA)),
    ),
  ),
];

describe("hostile frames", () => {
  it("40,000 of random bytes, of every link type", () => {
    const random = generator(0x1234567);
    for (let n = 0; n < 40000; n++) {
      const frame = new Uint8Array(random() % 160);
      for (let i = 0; i < frame.length; i++) frame[i] = random() >>> 11;
      // a plausible beginning, else most end at the EtherType
      if (n & 1 && frame.length > 15) frame.set([0x08, 0x00, 0x45], 12);
      if (n % 4 === 0 && frame.length > 15) frame.set([0x86, 0xdd, 0x60], 12);
      check(
        frame,
        LINKS[random() % LINKS.length]!,
        frame.length + (random() % 3 === 0 ? random() % 2000 : 0),
        `random ${n}`,
      );
    }
  });

  it("80,000 mutations of every kind of frame: bytes changed, cut, grown", () => {
    const random = generator(0x7654321);
    for (let n = 0; n < 80000; n++) {
      const seed = SEEDS[n % SEEDS.length]!;
      let frame = Uint8Array.from(seed);
      for (let m = random() % 4; m >= 0; m--) {
        const where = random() % frame.length;
        frame[where] = [0, 0xff, random(), frame[where]! ^ (1 << (random() & 7)), frame[where]! + 1][random() % 5]!;
      }
      const change = random() % 16;
      if (change < 4) frame = frame.slice(0, random() % frame.length);
      else if (change < 8) frame = bytes(frame, new Uint8Array(random() % 40)) as never;
      check(frame, 1, frame.length + (random() % 4 === 0 ? random() % 300 : 0), `mutation ${n} of ${n % SEEDS.length}`);
    }
  });

  it("every prefix of every frame, captured in full or cut", () => {
    for (const [i, seed] of SEEDS.entries())
      for (let length = 0; length <= seed.length; length++) {
        check(seed.subarray(0, length), 1, length, `prefix ${length} of ${i}`);
        check(seed.subarray(0, length), 1, seed.length, `snap ${length} of ${i}`);
      }
  });

  it("the largest record there is", () => {
    const random = generator(99);
    const frame = new Uint8Array(INPUT - 600);
    for (let i = 0; i < frame.length; i++) frame[i] = random();
    for (const type of [0x0800, 0x86dd, 0x8847, 0x8863]) {
      frame.set([type >> 8, type & 255, type === 0x86dd ? 0x60 : 0x45], 12);
      check(frame, 1, 0xffffffff, `large ${type}`);
    }
  });

  // REQ-DECODE-001
  it("the frames they are made of are decoded to their end", () => {
    const deepest = SEEDS.map((seed) => {
      input.set(seed);
      e.run(seed.length, seed.length, 1, 0);
      return packet[P.layers]!;
    });
    expect(deepest).toEqual(deepest.map((d) => Math.max(d, 3)));
    expect(Math.max(...deepest)).toBeGreaterThanOrEqual(7);
  });
});
