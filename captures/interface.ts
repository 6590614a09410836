// An interface of a pcapng section (draft-ietf-opsawg-pcapng section 4.2): link type, snaplen, and how its times count.

const END_OF_OPTIONS = 0;
const IF_TSRESOL = 9;
const IF_TSOFFSET = 14;
const WORD = 4294967296;

export class Interface {
  readonly link: number;
  /** 0 = no limit. */
  readonly snaplen: number;
  /** What time() has found: nanoseconds since 1970 in halves. */
  low = 0;
  high = 0;
  /** Nanoseconds in a tick where that is 1 to 10^6 and there is no offset: the exact way without BigInt. */
  #scale = 1000;
  /** The general way: ticks * numerator / denominator + offset. */
  #numerator = 1000n;
  #denominator = 1n;
  #offset = 0n;

  constructor(link: number, snaplen: number) {
    this.link = link;
    this.snaplen = snaplen;
  }

  /** if_tsresol: bit 7 clear: a tick is 10^-n s; set: 2^-n s. if_tsoffset: whole seconds. */
  units(resolution: number, offset: bigint): void {
    const n = resolution & 127;
    this.#numerator = 1_000_000_000n;
    this.#denominator = resolution & 128 ? 1n << BigInt(n) : 10n ** BigInt(n);
    this.#offset = offset * 1_000_000_000n;
    this.#scale = offset === 0n && !(resolution & 128) && n >= 3 && n <= 9 ? 10 ** (9 - n) : 0;
  }

  /** Converts a time; false when it is beyond what 64 bits of nanoseconds hold: then it is the nearest that they do. */
  time(ticksHigh: number, ticksLow: number): boolean {
    if (this.#scale === 0) return this.#general(ticksHigh, ticksLow);
    const lower = ticksLow * this.#scale; // both products are below 2^52: exact
    const upper = ticksHigh * this.#scale + Math.floor(lower / WORD);
    const fits = upper < WORD;
    this.low = fits ? lower % WORD : WORD - 1;
    this.high = fits ? upper : WORD - 1;
    return fits;
  }

  #general(ticksHigh: number, ticksLow: number): boolean {
    const ticks = (BigInt(ticksHigh) << 32n) | BigInt(ticksLow);
    const exact = (ticks * this.#numerator) / this.#denominator + this.#offset;
    const most = (1n << 64n) - 1n;
    const ns = exact < 0n ? 0n : exact > most ? most : exact;
    this.low = Number(ns & 0xffffffffn);
    this.high = Number(ns >> 32n);
    return ns === exact;
  }
}

/**
 * Reads an interface description block of at least 20 bytes at `at`.
 * @param problem told where options are damaged; the rest of the interface counts all the same
 */
export function readInterface(
  view: DataView,
  at: number,
  length: number,
  little: boolean,
  problem: (at: number, what: string, expected: string) => void,
): Interface {
  const found = new Interface(view.getUint16(at + 8, little), view.getUint32(at + 12, little));
  let resolution = 6;
  let offset = 0n;
  const end = at + length - 4;
  for (let o = at + 16; o < end; ) {
    const code = view.getUint16(o, little);
    const size = view.getUint16(o + 2, little);
    if (code === END_OF_OPTIONS) break;
    if (size > end - o - 4) {
      problem(o, `interface option ${code} cut`, `${size} bytes announced, ${end - o - 4} left`);
      break;
    }
    if (code === IF_TSRESOL && size === 1) resolution = view.getUint8(o + 4);
    else if (code === IF_TSOFFSET && size === 8) offset = view.getBigInt64(o + 4, little);
    else if (code === IF_TSRESOL || code === IF_TSOFFSET)
      problem(o, `length of interface option ${code}`, `${code === IF_TSRESOL ? 1 : 8} expected, ${size} announced`);
    o += 4 + ((size + 3) & ~3);
  }
  found.units(resolution, offset);
  return found;
}
