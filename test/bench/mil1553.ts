/** Speed on Chapter 10: a recording of 200 MB through the decoder alone, and through the whole appliance in this process. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { embed } from "../../appliance/hosts/node.ts";
import { CaptureReader } from "../../captures/reader.ts";
import { recordStream } from "../../captures/records.ts";
import { writeBaseline } from "../../detectors/baseline/file.ts";
import { baselineOf } from "../../detectors/baseline/merge.ts";
import { type CompileOptions, compilePolicy } from "../../diode/policy.ts";
import { ROOT } from "../../lib/asc.ts";
import { measureSpeed } from "../../mil1553/testing/speed.ts";
import { learnCapture } from "../../tuning/learn/learn.ts";

const SIZE = 200_000_000;
/** A bus carries at most this many words a second: 20 us each (MIL-STD-1553B 4.3.3.3). */
const BUS = 50_000;

const line = (messages: number, bytes: number, words: number, seconds: number) =>
  `${(messages / seconds / 1e6).toFixed(2)} M messages/s, ${(bytes / seconds / 1e6).toFixed(0)} MB/s, ` +
  `${Math.floor(words / seconds / BUS)} fully loaded buses (wanted: 1000)`;

/** The committed recording again and again, each time as if it went on. */
export async function mil1553Speed(folder: string, say: (label: string, value: string) => void): Promise<void> {
  const recording = readFileSync(join(ROOT, "fixtures", "mil1553", "clean.ch10"));
  const alone = await measureSpeed(recording, SIZE);
  say("1553: decoder alone", line(alone.messages, alone.bytes, alone.words, alone.seconds));
  const path = join(folder, "large.ch10");
  const rounds = Math.ceil(SIZE / recording.length);
  writeFileSync(path, Buffer.concat(Array.from({ length: rounds }, () => recording)));
  // Learned of itself: every detector has something to compare with, and little to say
  const learning = compilePolicy(join(ROOT, "fixtures", "watch.yaml"), { learn: true });
  const clean = join(ROOT, "fixtures", "mil1553", "clean.ch10");
  const { capture, entries } = await learnCapture(clean, learning, () => ({ stop: () => undefined }));
  const baseline = join(folder, "bus.baseline");
  writeBaseline(baseline, baselineOf([capture], entries, { rate: 0.1 }));
  const total = rounds * recording.length;
  const messages = (alone.messages / alone.bytes) * total;
  const words = (alone.words / alone.bytes) * total;
  for (const [name, options] of [
    ["1553: read, decode, report", {}],
    ["1553: and all detectors", { baseline }],
  ] as const)
    say(name, line(messages, total, words, await through(path, options)));
}

/** Seconds that a recording takes through the appliance. */
async function through(path: string, options: CompileOptions): Promise<number> {
  const appliance = await embed(compilePolicy(join(ROOT, "fixtures", "watch.yaml"), options).parts);
  const reader = await CaptureReader.open([path]);
  const started = performance.now();
  for await (const chunk of recordStream(reader, appliance.input))
    appliance.run(chunk.length, { forwarded: () => undefined, record: () => undefined });
  return (performance.now() - started) / 1000;
}
