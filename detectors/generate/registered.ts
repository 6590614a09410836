/** The detectors as the generator sees them: what each declares, and which functions its onboard code offers. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../lib/asc.ts";
import type { Declaration } from "../declaration.ts";
import { REGISTRY } from "../registry.ts";

/** What an onboard/detector.ts may export; README.md says when each is called. */
export const HOOKS = [
  "reset",
  "configure",
  "configurePolicy",
  "check",
  "learn",
  "verdict",
  "expire",
  "passing",
  "ending",
  "exportNext",
  "evictions",
  "spare",
  "expected",
  "seen",
  "context",
] as const;
export type Hook = (typeof HOOKS)[number];

export interface Registered {
  folder: string;
  declaration: Declaration;
  hooks: ReadonlySet<Hook>;
  /** It has a key of its own in policies: FOLDER/policy.ts. */
  ownKey: boolean;
}

/** From the first on the numbers are of detectors of MIL-STD-1553, but for 30 and 31: `owned` of a host has 32 bits (README.md). */
export const FIRST_OF_BUS = 20;
export const OTHERS: readonly number[] = [30, 31];
/** Numbers are below: a verdict has six bits for them, a policy and an alert room for more. */
export const MOST = 40;
/** Tags of sections that detectors may have in inspect's part of a policy. */
const TAGS = { first: 32, last: 63 };

/** Every detector of the registry. @throws Error that says which declaration is wrong, and in what */
export async function registered(): Promise<Registered[]> {
  const all = await Promise.all(REGISTRY.map(read));
  const wrong = faults(all);
  if (wrong.length) throw new Error(wrong.join("\n"));
  return all;
}

async function read(folder: string): Promise<Registered> {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const { default: declaration } = (await import(`../${folder}/detector.${extension}`)) as { default: Declaration };
  const ownKey = existsSync(join(ROOT, "detectors", folder, "policy.ts"));
  return { folder, declaration, hooks: hooksOf(folder), ownKey };
}

/** Names that a module of the onboard plane exports: functions of its own, and those of others by name. */
export function exportsOf(source: string): string[] {
  const own = [...source.matchAll(/^(?:@inline )?export function (\w+)/gm)].map(([, name]) => name!);
  const others = [...source.matchAll(/^export \{([^}]*)\}/gm)].flatMap(([, list]) =>
    list!
      .split(",")
      .map((name) => name.trim().split(" as ").at(-1)!)
      .filter(Boolean),
  );
  return [...own, ...others];
}

function hooksOf(folder: string): ReadonlySet<Hook> {
  const path = `detectors/${folder}/onboard/detector.ts`;
  const names = exportsOf(readFileSync(join(ROOT, path), "utf8"));
  const other = names.filter((name) => !HOOKS.includes(name as Hook));
  if (other.length)
    throw new Error(`${path} exports ${other.join(", ")}, expected functions of detectors/README.md only`);
  return new Set(names as Hook[]);
}

const NEEDED: readonly Hook[] = ["check", "expected", "seen"];

/** What is wrong with these declarations together; empty when nothing is. */
export function faults(all: readonly Registered[]): string[] {
  const alerts = all.flatMap(({ folder, declaration }) => declaration.alerts.map((alert) => ({ folder, ...alert })));
  const learned = all.flatMap(({ folder, declaration }) =>
    declaration.learned ? [{ folder, name: declaration.learned.name, tag: declaration.learned.tag }] : [],
  );
  return [
    ...twice("number", alerts, ({ number }) => number),
    ...twice("name", alerts, ({ name }) => name),
    ...twice("family", learned, ({ name }) => name),
    ...twice("section", learned, ({ tag }) => tag),
    ...learned
      .filter(({ tag }) => !Number.isInteger(tag) || tag < TAGS.first || tag > TAGS.last)
      .map(({ folder, tag }) => `detectors/${folder}: section ${tag}, expected ${TAGS.first} to ${TAGS.last}`),
    ...all.flatMap(({ folder, declaration, hooks }) => [
      ...NEEDED.filter((hook) => !hooks.has(hook)).map((hook) => `detectors/${folder}: no ${hook}() onboard`),
      ...(hooks.has("configure") === (declaration.learned !== undefined)
        ? []
        : [`detectors/${folder}: configure() onboard and the ground's half belong together`]),
      ...declaration.alerts.flatMap(({ name, number }) => numberFaults(folder, name, number, declaration.input)),
    ]),
  ];
}

function numberFaults(folder: string, name: string, number: number, input: Declaration["input"]): string[] {
  const ofBus = number >= FIRST_OF_BUS && !OTHERS.includes(number);
  const isFree = Number.isInteger(number) && number >= 1 && number < MOST && ofBus === (input === "message");
  const ranges =
    input === "message"
      ? `${FIRST_OF_BUS} to ${MOST - 1}, not ${OTHERS.join(" or ")}`
      : `1 to ${FIRST_OF_BUS - 1}, ${OTHERS.join(" or ")}`;
  return [
    ...(isFree ? [] : [`detectors/${folder}: ${name} has number ${number}, expected ${ranges}`]),
    ...(/^[a-z][a-z0-9-]*$/.test(name) ? [] : [`detectors/${folder}: "${name}", expected lower case and dashes`]),
  ];
}

function twice<T extends { folder: string }>(what: string, items: readonly T[], of: (item: T) => unknown): string[] {
  return items.flatMap((item, i) => {
    const before = items.slice(0, i).find((other) => of(other) === of(item));
    return before ? [`detectors/${item.folder}: ${what} ${of(item)} is that of detectors/${before.folder}`] : [];
  });
}

/** Those that learn, in the order in which a baseline lists them. */
export function inBaseline(all: readonly Registered[]): Registered[] {
  const place = ({ declaration }: Registered) => declaration.place ?? Infinity;
  return all
    .filter(({ declaration }) => declaration.learned)
    .sort((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)));
}

/** Those whose thresholds a policy scales, by what they judge by: in a baseline, behind them without one, named as their folder. */
export function inFamilies(all: readonly Registered[]): { name: string; declaration: Declaration }[] {
  const untaught = all.filter(
    ({ declaration }) => !declaration.learned && declaration.alerts.some(({ fixed }) => !fixed),
  );
  return [
    ...inBaseline(all).map(({ declaration }) => ({ name: declaration.learned!.name, declaration })),
    ...untaught.map(({ folder, declaration }) => ({ name: folder, declaration })),
  ];
}

/** All alerts by their number. */
export const alertsOf = (all: readonly Registered[]) =>
  all.flatMap(({ declaration }) => declaration.alerts).sort((a, b) => a.number - b.number);

/** `new-pair` as a constant is called. */
export const constant = (name: string): string => name.toUpperCase().replaceAll("-", "_");
