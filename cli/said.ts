/** What the baseline keeps of a person who says that something is right: when, who, why. */
import { userInfo } from "node:os";
import type { Accepted } from "../detectors/baseline/file.ts";

/** @param who the user's name without it @throws Error where it does not say why */
export function saidNow(why: string, who: string = userInfo().username): Pick<Accepted, "at" | "who" | "why"> {
  if (!why.trim()) throw new Error("--why: empty, expected why it is right");
  return { at: new Date().toISOString().replace(/\.\d+Z$/, "Z"), who, why };
}
