// Properties of the decoder over hostile frames. What it says depends on the captured bytes only, what it says lies within
// them, and it always ends. (In WebAssembly a trap is an exception here.)
import { beforeAll, describe, expect, it } from "vitest";
import { instantiateOnboard } from "../lib/asc.ts";
import type { ExportsOf } from "../lib/exports.ts";
import { ANOMALY, LAYER, P, PACKET_SIZE } from "./decode/layout.ts";
import { generator, LINKS, mutated, SEEDS } from "./testing/seeds.ts";

const INPUT = 66560;
type Probe = ExportsOf<"ip/onboard/decode.probe.ts">;
let e: Probe;
let input: Uint8Array;
let packet: Uint8Array;
let view: DataView;
beforeAll(async () => {
  e = (await instantiateOnboard("ip/onboard/decode.probe.ts")).exports;
  input = new Uint8Array(e.memory.buffer, e.inputAt(), INPUT);
  packet = new Uint8Array(e.memory.buffer, e.packetAt(), PACKET_SIZE);
  view = new DataView(e.memory.buffer, e.packetAt(), PACKET_SIZE);
});

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
      const frame = mutated(seed, random);
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
