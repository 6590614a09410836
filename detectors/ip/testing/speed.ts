/**
 * Cost of the IP detectors in V8: `node dist/detectors/ip/testing/speed.js CAPTURE...`. Records of the captures stay in the
 * module's memory and are worked on again and again, time going on; the difference to decoding alone is the detectors'.
 */
import { CaptureReader } from "../../../captures/reader.ts";
import { IpProbe, mergeAll, packAll } from "./probe.ts";

const ROUNDS = 9;
const median = (list: number[]) => list.sort((a, b) => a - b)[list.length >> 1]!;
const [learner, plain] = [await IpProbe.create(), await IpProbe.create()];
const reader = await CaptureReader.open(process.argv.slice(2));
const batches: Uint8Array[] = [];
const target = new Uint8Array(131072);
for (let length = await reader.fill(target); length && batches.length < 40; length = await reader.fill(target))
  batches.push(target.slice(0, length));
for (const batch of batches) learner.learn(batch);
const knowing = await IpProbe.create(packAll(mergeAll(learner.entries()), 1));

const RUNS: [string, IpProbe, number][] = [
  ["decode, fragments, flows", plain, 3],
  ["and the IP detectors, no baseline", plain, 0],
  ["and the IP detectors, with a baseline", knowing, 0],
  ["learning", learner, 1],
];
for (const [name, probe, mode] of RUNS) {
  const costs = batches.map((batch) => {
    probe.input.set(batch);
    const span = 10_000_000_000n;
    const once = probe.e.bench(batch.length, mode, 1, span);
    const rounds = Math.max(1, Math.ceil(20_000 / once));
    return median(
      Array.from({ length: ROUNDS }, () => {
        const began = performance.now();
        const packets = probe.e.bench(batch.length, mode, rounds, span);
        return ((performance.now() - began) * 1e6) / packets;
      }),
    );
  });
  const mean = costs.reduce((a, b) => a + b, 0) / costs.length;
  console.log(`${name.padEnd(40)} ${mean.toFixed(0)} ns per packet`);
}
console.log(`${batches.length} batches, ${knowing.e.evictions()} records evicted`);
