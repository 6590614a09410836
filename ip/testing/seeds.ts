// Frames that mutation begins with: every protocol that the decoder takes apart, one in the other.
import { LINK_TYPES } from "../declarations.ts";
import { bytes, eth, icmp, icmpv6, ipv4, ipv6, SYN, tcp, udp, vlan } from "./frames.ts";

/** xorshift32: the same frames in every run. */
export function generator(seed: number): () => number {
  let s = seed;
  return () => {
    s ^= s << 13;
    s ^= s >>> 17;
    s ^= s << 5;
    return s >>> 0;
  };
}

const UNKNOWN_LINK = 147; // LINKTYPE_USER0
/** Link types, Ethernet more often than the others. */
export const LINKS = [1, 1, 1, ...LINK_TYPES.flatMap(({ number, also = [] }) => [number, ...also]), UNKNOWN_LINK];

const DATA = new Uint8Array(40).map((_, i) => i);
export const SEEDS = [
  eth(0x0800, ipv4(6, tcp(SYN, { options: bytes("020405b40402080a00000000000000000103030 7") }))),
  eth(0x8100, vlan(5, 0x0800, ipv4(17, udp(DATA), { options: bytes("94040000 44080501 00000000") }))),
  eth(
    0x86dd,
    ipv6(
      0,
      bytes(
        "2b00 0502 0000 0100",
        "3c02 0001 00000000",
        new Uint8Array(16),
        "2c00 0104 0000 0000",
        "1100 0001 00000007",
        udp(DATA),
      ),
    ),
  ),
  eth(
    0x86dd,
    ipv6(
      51,
      bytes("3a04 0000 00000001 00000001", new Uint8Array(12), "8700 0000", new Uint8Array(20), "0101 020000000001"),
    ),
  ),
  eth(0x0800, ipv4(1, icmp(3, 3, bytes("00000000", ipv4(17, udp(DATA)))))),
  eth(0x0800, ipv4(17, udp(bytes("0800 0000 0000 2a00", eth(0x0800, ipv4(6, tcp(SYN)))), { dport: 4789 }))),
  eth(
    0x0800,
    ipv4(17, udp(bytes("0240 6558 0000 2a00 0102 0301 00000000", eth(0x86dd, ipv6(17, udp(DATA)))), { dport: 6081 })),
  ),
  eth(0x0800, ipv4(17, udp(bytes("34ff 0024 00000001 0000 0085 01 00 00 00", ipv4(17, udp(DATA))), { dport: 2152 }))),
  eth(0x0800, ipv4(47, bytes("b000 0800 0000 0000 00000001 00000002", ipv4(4, ipv4(41, ipv6(17, udp(DATA))))))),
  eth(
    0x0800,
    ipv4(
      47,
      bytes(
        "1000 22eb 00000001 2000 0001 00000000 0000 0001",
        new Uint8Array(8),
        eth(0x0806, bytes("0001 0800 06 04 0001", new Uint8Array(20))),
      ),
    ),
  ),
  eth(
    0x8847,
    bytes(
      "00001040 00002141",
      "00000000",
      eth(0x8864, bytes("1100 0001 0040 0021", ipv4(2, icmp(0x22, 0, bytes("00000001 04000001 e0000001 0a000001"))))),
    ),
  ),
  eth(0x0800, ipv4(132, bytes("0001 0002 00000000 00000000 01000014 00000001 0000ffff 000a000a 00000000"))),
  eth(40, bytes("aaaa03 000000 0800", ipv4(33, bytes("0001 0002 04 00 0000 01000000 00000000")))),
  eth(
    0x88e7,
    bytes(
      "00000001 020000000001 020000000002 8926 0000 0000 893f 0000 0000 0000 894f 0fc6 0103 00000100",
      new Uint8Array(16),
      ipv4(136, udp(DATA)),
    ),
  ),
];

const inPpp = bytes("ff03 0021", ipv4(17, udp(DATA)));
SEEDS.push(
  eth(0x0800, ipv4(17, udp(bytes("4a02 0076 0001 0002 0003 0004 0002 0000", inPpp), { dport: 1701 }))),
  bytes("01000c000000 020000000001 0020 aaaa03 00000c 0003 0000 0000", eth(0x0800, ipv4(17, udp(DATA)))),
  eth(0x892f, bytes("1046 0001 8909 0102 0001 0010 0002 0020 0800", ipv4(17, udp(DATA)))),
);

const u16 = (v: number) => [(v >> 8) & 255, v & 255];
const over4 = (protocol: number, payload: Uint8Array) => eth(0x0800, ipv4(protocol, payload));
const overUdp = (port: number, payload: Uint8Array) => over4(17, udp(payload, { dport: port }));
const range = (to: number, from = 0) => Array.from({ length: to - from }, (_, n) => from + n);
const WITHIN = eth(0x0800, ipv4(17, udp(DATA)));

/** Every number that says what follows: EtherTypes that somebody has, protocols, ports, types of messages, labels. */
export function* numbers(): Generator<Uint8Array> {
  const inner = ipv4(17, udp(DATA));
  const six = ipv6(17, udp(DATA));
  const types = [
    ...range(0x0604, 0x05d8),
    0x0800,
    0x0806,
    0x0842,
    0x22f3,
    0x6558,
    0x8035,
    0x8100,
    0x8137,
    ...range(0x8960, 0x8800),
    0x9000,
  ];
  for (const type of [...types, 0x9100, 0x9200, 0x9300, 0x86dd]) {
    yield eth(type, bytes(inner, DATA));
    yield eth(0x8100, vlan(5, type, inner));
    yield overUdp(6081, bytes([0, 0], u16(type), [0, 0, 7, 0], inner));
    yield over4(47, bytes([0x30, 0], u16(type), [0, 0, 0, 1, 0, 0, 0, 2], inner));
  }
  for (const n of range(256)) {
    yield over4(n, bytes([0x45, n], DATA));
    yield eth(0x86dd, ipv6(n, bytes([0x3b, 0, n, 2, 0, 0, 0, 0], DATA)));
    yield eth(0x86dd, ipv6(60, bytes([59, 0, n, 4, 0, 0, 0, 0])));
    yield eth(0x86dd, ipv6(0, bytes([59, 0, n, 4, 0, 0, 0, 0])));
    yield eth(0x86dd, ipv6(43, bytes([59, 0, n & 7, n >> 3, 0, 0, 0, 0])));
    yield eth(0x86dd, ipv6(44, bytes([17, 0, 0, n, 0, 0, 0, n], udp(DATA))));
    yield over4(2, icmp(n, 0, bytes([0, 0, 0, n & 3, 1, n >> 4, 0, n & 15, 224, 0, 0, 1], DATA)));
    yield over4(47, bytes([n, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 1, 0, 1, 0, 0, 0, 0], WITHIN));
    yield over4(47, bytes([0x30, n, 0x88, 0x0b, 0, 1, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0x21], inner));
    yield over4(47, bytes([0x60, n & 7, 8, 0, 0, 0, 0, 0, 0, 0, 0, n & 15, n, 0], inner, DATA));
    yield overUdp(4790, bytes([n & 0x0c, 0, 0, n >> 4, 0, 0, 7, 0], n & 1 ? inner : six));
    yield overUdp(4789, bytes([n, 0, 0, 0, 0, 0, 7, 0], WITHIN));
    yield overUdp(2152, bytes([n, 255, 0, 40, 0, 0, 0, 9, 0, 0, 0, n & 3 ? 0x85 : 0, 1, 0, 0, 0], n & 1 ? inner : six));
    yield overUdp(2123, bytes([n, 1, 0, 4, 0, 0, 0, 9]));
    yield overUdp(3544, bytes([0, 1, n & 3, n >> 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], six));
    yield eth(0x894f, bytes([n & 0x40, n >> 2, n & 15, n >> 4, 0, 0, 1, 0], new Uint8Array(16), inner));
    yield eth(0x8847, bytes([0, n >> 4, (n << 4) | 1, 64], n & 1 ? inner : six));
    yield eth(0x8847, bytes([0, 1, 1, 64, n], new Uint8Array(20)));
    yield eth(0x8864, bytes([n & 16 ? 0x11 : n, n & 3 ? 0 : n, 0, 1, 0, 6, n, 1, 0, 0], inner));
    yield eth(0x8863, bytes([0x11, n, 0, 1, 0, 12, 1, n & 3, 0, n & 15, 0, 0, 0, 0, 0, 0]));
    yield eth(0x8864, bytes([0x11, 0, 0, 1, 0, 6, n & 1 ? 0x80 : 0, n], inner));
    yield eth(40, bytes([n, n & 1 ? 0xff : 0xaa, n & 2 ? 3 : 0], inner));
    yield eth(
      40,
      bytes(
        [
          0xaa,
          0xaa,
          3,
          0,
          n & 1 ? 0x80 : 0,
          [0, 12, 0xf8, 0xc2][n & 3]!,
          [8, 0x20, 1, 0][(n >> 2) & 3]!,
          [0, 0x0b, 7, 1][(n >> 4) & 3]!,
        ],
        inner,
      ),
    );
    for (const code of [0, 1, 15, 200]) {
      yield over4(1, icmp(n, code, bytes([0, 0, 0, 0], n & 1 ? inner : inner.subarray(0, 8 + n / 8))));
      yield eth(
        0x86dd,
        ipv6(
          58,
          icmpv6(n, code, bytes([0, 0, 0, 0], n & 1 ? six : six.subarray(0, 20 + n / 8), DATA)),
          n & 2 ? 255 : 64,
        ),
      );
    }
    for (const length of [0, 1, 2, 3, 4, 8, 40]) {
      const kind = bytes([n, length], new Uint8Array(length < 2 ? 2 : length - 2));
      const options = (size: number) => bytes(kind, new Uint8Array(size)).subarray(0, size);
      yield over4(6, tcp(SYN, { options: options(length > 8 ? 40 : 8) }));
      yield eth(0x0800, ipv4(17, udp(DATA), { options: options(length > 8 ? 40 : 8) }));
    }
    yield over4(6, tcp(n));
    yield over4(132, bytes([0, 1, 0, 2, 0, 0, 0, n & 1, 0, 0, 0, 0, n, 0, 0, n & 31], DATA));
    yield over4(33, bytes([0, 1, 0, 2, n & 15, n, 0, 0, n, 0, 0, 0], DATA));
    yield eth(0x0806, bytes([0, n & 7, 8, n & 8 ? 0 : 1, n & 16 ? 6 : 5, n & 32 ? 4 : 3, 0, n], DATA));
  }
}

const CARRIED = [1, 2, 4, 6, 17, 33, 41, 47, 50, 51, 58, 132, 136, 137, 143];
const BEHIND_SIX = [0, 43, 44, 50, 51, 58, 59, 60, 135, 139, 140, 4, 41, 17, 6, 136];
const TYPES = [
  0x892f, 0x8909, 0x0806, 0x8100, 0x8847, 0x8863, 0x8864, 0x88e7, 0x8926, 0x893f, 0x8903, 0x894f, 0x6558, 40,
];
const PORTS = [1701, 4754, 4789, 4790, 6081, 2152, 2123, 3386, 3544, 6635];
const USUAL = [0, 1, 2, 3, 4, 8, 0x10, 0x11, 0x40, 0x45, 0x60, 0x80, 0xff];
const GRE_TYPES = [0x0800, 0x86dd, 0x880b, 0x883e, 0x22eb, 0x88be, 0x00fe, 0x8847, 0x9999];

/** A header of some protocol, with whatever in it, whole or not, and what makes it last: chains, and lists without an end. */
export function scrambled(random: () => number): Uint8Array {
  const any = () => (random() & 1 ? USUAL[random() % USUAL.length]! : random() & 255);
  const some = (most: number) => Uint8Array.from({ length: random() % (most + 1) }, any);
  const of = <T>(list: readonly T[]) => list[random() % list.length]!;
  const six = () => ipv6(of(BEHIND_SIX), some(40));
  const inner = () => of([() => ipv4(of(CARRIED), some(24)), six, () => some(40), () => ipv4(17, udp(DATA))])();
  switch (random() % 8) {
    case 0:
      return eth(of(TYPES), bytes(some(24), inner()));
    case 1:
      return over4(of(CARRIED), bytes(some(24), inner()));
    case 2:
      return overUdp(of(PORTS), bytes(some(16), inner()));
    case 3: // extension headers of 8 bytes, one behind the other
      {
        const chain = Array.from({ length: random() % 14 }, () => of([0, 43, 44, 51, 60, 60, 60, 135, 139]));
        const parts = chain.map((_, n) => {
          const next = chain[n + 1] ?? of(BEHIND_SIX);
          return chain[n] === 51
            ? bytes([next, 1], new Uint8Array(10))
            : bytes([next, 0, any(), any()], new Uint8Array(4));
        });
        return eth(0x86dd, ipv6(chain[0] ?? 59, bytes(...parts, inner())));
      }
    case 4:
      return over4(47, bytes(u16(random() & 0xff87 & ~(random() & 0x4000)), u16(of(GRE_TYPES)), some(40)));
    case 5: // labels, tags, chunks, options, routes: one and the same over and over
      return of([
        () => eth(0x8847, bytes(...Array.from({ length: 12 + (random() % 8) }, () => [0, 1, any() & 0xfe, 64]))),
        () =>
          over4(
            132,
            bytes(
              [0, 1, 0, 2, 0, 0, 0, any(), 0, 0, 0, 0],
              ...Array.from({ length: random() % 40 }, () => [of([0, 1, 3, 2]), 0, 0, 4]),
            ),
          ),
        () =>
          over4(
            47,
            bytes(
              [0x40, 0, 8, 0, 0, 0, 0, 0],
              ...Array.from({ length: random() % 20 }, () => [0, 2, 0, 4, 1, 2, 3, 4]),
            ),
          ),
        () =>
          overUdp(
            2152,
            bytes(
              [0x34, 255, 0, 90, 0, 0, 0, 9, 0, 0, 0, 1],
              ...Array.from({ length: random() % 12 }, () => [1, 0, 0, random() % 5]),
            ),
          ),
      ])();
    case 6:
      return eth(0x86dd, ipv6(of(BEHIND_SIX), bytes(some(16), inner()), 64, random() % 3 ? undefined : random() & 127));
    default: // IPv6 that a tunnel says the length of
      return of([
        () => eth(0x86dd, ipv6(17, bytes([0, 9], u16(of([...PORTS, 5])), [0, 8 + DATA.length, 0, 0], DATA))),
        () => eth(0x86dd, ipv6(44, bytes([17, 0, 0xff, 0xf8 | (random() & 1), 0, 0, 0, 7], DATA))),
        () => eth(0x86dd, ipv6(58, icmpv6(of([1, 2, 3, 4]), 0, bytes([0, 0, 0, 0, any()], new Uint8Array(47))))),
        () => over4(2, icmp(0x11, 0, bytes([224, 0, 0, 1], new Uint8Array(random() % 6)))),
        () => over4(136, udp(some(20)).subarray(0, random() % 12)),
        () => eth(0x8903, some(20)),
      ])();
  }
}

/** The same beyond Ethernet: link type, frame. */
export function* linked(): Generator<[number, Uint8Array]> {
  const inner = ipv4(17, udp(DATA));
  for (const n of range(256)) {
    for (const link of [0, 108]) {
      yield [link, bytes([n, 0, 0, 0], inner)];
      yield [link, bytes([0, 0, 0, n], inner)];
    }
    for (const link of [12, 14, 101, 228, 229]) yield [link, bytes([n], inner)];
    for (const link of [9, 51]) yield [link, bytes([n & 1 ? 0xff : 0x21, 3, 0, n], inner)];
    yield [
      113,
      bytes(
        [0, n & 7, n & 8 ? 3 : 0, 1, 0, 6, 0, 1, 2, 3, 4, 5, 0, 0, [8, 0x86, 0, 0][n & 3]!, [0, 0xdd, 4, 1][n & 3]!],
        inner,
      ),
    ];
    yield [
      276,
      bytes(
        [
          [8, 0x86, 0, 0][n & 3]!,
          [0, 0xdd, 4, 1][n & 3]!,
          0,
          0,
          0,
          0,
          0,
          1,
          n & 4 ? 3 : 0,
          1,
          n & 7,
          6,
          0,
          1,
          2,
          3,
          4,
          5,
          0,
          0,
        ],
        inner,
      ),
    ];
    const snap = bytes("aaaa03 000000 0800", inner);
    const addresses = "020000000001 020000000002 020000000003 0000";
    yield [105, bytes([n, n & 3, 0, 0], addresses, n & 4 ? "0000" : "", snap)];
    yield [105, bytes([0x88, n, 0, 0], addresses, "020000000004 0000", snap)];
    yield [127, bytes([0, 0, 9 + (n & 1), 0, n, 0, 0, 0, n], n & 1 ? "00" : "", "0801 0000", addresses, snap)];
    yield [192, bytes([0, 0, 8 + (n & 7), 0, n & 8 ? 1 : 101, 0, 0, 0], inner)];
    yield [258, bytes([12, 0, 0, 0, n & 3, 0, 0, 0, n, 0, 0, 0], n & 4 ? WITHIN : inner)];
    yield [239, bytes([n & 15, 0, 0, 0, 8, 0, 1, 0, 8, 0, 1, 0, n, 0, 9, 0], inner)];
    for (const link of [166, 204]) yield [link, bytes([n & 1, n & 2 ? 3 : 0xff, n & 2 ? [] : 3, 0, n].flat(), inner)];
    yield [107, bytes([n & 0xfe, n | (n & 1), 3, n & 2 ? n : 0xcc], inner)];
    yield [
      107,
      bytes([0x18, 0x41, 3, 0x80, 0, n & 1 ? 0x80 : 0, n & 1 ? 0xc2 : 0, n & 2 ? 8 : 0, n & 4 ? 7 : 0], WITHIN),
    ];
    yield [219, bytes([0, n >> 4, (n << 4) | 1, 64], inner)];
    yield [n, WITHIN];
  }
}

/** Bytes changed; now and then cut, or grown. */
export function mutated(seed: Uint8Array, random: () => number): Uint8Array {
  let frame = Uint8Array.from(seed);
  for (let m = random() % 4; m >= 0; m--) {
    const where = random() % frame.length;
    frame[where] = [0, 0xff, random(), frame[where]! ^ (1 << (random() & 7)), frame[where]! + 1][random() % 5]!;
  }
  const change = random() % 16;
  if (change < 4) frame = frame.slice(0, random() % frame.length);
  else if (change < 8) frame = bytes(frame, new Uint8Array(random() % 40)) as never;
  return frame;
}
