// Each text that people read, in the ground's sources, is quoted by a test, or by a golden file: so some test makes the program say it,
// and is red when it says something else; or it stands in unquoted.json with why. A `hole` there is a test that is still to be written.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ROOT } from "../../lib/asc.ts";
import { sources } from "../../lib/testing/sources.ts";
import { isProduct, isTest } from "../mutation/graph.ts";
import { quotesOf, unquoted } from "./quoted.ts";
import { type Text, textsOf } from "./texts.ts";

/** Texts of unquoted.json that only want a test. When there are fewer, this becomes less; never more. */
const HOLES = 3;
/** Written by npm run generate, and compared by npm run lint. */
const GENERATED = ["schema/README.md", "schema/eve-weir.schema.json"];
const GOLDEN = ["cli/testing/golden", "appliance/hosts/descriptions/golden", "mil1553/simulator/changes/golden"];
const OWN = "test/messages/";

/** A file, its texts with ... for what is put in, and why no test quotes them. */
interface Excepted {
  file: string;
  texts: string[];
  why: string;
}

const read = (file: string) => readFileSync(join(ROOT, file), "utf8");
const excepted = JSON.parse(read(`${OWN}unquoted.json`)) as Excepted[];
const skeleton = ({ pieces }: Text) => pieces.join("...");

it("each text for people is quoted by a test, or listed with a reason", () => {
  const files = sources();
  const product = files.filter((file) => isProduct(file) && !file.includes("/onboard/"));
  const texts = product.flatMap((file) => textsOf(file, read(file)));
  const tests = files.filter((file) => isTest(file) && !file.startsWith(OWN));
  const golden = GOLDEN.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".txt"))
      .map((file) => join(folder, file)),
  );
  const quotes = [...tests.flatMap((file) => quotesOf(file, read(file))), ...[...golden, ...GENERATED].map(read)];
  const left = unquoted(texts, quotes);
  const isListed = (text: Text) =>
    excepted.some(({ file, texts }) => file === text.file && texts.includes(skeleton(text)));
  expect(left.filter((text) => !isListed(text)).map((text) => `${text.file}:${text.line}: ${skeleton(text)}`)).toEqual(
    [],
  );
  const known = new Set(texts.map((text) => `${text.file}: ${skeleton(text)}`));
  const gone = excepted
    .flatMap(({ file, texts }) => texts.map((text) => `${file}: ${text}`))
    .filter((one) => !known.has(one));
  expect(gone, "no such text any more: remove it from unquoted.json").toEqual([]);
  expect(excepted.filter(({ why }) => !why)).toEqual([]);
  const holes = excepted.filter(({ why }) => why.startsWith("hole")).flatMap(({ texts }) => texts);
  expect(holes, "as many texts without a test as HOLES says").toHaveLength(HOLES);
});

it("a text is quoted by three words that it alone has, in whatever kind of literal", () => {
  const text = (...pieces: string[]): Text => ({ file: "a.ts", line: 1, pieces });
  const all = [text("--port ", ": expected a number from 1"), text("--limit ", ": expected a number from 2 to ", "")];
  expect(unquoted(all, ["expected a number"])).toEqual(all);
  expect(unquoted(all, ["--port 0: expected a number from 1"])).toEqual([all[1]]);
  const literals = 'x(/from 2\\.? to \\d+/, "c", `d`, [`a $' + "{b} long text`])";
  expect(quotesOf("t.ts", literals)).toEqual(["/from 2.? to  +/", "c", "d", "a ", " long text"]);
  const source = `import x from "two words here"; f("short", c ? "one more text" : 1, ${literals})`;
  expect(textsOf("a.ts", source).map((one) => one.pieces)).toEqual([["one more text"], ["a ", " long text"]]);
});
