/** Inventories that were written before, and lists that people keep: JSON and CSV. */
import { type Problem, Problems } from "../../lib/yaml.ts";
import { rowsOf } from "../evaluate/csv.ts";
import { type Item, KINDS, type Kind, MEMBERS, ORDER } from "./items.ts";

export function parseJson(text: string, file: string): Item[] {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`);
  }
  const items = (found as { items?: unknown }).items;
  if (!Array.isArray(items))
    throw new Error(`${file}: items: missing, expected what weir inventory --json has written`);
  return items.map((item, n) => {
    const { kind, first, last, ...members } = (item ?? {}) as Item["members"] & { kind: Kind };
    const places = (what: string) => new Error(`${file}: items.${n}: ${what}`);
    if (!Object.hasOwn(KINDS, kind ?? "")) throw places(`kind: expected ${ORDER.join(", ")}`);
    return { kind, members: checked(kind, members, places) };
  });
}

/** The members of its kind, each as it must be. */
function checked(kind: Kind, members: Record<string, unknown>, fail: (what: string) => Error): Item["members"] {
  const { key, facts } = KINDS[kind];
  const out: Record<string, string | number | readonly string[]> = {};
  for (const name of [...key, ...facts]) {
    const value = members[name];
    if (value === undefined || value === "") continue;
    if (LISTS.includes(name)) out[name] = list(value).sort();
    else if (NUMBERS.includes(name)) {
      if (!/^\d{1,5}$/.test(String(value))) throw fail(`${name}: "${String(value)}", expected a number`);
      out[name] = Number(value);
    } else out[name] = String(value);
  }
  const wanted = key.filter((name) => !OPTIONAL.includes(name) && out[name] === undefined);
  if (wanted.length) throw fail(`${wanted.join(", ")}: missing, expected ${key.join(", ")} of a ${kind}`);
  return out;
}

const LISTS = ["mac", "roles", "clients", "buses", "words", "functions"];
const NUMBERS = ["port", "channel", "terminal", "subaddress", "mode"];
/** Of a key: a service of ICMP has no port, a message has a subaddress or a mode code. */
const OPTIONAL = ["port", "subaddress", "mode"];
const list = (value: unknown): string[] =>
  Array.isArray(value) ? value.map(String) : String(value).split(/[ ;]+/).filter(Boolean);

/** Columns by the members' names, in any order; without a column `kind` the columns tell what a row is. */
export function parseCsv(text: string, file: string): Item[] {
  const [head, ...rows] = rowsOf(text);
  const problems: Problem[] = [];
  const fail = (line: number, column: number, what: string) => {
    const problem = { file, line, column, path: "", what };
    problems.push(problem);
    return new Problems([problem]);
  };
  if (!head) throw fail(1, 1, "empty, expected a header with columns such as address, mac, protocol, port");
  const names = head.fields.map(({ text: name }) => name.toLowerCase());
  const known = ["kind", "first", "last", ...MEMBERS];
  for (const [n, name] of names.entries())
    if (!known.includes(name))
      fail(head.line, head.fields[n]!.column, `column "${name}", expected ${known.join(", ")}`);
  if (problems.length) throw new Problems(problems);
  const items = rows.flatMap(({ line, fields }): Item[] => {
    const cells = Object.fromEntries(fields.map(({ text: cell }, n) => [names[n] ?? "", cell]));
    const kind = (cells.kind || kindOf(cells)) as Kind;
    try {
      if (!Object.hasOwn(KINDS, kind)) throw fail(line, 1, `kind "${kind}", expected ${ORDER.join(", ")}`);
      return [{ kind, members: checked(kind, cells, (what) => fail(line, 1, what)) }];
    } catch (error) {
      if (error instanceof Problems) return [];
      throw error;
    }
  });
  if (problems.length) throw new Problems(problems);
  return items;
}

function kindOf(cells: Record<string, string>): Kind {
  if (cells.terminal) return cells.direction ? "message" : "terminal";
  return cells.protocol ? "service" : "host";
}
