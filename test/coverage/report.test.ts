import { expect, it } from "vitest";
import { type Exception, type Point, report } from "./report.ts";

const SOURCE = ["if (a) b();", "if (c) d();", "if (c) d();"];
const lineOf = (_: string, line: number) => `  ${SOURCE[line - 1]}`;
const point = (line: number, covered: boolean, branch = false, file = "diode/a.ts"): Point => ({
  ...{ file, line, branch, covered },
  key: `${branch}${line}`,
  text: `never: ${line}`,
});
const excepted = (line: string, alone = false): Exception => ({ file: "diode/a.ts", line, reason: "so", alone });
const guard = (...[points, exceptions, units]: [Point[], Exception[], Point[]?]) => {
  const said = report(points, exceptions, lineOf, units);
  return { ...said, part: said.parts.find(({ name }) => name === "guard")! };
};

it("a point is covered when any run reached it; a part meets its goal when what is left has a reason", () => {
  const points = [point(1, false), point(1, true), point(2, false, true)];
  expect(guard(points, []).part.met).toBe(false);
  expect(guard(points, []).files[0]!.uncovered).toEqual([{ line: 2, text: "never: 2" }]);
  const { part, stale } = guard(points, [excepted("if (c)")]);
  expect(part).toMatchObject({ met: true, statements: { covered: 1, all: 1 }, branches: { excepted: 1, all: 1 } });
  expect(stale).toEqual([]);
});

it("an exception is none when its line is covered, when there are two such lines, or when it is not there", () => {
  expect(guard([point(1, true)], [excepted("if (a)")]).stale).toHaveLength(1);
  expect(guard([point(2, false), point(3, false)], [excepted("if (c)")]).stale[0]).toContain("2 lines");
  expect(guard([point(1, false)], [excepted("while")]).stale[0]).toContain("not there");
});

it("what unit tests are said to reach alone they must reach", () => {
  const points = [point(1, false)];
  expect(guard(points, [excepted("if (a)", true)], [point(1, true)]).stale).toEqual([]);
  expect(guard(points, [excepted("if (a)", true)], [point(1, false)]).stale[0]).toContain("not by a unit test either");
});
