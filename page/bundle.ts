/** The page's scripts: TypeScript bundled for the browser, Node's modules replaced by those of page/browser. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { isRelease, prebuilt, ROOT } from "../lib/sources.ts";

export interface Scripts {
  app: string;
  worker: string;
  css: string;
  /** Names of the npm packages that are in them, sorted. */
  packages: string[];
}

/** In a release. */
export const PAGE = "page.json";

const here = (path: string) => join(ROOT, "page", path);

const INSTEAD: Record<string, string> = {
  "node:fs": here("browser/fs.ts"),
  "node:fs/promises": here("browser/fs.ts"),
  "node:path": here("browser/path.ts"),
  "node:crypto": here("browser/crypto.ts"),
  "node:zlib": here("browser/zlib.ts"),
  "node:process": here("browser/node.ts"),
  "node:timers/promises": here("browser/node.ts"),
};

/** Files of the project, by their path from its folder, and what stands in for them. */
const OWN: Record<string, string> = {
  "lib/asc.ts": here("browser/asc.ts"),
  "lib/files.ts": here("browser/text.ts"),
};

/** The scripts, from build/page when no source has changed since; a release brings them. */
export async function scripts(): Promise<Scripts> {
  if (isRelease) return JSON.parse(readFileSync(prebuilt(PAGE), "utf8")) as Scripts;
  const folder = join(ROOT, "build", "page");
  const kept = join(folder, `${hashSources()}.json`);
  if (!existsSync(kept)) {
    const css = readFileSync(join(ROOT, "node_modules", "uplot", "dist", "uPlot.min.css"), "utf8");
    const [app, worker] = [await bundle(here("app/main.ts")), await bundle(here("browser/worker.ts"))];
    const made: Scripts = {
      app: app.code,
      worker: worker.code,
      css: css + readFileSync(here("app/style.css"), "utf8"),
      packages: packagesOf([...app.moduleIds, ...worker.moduleIds]),
    };
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${kept}.part`, JSON.stringify(made));
    renameSync(`${kept}.part`, kept);
  }
  return JSON.parse(readFileSync(kept, "utf8")) as Scripts;
}

/** @param paths of modules, with or without what is before node_modules */
export const packagesOf = (paths: readonly string[]): string[] =>
  [...new Set(paths.flatMap((path) => /.*\bnode_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []))].sort();

async function bundle(input: string): Promise<{ code: string; moduleIds: string[] }> {
  for (const path of Object.keys(OWN))
    if (!existsSync(join(ROOT, path))) throw new Error(`page/bundle.ts: ${path}: unknown file`);
  const { rolldown } = await import("rolldown");
  const build = await rolldown({
    input,
    platform: "browser",
    resolve: { alias: INSTEAD },
    transform: { inject: { Buffer: ["buffer", "Buffer"] }, define: { "import.meta.url": '""' } },
    plugins: [
      {
        name: "what a browser has otherwise", // onboard code is compiled already; files are the page's own
        resolveId: (id: string, importer: string | undefined) =>
          (importer && id.startsWith(".") && OWN[relative(ROOT, join(dirname(importer), id))]) || null,
      },
    ],
    onLog: (level, log) => {
      if (level === "warn") throw new Error(`page: ${log.message}`);
    },
  });
  const { output } = await build.generate({ format: "iife", minify: true });
  await build.close();
  return output[0];
}

/** Everything that a bundle could be made of. */
function hashSources(): string {
  const hash = createHash("sha256").update(readFileSync(join(ROOT, "package-lock.json")));
  const walk = (folder: string) => {
    for (const entry of readdirSync(join(ROOT, folder), { withFileTypes: true }).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    )) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) walk(path);
      else if (/\.(ts|css)$/.test(path) && !path.endsWith(".test.ts"))
        hash.update(`\0${path}\0`).update(readFileSync(join(ROOT, path)));
    }
  };
  for (const folder of [
    "page",
    "captures",
    "detectors",
    "diode",
    "tuning",
    "appliance",
    "ip",
    "mil1553",
    "lib",
    "transfer",
  ])
    walk(folder);
  return hash.digest("hex").slice(0, 32);
}
