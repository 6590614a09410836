/** Kill rates by folder: as lines for people, and as JSON for docs/EVIDENCE.md. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../lib/asc.ts";
import type { Change } from "./changes.ts";
import { folderOf, keyOf } from "./draw.ts";
import { RECORDS, type Recorded } from "./record.ts";
import type { Survivor } from "./survivors.ts";
import type { Judgement } from "./trial.ts";

export interface Row {
  folder: string;
  tried: number;
  /** Mutants that are no program, or the same one. */
  none: number;
  seen: number;
  /** Mutants that live because nothing that anybody could see is different. */
  same: number;
  /** The others. */
  unseen: number;
}

function rowsOf(judged: readonly (Change & Judgement)[], listed: ReadonlyMap<string, Survivor>): Row[] {
  const rows = new Map<string, Row>();
  for (const one of judged) {
    const folder = folderOf(one.file);
    const row = rows.get(folder) ?? { folder, tried: 0, none: 0, seen: 0, same: 0, unseen: 0 };
    rows.set(folder, row);
    row.tried++;
    if (one.verdict !== "alive") row[one.verdict]++;
    else row[listed.get(keyOf(one))?.same ? "same" : "unseen"]++;
  }
  return [...rows.values()].sort((a, b) => (a.folder < b.folder ? -1 : 1));
}

/** Guard and the kernel part: their tests allow no survivor but those that they say are the same. */
function complete(): Row[] {
  return ["guard.json", "runtime.json"].flatMap((name) => {
    const path = join(RECORDS, name);
    const all: Record<string, Recorded> = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
    return Object.entries(all).map(([folder, { seen, none, alive }]) => {
      const same = Object.keys(alive).length;
      return { folder, tried: seen + none + same, none, seen, same, unseen: 0 };
    });
  });
}

export const rate = ({ seen, unseen }: Pick<Row, "seen" | "unseen">): string =>
  seen + unseen ? `${((100 * seen) / (seen + unseen)).toFixed(1)} %` : "-";

export const sum = (rows: readonly Row[]): Row =>
  rows.reduce(
    (total, row) => ({
      folder: "all",
      tried: total.tried + row.tried,
      none: total.none + row.none,
      seen: total.seen + row.seen,
      same: total.same + row.same,
      unseen: total.unseen + row.unseen,
    }),
    { folder: "all", tried: 0, none: 0, seen: 0, same: 0, unseen: 0 },
  );

/** Writes the figures, and answers with a table. @param isEvidence keeps them with the sources */
export function writeFigures(
  judged: readonly (Change & Judgement)[],
  listed: ReadonlyMap<string, Survivor>,
  of: { files: readonly string[]; seed: string; size: number; each: number; slow: boolean },
  isEvidence: boolean,
): string {
  const rows = rowsOf(judged, listed);
  const folder = join(ROOT, isEvidence ? "docs" : "build", "evidence");
  mkdirSync(folder, { recursive: true });
  const files = of.files.map((glob) => (glob === "**" ? "" : ` --files '${glob}'`)).join("");
  const size = of.each ? `--each ${of.each}` : `--sample ${of.size}`;
  const command = `npm run mutants --${files} --seed ${of.seed} ${size}${of.slow ? " --slow" : ""}`;
  const figures = { command, rows, complete: complete() };
  writeFileSync(join(folder, "mutants.json"), `${JSON.stringify(figures, null, 1)}\n`);
  const lines = [...rows, sum(rows)].map((row) =>
    [row.folder.padEnd(34), row.tried, row.none, row.same, row.unseen, rate(row)]
      .map((cell) => String(cell).padStart(8))
      .join(" "),
  );
  return `${["folder                                tried     none     same   unseen     seen", ...lines].join("\n")}\n`;
}
