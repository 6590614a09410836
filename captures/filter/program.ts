/** A filter's tree to instructions, for each link type as libpcap does it (gencode.c, described in pcap-filter(7)). */
import { type Instruction, type Label, label, Op } from "./emitter.ts";
import { TRANSPORT } from "./frame.ts";
import type { Direction, Test } from "./parse.ts";
import { FilterError } from "./parse.ts";
import { RelationEmitter } from "./relation.ts";

const MOST = 4096; // instructions

/** @throws FilterError when the filter asks for what this link type does not have */
export function compile(test: Test, link: number): Instruction[] {
  return new Generator(link).whole(test);
}

class Generator extends RelationEmitter {
  whole(test: Test): Instruction[] {
    const [yes, no] = [label(), label()];
    this.test(test, yes, no);
    this.place(yes);
    this.add(Op.RETURN, 1);
    this.place(no);
    this.add(Op.RETURN, 0);
    if (this.code.length > MOST) throw new FilterError("filter: too long");
    return this.code;
  }

  test(test: Test, yes: Label, no: Label): void {
    switch (test.kind) {
      case "and": {
        const on = label();
        this.test(test.left, on, no);
        this.place(on);
        this.test(test.right, yes, no);
        return;
      }
      case "or": {
        const on = label();
        this.test(test.left, yes, on);
        this.place(on);
        this.test(test.right, yes, no);
        return;
      }
      case "not":
        this.test(test.of, no, yes);
        return;
      default: {
        const fails = label();
        if (test.kind === "relation") {
          this.relation(test.operator, test.left, test.right, yes, no);
          return;
        }
        this.primitive(test, fails);
        this.goto(yes);
        this.place(fails);
        this.goto(no);
      }
    }
  }

  /** Falls through when it holds, goes to `no` when not. */
  primitive(test: Exclude<Test, { kind: "and" | "or" | "not" | "relation" }>, no: Label): void {
    switch (test.kind) {
      case "protocol":
        this.protocol(test.name, no);
        return;
      case "type":
        if (test.level === "ether") this.etherType(test.value, no);
        else if (test.level === "ip") this.ipProtocol(test.value, no);
        else {
          this.etherType(0x86dd, no);
          this.nextHeader(test.value, no);
        }
        return;
      case "host":
        this.host(test, no);
        return;
      case "mac":
        this.onEthernet("ether host");
        this.sides(test.direction, no, (side, miss) => {
          const at = side === "src" ? 6 : 0;
          this.add(Op.LOAD, at + 2, 4);
          this.require(Op.EQUAL, Number(test.value & 0xffffffffn), miss);
          this.add(Op.LOAD, at, 2);
          this.require(Op.EQUAL, Number(test.value >> 32n), miss);
        });
        return;
      case "group":
        this.group(test.level, no);
        return;
      case "port":
        this.port(test, no);
        return;
      case "vlan":
        this.vlan(test.id, no);
    }
  }

  sides(direction: Direction, no: Label, one: (side: "src" | "dst", miss: Label) => void): void {
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
    this.goto(yes);
    this.place(other);
    one("dst", no);
    this.place(yes);
  }

  host({ only, direction, version, hi, lo, bits }: Test & { kind: "host" }, no: Label): void {
    if (version === 6) {
      this.etherType(0x86dd, no);
      this.sides(direction, no, (side, miss) => {
        const from = this.network + (side === "src" ? 8 : 24);
        const words = [hi >> 32n, hi & 0xffffffffn, lo >> 32n, lo & 0xffffffffn];
        for (const [n, word] of words.entries()) {
          const left = bits - 32 * n;
          if (left <= 0) break;
          this.add(Op.LOAD, from + 4 * n, 4);
          if (left < 32) this.add(Op.AND_K, (0xffffffff << (32 - left)) >>> 0);
          this.require(Op.EQUAL, Number(word), miss);
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
      this.etherType(type, miss);
      this.sides(direction, fails, (side, none) => {
        this.add(Op.LOAD, this.network + (side === "src" ? src : dst), 4);
        if (bits < 32) this.add(Op.AND_K, bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0);
        this.require(Op.EQUAL, Number(lo), none);
      });
      this.goto(yes);
      this.place(fails);
      this.goto(no);
      this.place(miss);
      if (n === wanted.length - 1) this.goto(no);
    }
    this.place(yes);
  }

  group(level: "ether" | "ip" | "ip6" | "broadcast", no: Label): void {
    if (level === "ip") {
      this.etherType(0x800, no);
      this.add(Op.LOAD, this.network + 16, 1);
      this.require(Op.AT_LEAST, 224, no);
    } else if (level === "ip6") {
      this.etherType(0x86dd, no);
      this.add(Op.LOAD, this.network + 24, 1);
      this.require(Op.EQUAL, 255, no);
    } else {
      this.onEthernet(level === "ether" ? "multicast" : "broadcast");
      if (level === "broadcast") {
        this.add(Op.LOAD, 2, 4);
        this.require(Op.EQUAL, 0xffffffff, no);
        this.add(Op.LOAD, 0, 2);
        this.require(Op.EQUAL, 0xffff, no);
      } else {
        this.add(Op.LOAD, 0, 1);
        this.add(Op.AND_K, 1);
        this.refuse(Op.EQUAL, 0, no);
      }
    }
  }

  port({ only, direction, first, last }: Test & { kind: "port" }, no: Label): void {
    const numbers = only === "tcp" || only === "udp" || only === "sctp" ? [TRANSPORT[only]!] : [132, 6, 17];
    const transport = (at: number, miss: Label) => {
      this.add(Op.LOAD, at, 1);
      const yes = label();
      for (const [n, number] of numbers.entries()) {
        const on = n === numbers.length - 1 ? miss : label();
        this.jump(Op.EQUAL, number, yes, on);
        if (on !== miss) this.place(on);
      }
      this.place(yes);
    };
    const inRange = (miss: Label) => {
      this.require(Op.AT_LEAST, first, miss);
      this.refuse(Op.GREATER, last, miss);
    };
    const [yes, four, fails] = [label(), label(), label()];
    if (only !== "ip") {
      this.etherType(0x86dd, four);
      transport(this.network + 6, fails);
      this.sides(direction, fails, (side, miss) => {
        this.add(Op.LOAD, this.network + 40 + (side === "src" ? 0 : 2), 2);
        inRange(miss);
      });
      this.goto(yes);
    }
    this.place(fails);
    this.goto(no);
    this.place(four);
    if (only === "ip6") {
      this.goto(no);
      this.place(yes);
      return;
    }
    this.etherType(0x800, no);
    transport(this.network + 9, no);
    this.notFragment(no);
    this.add(Op.HEADER, this.network);
    this.sides(direction, no, (side, miss) => {
      this.add(Op.LOAD_INDEXED, this.network + (side === "src" ? 0 : 2), 2);
      inRange(miss);
    });
    this.place(yes);
  }

  vlan(id: number | undefined, no: Label): void {
    this.onEthernet("vlan");
    const yes = label();
    this.add(Op.LOAD, 12 + 4 * this.tags, 2);
    for (const type of [0x8100, 0x88a8]) {
      const on = label();
      this.jump(Op.EQUAL, type, yes, on);
      this.place(on);
    }
    this.require(Op.EQUAL, 0x9100, no);
    this.place(yes);
    if (id !== undefined) {
      this.add(Op.LOAD, 14 + 4 * this.tags, 2);
      this.add(Op.AND_K, 0xfff);
      this.require(Op.EQUAL, id, no);
    }
    this.tags++;
  }
}
