// What carries frames or packets inside others: GRE, ERSPAN, VXLAN, GENEVE, GTP, NSH.
import { bytes, checksum, eth, ipv4, udp } from "../frames.ts";
import { byte, ip4, lldp, OSPF, type Pairs, pair, u16, zeros } from "./pair.ts";

const nothing = zeros(0);
const gre = (...what: (string | Uint8Array | number[])[]) => ip4(47, bytes(...what));
/** A source route (RFC 1701): family, offset, length, data. */
const route = (length: number, data = length) => bytes([0, 2, 0, length], zeros(data));
const routed = (...routes: Uint8Array[]) => gre("4000 88cc 0000 0000", ...routes);
/** Version 1 with these flags; its key reads as PPP's IPX where the flag of the key is missing. */
const pptp = (flags: number) => gre(u16(flags), "880b 002b 0000");

/** With a checksum of its own, off by so much. */
function summed(off: number) {
  const header = bytes("8000 88cc 0000 0000");
  header.set(u16(checksum(header) ^ off), 4);
  return gre(header);
}

export const GRE: Pairs = {
  "gre.pkt_too_small": [
    pair((n) => ip4(47, bytes("0000 88cc").subarray(0, n)), 3, 4),
    pair((n) => ip4(47, bytes("0000 883e 40").subarray(0, n)), 4, 5, { left: ["ipv4.pkt_too_small"] }), // WCCP
  ],
  "gre.wrong_version": pair((version: number) => gre(`000${version} 88cc`), 2, 0),
  "gre.version0_recur": [1, 2, 4].map((bits) => pair((n: number) => gre(`0${n}00 88cc`), bits, 8)),
  "gre.version0_flags": [0x08, 0x10, 0x20, 0x40, 0x80].map((bits) =>
    pair((flags: number) => gre(`00${byte(flags)} 88cc`), bits, 0),
  ),
  "gre.version0_hdr_too_big": [0x20, 0x10, 0x80].map((flag) =>
    pair(
      (n: number) => ip4(47, bytes([flag], "0088cc", zeros(4)).subarray(0, n)),
      7,
      8,
      flag === 0x80 ? { left: ["gre.bad_checksum"] } : {},
    ),
  ),
  "gre.version0_malformed_sre_hdr": [
    pair((n) => routed(route(0).subarray(0, n)), 3, 4),
    pair((length) => routed(route(length, 4), route(0)), 5, 4),
    pair((n) => routed(...Array.from({ length: n }, () => route(4)), route(0)), 16, 15),
  ],
  "gre.version1_chksum": pair(pptp, 0xa001, 0x2001),
  "gre.version1_route": pair(pptp, 0x6001, 0x2001),
  "gre.version1_ssr": pair(pptp, 0x2801, 0x2001),
  "gre.version1_recur": [0x0100, 0x0200, 0x0400].map((bit) => pair(pptp, 0x2001 | bit, 0x2001)),
  "gre.version1_flags": [0x08, 0x10, 0x20, 0x40].map((bit) => pair(pptp, 0x2001 | bit, 0x2001)),
  "gre.version1_no_key": pair(pptp, 0x0001, 0x2001),
  "gre.version1_wrong_protocol": pair((type: string) => gre(`2001 880${type} 00000001`), "a", "b"),
  "gre.version1_hdr_too_big": [
    pair((n) => ip4(47, bytes("2001 880b 00000001").subarray(0, n)), 7, 8),
    pair((n) => ip4(47, bytes("3001 880b 00000001 00000001").subarray(0, n)), 11, 12),
    pair((n) => ip4(47, bytes("2081 880b 00000001 00000001").subarray(0, n)), 11, 12), // an acknowledgment
  ],
  "gre.bad_checksum": pair(summed, 1, 0),
};

/** Type III (draft-foschiano-erspan), of what is neither Ethernet nor IP. */
const mirrored = (version: number, platform = 0) => bytes([version << 4, 1, 0, 1], zeros(6), [4, platform], zeros(8));
const erspan = (header: Uint8Array, n = header.length) => gre("0000 22eb", header.subarray(0, n));
const over = (dport: number, ...what: (string | Uint8Array | number[])[]) => ip4(17, udp(bytes(...what), { dport }));
const vxlan = (flags: number) => over(4789, [flags], "000000 00002a00", lldp);
const gpe = (next: number) => over(4790, "0c0000", [next], "00002a00", lldp);
const geneve = (options: number, type = "88cc") => over(6081, [options, 0], type, "00002a00");
/** The one option of 4 bytes, that says it has so many words of data. */
const geneveOption = (words: number) => over(6081, "0100 88cc 00002a00 0102 03", [words]);

export const TUNNELS: Pairs = {
  "erspan.header_too_small": [
    pair((n) => erspan(bytes("1001 0001 00000000"), n), 7, 8, { left: ["ethernet.pkt_too_small"] }),
    pair((n) => erspan(mirrored(2), n), 11, 12),
    pair((n) => erspan(mirrored(2, 1), n), 19, 20), // with a platform's subheader
  ],
  "erspan.unsupported_version": [
    pair((version) => erspan(mirrored(version)), 3, 2),
    pair((version) => erspan(bytes([version << 4, 1, 0, 1], zeros(4), lldp)), 0, 1),
  ],
  "vxlan.unknown_payload_type": [pair(vxlan, 0, 8), pair(gpe, 0, 3), pair(gpe, 5, 3)],
  "vxlan.pkt_too_small": [4789, 4790].map((port) =>
    pair((n: number) => over(port, bytes("0800 0000 0000 2a00").subarray(0, n)), 7, 8, {
      left: ["ethernet.pkt_too_small"],
    }),
  ),
  "geneve.unknown_payload_type": pair((type) => geneve(0, type), "88ce", "88cc"),
  "geneve.pkt_too_small": pair((n) => over(6081, bytes("0000 88cc 00002a00").subarray(0, n)), 7, 8),
  "geneve.malformed_options": [pair(geneve, 1, 0), pair(geneve, 0x40, 0), pair(geneveOption, 1, 0)],
};

/** GTP-U with a sequence number, and (flag E) extensions; an echo request carries nothing. */
const gtp = (flags: string, rest: Uint8Array, length = rest.length) =>
  over(2152, flags, "01", u16(length), "00000001", rest);
const extended = (...extensions: Uint8Array[]) => gtp("34", bytes("0000 00 85", ...extensions));
const extension = (words: number, next: number) => bytes([words, 0, 0, next]);

export const GTP: Pairs = {
  "gtp.pkt_too_small": [
    pair((n) => over(2152, bytes("3001 0000 00000001").subarray(0, n)), 7, 8),
    pair((n) => gtp("32", zeros(n)), 3, 4),
  ],
  "gtp.len_invalid": pair((length) => gtp("30", nothing, length), 1, 0),
  "gtp.malformed_extension": [
    pair((words) => extended(extension(words, 0)), 0, 1),
    pair((words) => extended(extension(words, 0)), 2, 1),
    pair((next) => extended(extension(1, next)), 0x85, 0), // another one that is not there
    pair((n) => extended(...Array.from({ length: n }, (_, i) => extension(1, i + 1 < n ? 0x85 : 0))), 9, 8),
  ],
};

interface Nsh {
  version?: number;
  words?: number;
  type?: number;
  next?: number;
  context?: number;
  payload?: Uint8Array;
}
/** RFC 8300 section 2.2. */
const nsh = ({ version = 0, words = 2, type = 2, next = 1, context = 0, payload = ipv4(OSPF, nothing) }: Nsh = {}) =>
  eth(0x894f, bytes([(version << 6) | 0x0f, 0xc0 | words, type, next], "00000100", zeros(context), payload));

export const NSH: Pairs = {
  "nsh.header_too_small": pair((n) => nsh().subarray(0, 14 + n), 7, 8, { left: ["ipv4.pkt_too_small"] }),
  "nsh.unsupported_version": pair((version) => nsh({ version }), 1, 0),
  "nsh.bad_header_length": [
    pair((words) => nsh({ words }), 1, 2),
    pair((words) => nsh({ words, payload: nothing }), 3, 2, { left: ["ipv4.pkt_too_small"] }),
    pair((words) => nsh({ words, type: 1, context: 16 }), 5, 6),
    pair((words) => nsh({ words, type: 1, context: 16 }), 7, 6),
  ],
  "nsh.reserved_type": pair((type) => nsh({ type }), 0, 2),
  "nsh.unsupported_type": pair((type) => nsh({ type }), 3, 2),
  "nsh.unknown_payload": [pair((next) => nsh({ next }), 0, 1), pair((next) => nsh({ next }), 6, 1)],
};

/** A control message without attributes, or a frame of PPP's link control, with the length, sequence numbers and offset that flags say. */
const l2tp = (flags: number, fields: string, payload: Uint8Array = LCP) => over(1701, u16(flags), fields, payload);
const LCP = bytes("c021");

export const L2TP: Pairs = {
  "l2tp.pkt_too_small": [
    pair((n) => over(1701, bytes("0002 0001 0001").subarray(0, n)), 5, 6),
    pair((n) => over(1701, bytes("c802 000c 0001 0001 0000 0000").subarray(0, n)), 11, 12),
    pair((n) => over(1701, bytes("0202 0001 0001 0000").subarray(0, n)), 7, 8), // an offset
  ],
  "l2tp.len_invalid": [
    pair((length) => l2tp(0xc802, `000${length} 0001 0001 0000 0000`, nothing), "d", "c"),
    pair((length) => l2tp(0xc802, `000${length} 0001 0001 0000 0000`, nothing), "b", "c"),
    pair((offset) => l2tp(0x0202, `0001 0001 000${offset}`), 3, 0),
    pair((offset) => l2tp(0x0202, `0001 0001 000${offset}`), 3, 2),
  ],
};

const metadata = (words: number) => bytes([1, words], "0001 0010".repeat(words), "88cc");

/** Around Ethernet with LLDP. */
const isl = bytes("01000c000000 020000000001 0020 aaaa03 00000c 0003 0000 0000", lldp);

export const TAGS: Pairs = {
  "hsr.header_too_small": pair((n) => eth(0x892f, bytes("1034 0001 88cc").subarray(0, n)), 5, 6),
  "cmd.header_too_small": [
    pair((n) => eth(0x8909, metadata(1).subarray(0, n)), 3, 8),
    pair((n) => eth(0x8909, metadata(1).subarray(0, n)), 7, 8),
    pair((words) => eth(0x8909, bytes([1, words], "0001 0010 88cc 88cc 88cc")), 3, 2),
    pair((n) => gre("0000 8909", bytes("88cc 0101 0001 0010").subarray(0, n)), 3, 8),
    pair((n) => gre("0000 8909", bytes("88cc 0101 0001 0010").subarray(0, n)), 7, 8),
  ],
  "isl.pkt_too_small": pair((n) => isl.subarray(0, n), 39, 40),
};
