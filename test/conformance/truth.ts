// The truth: what tshark 4.0 made of the first 300 frames of every Ethernet file of the captures of others (lib/testing/shared.ts)
// (truth.tar.gz: one tab-separated file per capture, 48 columns, lists joined by commas, element 1 the outermost).
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { hasShared, sharedPath } from "../../lib/testing/shared.ts";

export const CAPTURES = sharedPath("conformance");
const ARCHIVE = join(CAPTURES, "truth.tar.gz");

/** True if the captures and the truth are there; says so when they are not. */
export const hasTruth = (): boolean => hasShared("conformance", "truth.tar.gz");

/** One frame: the values of each column. */
export class Frame {
  readonly #columns: readonly string[];
  readonly #values: string[];

  constructor(columns: readonly string[], values: string[]) {
    this.#columns = columns;
    this.#values = values;
  }

  text(column: string): string {
    return this.#values[this.#columns.indexOf(column)] ?? "";
  }

  list(column: string): string[] {
    const text = this.text(column);
    return text === "" ? [] : text.split(",");
  }
}

/** Frames by the capture's path below CAPTURES, sorted. */
export function readTruth(): Map<string, Frame[]> {
  const text = execFileSync("tar", ["-xzOf", ARCHIVE, "truth/COLUMNS.txt"], { encoding: "utf8" });
  const columns = text.split("\n").filter(Boolean);
  const archive = execFileSync("gzip", ["-dc", ARCHIVE], { maxBuffer: 1 << 30 });
  const found: [string, Frame[]][] = [];
  for (const { name, body } of untar(archive)) {
    const match = /^truth\/([^_]+(?:-[^_]+)?)__(.*)\.tsv$/.exec(name);
    if (!match) continue;
    const lines = body.toString().split("\n").filter(Boolean);
    found.push([`${match[1]}/${match[2]}`, lines.map((line) => new Frame(columns, line.split("\t")))]);
  }
  return new Map(found.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Members of a tar archive (POSIX ustar and GNU long names). */
function* untar(archive: Buffer): Generator<{ name: string; body: Buffer }> {
  const text = (at: number, length: number) => archive.toString("utf8", at, at + length).split("\0")[0]!;
  let long: string | undefined;
  for (let at = 0; at + 512 <= archive.length && archive[at] !== 0; ) {
    const size = Number.parseInt(text(at + 124, 12), 8);
    const prefix = text(at + 257, 5) === "ustar" && archive[at + 262] === 0 ? text(at + 345, 155) : "";
    const body = archive.subarray(at + 512, at + 512 + size);
    const type = String.fromCharCode(archive[at + 156]!);
    if (type === "L") long = body.toString().split("\0")[0];
    else {
      if (type === "0" || type === "\0")
        yield { name: long ?? (prefix ? `${prefix}/${text(at, 100)}` : text(at, 100)), body };
      long = undefined;
    }
    at += 512 + ((size + 511) & ~511);
  }
}
