/** `npm run trace`: writes docs/TRACE.md, or says what is wrong. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../lib/asc.ts";
import { checked, countsOf, matrix } from "./trace.ts";

const trace = checked();
if (trace) {
  const { all, named } = trace;
  writeFileSync(join(ROOT, "docs", "TRACE.md"), matrix(all, named));
  const { requirements, code, tests } = countsOf(all, named);
  process.stdout.write(`docs/TRACE.md: ${requirements} requirements, ${code} files of code, ${tests} tests\n`);
}
