// IPv6: header, extension headers, options, IP in IPv6, IPsec.
import { bytes, icmp, ipv4, ipv6 } from "../frames.ts";
import { byte, fresh, ip6, OSPF, type Pairs, pair, patched, raw6, zeros } from "./pair.ts";

const HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const AH = 51;
const NONE = 59;
const DESTINATION = 60;
const HIP = 139;

const nothing = zeros(0);
/** Eight bytes that are well-formed as options, as a routing header, and (but for its offset) as a fragment header. */
const ANY = "00 0400 0000 0000";
const chain = (...next: number[]) => ip6(next[0]!, bytes(...next.slice(1).map((n) => `${byte(n)}${ANY}`)));
/** RFC 2675 section 3: the header's payload length is 0. */
const jumbo = (option: string) => ip6(HOP, bytes("3b00", option), 64, 0);
const id = () => fresh().toString(16).padStart(8, "0");
const holding = (next: number, hex: string) => ip6(next, bytes(hex));

export const IPV6: Pairs = {
  "ipv6.pkt_too_small": pair((n) => raw6(ipv6(NONE, nothing).subarray(0, n)), 39, 40),
  "ipv6.wrong_ip_version": pair((first) => raw6(patched(ipv6(NONE, nothing), 0, first)), 0x50, 0x60),
  "ipv6.trunc_pkt": pair((length) => ip6(NONE, nothing, 64, length), 1, 0),
  "ipv6.trunc_exthdr": [
    pair((n) => ip6(HOP, bytes(`3b${ANY}`).subarray(0, n)), 7, 8),
    pair((length: number) => holding(HOP, `3b${byte(length)}0400 0000 0000`), 1, 0),
    pair((n) => ip6(FRAGMENT, bytes("3b00 0001 00000000").subarray(0, n)), 7, 8),
  ],
  "ipv6.hop_limit_zero": pair((hops) => ip6(NONE, nothing, hops), 0, 1),
  "ipv6.exthdr_dupl_fh": pair(
    (next: number) => holding(FRAGMENT, `${byte(next)}00 0001 00000000 3b${ANY}`),
    FRAGMENT,
    DESTINATION,
  ),
  "ipv6.exthdr_useless_fh": pair((more: number) => holding(FRAGMENT, `3b00 000${more} ${id()}`), 0, 1),
  "ipv6.exthdr_dupl_rh": pair((second) => chain(ROUTING, second, NONE), ROUTING, DESTINATION),
  "ipv6.exthdr_dupl_hh": pair((second) => chain(HOP, second, NONE), HOP, DESTINATION),
  "ipv6.exthdr_dupl_dh": pair((third) => chain(DESTINATION, DESTINATION, third, NONE), DESTINATION, ROUTING),
  "ipv6.exthdr_dupl_ah": pair(
    (second: number) => holding(AH, `${byte(second)}01 0000 00000001 00000001 3b01 0000 00000001 00000001`),
    AH,
    50,
  ),
  "ipv6.too_many_exthdrs": pair((n) => chain(...Array.from({ length: n }, () => HIP), NONE), 11, 10),
  "ipv6.hopopts_not_first": pair((second) => chain(DESTINATION, second, NONE), HOP, DESTINATION), // RFC 8200 section 4.1
  "ipv6.exthdr_invalid_optlen": [
    pair((length: number) => holding(HOP, `3b00 04${byte(length)} 00000000`), 5, 4),
    pair((last: number) => holding(DESTINATION, `3b00 0403 000000 ${byte(last)}`), 4, 0),
  ],
  "ipv6.exthdr_ah_res_not_null": pair(
    (reserved: number) => holding(AH, `3b01 ${byte(reserved)}00 00000001 00000001`),
    1,
    0,
  ),
  "ipv6.hopopts_unknown_opt": pair((type: number) => holding(HOP, `3b00 ${byte(type)}04 00000000`), 0x0b, 0x04),
  "ipv6.hopopts_only_padding": pair((type: number) => holding(HOP, `3b00 ${byte(type)}04 00000000`), 1, 4),
  "ipv6.dstopts_unknown_opt": [
    // IANA ipv6-parameters
    [0x03, 0x04],
    [0x06, 0x05],
    [0x06, 0x07],
    [0x09, 0x08],
    [0x0e, 0x0f],
    [0x10, 0x11],
    [0x14, 0x12],
    [0x14, 0x13],
    [0x22, 0x23],
    [0x27, 0x26],
    [0x2f, 0x30],
    [0x32, 0x31],
    [0x62, 0x63],
    [0x6c, 0x6d],
    [0x8a, 0x8b],
    [0x8d, 0x8c],
    [0x8e, 0x8f],
    [0xca, 0xc9],
  ].map(([bad, good]) => pair((type: number) => holding(DESTINATION, `3b00 ${byte(type)}04 00000000`), bad!, good!)),
  "ipv6.dstopts_only_padding": pair((type: number) => holding(DESTINATION, `3b00 ${byte(type)}04 00000000`), 1, 4),
  "ipv6.rh_type_0": pair((type: number) => holding(ROUTING, `3b00 ${byte(type)}00 00000000`), 0, 4), // RFC 5095
  "ipv6.rh_invalid": [
    pair((left: number) => holding(ROUTING, `3b00 04${byte(left)} 00000000`), 1, 0),
    pair((left: number) => ip6(ROUTING, bytes(`3b02 02${byte(left)} 00000000`, zeros(16))), 2, 1),
    pair((type: number) => holding(ROUTING, `3b00 ${byte(type)}01 00000000`), 4, 3),
  ],
  "ipv6.jumbo_invalid": [
    pair(jumbo, "c204 0000ffff", "c204 00010000"),
    pair(jumbo, "c203 00010000", "c204 00010000"),
    pair((next) => ip6(next, bytes("3b00 c204 00010000"), 64, 0), DESTINATION, HOP),
    pair((length) => ip6(HOP, bytes("3b00 c204 00010000"), 64, length), 8, 0),
  ],
  "ipv6.fh_non_zero_reserved_field": [
    pair((reserved: number) => holding(FRAGMENT, `3b${byte(reserved)} 0001 ${id()}`), 1, 0),
    pair((bits: number) => holding(FRAGMENT, `3b00 00${byte(bits)} ${id()}`), 3, 1),
    pair((bits: number) => holding(FRAGMENT, `3b00 00${byte(bits)} ${id()}`), 5, 1),
  ],
  "ipv6.data_after_none_header": pair((n) => ip6(NONE, zeros(n)), 1, 0),
  "ipv6.unknown_next_header": pair((next) => ip6(next, nothing), 148, 147),
  "ipv6.icmpv4": pair((next) => ip6(next, icmp(8, 0, zeros(4))), 1, OSPF),
  "ipv6.ipv4_in_ipv6_too_small": pair((n) => ip6(4, ipv4(OSPF, nothing).subarray(0, n)), 19, 20),
  "ipv6.ipv4_in_ipv6_wrong_version": pair((first) => ip6(4, patched(ipv4(OSPF, nothing), 0, first)), 0x55, 0x45),
  "ipv6.ipv6_in_ipv6_too_small": pair((n) => ip6(41, ipv6(NONE, nothing).subarray(0, n)), 39, 40),
  "ipv6.ipv6_in_ipv6_wrong_version": pair((first) => ip6(41, patched(ipv6(NONE, nothing), 0, first)), 0x50, 0x60),
  "ah.pkt_too_small": [
    pair((n) => ip6(AH, bytes("5901 0000 00000001 00000001").subarray(0, n)), 11, 12),
    pair((length: number) => holding(AH, `59${byte(length)} 0000 00000001 00000001`), 2, 1),
    pair((length: number) => holding(AH, `59${byte(length)} 0000 00000001 00000001`), 0, 1), // RFC 4302 section 2.2
  ],
  "esp.pkt_too_small": pair((n) => ip6(50, zeros(n)), 7, 8),
};
