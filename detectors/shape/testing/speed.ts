/**
 * Cost of the shape detector in V8: `node dist/detectors/shape/testing/speed.js CAPTURE...`. Learns the captures, then
 * works through their first records again and again; the difference to decoding alone is the detector's. Least of ROUNDS.
 */
import { CaptureReader } from "../../../captures/reader.ts";
import { shape as ground } from "../learned.ts";
import { learnShape, Shape } from "../shape.ts";

const ROUNDS = 15;
const reader = await CaptureReader.open(process.argv.slice(2));
const batches: Uint8Array[] = [];
const target = new Uint8Array(131072);
for (let length = await reader.fill(target); length && batches.length < 40; length = await reader.fill(target))
  batches.push(target.slice(0, length));
const entries = await learnShape(batches);
// A limit that nothing exceeds: alarms cost more, and are rare.
const shape = await Shape.create(ground.pack(entries, []));

function cost(mode: "decode" | "features" | "score"): number {
  let [ns, packets] = [0, 0];
  for (const batch of batches) {
    shape.input.set(batch);
    const began = process.hrtime.bigint();
    packets += shape.bench(batch.length, mode);
    ns += Number(process.hrtime.bigint() - began);
  }
  return ns / packets;
}

const least = { decode: Infinity, features: Infinity, score: Infinity };
for (let round = 0; round < ROUNDS; round++)
  for (const mode of ["decode", "features", "score"] as const) least[mode] = Math.min(least[mode], cost(mode));
console.log(`decode    ${least.decode.toFixed(0)} ns per packet`);
console.log(`features  ${(least.features - least.decode).toFixed(0)} ns`);
console.log(`score     ${(least.score - least.features).toFixed(0)} ns`);
console.log(`check()   ${(least.score - least.decode).toFixed(0)} ns, ${shape.evictions} records evicted`);
