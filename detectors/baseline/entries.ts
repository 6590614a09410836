// REQ-GROUND-004
/**
 * What the members of an entry must be, for each detector that does not look itself. A baseline may come from
 * anywhere: the ground's halves of the detectors take their entries to be as onboard code exports them.
 */
import { z } from "zod";
import type { Entry } from "../learned.ts";
import { expected } from "./members.ts";
import { DETECTORS } from "./registry.ts";

const SCHEMAS = new Map(
  DETECTORS.flatMap(({ entries = [] }) => entries).map(({ detector, schema }) => [detector, schema] as const),
);
/** Families that look themselves. */
const THEMSELVES = new Set(DETECTORS.filter(({ entries }) => !entries).map(({ name }) => name));

/** Of any entry: votes.ts. */
const ONCE = z.looseObject({ once: z.array(z.string(expected("text")), expected("a list of text")).optional() });

/** What is wrong with an entry; nothing for detectors that this does not know: they say so themselves. */
export function entryIssues(entry: Entry): { path: PropertyKey[]; message: string }[] {
  const results = [ONCE.safeParse(entry), SCHEMAS.get(entry.detector)?.safeParse(entry)];
  return results
    .flatMap((result) => result?.error?.issues ?? [])
    .map(({ path, message }) => ({ path: [...path], message }));
}

/** Of a detector that this version does not have, or none that it writes, such as `rate.talk`. */
export const isForeign = ({ detector }: Entry): boolean =>
  !THEMSELVES.has(detector.split(".")[0]!) && !SCHEMAS.has(detector);
