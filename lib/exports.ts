/** The exports of compiled onboard code, typed by its sources (appliance/build/exports.generate.ts). */
import type { OnboardExports } from "./generated/exports.ts";

/** A file of AssemblyScript that is compiled by itself, as lib/asc.ts takes it. */
export type OnboardEntry = keyof OnboardExports;

/** What a module compiled from this entry exports. */
export type ExportsOf<Entry extends OnboardEntry> = OnboardExports[Entry];

/** Instantiates a module compiled from this entry: `exportsOf<"lib/onboard/text.probe.ts">(module)`. */
export const exportsOf = <Entry extends OnboardEntry>(module: WebAssembly.Module): ExportsOf<Entry> =>
  new WebAssembly.Instance(module, {}).exports as unknown as ExportsOf<Entry>;
