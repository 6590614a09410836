import { expect, it } from "vitest";
import { applied, changesOf, enumsOf } from "./changes.ts";
import { drawn, keyOf, matcher, nameOf, SAMPLE } from "./draw.ts";
import { Graph } from "./graph.ts";

const LINE = "const enum Kind { NONE, SYN, ACK }";
const all = (text: string) => changesOf("a.ts", text, new Map(enumsOf("e.ts", LINE)));
/** What each change makes of a line. */
const made = (text: string) => all(text).map((change) => applied(text, change));

it.each([
  ["x = a < b;", ["x = a <= b;", ";"]],
  ["x = a == b && c;", [";", "x = a != b && c;", "x = a == b || c;"]],
  ["if (found) go();", ["if (!(found)) go();", "if (found) ;"]],
  [
    "if (!found) x += 7;",
    ["if ((found)) x += 7;", "if (!found) ;", "if (!found) x -= 7;", "if (!found) x += 8;", "if (!found) x += 6;"],
  ],
  ["const y = n > 0 ? n : -1;", ["n >= 0", "n > 1", "(1)", "-2", "-0"]],
  ["add(Kind.ACK);", [";", "add(Kind.NONE);"]],
  ['say("a" + name, ``);', [";", 'say("" + name, ``);']],
  ["const big = 0xffffffffffffffff;", ["= 18446744073709551616;", "= 18446744073709551614;"]],
  ["function f(): bool { g(); return true; }", ["{ return false; g();", "{ ;", "return false; }"]],
  ["function f(): void { g(); }", ["{ return; g(); }", "{ ; }"]],
])("%s", (text, expected) => {
  const found = made(text);
  expect(found).toHaveLength(expected.length);
  for (const part of expected)
    expect(
      found.some((one) => one.includes(part)),
      `${part} in ${found.join(" ; ")}`,
    ).toBe(true);
});

it.each(['import { a } from "b";', "type A = 1 | 2;", "@inline let g: A;", 'const o = { "key": a };'])(
  "%s has nothing to change",
  (text) => {
    expect(made(text)).toEqual([]);
  },
);

it("equal changes of equal lines are told apart, and keep their names when lines come before them", () => {
  const text = "f(1);\nf(1);\n";
  const keys = all(text).map(keyOf);
  expect(new Set(keys).size).toBe(keys.length);
  expect(all(`\n\n${text}`).map(keyOf)).toEqual(keys);
  expect(nameOf(all(text).at(-1)!)).toBe("a.ts:2: 1 -> 0: f(1);");
});

it("patterns match folders, names and lines", () => {
  const isWanted = matcher(["ip", "lib/*.ts", "log/**/b.ts", "cli/run.ts:7"]);
  expect(["ip/a/b.ts", "lib/a.ts", "log/b.ts", "log/x/y/b.ts", "cli/run.ts"].filter((file) => !isWanted(file))).toEqual(
    [],
  );
  expect(["ipx/a.ts", "lib/x/a.ts", "log/a.ts", "cli/run.tsx"].filter((file) => isWanted(file))).toEqual([]);
  expect([isWanted("cli/run.ts", 7), isWanted("cli/run.ts", 8), isWanted("ip/a.ts", 8)]).toEqual([true, false, true]);
});

it("a seed draws the same again, and a larger draw has the smaller one in it", () => {
  const graph = new Graph();
  const names = (seed: string, size: number) => drawn(graph, ["lib"], seed, size).map(keyOf);
  const twenty = names(SAMPLE.seed, 20);
  expect(names(SAMPLE.seed, 40).slice(0, 20)).toEqual(twenty);
  expect(names("other", 20)).not.toEqual(twenty);
  // Nearest first, across what is compiled
  expect(graph.nearest("ip/onboard/llc.ts", 8)).toContain("ip/decode.test.ts");
  expect(graph.nearest("diode/policy/lint.ts", 8)).toContain("diode/policy.test.ts");
  expect(graph.product().filter((file) => /\.test\.ts$|\/generated\/|^test\//.test(file))).toEqual([]);
});
