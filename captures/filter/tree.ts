/** What filter words mean: the parser's tree, which the compiler makes a program of. */

export type Direction = "src" | "dst" | "either" | "both";

/** An arithmetic expression over the packet; unsigned, 32 bits. */
export type Expression =
  | { kind: "number"; value: number }
  | { kind: "length" }
  | { kind: "load"; base: string; index: Expression; size: 1 | 2 | 4 }
  | { kind: "negative"; of: Expression }
  | { kind: "binary"; operator: string; left: Expression; right: Expression };

export type Test =
  | { kind: "and" | "or"; left: Test; right: Test }
  | { kind: "not"; of: Test }
  | { kind: "protocol"; name: string }
  | { kind: "type"; level: "ether" | "ip" | "ip6"; value: number }
  | Host
  | { kind: "mac"; direction: Direction; value: bigint }
  | { kind: "group"; level: "ether" | "ip" | "ip6" | "broadcast" }
  | Ports
  | { kind: "vlan" | "mpls" | "pppoes"; id: number | undefined }
  | { kind: "stp" }
  | Relation;

/** An address, or a network of `bits` bits; halves as diode/policy has them (IPv4 in the low 32 bits of lo). */
export interface Host {
  kind: "host";
  only: string | undefined;
  direction: Direction;
  version: 4 | 6;
  hi: bigint;
  lo: bigint;
  bits: number;
}

export interface Ports {
  kind: "port";
  only: string | undefined;
  direction: Direction;
  first: number;
  last: number;
}

export interface Relation {
  kind: "relation";
  operator: string;
  left: Expression;
  right: Expression;
}
