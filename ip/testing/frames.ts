import { recordOf } from "../../appliance/contract/records.ts";
// Builds frames for tests: each function returns bytes, lengths and checksums right unless told otherwise.

export const bytes = (...parts: (Uint8Array | number[] | string)[]): Uint8Array =>
  Buffer.concat(parts.map((p) => (typeof p === "string" ? Buffer.from(p.replaceAll(" ", ""), "hex") : Buffer.from(p))));

const u16 = (v: number) => [(v >> 8) & 255, v & 255];
const u32 = (v: number) => [...u16(v >>> 16), ...u16(v)];

export function checksum(data: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < data.length; i += 2) sum += (data[i]! << 8) | (data[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** An IPv4 address in dots, or an IPv6 one in eight groups, as its bytes. */
export const address = (text: string): number[] =>
  text.includes(":") ? text.split(":").flatMap((g) => u16(Number.parseInt(g, 16))) : text.split(".").map(Number);

export const eth = (type: number, payload: Uint8Array): Uint8Array =>
  bytes("0200 0000 0002 0200 0000 0001", u16(type), payload);

export const vlan = (id: number, type: number, payload: Uint8Array): Uint8Array => bytes(u16(id), u16(type), payload);

export interface Ipv4 {
  src?: string;
  dst?: string;
  id?: number;
  /** Bytes, a multiple of 8. */
  offset?: number;
  more?: boolean;
  ttl?: number;
  options?: Uint8Array;
  /** What the header says instead of the truth. */
  total?: number;
  badChecksum?: boolean;
}

export function ipv4(protocol: number, payload: Uint8Array, o: Ipv4 = {}): Uint8Array {
  const options = o.options ?? new Uint8Array(0);
  const words = 5 + options.length / 4;
  const place = ((o.offset ?? 0) >> 3) | (o.more ? 0x2000 : 0);
  const total = o.total ?? words * 4 + payload.length;
  const header = bytes([0x40 | words, 0], u16(total), u16(o.id ?? 1), u16(place), [o.ttl ?? 64, protocol, 0, 0]);
  const whole = bytes(header, address(o.src ?? "10.0.0.1"), address(o.dst ?? "10.0.0.2"), options);
  const sum = checksum(whole) ^ (o.badChecksum ? 1 : 0);
  whole.set(u16(sum), 10);
  return bytes(whole, payload);
}

export const SRC6 = "2001:db8:0:0:0:0:0:1";
export const DST6 = "2001:db8:0:0:0:0:0:2";

export function ipv6(next: number, payload: Uint8Array, hopLimit = 64, length = payload.length): Uint8Array {
  return bytes([0x60, 0, 0, 0], u16(length), [next, hopLimit], address(SRC6), address(DST6), payload);
}

/** Fills in the checksum at `at` of a transport between two addresses. */
export function sealed(
  protocol: number,
  segment: Uint8Array,
  at: number,
  src = "10.0.0.1",
  dst = "10.0.0.2",
): Uint8Array {
  const pseudo = bytes(address(src), address(dst), u32(segment.length), u32(protocol));
  segment.set(u16(checksum(bytes(pseudo, segment)) || 0xffff), at);
  return segment;
}

export interface Ends {
  src?: string;
  dst?: string;
  sport?: number;
  dport?: number;
}

export const FIN = 1;
export const SYN = 2;
export const RST = 4;
export const ACK = 16;

export function tcp(
  flags: number,
  o: Ends & { options?: Uint8Array; data?: Uint8Array; seq?: number; ack?: number; urgent?: number } = {},
): Uint8Array {
  const options = o.options ?? new Uint8Array(0);
  const place = ((5 + options.length / 4) << 12) | flags;
  const fixed = bytes(
    u16(o.sport ?? 40000),
    u16(o.dport ?? 502),
    u32(o.seq ?? 1),
    u32(o.ack ?? (flags & ACK ? 2 : 0)), // what acknowledges a SYN of this function
    u16(place),
    "2000 0000",
    u16(o.urgent ?? 0),
  );
  const segment = bytes(fixed, options, o.data ?? []);
  return sealed(6, segment, 16, o.src ?? "10.0.0.1", o.dst ?? "10.0.0.2");
}

export function udp(data: Uint8Array, o: Ends & { length?: number } = {}): Uint8Array {
  const segment = bytes(u16(o.sport ?? 40000), u16(o.dport ?? 5000), u16(o.length ?? 8 + data.length), [0, 0], data);
  return sealed(17, segment, 6, o.src ?? "10.0.0.1", o.dst ?? "10.0.0.2");
}

/** ICMP (or, with the same trick, IGMP) with its checksum. */
export function icmp(type: number, code: number, rest: Uint8Array): Uint8Array {
  const message = bytes([type, code, 0, 0], rest);
  message.set(u16(checksum(message)), 2);
  return message;
}

export function icmpv6(type: number, code: number, rest: Uint8Array): Uint8Array {
  return sealed(58, bytes([type, code, 0, 0], rest), 2, SRC6, DST6);
}

/** A record (appliance/contract) around a frame. `time` in nanoseconds. */
export function record(
  frame: Uint8Array,
  o: { time?: bigint; number?: number; link?: number; kind?: number; original?: number } = {},
): Uint8Array {
  const { number = 1, original = frame.length, ...fields } = o;
  return recordOf(frame, { ...fields, number: BigInt(number), original });
}
