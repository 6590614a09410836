/** The outcome table: a row for each fault, written by the test that made it happen. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../lib/asc.ts";

/** Where test files leave their rows; table.ts puts them together. */
export const ROWS = join(ROOT, "build", "faults");

export const VERDICTS = {
  "fail closed": "it is noticed, and nothing is forwarded from then on",
  refused: "it does not start",
  "goes on": "what is forwarded is right, and nothing is lost",
  "goes on, counted": "what is forwarded is right; what is lost is counted or told",
  residual: "something is lost that neither the image nor its log counts",
} as const;

export interface Outcome {
  /** What went wrong. */
  fault: string;
  /** What it was done to: code under sanitizers, compartments, the booted image. */
  on: string;
  /** How it is noticed, and by whom. */
  detected: string;
  /** What still leaves on `out`. */
  forwarded: string;
  /** What is lost, and where that can be seen. */
  lost: string;
  verdict: keyof typeof VERDICTS;
  /** The test, by its name. */
  test: string;
}

/** Rows of one test file. */
export class Outcomes {
  readonly #file: string;
  readonly #rows: Outcome[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  /** Only behind the assertions that the row says. */
  add(row: Outcome): void {
    this.#rows.push(row);
  }

  write(): void {
    mkdirSync(ROWS, { recursive: true });
    writeFileSync(join(ROWS, `${this.#file}.json`), `${JSON.stringify(this.#rows, null, 2)}\n`);
  }
}
