// How fast the onboard decoder is in this process: one recording decoded again and again, straight from linear memory, all
// checksums checked, all messages classified, validated, counted, every word touched. No rows are written.
import { readFileSync } from "node:fs";
import { median } from "simple-statistics";
import { compileOnboard } from "../../lib/asc.ts";
import { exportsOf } from "../../lib/exports.ts";

export interface Speed {
  bytes: number;
  messages: number;
  words: number;
  seconds: number;
  /** Fully loaded buses (50,000 words/s each, MIL-STD-1553B 3.6) that one core keeps up with. */
  buses: number;
  /** How many times as long a round takes as `beside`: the median of pairs, each of neighbours in time. */
  ratio: number;
}

/**
 * Decodes `recording` (at most 1 MiB) until `total` bytes are through. A round counts as long as their median: what else the
 * machine has to do, and the compiler at the beginning, make single rounds longer.
 * @param beside something to compare with, which is done after each round
 * @param piece bytes per record, as captures/chapter10.ts cuts them
 */
export async function measureSpeed(
  recording: Uint8Array,
  total: number,
  beside = () => {},
  piece = 16384,
): Promise<Speed> {
  const module = new WebAssembly.Module(readFileSync(await compileOnboard("mil1553/onboard/reader.probe.ts")));
  const e = exportsOf<"mil1553/onboard/reader.probe.ts">(module);
  const bytes = recording.subarray(0, e.inputSize());
  new Uint8Array(e.memory.buffer, e.inputAt()).set(bytes);
  const rounds = Math.max(1, Math.ceil(total / bytes.length));
  e.begin();
  const times: number[] = [];
  const ratios: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const start = performance.now();
    e.feedPieces(bytes.length, piece);
    const middle = performance.now();
    beside();
    times.push(middle - start);
    ratios.push((middle - start) / (performance.now() - middle));
  }
  const seconds = (rounds * median(times)) / 1000;
  e.feedEnd();
  const words = Number(e.wordCount());
  return {
    bytes: rounds * bytes.length,
    messages: e.messageCount(),
    words,
    seconds,
    buses: Math.floor(words / seconds / 50_000),
    ratio: median(ratios),
  };
}
