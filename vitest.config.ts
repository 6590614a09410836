import { relative } from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** What takes longest comes first, so that at the end no worker waits for one of them alone. vitest goes by size. */
const LONG = [
  "test/faults/image.test.ts", // builds the image that most others start
  "test/fuzz/fuzz.test.ts",
  "test/demonstration/house.test.ts",
  "test/mutation/runtime.test.ts",
  "cli/replay.test.ts", // builds the other CPU's image
  "test/interference/mutants.test.ts",
  "test/hostile/hostile.test.ts",
  "cli/tune.test.ts",
  "detectors/ip/ip.test.ts",
  "test/ground/texts.test.ts",
  "diode/mutation.test.ts",
  "test/browser/report.test.ts",
  "test/live/log.test.ts",
  "transfer/transfer.test.ts",
  "test/soak/soak.test.ts",
  "test/image/debug.test.ts",
  "test/image/live.test.ts",
  "test/runner/left.test.ts",
  "test/replay.test.ts",
  "test/mutation/sample.test.ts",
];

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = LONG.indexOf(relative(import.meta.dirname, moduleId));
      return at < 0 ? LONG.length : at;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    include: ["**/*.test.ts"],
    exclude: ["node_modules/**", "dist/**", "build/**"],
    // The only clock of any test: what must happen is waited for, and nothing may take this long.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    maxWorkers: 2,
    isolate: false, // files share their worker's modules, compiled compartments among them: an eighth of the suite's work
    sequence: { sequencer: LongFirst },
    globalSetup: "test/runner/setup.ts",
    setupFiles: "test/runner/times.ts",
  },
});
