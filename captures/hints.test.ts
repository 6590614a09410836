// What a capture looks like that was not taken on the wire.
import { expect, it } from "vitest";
import { bytes, eth, ipv4, record, SYN, tcp, udp } from "../ip/testing/frames.ts";
import { Hints } from "./hints.ts";

const A = { src: "10.0.0.7", dst: "10.0.0.80" };
const B = { src: "10.0.0.80", dst: "10.0.0.7" };
const segment = (ends: typeof A, n: number, isWrong = false): Uint8Array => {
  const made = tcp(SYN, { ...ends, seq: n, sport: 30000 + n });
  if (isWrong) made.set([0x12, 0x34], 16);
  return eth(0x0800, ipv4(6, made, { ...ends, id: n }));
};

async function hintsOf(frames: Uint8Array[], { step = 1_000_000n, ignore = false } = {}): Promise<string[]> {
  const hints = await Hints.create(ignore);
  const records = frames.map((frame, n) => record(frame, { time: BigInt(n) * step, number: n + 1 }));
  const whole = Buffer.concat(records);
  const target = new Uint8Array(whole);
  hints.look(target, target.length);
  return hints.texts();
}

const many = (n: number, make: (n: number) => Uint8Array | Uint8Array[]) =>
  Array.from({ length: n }, (_, i) => make(i)).flat();

const OFFLOAD = "looks like checksum offload: use -k none";

// REQ-GROUND-016
it("one side's sums are all wrong: offload, said once, and not with -k none", async () => {
  const frames = many(20, (n) => [segment(A, n, true), segment(B, n)]);
  expect(await hintsOf(frames)).toEqual([`all checksums of 10.0.0.7 are wrong (20 looked at): ${OFFLOAD}`]);
  expect(await hintsOf(frames, { ignore: true })).toEqual([]);
  expect(await hintsOf(many(20, (n) => [segment(A, n, true), segment(B, n, true)]))).toEqual([
    `all checksums of 10.0.0.7 and 1 more are wrong (20 looked at): ${OFFLOAD}`,
  ]);
});

// REQ-GROUND-016
it("a few wrong sums, or wrong ones among right ones, are no offload", async () => {
  expect(await hintsOf(many(7, (n) => segment(A, n, true)))).toEqual([]);
  expect(await hintsOf([...many(40, (n) => segment(A, n, true)), segment(A, 99)])).toEqual([]);
  const without = udp(bytes("00"), A);
  without.set([0, 0], 6);
  expect(
    await hintsOf(
      many(20, () => eth(0x0800, ipv4(17, without, A))),
      { step: 1_000_000_000n },
    ),
  ).toEqual([]);
});

// REQ-GROUND-016
it("a long frame whose IP length is 0 is one of a sender that leaves cutting to its card", async () => {
  const made = tcp(SYN, { ...A, data: new Uint8Array(2000) });
  const long = eth(0x0800, ipv4(6, made, { ...A, total: 0 }));
  expect(await hintsOf([long])).toEqual([
    `long frames with an IP length of 0 (1 looked at), left to the network card: ${OFFLOAD}`,
  ]);
  expect(await hintsOf([long], { ignore: true })).toEqual([]);
  expect(await hintsOf([eth(0x0800, ipv4(6, tcp(SYN, A), { ...A, total: 0 }))])).toEqual([]);
});

const TWICE =
  "packets looked at are there twice: looks like a mirror port (SPAN) that shows frames as they come in and as they go out: counts and rates are twice what they are";
// REQ-GROUND-016
it("frames that a mirror port shows twice, also with a tag the second time", async () => {
  const tagged = (frame: Uint8Array) => bytes(frame.subarray(0, 12), "8100 0005", frame.subarray(12));
  expect(await hintsOf(many(30, (n) => [segment(A, n), segment(A, n)]))).toEqual([`30 of 60 ${TWICE}`]);
  expect(await hintsOf(many(30, (n) => [segment(A, n), tagged(segment(A, n))]))).toEqual([`30 of 60 ${TWICE}`]);
});

// REQ-GROUND-016
it("retransmissions, a few doubles, and the same a while later are no mirror's", async () => {
  expect(
    await hintsOf(
      many(30, (n) => [segment(A, n), segment(A, n)]),
      { step: 20_000_000n },
    ),
  ).toEqual([]);
  expect(await hintsOf(many(7, (n) => [segment(A, n), segment(A, n)]))).toEqual([]);
  expect(await hintsOf(many(100, (n) => (n % 6 ? segment(A, n) : [segment(A, n), segment(A, n)])))).toEqual([]);
});
