/** What the tests of onboard code have reached: from the probes' numbers to points. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { COMPARTMENTS } from "../../appliance/build/compartments.ts";
import type { Probe } from "./instrument.ts";
import type { Point } from "./report.ts";

/** @param folder instrument()'s, after the tests */
export function pointsOfCompartments(folder: string): { compartments: Point[]; withUnits: Point[] } {
  const probes: Probe[] = JSON.parse(readFileSync(join(folder, "probes.json"), "utf8"));
  const linked = new Set<number>();
  for (const { entry } of COMPARTMENTS) {
    const file = join(folder, "linked", `${entry.replaceAll("/", "-")}.json`);
    for (const n of JSON.parse(readFileSync(file, "utf8")) as number[]) {
      linked.add(n);
      if (probes[n]?.kind === "true") linked.add(n + 1);
    }
  }
  const hits = { compartments: new Set<number>(), units: new Set<number>() };
  for (const name of readdirSync(join(folder, "hits"))) {
    const file = JSON.parse(readFileSync(join(folder, "hits", name), "utf8")) as Record<keyof typeof hits, number[]>;
    for (const n of file.compartments) hits.compartments.add(n);
    for (const n of file.units) hits.units.add(n);
  }
  const points = (isHit: (n: number) => boolean): Point[] =>
    [...linked]
      .sort((a, b) => a - b)
      .map((n) => {
        const { file, line, column, kind, text } = probes[n]!;
        const branch = kind !== "statement";
        const shown = kind === "true" || kind === "false" ? `never ${kind}: ${text}` : text;
        return { file, line, key: `${kind}${line}.${column}`, branch, covered: isHit(n), text: shown };
      });
  return {
    compartments: points((n) => hits.compartments.has(n)),
    withUnits: points((n) => hits.compartments.has(n) || hits.units.has(n)),
  };
}
