import type { Command } from "commander";

/** Every command, as cli/weir.ts has them. */
export const COMMANDS: Record<string, () => Promise<{ command(): Command }>> = {
  baseline: () => import("../baseline.ts"),
  build: () => import("../build.ts"),
  collect: () => import("../collect.ts"),
  debug: () => import("../debug.ts"),
  decode: () => import("../decode.ts"),
  evaluate: () => import("../evaluate.ts"),
  events: () => import("../events.ts"),
  inspect: () => import("../inspect.ts"),
  learn: () => import("../learn.ts"),
  page: () => import("../page.ts"),
  policy: () => import("../policy.ts"),
  receive: () => import("../receive.ts"),
  replay: () => import("../replay.ts"),
  run: () => import("../run.ts"),
  send: () => import("../send.ts"),
  simulate: () => import("../simulate.ts"),
  tune: () => import("../tune.ts"),
};
