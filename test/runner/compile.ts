// Compiles the onboard code that the tests are going to want, in as few processes as there are cores to use: in a process of
// its own each module would take three times as long. What is there already costs a read of the sources.
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { entries } from "../../appliance/build/entries.ts";
import { compileAll } from "../../lib/asc.ts";
import { sources } from "../../lib/testing/sources.ts";

const [direction] = process.argv.slice(2);
if (direction) {
  // One process from either end; where they meet, one waits for the other's last.
  const list = entries(sources());
  await compileAll(direction === "forward" ? list : list.reverse());
} else {
  const children = ["forward", "backward"].map((way) => fork(fileURLToPath(import.meta.url), [way]));
  const codes = await Promise.all(children.map(async (child) => (await once(child, "exit"))[0] as number | null));
  if (codes.some((code) => code !== 0)) process.exitCode = 1;
}
