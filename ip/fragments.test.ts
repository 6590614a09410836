import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { bytes, DST6, eth, ipv4, ipv6, SRC6, udp } from "./testing/frames.ts";
import { Inspection, Track } from "./testing/inspection.ts";

let x: Inspection;
beforeEach(async () => {
  x = await Inspection.create();
});

const WHOLE = udp(new Uint8Array(8 * 100 - 8).map((_, i) => i));
const part = (from: number, to: number, o: { id?: number; more?: boolean; fill?: number } = {}) => {
  const payload = Uint8Array.from(WHOLE.subarray(from, to));
  if (o.fill !== undefined) payload.fill(o.fill);
  return eth(0x0800, ipv4(17, payload, { id: o.id ?? 7, offset: from, more: o.more ?? to < WHOLE.length }));
};
/** What the tracker says, and what is noted about the fragments. */
function track(frame: Uint8Array, seconds = 1): [number, ...string[]] {
  const events = x.frame(frame, seconds).flatMap((e) => (e.anomaly ? [e.anomaly.event] : []));
  return [x.e.lastTracked(), ...events.filter((event) => event.includes("frag"))];
}

describe("IPv4", () => {
  it("is complete when nothing is missing, in any order", async () => {
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 7 }).chain((c) => {
      const at = [0, ...c.sort((a, b) => a - b), 100].map((n) => n * 8);
      return fc.shuffledSubarray(
        at.slice(1).map((to, i) => [at[i]!, to] as const),
        { minLength: at.length - 1 },
      );
    });
    let id = 1;
    fc.assert(
      fc.property(cuts, (parts) => {
        if (parts.length < 2) return true;
        id++;
        const said = parts.map(([from, to]) => track(part(from, to, { id }))[0]);
        return said.pop() === Track.COMPLETE && said.every((s) => s === Track.PARTIAL);
      }),
      { seed: 1, numRuns: 200 },
    );
  });
  // REQ-DECODE-006
  it("names an overlap", () => {
    expect(track(part(0, 400))).toEqual([Track.PARTIAL]);
    expect(track(part(392, 800))).toEqual([Track.REFUSED, "decoder.ipv4.frag_overlap"]);
  });
  it("tells a retransmission from an overlap with other bytes", () => {
    track(part(0, 400));
    expect(track(part(0, 400))).toEqual([Track.REPEATED]);
    expect(track(part(0, 400, { fill: 9 }))).toEqual([Track.REFUSED, "decoder.ipv4.frag_overlap"]);
  });
  it("names two ends, and data behind the end", () => {
    track(part(400, 800));
    expect(track(part(400, 600, { more: false }))).toEqual([Track.REFUSED, "decoder.ipv4.frag_invalid_length"]);
  });
  it("names a part that comes after 30 s, and starts anew", () => {
    track(part(0, 400), 1);
    expect(track(part(400, 800), 32)).toEqual([Track.PARTIAL, "decoder.ipv4.frag_timeout"]);
  });
  it("takes a part that comes 30 s after the first one for one of the same packet", () => {
    track(part(0, 400), 1);
    expect(track(part(400, 800), 31)).toEqual([Track.COMPLETE]);
  });
  it("gives up on a packet in eight pieces, not in seven", () => {
    const said = [0, 2, 4, 6, 8, 10, 12, 14].map((n) => track(part(n * 16, n * 16 + 8)));
    expect(said.slice(0, 7)).toEqual(Array(7).fill([Track.PARTIAL]));
    expect(said[7]).toEqual([Track.REFUSED, "decoder.ipv4.frag_ignored"]);
  });
  it("knows the last four parts again, not the fifth", () => {
    for (const n of [0, 1, 2, 3, 4]) track(part(n * 80, n * 80 + 80));
    expect([4, 3, 2, 1].map((n) => track(part(n * 80, n * 80 + 80)))).toEqual(Array(4).fill([Track.REPEATED]));
    expect(track(part(0, 80))).toEqual([Track.REFUSED, "decoder.ipv4.frag_overlap"]);
  });
  it("takes a last part that ends in the last unit that offsets reach, and nothing behind it", () => {
    const last = (length: number) =>
      track(eth(0x0800, ipv4(17, new Uint8Array(length), { id: length + 1, offset: 65528, more: false })));
    expect([0, 1, 7, 8, 9].map((length) => last(length)[0])).toEqual([
      ...[Track.REFUSED, Track.PARTIAL, Track.PARTIAL, Track.PARTIAL, Track.REFUSED],
    ]);
  });
  it("says when it no longer watches a packet because there are too many", () => {
    const events = Array.from({ length: 600 }, (_, i) => track(part(0, 400, { id: 1000 + i }))).filter(
      (e) => e.length > 1,
    );
    expect(events.length).toBeGreaterThan(88 - 1);
    expect(events[0]).toEqual([Track.PARTIAL, "decoder.ipv4.frag_ignored"]);
  });
});

// REQ-DECODE-006
it("finds every overlap that a map of all bytes finds", () => {
  let id = 20000;
  const parts = fc.array(fc.tuple(fc.integer({ min: 0, max: 90 }), fc.integer({ min: 1, max: 9 })), { maxLength: 12 });
  fc.assert(
    fc.property(parts, (sequence) => {
      id++;
      const map = new Uint8Array(100);
      for (const [i, [at, units]] of sequence.entries()) {
        const overlaps = map.subarray(at, at + units).some(Boolean);
        if (!overlaps) map.fill(1, at, at + units);
        const runs = map.filter((unit, n) => unit && !map[n - 1]).length;
        if (runs > 7) return true; // more stretches than are kept
        const [said] = track(part(8 * at, 8 * (at + units), { id, more: true, fill: i + 1 }));
        if ((said === Track.REFUSED) !== overlaps) return false;
      }
      return true;
    }),
    { seed: 1, numRuns: 500 },
  );
});

it("IPv6", () => {
  const datagram = udp(new Uint8Array(72), { src: SRC6, dst: DST6 });
  const fragment = (from: number, to: number) =>
    eth(
      0x86dd,
      ipv6(44, bytes([17, 0, from >> 8, (from & 0xf8) | Number(to < 80), 0, 0, 0, 5], datagram.subarray(from, to))),
    );
  expect(track(fragment(40, 80))).toEqual([Track.PARTIAL]);
  expect(track(fragment(16, 48))).toEqual([Track.REFUSED, "decoder.ipv6.frag_overlap"]);
  expect(track(fragment(0, 40))).toEqual([Track.COMPLETE]);
});
