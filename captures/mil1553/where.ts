// REQ-DECODE-026
// Words that choose 1553 messages: `rt 5 and sa 2 and error`, `channel 3 or not (bus B or format rt-rt)`.
//
//   message = any of the primitives below, `not`, `and`, `or`, parentheses; `and` binds closer than `or`
//   rt N   sa N   either command's terminal, subaddress      channel N, name TEXT    of Chapter 10, of its TMATS
//   mode N, words N  mode code, word count of the first command       bus A|B   format bc-rt|rt-bc|rt-rt|mode|...
//   transmit, receive  of the first command    error  anything is wrong with it    anomaly NAME  this is
//   message NAME, value NAME < 5   of an interface-control file: its message, one of its data words (<, <=, =, !=, >=, >)
//
// N is a number or a range, `0-5`.

/** A row of weir decode, as far as the words ask for it. */
export interface Fields {
  channel: number;
  name: string;
  bus: string;
  format: string;
  direction: string;
  /** Of the first command and, of a transfer between terminals, the second. */
  terminals: number[];
  subaddresses: number[];
  mode: number | undefined;
  words: number | undefined;
  /** Without `mil1553.`. */
  anomalies: string[];
  /** Of an interface-control file; undefined: there is none, or it does not have the message. */
  names?: Names | undefined;
}

/** What a message is called, and its values by name. */
export interface Names {
  message: string;
  values: ReadonlyMap<string, number | string>;
}

export type Where = (message: Fields) => boolean;
/** `names`: the words ask for those of an interface-control file. */
export interface Asked {
  where: Where;
  names: boolean;
}

const FORMATS = [
  ...["bc-rt", "rt-bc", "rt-rt", "mode", "mode-transmit", "mode-receive", "broadcast", "broadcast-rt-rt"],
  ...["broadcast-mode", "broadcast-mode-data", "none"],
];
const NUMBERS: Record<string, [most: number, of: (m: Fields) => readonly (number | undefined)[]]> = {
  rt: [31, (m) => m.terminals],
  sa: [31, (m) => m.subaddresses],
  channel: [65535, (m) => [m.channel]],
  mode: [31, (m) => [m.mode]],
  words: [32, (m) => [m.words]],
};
const TEXTS: Record<string, [among: readonly string[] | undefined, of: (m: Fields) => readonly string[]]> = {
  bus: [["A", "B"], (m) => [m.bus]],
  format: [FORMATS, (m) => [m.format]],
  name: [undefined, (m) => [m.name]],
  anomaly: [undefined, (m) => m.anomalies],
  message: [undefined, (m) => (m.names ? [m.names.message] : [])],
};
const COMPARED: Record<string, (a: number, b: number) => boolean> = {
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  "=": (a, b) => a === b,
  "!=": (a, b) => a !== b,
  ">=": (a, b) => a >= b,
  ">": (a, b) => a > b,
};
const ALONE: Record<string, Where> = {
  transmit: (m) => m.direction === "transmit",
  receive: (m) => m.direction === "receive",
  error: (m) => m.anomalies.length > 0,
};
const VALUE = "value";
const PRIMITIVES = [...Object.keys(NUMBERS), ...Object.keys(TEXTS), VALUE, ...Object.keys(ALONE)];
/** These ask for names of an interface-control file. */
const NAMES = ["message", VALUE];

/** Nesting that is read: deeper words are somebody's mistake. */
const DEEPEST = 100;

/** @throws Error that says which word is wrong, and what was expected there */
export function whereOf(text: string): Asked {
  const words = text.match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;
  let depth = 0;
  let names = false;
  const fail = (expected: string): never => {
    const what = at < words.length ? `word ${at + 1}, ${words[at]}` : "the end";
    throw new Error(`${text}: ${what}: expected ${expected}`);
  };
  const lookedAt = () => words[at]?.toLowerCase();
  const oneOf = (): Where => {
    const parts = [allOf()];
    while (lookedAt() === "or" && ++at) parts.push(allOf());
    return parts.length === 1 ? parts[0]! : (m) => parts.some((part) => part(m));
  };
  const allOf = (): Where => {
    const parts = [primitive()];
    while (lookedAt() === "and" && ++at) parts.push(primitive());
    return parts.length === 1 ? parts[0]! : (m) => parts.every((part) => part(m));
  };
  const primitive = (): Where => {
    if (++depth > DEEPEST) fail(`at most ${DEEPEST} words inside of others`);
    const made = nested();
    depth--;
    return made;
  };
  const nested = (): Where => {
    const word = lookedAt() ?? "";
    if (word === "not") {
      at++;
      const inner = primitive();
      return (m) => !inner(m);
    }
    if (word === "(") {
      at++;
      const inner = oneOf();
      if (words[at] !== ")") fail("and, or, or a closing parenthesis");
      at++;
      return inner;
    }
    if (!PRIMITIVES.includes(word)) fail(`${PRIMITIVES.join(", ")}, not, or a parenthesis`);
    at++;
    names ||= NAMES.includes(word);
    const alone = ALONE[word];
    if (alone) return alone;
    if (word === VALUE) return ofValue();
    return word in NUMBERS ? ofNumber(word) : ofText(word);
  };
  const ofNumber = (word: string): Where => {
    const [most, of] = NUMBERS[word]!;
    const [, low, high = low] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(words[at] ?? "") ?? [];
    if (low === undefined || Number(low) > Number(high) || Number(high) > most)
      fail(`a number or a range from 0 to ${most}`);
    at++;
    return (m) => of(m).some((n) => n !== undefined && n >= Number(low) && n <= Number(high));
  };
  const ofText = (word: string): Where => {
    const [among, of] = TEXTS[word]!;
    const asked = words[at]?.toLowerCase();
    if (asked === undefined || (among && !among.some((one) => one.toLowerCase() === asked)))
      fail(among ? among.join(", ") : `what ${word} is to be`);
    at++;
    return (m) => of(m).some((one) => one.toLowerCase() === asked);
  };
  const ofValue = (): Where => {
    const name = words[at]?.toLowerCase();
    if (name === undefined) fail("what value is to be compared");
    at++;
    const compare = COMPARED[words[at] ?? ""] ?? fail(Object.keys(COMPARED).join(", "));
    at++;
    const limit = Number(/^-?\d+(\.\d+)?$/.exec(words[at] ?? "")?.[0] ?? fail("a number"));
    at++;
    return (m) => [...(m.names?.values ?? [])].some(([n, v]) => n.toLowerCase() === name && compare(Number(v), limit));
  };
  const where = oneOf();
  if (at < words.length) fail("and, or, or the end");
  return { where, names };
}

const withoutPrefix = (name: string) => name.slice(name.indexOf(".") + 1);
const numberOf = (text: string | undefined) => (text ? Number(text) : undefined);
const present = (...numbers: (number | undefined)[]) => numbers.filter((n) => n !== undefined);

/** Of a row of MESSAGE_COLUMNS (index.ts). */
export function fieldsOfCsv(line: string): Fields {
  const f = line.split(",");
  const [rt, sa, direction = "", format = "", fromRt, fromSa, mode] = f.slice(15, 22);
  return {
    channel: Number(f[0]),
    name: f.slice(26).join(",").replace(/^"|"$/g, "").replaceAll('""', '"'),
    bus: f[3] ?? "",
    format,
    direction,
    terminals: present(numberOf(rt), numberOf(fromRt)),
    subaddresses: present(numberOf(sa), numberOf(fromSa)),
    mode: numberOf(mode),
    words: mode ? undefined : numberOf(f[11]),
    anomalies: f[14] ? f[14].split(";").map(withoutPrefix) : [],
  };
}

type Json = Pick<Fields, "channel" | "bus" | "format"> & {
  name?: string;
  direction?: string;
  rt?: number;
  sa?: number;
  from?: { rt: number; sa: number };
  mode_code?: number;
  word_count?: number;
};

/** Of a line of JSON. */
export function fieldsOfJson(line: string): Fields {
  const { mil1553: m, anomalies = [] } = JSON.parse(line) as { mil1553: Json; anomalies?: string[] };
  return {
    channel: m.channel,
    name: m.name ?? "",
    bus: m.bus,
    format: m.format,
    direction: m.direction ?? "",
    terminals: present(m.rt, m.from?.rt),
    subaddresses: present(m.sa, m.from?.sa),
    mode: m.mode_code,
    words: m.word_count,
    anomalies: anomalies.map(withoutPrefix),
  };
}
