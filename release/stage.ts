/**
 * The folder that a release installs: the bundled commands, and in prebuilt/ what a checkout compiles (lib/sources.ts). Nothing in it
 * needs a compiler or is written to. The same commit and the same tools give the same bytes.
 */
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { entries } from "../appliance/build/entries.ts";
import { prebuiltImage, prebuiltName, prebuiltSymbols } from "../appliance/build/for.ts";
import { ARCHES } from "../appliance/contract/arch.ts";
import { compileAll, compileOnboard } from "../lib/asc.ts";
import { moduleName, PREBUILT, ROOT } from "../lib/sources.ts";
import { sources } from "../lib/testing/sources.ts";
import { PAGE, packagesOf, scripts } from "../page/bundle.ts";

/** What only the release has of npm as a package: it finds its .wasm beside itself. All others are in the bundles. */
const BESIDE = ["node-sqlite3-wasm"];
/** Parts of packages that are in images and modules, though no bundle has them. */
const COMPILED_IN = ["assemblyscript"];

/** For people: the first steps' captures and policies, what changed, how to install. */
const DOCUMENTS = ["README.md", "CHANGES.md", "LICENSE", "docs/handbook"];
const EXAMPLES = ["policy.yaml", "watch.yaml", "site.pcap", "site.labels.csv", "normal.pcap"];

const IS_TEST = /\.(test|probe)\.ts$|(^|\/)(test|testing)\//;

export interface Package {
  name: string;
  version: string;
  license: string;
}

/** A package of node_modules, as it describes itself. */
const packageOf = (name: string): Package & { main?: string } =>
  JSON.parse(readFileSync(join(ROOT, "node_modules", name, "package.json"), "utf8"));

/** @returns the npm packages of which something is in the folder, in the order of their names */
export async function stage(folder: string): Promise<Package[]> {
  const put = (path: string, content: string | Uint8Array) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  const copy = (from: string, to = from) => put(to, readFileSync(join(ROOT, from)));
  const bundled = copyBundle(put);
  await copyPrebuilt(put);
  for (const name of BESIDE)
    cpSync(join(ROOT, "node_modules", name), join(folder, "node_modules", name), { recursive: true });
  for (const path of DOCUMENTS) cpSync(join(ROOT, path), join(folder, path), { recursive: true });
  for (const name of EXAMPLES) copy(`fixtures/${name}`);
  copy("bin/weir");
  chmodSync(join(folder, "bin", "weir"), 0o755);
  put("package.json", `${JSON.stringify(manifest(), null, 2)}\n`);
  const names = [...new Set([...bundled, ...(await scripts()).packages, ...BESIDE, ...COMPILED_IN])].sort();
  put("LICENSES.txt", names.map(licenceOf).join("\n"));
  return names.map((name) => {
    const { version, license } = packageOf(name);
    return { name, version, license };
  });
}

type Put = (path: string, content: string | Uint8Array) => void;

/** @returns the packages that are in the bundle, by its source maps, which stay here */
function copyBundle(put: Put): string[] {
  const bundle = join(ROOT, "dist", "bundle");
  const files = readdirSync(bundle).sort();
  for (const file of files.filter((file) => file.endsWith(".js")))
    put(`dist/bundle/${file}`, readFileSync(join(bundle, file), "utf8").replace(/^\/\/# sourceMappingURL=.*\n?/m, ""));
  const maps = files.filter((file) => file.endsWith(".map"));
  return packagesOf(
    maps.flatMap((file) => (JSON.parse(readFileSync(join(bundle, file), "utf8")) as { sources: string[] }).sources),
  );
}

async function copyPrebuilt(put: Put): Promise<void> {
  for (const arch of ARCHES) {
    put(`${PREBUILT}/${prebuiltName(arch)}`, await prebuiltImage(arch));
    put(`${PREBUILT}/${prebuiltName(arch)}.symbols`, readFileSync(prebuiltSymbols(arch)));
  }
  const needed = entries(sources().filter((file) => !IS_TEST.test(file)));
  await compileAll(needed);
  for (const [entry, options] of needed)
    put(`${PREBUILT}/${moduleName(entry, options.pages)}`, readFileSync(await compileOnboard(entry, options)));
  put(`${PREBUILT}/${PAGE}`, JSON.stringify(await scripts()));
}

/** Of the package: what the project's says, without what only a checkout can do. */
function manifest(): Record<string, unknown> {
  const own = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const { name, version, description, license, type, engines, bin } = own;
  const dependencies = Object.fromEntries(BESIDE.map((each) => [each, packageOf(each).version]));
  return { name, version, description, license, type, engines, bin, dependencies, bundleDependencies: BESIDE };
}

function licenceOf(name: string): string {
  const { version, license } = packageOf(name);
  const folder = join(ROOT, "node_modules", name);
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file));
  const texts = files.sort().map((file) => readFileSync(join(folder, file), "utf8").trim());
  return `${"=".repeat(80)}\n${name} ${version} (${license})\n\n${texts.join("\n\n")}\n`;
}
