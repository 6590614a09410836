import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
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

const TESTS = "**/*.test.ts";
const NO_TESTS = ["node_modules", "dist", "build"];

/** Files that put something of their own in the place of modules or globals: modules that other files share must not have seen it. */
const MOCKING = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !entry.name.startsWith(".") && !NO_TESTS.includes(entry.name))
  .flatMap(({ name }) => readdirSync(name, { recursive: true, encoding: "utf8" }).map((file) => join(name, file)))
  .filter((file) => file.endsWith(".test.ts") && /vi\.(mock|stubGlobal)\(/.test(readFileSync(file, "utf8")));

const COMMON = {
  // The only clock of any test: what must happen is waited for, and nothing may take this long.
  testTimeout: 600_000,
  hookTimeout: 600_000,
  setupFiles: "test/runner/times.ts",
};
const excluded = NO_TESTS.map((name) => `${name}/**`);

export default defineConfig({
  test: {
    maxWorkers: 2,
    sequence: { sequencer: LongFirst },
    globalSetup: "test/runner/setup.ts",
    projects: [
      // Files share their worker's modules, compiled compartments among them: an eighth of the suite's work
      { test: { ...COMMON, name: "shared", isolate: false, include: [TESTS], exclude: [...excluded, ...MOCKING] } },
      { test: { ...COMMON, name: "mocking", include: MOCKING, exclude: excluded } },
    ],
  },
});
