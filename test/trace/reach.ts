/**
 * What of the sources a compartment or a command reaches: from the commands, the page, the setup and the compartments, along
 * what each file names in quotes: other sources, onboard code that it has compiled, programs that it starts. A folder of C is
 * reached whole. Comments count for nothing. Generous on purpose: a file that is found unreached is needed by nothing.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { ROOT } from "../../lib/asc.ts";

/** What people and machines start. */
export const ENTRIES = [
  "cli/weir.ts",
  "page/app/main.ts",
  "page/browser/worker.ts",
  "setup/setup.mjs",
  "setup/start.mjs",
];
/** The runtime in C is compiled by folders: whoever names its folder has all of it. */
const BUILDS = /appliance\/runtime|"appliance", "runtime"/;
const RUNTIME = /^appliance\/runtime\/(?!test\/).*\.(c|h|S)$/;

export interface Tree {
  files: ReadonlySet<string>;
  read(file: string): string;
}

export const tree = (files: readonly string[]): Tree => ({
  files: new Set(files),
  read: (file) => readFileSync(join(ROOT, file), "utf8"),
});

const withoutComments = (text: string) => text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/(^|\s)\/\/.*$/gm, "$1");

/** Files that one names, by their path from its folder, from the project's, or as it is compiled to dist/; what it is made of. */
export function named(file: string, { files, read }: Tree): string[] {
  const whole = read(file);
  const found = new Set<string>();
  for (const [path] of /Generated from .*/.exec(whole)?.[0].matchAll(/[\w./-]+\.ts/g) ?? [])
    if (files.has(path)) found.add(path);
  for (const [, text] of withoutComments(whole).matchAll(/["'`]([\w@./-]+)["'`](?!: \{)/g)) {
    // bin/weir names what it loads by its path below dist/.
    const compiled = file.startsWith("bin/") ? /^()(.*)\.js$/ : /^(\.\.\/)*dist\/(.*)\.js$/;
    const plain = text!.replace(compiled, "$2.ts");
    for (const from of [dirname(file), "", file.split("/")[0]!]) {
      const path = normalize(join(from, plain));
      const own = [path, `${path}.ts`, `${path}/index.ts`].find((name) => files.has(name));
      if (own) found.add(own);
    }
  }
  return [...found];
}

export function reachedFrom(entries: readonly string[], all: Tree): Set<string> {
  const reached = new Set<string>();
  const open = entries.filter((entry) => all.files.has(entry));
  while (open.length) {
    const file = open.pop()!;
    if (reached.has(file)) continue;
    reached.add(file);
    if (!/\.(ts|mjs)$|^bin\//.test(file)) continue;
    open.push(...named(file, all));
    if (BUILDS.test(all.read(file))) open.push(...[...all.files].filter((name) => RUNTIME.test(name)));
  }
  return reached;
}

interface Named {
  id: string;
  file: string;
  line: number;
  test: boolean;
}
interface Sourced {
  id: string;
  source: string;
}

/** Paths of the project that the origin of a requirement names. */
const pathsIn = (source: string) => [...source.matchAll(/[\w-]+(?:\/[\w.-]+)+\.\w+/g)].map(([path]) => path);

/**
 * Requirements that rest on nothing: code that nobody reaches, tests that reach none of the code, origins that are missing.
 * @param isThere whether a path of the project exists
 */
export function unfounded(
  all: readonly Sourced[],
  references: readonly Named[],
  project: Tree,
  isThere = (path: string) => existsSync(join(ROOT, path)) && statSync(join(ROOT, path)).isFile(),
): string[] {
  const reached = reachedFrom(ENTRIES, project);
  const subjects = new Map<string, Set<string>>();
  const subjectsOf = (file: string) => {
    if (!subjects.has(file)) subjects.set(file, reachedFrom([file], project));
    return subjects.get(file)!;
  };
  const code = (id: string) => references.filter((one) => one.id === id && !one.test && reached.has(one.file));
  return [
    ...references
      .filter(({ file, test }) => !test && !reached.has(file))
      .map(({ file, line, id }) => `${file}:${line}: ${id}: no compartment and no command reaches this code`),
    ...references
      .filter(({ id, file, test }) => test && file.endsWith(".ts") && code(id).length > 0)
      .filter(({ id, file }) => !code(id).some((one) => subjectsOf(file).has(one.file)))
      .map(({ id, file, line }) => `${file}:${line}: ${id}: this test reaches none of its code`),
    ...all.flatMap(({ id, source }) =>
      pathsIn(source).flatMap((path) => {
        if (!isThere(path)) return [`${id}: its source ${path} is missing`];
        const unreached = project.files.has(path) && !reached.has(path) && !/(^|\/)test\/|\.test\.ts$/.test(path);
        return unreached ? [`${id}: no compartment and no command reaches its source ${path}`] : [];
      }),
    ),
  ];
}
