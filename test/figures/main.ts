/** `npm run figures`: writes the figures of README.md and what `npm start` prints into it. Needs what `npm start` needs. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../lib/asc.ts";
import { withBlock } from "./block.ts";
import { measured, POLICY, shown, table } from "./figures.ts";

const words = ["bin/weir", "replay", "-r", "fixtures/site.pcap", "-c", POLICY, "--image"];
const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: ROOT, encoding: "utf8" });
if (status !== 0) {
  process.stderr.write(`figures: ${words.join(" ")}: exit code ${status}\n${stderr}`);
  process.exit(1);
}
const path = join(ROOT, "README.md");
const readme = withBlock(readFileSync(path, "utf8"), "npm run figures", table(await measured()));
writeFileSync(path, withBlock(readme, "npm start", shown(stdout)));
