// What the generators of all languages share: comments, names, the line that says a file is generated.
import type { Layouts } from "./declare.ts";

/** A set of declarations with the path of its file, which is what its outputs are named after. */
export interface Source {
  /** From the project's root: ROOM/layouts/NAME.ts. */
  path: string;
  layouts: Layouts;
}

export interface Output {
  /** From the project's root. */
  path: string;
  text: string;
}

const WIDTH = 120;

export const generatedFrom = (what: string): string => `Generated from ${what} by \`npm run generate\`: do not edit.`;

/** ROOM and NAME of ROOM/layouts/NAME.ts. @throws Error for any other path */
export function placeOf({ path }: Source): { room: string; name: string } {
  const found = /^(.+)\/layouts\/([a-z0-9-]+)\.ts$/.exec(path);
  if (!found) throw new Error(`${path}: expected ROOM/layouts/NAME.ts`);
  return { room: found[1]!, name: found[2]! };
}

/** Line comments, each line of the text on its own, as long as it may be. */
export const lines = (text: string, indent = ""): string[] =>
  text
    .split("\n")
    .flatMap((line) => wrapped(line, WIDTH - indent.length - 3).map((part) => `${indent}// ${part}`.trimEnd()));

/** A documentation comment. */
export function docComment(text: string, indent = ""): string[] {
  if (!text) return [];
  const parts = text.split("\n").flatMap((line) => wrapped(line, WIDTH - indent.length - 3));
  const [only] = parts;
  if (parts.length === 1 && indent.length + only!.length + 7 <= WIDTH) return [`${indent}/** ${only} */`];
  return [`${indent}/**`, ...parts.map((part) => `${indent} * ${part}`.trimEnd()), `${indent} */`];
}

/** Code with its comment behind it, or above where both are too long for a line. */
export const commented = (code: string, doc: string): string[] => {
  if (!doc) return [code];
  const indent = /^ */.exec(code)![0];
  return code.length + doc.length + 4 <= WIDTH ? [`${code} // ${doc}`] : [...lines(doc, indent), code];
};

function wrapped(line: string, width: number): string[] {
  const indent = /^ */.exec(line)![0];
  const out: string[] = [];
  let rest = line;
  while (rest.length > width) {
    const cut = rest.lastIndexOf(" ", width);
    if (cut <= indent.length) break;
    out.push(rest.slice(0, cut));
    rest = indent + rest.slice(cut + 1);
  }
  return [...out, rest];
}

/** What a field is, for a comment: unit and meaning. */
export const meaning = ({ unit, doc }: { unit: string; doc: string }): string =>
  unit && doc ? `${unit}: ${doc}` : unit || doc;

/** RecordHeader -> record_header. */
export const snake = (name: string): string => name.replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();

/** RecordHeader -> RECORD_HEADER. */
export const upper = (name: string): string => snake(name).toUpperCase();

export const hexadecimal = (value: number): string => `0x${value.toString(16)}`;
/** Large numbers are masks or magic words. */
export const number = (value: number): string => (value > 0xffffff ? hexadecimal(value) : String(value));
