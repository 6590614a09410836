import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["**/*.test.ts"],
    exclude: ["node_modules/**", "dist/**", "build/**"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    // Two tests of booted images failed once on a machine with a load of 7 and could not be made to fail again. In CI a
    // failure is tried once more, and the report says which were.
    retry: process.env.CI ? 1 : 0,
  },
});
