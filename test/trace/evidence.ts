/**
 * What was measured, each figure with the command that measured it. Scripts leave JSON in build/evidence (figures of this
 * machine) and docs/evidence (kept with the sources); what is not there is listed as not measured, not left out.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** What one file has to say, as lines of Markdown; `said` is what JSON holds, from a script or from anybody. */
type Render = (said: Record<string, unknown>) => string[];

export interface Subject {
  title: string;
  /** Looked for in each folder, the first that is there counts. */
  file: string;
  command: string;
  /** Of the script that measures. */
  own: string;
  /** What of it was not measured all the same, though there is a file. */
  lacks?: (said: Record<string, unknown>) => string | undefined;
  /** Its exit code says what was found, too: figures are there all the same. */
  mayFail?: true;
  render: Render;
}

const cell = (value: unknown): string => {
  const text =
    typeof value === "number" ? value.toLocaleString("en", { maximumFractionDigits: 3 }) : String(value ?? "");
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
};
const table = (head: string[], rows: unknown[][]): string[] => [
  `| ${head.join(" | ")} |`,
  `| ${head.map(() => "---").join(" | ")} |`,
  ...rows.map((row) => `| ${row.map(cell).join(" | ")} |`),
];
const list = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === "object" && item !== null) : [];
const share = (part: number, all: number) => (all ? `${((100 * part) / all).toFixed(1)} %` : "-");

/** Single values, then what was checked. */
const plain: Render = (said) => [
  ...table(
    ["figure", "value"],
    Object.entries(said).filter(
      ([name, value]) => name !== "command" && ["number", "string", "boolean"].includes(typeof value),
    ),
  ),
  ...(list(said.checks).length
    ? [
        "",
        ...table(
          ["check", "holds", "found"],
          list(said.checks).map((c) => [c.name, c.ok === true ? "yes" : "NO", c.what]),
        ),
      ]
    : []),
];

const fuzz: Render = (said) => [
  `On ${cell(said.machine)}, Node ${cell(said.node)}.`,
  "",
  ...table(
    ["target", "what is mutated", "executions", "seconds", "edges reached", "findings"],
    list(said.targets).map((t) => [
      t.target,
      t.what,
      t.executions,
      t.seconds,
      `${cell(t.edges)} of ${cell(t.edgesTotal)} (${share(Number(t.edges), Number(t.edgesTotal))})`,
      t.findings,
    ]),
  ),
];

const faults: Render = (said) => {
  const rows = list(said.rows);
  const verdicts = [...new Set(rows.map(({ verdict }) => String(verdict)))];
  return [
    ...table(
      ["verdict", "faults"],
      verdicts.map((verdict) => [verdict, rows.filter((row) => row.verdict === verdict).length]),
    ),
    "",
    "Each fault with what was detected, forwarded and lost: [evidence/faults.md](evidence/faults.md).",
  ];
};

interface Count {
  covered: number;
  excepted: number;
  all: number;
}
const coverage: Render = (said) => {
  const counted = ({ covered, excepted, all }: Count) =>
    `${covered} + ${excepted} of ${all} (${share(covered + excepted, all)})`;
  const exceptions = list(said.exceptions);
  const reasons = [...new Set(exceptions.map((e) => e.reason))];
  const alone = (name: unknown, what: "statements" | "branches") => {
    const count = list(said.withUnitEntries).find((part) => part.name === name)?.[what] as Count | undefined;
    return count ? share(count.covered, count.all) : "-";
  };
  return [
    "Covered + excepted with a reason, of all: by tests that run the compartments, and by tests that start images. The last two",
    "columns: covered also by unit tests of the same sources, compiled with other entries.",
    "",
    ...table(
      ["part", "goal", "statements", "branches", "met", "statements, units too", "branches, units too"],
      list(said.parts).map((p) => [
        p.name,
        `${cell(p.goal)} %`,
        counted(p.statements as Count),
        counted(p.branches as Count),
        p.met ? "yes" : "NO",
        alone(p.name, "statements"),
        alone(p.name, "branches"),
      ]),
    ),
    ...(exceptions.length
      ? [
          "",
          `${exceptions.length} lines are excepted, for ${reasons.length} reasons (test/coverage/exceptions.ts):`,
          "",
          ...table(
            ["reason", "lines"],
            reasons.map((reason) => [reason, linesOf(exceptions.filter((e) => e.reason === reason))]),
          ),
        ]
      : []),
  ];
};

/** Each file with its lines, or how many they are where they are many. */
function linesOf(exceptions: readonly Record<string, unknown>[]): string {
  const files = [...new Set(exceptions.map(({ file }) => String(file)))];
  return files
    .map((file) => {
      const lines = exceptions.filter((e) => e.file === file).map(({ line }) => `\`${line}\``);
      return `${file}: ${lines.length > 6 ? `${lines.length} lines` : lines.join(", ")}`;
    })
    .join("<br>");
}

/** vitest's JSON report. */
const tests: Render = (said) => {
  const files = list(said.testResults).map((result) => {
    const all = list(result.assertionResults);
    const with_ = (...status: string[]) => all.filter((one) => status.includes(String(one.status))).length;
    const name = String(result.name).replaceAll("\\", "/");
    return {
      folder: FOLDERS.exec(name)?.[1] ?? "other",
      passed: with_("passed"),
      failed: with_("failed"),
      skipped: with_("skipped", "pending", "todo", "disabled"),
    };
  });
  const folders = [...new Set(files.map(({ folder }) => folder))].sort();
  const sum = (of: typeof files) => [
    of.length,
    ...(["passed", "failed", "skipped"] as const).map((key) => of.reduce((total, file) => total + file[key], 0)),
  ];
  return table(
    ["folder", "files", "passed", "failed", "skipped"],
    [...folders.map((folder) => [folder, ...sum(files.filter((f) => f.folder === folder))]), ["all", ...sum(files)]],
  );
};
/** Of fewer of a folder a share says nothing. */
const FEW = 10;
const sampled = (said: Record<string, unknown>) => list(said.rows).filter(({ tried }) => Number(tried ?? 0) >= FEW);
/** Of a sample, by folder; then where all mutants are tried, and none may go unseen. */
const mutants: Render = (said) => {
  const count = (row: Record<string, unknown>, key: string) => Number(row[key] ?? 0);
  const cells = (row: Record<string, unknown>) => [
    row.folder,
    ...["tried", "none", "same", "unseen"].map((key) => count(row, key)),
    share(count(row, "seen"), count(row, "seen") + count(row, "unseen")),
  ];
  const rows = sampled(said);
  const all = Object.fromEntries(
    ["tried", "none", "same", "unseen", "seen"].map((key) => [
      key,
      rows.reduce((sum, row) => sum + count(row, key), 0),
    ]),
  );
  return [
    "One point of the sources is changed at a time, and the six nearest quick tests are run; with `--slow`, the four nearest slow ones",
    "where those see nothing (test/mutation). Not counted: what does not compile, or to the same module; what changes nothing that anybody could see.",
    "",
    ...(rows.length
      ? [
          ...table(
            ["folder", "tried", "no program, or the same one", "changes nothing", "unseen", "seen"],
            [...rows, { folder: "all", ...all }].map(cells),
          ),
          "",
        ]
      : []),
    "Tried in full, where nothing may go unseen but what its test says is the same:",
    "",
    ...table(
      ["part", "tried", "no program, or the same one", "changes nothing", "unseen", "seen"],
      list(said.complete).map(cells),
    ),
  ];
};

/** Below the project's folder, whatever that is called: what is under test/ by its second part. */
const FOLDERS =
  /\/(test\/[a-z0-9]+|appliance|captures|cli|debug|detectors|diode|fixtures|ip|lib|log|mil1553|page|transfer|tuning)\/(?!.*\/test\/)/;

export const SUBJECTS: readonly Subject[] = [
  {
    title: "Tests",
    file: "tests.json",
    command: "npx vitest run --reporter=default --reporter=json --outputFile.json=build/evidence/tests.json",
    own: "test",
    mayFail: true,
    render: tests,
  },
  {
    title: "Coverage of what flies",
    file: "coverage.json",
    command: "npm run coverage",
    own: "test/coverage",
    render: coverage,
  },
  {
    title: "Mutants",
    file: "mutants.json",
    command: "npm run mutants -- --seed 1 --each 15 --slow --evidence",
    own: "test/mutation",
    mayFail: true,
    render: mutants,
    lacks: (said) =>
      sampled(said).length < list(said.rows).length
        ? `kill rates of folders of which fewer than ${FEW} mutants were tried`
        : undefined,
  },
  {
    title: "Fuzzing",
    file: "fuzz.json",
    command: "npm run fuzz -- --minutes 30 --evidence",
    own: "test/fuzz",
    render: fuzz,
  },
  { title: "Fault injection", file: "faults.json", command: "npm run faults", own: "test/faults", render: faults },
  {
    title: "Soak of the booted image",
    file: "soak.json",
    command: "npm run soak -- --minutes 30",
    own: "test/soak",
    render: plain,
  },
  {
    title: "Soak of the compartments, compiled natively",
    file: "soak-native.json",
    command: "npm run soak -- --native 1000000000",
    own: "test/soak",
    render: plain,
  },
];

export interface Found {
  /** Undefined: not measured. */
  text: string | undefined;
  /** ISO 8601, of the file. */
  when: string;
  /** The sources have changed since. */
  old?: boolean;
}

/** Where a figure is; undefined: nowhere. */
export const pathOf = ({ file }: Subject, folders: readonly string[]): string | undefined =>
  folders.map((folder) => join(folder, file)).find((path) => existsSync(path));

/** @param folders where figures are looked for, in this order */
export function found(subject: Subject, folders: readonly string[]): Found {
  const path = pathOf(subject, folders);
  if (path === undefined) return { text: undefined, when: "" };
  return { text: readFileSync(path, "utf8"), when: statSync(path).mtime.toISOString().slice(0, 16) };
}

/** docs/EVIDENCE.md. @param measured of each subject what was found, in their order */
export function evidence(
  trace: { requirements: number; code: number; tests: number },
  measured: readonly Found[],
  of: { commit: string; machine: string },
): string {
  const sections = SUBJECTS.map((subject, i) => ({ subject, ...measured[i]! }));
  const missing = sections.flatMap(({ subject, text }) => {
    if (text === undefined) return [`- ${subject.title}: \`${subject.command}\``];
    const lacks = subject.lacks?.(JSON.parse(text) as Record<string, unknown>);
    return lacks ? [`- ${subject.title}, ${lacks}: \`${subject.command}\``] : [];
  });
  const body = sections.flatMap(({ subject, text, when, old }) => {
    if (text === undefined) return [];
    const said = JSON.parse(text) as Record<string, unknown>;
    const command = typeof said.command === "string" ? said.command : subject.command;
    return [
      "",
      `## ${subject.title}`,
      "",
      `\`${command}\`, ${when} UTC${old ? "; the sources have changed since" : ""}`,
      "",
      ...subject.render(said),
    ];
  });
  return `${[
    "# What was measured",
    "",
    "Written by `npm run evidence`, which measures what is missing or older than the sources, from what the commands below leave in",
    "build/evidence and docs/evidence. A figure is one run's, on the machine named; run its command to have yours. Nothing here was measured by somebody independent, and nothing",
    "here is a certificate.",
    "",
    `Sources at ${of.commit}; ${of.machine}.`,
    "",
    "## Traceability",
    "",
    "`npm run trace`",
    "",
    `${trace.requirements} requirements, each named by code and by tests: ${trace.code} files of code, ${trace.tests} tests`,
    "([TRACE.md](TRACE.md); none without either, or a test fails).",
    ...body,
    "",
    "## Not measured",
    "",
    ...(missing.length ? missing : ["Everything that this page has a place for was measured."]),
    "",
    "Printed by their commands and not kept here: speed, memory, boot time (`npm run bench`), the Linux VM beside it",
    "(`npm run bench:linux-vm`), floods (`npm run bench:flood`), transfers (`npm run bench:transfer`), the page",
    "(`npm run bench:page`), idle images (`npm run bench:idle`).",
  ].join("\n")}\n`;
}
