/** Mutants that are known to live, each with a reason: survivors.json. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../lib/asc.ts";
import { keyOf } from "./draw.ts";

export interface Survivor {
  file: string;
  /** The line, without what it is indented by. */
  text: string;
  from: string;
  to: string;
  /** Of equal changes to equal lines, which one; 1 where nothing is said. */
  nth?: number;
  /** Why nothing that anybody could see is different. */
  same?: string;
  /** What test is missing. */
  hole?: string;
}

export const SURVIVORS = join(ROOT, "test", "mutation", "survivors.json");

export const survivors = (): Map<string, Survivor> =>
  new Map((JSON.parse(readFileSync(SURVIVORS, "utf8")) as Survivor[]).map((one) => [keyOf({ nth: 1, ...one }), one]));
