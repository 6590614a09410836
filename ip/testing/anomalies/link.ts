// Frames, link layers, and what stands between them and the network layer.
import { bytes, eth, ipv4, vlan } from "../frames.ts";
import { cut, LLDP, lldp, NOBODY, OSPF, type Pairs, pair, patched, times, u16, zeros } from "./pair.ts";

const nothing = zeros(0);
const E_TAG = bytes("0000 0000 0000");
const tags = (n: number): Uint8Array => (n === 1 ? vlan(1, LLDP, nothing) : vlan(1, 0x8100, tags(n - 1)));
const inner = (n: number, protocol: number): Uint8Array =>
  n === 1 ? ipv4(protocol, ipv4(OSPF, nothing)) : ipv4(4, inner(n - 1, protocol));

export const FRAME: Pairs = {
  // 24 layers are kept: Ethernet, E-Tags, LLDP
  too_many_layers: pair((n) => eth(0x893f, bytes(times(n - 1, bytes(E_TAG, "893f")), E_TAG, u16(LLDP))), 23, 22),
  // 9 IP headers are kept: a tenth one, or OSPF, behind the ninth
  too_many_tunnels: pair((protocol) => eth(0x0800, inner(9, protocol)), 4, OSPF),
  unknown_linktype: pair((link) => ({ frame: lldp, link }), 2, 1),
};

export const ETHERNET: Pairs = {
  "ethernet.pkt_too_small": cut(lldp, 14),
  "ethernet.unknown_ethertype": [
    pair((type) => eth(type, nothing), NOBODY, LLDP),
    pair((type) => eth(type, zeros(1500)), 1501, 1500), // IEEE 802.3 clause 3.2.6
    pair((type) => eth(type, nothing), 1535, LLDP),
  ],
  "ethernet.len_invalid": pair((length) => eth(length, bytes("424203")), 4, 3),
  "ethernet.src_multicast": pair((first) => patched(lldp, 6, first), 3, 2),
  "vlan.header_too_small": cut(eth(0x8100, tags(1)), 18),
  "vlan.too_many_layers": pair((n) => eth(0x8100, tags(n)), 5, 4),
  "vlan.unknown_type": pair((type) => eth(0x8100, vlan(1, type, nothing)), NOBODY, LLDP),
  "ieee8021ah.header_too_small": cut(eth(0x88e7, bytes("00000001", lldp)), 32),
  "vntag.header_too_small": cut(eth(0x8926, bytes("00000000", u16(LLDP))), 20),
  "vntag.unknown_type": pair((type) => eth(0x8926, bytes("00000000", u16(type))), NOBODY, LLDP),
  "etag.header_too_small": cut(eth(0x893f, bytes(E_TAG, u16(LLDP))), 22),
  "etag.unknown_type": pair((type) => eth(0x893f, bytes(E_TAG, u16(type))), NOBODY, LLDP),
  "cfp.header_too_small": cut(eth(0x8903, bytes("0001")), 16, { left: ["ethernet.pkt_too_small"] }),
};

const snap = (oui: number, type: number) =>
  bytes("aaaa03", [oui >> 16], u16(oui & 0xffff), u16(type), type === 7 || type === 1 ? lldp : nothing);
const framed = (frame: Uint8Array) => eth(frame.length, frame);

export const LLC: Pairs = {
  "llc.pkt_too_small": [
    cut((n) => framed(bytes("424203").subarray(0, n)), 3),
    cut((n) => framed(snap(0, LLDP).subarray(0, n)), 8),
  ],
  // a vendor's is none, but no vendor has one of a group
  "llc.unknown_oui": [
    pair((oui) => framed(snap(oui, LLDP)), 0x010000, 0x000000),
    pair((oui) => framed(snap(oui, LLDP)), 0xff0000, 0xfe0000),
  ],
};

const label = (value: number, bottom = 1) => [value >> 12, (value >> 4) & 255, ((value & 15) << 4) | bottom, 64];
const CHANNEL = "10"; // the first nibble of an associated channel: what follows is not looked at
const labelled = (value: number) => eth(0x8847, bytes(label(value), CHANNEL));

export const MPLS: Pairs = {
  "mpls.header_too_small": cut(eth(0x8847, bytes(label(16), CHANNEL)), 18, { left: ["mpls.pkt_too_small"] }),
  "mpls.pkt_too_small": [
    cut(eth(0x8847, bytes(label(16), CHANNEL)), 19),
    cut(eth(0x8847, bytes(label(16), "00000000", lldp)), 36), // behind a pseudowire's control word
  ],
  "mpls.bad_label_router_alert": [
    pair(labelled, 1, 16),
    pair((bottom) => eth(0x8847, bytes(label(1, bottom), label(0x10000), CHANNEL)), 1, 0), // RFC 3032 section 2.1
  ],
  "mpls.bad_label_implicit_null": pair(labelled, 3, 16),
  "mpls.bad_label_reserved": [
    pair(labelled, 6, 7), // entropy label indicator
    pair(labelled, 4, 7),
    pair(labelled, 12, 13), // generic associated channel
    pair(labelled, 14, 15), // extension
    pair(labelled, 14, 16),
  ],
  "mpls.too_many_labels": pair(
    (n) => eth(0x8847, bytes(...Array.from({ length: n - 1 }, () => label(16, 0)), label(16), CHANNEL)),
    17,
    16,
  ),
};
