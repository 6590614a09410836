// REQ-GROUND-004
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
    const quoted = quotedAt(line, at);
    const end = line.indexOf(delimiter, quoted?.to ?? at);
    const stop = end < 0 ? line.length : end;
    const raw = line.slice(at, stop);
    const text = quoted?.text ?? raw.trim();
    fields.push({ text, column: at + 1 + (raw.length - raw.trimStart().length) });
    at = stop + 1;
  }
  return fields;
}

/** Text between quotes that begins here, and where the last one stands; "" in it is a quote. Untrusted: of any length. */
function quotedAt(line: string, at: number): { text: string; to: number } | undefined {
  BEFORE.lastIndex = at;
  if (!BEFORE.test(line)) return undefined;
  const from = BEFORE.lastIndex;
  for (let to = line.indexOf('"', from); to >= 0; to = line.indexOf('"', to + 2))
    if (line[to + 1] !== '"') return { text: line.slice(from, to).replaceAll('""', '"'), to };
  return undefined;
}
const BEFORE = /\s*"/y;
