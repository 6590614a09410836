// Every packet on which Weir and tshark 4.0 disagree, and why. The test fails when one is missing here, and when one that
// is here does not occur (any more).

export interface Explained {
  file: string;
  frames: number[];
  /** The fields that differ. */
  fields: string[];
  reason: string;
}

const OLD_MOBILITY =
  "next header 62 is CFTP by IANA; tshark still takes it for a mobility header, as drafts before RFC 3775 had it";
const WRONG_VERSION =
  "EtherType says IPv4, the version field something else: a named anomaly, not followed; tshark goes by the version";
const JUMBO_UDP =
  "UDP length 0 in a packet of more than 65,535 bytes (RFC 2675 section 4): the tunnel inside is decoded; tshark gives up";
const SHORTER_ON_WIRE =
  "the record says that the frame had fewer bytes than were captured: the reader counts it and takes the larger; tshark shows what it says";
const FABRICPATH = "tshark takes the last 4 bytes of a FabricPath frame for a check sequence, though IP claims them";
const NO_ADDRESSES =
  "the header is cut short or its length is wrong, yet its addresses are there and are shown; tshark shows none";

export const DISAGREEMENTS: Explained[] = [
  {
    file: "ndpi/cfgs__default__pcap__ajp.pcap",
    frames: [10, 11, 29, 30],
    fields: ["tcp.len"],
    reason: FABRICPATH,
  },
  {
    file: "ndpi/cfgs__default__pcap__fuzz-2021-06-07-c6c72a0a56.pcap",
    frames: [1],
    fields: ["frame.len", "stack"],
    reason:
      "the record's original length is beyond 2^31, which tshark cannot show; GTP's port, but not its version 1: taken for somebody else's",
  },
  {
    file: "ndpi/cfgs__default__pcap__gtp_false_positive.pcapng",
    frames: [7],
    fields: ["stack"],
    reason: "a datagram of another protocol from port 2123: its length is not that of GTP; tshark goes by the port",
  },
  { file: "tcpdump/aoe-oobr-1.pcap", frames: [1], fields: ["frame.len"], reason: SHORTER_ON_WIRE },
  {
    file: "tcpdump/arp-oobr.pcap",
    frames: [186],
    fields: ["stack"],
    reason: "ARP over ATM: tshark names the layer twice",
  },
  { file: "tcpdump/bad-ipv4-version-pgm-heapoverflow.pcap", frames: [1], fields: ["stack"], reason: WRONG_VERSION },
  { file: "tcpdump/bigtcp-ipv4-geneve-ipv4.pcap", frames: [1], fields: ["stack"], reason: JUMBO_UDP },
  { file: "tcpdump/bigtcp-ipv4-geneve-ipv6.pcap", frames: [1], fields: ["stack"], reason: JUMBO_UDP },
  { file: "tcpdump/bigtcp-ipv4-vxlan-ipv4.pcap", frames: [1], fields: ["stack"], reason: JUMBO_UDP },
  { file: "tcpdump/bigtcp-ipv4-vxlan-ipv6.pcap", frames: [1], fields: ["stack"], reason: JUMBO_UDP },
  { file: "tcpdump/bigtcp-ipv6-geneve-ipv4.pcap", frames: [1], fields: ["stack"], reason: JUMBO_UDP },
  { file: "tcpdump/bigtcp-ipv6-geneve-ipv6.pcap", frames: [1], fields: ["stack"], reason: JUMBO_UDP },
  { file: "tcpdump/bigtcp-ipv6-vxlan-ipv4.pcap", frames: [1], fields: ["stack"], reason: JUMBO_UDP },
  { file: "tcpdump/bigtcp-ipv6-vxlan-ipv6.pcap", frames: [1], fields: ["stack"], reason: JUMBO_UDP },
  { file: "tcpdump/ipv4_invalid_total_length_2.pcap", frames: [1], fields: ["ips"], reason: NO_ADDRESSES },
  {
    file: "tcpdump/ipv6-bad-version.pcap",
    frames: [2, 4],
    fields: ["stack"],
    reason:
      "EtherType says IPv6, the version field something else: the layer is named with the anomaly; tshark names none",
  },
  {
    file: "tcpdump/ipv6_missing_jumbo_payload_option.pcap",
    frames: [1],
    fields: ["stack"],
    reason:
      "payload length 0 and no jumbo option: taken as offload, the frame's length counts (as for BIG TCP); tshark stops behind the first header",
  },
  { file: "tcpdump/kday1.pcap", frames: [1], fields: ["stack"], reason: WRONG_VERSION },
  { file: "tcpdump/kday3.pcap", frames: [2], fields: ["stack"], reason: WRONG_VERSION },
  { file: "tcpdump/mobility_opt_asan.pcap", frames: [1, 2], fields: ["stack"], reason: OLD_MOBILITY },
  { file: "tcpdump/mobility_opt_asan_2.pcap", frames: [1], fields: ["stack"], reason: OLD_MOBILITY },
  { file: "tcpdump/mobility_opt_asan_3.pcap", frames: [1, 2], fields: ["stack"], reason: OLD_MOBILITY },
  { file: "tcpdump/mobility_opt_asan_4.pcap", frames: [1], fields: ["stack"], reason: OLD_MOBILITY },
  { file: "tcpdump/mobility_opt_asan_5.pcap", frames: [1], fields: ["stack"], reason: OLD_MOBILITY },
  { file: "tcpdump/mobility_opt_asan_6.pcap", frames: [1, 2], fields: ["stack"], reason: OLD_MOBILITY },
  { file: "tcpdump/mobility_opt_asan_7.pcap", frames: [1, 2], fields: ["stack"], reason: OLD_MOBILITY },
  { file: "tcpdump/mobility_opt_asan_8.pcap", frames: [1], fields: ["stack"], reason: OLD_MOBILITY },
  {
    file: "tcpdump/nsh-over-vxlan-gpe.pcap",
    frames: [1],
    fields: ["stack"],
    reason: "tshark leaves the VXLAN-GPE header out of the stack",
  },
  { file: "tcpdump/pim_header_asan-2.pcap", frames: [3], fields: ["frame.len"], reason: SHORTER_ON_WIRE },
  { file: "tcpdump/rsvp-rsvp_obj_print-oobr.pcap", frames: [2], fields: ["frame.len"], reason: SHORTER_ON_WIRE },
  {
    file: "zeek/ipv6-mobility-dst-opts.pcap",
    frames: [1],
    fields: ["stack"],
    reason: "a destination option reaches beyond its header: an anomaly, and what follows is decoded; tshark stops",
  },
  {
    file: "zeek/pbb-recursive-frames.pcapng",
    frames: [1],
    fields: ["stack"],
    reason: "IEEE 802.1ah tags without end: decoding stops at 24 layers, tshark at a limit of its own",
  },
  { file: "zeek/trunc__ipv4-internally-truncated-header.pcap", frames: [1], fields: ["ips"], reason: NO_ADDRESSES },
  { file: "zeek/trunc__ipv4-truncated-broken-header.pcap", frames: [1], fields: ["ips"], reason: NO_ADDRESSES },
  {
    file: "zeek/tunnels__mpls-6in6-6in6-invalid-version-6.pcap",
    frames: [1],
    fields: ["stack"],
    reason: "IPv6 in IPv6 with a wrong version: the layer is named with the anomaly; tshark names none",
  },
];
