import { defineConfig } from "vitest/config";

/** The tests that start images; run in the copy of the project whose images count (tree.ts). */
export default defineConfig({
  test: {
    include: (process.env.WEIR_COVERAGE_TESTS ?? "test/image/*.test.ts").split(" "),
    testTimeout: 600_000,
    hookTimeout: 600_000,
    maxWorkers: 2,
    silent: true,
  },
});
