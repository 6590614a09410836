// What the library's parts say of what they cannot use.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { Decoder } from "../ip/decode/decoder.ts";
import { ROOT, withoutMapName } from "./asc.ts";
import { readText } from "./files.ts";
import { roc } from "./numerics/curve.ts";
import { fitPareto } from "./numerics/pareto.ts";
import { limitFor, limitOfLargest } from "./numerics/threshold.ts";
import { sourcesOf } from "./sources.ts";

const RATE = { rate: 1 };

it.each<[string, () => unknown, string]>([
  ["scores without labels", () => roc([1], []), "1 scores but 0 labels"],
  ["excesses that are all equal", () => fitPareto([1, 1]), "excesses must be positive, finite and not all equal"],
  ["one excess", () => fitPareto([1]), "excesses must be positive, finite and not all equal"],
  ["no scores", () => limitFor({ scores: [], times: [] }, RATE), "no scores to learn a limit from"],
  [
    "a score that is no number",
    () => limitFor({ scores: [1, Number.NaN], times: [0, 1] }, RATE),
    "a score is not a finite number",
  ],
  [
    "a rate of 0",
    () => limitFor({ scores: [1], times: [0] }, { rate: 0 }),
    "the wanted rate must be above 0 alarms per hour",
  ],
  ["no peaks", () => limitOfLargest({ largest: [], count: 0, hours: 1 }, RATE), "no peaks to learn a limit from"],
])("%s", (_, made, message) => {
  expect(made).toThrow(new RangeError(message));
});

it("a folder, and a source that imports what does not exist", () => {
  const folder = mkdtempSync(join(tmpdir(), "weir-troubles-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  expect(() => readText(folder, 10)).toThrow(new Error(`${folder}: cannot be read (EISDIR)`));
  const entry = join(folder, "a.ts");
  writeFileSync(entry, 'import { b } from "./b.ts";\n');
  const named = relative(ROOT, entry);
  expect(() => sourcesOf(named)).toThrow(new Error(`${named}: imports ./b.ts, which does not exist`));
});

it("a module of asc whose last section is another than the name of its map", () => {
  const name = Buffer.from("\0\x14\x10sourceMappingURL\x02ab", "latin1");
  const code = Buffer.from([1, 2, 3]);
  expect(withoutMapName(Buffer.concat([code, name]))).toEqual(code);
  expect(() => withoutMapName(Buffer.concat([name, code]))).toThrow(
    new Error("asc did not write where its source map is as the last section"),
  );
});

it("records that say that more was captured than they have", async () => {
  const decoder = await Decoder.create();
  const { input } = decoder;
  new DataView(input.buffer, input.byteOffset).setUint32(16, 1000, true);
  expect(() => [...decoder.decode(64)]).toThrow(new Error("records do not follow appliance/contract"));
});
