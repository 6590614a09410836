/** Filter words (pcap-filter(7)) to a tree: the grammar of README.md, what is not in it is refused with its place. */
import { parseNetwork } from "../../diode/policy/values.ts";

export type Direction = "src" | "dst" | "either" | "both";

/** An arithmetic expression over the packet. */
export type Expression =
  | { kind: "number"; value: number }
  | { kind: "length" }
  | { kind: "load"; base: string; index: Expression; size: 1 | 2 | 4 }
  | { kind: "binary"; operator: string; left: Expression; right: Expression };

export type Test =
  | { kind: "and" | "or"; left: Test; right: Test }
  | { kind: "not"; of: Test }
  | { kind: "protocol"; name: string }
  | { kind: "type"; level: "ether" | "ip" | "ip6"; value: number }
  | {
      kind: "host";
      only: string | undefined;
      direction: Direction;
      version: 4 | 6;
      hi: bigint;
      lo: bigint;
      bits: number;
    }
  | { kind: "mac"; direction: Direction; value: bigint }
  | { kind: "group"; level: "ether" | "ip" | "ip6" | "broadcast" }
  | { kind: "port"; only: string | undefined; direction: Direction; first: number; last: number }
  | { kind: "vlan"; id: number | undefined }
  | { kind: "relation"; operator: string; left: Expression; right: Expression };

export class FilterError extends Error {}

interface Token {
  text: string;
  at: number;
}

const PROTOCOLS = ["ether", "ip", "ip6", "arp", "rarp", "tcp", "udp", "icmp", "icmp6", "sctp", "igmp"];
const BASES = ["ether", "ip", "ip6", "arp", "rarp", "tcp", "udp", "icmp", "icmp6", "sctp", "igmp"];
const NAMED: Record<string, number> = {
  tcpflags: 13,
  icmptype: 0,
  icmpcode: 1,
  icmp6type: 0,
  icmp6code: 1,
  "tcp-fin": 1,
  "tcp-syn": 2,
  "tcp-rst": 4,
  "tcp-push": 8,
  "tcp-ack": 16,
  "tcp-urg": 32,
  "tcp-ece": 64,
  "tcp-cwr": 128,
  "icmp-echoreply": 0,
  "icmp-unreach": 3,
  "icmp-sourcequench": 4,
  "icmp-redirect": 5,
  "icmp-echo": 8,
  "icmp-routeradvert": 9,
  "icmp-routersolicit": 10,
  "icmp-timxceed": 11,
  "icmp-paramprob": 12,
  "icmp-tstamp": 13,
  "icmp-tstampreply": 14,
  "icmp-ireq": 15,
  "icmp-ireqreply": 16,
  "icmp-maskreq": 17,
  "icmp-maskreply": 18,
  "icmp6-echo": 128,
  "icmp6-echoreply": 129,
  "icmp6-routersolicit": 133,
  "icmp6-routeradvert": 134,
  "icmp6-neighborsolicit": 135,
  "icmp6-neighboradvert": 136,
  "icmp6-redirect": 137,
};
const IP_NUMBERS: Record<string, number> = { icmp: 1, igmp: 2, tcp: 6, udp: 17, esp: 50, ah: 51, icmp6: 58, sctp: 132 };
const ETHER_NUMBERS: Record<string, number> = { ip: 0x800, arp: 0x806, rarp: 0x8035, ip6: 0x86dd };
const RELATIONS = [">", "<", ">=", "<=", "=", "==", "!="];
const LEVELS = [["|"], ["^"], ["&"], ["<<", ">>"], ["+", "-"], ["*", "/", "%"]];

/** Qualifiers that a bare value takes over from what stands before it. */
interface Qualifiers {
  protocol: string | undefined;
  direction: Direction;
  type: "host" | "net" | "port" | "portrange" | "proto";
}

/** @throws FilterError with the words and a mark under the one that is wrong */
export function parseFilter(words: string): Test {
  return new Parser(words).whole();
}

class Parser {
  readonly #words: string;
  readonly #tokens: Token[];
  #at = 0;
  #last: Qualifiers | undefined;

  constructor(words: string) {
    this.#words = words;
    // Addresses with colons or dots, names with dashes, operators
    const pattern =
      /[0-9a-fA-F]*:[0-9a-fA-F:.]*(?:\/\d+)?|\d+(?:\.\d+)+(?:\/[\d.]+)?|0x[0-9a-fA-F]+|\\?[A-Za-z][\w-]*|\d+(?:-\d+)?(?:\/\d+)?|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^!()<>=[\]:]|\S/g;
    this.#tokens = [...this.#joined(words, pattern)];
  }

  /** Inside brackets a colon is between index and size, not part of an address. */
  *#joined(words: string, pattern: RegExp): Generator<Token> {
    for (let at = 0, depth = 0; at < words.length; ) {
      pattern.lastIndex = at;
      const inside = depth > 0 ? /0x[0-9a-fA-F]+|\d+|[A-Za-z][\w-]*|<<|>>|[-+*/%&|^()[\]:]|\S/g : pattern;
      inside.lastIndex = at;
      const match = inside.exec(words);
      if (!match) return;
      let text = match[0];
      // `tcp-syn` is a name, `4-1` a difference unless a range of ports is wanted
      if (text === "[") depth++;
      if (text === "]") depth--;
      if (depth > 0 && /^[A-Za-z]/.test(text) && NAMED[text] === undefined) text = /^[A-Za-z]\w*/.exec(text)![0];
      yield { text, at: match.index };
      at = match.index + text.length;
    }
  }

  whole(): Test {
    const test = this.#or();
    if (this.#peek() !== undefined) this.#wrong("expected and, or, or the end");
    return test;
  }

  #peek(ahead = 0): string | undefined {
    return this.#tokens[this.#at + ahead]?.text;
  }

  #take(): string {
    const token = this.#tokens[this.#at];
    if (!token) this.#wrong("more words expected");
    this.#at++;
    return token!.text;
  }

  #accept(...texts: string[]): string | undefined {
    const found = texts.find((text) => text === this.#peek());
    if (found !== undefined) this.#at++;
    return found;
  }

  #expect(text: string): void {
    if (!this.#accept(text)) this.#wrong(`expected ${text}`);
  }

  #wrong(what: string, token = this.#tokens[this.#at]): never {
    const at = token?.at ?? this.#words.length;
    throw new FilterError(`filter: ${what}\n  ${this.#words}\n  ${" ".repeat(at)}^`);
  }

  // ---- Tests ----------------------------------------------------------------------------------------------------------
  // As in libpcap's grammar `and` and `or` are of the same rank, from left to right.

  #or(): Test {
    let left = this.#unary();
    for (;;) {
      const word = this.#accept("and", "or", "&&", "||");
      if (!word) return left;
      const right = this.#unary();
      left = { kind: word === "and" || word === "&&" ? "and" : "or", left, right };
    }
  }

  #unary(): Test {
    if (this.#accept("not", "!")) return { kind: "not", of: this.#unary() };
    const relation = this.#tryRelation();
    if (relation) return relation;
    if (this.#accept("(")) {
      const inner = this.#or();
      this.#expect(")");
      return inner;
    }
    return this.#primitive();
  }

  #tryRelation(): Test | undefined {
    const at = this.#at;
    try {
      const left = this.#arithmetic(0);
      const operator = this.#accept(...RELATIONS);
      if (operator)
        return { kind: "relation", operator: operator === "==" ? "=" : operator, left, right: this.#arithmetic(0) };
    } catch (error) {
      // What begins like an access to the packet can be nothing else
      if (
        !(error instanceof FilterError) ||
        (BASES.includes(this.#tokens[at]?.text ?? "") && this.#tokens[at + 1]?.text === "[")
      )
        throw error;
    }
    this.#at = at;
    return undefined;
  }

  #primitive(): Test {
    const start = this.#tokens[this.#at];
    const word = this.#peek();
    if (word === "less" || word === "greater") {
      this.#at++;
      return {
        kind: "relation",
        operator: word === "less" ? "<=" : ">=",
        left: { kind: "length" },
        right: this.#number(),
      };
    }
    if (this.#accept("vlan")) {
      const id = /^\d+$/.test(this.#peek() ?? "") ? Number(this.#take()) : undefined;
      if (id !== undefined && id > 4095) this.#wrong("a VLAN is 0 to 4095", this.#tokens[this.#at - 1]);
      this.#last = undefined;
      return { kind: "vlan", id };
    }
    if (this.#accept("broadcast")) return { kind: "group", level: "broadcast" };
    if (this.#accept("multicast")) return { kind: "group", level: "ether" };
    const protocol = this.#accept(...PROTOCOLS);
    if (protocol && this.#accept("multicast")) {
      if (protocol !== "ether" && protocol !== "ip" && protocol !== "ip6")
        this.#wrong("only ether, ip, ip6 multicast", start);
      return { kind: "group", level: protocol };
    }
    if (protocol === "ether" && this.#accept("broadcast")) return { kind: "group", level: "broadcast" };
    if (protocol === "ip" && this.#peek() === "broadcast")
      this.#wrong("ip broadcast needs a netmask, which a capture does not have");
    const direction = this.#direction();
    const type = this.#accept("host", "net", "port", "portrange", "proto") as Qualifiers["type"] | undefined;
    if (protocol && !direction && !type && !this.#isValue()) return { kind: "protocol", name: protocol };
    if (!protocol && !direction && !type) {
      if (!this.#isValue()) this.#wrong(`unknown, expected one of ${known}`);
      if (!this.#last) return this.#value({ protocol: undefined, direction: "either", type: "host" });
      return this.#value(this.#last);
    }
    this.#last = { protocol, direction: direction ?? "either", type: type ?? "host" };
    return this.#value(this.#last);
  }

  #direction(): Direction | undefined {
    const first = this.#accept("src", "dst") as "src" | "dst" | undefined;
    if (!first) return undefined;
    const other = first === "src" ? "dst" : "src";
    if ((this.#peek() === "or" || this.#peek() === "and") && this.#peek(1) === other) {
      const word = this.#take();
      this.#at++;
      return word === "or" ? "either" : "both";
    }
    return first;
  }

  #isValue(): boolean {
    return /^(\d|[0-9a-fA-F]*:)/.test(this.#peek() ?? "");
  }

  #value({ protocol, direction, type }: Qualifiers): Test {
    if (type === "proto") return this.#proto(protocol);
    const token = this.#tokens[this.#at];
    if (!this.#isValue())
      this.#wrong(
        `expected ${type === "port" || type === "portrange" ? "a number" : "an address"} (names are not looked up)`,
      );
    const text = this.#take();
    if (type === "port" || type === "portrange") {
      const [, a, b] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
      const [first, last] = [Number(a), Number(b ?? a)];
      if (a === undefined || first > 65535 || last > 65535 || (type === "port" && b !== undefined))
        this.#wrong(`expected ${type === "port" ? "a port" : "a range of ports such as 1000-2000"}`, token);
      if (protocol && !["tcp", "udp", "sctp", "ip", "ip6"].includes(protocol))
        this.#wrong(`${protocol} has no ports`, token);
      return { kind: "port", only: protocol, direction, first: Math.min(first, last), last: Math.max(first, last) };
    }
    if (protocol === "ether") {
      if (!/^([0-9a-f]{1,2}:){5}[0-9a-f]{1,2}$/i.test(text)) this.#wrong("expected a MAC address", token);
      return {
        kind: "mac",
        direction,
        value: text.split(":").reduce((sum, byte) => (sum << 8n) | BigInt(`0x${byte}`), 0n),
      };
    }
    return this.#address(text, protocol, direction, type, token);
  }

  #address(
    text: string,
    only: string | undefined,
    direction: Direction,
    type: "host" | "net",
    token: Token | undefined,
  ): Test {
    const short = /^\d+(\.\d+){0,2}$/.test(text) ? text.split(".") : undefined;
    const whole = short && type === "net" ? `${[...short, 0, 0, 0].slice(0, 4).join(".")}/${8 * short.length}` : text;
    const network = parseNetwork(whole);
    if (!network || (short && type === "host")) this.#wrong("expected an address such as 10.0.0.1 or fe80::1", token);
    const { version, hi, lo, bits, hostBits } = network;
    if (hostBits !== undefined) this.#wrong("has bits behind its prefix", token);
    if (type === "host" && bits !== (version === 4 ? 32 : 128))
      this.#wrong("a network: expected net in front of it", token);
    const fits = only === undefined || (version === 4 ? ["ip", "arp", "rarp"] : ["ip6"]).includes(only);
    if (!fits) this.#wrong(`${only} does not go with this address`, token);
    return { kind: "host", only, direction, version, hi, lo, bits };
  }

  #proto(protocol: string | undefined): Test {
    const level = protocol ?? "ip";
    if (level !== "ether" && level !== "ip" && level !== "ip6") this.#wrong("proto goes with ether, ip or ip6");
    const text = this.#take().replace(/^\\/, "");
    const names = level === "ether" ? ETHER_NUMBERS : IP_NUMBERS;
    const value = names[text] ?? (/^(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : Number.NaN);
    if (!(value <= (level === "ether" ? 65535 : 255)))
      this.#wrong(`expected a number, or ${Object.keys(names).join(", ")}`, this.#tokens[this.#at - 1]);
    if (protocol === undefined)
      return { kind: "or", left: { kind: "type", level: "ip", value }, right: { kind: "type", level: "ip6", value } };
    return { kind: "type", level, value };
  }

  // ---- Arithmetic -----------------------------------------------------------------------------------------------------

  #arithmetic(level: number): Expression {
    const operators = LEVELS[level];
    if (!operators) return this.#operand();
    let left = this.#arithmetic(level + 1);
    for (;;) {
      const operator = this.#accept(...operators);
      if (!operator) return left;
      left = { kind: "binary", operator, left, right: this.#arithmetic(level + 1) };
    }
  }

  #operand(): Expression {
    if (this.#accept("-"))
      return { kind: "binary", operator: "-", left: { kind: "number", value: 0 }, right: this.#operand() };
    if (this.#accept("(")) {
      const inner = this.#arithmetic(0);
      this.#expect(")");
      return inner;
    }
    if (this.#accept("len")) return { kind: "length" };
    const word = this.#peek() ?? "";
    if (BASES.includes(word) && this.#peek(1) === "[") return this.#load(this.#take());
    return this.#number();
  }

  #load(base: string): Expression {
    this.#expect("[");
    const index = this.#arithmetic(0);
    let size = 1;
    if (this.#accept(":")) size = Number(this.#take());
    if (size !== 1 && size !== 2 && size !== 4) this.#wrong("expected 1, 2 or 4 bytes", this.#tokens[this.#at - 1]);
    this.#expect("]");
    return { kind: "load", base, index, size: size as 1 | 2 | 4 };
  }

  #number(): Expression & { kind: "number" } {
    const text = this.#peek() ?? "";
    const value =
      NAMED[text] ??
      (/^(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(/^0\d/.test(text) ? `0o${text.slice(1)}` : text) : Number.NaN);
    if (!(value <= 0xffffffff)) this.#wrong(`unknown, expected one of ${known}`);
    this.#at++;
    return { kind: "number", value };
  }
}

const known =
  "host, net, port, portrange, src, dst, ether, ip, ip6, arp, rarp, tcp, udp, icmp, icmp6, sctp, igmp, proto, vlan, " +
  "multicast, broadcast, less, greater, len, PROTOCOL[INDEX:SIZE], a number";
