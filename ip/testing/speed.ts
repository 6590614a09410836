/**
 * Speed of the decoder in V8: `node dist/ip/testing/speed.js CAPTURE...`. Records of the captures stay in the module's
 * memory and are decoded again and again, so that nothing but the decoder counts; median and best of nine rounds.
 */
import { CaptureReader } from "../../captures/reader.ts";
import { Inspection } from "./inspection.ts";

const STEPS = ["decode", "decode, no checksums", "decode + fragments", "decode + fragments + flows"];
const inspection = await Inspection.create();
const reader = await CaptureReader.open(process.argv.slice(2));
const times: number[][] = STEPS.map(() => []);
let packets = 0;
let bytes = 0;
for (let batch = 0; batch < 40; batch++) {
  const length = await reader.fill(inspection.input);
  if (length === 0) break;
  const count = inspection.e.bench(length, 0, 1, 3);
  packets += count;
  bytes += length - 32 * count;
  for (const [step, list] of times.entries()) {
    const rounds = Math.ceil(200_000 / count);
    const of: number[] = [];
    for (let i = 0; i < 9; i++) {
      const started = performance.now();
      const done = inspection.e.bench(length, step === 1 ? 1 : 0, rounds, Math.max(1, step));
      of.push(((performance.now() - started) * 1e6) / done);
    }
    list.push(of.sort((a, b) => a - b)[4]!);
  }
}
console.log(`${packets} packets, ${Math.round(bytes / packets)} bytes on average`);
for (const [step, list] of times.entries()) {
  const mean = list.reduce((a, b) => a + b, 0) / list.length;
  console.log(`${STEPS[step]!.padEnd(28)} ${mean.toFixed(0)} ns per packet, ${(1000 / mean).toFixed(1)} M packets/s`);
}
