/** For the bench: `node dist/test/bench/read.js FILE`: reader, decoder, fragments and flows over a capture, once. */
import { CaptureReader } from "../../captures/reader.ts";
import { Inspection } from "../../ip/testing/inspection.ts";

const inspection = await Inspection.create();
const reader = await CaptureReader.open(process.argv.slice(2));
let packets = 0;
const started = performance.now();
for (let n = await reader.fill(inspection.input); n; n = await reader.fill(inspection.input))
  packets += inspection.e.bench(n, 0, 1, 3);
const seconds = (performance.now() - started) / 1000;
process.stdout.write(`${packets} packets, ${(packets / seconds / 1e6).toFixed(2)} M packets/s without start-up\n`);
