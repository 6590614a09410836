/**
 * `npm run test:release [-- --reproduce]`: makes the release, installs its packages in a fresh tree of Debian 13 that has no compiler, and
 * tries them there as a user who is not root. --reproduce makes it once more in another clone, and compares the bytes. Exit code 3 when
 * something fails. It needs root, debootstrap and npm; all of it runs in namespaces of its own, which end with this process.
 */
import { execFileSync } from "node:child_process";
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { scratchFolder } from "../../appliance/build/scratch.ts";
import { ROOT } from "../../lib/sources.ts";
import { contained, whyNotContained } from "../platforms/contained.ts";
import { references } from "../platforms/here.ts";
import { mirrors, whyNoTree } from "../platforms/tree.ts";
import { type Asked, tryInstalled } from "./installed.ts";

/** Environment variable: what this same program was started for, in the namespaces. */
const TASK = "WEIR_INSTALLED";
const DEBIAN = 13;

const say = (text: string) => process.stdout.write(`release: ${text}\n`);
const make = (folder: string) =>
  execFileSync("npm", ["run", "--silent", "release"], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
const sums = (folder: string) => readFileSync(join(folder, "build", "release", "SHA256SUMS"), "utf8");

async function outside(): Promise<number> {
  const missing = whyNotContained() ?? whyNoTree(DEBIAN);
  if (missing) {
    say(`skipped: ${missing}`);
    return 0;
  }
  make(ROOT);
  const folder = scratchFolder("installed");
  if (process.argv.includes("--reproduce") && !isReproduced(folder)) return 3;
  await references(folder);
  const task: Asked = { folder, mirrors: mirrors(DEBIAN) };
  return contained([process.execPath, process.argv[1]!], { ...process.env, [TASK]: JSON.stringify(task) });
}

/** Whether a clone of the same commit at another path makes the same bytes. */
function isReproduced(folder: string): boolean {
  const clone = join(folder, "clone");
  execFileSync("git", ["clone", "--quiet", "--no-hardlinks", ROOT, clone]);
  cpSync(join(ROOT, "node_modules"), join(clone, "node_modules"), { recursive: true, preserveTimestamps: true });
  make(clone);
  const isSame = sums(clone) === sums(ROOT);
  say(
    isSame ? "ok     made again in another clone: the same bytes" : `FAILED made again:\n${sums(clone)}${sums(ROOT)}`,
  );
  return isSame;
}

const task = process.env[TASK];
if (task === undefined) process.exit(await outside());
process.exitCode = (await tryInstalled(JSON.parse(task) as Asked, say)) ? 0 : 3;
