/** What the ground has of the registry: names and numbers with what is declared beside them, and the halves that learn. */
import { alertsOf, FIRST_OF_BUS, inBaseline, inFamilies, OTHERS, type Registered } from "./registered.ts";

const WIDTH = 120;
const quoted = (text: string) => JSON.stringify(text);
const key = (name: string) => (/^[a-z]+$/.test(name) ? name : quoted(name));

/** `head[a, b]tail`, in lines as they are formatted. */
function list(indent: string, head: string, items: readonly string[], tail: string): string {
  const line = `${indent}${head}[${items.join(", ")}]${tail}`;
  return line.length <= WIDTH
    ? line
    : `${indent}${head}[\n${items.map((i) => `${indent}  ${i},\n`).join("")}${indent}]${tail}`;
}

export function catalogue(all: readonly Registered[]): string {
  const alerts = alertsOf(all);
  const families = inFamilies(all);
  const names = (some: readonly { name: string }[]) => some.map(({ name }) => quoted(name));
  return [
    'import type { Accused } from "./declaration.ts";',
    "",
    "/** Names and numbers of the detectors. */",
    "export const DETECTOR = {",
    ...alerts.map(({ name, number }) => `  ${key(name)}: ${number},`),
    "} as const;",
    "",
    "/** Whether a number is of one for MIL-STD-1553. */",
    `export const isOfBus = (number: number): boolean => number >= ${FIRST_OF_BUS} && ![${OTHERS.join(", ")}].includes(number);`,
    "",
    "export type DetectorName = keyof typeof DETECTOR;",
    "export const DETECTOR_NAMES = Object.keys(DETECTOR) as DetectorName[];",
    "/** Their thresholds are not numbers that a policy scales. */",
    list("", "export const FIXED: readonly DetectorName[] = ", names(alerts.filter(({ fixed }) => fixed)), ";"),
    "/** Detectors that a policy gives a factor, by the family whose entries they judge by. */",
    "export const FAMILIES: Readonly<Record<string, readonly DetectorName[]>> = {",
    ...families.map(({ name, declaration }) => list("  ", `${key(name)}: `, names(declaration.alerts), ",")),
    "};",
    "/** Families that judge by rules of their own where the baseline says nothing. */",
    list(
      "",
      "export const UNTAUGHT: readonly string[] = ",
      families.filter(({ declaration }) => declaration.untaught).map(({ name }) => quoted(name)),
      ";",
    ),
    "/**",
    " * From this factor on a detector has nothing left to say: sums and scores end there (detectors' onboard sources). Others",
    " * reach what a policy can say.",
    " */",
    "export const CEILING: Partial<Record<DetectorName, number>> = {",
    ...alerts.filter(({ ceiling }) => ceiling !== undefined).map(({ name, ceiling }) => `  ${key(name)}: ${ceiling},`),
    "};",
    "/** Whom a detector's findings may accuse; of the others nobody (declaration.ts). */",
    "export const ACCUSES: Partial<Record<DetectorName, readonly Accused[]>> = {",
    ...alerts
      .filter(({ accuses }) => accuses !== undefined)
      .map(({ name, accuses }) => list("  ", `${key(name)}: `, accuses!.map(quoted), ",")),
    "};",
    "/** Detectors whose alert may come with a record that is not to blame, and how many seconds after the last one that is. */",
    "export const BELATED: ReadonlyMap<string, number> = new Map([",
    ...alerts.flatMap(({ name, belated }) => (belated === undefined ? [] : [`  [${quoted(name)}, ${belated}],`])),
    "]);",
  ].join("\n");
}

/** Imports of the halves that learn. */
export function halves(all: readonly Registered[]): string {
  const learn = inBaseline(all);
  const by = (folder: string) => folder.replace(/[^a-z0-9]/g, "");
  return [
    "/** The detectors that learn, in the order in which a baseline lists what they learned. */",
    ...[
      ...learn.map(({ folder }): [string, string] => [folder, `import ${by(folder)} from "../${folder}/detector.ts";`]),
      ["learned", 'import type { LearnedDetector } from "../learned.ts";'] as const,
    ]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, line]) => line),
    "",
    "export const DETECTORS: readonly LearnedDetector[] = [",
    ...learn.map(({ folder }) => `  ${by(folder)}.learned!,`),
    "];",
  ].join("\n");
}

/** Keys of a policy's detectors that have more to set than a factor and an action. */
export function policyKeys(all: readonly Registered[]): string {
  const own = all.filter(({ ownKey }) => ownKey).map(({ folder }) => folder);
  return [
    "/** What a policy may say of detectors that have more to set than a factor and an action, by its key. */",
    ...[...own].sort().map((folder) => `import { policy as ${folder} } from "./${folder}/policy.ts";`),
    "",
    `export const KEYS = { ${own.map((folder) => `${folder}: ${folder}.optional()`).join(", ")} };`,
  ].join("\n");
}
