// PPP, address resolution, and link types without Ethernet.
import { bytes, eth, ipv4, ipv6 } from "../frames.ts";
import { cut, LLDP, OSPF, type Pairs, pair, patched, u16, zeros } from "./pair.ts";

const nothing = zeros(0);
const LCP = "c021";
const discovery = (code: number, tag = "", length = tag.length / 2) =>
  eth(0x8863, bytes([0x11, code], "0001", u16(length), tag));
const session = (o: { version?: number; code?: number; length?: number } = {}) =>
  eth(0x8864, bytes([o.version ?? 0x11, o.code ?? 0], "0001", u16(o.length ?? 2), LCP));
const ppp = (protocol: number) => ({ frame: bytes(u16(protocol)), link: 9 });
const inPpp = (frame: string) => (n: number) => ({ frame: bytes(frame).subarray(0, n), link: 9 });

export const PPP: Pairs = {
  "pppoe.pkt_too_small": cut(discovery(0xa7), 20),
  "pppoe.wrong_code": [
    pair((code) => session({ code }), 1, 0),
    ...[0x09, 0x07, 0x19, 0x65, 0xa7].map((code) => pair((c: number) => discovery(c), code + 1, code)),
  ],
  "pppoe.malformed_tags": [
    pair((length) => discovery(9, `0101000${length}`), 1, 0),
    pair((n) => discovery(9, "01010000".slice(0, 2 * n)), 3, 4),
  ],
  "pppoe.wrong_version": pair((version) => session({ version }), 0x12, 0x11),
  "pppoe.len_invalid": pair((length) => session({ length }), 3, 2),
  "ppp.pkt_too_small": [
    pair(inPpp(LCP), 1, 2),
    pair(inPpp("ff032b"), 2, 3), // behind address and control a compressed protocol number
    pair(inPpp("ff03c021"), 3, 4),
  ],
  // RFC 1661 section 2: the low byte is odd; numbers from 8000 on are of control protocols
  "ppp.unsup_proto": [pair(ppp, 0x003f, 0x003d), pair(ppp, 0x00fb, 0x00fd), pair(ppp, 0x7e01, 0x8001)],
  "ppp.wrong_type": pair(ppp, 0x003c, 0x003d),
};

interface Arp {
  hardware?: number;
  protocol?: number;
  hardwareSize?: number;
  protocolSize?: number;
  operation?: number;
}
const arp = (o: Arp = {}) =>
  eth(
    0x0806,
    bytes(
      u16(o.hardware ?? 1),
      u16(o.protocol ?? 0x0800),
      [o.hardwareSize ?? 6, o.protocolSize ?? 4],
      u16(o.operation ?? 1),
      zeros(20),
    ),
  );

export const ARP: Pairs = {
  "arp.pkt_too_small": cut(arp(), 22, { left: ["arp.invalid_pkt"] }),
  "arp.unsupported_hardware": [
    pair((hardware) => arp({ hardware }), 2, 1),
    pair((hardware) => arp({ hardware }), 7, 6),
  ],
  "arp.unsupported_protocol": pair((protocol) => arp({ protocol }), 0x0801, 0x0800),
  "arp.invalid_pkt": cut(arp(), 42),
  "arp.invalid_hardware_size": pair((hardwareSize) => arp({ hardwareSize }), 5, 6),
  "arp.invalid_protocol_size": pair((protocolSize) => arp({ protocolSize }), 5, 4),
  "arp.unsupported_opcode": [
    pair((operation) => arp({ operation }), 0, 1),
    pair((operation) => arp({ operation }), 26, 25), // IANA arp-parameters
  ],
};

const on = (link: number, frame: Uint8Array) => (n: number) => ({ frame: frame.subarray(0, n), link });
const family = (link: number) => (first: number) => ({
  frame: bytes([first, 0, 0, 0], first === 2 || first === 3 ? ipv4(OSPF, nothing) : ipv6(OSPF, nothing)),
  link,
});
const version = (link: number) => (nibble: number) => ({
  frame: patched(nibble < 6 ? ipv4(OSPF, nothing) : ipv6(OSPF, nothing), 0, nibble * 16 + (nibble < 6 ? 5 : 0)),
  link,
});

export const OTHER_LINKS: Pairs = {
  "sll.pkt_too_small": pair(on(113, bytes("0000 0001 0006 0200000000010000", u16(LLDP))), 15, 16),
  "sll2.pkt_too_small": pair(on(276, bytes(u16(LLDP), "0000 00000001 0001 00 06 0200000000010000")), 19, 20),
  "ltnull.pkt_too_small": [0, 108].map((link) =>
    pair(on(link, bytes("02000000")), 3, 4, { left: ["ipv4.pkt_too_small"] }),
  ),
  // AF_INET is 2; AF_INET6 is 10, 24, 28 or 30, by system
  "ltnull.unsupported_type": [
    ...[0, 108].map((link) => pair(family(link), 3, 2)),
    ...[10, 24, 28, 30].map((six) => pair(family(0), six + 1, six)),
  ],
  "ipraw.invalid_ip_version": [
    ...[12, 14, 101].map((link) => pair(version(link), 5, 4)),
    pair(version(101), 7, 6),
    pair(on(101, ipv4(OSPF, nothing)), 0, 1, { left: ["ipv4.pkt_too_small"] }),
  ],
};
