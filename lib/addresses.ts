/** The small values of a policy file: addresses and networks, MAC addresses, ranges, rates, durations. */
import { Address4, Address6 } from "ip-address";
import { described, parsed, Wrong } from "./yaml.ts";

/** Addresses whose first `bits` are those of hi:lo. An IPv4 address has hi = 0 and lo = its 32 bits. */
export interface Network {
  version: 4 | 6;
  hi: bigint;
  lo: bigint;
  bits: number;
  /** As the file had it where that was meaningful: bits behind the prefix were set. They are cleared in hi:lo. */
  hostBits?: string;
}

/** Both ends included. */
export interface Range {
  first: number;
  last: number;
}

const LOW = (1n << 64n) - 1n;

/** The bits that must match, as a number of 32 or 128 bits. */
export function maskOf({ version, bits }: Pick<Network, "version" | "bits">): bigint {
  const width = version === 4 ? 32 : 128;
  return ((1n << BigInt(bits)) - 1n) << BigInt(width - bits);
}

/** The network's lowest and highest address as numbers of 32 or 128 bits. */
export function boundsOf(network: Network): [bigint, bigint] {
  const first = (network.hi << 64n) | network.lo;
  const all = network.version === 4 ? 0xffffffffn : (1n << 128n) - 1n;
  return [first, first | (all ^ maskOf(network))];
}

/** `10.0.0.0/24`, `fd00::/64`; a single address without its length. */
export function networkText({ version, hi, lo, bits }: Network): string {
  const address =
    version === 4 ? Address4.fromBigInt(lo).correctForm() : Address6.fromBigInt((hi << 64n) | lo).correctForm();
  return bits === (version === 4 ? 32 : 128) ? address : `${address}/${bits}`;
}

/** @returns the network, or undefined when the text is no address and no network. */
export function parseNetwork(text: string): Network | undefined {
  try {
    // Families first: the classes answer questions across families with a silent `false`.
    if (text.includes(":")) {
      const address = new Address6(text);
      if (address.zone) return undefined;
      return network(6, address.bigInt(), address.subnetMask, text);
    }
    const address = new Address4(text);
    return network(4, address.bigInt(), address.subnetMask, text);
  } catch {
    return undefined;
  }
}

function network(version: 4 | 6, value: bigint, bits: number, text: string): Network {
  const masked = value & maskOf({ version, bits });
  return { version, hi: masked >> 64n, lo: masked & LOW, bits, ...(masked !== value && { hostBits: text }) };
}

const EVERYWHERE: Network[] = [
  { version: 4, hi: 0n, lo: 0n, bits: 0 },
  { version: 6, hi: 0n, lo: 0n, bits: 0 },
];

/** A network, a list of them, or `any`. */
export const networks = () =>
  parsed<Network[]>("an address or network such as 10.0.0.0/24 or fd00::/64, a list of them, or any", (value) =>
    value === "any" ? EVERYWHERE : list(value, (item) => (typeof item === "string" ? parseNetwork(item) : undefined)),
  );

/** A single address, IPv4. */
export const address4 = () =>
  parsed<number>("an IPv4 address such as 10.0.9.2", (value) => {
    const found = typeof value === "string" ? parseNetwork(value) : undefined;
    return found?.version === 4 && found.bits === 32 ? Number(found.lo) : undefined;
  });

/** Six bytes as one number, first byte highest. */
export const mac = (kind: "any" | "single" = "any") =>
  parsed<bigint>(
    kind === "any" ? "a MAC address such as 52:54:00:77:00:12" : "the MAC address of one interface (first byte even)",
    (value) => {
      if (typeof value !== "string" || !/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(value)) return undefined;
      const number = BigInt(`0x${value.replaceAll(":", "")}`);
      return kind === "single" && ((number >> 40n) & 1n || number === 0n) ? undefined : number;
    },
  );

export function macText(mac: bigint): string {
  return mac
    .toString(16)
    .padStart(12, "0")
    .replace(/..(?=.)/g, "$&:");
}

/** A number, `first-last`, or a list of these; sorted, overlapping and neighbouring ones joined. */
export const ranges = (what: string, least: number, most: number, words: Record<string, Range[]> = {}) => {
  const more = Object.keys(words).map((word) => ` or ${word}`);
  return parsed<Range[]>(
    `${what} from ${least} to ${most}, a range such as ${least}-${most}, a list${more.join("")}`,
    (value) => {
      if (typeof value === "string" && Object.hasOwn(words, value)) return words[value];
      const found = list<Range>(value, (item) =>
        typeof item === "string" && Object.hasOwn(words, item) ? words[item]![0] : range(item, least, most),
      );
      return Array.isArray(found) && !(found[0] instanceof Wrong) ? joined(found as Range[]) : found;
    },
  );
};

/** One range; not a list. */
export const singleRange = (what: string, least: number, most: number) =>
  parsed<Range>(`${what} from ${least} to ${most}, or a range such as ${least}-${most}`, (value) =>
    range(value, least, most),
  );

function range(item: unknown, least: number, most: number): Range | undefined {
  const [, a, b] = /^(\d{1,6})(?:\s*-\s*(\d{1,6}))?$/.exec(String(item)) ?? [];
  if (a === undefined || (typeof item !== "number" && typeof item !== "string")) return undefined;
  const [first, last] = [Number(a), Number(b ?? a)];
  return first >= least && last <= most && first <= last ? { first, last } : undefined;
}

export function joined(ranges: readonly Range[]): Range[] {
  const out: Range[] = [];
  for (const { first, last } of [...ranges].sort((a, b) => a.first - b.first)) {
    const before = out.at(-1);
    if (before && first <= before.last + 1) before.last = Math.max(before.last, last);
    else out.push({ first, last });
  }
  return out;
}

/** One item or a list of at least one; each wrong item is reported at its own place. */
function list<T>(value: unknown, parse: (item: unknown) => T | undefined): T[] | Wrong[] | undefined {
  if (!Array.isArray(value)) {
    const one = parse(value);
    return one === undefined ? undefined : [one];
  }
  if (value.length === 0) return [new Wrong("an empty list")];
  const items = value.map((item, n) => parse(item) ?? new Wrong(described(item), [n]));
  const wrong = items.filter((item) => item instanceof Wrong);
  return wrong.length ? wrong : (items as T[]);
}

const UNITS: Record<string, bigint> = { s: 1_000_000_000n, min: 60_000_000_000n, h: 3_600_000_000_000n };

export interface Rate {
  /** Nanoseconds between two frames. */
  interval: bigint;
  /** As it was written. */
  text: string;
}

/** `20/s`, `600/min`, `5/h`. */
export const rate = () =>
  parsed<Rate>("a rate such as 20/s, 600/min or 5/h, at most 10000000/s", (value) => {
    const [text, count, unit] = /^([1-9]\d{0,9})\s*\/\s*(s|min|h)$/.exec(String(value)) ?? [];
    if (text === undefined) return undefined;
    const interval = UNITS[unit!]! / BigInt(count!);
    return interval >= 100n ? { interval, text } : undefined;
  });

/** `500ms`, `30s`, `10min`, `1h` as nanoseconds. */
export const duration = (most: string) =>
  parsed<bigint>(`a duration such as 500ms, 30s, 10min or 1h, at most ${most}`, (value) => {
    const nanoseconds = durationOf(value);
    return nanoseconds !== undefined && nanoseconds <= durationOf(most)! ? nanoseconds : undefined;
  });

function durationOf(value: unknown): bigint | undefined {
  const [text, count, unit] = /^([1-9]\d{0,8})\s*(ms|s|min|h)$/.exec(String(value)) ?? [];
  return text === undefined ? undefined : BigInt(count!) * (UNITS[unit!] ?? 1_000_000n);
}

/** A duration as it is written: `30s`. */
export function durationText(nanoseconds: bigint): string {
  const unit = ["h", "min", "s"].find((name) => nanoseconds % UNITS[name]! === 0n);
  return unit ? `${nanoseconds / UNITS[unit]!}${unit}` : `${nanoseconds / 1_000_000n}ms`;
}

export function rangeText({ first, last }: Range): string {
  return first === last ? `${first}` : `${first}-${last}`;
}

/** A time, ns since 1970, as policies have it. */
export const momentText = (ns: bigint): string => new Date(Number(ns / 1_000_000n)).toISOString().replace(".000Z", "Z");
