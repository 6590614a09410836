// ICMP, ICMPv6, IGMP.
import { bytes, icmp, icmpv6, ipv4, ipv6, udp } from "../frames.ts";
import { ip4, ip6, OSPF, type Pairs, pair, patched, zeros } from "./pair.ts";

const nothing = zeros(0);
const QUOTED4 = ipv4(OSPF, nothing);
const QUOTED6 = ipv6(59, nothing);
const v4 = (type: number, code: number, quoted = QUOTED4) => ip4(1, icmp(type, code, bytes(zeros(4), quoted)));
const unreachable = (quoted: Uint8Array) => v4(3, 1, quoted);
/** The highest code of each type that has several (IANA icmp-parameters). */
const CODES: [type: number, last: number][] = [
  [3, 15],
  [4, 0],
  [5, 3],
  [8, 0],
  [9, 16],
  [11, 1],
  [12, 2],
  [40, 5],
  [42, 0],
  [43, 4],
];
const UNASSIGNED = [
  [1, 0],
  [2, 3],
  [7, 6],
  [19, 18],
  [29, 30],
  [44, 43],
  [255, 0],
] as const;

export const ICMP: Pairs = {
  "icmpv4.pkt_too_small": pair((n) => ip4(1, icmp(8, 0, zeros(4)).subarray(0, n)), 7, 8),
  "icmpv4.unknown_type": UNASSIGNED.map(([bad, good]) => pair((type: number) => v4(type, 0), bad, good)),
  "icmpv4.unknown_code": CODES.map(([type, last]) => pair((code: number) => v4(type, code), last + 1, last)),
  "icmpv4.ipv4_trunc_pkt": [
    pair((n) => unreachable(QUOTED4.subarray(0, n)), 19, 20),
    pair((first) => unreachable(patched(QUOTED4, 0, first)), 0x44, 0x45),
    pair((n) => unreachable(ipv4(17, udp(nothing)).subarray(0, n)), 23, 24), // its ports
    ...[3, 4, 5, 11, 12].map((type) => pair((n: number) => v4(type, 0, QUOTED4.subarray(0, n)), 19, 20)),
  ],
  "icmpv4.ipv4_unknown_ver": pair((first) => unreachable(patched(QUOTED4, 0, first)), 0x55, 0x45),
  "icmpv4.bad_checksum": pair((bit) => ip4(1, patched(icmp(8, 0, zeros(4)), 3, icmp(8, 0, zeros(4))[3]! ^ bit)), 1, 0),
};

const v6 = (type: number, code: number, rest: Uint8Array, hops = 255) => ip6(58, icmpv6(type, code, rest), hops);
const error6 = (type: number, code: number, quoted = QUOTED6) => v6(type, code, bytes(zeros(4), quoted));
/** Bytes of each message of neighbour discovery without its options (RFC 4861 section 4). */
const NEIGHBOUR: [type: number, fixed: number][] = [
  [133, 8],
  [134, 16],
  [135, 24],
  [136, 24],
  [137, 40],
];
const solicited = (options: string) => v6(133, 0, bytes(zeros(4), options));

export const ICMPV6: Pairs = {
  "icmpv6.pkt_too_small": pair((n) => v6(128, 0, zeros(n - 4)), 7, 8),
  "icmpv6.unknown_code": [
    // IANA icmpv6-parameters
    ...[
      [1, 8],
      [2, 0],
      [3, 1],
      [4, 10],
    ].map(([type, last]) => pair((code: number) => error6(type!, code), last! + 1, last!)),
    ...[128, 129, 141, 159, 162].map((type) => pair((code: number) => v6(type, code, zeros(4)), 1, 0)),
    ...[138, 139, 140, 155, 157, 158, 160, 161].map((type) => pair((one: number) => v6(one, 1, zeros(4)), 128, type)),
  ],
  "icmpv6.ipv6_trunc_pkt": [
    ...[1, 2, 3, 4].map((type) => pair((n: number) => error6(type, 0, QUOTED6.subarray(0, n)), 39, 40)),
    pair((n) => error6(1, 4, ipv6(17, zeros(n))), 3, 4), // its ports
  ],
  "icmpv6.ipv6_unknown_version": pair((first) => error6(1, 0, patched(QUOTED6, 0, first)), 0x50, 0x60),
  "icmpv6.experimentation_type": [
    [100, 102],
    [101, 102],
    [200, 199],
    [201, 202],
  ].map(([bad, good]) =>
    pair((type: number) => v6(type, 0, zeros(4)), bad!, good!, { left: ["icmpv6.unassigned_type"] }),
  ),
  "icmpv6.unassigned_type": [
    [0, 1],
    [5, 4],
    [127, 128],
    [163, 162],
    [255, 162],
  ].map(([bad, good]) => pair((type: number) => error6(type, 0), bad!, good!)),
  // RFC 2710 section 3, RFC 3810 section 5
  "icmpv6.mld_message_with_invalid_hl": [130, 131, 132, 143].map((type) =>
    pair((hops: number) => v6(type, 0, zeros(20), hops), 2, 1),
  ),
  "icmpv6.bad_checksum": pair(
    (bit) => ip6(58, patched(icmpv6(128, 0, zeros(4)), 3, icmpv6(128, 0, zeros(4))[3]! ^ bit)),
    1,
    0,
  ),
  "icmpv6.ndp_invalid_hl": NEIGHBOUR.map(([type, fixed]) =>
    pair((hops: number) => v6(type, 0, zeros(fixed - 4), hops), 254, 255),
  ),
  "icmpv6.ndp_too_small": NEIGHBOUR.slice(1).map(([type, fixed]) =>
    pair((n: number) => v6(type, 0, zeros(n - 4)), fixed - 1, fixed),
  ),
  "icmpv6.ndp_invalid_optlen": [
    pair((units: number) => solicited(`010${units}000000000000`), 0, 1),
    pair((units: number) => solicited(`010${units}000000000000`), 2, 1),
    pair((n) => solicited("0101000000000000".slice(0, 2 * n)), 1, 0),
    pair((n) => solicited("0101000000000000".slice(0, 2 * n)), 7, 8),
  ],
  "icmpv6.ndp_invalid_code": NEIGHBOUR.map(([type, fixed]) =>
    pair((code: number) => v6(type, code, zeros(fixed - 4)), 1, 0),
  ),
};

const group = (type: number, rest: string | Uint8Array) => ip4(2, icmp(type, 0, bytes(rest)));
const sources = (n: number) => `0000 0001 0100 000${n} e0000001`; // a report's one record (RFC 3376 section 4.2)

export const IGMP: Pairs = {
  "igmp.pkt_too_small": pair((n) => ip4(2, icmp(0x16, 0, zeros(4)).subarray(0, n)), 7, 8),
  "igmp.malformed": [
    pair((n: number) => group(0x11, `00000000 0000 000${n}`), 1, 0), // a query's sources (section 4.1)
    pair((n: number) => group(0x11, `00000000 0000 000${n} 0a000001`), 2, 1),
    pair((n: number) => group(0x22, `0000 000${n}`), 1, 0),
    pair((n: number) => group(0x22, sources(n)), 1, 0),
    pair((n: number) => group(0x22, `${sources(n)} 0a000001`), 2, 1),
    pair((words: number) => group(0x22, `0000 0001 010${words} 0000 e0000001`), 1, 0), // auxiliary data
  ],
  "igmp.v3_pkt_too_small": [
    pair((n) => group(0x11, zeros(n - 4)), 11, 12),
    pair((n) => group(0x11, zeros(n - 4)), 9, 8),
  ],
  "igmp.bad_checksum": pair(
    (bit) => ip4(2, patched(icmp(0x16, 0, zeros(4)), 3, icmp(0x16, 0, zeros(4))[3]! ^ bit)),
    1,
    0,
  ),
  // IANA igmp-type-numbers
  "igmp.unknown_type": [
    [0x10, 0x11],
    [0x15, 0x12],
    [0x15, 0x13],
    [0x15, 0x14],
    [0x15, 0x16],
    [0x18, 0x17],
    [0x1d, 0x1e],
    [0x20, 0x1f],
    [0x21, 0x22],
    [0x2f, 0x30],
    [0x33, 0x31],
    [0x33, 0x32],
  ].map(([bad, good]) => pair((type: number) => group(type, zeros(4)), bad!, good!)),
};
