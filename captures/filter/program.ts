/** A filter's tree to a BPF program, for each link type as libpcap does it: what is looked at, and in which order. */
import { Alu, Code, type Instruction, step } from "./bpf.ts";
import { all, any, assemble, type Condition, compare, NEVER, not } from "./condition.ts";
import { isType, LINK, networkAt } from "./link.ts";
import { ETHERTYPE, hasPorts, IP_PROTOCOL, ONLY_IPV4, TRANSPORT } from "./names.ts";
import { relation } from "./relation.ts";
import type { Direction, Host, Ports, Test } from "./tree.ts";
import { FilterError } from "./words.ts";

const ICMP6 = 58;
const FRAGMENT = 44;
/** EtherTypes as PPP numbers them (RFC 1332, 5072, 3032). */
const PPP_OF: Record<number, number> = { 2048: 0x0021, 34525: 0x0057, 34887: 0x0281 };
const MPLS = 0x8847;
const PPPOE_SESSION = 0x8864;
const COOKED = [LINK.LINUX_SLL, LINK.LINUX_SLL2];
const LINUX_802_2 = 4;
const MASK = Alu["&"]!;

/** @throws FilterError when the filter asks for what this link type does not have, or is too long */
export function compile(test: Test, link: number): Instruction[] {
  return assemble(new Compiler(link).test(test));
}

/** Conditions on frames of one link type. */
export class Compiler {
  readonly #link: number;
  /** 802.1Q tags that the words so far have asked for: words to the right look behind them, as in libpcap. */
  #tags = 0;

  constructor(link: number) {
    this.#link = link;
  }

  /** The same of MPLS labels and PPPoE sessions: what is around the network layer, and how many bytes it adds. */
  #around: "labels" | "ppp" | undefined;
  #added = 0;

  /** Bytes in front of the network layer. */
  get network(): number {
    return networkAt(this.#link, this.#tags) + this.#added;
  }

  test(test: Test): Condition {
    switch (test.kind) {
      case "and":
      case "or": {
        const left = this.test(test.left);
        return { kind: test.kind, left, right: this.test(test.right) };
      }
      case "not":
        return not(this.test(test.of));
      case "protocol":
        return this.protocol(test.name);
      case "type":
        if (test.level === "ether") return this.#type(test.value);
        return test.level === "ip" ? this.#ip(test.value) : this.#ip6(test.value);
      case "host":
        return test.version === 4 ? this.#host4(test) : this.#host6(test);
      case "mac":
        return this.#mac(test.direction, test.value);
      case "group":
        return this.#group(test.level);
      case "port":
        return this.#port(test);
      case "vlan":
        return this.#vlan(test.id);
      case "mpls":
        return this.#mpls(test.id);
      case "pppoes":
        return this.#pppoes(test.id);
      case "stp":
        return this.#stp();
      case "relation":
        return relation(test, this);
    }
  }

  #type(type: number): Condition {
    if (this.#around === "labels") return this.#labelled(type);
    if (this.#around === "ppp") return compare([step(Code.LDH_ABS, this.network - 2)], Code.JEQ, PPP_OF[type] ?? type);
    return isType(this.#link, this.#tags, type);
  }

  /** Behind the last label, by the version of IP: what it is the labels do not say. */
  #labelled(type: number): Condition {
    if (type !== ETHERTYPE.ip && type !== ETHERTYPE.ip6) return NEVER;
    const version = compare(
      [step(Code.LDB_ABS, this.network), step(MASK, 0xf0)],
      Code.JEQ,
      type === ETHERTYPE.ip ? 0x40 : 0x60,
    );
    return all(this.#isBottom(1), version);
  }

  /** Whether the label in front of the network layer is the last one of its stack. */
  #isBottom(bit: 0 | 1): Condition {
    return compare([step(Code.LDB_ABS, this.network - 2), step(MASK, 1)], Code.JEQ, bit);
  }

  #onEthernet(what: string): void {
    if (this.#link !== LINK.ETHERNET) throw new FilterError(`${what} needs Ethernet`);
  }

  /** Whether a frame is of a protocol, by name; any of those that follow IP follows IPv6 as well, unless it is not made for it. */
  protocol(name: string): Condition {
    if (ETHERTYPE[name] !== undefined) return this.#type(ETHERTYPE[name]);
    if (name === "icmp6") return this.#ip6(ICMP6);
    const number = IP_PROTOCOL[name]!;
    return ONLY_IPV4.includes(name) ? this.#ip(number) : any(this.#ip(number), this.#ip6(number));
  }

  #ip(protocol: number): Condition {
    return all(this.#type(ETHERTYPE.ip!), compare([step(Code.LDB_ABS, this.network + 9)], Code.JEQ, protocol));
  }

  /** The next header, or that behind a fragment header; other extension headers are not followed. */
  #ip6(protocol: number): Condition {
    const next = [step(Code.LDB_ABS, this.network + 6)];
    return all(
      this.#type(ETHERTYPE.ip6!),
      any(
        compare(next, Code.JEQ, protocol),
        all(compare(next, Code.JEQ, FRAGMENT), compare([step(Code.LDB_ABS, this.network + 40)], Code.JEQ, protocol)),
      ),
    );
  }

  /** What a relation on fields of a protocol is about: unfragmented packets of it, or their first fragments. */
  carries(base: string): Condition {
    if (base === "ether") return all();
    if (ETHERTYPE[base] !== undefined) return this.#type(ETHERTYPE[base]);
    if (base === "icmp6")
      return all(this.#type(ETHERTYPE.ip6!), compare([step(Code.LDB_ABS, this.network + 6)], Code.JEQ, ICMP6));
    return all(this.#ip(TRANSPORT[base]!), this.#first());
  }

  /** Whether an IPv4 packet is none, or the first, of its fragments. */
  #first(): Condition {
    return not(compare([step(Code.LDH_ABS, this.network + 6)], Code.JSET, 0x1fff));
  }

  #sides(direction: Direction, one: (side: 0 | 1) => Condition): Condition {
    if (direction === "src") return one(0);
    if (direction === "dst") return one(1);
    return direction === "both" ? all(one(0), one(1)) : any(one(0), one(1));
  }

  #host4({ only, direction, lo, bits }: Host): Condition {
    const mask = bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0;
    // Addresses in ARP (RFC 826) stand behind those of the hardware, which are taken to be of 6 bytes
    const kinds: [string, number, number][] = [
      ["ip", 12, 16],
      ["arp", 14, 24],
      ["rarp", 14, 24],
    ];
    const of = ([name, ...at]: [string, number, number]) =>
      all(
        this.#type(ETHERTYPE[name]!),
        this.#sides(direction, (side) => {
          const load = step(Code.LDW_ABS, this.network + at[side]!);
          return compare(bits < 32 ? [load, step(MASK, mask)] : [load], Code.JEQ, Number(lo));
        }),
      );
    return any(...kinds.filter(([name]) => only === undefined || only === name).map(of));
  }

  #host6({ direction, hi, lo, bits }: Host): Condition {
    const words = [hi >> 32n, hi & 0xffffffffn, lo >> 32n, lo & 0xffffffffn].map(Number);
    return all(
      this.#type(ETHERTYPE.ip6!),
      this.#sides(direction, (side) =>
        all(
          ...words.slice(0, Math.ceil(bits / 32)).map((word, n) => {
            const load = step(Code.LDW_ABS, this.network + (side === 0 ? 8 : 24) + 4 * n);
            const left = bits - 32 * n;
            return compare(left < 32 ? [load, step(MASK, 0xffffffff << (32 - left))] : [load], Code.JEQ, word);
          }),
        ),
      ),
    );
  }

  #mac(direction: Direction, value: bigint): Condition {
    this.#onEthernet("ether host");
    return this.#sides(direction, (side) => {
      const at = side === 0 ? 6 : 0;
      return all(
        compare([step(Code.LDW_ABS, at + 2)], Code.JEQ, Number(value & 0xffffffffn)),
        compare([step(Code.LDH_ABS, at)], Code.JEQ, Number(value >> 32n)),
      );
    });
  }

  #group(level: "ether" | "ip" | "ip6" | "broadcast"): Condition {
    switch (level) {
      case "ip":
        return all(this.#type(ETHERTYPE.ip!), compare([step(Code.LDB_ABS, this.network + 16)], Code.JGE, 224));
      case "ip6":
        return all(this.#type(ETHERTYPE.ip6!), compare([step(Code.LDB_ABS, this.network + 24)], Code.JEQ, 255));
      case "ether":
        this.#onEthernet("multicast");
        return compare([step(Code.LDB_ABS, 0)], Code.JSET, 1);
      default:
        this.#onEthernet("broadcast");
        return this.#mac("dst", 0xffffffffffffn);
    }
  }

  #port({ only, direction, first, last }: Ports): Condition {
    const numbers = hasPorts(only ?? "") ? [TRANSPORT[only!]!] : [132, 6, 17];
    const carried = (at: number) => any(...numbers.map((n) => compare([step(Code.LDB_ABS, at)], Code.JEQ, n)));
    const ports = (loads: (offset: number) => Instruction[]) =>
      this.#sides(direction, (side) => {
        const port = loads(2 * side);
        if (first === last) return compare(port, Code.JEQ, first);
        return all(compare(port, Code.JGE, first), not(compare(port, Code.JGT, last)));
      });
    const network = this.network;
    // IPv6: only where the ports are right behind the header, as in libpcap
    const six = all(
      this.#type(ETHERTYPE.ip6!),
      carried(network + 6),
      ports((offset) => [step(Code.LDH_ABS, network + 40 + offset)]),
    );
    const four = all(
      this.#type(ETHERTYPE.ip!),
      carried(network + 9),
      this.#first(),
      ports((offset) => [step(Code.LDX_MSH, network), step(Code.LDH_IND, network + offset)]),
    );
    return any(only === "ip" ? NEVER : six, only === "ip6" ? NEVER : four);
  }

  #mpls(id: number | undefined): Condition {
    this.#onEthernet("mpls");
    const before = this.#around === "labels" ? this.#isBottom(0) : this.#type(MPLS);
    const at = this.network;
    this.#around = "labels";
    this.#added += 4;
    if (id === undefined) return before;
    return all(before, compare([step(Code.LDW_ABS, at), step(MASK, 0xfffff000)], Code.JEQ, id * 0x1000));
  }

  #pppoes(id: number | undefined): Condition {
    this.#onEthernet("pppoes");
    const type = this.#type(PPPOE_SESSION);
    const at = this.network;
    this.#around = "ppp";
    this.#added += 8; // the header, and PPP's number
    if (id === undefined) return type;
    return all(type, compare([step(Code.LDW_ABS, at), step(MASK, 0xffff)], Code.JEQ, id));
  }

  /** IEEE 802.1D: the service access point 42, behind a length in place of a type, or what Linux has there for IEEE 802.2. */
  #stp(): Condition {
    if (this.#around) return NEVER;
    const point = compare([step(Code.LDB_ABS, this.network)], Code.JEQ, 0x42);
    if (this.#link === LINK.ETHERNET)
      return all(not(compare([step(Code.LDH_ABS, this.network - 2)], Code.JGT, 1500)), point);
    return COOKED.includes(this.#link) ? all(this.#type(LINUX_802_2), point) : NEVER;
  }

  #vlan(id: number | undefined): Condition {
    this.#onEthernet("vlan");
    if (this.#around) throw new FilterError("vlan does not go behind mpls or pppoes");
    const at = this.network - 2;
    this.#tags++;
    // 802.1Q, 802.1ad, and what some switches had before that
    const tagged = any(...[0x8100, 0x88a8, 0x9100].map((type) => compare([step(Code.LDH_ABS, at)], Code.JEQ, type)));
    if (id === undefined) return tagged;
    return all(tagged, compare([step(Code.LDH_ABS, at + 2), step(MASK, 0xfff)], Code.JEQ, id));
  }
}
