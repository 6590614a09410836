// What no linter knows of onboard code: what allocates, what is not there, sizes that are retyped; and the width of lines.
import ts from "typescript";
import { visit } from "./program.mjs";

const WIDTH = 120;

/** What must not stand in onboard code, and why. Matched against the code without comments and strings. */
const FORBIDDEN = [
  [/\bnew\s+[A-Z]/, "allocates: there is no allocator in the image, expected memory.data and changetype"],
  [/\bMath\./, "is not the same on every host, expected NativeMath"],
  [/\b(Date|console|performance)\b/, "is not there onboard: time comes with the record"],
  [/:\s*any\b/, "says nothing, expected a type"],
  [/\bmemory\.grow\b/, "memory is fixed"],
];

/** Compiled by the gate's test only, which expects a refusal. */
const ALLOCATES = /\/allocates\.probe\.ts$/;

/** Yields { file, start, message } for each line that breaks a rule. */
export function* brokenRules({ files }) {
  for (const file of files) {
    if (ALLOCATES.test(file.fileName)) continue;
    yield* lines(file);
    yield* retypedSizes(file);
  }
}

function* lines(file) {
  const blank = (found) => found.replaceAll(/[^\n]/g, " ");
  const code = file.text
    .replaceAll(/\/\*[\s\S]*?\*\//g, blank)
    .replaceAll(/"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\/\/.*/g, blank);
  const starts = file.getLineStarts();
  const shown = file.text.split("\n");
  for (const [i, line] of code.split("\n").entries()) {
    for (const [pattern, why] of FORBIDDEN) {
      const found = pattern.exec(line);
      if (found) yield { file, start: starts[i] + found.index, message: `${found[0].trim()}: ${why}` };
    }
    if (shown[i].length > WIDTH)
      yield { file, start: starts[i] + WIDTH, message: `line of ${shown[i].length}, expected at most ${WIDTH}` };
  }
}

/** A size in memory.data must follow from what it holds: a class's offsetof, a named count. */
function* retypedSizes(file) {
  const found = [];
  visit(file, (node) => {
    if (!ts.isCallExpression(node) || node.expression.getText() !== "memory.data") return;
    const size = node.arguments[0];
    if (!ts.isArrayLiteralExpression(size))
      visit(size, (part) => {
        if (ts.isNumericLiteral(part) && part.getText().length >= 3) found.push(part);
      });
  });
  for (const part of found)
    yield {
      file,
      start: part.getStart(),
      message: `${part.getText()}: expected a size that follows from what is held, such as offsetof<Class>()`,
    };
}
