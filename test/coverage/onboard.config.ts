import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** The tests that run onboard code as WebAssembly, with probes in it. */
export default defineConfig({
  root: fileURLToPath(new URL("../..", import.meta.url)),
  test: {
    include: (process.env.WEIR_COVERAGE_TESTS ?? "**/*.test.ts").split(" "),
    exclude: [
      ...["node_modules/**", "dist/**", "build/**"],
      // About images, other builds of the same code, and the ground; the mutants of guard would count as guard.
      "test/{image,live,interference,browser,fuzz,faults,mutation,soak,coverage}/**",
      "test/hostile/**", // too many mutants for code with probes; test/inputs has few that reach more
      "{appliance/build,captures,log,setup}/**",
      "diode/mutation.test.ts",
    ],
    setupFiles: [fileURLToPath(new URL("setup.ts", import.meta.url))],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    maxWorkers: 2,
    silent: true,
  },
});
