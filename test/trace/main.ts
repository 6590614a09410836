/** `npm run trace`: writes docs/TRACE.md, or says what is wrong. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../appliance/build/asc.ts";
import { countsOf, matrix, orphans, references, requirements } from "./trace.ts";

const all = requirements();
const { references: named, faults } = references();
const wrong = [...faults, ...orphans(all, named)];
for (const line of wrong) process.stderr.write(`trace: ${line}\n`);
if (wrong.length) process.exitCode = 1;
else {
  writeFileSync(join(ROOT, "docs", "TRACE.md"), matrix(all, named));
  const { requirements, code, tests } = countsOf(all, named);
  process.stdout.write(`docs/TRACE.md: ${requirements} requirements, ${code} files of code, ${tests} tests\n`);
}
