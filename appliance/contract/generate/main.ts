// npm run generate: writes every generated file. With --check it writes nothing and fails when one is stale.
//
// How to add
//   a layout      ROOM/layouts/NAME.ts, whose default export is layouts(...) of declare.ts. It is found by its place. Out of it
//                 come ROOM/onboard/generated/NAME.ts (AssemblyScript: a class for each struct), ROOM/generated/NAME.ts (a class
//                 that reads and writes it in memory: new Rule(bytes, at).interval, packed(Rule, {...})), with target "c" a part
//                 of ../abi.h, and a table in ../README.md.
//   a field       a line in its struct; the size that is stated there has to follow.
//   an array      scalars(u16, 8), and { accessors: true }: onboard code gets the address of the array, the ground get(n), set(n).
//                 In a packed struct it lets both sides read and write fields by name wherever they lie.
//   a language    a function from Source[] to Output[] beside this file, and a line in outputs.ts.
//   another kind  (a dispatch, a schema): a file NAME.generate.ts anywhere, whose default export returns Output[] (text.ts).
//   of file       Begin its text with a comment that says generatedFrom(...). It is found by its name.
// Declarations and generators must not import what is generated. After a change: npm run generate, and look at the diff.
import { allOutputs, stale, write } from "./outputs.ts";

const outputs = await allOutputs().catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
const old = stale(outputs);
if (process.argv.includes("--check")) {
  for (const path of old) console.error(`${path}: stale, expected what \`npm run generate\` writes`);
  process.exitCode = old.length ? 1 : 0;
} else {
  for (const output of outputs) if (old.includes(output.path)) write(output);
  console.error(old.length ? `generated: ${old.join(", ")}` : "everything generated is as it must be");
}
