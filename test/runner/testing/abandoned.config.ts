import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** A run that does not end by itself, for left.test.ts to kill. */
export default defineConfig({
  root: fileURLToPath(new URL("../../..", import.meta.url)),
  test: { include: ["test/runner/testing/abandoned.ts"], globalSetup: "test/runner/setup.ts", testTimeout: 0 },
});
