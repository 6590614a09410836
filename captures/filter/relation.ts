/** Relations over bytes of the packet: `tcp[13] & 2 != 0`. */

import type { Label } from "./emitter.ts";
import { Op } from "./emitter.ts";
import { FrameEmitter, TRANSPORT } from "./frame.ts";
import { type Expression, FilterError } from "./parse.ts";

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

export class RelationEmitter extends FrameEmitter {
  relation(operator: string, left: Expression, right: Expression, yes: Label, no: Label): void {
    this.guards(left, no);
    this.guards(right, no);
    this.value(right, 0);
    this.add(Op.STORE, 0);
    this.value(left, 1);
    this.add(Op.FETCH_X, 0);
    switch (operator) {
      case "=":
        this.jump(Op.EQUAL_X, 0, yes, no);
        return;
      case "!=":
        this.jump(Op.EQUAL_X, 0, no, yes);
        return;
      case ">":
        this.jump(Op.GREATER_X, 0, yes, no);
        return;
      case ">=":
        this.jump(Op.AT_LEAST_X, 0, yes, no);
        return;
      case "<":
        this.jump(Op.AT_LEAST_X, 0, no, yes);
        return;
      default:
        this.jump(Op.GREATER_X, 0, no, yes);
    }
  }

  /** A load is of packets of its protocol: of others the relation does not hold. */
  guards(of: Expression, no: Label): void {
    if (of.kind === "binary") {
      this.guards(of.left, no);
      this.guards(of.right, no);
    }
    if (of.kind !== "load") return;
    this.guards(of.index, no);
    switch (of.base) {
      case "ether":
        return;
      case "ip":
      case "ip6":
      case "arp":
      case "rarp":
      case "icmp6":
        this.protocol(of.base, no);
        return;
      default:
        this.ipProtocol(TRANSPORT[of.base]!, no);
        this.notFragment(no);
    }
  }

  /** Leaves the value in A. Cells of M from `free` on may be used. */
  value(of: Expression, free: number): void {
    if (free > 14) throw new FilterError("filter: expression too deep");
    switch (of.kind) {
      case "number":
        this.add(Op.NUMBER, of.value);
        return;
      case "length":
        this.add(Op.LENGTH);
        return;
      case "binary":
        this.value(of.right, free);
        this.add(Op.STORE, free);
        this.value(of.left, free + 1);
        this.add(Op.FETCH_X, free);
        this.add(ARITHMETIC[of.operator]!);
        return;
      default: {
        this.value(of.index, free);
        const transport = TRANSPORT[of.base] !== undefined;
        if (transport) {
          this.add(Op.HEADER, this.network);
          this.add(Op.ADD_X);
        }
        this.add(Op.TO_X);
        const base = of.base === "ether" ? 0 : of.base === "icmp6" ? this.network + 40 : this.network;
        this.add(Op.LOAD_INDEXED, base, of.size);
      }
    }
  }
}
