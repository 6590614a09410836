/** Delimited text with positions, for faults that name them. Quoted fields may hold delimiters, not line ends. */

export interface Field {
  text: string;
  /** From 1. */
  column: number;
}

export interface Row {
  /** From 1. */
  line: number;
  fields: Field[];
}

/** Splits at the delimiter that the first line has: tab, semicolon, comma. Empty lines and lines that begin with # are left out. */
export function rowsOf(content: string): Row[] {
  const lines = content.replace(/^\uFEFF/, "").split(/\r?\n/);
  const first = lines.find((line) => line.trim() && !line.startsWith("#")) ?? "";
  const delimiter = ["\t", ";"].find((d) => first.includes(d)) ?? ",";
  return lines.flatMap((line, i) =>
    line.trim() === "" || line.startsWith("#") ? [] : [{ line: i + 1, fields: split(line, delimiter) }],
  );
}

function split(line: string, delimiter: string): Field[] {
  const fields: Field[] = [];
  for (let at = 0; at <= line.length; ) {
    const quoted = /^\s*"((?:[^"]|"")*)"\s*/.exec(line.slice(at));
    const end = line.indexOf(delimiter, at + (quoted?.[0].length ?? 0));
    const stop = end < 0 ? line.length : end;
    const raw = line.slice(at, stop);
    const text = quoted ? quoted[1]!.replaceAll('""', '"') : raw.trim();
    fields.push({ text, column: at + 1 + (raw.length - raw.trimStart().length) });
    at = stop + 1;
  }
  return fields;
}
