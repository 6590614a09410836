import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "../../lib/asc.ts";
import { ENTRIES, reachedFrom, type Tree, tree, unfounded } from "./reach.ts";
import { matrix, orphans, references, referencesIn, requirements, requirementsIn, sources } from "./trace.ts";

const all = requirements();
const { references: named, faults } = references();

describe("this repository", () => {
  it("has code and tests for every requirement, and a requirement for every name", () => {
    expect([...faults, ...orphans(all, named)]).toEqual([]);
  });
  it("rests no requirement on code that no compartment and no command reaches", () => {
    const project = tree(sources());
    expect(unfounded(all, named, project)).toEqual([]);
    const reached = reachedFrom(ENTRIES, project);
    for (const file of ["detectors/scan/onboard/scan.ts", "page/work.ts", "appliance/runtime/user/main.c"])
      expect(reached.has(file), file).toBe(true);
    for (const file of ["detectors/scan/onboard/scan.probe.ts", "test/trace/reach.ts", "ip/testing/frames.ts"])
      expect(reached.has(file), file).toBe(false);
  });
  it("docs/TRACE.md is what npm run trace writes", () => {
    const kept = readFileSync(join(ROOT, "docs/TRACE.md"), "utf8");
    if (kept !== matrix(all, named)) throw new Error("docs/TRACE.md is stale: run npm run trace");
  });
  it("docs/THREATS.md names tests and requirements that there are", () => {
    const text = readFileSync(join(ROOT, "docs/THREATS.md"), "utf8");
    const files = [...text.matchAll(/`([a-z0-9_/.-]+\/[a-z0-9_.-]+)`/g)].map(([, file]) => file!);
    expect(files.length).toBeGreaterThan(30);
    expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
    const ids = new Set(all.map(({ id }) => id));
    expect((text.match(/REQ-[A-Z]+-\d+/g) ?? []).filter((id) => !ids.has(id))).toEqual([]);
  });
  it("numbers each area from 001 on", () => {
    const areas = new Set(all.map(({ id }) => id.split("-")[1]!));
    for (const area of areas) {
      const own = all.filter(({ id }) => id.split("-")[1] === area);
      expect(own.map(({ id }) => id)).toEqual(own.map((_, i) => `REQ-${area}-${String(i + 1).padStart(3, "0")}`));
    }
  });
});

const one = `REQ-${"A"}-001`;
const [two, three] = [one.replace("1", "2"), one.replace("1", "3")];
const comment = (...ids: string[]) => `//${" "}${ids.join(", ")}`;
const required = (...ids: string[]) => ids.map((id) => ({ id, text: "It shall be.", source: "here" }));

describe("what is refused", () => {
  const code = referencesIn(`${comment(one, two)}\nexport {};\n`, "lib/a.ts").references;
  const test = referencesIn(`import x;\n${comment(one)}\nit("does it", () => {`, "lib/a.test.ts").references;
  it("a requirement without code, without a test", () => {
    expect(orphans(required(one), [...code.slice(0, 1), ...test])).toEqual([]);
    expect(orphans(required(one), test)).toEqual([`${one}: no code names it`]);
    expect(orphans(required(one, two), [...code, ...test])).toEqual([`${two}: no test names it`]);
  });
  it("an unknown name, a number that is used twice", () => {
    expect(orphans(required(one), [...code, ...test])).toEqual([`lib/a.ts:1: ${two}: not in docs/requirements.yaml`]);
    expect(orphans(required(one, one), [...code.slice(0, 1), ...test])).toContain(
      `${one}: is in docs/requirements.yaml twice`,
    );
  });
  it("a name in a test file that stands above no test", () => {
    expect(referencesIn(`import x;\n${comment(three)}\nconst y = 1;\n`, "a.test.ts").faults).toEqual([
      `a.test.ts:2: ${three}: above no test`,
    ]);
    expect(referencesIn(`${comment(three)}\nimport x;\n`, "a.test.ts").faults).toEqual([]);
  });
  it("code that no command reaches, a test that reaches none of the code, a source that is missing", () => {
    const texts: Record<string, string> = {
      "cli/weir.ts": 'import("../lib/used.ts"); // and not "../lib/dead.ts"',
      "lib/used.ts": 'compile("x/onboard/index.ts")',
      "x/onboard/index.ts": 'import { a } from "./part";',
      "x/onboard/part.ts": "",
      "lib/dead.ts": "",
      "x/part.test.ts": 'compile("x/onboard/part.probe.ts")',
      "x/onboard/part.probe.ts": 'import { a } from "./part";',
      "lib/dead.test.ts": 'import "./dead.ts";',
    };
    const project: Tree = { files: new Set(Object.keys(texts)), read: (file) => texts[file]! };
    const refused = (files: readonly string[], source = "here") =>
      unfounded(
        [{ id: one, source }],
        files.map((file) => ({ id: one, file, line: 1, test: file.endsWith(".test.ts") })),
        project,
        (path) => project.files.has(path),
      );
    expect(refused(["x/onboard/part.ts", "x/part.test.ts"])).toEqual([]);
    expect(refused(["x/onboard/part.ts", "lib/dead.ts", "x/part.test.ts"])).toEqual([
      `lib/dead.ts:1: ${one}: no compartment and no command reaches this code`,
    ]);
    expect(refused(["x/onboard/part.ts", "lib/dead.test.ts"])).toEqual([
      `lib/dead.test.ts:1: ${one}: this test reaches none of its code`,
    ]);
    expect(refused([], "lib/dead.ts")).toEqual([
      `${one}: no compartment and no command reaches its source lib/dead.ts`,
    ]);
    expect(refused([], "lib/gone.ts, 3")).toEqual([`${one}: its source lib/gone.ts is missing`]);
    expect(refused([], "lib/used.ts")).toEqual([]);
  });
  it("a requirement that is no sentence, or has a number of another form", () => {
    const file = (id: string, text: string) => `requirements: [{ id: ${id}, text: "${text}", source: here }]`;
    expect(() => requirementsIn(file(one, "It works."), "r")).toThrow(/^r:1:39: requirements\.0\.text: .*shall/);
    expect(() => requirementsIn(file("REQ-1", "It shall be."), "r")).toThrow(/REQ-AREA-001/);
  });
});

describe("a test's title", () => {
  const titleOf = (text: string) => referencesIn(`x\n${comment(one)}\n${text}`, "a.test.ts").references[0]!.title;
  it.each([
    ['it("plain", () => {', "plain"],
    ['  it.skipIf(!has)("skipped", () => {', "skipped"],
    ['describe.each(ARCHES)("on %s the user part cannot", (arch) => {', "on %s the user part cannot"],
    ['it.each([\n  ["a (b)", 1],\n  ["c"],\n])("%s: byte-exact", () => {', "%s: byte-exact"],
    ['it(`$n of "them"`, () => {', '$n of "them"'],
    ['it.skipIf(why)(\n  "agrees (nearly)",\n  async () => {', "agrees (nearly)"],
  ])("%j", (text, title) => {
    expect(titleOf(text)).toBe(title);
  });
});
