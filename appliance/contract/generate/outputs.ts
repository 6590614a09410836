// All that is generated, and which of it is not what is committed.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT } from "../../../lib/asc.ts";
import { c } from "./c.ts";
import { findGenerators, findLayouts } from "./find.ts";
import { ground } from "./ground.ts";
import { onboard } from "./onboard.ts";
import { tables } from "./tables.ts";
import type { Output, Source } from "./text.ts";

const read = (path: string): string | undefined =>
  existsSync(join(ROOT, path)) ? readFileSync(join(ROOT, path), "utf8") : undefined;

/** What declarations become, in every language. @param readme README.md of the contract as it is */
export const outputsOf = (sources: readonly Source[], readme: string): Output[] => [
  ...onboard(sources),
  ...ground(sources),
  ...c(sources),
  ...tables(sources, readme),
];

export async function allOutputs(): Promise<Output[]> {
  const layouts = outputsOf(await findLayouts(), read("appliance/contract/README.md") ?? "");
  const more = await Promise.all((await findGenerators()).map((generator) => generator()));
  return [...layouts, ...more.flat()];
}

/** Paths whose text is not the one that would be generated. @param committed by default from the project's folder */
export const stale = (outputs: readonly Output[], committed: (path: string) => string | undefined = read): string[] =>
  outputs.filter(({ path, text }) => committed(path) !== text).map(({ path }) => path);

export function write({ path, text }: Output): void {
  const file = join(ROOT, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
