/**
 * With WEIR_TEST_TIMES=FILE in the environment: a line of FILE for each test file, seconds of processor time that its worker took
 * meanwhile, and all that it started and waited for, and the file's name. On a busy machine these say more than the clock. Without
 * the time in which its modules are loaded.
 */
import { appendFileSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { afterAll, expect } from "vitest";
import { ROOT } from "../../lib/asc.ts";

const to = process.env.WEIR_TEST_TIMES;
/** Clock ticks a second of /proc/self/stat: Linux has had 100 ever since. */
const HERTZ = 100;

/** Of this process and its children that have ended: utime, stime, cutime, cstime (proc(5), fields 14 to 17). */
function seconds(): number {
  const fields = readFileSync("/proc/self/stat", "latin1").split(") ")[1]!.split(" ");
  return [11, 12, 13, 14].reduce((sum, n) => sum + Number(fields[n]), 0) / HERTZ;
}

if (to) {
  const before = seconds();
  afterAll(() => {
    appendFileSync(to, `${(seconds() - before).toFixed(1)} ${relative(ROOT, expect.getState().testPath!)}\n`);
  });
}
