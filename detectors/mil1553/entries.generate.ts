/** The names of the entries' members, for onboard code: a member that is not in ground/entries.ts does not compile there. */
import { generatedFrom, type Output } from "../../appliance/contract/generate/text.ts";
import { KINDS } from "./ground/entries.ts";
import { CHANGE } from "./ground/words.ts";

const FROM = "detectors/mil1553/ground/entries.ts and words.ts";

const constant = (name: string, json: string) => `  export const ${name} = '${json}';`;
const members = (names: readonly string[]) => names.map((name) => constant(name, `,"${name}":`));

/** bus.message -> BusMessage. */
const title = (detector: string) =>
  detector
    .split(".")
    .map((part) => part[0]!.toUpperCase() + part.slice(1))
    .join("");

const block = (doc: string, name: string, lines: readonly string[]) =>
  [`/** ${doc} */`, `export namespace ${name} {`, ...lines, "}"].join("\n");

export default function names(): Output[] {
  const entries = KINDS.map(({ detector, members: declared }) =>
    block(`Members of a \`${detector}\` entry.`, title(detector), [
      constant("detector", `"detector":"${detector}"`),
      ...members(Object.keys(declared)),
    ]),
  );
  const [first, ...rest] = Object.keys(CHANGE);
  const change = block("Members of a data word that changed, in a `bus.data` entry.", "Change", [
    constant(first!, `"${first}":`),
    ...members(rest),
  ]);
  const head = [`// ${generatedFrom(FROM)}`, "//", "// The names of baseline entries' members, as JSON has them."].join(
    "\n",
  );
  return [
    { path: "detectors/mil1553/onboard/generated/entries.ts", text: `${[head, ...entries, change].join("\n\n")}\n` },
  ];
}
