/** A filter's tree to instructions, for each link type as libpcap does it (gencode.c, described in pcap-filter(7)). */
import type { Direction, Expression, Test } from "./parse.ts";
import { FilterError } from "./parse.ts";

/** As onboard/bpf.ts runs them. Jumps are forward only, to the instruction `yes` or `no` further on. */
export interface Instruction {
  op: number;
  yes: number;
  no: number;
  k: number;
}

export const Op = {
  RETURN: 0, // accept when k is not 0
  LOAD: 1, // A = k bytes ... see size in `yes` (1, 2, 4), at k
  LOAD_INDEXED: 2, // the same at X + k
  LENGTH: 3, // A = bytes on the wire
  NUMBER: 4, // A = k
  HEADER: 5, // X = 4 * (byte at k & 15)
  STORE: 6, // M[k] = A
  FETCH: 7, // A = M[k]
  FETCH_X: 8, // X = M[k]
  TO_X: 9, // X = A
  ADD: 10,
  SUB: 11,
  MUL: 12,
  DIV: 13,
  MOD: 14,
  AND: 15,
  OR: 16,
  XOR: 17,
  LSH: 18,
  RSH: 19, // these with X
  AND_K: 20, // A &= k
  EQUAL: 21, // A == k
  GREATER: 22, // A > k
  AT_LEAST: 23, // A >= k
  EQUAL_X: 24,
  GREATER_X: 25,
  AT_LEAST_X: 26,
  ADD_X: 27, // A += X (address: 32 bits)
} as const;

const ARITHMETIC: Record<string, number> = {
  "+": Op.ADD,
  "-": Op.SUB,
  "*": Op.MUL,
  "/": Op.DIV,
  "%": Op.MOD,
  "&": Op.AND,
  "|": Op.OR,
  "^": Op.XOR,
  "<<": Op.LSH,
  ">>": Op.RSH,
};
const TRANSPORT: Record<string, number> = { tcp: 6, udp: 17, sctp: 132, icmp: 1, igmp: 2 };
const MOST = 4096; // instructions

type Label = { at: number | undefined; from: { instruction: Instruction; index: number; branch: "yes" | "no" }[] };
const label = (): Label => ({ at: undefined, from: [] });

/** @throws FilterError when the filter asks for what this link type does not have */
export function compile(test: Test, link: number): Instruction[] {
  return new Generator(link).whole(test);
}

class Generator {
  readonly #link: number;
  readonly #code: Instruction[] = [];
  /** 802.1Q tags that the words so far have asked for: what follows looks behind them, as in libpcap. */
  #tags = 0;

  constructor(link: number) {
    this.#link = link;
  }

  whole(test: Test): Instruction[] {
    const [yes, no] = [label(), label()];
    this.#test(test, yes, no);
    this.#place(yes);
    this.#add(Op.RETURN, 1);
    this.#place(no);
    this.#add(Op.RETURN, 0);
    if (this.#code.length > MOST) throw new FilterError("filter: too long");
    return this.#code;
  }

  // ---- Instructions ---------------------------------------------------------------------------------------------------

  #add(op: number, k = 0, size = 0): Instruction {
    const instruction = { op, yes: size, no: 0, k: k >>> 0 };
    this.#code.push(instruction);
    return instruction;
  }

  #jump(op: number, k: number, yes: Label, no: Label): void {
    const instruction = this.#add(op, k);
    const index = this.#code.length - 1;
    yes.from.push({ instruction, index, branch: "yes" });
    no.from.push({ instruction, index, branch: "no" });
  }

  #place(where: Label): void {
    where.at = this.#code.length;
    for (const { instruction, index, branch } of where.from) instruction[branch] = where.at - index - 1;
  }

  /** Goes on here when the comparison holds, else to `no`. */
  #require(op: number, k: number, no: Label): void {
    const yes = label();
    this.#jump(op, k, yes, no);
    this.#place(yes);
  }

  /** Goes on here when it does not hold. */
  #refuse(op: number, k: number, no: Label): void {
    const on = label();
    this.#jump(op, k, no, on);
    this.#place(on);
  }

  #goto(to: Label): void {
    this.#add(Op.NUMBER, 0);
    this.#jump(Op.EQUAL, 0, to, to);
  }

  // ---- Link layer -----------------------------------------------------------------------------------------------------

  get #isEthernet(): boolean {
    return this.#link === 1;
  }

  /** Where the network layer begins. */
  get #network(): number {
    switch (this.#link) {
      case 1:
        return 14 + 4 * this.#tags;
      case 113:
        return 16;
      case 276:
        return 20;
      case 0:
      case 108:
        return 4;
      default:
        return 0;
    }
  }

  /** Goes on here when the frame's type is this, else to `no`. */
  #etherType(type: number, no: Label): void {
    switch (this.#link) {
      case 1:
      case 113:
      case 276:
        this.#add(Op.LOAD, this.#link === 1 ? 12 + 4 * this.#tags : this.#link === 113 ? 14 : 0, 2);
        this.#require(Op.EQUAL, type, no);
        return;
      case 0:
      case 108: {
        // Address families, in the order of bytes of whoever captured: 2 is IPv4 everywhere, IPv6 differs by system
        const families = type === 0x800 ? [2] : type === 0x86dd ? [10, 24, 28, 30] : [];
        const yes = label();
        this.#add(Op.LOAD, 0, 4);
        for (const family of families)
          for (const value of [family, family * 0x1000000]) {
            const on = label();
            this.#jump(Op.EQUAL, value, yes, on);
            this.#place(on);
          }
        this.#goto(no);
        this.#place(yes);
        return;
      }
      case 101:
        if (type !== 0x800 && type !== 0x86dd) {
          this.#goto(no);
          return;
        }
        this.#add(Op.LOAD, 0, 1);
        this.#add(Op.AND_K, 0xf0);
        this.#require(Op.EQUAL, type === 0x800 ? 0x40 : 0x60, no);
        return;
      default:
        this.#goto(no);
    }
  }

  // ---- Tests ----------------------------------------------------------------------------------------------------------

  #test(test: Test, yes: Label, no: Label): void {
    switch (test.kind) {
      case "and": {
        const on = label();
        this.#test(test.left, on, no);
        this.#place(on);
        this.#test(test.right, yes, no);
        return;
      }
      case "or": {
        const on = label();
        this.#test(test.left, yes, on);
        this.#place(on);
        this.#test(test.right, yes, no);
        return;
      }
      case "not":
        this.#test(test.of, no, yes);
        return;
      default: {
        const fails = label();
        if (test.kind === "relation") {
          this.#relation(test.operator, test.left, test.right, yes, no);
          return;
        }
        this.#primitive(test, fails);
        this.#goto(yes);
        this.#place(fails);
        this.#goto(no);
      }
    }
  }

  /** Falls through when it holds, goes to `no` when not. */
  #primitive(test: Exclude<Test, { kind: "and" | "or" | "not" | "relation" }>, no: Label): void {
    switch (test.kind) {
      case "protocol":
        this.#protocol(test.name, no);
        return;
      case "type":
        if (test.level === "ether") this.#etherType(test.value, no);
        else if (test.level === "ip") this.#ipProtocol(test.value, no);
        else {
          this.#etherType(0x86dd, no);
          this.#nextHeader(test.value, no);
        }
        return;
      case "host":
        this.#host(test, no);
        return;
      case "mac":
        this.#onEthernet("ether host");
        this.#sides(test.direction, no, (side, miss) => {
          const at = side === "src" ? 6 : 0;
          this.#add(Op.LOAD, at + 2, 4);
          this.#require(Op.EQUAL, Number(test.value & 0xffffffffn), miss);
          this.#add(Op.LOAD, at, 2);
          this.#require(Op.EQUAL, Number(test.value >> 32n), miss);
        });
        return;
      case "group":
        this.#group(test.level, no);
        return;
      case "port":
        this.#port(test, no);
        return;
      case "vlan":
        this.#vlan(test.id, no);
    }
  }

  #onEthernet(what: string): void {
    if (!this.#isEthernet)
      throw new FilterError(`filter: ${what} needs Ethernet, and there are other frames in these captures`);
  }

  #protocol(name: string, no: Label): void {
    const types: Record<string, number> = { ip: 0x800, ip6: 0x86dd, arp: 0x806, rarp: 0x8035 };
    if (name === "ether") return;
    if (types[name] !== undefined) {
      this.#etherType(types[name]!, no);
      return;
    }
    if (name === "icmp" || name === "igmp") {
      this.#ipProtocol(TRANSPORT[name]!, no);
      return;
    }
    if (name === "icmp6") {
      this.#etherType(0x86dd, no);
      this.#nextHeader(58, no);
      return;
    }
    const [yes, four] = [label(), label()];
    const fails = label();
    this.#etherType(0x86dd, four);
    this.#nextHeader(TRANSPORT[name]!, fails);
    this.#goto(yes);
    this.#place(fails);
    this.#goto(no);
    this.#place(four);
    this.#ipProtocol(TRANSPORT[name]!, no);
    this.#place(yes);
  }

  #ipProtocol(value: number, no: Label): void {
    this.#etherType(0x800, no);
    this.#add(Op.LOAD, this.#network + 9, 1);
    this.#require(Op.EQUAL, value, no);
  }

  /** IPv6: the next header, or that behind a fragment header. */
  #nextHeader(value: number, no: Label): void {
    const [yes, on] = [label(), label()];
    this.#add(Op.LOAD, this.#network + 6, 1);
    this.#jump(Op.EQUAL, value, yes, on);
    this.#place(on);
    this.#require(Op.EQUAL, 44, no);
    this.#add(Op.LOAD, this.#network + 40, 1);
    this.#require(Op.EQUAL, value, no);
    this.#place(yes);
  }

  #sides(direction: Direction, no: Label, one: (side: "src" | "dst", miss: Label) => void): void {
    if (direction === "src" || direction === "dst") {
      one(direction, no);
      return;
    }
    if (direction === "both") {
      one("src", no);
      one("dst", no);
      return;
    }
    const [yes, other] = [label(), label()];
    one("src", other);
    this.#goto(yes);
    this.#place(other);
    one("dst", no);
    this.#place(yes);
  }

  #host({ only, direction, version, hi, lo, bits }: Test & { kind: "host" }, no: Label): void {
    if (version === 6) {
      this.#etherType(0x86dd, no);
      this.#sides(direction, no, (side, miss) => {
        const from = this.#network + (side === "src" ? 8 : 24);
        const words = [hi >> 32n, hi & 0xffffffffn, lo >> 32n, lo & 0xffffffffn];
        for (const [n, word] of words.entries()) {
          const left = bits - 32 * n;
          if (left <= 0) break;
          this.#add(Op.LOAD, from + 4 * n, 4);
          if (left < 32) this.#add(Op.AND_K, (0xffffffff << (32 - left)) >>> 0);
          this.#require(Op.EQUAL, Number(word), miss);
        }
      });
      return;
    }
    const yes = label();
    const kinds = [
      ["ip", 0x800, 12, 16],
      ["arp", 0x806, 14, 24],
      ["rarp", 0x8035, 14, 24],
    ] as const;
    const wanted = kinds.filter(([name]) => only === undefined || only === name);
    for (const [n, [, type, src, dst]] of wanted.entries()) {
      const [miss, fails] = [label(), label()];
      this.#etherType(type, miss);
      this.#sides(direction, fails, (side, none) => {
        this.#add(Op.LOAD, this.#network + (side === "src" ? src : dst), 4);
        if (bits < 32) this.#add(Op.AND_K, bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0);
        this.#require(Op.EQUAL, Number(lo), none);
      });
      this.#goto(yes);
      this.#place(fails);
      this.#goto(no);
      this.#place(miss);
      if (n === wanted.length - 1) this.#goto(no);
    }
    this.#place(yes);
  }

  #group(level: "ether" | "ip" | "ip6" | "broadcast", no: Label): void {
    if (level === "ip") {
      this.#etherType(0x800, no);
      this.#add(Op.LOAD, this.#network + 16, 1);
      this.#require(Op.AT_LEAST, 224, no);
    } else if (level === "ip6") {
      this.#etherType(0x86dd, no);
      this.#add(Op.LOAD, this.#network + 24, 1);
      this.#require(Op.EQUAL, 255, no);
    } else {
      this.#onEthernet(level === "ether" ? "multicast" : "broadcast");
      if (level === "broadcast") {
        this.#add(Op.LOAD, 2, 4);
        this.#require(Op.EQUAL, 0xffffffff, no);
        this.#add(Op.LOAD, 0, 2);
        this.#require(Op.EQUAL, 0xffff, no);
      } else {
        this.#add(Op.LOAD, 0, 1);
        this.#add(Op.AND_K, 1);
        this.#refuse(Op.EQUAL, 0, no);
      }
    }
  }

  #port({ only, direction, first, last }: Test & { kind: "port" }, no: Label): void {
    const numbers = only === "tcp" || only === "udp" || only === "sctp" ? [TRANSPORT[only]!] : [132, 6, 17];
    const transport = (at: number, miss: Label) => {
      this.#add(Op.LOAD, at, 1);
      const yes = label();
      for (const [n, number] of numbers.entries()) {
        const on = n === numbers.length - 1 ? miss : label();
        this.#jump(Op.EQUAL, number, yes, on);
        if (on !== miss) this.#place(on);
      }
      this.#place(yes);
    };
    const inRange = (miss: Label) => {
      this.#require(Op.AT_LEAST, first, miss);
      this.#refuse(Op.GREATER, last, miss);
    };
    const [yes, four, fails] = [label(), label(), label()];
    if (only !== "ip") {
      this.#etherType(0x86dd, four);
      transport(this.#network + 6, fails);
      this.#sides(direction, fails, (side, miss) => {
        this.#add(Op.LOAD, this.#network + 40 + (side === "src" ? 0 : 2), 2);
        inRange(miss);
      });
      this.#goto(yes);
    }
    this.#place(fails);
    this.#goto(no);
    this.#place(four);
    if (only === "ip6") {
      this.#goto(no);
      this.#place(yes);
      return;
    }
    this.#etherType(0x800, no);
    transport(this.#network + 9, no);
    this.#notFragment(no);
    this.#add(Op.HEADER, this.#network);
    this.#sides(direction, no, (side, miss) => {
      this.#add(Op.LOAD_INDEXED, this.#network + (side === "src" ? 0 : 2), 2);
      inRange(miss);
    });
    this.#place(yes);
  }

  #notFragment(no: Label): void {
    this.#add(Op.LOAD, this.#network + 6, 2);
    this.#add(Op.AND_K, 0x1fff);
    this.#require(Op.EQUAL, 0, no);
  }

  #vlan(id: number | undefined, no: Label): void {
    this.#onEthernet("vlan");
    const yes = label();
    this.#add(Op.LOAD, 12 + 4 * this.#tags, 2);
    for (const type of [0x8100, 0x88a8]) {
      const on = label();
      this.#jump(Op.EQUAL, type, yes, on);
      this.#place(on);
    }
    this.#require(Op.EQUAL, 0x9100, no);
    this.#place(yes);
    if (id !== undefined) {
      this.#add(Op.LOAD, 14 + 4 * this.#tags, 2);
      this.#add(Op.AND_K, 0xfff);
      this.#require(Op.EQUAL, id, no);
    }
    this.#tags++;
  }

  // ---- Relations ------------------------------------------------------------------------------------------------------

  #relation(operator: string, left: Expression, right: Expression, yes: Label, no: Label): void {
    this.#guards(left, no);
    this.#guards(right, no);
    this.#value(right, 0);
    this.#add(Op.STORE, 0);
    this.#value(left, 1);
    this.#add(Op.FETCH_X, 0);
    switch (operator) {
      case "=":
        this.#jump(Op.EQUAL_X, 0, yes, no);
        return;
      case "!=":
        this.#jump(Op.EQUAL_X, 0, no, yes);
        return;
      case ">":
        this.#jump(Op.GREATER_X, 0, yes, no);
        return;
      case ">=":
        this.#jump(Op.AT_LEAST_X, 0, yes, no);
        return;
      case "<":
        this.#jump(Op.AT_LEAST_X, 0, no, yes);
        return;
      default:
        this.#jump(Op.GREATER_X, 0, no, yes);
    }
  }

  /** A load is of packets of its protocol: of others the relation does not hold. */
  #guards(of: Expression, no: Label): void {
    if (of.kind === "binary") {
      this.#guards(of.left, no);
      this.#guards(of.right, no);
    }
    if (of.kind !== "load") return;
    this.#guards(of.index, no);
    switch (of.base) {
      case "ether":
        return;
      case "ip":
      case "ip6":
      case "arp":
      case "rarp":
      case "icmp6":
        this.#protocol(of.base, no);
        return;
      default:
        this.#ipProtocol(TRANSPORT[of.base]!, no);
        this.#notFragment(no);
    }
  }

  /** Leaves the value in A. Cells of M from `free` on may be used. */
  #value(of: Expression, free: number): void {
    if (free > 14) throw new FilterError("filter: expression too deep");
    switch (of.kind) {
      case "number":
        this.#add(Op.NUMBER, of.value);
        return;
      case "length":
        this.#add(Op.LENGTH);
        return;
      case "binary":
        this.#value(of.right, free);
        this.#add(Op.STORE, free);
        this.#value(of.left, free + 1);
        this.#add(Op.FETCH_X, free);
        this.#add(ARITHMETIC[of.operator]!);
        return;
      default: {
        this.#value(of.index, free);
        const transport = TRANSPORT[of.base] !== undefined;
        if (transport) {
          this.#add(Op.HEADER, this.#network);
          this.#add(Op.ADD_X);
        }
        this.#add(Op.TO_X);
        const base = of.base === "ether" ? 0 : of.base === "icmp6" ? this.#network + 40 : this.#network;
        this.#add(Op.LOAD_INDEXED, base, of.size);
      }
    }
  }
}
