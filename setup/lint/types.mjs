// TypeScript's own errors in onboard code, apart from the one that every AssemblyScript file has: a decorator such as
// @inline before a function or a variable. No comment is needed there to silence TypeScript, and none could hide more.
import ts from "typescript";
import { foreignDecorators } from "./program.mjs";

const DECORATORS_ARE_NOT_VALID_HERE = 1206;

/** Yields { file, start, message } for each error. */
export function* typeErrors({ program, files, errors }) {
  const allowed = new Set(files.flatMap((file) => foreignDecorators(file).map((node) => place(file, node.getStart()))));
  for (const { file, start, code, messageText } of [...errors, ...ts.getPreEmitDiagnostics(program)]) {
    if (code === DECORATORS_ARE_NOT_VALID_HERE && allowed.has(place(file, start))) continue;
    yield { file, start, message: ts.flattenDiagnosticMessageText(messageText, "\n") };
  }
}

const place = (file, start) => `${file.fileName}:${start}`;

/** Comments that would hide an error of TypeScript's. */
export function* silencers({ files }) {
  for (const file of files)
    for (const found of file.text.matchAll(/@ts-(ignore|expect-error|nocheck)/g))
      yield { file, start: found.index, message: `${found[0]} hides errors, expected none` };
}
