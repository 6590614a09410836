/** Filter words to tokens, and what is wrong with them said at its place. */

/** Words that are no filter: the message has their place, and below it the words with a mark. */
export class FilterError extends Error {
  /** Where in the words it is; 0 when that is nowhere. */
  readonly at: number;

  constructor(message: string, at = 0) {
    super(message);
    this.at = at;
  }
}

export interface Token {
  text: string;
  /** Where it stands in the words. */
  at: number;
}

// Numbers and names may have dashes in them, as in libpcap's scanner: `tcp-syn`, `1000-2000`.
const WORD =
  /[0-9a-f]*:[0-9a-f:.]*(?:\/\d+)?|\d+(?:\.\d+)+(?:\/[\d.]+)?|0x[0-9a-f]+|\\?[a-z][\w-]*|\d+(?:-\d+)?(?:\/\d+)?|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^!()<>=[\]:]|\S/giy;
/** In brackets a colon stands between index and size, and never in an address. */
const IN_BRACKETS = /0x[0-9a-f]+|[a-z][\w-]*|\d+|<<|>>|[-+*/%&|^()[\]:]|\S/giy;
const BLANK = /\s*/y;

export function tokens(words: string): Token[] {
  const found: Token[] = [];
  for (let at = 0, depth = 0; ; ) {
    BLANK.lastIndex = at;
    BLANK.exec(words);
    const pattern = depth > 0 ? IN_BRACKETS : WORD;
    pattern.lastIndex = BLANK.lastIndex;
    const match = pattern.exec(words);
    if (!match) return found;
    const text = match[0];
    if (text === "[") depth++;
    if (text === "]") depth--;
    found.push({ text, at: match.index });
    at = match.index + text.length;
  }
}

/** @throws FilterError `filter:1:5: what is wrong`, then the line of the words with a mark under it */
export function wrong(what: string, words: string, at: number): never {
  const start = words.lastIndexOf("\n", at - 1) + 1;
  const line = words
    .slice(start)
    .split("\n", 1)[0]!
    .replaceAll(/[\t\r]/g, " ");
  const row = words.slice(0, start).split("\n").length;
  throw new FilterError(
    `filter:${row}:${at - start + 1}: ${what}\n  ${line}\n  ${" ".repeat(Math.max(0, at - start))}^`,
    at,
  );
}
