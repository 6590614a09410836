/**
 * vitest, kept running in a copy of the project: a process that is told a test file, runs it, and answers. Its parent (bench.ts)
 * watches what it uses, and ends it with all that it has started.
 */
import { createVitest } from "vitest/node";

export interface Order {
  test: string;
  /** Sources that are not what they were when a test last ran. */
  changed: string[];
}
export interface Answer {
  passed: boolean;
  /** The first thing that was wrong. */
  message: string;
}

const root = process.cwd();
const vitest = await createVitest(
  "test",
  {
    // Without the project's own configuration: each run has modules of its own, since they change.
    ...{ root, config: false, include: ["**/*.test.ts"], globalSetup: "test/runner/setup.ts" },
    ...{ watch: false, bail: 1, maxWorkers: 1, fileParallelism: false, reporters: [{}], silent: true },
    ...{ testTimeout: 600_000, hookTimeout: 600_000 },
  },
  { cacheDir: `${root}/build/vite`, clearScreen: false, logLevel: "silent" },
);

async function run({ test, changed }: Order): Promise<Answer> {
  for (const file of changed) vitest.invalidateFile(`${root}/${file}`);
  // `bail` counts what has failed in earlier runs, too
  vitest.state.filesMap.clear();
  vitest.state.idMap.clear();
  const project = vitest.getRootProject();
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications([
    project.createSpecification(`${root}/${test}`),
  ]);
  const [first] = testModules;
  const failed = first && [...first.children.allTests()].find((one) => one.result().state === "failed");
  const error = failed?.result().errors?.[0] ?? first?.errors()[0] ?? unhandledErrors[0];
  const passed = first?.state() !== "failed" && unhandledErrors.length === 0 && first !== undefined;
  return { passed, message: error ? String((error as Error).message) : first ? "" : "no test ran" };
}

process.on("message", (order: Order) => {
  run(order).then(
    (answer) => process.send!(answer),
    (error) => process.send!({ passed: false, message: String(error) }),
  );
});
process.on("disconnect", () => process.exit());
process.send!("ready");
