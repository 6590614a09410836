// An anomaly's smallest frame and its nearest neighbour, as the tables beside this file give them.
import { bytes, eth, ipv4, ipv6 } from "../frames.ts";

/** A frame, or several one after the other, of which the last one counts. */
export type Made = Frame | Frame[];
interface Frame {
  frame: Uint8Array;
  link?: number;
  /** Nanoseconds since the frame before it. */
  after?: bigint;
}

/** `bad` raises the anomaly; `good` is the same but for one field, or one byte, and does not. */
export interface Pair {
  bad: Made;
  good: Made;
  /** Names that `bad` raises besides, and those that `good` raises; each in any order. */
  also: readonly string[];
  left: readonly string[];
  /** What was put in for each. */
  values: string;
}

/** By the name behind `decoder.`. */
export type Pairs = Readonly<Record<string, Pair | Pair[]>>;

/** The frame that `make` makes of a value that is wrong, and of one that is right. */
export function pair<Value>(
  make: (value: Value) => Uint8Array | Made,
  bad: Value,
  good: Value,
  { also = [], left = [] }: { also?: string[]; left?: string[] } = {},
): Pair {
  const made = (value: Value): Made => {
    const what = make(value);
    return what instanceof Uint8Array ? { frame: what } : what;
  };
  return { bad: made(bad), good: made(good), also, left, values: `${bad}, not ${good}` };
}

/** The first so many bytes of a frame: it is too short with one byte less than `enough`. */
export const cut = (what: Uint8Array | ((n: number) => Uint8Array), enough: number, o: { left?: string[] } = {}) =>
  pair(typeof what === "function" ? what : (n: number) => what.subarray(0, n), enough - 1, enough, o);

/** `frame` with another byte at `at`. */
export function patched(frame: Uint8Array, at: number, value: number): Uint8Array {
  const copy = Uint8Array.from(frame);
  copy[at] = value;
  return copy;
}

export const zeros = (n: number): Uint8Array => new Uint8Array(n);
export const u16 = (value: number): number[] => [value >> 8, value & 255];
export const byte = (value: number): string => value.toString(16).padStart(2, "0");
export const times = (n: number, what: Uint8Array): Uint8Array => bytes(...Array.from({ length: n }, () => what));

/** EtherType 0x88cc (LLDP), IP protocol 89 (OSPF): named, and not taken apart. 0x88ce is nobody's. */
export const LLDP = 0x88cc;
export const NOBODY = 0x88ce;
export const OSPF = 89;

const LINK_IPV4 = 228;
const LINK_IPV6 = 229;
/** IP with nothing in front of it. */
export const ip4 = (...what: Parameters<typeof ipv4>): Frame => ({ frame: ipv4(...what), link: LINK_IPV4 });
export const ip6 = (...what: Parameters<typeof ipv6>): Frame => ({ frame: ipv6(...what), link: LINK_IPV6 });
export const raw4 = (frame: Uint8Array): Frame => ({ frame, link: LINK_IPV4 });
export const raw6 = (frame: Uint8Array): Frame => ({ frame, link: LINK_IPV6 });

export const lldp = eth(LLDP, zeros(0));

let last = 0x100;
/** An identification that no other frame of the tables has: parts of one packet must not meet those of another. */
export const fresh = (): number => ++last;
