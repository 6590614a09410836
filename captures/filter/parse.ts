/** Filter words (pcap-filter(7)) to a tree: the grammar of README.md; what is not in it is refused with its place. */
import { parseNetwork } from "../../lib/addresses.ts";
import { Arithmetic } from "./arithmetic.ts";
import { ETHERTYPE, hasPorts, IP_PROTOCOL, KNOWN, numberOf, PROTOCOLS, SERVICE } from "./names.ts";
import type { Direction, Test } from "./tree.ts";
import { FilterError, type Token } from "./words.ts";

/** What stands in front of a value: `tcp src port`. */
interface Qualifiers {
  protocol: string | undefined;
  direction: Direction;
  type: "host" | "net" | "port" | "portrange" | "proto";
}

/** A test, and the qualifiers that a bare value right behind it takes over: `port 80 or 443`. */
interface Qualified {
  test: Test;
  as: Qualifiers | undefined;
}

const IDENTIFIER = {
  vlan: { what: "a VLAN", most: 4095 },
  mpls: { what: "an MPLS label", most: 1048575 },
  pppoes: { what: "a PPPoE session", most: 65535 },
};
const RELATIONS = [">", "<", ">=", "<=", "=", "==", "!="];

/** @throws FilterError with the words and a mark under the one that is wrong */
export function parseFilter(words: string): Test {
  return new Parser(words).whole();
}

class Parser extends Arithmetic {
  /** The furthest that a part of the grammar came before the words turned out not to be of it. */
  #furthest: FilterError | undefined;

  whole(): Test {
    try {
      const { test } = this.#tests(undefined);
      if (this.peek() !== undefined) this.wrong("expected and, or, or the end");
      return test;
    } catch (error) {
      throw error instanceof FilterError && this.#furthest && this.#furthest.at > error.at ? this.#furthest : error;
    }
  }

  /** As in libpcap's grammar `and` and `or` are of the same rank, from left to right. */
  #tests(as: Qualifiers | undefined): Qualified {
    let left = this.#unary(as);
    for (;;) {
      const word = this.accept("and", "or", "&&", "||");
      if (!word) return left;
      const right = this.#unary(left.as);
      const kind = word === "and" || word === "&&" ? "and" : "or";
      left = { test: { kind, left: left.test, right: right.test }, as: right.as };
    }
  }

  #unary(as: Qualifiers | undefined): Qualified {
    if (this.accept("not", "!")) {
      const { test, as: next } = this.#unary(as);
      return { test: { kind: "not", of: test }, as: next };
    }
    const relation = this.#attempt(() => this.#relation());
    if (relation) return { test: relation, as: undefined };
    if (this.peek() === "(") {
      const values = as && this.#attempt(() => this.#values(as));
      if (values) return { test: values, as };
      this.take();
      const { test } = this.#tests(undefined);
      this.expect(")");
      return { test, as: undefined };
    }
    return this.#primitive(as);
  }

  /** What a part of the grammar makes of the words here; undefined, and back, when they are not of that part. */
  #attempt(part: () => Test | undefined): Test | undefined {
    const at = this.at;
    try {
      const test = part();
      if (test) return test;
    } catch (error) {
      if (!(error instanceof FilterError)) throw error;
      if (!this.#furthest || error.at > this.#furthest.at) this.#furthest = error;
    }
    this.at = at;
    return undefined;
  }

  #relation(): Test | undefined {
    const start = this.at;
    const left = this.arithmetic();
    const operator = this.accept(...RELATIONS);
    if (!operator && this.at > start + 1) this.wrong(`expected one of ${RELATIONS.join(" ")}`);
    if (!operator) return undefined;
    return { kind: "relation", operator: operator === "==" ? "=" : operator, left, right: this.arithmetic() };
  }

  #primitive(as: Qualifiers | undefined): Qualified {
    const simple = this.#simple();
    if (simple) return { test: simple, as: undefined };
    const start = this.token();
    const protocol = this.accept(...PROTOCOLS);
    const group = protocol && this.#group(protocol, start);
    if (group) return { test: group, as: undefined };
    const direction = this.#direction();
    const type = this.accept("host", "net", "port", "portrange", "proto") as Qualifiers["type"] | undefined;
    const qualified = protocol !== undefined || direction !== undefined || type !== undefined;
    if (protocol && !direction && !type) {
      if (protocol === "ether") this.wrong("expected host, src, dst, proto, broadcast, multicast or [ behind ether");
      return { test: { kind: "protocol", name: protocol }, as: undefined };
    }
    if (!qualified && !this.#isValue() && !(as?.type === "port" && SERVICE[this.peek() ?? ""] !== undefined))
      this.wrong(`unknown, expected one of ${KNOWN}`);
    if (!qualified && !as) this.wrong("a value, expected host, net or port in front of it");
    const mine = qualified ? { protocol, direction: direction ?? "either", type: type ?? "host" } : as!;
    return { test: this.#values(mine as Qualifiers), as: mine as Qualifiers };
  }

  /** Tests that begin with a word of their own. */
  #simple(): Test | undefined {
    const word = this.accept(
      ...["less", "greater", "vlan", "mpls", "pppoes", "pppoed", "stp", "broadcast", "multicast"],
    );
    switch (word) {
      case "less":
      case "greater": {
        const operator = word === "less" ? "<=" : ">=";
        return { kind: "relation", operator, left: { kind: "length" }, right: this.number() };
      }
      case "vlan":
      case "mpls":
      case "pppoes":
        return { kind: word, id: this.#identifier(word) };
      case "pppoed":
        return { kind: "type", level: "ether", value: 0x8863 };
      case "stp":
        return { kind: "stp" };
      case "broadcast":
        return { kind: "group", level: "broadcast" };
      case "multicast":
        return { kind: "group", level: "ether" };
      default:
        return undefined;
    }
  }

  /** The number that may stand behind a tag's word. */
  #identifier(word: keyof typeof IDENTIFIER): number | undefined {
    if (!/^\d/.test(this.peek() ?? "")) return undefined;
    const { what, most } = IDENTIFIER[word];
    const id = numberOf(this.take());
    if (id === undefined || id > most) this.wrong(`${what} is 0 to ${most}`, this.before());
    return id;
  }

  #group(protocol: string, start: Token | undefined): Test | undefined {
    const word = this.accept("multicast", "broadcast");
    if (!word) return undefined;
    if (word === "broadcast") {
      if (protocol === "ip") this.wrong("ip broadcast needs a netmask, which a capture does not have", this.before());
      if (protocol !== "ether") this.wrong("only ether broadcast", start);
      return { kind: "group", level: "broadcast" };
    }
    if (protocol !== "ether" && protocol !== "ip" && protocol !== "ip6")
      this.wrong("only ether, ip, ip6 multicast", start);
    return { kind: "group", level: protocol };
  }

  #direction(): Direction | undefined {
    const first = this.accept("src", "dst") as "src" | "dst" | undefined;
    if (!first) return undefined;
    const other = first === "src" ? "dst" : "src";
    if ((this.peek() === "or" || this.peek() === "and") && this.peek(1) === other) {
      const word = this.take();
      this.take();
      return word === "or" ? "either" : "both";
    }
    return first;
  }

  // ---- Values ---------------------------------------------------------------------------------------------------------

  #isValue(): boolean {
    return /^(\d|[0-9a-f]*:|\\)/i.test(this.peek() ?? "");
  }

  /** A value, or several in parentheses: `port (80 or 443)`. */
  #values(as: Qualifiers): Test {
    if (this.accept("not", "!")) return { kind: "not", of: this.#values(as) };
    if (!this.accept("(")) return this.#value(as);
    let left = this.#values(as);
    for (;;) {
      const word = this.accept("and", "or", "&&", "||");
      if (!word) break;
      left = { kind: word === "and" || word === "&&" ? "and" : "or", left, right: this.#values(as) };
    }
    this.expect(")");
    return left;
  }

  #value({ protocol, direction, type }: Qualifiers): Test {
    if (type === "proto") return this.#proto(protocol, direction);
    const token = this.token();
    const ports = type === "port" || type === "portrange";
    const service = ports ? SERVICE[(this.peek() ?? "").replace(/^\\/, "")] : undefined;
    if (service === undefined && !this.#isValue())
      this.wrong(
        ports ? "expected a number, or a service such as domain" : "expected an address (names are not looked up)",
      );
    const text = this.take();
    if (ports) {
      const ends = service === undefined ? text.split("-").map(numberOf) : [service];
      const [first, last = first] = ends;
      const fits = ends.length <= (type === "port" ? 1 : 2) && ends.every((n) => n !== undefined && n <= 65535);
      if (!fits) this.wrong(`expected ${type === "port" ? "a port" : "a range of ports such as 1000-2000"}`, token);
      if (protocol && protocol !== "ip" && protocol !== "ip6" && !hasPorts(protocol))
        this.wrong(`${protocol} has no ports`, token);
      const [low, high] = [Math.min(first!, last!), Math.max(first!, last!)];
      return { kind: "port", only: protocol, direction, first: low, last: high };
    }
    if (protocol === "ether") {
      if (type !== "host" || !/^([0-9a-f]{1,2}:){5}[0-9a-f]{1,2}$/i.test(text))
        this.wrong("expected ether host and a MAC address", token);
      const value = text.split(":").reduce((sum, byte) => (sum << 8n) | BigInt(`0x${byte}`), 0n);
      return { kind: "mac", direction, value };
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
    const mask = type === "net" && this.accept("mask") ? this.#mask() : undefined;
    if (mask !== undefined) {
      if (!/^\d+(\.\d+){3}$/.test(text)) this.wrong("mask goes with an IPv4 address", token);
      text = `${text}/${mask}`;
    }
    const whole =
      mask === undefined && short && type === "net"
        ? `${[...short, 0, 0, 0].slice(0, 4).join(".")}/${8 * short.length}`
        : text;
    const network = parseNetwork(whole);
    if (!network || (short && type === "host")) this.wrong("expected an address such as 10.0.0.1 or fe80::1", token);
    const { version, hi, lo, bits, hostBits } = network;
    if (hostBits !== undefined) this.wrong("has bits behind its prefix", token);
    if (type === "host" && text.includes("/")) this.wrong("a network: expected net in front of it", token);
    const fits = only === undefined || (version === 4 ? ["ip", "arp", "rarp"] : ["ip6"]).includes(only);
    if (!fits) this.wrong(`${only} does not go with this address`, token);
    return { kind: "host", only, direction, version, hi, lo, bits };
  }

  /** How many bits a mask of IPv4 has; those behind them are 0. */
  #mask(): number {
    const token = this.token();
    const mask = parseNetwork(this.take());
    const bits = mask?.version === 4 && mask.bits === 32 ? 32 - Math.log2(0x1_0000_0000 - Number(mask.lo)) : Number.NaN;
    if (!Number.isInteger(bits) && mask?.lo !== 0n) this.wrong("expected a mask such as 255.255.255.0", token);
    return mask?.lo === 0n ? 0 : bits;
  }

  #proto(protocol: string | undefined, direction: Direction): Test {
    if (direction !== "either") this.wrong("src and dst do not go with proto", this.before());
    const level = protocol ?? "ip";
    if (level !== "ether" && level !== "ip" && level !== "ip6") this.wrong("proto goes with ether, ip or ip6");
    const text = this.take().replace(/^\\/, "");
    const names = level === "ether" ? ETHERTYPE : IP_PROTOCOL;
    const value = names[text] ?? numberOf(text);
    if (value === undefined || value > (level === "ether" ? 65535 : 255))
      this.wrong(`expected a number, or ${Object.keys(names).join(", ")}`, this.before());
    // Frames with a length in place of the type, and AppleTalk in SNAP: other fields decide there
    if (level === "ether" && (value <= 1500 || value === 0x809b || value === 0x80f3))
      this.wrong("802.2 LLC and SNAP are not known, expected an EtherType above 1500", this.before());
    if (protocol !== undefined) return { kind: "type", level, value };
    return { kind: "or", left: { kind: "type", level: "ip", value }, right: { kind: "type", level: "ip6", value } };
  }
}
