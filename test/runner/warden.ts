// Waits until the test runner that started it has ended, however that came about, and then removes what the run has left: the
// runner holds the other end of stdin, which the kernel closes with it. Argument: the run's folder.
import { sweep } from "./sweep.ts";

const run = process.argv[2]!;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
process.stdin
  .on("error", () => sweep(run))
  .on("close", () => sweep(run))
  .resume();
