/** What the baseline keeps of a person who says that something is right: when, who, why. */
import { userInfo } from "node:os";
import type { Accepted } from "../detectors/baseline/file.ts";
import { printable } from "../lib/printable.ts";

/** The log has a line for each: what moves a cursor, or begins a line, would let one say what another never said. */
function oneLine(option: string, text: string, what: string): void {
  if (!text.trim()) throw new Error(`${option}: empty, expected ${what}`);
  if (/[\n\t]/.test(text) || printable(text) !== text)
    throw new Error(
      `${option} ${JSON.stringify(printable(text))}: expected one line of text, without control characters`,
    );
}

/** @param who the user's name without it @throws Error where it does not say why, or not in a line */
export function saidNow(why: string, who: string = userInfo().username): Pick<Accepted, "at" | "who" | "why"> {
  oneLine("--why", why, "why it is right");
  oneLine("--who", who, "who says so");
  return { at: new Date().toISOString().replace(/\.\d+Z$/, "Z"), who, why };
}
