/** `npm run release`: build/release/ with the npm package, the Debian package, a bill of materials and SHA256SUMS. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { prebuiltImage } from "../appliance/build/for.ts";
import { sha256 } from "../appliance/build/info.ts";
import { scratchFolder } from "../appliance/build/scratch.ts";
import { packageVersion } from "../appliance/build/version.ts";
import { ARCHES } from "../appliance/contract/arch.ts";
import { ROOT } from "../lib/sources.ts";
import { billOfRelease } from "./bom.ts";
import { debianPackage } from "./debian.ts";
import { stage } from "./stage.ts";

/** Of the commit, in seconds since 1970; SOURCE_DATE_EPOCH where it is set (reproducible-builds.org). */
function commitTime(): number {
  const given = process.env.SOURCE_DATE_EPOCH;
  return Number(given ?? execFileSync("git", ["log", "-1", "--format=%ct"], { cwd: ROOT, encoding: "utf8" }));
}

async function main(): Promise<void> {
  const version = packageVersion();
  const date = new Date(commitTime() * 1000);
  const scratch = scratchFolder("release");
  const made = join(scratch, "made");
  mkdirSync(made);
  const staged = join(scratch, "weir");
  const packages = await stage(staged);
  const images = await Promise.all(ARCHES.map((arch) => prebuiltImage(arch)));
  const bill = `${JSON.stringify(billOfRelease({ version, packages, images }), null, 2)}\n`;
  writeFileSync(join(staged, "weir.cdx.json"), bill);
  writeFileSync(join(made, `weir-${version}.cdx.json`), bill);
  // npm gives every file the same time and owner, and sorts them.
  execFileSync("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", made], {
    cwd: staged,
    stdio: ["ignore", "ignore", "inherit"],
  });
  await debianPackage({ staged, tree: join(scratch, "tree"), version, date }, made);
  const names = readdirSync(made).sort();
  const sums = names.map((name) => `${sha256(readFileSync(join(made, name)))}  ${name}\n`).join("");
  writeFileSync(join(made, "SHA256SUMS"), sums);
  const out = join(ROOT, "build", "release");
  rmSync(out, { recursive: true, force: true });
  renameSync(made, out);
  process.stdout.write(`release: build/release\n${sums}`);
}

await main();
