/** Arithmetic in filter words, `tcp[tcpflags] & (tcp-syn|tcp-ack)`; the part of the parser that knows no tests. */
import { KNOWN, NAMED, numberOf, PROTOCOLS, SEALED } from "./names.ts";
import type { Expression } from "./tree.ts";
import { type Token, tokens, wrong } from "./words.ts";

/** From the weakest to the strongest. */
const LEVELS = [["|"], ["&"], ["<<", ">>"], ["+", "-"], ["*", "/"]];
/** libpcap's grammar gives these no rank: beside another operator they take all that follows. */
const UNRANKED = ["^", "%"];
const OPERATORS = [...LEVELS.flat(), ...UNRANKED];

/** What constants come to; of 32 bits. */
const FOLD: Record<string, (a: number, b: number) => number> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": Math.imul,
  "/": (a, b) => Math.floor(a / b),
  "%": (a, b) => a % b,
  "&": (a, b) => a & b,
  "|": (a, b) => a | b,
  "^": (a, b) => a ^ b,
  "<<": (a, b) => a << b,
  ">>": (a, b) => a >>> b,
};

export class Arithmetic {
  readonly #words: string;
  readonly #tokens: Token[];
  /** The next token. */
  protected at = 0;

  constructor(words: string) {
    this.#words = words;
    this.#tokens = tokens(words);
  }

  protected token(): Token | undefined {
    return this.#tokens[this.at];
  }

  protected before(): Token | undefined {
    return this.#tokens[this.at - 1];
  }

  protected peek(ahead = 0): string | undefined {
    return this.#tokens[this.at + ahead]?.text;
  }

  protected peekAt(at: number): string {
    return this.#tokens[at]?.text ?? "";
  }

  protected take(): string {
    const token = this.#tokens[this.at];
    if (!token) this.wrong("more words expected");
    this.at++;
    return token.text;
  }

  protected accept(...texts: string[]): string | undefined {
    const found = texts.find((text) => text === this.peek());
    if (found !== undefined) this.at++;
    return found;
  }

  protected expect(text: string): void {
    if (!this.accept(text)) this.wrong(`expected ${text}`);
  }

  protected wrong(what: string, token = this.token()): never {
    wrong(what, this.#words, token?.at ?? this.#words.length);
  }

  protected arithmetic(): Expression {
    const start = this.at;
    const sum = this.#level(0);
    const operator = this.token();
    if (!operator || !UNRANKED.includes(operator.text)) return sum;
    const alone = () => this.wrong(`libpcap gives ${operator.text} no rank: expected ( ) around it`, operator);
    if (this.#bare(start)) alone();
    this.at++;
    const right = this.#operand();
    if (OPERATORS.includes(this.peek() ?? "")) alone();
    return this.#binary(operator.text, sum, right, operator);
  }

  /** Whether what was read from here is more than one operand without a sign. */
  #bare(start: number): boolean {
    if (this.peekAt(start) === "-") return true;
    const end = this.at;
    this.at = start;
    this.#operand();
    const more = this.at < end;
    this.at = end;
    return more;
  }

  #level(level: number): Expression {
    const operators = LEVELS[level];
    if (!operators) return this.#operand();
    let left = this.#level(level + 1);
    for (;;) {
      const token = this.token();
      const operator = this.accept(...operators);
      if (!operator) return left;
      left = this.#binary(operator, left, this.#level(level + 1), token);
    }
  }

  #binary(operator: string, left: Expression, right: Expression, token: Token | undefined): Expression {
    if (right.kind === "number") {
      if ((operator === "/" || operator === "%") && right.value === 0) this.wrong("division by zero", token);
      if ((operator === "<<" || operator === ">>") && right.value > 31) this.wrong("a shift is at most 31", token);
      if (left.kind === "number") return { kind: "number", value: FOLD[operator]!(left.value, right.value) >>> 0 };
    }
    return { kind: "binary", operator, left, right };
  }

  #operand(): Expression {
    if (this.accept("-")) {
      const of = this.#operand();
      return of.kind === "number" ? { kind: "number", value: -of.value >>> 0 } : { kind: "negative", of };
    }
    if (this.accept("(")) {
      const inner = this.arithmetic();
      this.expect(")");
      return inner;
    }
    if (this.accept("len")) return { kind: "length" };
    const base = this.peek() ?? "";
    if (PROTOCOLS.includes(base) && SEALED[base] === undefined && this.peek(1) === "[") return this.#load(this.take());
    return this.number();
  }

  #load(base: string): Expression {
    this.expect("[");
    const index = this.arithmetic();
    let size = 1;
    if (this.accept(":")) size = Number(this.take());
    if (size !== 1 && size !== 2 && size !== 4) this.wrong("expected 1, 2 or 4 bytes", this.before());
    this.expect("]");
    return { kind: "load", base, index, size };
  }

  protected number(): Expression {
    const text = this.peek() ?? "";
    const value = NAMED[text] ?? numberOf(text);
    if (value === undefined) this.wrong(`unknown, expected one of ${KNOWN}`);
    this.at++;
    return { kind: "number", value };
  }
}
