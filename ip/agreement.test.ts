// What weir decode says of hostile frames is what inspect says of them in flight: the same anomalies, by the same names, for
// every number that a header can hold where it says what follows, and for mutants of every kind of frame.
import { beforeEach, expect, it } from "vitest";
import { Decoder } from "./decode/decoder.ts";
import { InFlight } from "./testing/compartment.ts";
import { record } from "./testing/frames.ts";
import { generator, LINKS, linked, mutated, numbers, SEEDS, scrambled } from "./testing/seeds.ts";

let inspect: InFlight;
let decoder: Decoder;
beforeEach(async () => {
  [inspect, decoder] = [await InFlight.create(), await Decoder.create()];
});

interface Given {
  frame: Uint8Array;
  link?: number;
  original?: number;
}
const BATCH = 100;
const STEP = 10_000_000n;

/** Both are given all of them; how many had something wrong. */
function agree(all: readonly Given[]): number {
  let wrong = 0;
  for (let n = 0; n < all.length; n += BATCH) {
    const batch = all.slice(n, n + BATCH);
    const records = Buffer.concat(
      batch.map(({ frame, ...o }, k) => record(frame, { ...o, number: n + k + 1, time: STEP * BigInt(n + k + 1) })),
    );
    decoder.input.set(records);
    const named: string[][] = [];
    for (const packet of decoder.decode(records.length)) named.push(packet.anomalies.map(({ event }) => event));
    const found = inspect.anomaliesOf(records, BATCH).slice(0, batch.length);
    for (const [k, names] of found.entries())
      if (names.join() !== named[k]!.join())
        expect(names, Buffer.from(batch[k]!.frame).toString("hex")).toEqual(named[k]);
    wrong += named.filter((names) => names.length).length;
  }
  return wrong;
}

// REQ-DECODE-002
it("every number that says what follows", () => {
  const all: Given[] = [
    ...[...numbers()].map((frame) => ({ frame })),
    ...[...linked()].map(([link, frame]) => ({ link, frame })),
  ];
  expect(agree(all)).toBeGreaterThan(5_000);
});

// REQ-DECODE-003
it("each kind of frame cut at every byte, on the wire and by the capture", () => {
  const all = SEEDS.flatMap((seed) =>
    Array.from({ length: seed.length }, (_, length) => [
      { frame: seed.subarray(0, length) },
      { frame: seed.subarray(0, length), original: seed.length },
    ]).flat(),
  );
  expect(agree(all)).toBeGreaterThan(500);
});

it("40,000 mutants of every kind of frame, of every link type", () => {
  const random = generator(0x1553);
  const all = Array.from({ length: 40_000 }, (_, n) => {
    const frame = mutated(SEEDS[n % SEEDS.length]!, random);
    return {
      frame,
      link: n % 8 ? 1 : LINKS[random() % LINKS.length]!,
      original: frame.length + (random() % 4 === 0 ? random() % 300 : 0),
    };
  });
  expect(agree(all)).toBeGreaterThan(10_000);
});

it("40,000 headers with whatever in them", () => {
  const random = generator(0x88b5);
  expect(agree(Array.from({ length: 40_000 }, () => ({ frame: scrambled(random) })))).toBeGreaterThan(20_000);
});
