/** What an image in learning mode has logged: the last whole export of each start of it. */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { Learned } from "../../detectors/baseline/file.ts";
import type { Entry } from "../../detectors/learned.ts";
import { type Exported, exportedOf } from "./learn.ts";

interface Export {
  number: number;
  entries: Entry[];
}

/**
 * @param path eve.json of a collector, or of weir replay
 * @throws Error when the log holds no whole export: an entry that is missing would be learned as "never happens"
 */
export async function lessonOfLog(path: string): Promise<{ capture: Learned; entries: Entry[]; evictions: number }[]> {
  const lessons: { capture: Learned; entries: Entry[]; evictions: number }[] = [];
  let current: Export = { number: 0, entries: [] };
  let broken = 0;
  let begun = false;
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Infinity });
  for await (const line of lines) {
    const exported = exportedOf(Buffer.from(line));
    if (!exported) continue;
    if (exported.n === 1 || exported.export !== current.number) {
      // A lower number: the appliance has started anew, and what it exported before stands
      begun = begun && exported.export > current.number;
      current = { number: exported.export, entries: [] };
    }
    if (exported.entry) {
      if (exported.n === current.entries.length + 1) current.entries.push(exported.entry);
      continue;
    }
    if (!exported.end) continue;
    if (exported.end.entries !== current.entries.length) {
      broken++;
      continue;
    }
    const lesson = {
      capture: captureOf(path, exported.end),
      entries: current.entries,
      evictions: exported.end.evictions,
    };
    // Later exports of the same start hold all of those before
    if (begun) lessons[lessons.length - 1] = lesson;
    else lessons.push(lesson);
    begun = true;
  }
  if (!lessons.length)
    throw new Error(
      `${path}: no whole export of a baseline in it${broken ? ` (${broken} lack entries that were lost on the way)` : ""}`,
    );
  return lessons;
}

const captureOf = (name: string, { packets, messages, seconds }: NonNullable<Exported["end"]>): Learned => ({
  name,
  sha256: "",
  bytes: 0,
  packets,
  messages,
  first: "",
  last: "",
  seconds,
});
