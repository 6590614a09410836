/**
 * Verdicts about mutants, kept from one run to the next. A verdict holds while nothing changes that it depends on: its hash says
 * of which sources it was. While the hash is right, one mutant in ten is tried again, drawn by the hash; a wrong hash costs a run of
 * all. The environment variable WEIR_MUTANTS set to `all` tries all of them, `record` also writes the record.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { ROOT } from "../../lib/asc.ts";

export const RECORDS = join(ROOT, "test", "mutation", "records");

/** `none`: it is no program, so there is nothing to see. */
export type Verdict = "seen" | "alive" | "none";

/** What one set of mutants came to. */
export interface Recorded {
  hash: string;
  seen: number;
  none: number;
  /** The others, by their place in the set. */
  alive: Record<string, string>;
}

export interface Trial<Mutant> {
  /** The record's path, and which part of it. */
  record: string;
  part: string;
  /** Of all that the verdicts depend on. */
  hash: string;
  mutants: readonly Mutant[];
  nameOf: (mutant: Mutant) => string;
  /** Tries some of the mutants, and answers in their order. */
  attempt: (mutants: readonly Mutant[]) => Promise<Verdict[]>;
}

export interface Outcome {
  seen: number;
  none: number;
  /** Names of mutants that nothing told from the original. */
  alive: string[];
}

const SHARE = 10;

export function hashOf(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length}\0`).update(part);
  return hash.digest("hex").slice(0, 32);
}

/** @throws Error when a mutant that is tried again has another verdict than the record says */
export async function tried<Mutant>(trial: Trial<Mutant>, mode = process.env.WEIR_MUTANTS): Promise<Outcome> {
  const path = trial.record;
  const all: Record<string, Recorded> = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
  const recorded = all[trial.part];
  if (!mode && recorded?.hash === trial.hash) {
    await confirm(trial, recorded);
    return { seen: recorded.seen, none: recorded.none, alive: Object.values(recorded.alive) };
  }
  if (!mode)
    console.log(
      `${trial.part}: ${relative(ROOT, path)} is of other sources, so all ${trial.mutants.length} mutants are tried. ` +
        "To record what they come to: npm run mutants -- --record",
    );
  const verdicts = await trial.attempt(trial.mutants);
  const count = (verdict: Verdict) => verdicts.filter((one) => one === verdict).length;
  const alive = Object.fromEntries(
    trial.mutants.flatMap((mutant, n) => (verdicts[n] === "alive" ? [[n, trial.nameOf(mutant)]] : [])),
  );
  const now = { hash: trial.hash, seen: count("seen"), none: count("none"), alive };
  if (mode === "record") {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${JSON.stringify({ ...all, [trial.part]: now }, null, 1)}\n`);
  }
  return { ...now, alive: Object.values(alive) };
}

async function confirm<Mutant>(trial: Trial<Mutant>, recorded: Recorded): Promise<void> {
  const again = [...trial.mutants.keys()].filter((n) => isDrawn(trial.hash, n));
  const verdicts = await trial.attempt(again.map((n) => trial.mutants[n]!));
  const wrong = again.filter((n, i) => (verdicts[i] === "alive") !== n in recorded.alive);
  if (wrong.length)
    throw new Error(
      `${trial.part}: the record is wrong about ${wrong.map((n) => trial.nameOf(trial.mutants[n]!)).join("; ")}`,
    );
}

const isDrawn = (hash: string, n: number) => Number.parseInt(hashOf(hash, String(n)).slice(0, 8), 16) % SHARE === 0;
