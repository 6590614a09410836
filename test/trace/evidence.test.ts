import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { evidence, found, SUBJECTS } from "./evidence.ts";
import { measured, stateOf } from "./measure.ts";

const counts = { requirements: 3, code: 4, tests: 5 };
const of = { commit: "abc", machine: "one processor" };
const nothing = SUBJECTS.map(() => ({ text: undefined, when: "" }));
/** The page when one subject has this to say. */
const pageOf = (file: string, said: unknown) =>
  evidence(
    counts,
    SUBJECTS.map((subject) =>
      subject.file === file ? { text: JSON.stringify(said), when: "2026-03-02T09:00" } : nothing[0]!,
    ),
    of,
  );

it("what is not there is listed as not measured, with its command", () => {
  const page = evidence(counts, nothing, of);
  for (const { title, command } of SUBJECTS) expect(page).toContain(`- ${title}: \`${command}\``);
  expect(page).toContain("3 requirements, each named by code and by tests: 4 files of code, 5 tests");
});

it("npm run evidence measures what is missing or of other sources, and says of a figure that it is", () => {
  const folder = mkdtempSync(join(tmpdir(), "weir-evidence-"));
  const soak = SUBJECTS.find(({ file }) => file === "soak.json")!;
  const states = () => stateOf(soak, [folder]);
  try {
    expect(states()).toBe("missing");
    expect(measured(soak, [folder], () => 3)).toBe("npm run soak -- --minutes 30: exit code 3");
    expect(measured(soak, [folder], () => 0)).toBe("npm run soak -- --minutes 30: wrote no soak.json");
    const write = () => {
      writeFileSync(join(folder, "soak.json"), "{}");
      return 0;
    };
    write();
    expect(states()).toBe("old");
    expect(measured(soak, [folder], write)).toBeUndefined();
    expect(states()).toBe("current");
    expect(stateOf(soak, [folder], "of other sources")).toBe("old");
  } finally {
    rmSync(folder, { recursive: true });
  }
  const of_ = (old: boolean) =>
    evidence(
      counts,
      SUBJECTS.map((subject) => (subject === soak ? { text: "{}", when: "2026", old } : nothing[0]!)),
      of,
    );
  expect(of_(true)).toContain("`npm run soak -- --minutes 30`, 2026 UTC; the sources have changed since\n");
  expect(of_(false)).not.toContain("have changed since");
});

it("figures stand beside the command that the script says it was", () => {
  const page = pageOf("soak.json", {
    command: "npm run soak -- --minutes 2",
    frames: 1234567,
    checks: [{ name: "flat | so", ok: false, what: "no" }],
  });
  expect(page).toContain("`npm run soak -- --minutes 2`, 2026-03-02T09:00 UTC");
  expect(page).toContain("| frames | 1,234,567 |");
  expect(page).toContain("| flat \\| so | NO | no |");
  expect(page).not.toContain("- Soak of the booted image");
});

it("coverage has its exceptions, faults their verdicts, fuzzing its edges", () => {
  const count = { covered: 90, excepted: 5, all: 100 };
  const coverage = pageOf("coverage.json", {
    parts: [{ name: "guard", goal: 100, statements: count, branches: count, met: false }],
    withUnitEntries: [{ name: "guard", statements: { ...count, covered: 97 }, branches: count }],
    exceptions: [
      { file: "a.ts", line: "b || c", reason: "cannot happen" },
      { file: "a.ts", line: "d", reason: "cannot happen" },
      ...Array.from({ length: 9 }, (_, n) => ({ file: "e.ts", line: `${n}`, reason: "is no more" })),
    ],
  });
  expect(coverage).toContain(
    "| guard | 100 % | 90 + 5 of 100 (95.0 %) | 90 + 5 of 100 (95.0 %) | NO | 97.0 % | 90.0 % |",
  );
  expect(coverage).toContain("11 lines are excepted, for 2 reasons");
  expect(coverage).toContain("| cannot happen | a.ts: `b \\|\\| c`, `d` |\n| is no more | e.ts: 9 lines |");
  expect(pageOf("faults.json", { rows: [{ verdict: "residual" }, { verdict: "residual" }] })).toContain(
    "| residual | 2 |",
  );
  expect(
    pageOf("fuzz.json", {
      targets: [{ target: "frame", what: "x", executions: 10, seconds: 1, edges: 1, edgesTotal: 4, findings: 0 }],
    }),
  ).toContain("| frame | x | 10 | 1 | 1 of 4 (25.0 %) | 0 |");
});

it("of mutants the share that was seen is of those that change something", () => {
  const row = (folder: string, seen: number, unseen: number) => ({ folder, tried: 10, none: 1, same: 2, seen, unseen });
  const page = pageOf("mutants.json", {
    command: "npm run mutants -- --seed 3 --sample 20",
    rows: [row("ip, onboard", 3, 4), row("lib", 7, 0)],
    complete: [row("guard", 7, 0)],
  });
  expect(page).toContain("`npm run mutants -- --seed 3 --sample 20`, 2026-03-02T09:00 UTC");
  expect(page).toContain("| ip, onboard | 10 | 1 | 2 | 4 | 42.9 % |\n| lib | 10 | 1 | 2 | 0 | 100.0 % |");
  expect(page).toContain("| all | 20 | 2 | 4 | 4 | 71.4 % |");
  expect(page).toContain("| guard | 10 | 1 | 2 | 0 | 100.0 % |");
  expect(page).not.toContain("- Mutants");
});

it("of a folder of which few mutants were tried there is no share", () => {
  const row = (folder: string, tried: number) => ({ folder, tried, seen: tried });
  const page = pageOf("mutants.json", { rows: [row("ip", 9), row("lib", 10)], complete: [] });
  expect(page).toContain("| lib | 10 | 0 | 0 | 0 | 100.0 % |\n| all | 10 | 0 | 0 | 0 | 100.0 % |");
  expect(page).not.toContain("| ip |");
  expect(page).toContain(
    "- Mutants, kill rates of folders of which fewer than 10 mutants were tried: `npm run mutants -- --seed 1 --each 15 --slow --evidence`",
  );
  const none = pageOf("mutants.json", { rows: [row("ip", 1)], complete: [row("guard", 7)] });
  expect(none).not.toContain("| folder |");
  expect(none).toContain("| guard | 7 |");
});

it("tests are counted by folder, from vitest's own report", () => {
  const result = (name: string, ...status: string[]) => ({
    name,
    assertionResults: status.map((s) => ({ status: s })),
  });
  const page = pageOf("tests.json", {
    testResults: [
      result("/somewhere/x/diode/a.test.ts", "passed", "failed"),
      result("/somewhere/x/test/image/b.test.ts", "skipped", "passed"),
      result("/somewhere/x/appliance/build/c.test.ts", "pending"),
    ],
  });
  expect(page).toContain("| diode | 1 | 1 | 1 | 0 |");
  expect(page).toContain("| test/image | 1 | 1 | 0 | 1 |");
  expect(page).toContain("| appliance | 1 | 0 | 0 | 1 |");
  expect(page).toContain("| all | 3 | 2 | 1 | 2 |");
});

it("a folder that comes first has the last word", () => {
  const folder = mkdtempSync(join(tmpdir(), "weir-evidence-"));
  writeFileSync(join(folder, "fuzz.json"), "{}");
  const fuzz = SUBJECTS.find(({ file }) => file === "fuzz.json")!;
  expect(found(fuzz, [join(folder, "none"), folder]).text).toBe("{}");
  expect(found(fuzz, [join(folder, "none")]).text).toBeUndefined();
  rmSync(folder, { recursive: true });
});
