/**
 * The formats that may cross, written down as a grammar of field tests, and their translation into the program of the
 * second checker (../onboard/second.ts). Formats that no rule allows are left out: for them there is no path to ACCEPT.
 */
import { UNTAGGED } from "../../appliance/contract/config.ts";
import { packed } from "../../appliance/contract/layout.ts";
import { ACCEPT, Op, REFUSE, Register, Step } from "../generated/second.ts";
import type { Policy } from "./model.ts";

/** Bytes behind the Ethernet header (and tag) of a frame of minimum size: IEEE 802.3 section 4.2.3.3. */
const MINIMUM_PAYLOAD = 46;

interface Field {
  offset: number;
  width: 1 | 2 | 4 | 8;
  mask?: number;
  shift?: number;
}
const u8 = (offset: number, mask = 0xff): Field => ({ offset, width: 1, mask });
const u16 = (offset: number, mask = 0xffff): Field => ({ offset, width: 2, mask });
const u32 = (offset: number): Field => ({ offset, width: 4 });
const u64 = (offset: number): Field => ({ offset, width: 8 });

type Target = string | typeof ACCEPT | typeof REFUSE;

interface Line {
  op: number;
  field: Field | undefined;
  register: number;
  low: number;
  high: number;
  /** Without one: the line behind. */
  next: Target | undefined;
  otherwise: Target;
}

/** Lines with labels; a label stands for the line that follows it, and is only ever referred to from before. */
export class Program {
  readonly lines: Line[] = [];
  readonly #labels = new Map<string, number>();

  label(name: string): this {
    if (this.#labels.has(name)) throw new Error(`format: ${name} is there already`);
    this.#labels.set(name, this.lines.length);
    return this;
  }
  #add(line: Partial<Line> & { op: number }): this {
    this.lines.push({ field: undefined, register: 0, low: 0, high: 0, next: undefined, otherwise: REFUSE, ...line });
    return this;
  }
  /** The field lies in low..high, or the frame is refused. */
  must(field: Field, low: number, high = low): this {
    return this.#add({ op: Op.TEST, field, low, high });
  }
  /** The field does not lie in low..high, or the frame is refused. */
  mustNot(field: Field, low: number, high = low): this {
    const behind = `behind ${this.lines.length}`;
    return this.#add({ op: Op.TEST, field, low, high, next: REFUSE, otherwise: behind }).label(behind);
  }
  /** To `then` when the field lies in low..high, else on to the next line. */
  when(field: Field, low: number, high: number, then: string): this {
    const behind = `behind ${this.lines.length}`;
    return this.#add({ op: Op.TEST, field, low, high, next: then, otherwise: behind }).label(behind);
  }
  keep(register: number, field: Field): this {
    return this.#add({ op: Op.KEEP, field, register });
  }
  set(register: number, low: number): this {
    return this.#add({ op: Op.SET, register, low });
  }
  move(low: number): this {
    return this.#add({ op: Op.MOVE, low });
  }
  /** The packet has field + more bytes; Ethernet may have padded it. */
  packet(field: Field, more: number): this {
    return this.#add({ op: Op.LENGTH, field, low: more, high: MINIMUM_PAYLOAD });
  }
  exactly(field: Field): this {
    return this.#add({ op: Op.EXACT, field });
  }
  /** What is left behind the header is the payload. */
  payload(header: number, more?: Field): this {
    return this.#add({ op: Op.SIZE, field: more, register: Register.SIZE, low: header });
  }
  sum(bytes: number, withPseudoHeader: boolean): this {
    return this.#add({ op: Op.SUM, low: bytes, high: withPseudoHeader ? 1 : 0 });
  }
  differ(): this {
    return this.#add({ op: Op.DIFFER });
  }
  refuse(): this {
    return this.#add({ op: Op.SET, register: Register.SIZE, next: REFUSE });
  }
  /** The frame is of a format that may cross. */
  accept(version: 4 | 6): this {
    return this.#add({ op: Op.SET, register: Register.VERSION, low: version, next: ACCEPT });
  }

  pack(): Uint8Array {
    return Buffer.concat(this.lines.map((line, n) => this.#step(line, n)));
  }

  #step({ op, field, register, low, high, next, otherwise }: Line, n: number): Uint8Array {
    return packed(Step, {
      ...{ op, register, low, high, zero: 0 },
      ...{ width: field?.width ?? 0, shift: field?.shift ?? 0, offset: field?.offset ?? 0 },
      mask: field?.mask ?? 0xffffffff,
      next: next === undefined ? n + 1 : this.#target(next, n),
      otherwise: this.#target(otherwise, n),
    });
  }

  #target(target: Target, from: number): number {
    if (typeof target === "number") return target;
    const to = this.#labels.get(target);
    if (to === undefined || to <= from) throw new Error(`format: ${target} is not behind line ${from}`);
    return to;
  }
}

/** The program for a policy: its formats are those of the protocols that some rule allows. */
export function formatsOf(policy: Policy): Uint8Array {
  const protocols = [...new Set(policy.rules.filter(({ allow }) => allow).map(({ protocol }) => protocol!))].sort(
    (a, b) => a - b,
  );
  const p = new Program();
  const verify = !policy.ignoreChecksums;
  p.set(Register.VLAN, UNTAGGED).set(Register.SRC_PORT, 0).set(Register.DST_PORT, 0);
  p.when(u16(12), 0x8100, 0x8100, "tag")
    .when(u16(12), 0x0800, 0x0800, "IPv4")
    .when(u16(12), 0x86dd, 0x86dd, "IPv6")
    .refuse();
  p.label("tag").must(u16(14, 0xfff), 0, 4094).keep(Register.VLAN, u16(14, 0xfff)).move(4);
  p.when(u16(12), 0x0800, 0x0800, "IPv4").when(u16(12), 0x86dd, 0x86dd, "IPv6").refuse();
  p.label("IPv4").move(14);
  ipv4(p, protocols, verify);
  p.label("IPv6").move(14);
  ipv6(p, protocols, verify);
  return p.pack();
}

/** RFC 791 without options and fragments. */
function ipv4(p: Program, protocols: readonly number[], verify: boolean): void {
  p.must(u8(0), 0x45).packet(u16(2), 0);
  p.must(u16(6, 0xbfff), 0).must(u8(8), 1, 255).must(u8(19, 0), 0);
  if (verify) p.sum(20, false);
  p.must(u32(12), 0x01000000, 0xdfffffff).mustNot(u32(12), 0x7f000000, 0x7fffffff);
  p.when(u32(16), 0xffffffff, 0xffffffff, "IPv4 destination is good");
  p.must(u32(16), 0x01000000, 0xefffffff).mustNot(u32(16), 0x7f000000, 0x7fffffff);
  p.label("IPv4 destination is good").set(Register.SRC_HI, 0).set(Register.DST_HI, 0);
  p.keep(Register.SRC_LO, u32(12)).keep(Register.DST_LO, u32(16)).differ().keep(Register.PROTOCOL, u8(9));
  payloads(
    p,
    u8(9),
    20,
    protocols.filter((protocol) => protocol !== 58),
    4,
    verify,
  );
}

/** RFC 8200 without extension headers. */
function ipv6(p: Program, protocols: readonly number[], verify: boolean): void {
  p.must(u8(0, 0xf0), 0x60).packet(u16(4), 40).must(u8(7), 1, 255);
  p.mustNot(u8(8), 0xff);
  for (const [name, at] of [
    ["source", 8],
    ["destination", 24],
  ] as const) {
    // Among addresses whose first 64 bits are zero: not ::, not ::1, not ::ffff:0:0/96.
    p.when(u32(at), 1, 0xffffffff, `IPv6 ${name} is good`).when(u32(at + 4), 1, 0xffffffff, `IPv6 ${name} is good`);
    p.mustNot(u32(at + 8), 0xffff);
    p.when(u32(at + 8), 1, 0xffffffff, `IPv6 ${name} is good`).must(u32(at + 12), 2, 0xffffffff);
    p.label(`IPv6 ${name} is good`);
  }
  p.keep(Register.SRC_HI, u64(8))
    .keep(Register.SRC_LO, u64(16))
    .keep(Register.DST_HI, u64(24))
    .keep(Register.DST_LO, u64(32));
  p.differ().keep(Register.PROTOCOL, u8(6));
  payloads(
    p,
    u8(6),
    40,
    protocols.filter((protocol) => protocol !== 1),
    6,
    verify,
  );
}

/** Branches on the protocol; each branch ends. */
function payloads(
  p: Program,
  field: Field,
  header: number,
  protocols: readonly number[],
  version: 4 | 6,
  verify: boolean,
): void {
  for (const protocol of protocols) p.when(field, protocol, protocol, `${version}.${protocol}`);
  p.refuse();
  for (const protocol of protocols) {
    p.label(`${version}.${protocol}`).move(header);
    if (protocol === 17) udp(p, version, verify);
    else if (protocol === 6) tcp(p, version, verify);
    else if (protocol === 1) echo(p, 8, 0, verify, false);
    else if (protocol === 58) echo(p, 128, 129, verify, true);
    else p.payload(0);
    p.accept(version);
  }
}

/** RFC 768. Without a checksum over IPv4 only (RFC 8200 section 8.1). */
function udp(p: Program, version: 4 | 6, verify: boolean): void {
  ports(p);
  p.exactly(u16(4)).payload(8);
  if (!verify) return;
  const done = `udp ${version}`;
  if (version === 4) p.when(u16(6), 0, 0, done);
  else p.mustNot(u16(6), 0);
  p.sum(0, true).label(done);
}

/** RFC 9293 section 3.1: reserved bits zero, flags that a segment of a connection has, no urgent data. */
function tcp(p: Program, version: 4 | 6, verify: boolean): void {
  const flags = (mask: number) => u8(13, mask);
  ports(p);
  p.must(u8(19, 0), 0)
    .must(u8(12, 0x0f), 0)
    .must(u8(12, 0xf0), 0x50, 0xf0)
    .payload(0, { ...u8(12, 0xf0), shift: 2 });
  p.must(flags(0x20), 0).when(flags(0x02), 0x02, 0x02, `syn ${version}`);
  p.must(flags(0x14), 0x04, 0x14).label(`syn ${version}`);
  p.when(flags(0x02), 0, 0, `flags ${version}`).must(flags(0x05), 0).label(`flags ${version}`);
  if (verify) p.sum(0, true);
}

function ports(p: Program): void {
  p.must(u16(0), 1, 65535).must(u16(2), 1, 65535).keep(Register.SRC_PORT, u16(0)).keep(Register.DST_PORT, u16(2));
}

/** RFC 792, RFC 4443 section 4. */
function echo(p: Program, request: number, reply: number, verify: boolean, pseudo: boolean): void {
  const good = `echo ${request}`;
  p.payload(8).when(u8(0), request, request, good).must(u8(0), reply).label(good).must(u8(1), 0);
  p.keep(Register.DST_PORT, u8(0));
  if (verify) p.sum(0, pseudo);
}
