/** Sections of the policy as onboard/section.ts reads them: a list of hosts, then records of one size. */
import { Address6 } from "ip-address";
import type { Entry } from "../learned.ts";

/** Largest section that pack() makes, bytes. */
export const MAX_SECTION = 40960;
/** Bytes of a section without hosts and records. */
export const EMPTY = 8;
/** Stands for any external address. */
export const OUTSIDE = 65535;
/** Stands for any port from 1024 on. */
export const ANY_PORT = 65535;

export interface Host {
  /** 4 or 6; 0 = MAC address. */
  version: 0 | 4 | 6;
  hi: bigint;
  lo: bigint;
}

/** From the text that onboard code writes. @throws RangeError when it is no address */
export function parseHost(text: string): Host {
  const mac = /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(text);
  if (mac) return { version: 0, hi: 0n, lo: BigInt(`0x${text.replaceAll(":", "")}`) };
  const quads = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  if (quads?.every((n) => n < 256)) return { version: 4, hi: 0n, lo: BigInt(quads.reduce((v, n) => v * 256 + n, 0)) };
  if (!Address6.isValid(text)) throw new RangeError(`"${text}" is not an address`);
  const value = new Address6(text).bigInt();
  return { version: 6, hi: value >> 64n, lo: value & 0xffffffffffffffffn };
}

/** Whether an address is one of the Internet's: the twin of external() in onboard/endpoints.ts. */
export function isExternal({ version, hi, lo }: Host): boolean {
  if (version === 6) return hi >> 61n === 1n;
  if (version === 0) return false;
  const inside = (bits: number, network: number) => Math.floor(Number(lo) / 2 ** (32 - bits)) === network;
  const first = Number(lo >> 24n);
  if (first === 0 || first === 10 || first === 127 || first >= 224) return false;
  return !(inside(16, 0xa9fe) || inside(12, 0xac1) || inside(16, 0xc0a8) || inside(10, 0x191) || inside(15, 0x6309));
}

/** The same of an address as text. */
export const isOutside = (text: string): boolean => isExternal(parseHost(text));

/** The talk that an entry is about: onboard/endpoints.ts. */
export interface Talk {
  client: string;
  server: string;
  proto: number;
  service: number;
  /** Neither side serves. */
  either?: boolean;
}

export const talkOf = (entry: Entry): Talk => entry as unknown as Talk;

export function talkKey(talk: Entry | Talk): string {
  const { client, server, proto, service, either } = talk as Talk;
  const ends = either && client > server ? [server, client] : [client, server];
  return `${ends.join(either ? "<->" : "->")} ${proto}/${service}`;
}

const NAMES: Record<number, string> = { 1: "icmp type", 6: "tcp", 17: "udp", 58: "icmpv6 type", 132: "sctp" };

export function talkText({ client, server, proto, service, either }: Talk): string {
  const what = /^(..:){5}..$/.test(client)
    ? `EtherType 0x${service.toString(16).padStart(4, "0")}`
    : NAMES[proto]
      ? `${NAMES[proto]} ${service === 49152 && proto !== 1 && proto !== 58 ? "dynamic port" : service}`
      : `IP protocol ${proto}`;
  return `${client} ${either ? "<->" : "->"} ${server} ${what}`;
}

/** 16 bits that onboard unfold() makes a number again, not below x: 2^(code / 1024). 0 stays 0. */
export const fold = (x: number): number => (x > 0 ? Math.min(65535, Math.max(1, Math.ceil(Math.log2(x) * 1024))) : 0);

/** Order of the hosts in a section. */
const ORDER = [4, 0, 6];
const BYTES = { 4: 4, 0: 8, 6: 16 };

/** Collects hosts and records. */
export class Section {
  readonly #what: string;
  readonly #stride: number;
  #hosts = new Map<string, number>();
  readonly #records: ((view: DataView) => void)[] = [];

  /** @param what are recorded, for messages @param stride bytes of each */
  constructor(what: string, stride: number) {
    this.#what = what;
    this.#stride = stride;
  }

  /** Index of a host, to be asked for while a record is written; `*` stands for any external address. */
  host(text: string): number {
    if (text === "*") return OUTSIDE;
    const found = this.#hosts.get(text);
    if (found !== undefined) return found;
    this.#hosts.set(text, this.#hosts.size);
    return this.#hosts.size - 1;
  }

  /** A record. `write` fills in its bytes; it is called twice, for the hosts are put in order when all are known. */
  add(write: (view: DataView) => void): void {
    this.#records.push(write);
  }

  /** How many records surely fit into so many bytes, a host of each with them; at most `most`. */
  static fits(room: number, stride: number, most: number): number {
    const records = Math.floor((Math.min(room, MAX_SECTION) - EMPTY) / (stride + BYTES[6]));
    return Math.max(0, Math.min(most, records));
  }

  /** The 8 bytes that name a talk. */
  talk(view: DataView, { client, server, proto, service, either }: Talk): void {
    view.setUint16(0, this.host(client), true);
    view.setUint16(2, this.host(server), true);
    view.setUint16(4, service, true);
    view.setUint8(6, proto);
    view.setUint8(7, either ? 1 : 0);
  }

  /** @throws RangeError when there are more records than `most`, or more bytes than MAX_SECTION */
  bytes(most: number): Uint8Array {
    const count = this.#records.length;
    if (count > most) throw new RangeError(`${this.#what}: ${count} of them learned, at most ${most} fit`);
    for (const write of this.#records) write(new DataView(new ArrayBuffer(this.#stride)));
    const hosts = [...this.#hosts.keys()].map((text) => ({ text, ...parseHost(text) }));
    hosts.sort((a, b) => ORDER.indexOf(a.version) - ORDER.indexOf(b.version));
    this.#hosts = new Map(hosts.map(({ text }, i) => [text, i]));
    const start = EMPTY + hosts.reduce((sum, { version }) => sum + BYTES[version], 0);
    const length = start + count * this.#stride;
    if (length > MAX_SECTION)
      throw new RangeError(`${this.#what}: ${length} bytes for ${count} of them, at most ${MAX_SECTION} fit`);
    const out = new Uint8Array(length);
    const view = new DataView(out.buffer);
    for (const [i, version] of ORDER.entries())
      view.setUint16(2 * i, hosts.filter((host) => host.version === version).length, true);
    view.setUint16(6, count, true);
    let at: number = EMPTY;
    for (const { version, hi, lo } of hosts) {
      if (version === 4) view.setUint32(at, Number(lo), true);
      else if (version === 0) view.setBigUint64(at, lo, true);
      else {
        view.setBigUint64(at, hi, true);
        view.setBigUint64(at + 8, lo, true);
      }
      at += BYTES[version];
    }
    for (const write of this.#records) {
      write(new DataView(out.buffer, at, this.#stride));
      at += this.#stride;
    }
    return out;
  }
}

/** Groups by a text. */
export function groupBy<T>(items: Iterable<T>, by: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = by(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
