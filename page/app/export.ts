/** The policy with the thresholds of the page in it; comments and all else stay as they were. */
import { parseDocument } from "yaml";
import type { RunResult } from "../run.ts";

/** @param sets `detectors.NAME.threshold=FACTOR` */
export function exported(text: string, name: string, sets: readonly string[], run: RunResult): string {
  const document = parseDocument(text);
  for (const set of sets) {
    const [path, value] = set.split("=") as [string, string];
    document.setIn(path.split("."), Number(value));
  }
  const captures = run.files.map((file) => `${file.name} (${file.packets} packets)`).join(", ");
  const says = ` Thresholds set by hand on the page, from ${name}, looking at ${captures}.`;
  document.commentBefore = document.commentBefore ? `${document.commentBefore}\n${says}` : says;
  return document.toString({ lineWidth: 0 });
}
