/**
 * `npm run test:hosts [-- HOST...]`: tries each host that is on this machine, or those named, and writes the table of
 * appliance/hosts/README.md. Rows of hosts that are not here stay as they are. Needs root for network namespaces.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../lib/asc.ts";
import { blockOf, withBlock } from "../figures/block.ts";
import { tryHosts, whyNoTrials } from "./outside.ts";
import { nameOf, SUBJECTS, whyNot } from "./subjects.ts";
import { isGood, rowText, tableOf } from "./table.ts";

const BLOCK = "npm run test:hosts";
const why = whyNoTrials();
if (why) {
  process.stderr.write(`test:hosts: ${why}\n`);
  process.exit(1);
}
const names = process.argv.slice(2);
const unknown = names.find((name) => !SUBJECTS.some(({ host }) => host === name));
if (unknown) {
  const hosts = [...new Set(SUBJECTS.map(({ host }) => host))];
  process.stderr.write(`test:hosts: ${unknown}: expected one of ${hosts.join(", ")}\n`);
  process.exit(1);
}
const asked = SUBJECTS.filter(({ host }) => !names.length || names.includes(host));
const path = join(ROOT, "appliance", "hosts", "README.md");
let failures = 0;
for (const subject of asked) {
  const missing = whyNot(subject);
  if (missing) {
    process.stdout.write(`${nameOf(subject)}: not tried: ${missing}\n`);
    continue;
  }
  try {
    const [row] = await tryHosts([subject]);
    process.stdout.write(`${rowText(row!)}\n`);
    if (!isGood(row!)) failures++;
    const readme = readFileSync(path, "utf8");
    writeFileSync(path, withBlock(readme, BLOCK, tableOf([row!], blockOf(readme, BLOCK))));
  } catch (error) {
    failures++;
    process.stdout.write(`${nameOf(subject)}: FAILED\n${(error as Error).message}\n`);
  }
}
process.exitCode = failures ? 1 : 0;
