import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "../../lib/asc.ts";
import { onboardSources } from "../../lib/sources.ts";
import type { Alert, Declaration } from "../declaration.ts";
import * as onboard from "./onboard.ts";
import {
  constant,
  exportsOf,
  faults,
  HOOKS,
  type Hook,
  inBaseline,
  type Registered,
  registered,
} from "./registered.ts";

const alert = (number: number, name = `d-${number}`): Alert => ({ name, number, about: "", signature: "" });

function detector(folder: string, declaration: Partial<Declaration>, hooks: Hook[] = ["check", "expected", "seen"]) {
  return {
    folder,
    declaration: { input: "packet", alerts: [alert(1)], ...declaration },
    hooks: new Set(hooks),
    ownKey: false,
  } satisfies Registered;
}
const half = (name: string, tag: number) => ({ name, tag }) as Declaration["learned"] & {};
const LEARNS: Hook[] = ["check", "configure", "expected", "seen"];

describe("declarations are refused", () => {
  it.each<[string, Registered[], string]>([
    [
      "a number twice",
      [detector("a", {}), detector("b", { alerts: [alert(1, "x")] })],
      "detectors/b: number 1 is that of detectors/a",
    ],
    [
      "a name twice",
      [detector("a", {}), detector("b", { alerts: [alert(2, "d-1")] })],
      "detectors/b: name d-1 is that of detectors/a",
    ],
    [
      "a family twice",
      [
        detector("a", { learned: half("f", 40) }, LEARNS),
        detector("b", { alerts: [alert(2)], learned: half("f", 41) }, LEARNS),
      ],
      "detectors/b: family f is that of detectors/a",
    ],
    [
      "a section twice",
      [
        detector("a", { learned: half("f", 40) }, LEARNS),
        detector("b", { alerts: [alert(2)], learned: half("g", 40) }, LEARNS),
      ],
      "detectors/b: section 40 is that of detectors/a",
    ],
    [
      "a section of others",
      [detector("a", { learned: half("f", 16) }, LEARNS)],
      "detectors/a: section 16, expected 32 to 63",
    ],
    [
      "a number of the bus",
      [detector("a", { alerts: [alert(20)] })],
      "detectors/a: d-20 has number 20, expected 1 to 19, 30 or 31",
    ],
    [
      "a bus's number below",
      [detector("a", { input: "message" })],
      "detectors/a: d-1 has number 1, expected 20 to 39, not 30 or 31",
    ],
    [
      "a name with spaces",
      [detector("a", { alerts: [alert(1, "A b")] })],
      'detectors/a: "A b", expected lower case and dashes',
    ],
    ["no words", [detector("a", {}, ["check"])], "detectors/a: no expected() onboard\ndetectors/a: no seen() onboard"],
    [
      "a section that nobody reads",
      [detector("a", { learned: half("f", 40) })],
      "detectors/a: configure() onboard and the ground's half belong together",
    ],
  ])("%s", (_, all, what) => expect(faults(all).join("\n")).toBe(what));
});

it("knows what a module exports", () => {
  const source = `export function check(k: Packet): void {}
@inline export function seen(t: Text, f: Finding): void {}
export { configure, forget as reset } from "./other";
export {
  expected,
} from "./words";
function learn(): void {}
export const enum What { A }`;
  expect(exportsOf(source)).toEqual(["check", "seen", "configure", "reset", "expected"]);
});

it("is in order: the dispatch calls who has a function, in the registry's order; baselines have one of their own", async () => {
  const all = await registered();
  expect(inBaseline(all).map(({ declaration }) => declaration.learned!.name)).toEqual([
    "new-pair",
    "flood",
    "arp",
    "rate",
    "beacon",
    "silence",
    "tunnel",
    "shape",
    "content",
    "bus",
  ]);
  const text = onboard.dispatch(all);
  for (const { folder, hooks } of all)
    for (const hook of HOOKS)
      if (!(hook === "learn" || hook === "check"))
        expect(text.includes(`${folder}.${hook}(`), `${folder} ${hook}`).toBe(hooks.has(hook));
});

it("no onboard source but a detector's own names it", async () => {
  const own = new Map(
    (await registered()).flatMap(({ folder, declaration }) =>
      declaration.alerts.map(({ name }): [string, string] => [constant(name), `detectors/${folder}/`]),
    ),
  );
  const foreign = onboardSources()
    .filter((path) => !path.startsWith("detectors/onboard/") && !path.endsWith(".probe.ts"))
    .flatMap((path) =>
      [...readFileSync(join(ROOT, path), "utf8").matchAll(/\bDetector\.([A-Z_]+)/g)]
        .filter(([, name]) => name !== "NONE" && !path.startsWith(own.get(name!) ?? "?"))
        .map(([text]) => `${path}: ${text}`),
    );
  expect(own.size).toBeGreaterThan(20);
  expect(foreign).toEqual([]);
});
