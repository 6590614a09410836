/** From points to figures: what is covered of each file and part, what is not, and what of that has a reason. */

/** A statement (of C: a line with code), or one outcome of a condition. */
export interface Point {
  file: string;
  line: number;
  /** Within the file, the same in all that were compiled from it. */
  key: string;
  branch: boolean;
  covered: boolean;
  /** Its source, or the outcome that never was. */
  text: string;
}

export interface Part {
  name: string;
  /** Of its files; the first part that matches has the file. */
  files: RegExp;
  /** Percent of statements and of branches that must be covered, those with a reason left out. */
  goal: number;
}

export const PARTS: readonly Part[] = [
  { name: "guard", files: /^(appliance\/compartments\/guard|diode)\//, goal: 100 },
  { name: "kernel part", files: /^appliance\/runtime\/(kernel|arch)\//, goal: 100 },
  { name: "user part", files: /^appliance\/runtime\//, goal: 95 },
  { name: "journal", files: /^appliance\/compartments\/journal\//, goal: 95 },
  { name: "inspect", files: /^appliance\/compartments\/inspect\//, goal: 95 },
  { name: "ip", files: /^ip\//, goal: 95 },
  { name: "mil1553", files: /^mil1553\//, goal: 95 },
  { name: "detectors", files: /^detectors\//, goal: 95 },
  { name: "transfer, lib, contract", files: /./, goal: 95 },
];

/** Why a line of the source is not covered, or an outcome of its conditions is not. */
export interface Exception {
  file: string;
  /** The line's text, without the space around it, or its beginning; as many lines that are not covered must match as it says. */
  line: string;
  reason: string;
  /** Lines that begin so; 1. */
  times?: number;
  /** Unit tests reach it in the same source, compiled with another entry; that is checked. */
  alone?: boolean;
}

export interface Count {
  covered: number;
  excepted: number;
  all: number;
}

export interface FileReport {
  file: string;
  part: string;
  statements: Count;
  branches: Count;
  /** What is neither covered nor excepted. */
  uncovered: { line: number; text: string }[];
}

export interface Report {
  files: FileReport[];
  parts: { name: string; goal: number; statements: Count; branches: Count; met: boolean }[];
  /** Exceptions that match nothing uncovered, stand for more than one line, or are reached by no unit test either. */
  stale: string[];
}

/**
 * @param points of one point there may be several: it is covered when any is
 * @param lineOf the text of a line of a file, from 1
 * @param units the same with what unit tests reach
 */
export function report(
  points: Iterable<Point>,
  exceptions: readonly Exception[],
  lineOf: (file: string, line: number) => string,
  units: readonly Point[] = [],
): Report {
  const reachedAlone = new Set(units.filter(({ covered }) => covered).map(({ file, key }) => `${file} ${key}`));
  const stale: string[] = [];
  const merged = new Map<string, Point>();
  for (const point of points) {
    const key = `${point.file} ${point.key}`;
    const known = merged.get(key);
    if (!known) merged.set(key, { ...point });
    else known.covered ||= point.covered;
  }
  const used = new Map<Exception, Set<number>>();
  const files = new Map<string, FileReport>();
  for (const { file, line, key, branch, covered, text } of merged.values()) {
    const part = PARTS.find(({ files }) => files.test(file))!.name;
    const of = files.get(file) ?? { file, part, statements: none(), branches: none(), uncovered: [] };
    files.set(file, of);
    const count = branch ? of.branches : of.statements;
    count.all++;
    if (covered) {
      count.covered++;
      continue;
    }
    const source = lineOf(file, line).trim();
    const exception = exceptions.find((one) => one.file === file && source.startsWith(one.line));
    if (exception) {
      count.excepted++;
      if (exception.alone && !reachedAlone.has(`${file} ${key}`))
        stale.push(`${file}:${line}: ${text}: not by a unit test either`);
      used.set(exception, (used.get(exception) ?? new Set()).add(line));
    } else of.uncovered.push({ line, text: text || `${branch ? "an outcome of " : ""}${source}` });
  }
  const sorted = [...files.values()].sort((a, b) => (a.file < b.file ? -1 : 1));
  for (const { uncovered } of sorted) uncovered.sort((a, b) => a.line - b.line);
  for (const one of exceptions) {
    const lines = used.get(one)?.size ?? 0;
    if (lines !== (one.times ?? 1))
      stale.push(
        `${one.file}: ${one.line}: ${lines ? `stands for ${lines} lines, expected ${one.times ?? 1}` : "is covered, or not there"}`,
      );
  }
  return { files: sorted, parts: PARTS.map((part) => partReport(part, sorted)), stale };
}

function partReport({ name, goal }: Part, files: readonly FileReport[]): Report["parts"][number] {
  const own = files.filter(({ part }) => part === name);
  const [statements, branches] = [sum(own.map((f) => f.statements)), sum(own.map((f) => f.branches))];
  const met = [statements, branches].every(({ covered, excepted, all }) => 100 * (covered + excepted) >= goal * all);
  return { name, goal, statements, branches, met };
}

const none = (): Count => ({ covered: 0, excepted: 0, all: 0 });

const sum = (counts: readonly Count[]): Count =>
  counts.reduce(
    (a, b) => ({ covered: a.covered + b.covered, excepted: a.excepted + b.excepted, all: a.all + b.all }),
    none(),
  );

export const percent = ({ covered, all }: Count): string =>
  all ? `${(Math.floor((1000 * covered) / all) / 10).toFixed(1)}` : "-";

/** The table of parts, and of each file whatever is not covered. */
export function asText({ files, parts, stale }: Report): string {
  const row = (cells: string[]) => cells.map((cell, n) => (n ? cell.padStart(12) : cell.padEnd(22))).join("");
  const cells = (count: Count) => [
    percent(count),
    `${count.covered}/${count.all}`,
    count.excepted ? `${count.excepted}` : "",
  ];
  const lines = [
    row(["", "statements %", "", "excepted", "branches %", "", "excepted", "goal"]),
    ...parts.map(({ name, statements, branches, goal, met }) =>
      row([name, ...cells(statements), ...cells(branches), `${goal}${met ? "" : " missed"}`]),
    ),
    "",
  ];
  for (const { file, statements, branches, uncovered } of files) {
    lines.push(`${file}: statements ${percent(statements)} %, branches ${percent(branches)} %`);
    for (const { line, text } of uncovered) lines.push(`  ${file}:${line}: ${text}`);
  }
  for (const text of stale) lines.push(`exceptions.ts: ${text}`);
  return lines.join("\n");
}
