/** The process that readers are fuzzed in: whoever started it (watch.ts) ends it when an input takes for ever. */
import { writeFileSync } from "node:fs";
import { readInputs, writeInputs } from "./corpus.ts";
import { fuzzReaders, ReaderFinding } from "./readers.ts";

const [seconds, seed, longest, current, grown, ...folders] = process.argv.slice(2);
const tell = (message: object) => process.send?.(message);
const inputs = [grown!, ...folders].flatMap(readInputs);
try {
  const figures = await fuzzReaders({
    inputs,
    seconds: Number(seconds),
    seed: Number(seed),
    longest: Number(longest),
    before: (input) => writeFileSync(current!, input),
    progress: ({ kept, ...rest }) => tell({ ...rest, inputs: kept.length }),
  });
  writeInputs(grown!, figures.kept);
  const { kept, ...rest } = figures;
  tell({ ...rest, inputs: kept.length, done: true });
} catch (error) {
  if (!(error instanceof ReaderFinding)) throw error;
  writeFileSync(current!, error.input);
  tell({ finding: error.message });
}
process.disconnect?.();
