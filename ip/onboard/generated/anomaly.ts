// Generated from ip/registry.ts by `npm run generate`: do not edit.
// REQ-DECODE-002. What can be wrong with a packet, by Suricata's names in EVE; with a + where it has none.
import { Text, lit } from "../../../lib/onboard/text";

export const enum Anomaly {
  NONE = 0,
  TOO_MANY_LAYERS = 1, // too_many_layers
  TOO_MANY_TUNNELS = 2, // too_many_tunnels +
  UNKNOWN_LINKTYPE = 3, // unknown_linktype +
  ETHERNET_TOO_SMALL = 4, // ethernet.pkt_too_small
  ETHERNET_UNKNOWN_TYPE = 5, // ethernet.unknown_ethertype
  ETHERNET_LEN_INVALID = 6, // ethernet.len_invalid +: 802.3 length beyond the frame, or none
  ETHERNET_SRC_MULTICAST = 7, // ethernet.src_multicast +
  VLAN_TOO_SMALL = 8, // vlan.header_too_small
  VLAN_TOO_MANY = 9, // vlan.too_many_layers
  VLAN_UNKNOWN_TYPE = 10, // vlan.unknown_type
  PBB_TOO_SMALL = 11, // ieee8021ah.header_too_small
  VNTAG_TOO_SMALL = 12, // vntag.header_too_small
  VNTAG_UNKNOWN_TYPE = 13, // vntag.unknown_type
  ETAG_TOO_SMALL = 14, // etag.header_too_small
  ETAG_UNKNOWN_TYPE = 15, // etag.unknown_type
  CFP_TOO_SMALL = 16, // cfp.header_too_small +
  LLC_TOO_SMALL = 17, // llc.pkt_too_small +
  LLC_UNKNOWN_OUI = 18, // llc.unknown_oui +
  MPLS_TOO_SMALL = 19, // mpls.header_too_small
  MPLS_PKT_TOO_SMALL = 20, // mpls.pkt_too_small
  MPLS_ROUTER_ALERT = 21, // mpls.bad_label_router_alert
  MPLS_IMPLICIT_NULL = 22, // mpls.bad_label_implicit_null
  MPLS_RESERVED = 23, // mpls.bad_label_reserved
  MPLS_TOO_MANY = 24, // mpls.too_many_labels +
  PPPOE_TOO_SMALL = 25, // pppoe.pkt_too_small
  PPPOE_WRONG_CODE = 26, // pppoe.wrong_code
  PPPOE_MALFORMED_TAGS = 27, // pppoe.malformed_tags
  PPPOE_VERSION = 28, // pppoe.wrong_version +
  PPPOE_LEN_INVALID = 29, // pppoe.len_invalid +
  PPP_TOO_SMALL = 30, // ppp.pkt_too_small
  PPP_UNSUP_PROTO = 31, // ppp.unsup_proto
  PPP_WRONG_TYPE = 32, // ppp.wrong_type
  ARP_TOO_SMALL = 33, // arp.pkt_too_small
  ARP_HARDWARE = 34, // arp.unsupported_hardware
  ARP_PROTOCOL = 35, // arp.unsupported_protocol
  ARP_INVALID = 36, // arp.invalid_pkt
  ARP_HARDWARE_SIZE = 37, // arp.invalid_hardware_size
  ARP_PROTOCOL_SIZE = 38, // arp.invalid_protocol_size
  ARP_OPCODE = 39, // arp.unsupported_opcode
  SLL_TOO_SMALL = 40, // sll.pkt_too_small
  SLL2_TOO_SMALL = 41, // sll2.pkt_too_small
  LTNULL_TOO_SMALL = 42, // ltnull.pkt_too_small
  LTNULL_TYPE = 43, // ltnull.unsupported_type
  IPRAW_VERSION = 44, // ipraw.invalid_ip_version
  IPV4_TOO_SMALL = 45, // ipv4.pkt_too_small
  IPV4_VERSION = 46, // ipv4.wrong_ip_version
  IPV4_HLEN = 47, // ipv4.hlen_too_small
  IPV4_IPLEN = 48, // ipv4.iplen_smaller_than_hlen
  IPV4_TRUNC = 49, // ipv4.trunc_pkt
  IPV4_CHECKSUM = 50, // ipv4.bad_checksum +
  IPV4_RESERVED_FLAG = 51, // ipv4.reserved_flag +
  IPV4_TTL_ZERO = 52, // ipv4.ttl_zero +
  IPV4_OPT_INVALID = 53, // ipv4.opt_invalid
  IPV4_OPT_LEN = 54, // ipv4.opt_invalid_len
  IPV4_OPT_MALFORMED = 55, // ipv4.opt_malformed
  IPV4_OPT_DUPLICATE = 56, // ipv4.opt_duplicate
  IPV4_OPT_UNKNOWN = 57, // ipv4.opt_unknown
  IPV4_UNKNOWN_PROTOCOL = 58, // ipv4.unknown_protocol
  IPV4_ICMPV6 = 59, // ipv4.icmpv6
  IPV4_FRAG_TOO_LARGE = 60, // ipv4.frag_pkt_too_large
  IPV4_FRAG_OVERLAP = 61, // ipv4.frag_overlap
  IPV4_FRAG_IGNORED = 62, // ipv4.frag_ignored
  IPV4_FRAG_TINY = 63, // ipv4.frag_tiny +: RFC 1858, RFC 3128
  IPV4_FRAG_TIMEOUT = 64, // ipv4.frag_timeout +
  IPV4_FRAG_LENGTH = 65, // ipv4.frag_invalid_length +: not a multiple of 8, not the last
  IPV6_TOO_SMALL = 66, // ipv6.pkt_too_small
  IPV6_VERSION = 67, // ipv6.wrong_ip_version
  IPV6_TRUNC = 68, // ipv6.trunc_pkt
  IPV6_TRUNC_EXTHDR = 69, // ipv6.trunc_exthdr
  IPV6_HOP_ZERO = 70, // ipv6.hop_limit_zero +
  IPV6_DUPL_FH = 71, // ipv6.exthdr_dupl_fh
  IPV6_USELESS_FH = 72, // ipv6.exthdr_useless_fh
  IPV6_DUPL_RH = 73, // ipv6.exthdr_dupl_rh
  IPV6_DUPL_HH = 74, // ipv6.exthdr_dupl_hh
  IPV6_DUPL_DH = 75, // ipv6.exthdr_dupl_dh
  IPV6_DUPL_AH = 76, // ipv6.exthdr_dupl_ah
  IPV6_TOO_MANY_EXTHDRS = 77, // ipv6.too_many_exthdrs +
  IPV6_HH_NOT_FIRST = 78, // ipv6.hopopts_not_first +: RFC 8200 section 4.1
  IPV6_OPTLEN = 79, // ipv6.exthdr_invalid_optlen
  IPV6_AH_RES = 80, // ipv6.exthdr_ah_res_not_null
  IPV6_HOPOPTS_UNKNOWN = 81, // ipv6.hopopts_unknown_opt
  IPV6_HOPOPTS_PADDING = 82, // ipv6.hopopts_only_padding
  IPV6_DSTOPTS_UNKNOWN = 83, // ipv6.dstopts_unknown_opt
  IPV6_DSTOPTS_PADDING = 84, // ipv6.dstopts_only_padding
  IPV6_RH_TYPE_0 = 85, // ipv6.rh_type_0
  IPV6_RH_INVALID = 86, // ipv6.rh_invalid +: more segments left than addresses
  IPV6_JUMBO_INVALID = 87, // ipv6.jumbo_invalid +: RFC 2675 section 3
  IPV6_FH_RESERVED = 88, // ipv6.fh_non_zero_reserved_field
  IPV6_DATA_AFTER_NONE = 89, // ipv6.data_after_none_header
  IPV6_UNKNOWN_NEXT = 90, // ipv6.unknown_next_header
  IPV6_ICMPV4 = 91, // ipv6.icmpv4
  IPV6_FRAG_TOO_LARGE = 92, // ipv6.frag_pkt_too_large
  IPV6_FRAG_OVERLAP = 93, // ipv6.frag_overlap
  IPV6_FRAG_IGNORED = 94, // ipv6.frag_ignored
  IPV6_FRAG_LENGTH = 95, // ipv6.frag_invalid_length
  IPV6_FRAG_TINY = 96, // ipv6.frag_tiny +: RFC 7112
  IPV6_FRAG_TIMEOUT = 97, // ipv6.frag_timeout +
  IPV4_IN_IPV6_SMALL = 98, // ipv6.ipv4_in_ipv6_too_small
  IPV4_IN_IPV6_VERSION = 99, // ipv6.ipv4_in_ipv6_wrong_version
  IPV6_IN_IPV6_SMALL = 100, // ipv6.ipv6_in_ipv6_too_small
  IPV6_IN_IPV6_VERSION = 101, // ipv6.ipv6_in_ipv6_wrong_version
  AH_TOO_SMALL = 102, // ah.pkt_too_small +
  ESP_TOO_SMALL = 103, // esp.pkt_too_small
  TCP_TOO_SMALL = 104, // tcp.pkt_too_small
  TCP_HLEN = 105, // tcp.hlen_too_small
  TCP_OPTLEN = 106, // tcp.invalid_optlen
  TCP_OPT_LEN = 107, // tcp.opt_invalid_len
  TCP_OPT_DUPLICATE = 108, // tcp.opt_duplicate
  TCP_CHECKSUM = 109, // tcp.bad_checksum +
  TCP_NO_FLAGS = 110, // tcp.flags_null +
  TCP_SYN_FIN = 111, // tcp.flags_syn_fin +
  TCP_SYN_RST = 112, // tcp.flags_syn_rst +
  TCP_FIN_RST = 113, // tcp.flags_fin_rst +
  TCP_XMAS = 114, // tcp.flags_xmas +
  TCP_FIN_NO_ACK = 115, // tcp.flags_fin_no_ack +
  TCP_RESERVED = 116, // tcp.reserved_bits +
  TCP_URG = 117, // tcp.urgent_without_flag +
  TCP_PORT_ZERO = 118, // tcp.port_zero +
  UDP_HLEN_SMALL = 119, // udp.hlen_too_small
  UDP_TOO_SMALL = 120, // udp.pkt_too_small
  UDP_HLEN = 121, // udp.hlen_invalid
  UDP_LEN = 122, // udp.len_invalid
  UDP_CHECKSUM = 123, // udp.bad_checksum +
  UDP_PORT_ZERO = 124, // udp.port_zero +
  UDP_NO_CHECKSUM = 125, // udp.no_checksum_ipv6 +: RFC 8200 section 8.1
  UDPLITE_TOO_SMALL = 126, // udplite.pkt_too_small +
  UDPLITE_COVERAGE = 127, // udplite.coverage_invalid +: RFC 3828 section 3.1
  UDPLITE_CHECKSUM = 128, // udplite.bad_checksum +
  ICMPV4_TOO_SMALL = 129, // icmpv4.pkt_too_small
  ICMPV4_TYPE = 130, // icmpv4.unknown_type
  ICMPV4_CODE = 131, // icmpv4.unknown_code
  ICMPV4_QUOTE_SMALL = 132, // icmpv4.ipv4_trunc_pkt
  ICMPV4_QUOTE_VERSION = 133, // icmpv4.ipv4_unknown_ver
  ICMPV4_CHECKSUM = 134, // icmpv4.bad_checksum +
  ICMPV6_TOO_SMALL = 135, // icmpv6.pkt_too_small
  ICMPV6_CODE = 136, // icmpv6.unknown_code
  ICMPV6_QUOTE_SMALL = 137, // icmpv6.ipv6_trunc_pkt
  ICMPV6_QUOTE_VERSION = 138, // icmpv6.ipv6_unknown_version
  ICMPV6_EXPERIMENTAL = 139, // icmpv6.experimentation_type
  ICMPV6_UNASSIGNED = 140, // icmpv6.unassigned_type
  ICMPV6_MLD_HOP_LIMIT = 141, // icmpv6.mld_message_with_invalid_hl
  ICMPV6_CHECKSUM = 142, // icmpv6.bad_checksum +
  ICMPV6_NDP_HOP_LIMIT = 143, // icmpv6.ndp_invalid_hl +: RFC 4861 sections 6.1, 7.1, 8.1
  ICMPV6_NDP_LENGTH = 144, // icmpv6.ndp_too_small +
  ICMPV6_NDP_OPTION = 145, // icmpv6.ndp_invalid_optlen +
  ICMPV6_NDP_CODE = 146, // icmpv6.ndp_invalid_code +
  IGMP_TOO_SMALL = 147, // igmp.pkt_too_small
  IGMP_MALFORMED = 148, // igmp.malformed
  IGMP_V3_TOO_SMALL = 149, // igmp.v3_pkt_too_small
  IGMP_CHECKSUM = 150, // igmp.bad_checksum +
  IGMP_TYPE = 151, // igmp.unknown_type +
  SCTP_TOO_SMALL = 152, // sctp.pkt_too_small
  SCTP_CHUNK_SMALL = 153, // sctp.chunk_too_small
  SCTP_CHUNK_LEN = 154, // sctp.chunk_len_invalid
  SCTP_TOO_MANY = 155, // sctp.too_many_chunks
  SCTP_INIT_VTAG = 156, // sctp.init_with_non_zero_vtag
  SCTP_INIT_BUNDLED = 157, // sctp.init_chunk_bundled
  SCTP_ZERO_VTAG = 158, // sctp.data_with_zero_vtag
  SCTP_CHECKSUM = 159, // sctp.bad_checksum +
  DCCP_TOO_SMALL = 160, // dccp.pkt_too_small +
  DCCP_OFFSET = 161, // dccp.invalid_offset +
  DCCP_CHECKSUM = 162, // dccp.bad_checksum +
  GRE_TOO_SMALL = 163, // gre.pkt_too_small
  GRE_VERSION = 164, // gre.wrong_version
  GRE_V0_RECUR = 165, // gre.version0_recur
  GRE_V0_FLAGS = 166, // gre.version0_flags
  GRE_V0_TOO_BIG = 167, // gre.version0_hdr_too_big
  GRE_V0_SRE = 168, // gre.version0_malformed_sre_hdr
  GRE_V1_CHKSUM = 169, // gre.version1_chksum
  GRE_V1_ROUTE = 170, // gre.version1_route
  GRE_V1_SSR = 171, // gre.version1_ssr
  GRE_V1_RECUR = 172, // gre.version1_recur
  GRE_V1_FLAGS = 173, // gre.version1_flags
  GRE_V1_NO_KEY = 174, // gre.version1_no_key
  GRE_V1_PROTOCOL = 175, // gre.version1_wrong_protocol
  GRE_V1_TOO_BIG = 176, // gre.version1_hdr_too_big
  GRE_CHECKSUM = 177, // gre.bad_checksum +
  ERSPAN_TOO_SMALL = 178, // erspan.header_too_small
  ERSPAN_VERSION = 179, // erspan.unsupported_version
  VXLAN_PAYLOAD = 180, // vxlan.unknown_payload_type
  VXLAN_TOO_SMALL = 181, // vxlan.pkt_too_small +
  GENEVE_PAYLOAD = 182, // geneve.unknown_payload_type
  GENEVE_TOO_SMALL = 183, // geneve.pkt_too_small +
  GENEVE_OPTIONS = 184, // geneve.malformed_options +
  GTP_TOO_SMALL = 185, // gtp.pkt_too_small +
  GTP_LENGTH = 186, // gtp.len_invalid +
  GTP_EXTENSION = 187, // gtp.malformed_extension +
  NSH_TOO_SMALL = 188, // nsh.header_too_small
  NSH_VERSION = 189, // nsh.unsupported_version
  NSH_LENGTH = 190, // nsh.bad_header_length
  NSH_RESERVED = 191, // nsh.reserved_type
  NSH_TYPE = 192, // nsh.unsupported_type
  NSH_PAYLOAD = 193, // nsh.unknown_payload
  L2TP_TOO_SMALL = 194, // l2tp.pkt_too_small +
  L2TP_LENGTH = 195, // l2tp.len_invalid +
  HSR_TOO_SMALL = 196, // hsr.header_too_small +
  CMD_TOO_SMALL = 197, // cmd.header_too_small +
  ISL_TOO_SMALL = 198, // isl.pkt_too_small +
  WLAN_TOO_SMALL = 199, // wlan.pkt_too_small +
  RADIOTAP_HEADER = 200, // radiotap.header_invalid +
  PPI_HEADER = 201, // ppi.header_invalid +
  PKTAP_HEADER = 202, // pktap.header_invalid +
  NFLOG_HEADER = 203, // nflog.header_invalid +
  FRELAY_TOO_SMALL = 204, // fr.pkt_too_small +
  FRELAY_ADDRESS = 205, // fr.invalid_address +
  COUNT = 206,
}

/** Writes an anomaly's event name: decoder.ipv4.trunc_pkt. */
export function writeAnomaly(t: Text, id: u32): void {
  lit(t, "decoder.");
  switch (id) {
    case Anomaly.TOO_MANY_LAYERS:
      lit(t, "too_many_layers");
      break;
    case Anomaly.TOO_MANY_TUNNELS:
      lit(t, "too_many_tunnels");
      break;
    case Anomaly.UNKNOWN_LINKTYPE:
      lit(t, "unknown_linktype");
      break;
    case Anomaly.ETHERNET_TOO_SMALL:
      lit(t, "ethernet.pkt_too_small");
      break;
    case Anomaly.ETHERNET_UNKNOWN_TYPE:
      lit(t, "ethernet.unknown_ethertype");
      break;
    case Anomaly.ETHERNET_LEN_INVALID:
      lit(t, "ethernet.len_invalid");
      break;
    case Anomaly.ETHERNET_SRC_MULTICAST:
      lit(t, "ethernet.src_multicast");
      break;
    case Anomaly.VLAN_TOO_SMALL:
      lit(t, "vlan.header_too_small");
      break;
    case Anomaly.VLAN_TOO_MANY:
      lit(t, "vlan.too_many_layers");
      break;
    case Anomaly.VLAN_UNKNOWN_TYPE:
      lit(t, "vlan.unknown_type");
      break;
    case Anomaly.PBB_TOO_SMALL:
      lit(t, "ieee8021ah.header_too_small");
      break;
    case Anomaly.VNTAG_TOO_SMALL:
      lit(t, "vntag.header_too_small");
      break;
    case Anomaly.VNTAG_UNKNOWN_TYPE:
      lit(t, "vntag.unknown_type");
      break;
    case Anomaly.ETAG_TOO_SMALL:
      lit(t, "etag.header_too_small");
      break;
    case Anomaly.ETAG_UNKNOWN_TYPE:
      lit(t, "etag.unknown_type");
      break;
    case Anomaly.CFP_TOO_SMALL:
      lit(t, "cfp.header_too_small");
      break;
    case Anomaly.LLC_TOO_SMALL:
      lit(t, "llc.pkt_too_small");
      break;
    case Anomaly.LLC_UNKNOWN_OUI:
      lit(t, "llc.unknown_oui");
      break;
    case Anomaly.MPLS_TOO_SMALL:
      lit(t, "mpls.header_too_small");
      break;
    case Anomaly.MPLS_PKT_TOO_SMALL:
      lit(t, "mpls.pkt_too_small");
      break;
    case Anomaly.MPLS_ROUTER_ALERT:
      lit(t, "mpls.bad_label_router_alert");
      break;
    case Anomaly.MPLS_IMPLICIT_NULL:
      lit(t, "mpls.bad_label_implicit_null");
      break;
    case Anomaly.MPLS_RESERVED:
      lit(t, "mpls.bad_label_reserved");
      break;
    case Anomaly.MPLS_TOO_MANY:
      lit(t, "mpls.too_many_labels");
      break;
    case Anomaly.PPPOE_TOO_SMALL:
      lit(t, "pppoe.pkt_too_small");
      break;
    case Anomaly.PPPOE_WRONG_CODE:
      lit(t, "pppoe.wrong_code");
      break;
    case Anomaly.PPPOE_MALFORMED_TAGS:
      lit(t, "pppoe.malformed_tags");
      break;
    case Anomaly.PPPOE_VERSION:
      lit(t, "pppoe.wrong_version");
      break;
    case Anomaly.PPPOE_LEN_INVALID:
      lit(t, "pppoe.len_invalid");
      break;
    case Anomaly.PPP_TOO_SMALL:
      lit(t, "ppp.pkt_too_small");
      break;
    case Anomaly.PPP_UNSUP_PROTO:
      lit(t, "ppp.unsup_proto");
      break;
    case Anomaly.PPP_WRONG_TYPE:
      lit(t, "ppp.wrong_type");
      break;
    case Anomaly.ARP_TOO_SMALL:
      lit(t, "arp.pkt_too_small");
      break;
    case Anomaly.ARP_HARDWARE:
      lit(t, "arp.unsupported_hardware");
      break;
    case Anomaly.ARP_PROTOCOL:
      lit(t, "arp.unsupported_protocol");
      break;
    case Anomaly.ARP_INVALID:
      lit(t, "arp.invalid_pkt");
      break;
    case Anomaly.ARP_HARDWARE_SIZE:
      lit(t, "arp.invalid_hardware_size");
      break;
    case Anomaly.ARP_PROTOCOL_SIZE:
      lit(t, "arp.invalid_protocol_size");
      break;
    case Anomaly.ARP_OPCODE:
      lit(t, "arp.unsupported_opcode");
      break;
    case Anomaly.SLL_TOO_SMALL:
      lit(t, "sll.pkt_too_small");
      break;
    case Anomaly.SLL2_TOO_SMALL:
      lit(t, "sll2.pkt_too_small");
      break;
    case Anomaly.LTNULL_TOO_SMALL:
      lit(t, "ltnull.pkt_too_small");
      break;
    case Anomaly.LTNULL_TYPE:
      lit(t, "ltnull.unsupported_type");
      break;
    case Anomaly.IPRAW_VERSION:
      lit(t, "ipraw.invalid_ip_version");
      break;
    case Anomaly.IPV4_TOO_SMALL:
      lit(t, "ipv4.pkt_too_small");
      break;
    case Anomaly.IPV4_VERSION:
      lit(t, "ipv4.wrong_ip_version");
      break;
    case Anomaly.IPV4_HLEN:
      lit(t, "ipv4.hlen_too_small");
      break;
    case Anomaly.IPV4_IPLEN:
      lit(t, "ipv4.iplen_smaller_than_hlen");
      break;
    case Anomaly.IPV4_TRUNC:
      lit(t, "ipv4.trunc_pkt");
      break;
    case Anomaly.IPV4_CHECKSUM:
      lit(t, "ipv4.bad_checksum");
      break;
    case Anomaly.IPV4_RESERVED_FLAG:
      lit(t, "ipv4.reserved_flag");
      break;
    case Anomaly.IPV4_TTL_ZERO:
      lit(t, "ipv4.ttl_zero");
      break;
    case Anomaly.IPV4_OPT_INVALID:
      lit(t, "ipv4.opt_invalid");
      break;
    case Anomaly.IPV4_OPT_LEN:
      lit(t, "ipv4.opt_invalid_len");
      break;
    case Anomaly.IPV4_OPT_MALFORMED:
      lit(t, "ipv4.opt_malformed");
      break;
    case Anomaly.IPV4_OPT_DUPLICATE:
      lit(t, "ipv4.opt_duplicate");
      break;
    case Anomaly.IPV4_OPT_UNKNOWN:
      lit(t, "ipv4.opt_unknown");
      break;
    case Anomaly.IPV4_UNKNOWN_PROTOCOL:
      lit(t, "ipv4.unknown_protocol");
      break;
    case Anomaly.IPV4_ICMPV6:
      lit(t, "ipv4.icmpv6");
      break;
    case Anomaly.IPV4_FRAG_TOO_LARGE:
      lit(t, "ipv4.frag_pkt_too_large");
      break;
    case Anomaly.IPV4_FRAG_OVERLAP:
      lit(t, "ipv4.frag_overlap");
      break;
    case Anomaly.IPV4_FRAG_IGNORED:
      lit(t, "ipv4.frag_ignored");
      break;
    case Anomaly.IPV4_FRAG_TINY:
      lit(t, "ipv4.frag_tiny");
      break;
    case Anomaly.IPV4_FRAG_TIMEOUT:
      lit(t, "ipv4.frag_timeout");
      break;
    case Anomaly.IPV4_FRAG_LENGTH:
      lit(t, "ipv4.frag_invalid_length");
      break;
    case Anomaly.IPV6_TOO_SMALL:
      lit(t, "ipv6.pkt_too_small");
      break;
    case Anomaly.IPV6_VERSION:
      lit(t, "ipv6.wrong_ip_version");
      break;
    case Anomaly.IPV6_TRUNC:
      lit(t, "ipv6.trunc_pkt");
      break;
    case Anomaly.IPV6_TRUNC_EXTHDR:
      lit(t, "ipv6.trunc_exthdr");
      break;
    case Anomaly.IPV6_HOP_ZERO:
      lit(t, "ipv6.hop_limit_zero");
      break;
    case Anomaly.IPV6_DUPL_FH:
      lit(t, "ipv6.exthdr_dupl_fh");
      break;
    case Anomaly.IPV6_USELESS_FH:
      lit(t, "ipv6.exthdr_useless_fh");
      break;
    case Anomaly.IPV6_DUPL_RH:
      lit(t, "ipv6.exthdr_dupl_rh");
      break;
    case Anomaly.IPV6_DUPL_HH:
      lit(t, "ipv6.exthdr_dupl_hh");
      break;
    case Anomaly.IPV6_DUPL_DH:
      lit(t, "ipv6.exthdr_dupl_dh");
      break;
    case Anomaly.IPV6_DUPL_AH:
      lit(t, "ipv6.exthdr_dupl_ah");
      break;
    case Anomaly.IPV6_TOO_MANY_EXTHDRS:
      lit(t, "ipv6.too_many_exthdrs");
      break;
    case Anomaly.IPV6_HH_NOT_FIRST:
      lit(t, "ipv6.hopopts_not_first");
      break;
    case Anomaly.IPV6_OPTLEN:
      lit(t, "ipv6.exthdr_invalid_optlen");
      break;
    case Anomaly.IPV6_AH_RES:
      lit(t, "ipv6.exthdr_ah_res_not_null");
      break;
    case Anomaly.IPV6_HOPOPTS_UNKNOWN:
      lit(t, "ipv6.hopopts_unknown_opt");
      break;
    case Anomaly.IPV6_HOPOPTS_PADDING:
      lit(t, "ipv6.hopopts_only_padding");
      break;
    case Anomaly.IPV6_DSTOPTS_UNKNOWN:
      lit(t, "ipv6.dstopts_unknown_opt");
      break;
    case Anomaly.IPV6_DSTOPTS_PADDING:
      lit(t, "ipv6.dstopts_only_padding");
      break;
    case Anomaly.IPV6_RH_TYPE_0:
      lit(t, "ipv6.rh_type_0");
      break;
    case Anomaly.IPV6_RH_INVALID:
      lit(t, "ipv6.rh_invalid");
      break;
    case Anomaly.IPV6_JUMBO_INVALID:
      lit(t, "ipv6.jumbo_invalid");
      break;
    case Anomaly.IPV6_FH_RESERVED:
      lit(t, "ipv6.fh_non_zero_reserved_field");
      break;
    case Anomaly.IPV6_DATA_AFTER_NONE:
      lit(t, "ipv6.data_after_none_header");
      break;
    case Anomaly.IPV6_UNKNOWN_NEXT:
      lit(t, "ipv6.unknown_next_header");
      break;
    case Anomaly.IPV6_ICMPV4:
      lit(t, "ipv6.icmpv4");
      break;
    case Anomaly.IPV6_FRAG_TOO_LARGE:
      lit(t, "ipv6.frag_pkt_too_large");
      break;
    case Anomaly.IPV6_FRAG_OVERLAP:
      lit(t, "ipv6.frag_overlap");
      break;
    case Anomaly.IPV6_FRAG_IGNORED:
      lit(t, "ipv6.frag_ignored");
      break;
    case Anomaly.IPV6_FRAG_LENGTH:
      lit(t, "ipv6.frag_invalid_length");
      break;
    case Anomaly.IPV6_FRAG_TINY:
      lit(t, "ipv6.frag_tiny");
      break;
    case Anomaly.IPV6_FRAG_TIMEOUT:
      lit(t, "ipv6.frag_timeout");
      break;
    case Anomaly.IPV4_IN_IPV6_SMALL:
      lit(t, "ipv6.ipv4_in_ipv6_too_small");
      break;
    case Anomaly.IPV4_IN_IPV6_VERSION:
      lit(t, "ipv6.ipv4_in_ipv6_wrong_version");
      break;
    case Anomaly.IPV6_IN_IPV6_SMALL:
      lit(t, "ipv6.ipv6_in_ipv6_too_small");
      break;
    case Anomaly.IPV6_IN_IPV6_VERSION:
      lit(t, "ipv6.ipv6_in_ipv6_wrong_version");
      break;
    case Anomaly.AH_TOO_SMALL:
      lit(t, "ah.pkt_too_small");
      break;
    case Anomaly.ESP_TOO_SMALL:
      lit(t, "esp.pkt_too_small");
      break;
    case Anomaly.TCP_TOO_SMALL:
      lit(t, "tcp.pkt_too_small");
      break;
    case Anomaly.TCP_HLEN:
      lit(t, "tcp.hlen_too_small");
      break;
    case Anomaly.TCP_OPTLEN:
      lit(t, "tcp.invalid_optlen");
      break;
    case Anomaly.TCP_OPT_LEN:
      lit(t, "tcp.opt_invalid_len");
      break;
    case Anomaly.TCP_OPT_DUPLICATE:
      lit(t, "tcp.opt_duplicate");
      break;
    case Anomaly.TCP_CHECKSUM:
      lit(t, "tcp.bad_checksum");
      break;
    case Anomaly.TCP_NO_FLAGS:
      lit(t, "tcp.flags_null");
      break;
    case Anomaly.TCP_SYN_FIN:
      lit(t, "tcp.flags_syn_fin");
      break;
    case Anomaly.TCP_SYN_RST:
      lit(t, "tcp.flags_syn_rst");
      break;
    case Anomaly.TCP_FIN_RST:
      lit(t, "tcp.flags_fin_rst");
      break;
    case Anomaly.TCP_XMAS:
      lit(t, "tcp.flags_xmas");
      break;
    case Anomaly.TCP_FIN_NO_ACK:
      lit(t, "tcp.flags_fin_no_ack");
      break;
    case Anomaly.TCP_RESERVED:
      lit(t, "tcp.reserved_bits");
      break;
    case Anomaly.TCP_URG:
      lit(t, "tcp.urgent_without_flag");
      break;
    case Anomaly.TCP_PORT_ZERO:
      lit(t, "tcp.port_zero");
      break;
    case Anomaly.UDP_HLEN_SMALL:
      lit(t, "udp.hlen_too_small");
      break;
    case Anomaly.UDP_TOO_SMALL:
      lit(t, "udp.pkt_too_small");
      break;
    case Anomaly.UDP_HLEN:
      lit(t, "udp.hlen_invalid");
      break;
    case Anomaly.UDP_LEN:
      lit(t, "udp.len_invalid");
      break;
    case Anomaly.UDP_CHECKSUM:
      lit(t, "udp.bad_checksum");
      break;
    case Anomaly.UDP_PORT_ZERO:
      lit(t, "udp.port_zero");
      break;
    case Anomaly.UDP_NO_CHECKSUM:
      lit(t, "udp.no_checksum_ipv6");
      break;
    case Anomaly.UDPLITE_TOO_SMALL:
      lit(t, "udplite.pkt_too_small");
      break;
    case Anomaly.UDPLITE_COVERAGE:
      lit(t, "udplite.coverage_invalid");
      break;
    case Anomaly.UDPLITE_CHECKSUM:
      lit(t, "udplite.bad_checksum");
      break;
    case Anomaly.ICMPV4_TOO_SMALL:
      lit(t, "icmpv4.pkt_too_small");
      break;
    case Anomaly.ICMPV4_TYPE:
      lit(t, "icmpv4.unknown_type");
      break;
    case Anomaly.ICMPV4_CODE:
      lit(t, "icmpv4.unknown_code");
      break;
    case Anomaly.ICMPV4_QUOTE_SMALL:
      lit(t, "icmpv4.ipv4_trunc_pkt");
      break;
    case Anomaly.ICMPV4_QUOTE_VERSION:
      lit(t, "icmpv4.ipv4_unknown_ver");
      break;
    case Anomaly.ICMPV4_CHECKSUM:
      lit(t, "icmpv4.bad_checksum");
      break;
    case Anomaly.ICMPV6_TOO_SMALL:
      lit(t, "icmpv6.pkt_too_small");
      break;
    case Anomaly.ICMPV6_CODE:
      lit(t, "icmpv6.unknown_code");
      break;
    case Anomaly.ICMPV6_QUOTE_SMALL:
      lit(t, "icmpv6.ipv6_trunc_pkt");
      break;
    case Anomaly.ICMPV6_QUOTE_VERSION:
      lit(t, "icmpv6.ipv6_unknown_version");
      break;
    case Anomaly.ICMPV6_EXPERIMENTAL:
      lit(t, "icmpv6.experimentation_type");
      break;
    case Anomaly.ICMPV6_UNASSIGNED:
      lit(t, "icmpv6.unassigned_type");
      break;
    case Anomaly.ICMPV6_MLD_HOP_LIMIT:
      lit(t, "icmpv6.mld_message_with_invalid_hl");
      break;
    case Anomaly.ICMPV6_CHECKSUM:
      lit(t, "icmpv6.bad_checksum");
      break;
    case Anomaly.ICMPV6_NDP_HOP_LIMIT:
      lit(t, "icmpv6.ndp_invalid_hl");
      break;
    case Anomaly.ICMPV6_NDP_LENGTH:
      lit(t, "icmpv6.ndp_too_small");
      break;
    case Anomaly.ICMPV6_NDP_OPTION:
      lit(t, "icmpv6.ndp_invalid_optlen");
      break;
    case Anomaly.ICMPV6_NDP_CODE:
      lit(t, "icmpv6.ndp_invalid_code");
      break;
    case Anomaly.IGMP_TOO_SMALL:
      lit(t, "igmp.pkt_too_small");
      break;
    case Anomaly.IGMP_MALFORMED:
      lit(t, "igmp.malformed");
      break;
    case Anomaly.IGMP_V3_TOO_SMALL:
      lit(t, "igmp.v3_pkt_too_small");
      break;
    case Anomaly.IGMP_CHECKSUM:
      lit(t, "igmp.bad_checksum");
      break;
    case Anomaly.IGMP_TYPE:
      lit(t, "igmp.unknown_type");
      break;
    case Anomaly.SCTP_TOO_SMALL:
      lit(t, "sctp.pkt_too_small");
      break;
    case Anomaly.SCTP_CHUNK_SMALL:
      lit(t, "sctp.chunk_too_small");
      break;
    case Anomaly.SCTP_CHUNK_LEN:
      lit(t, "sctp.chunk_len_invalid");
      break;
    case Anomaly.SCTP_TOO_MANY:
      lit(t, "sctp.too_many_chunks");
      break;
    case Anomaly.SCTP_INIT_VTAG:
      lit(t, "sctp.init_with_non_zero_vtag");
      break;
    case Anomaly.SCTP_INIT_BUNDLED:
      lit(t, "sctp.init_chunk_bundled");
      break;
    case Anomaly.SCTP_ZERO_VTAG:
      lit(t, "sctp.data_with_zero_vtag");
      break;
    case Anomaly.SCTP_CHECKSUM:
      lit(t, "sctp.bad_checksum");
      break;
    case Anomaly.DCCP_TOO_SMALL:
      lit(t, "dccp.pkt_too_small");
      break;
    case Anomaly.DCCP_OFFSET:
      lit(t, "dccp.invalid_offset");
      break;
    case Anomaly.DCCP_CHECKSUM:
      lit(t, "dccp.bad_checksum");
      break;
    case Anomaly.GRE_TOO_SMALL:
      lit(t, "gre.pkt_too_small");
      break;
    case Anomaly.GRE_VERSION:
      lit(t, "gre.wrong_version");
      break;
    case Anomaly.GRE_V0_RECUR:
      lit(t, "gre.version0_recur");
      break;
    case Anomaly.GRE_V0_FLAGS:
      lit(t, "gre.version0_flags");
      break;
    case Anomaly.GRE_V0_TOO_BIG:
      lit(t, "gre.version0_hdr_too_big");
      break;
    case Anomaly.GRE_V0_SRE:
      lit(t, "gre.version0_malformed_sre_hdr");
      break;
    case Anomaly.GRE_V1_CHKSUM:
      lit(t, "gre.version1_chksum");
      break;
    case Anomaly.GRE_V1_ROUTE:
      lit(t, "gre.version1_route");
      break;
    case Anomaly.GRE_V1_SSR:
      lit(t, "gre.version1_ssr");
      break;
    case Anomaly.GRE_V1_RECUR:
      lit(t, "gre.version1_recur");
      break;
    case Anomaly.GRE_V1_FLAGS:
      lit(t, "gre.version1_flags");
      break;
    case Anomaly.GRE_V1_NO_KEY:
      lit(t, "gre.version1_no_key");
      break;
    case Anomaly.GRE_V1_PROTOCOL:
      lit(t, "gre.version1_wrong_protocol");
      break;
    case Anomaly.GRE_V1_TOO_BIG:
      lit(t, "gre.version1_hdr_too_big");
      break;
    case Anomaly.GRE_CHECKSUM:
      lit(t, "gre.bad_checksum");
      break;
    case Anomaly.ERSPAN_TOO_SMALL:
      lit(t, "erspan.header_too_small");
      break;
    case Anomaly.ERSPAN_VERSION:
      lit(t, "erspan.unsupported_version");
      break;
    case Anomaly.VXLAN_PAYLOAD:
      lit(t, "vxlan.unknown_payload_type");
      break;
    case Anomaly.VXLAN_TOO_SMALL:
      lit(t, "vxlan.pkt_too_small");
      break;
    case Anomaly.GENEVE_PAYLOAD:
      lit(t, "geneve.unknown_payload_type");
      break;
    case Anomaly.GENEVE_TOO_SMALL:
      lit(t, "geneve.pkt_too_small");
      break;
    case Anomaly.GENEVE_OPTIONS:
      lit(t, "geneve.malformed_options");
      break;
    case Anomaly.GTP_TOO_SMALL:
      lit(t, "gtp.pkt_too_small");
      break;
    case Anomaly.GTP_LENGTH:
      lit(t, "gtp.len_invalid");
      break;
    case Anomaly.GTP_EXTENSION:
      lit(t, "gtp.malformed_extension");
      break;
    case Anomaly.NSH_TOO_SMALL:
      lit(t, "nsh.header_too_small");
      break;
    case Anomaly.NSH_VERSION:
      lit(t, "nsh.unsupported_version");
      break;
    case Anomaly.NSH_LENGTH:
      lit(t, "nsh.bad_header_length");
      break;
    case Anomaly.NSH_RESERVED:
      lit(t, "nsh.reserved_type");
      break;
    case Anomaly.NSH_TYPE:
      lit(t, "nsh.unsupported_type");
      break;
    case Anomaly.NSH_PAYLOAD:
      lit(t, "nsh.unknown_payload");
      break;
    case Anomaly.L2TP_TOO_SMALL:
      lit(t, "l2tp.pkt_too_small");
      break;
    case Anomaly.L2TP_LENGTH:
      lit(t, "l2tp.len_invalid");
      break;
    case Anomaly.HSR_TOO_SMALL:
      lit(t, "hsr.header_too_small");
      break;
    case Anomaly.CMD_TOO_SMALL:
      lit(t, "cmd.header_too_small");
      break;
    case Anomaly.ISL_TOO_SMALL:
      lit(t, "isl.pkt_too_small");
      break;
    case Anomaly.WLAN_TOO_SMALL:
      lit(t, "wlan.pkt_too_small");
      break;
    case Anomaly.RADIOTAP_HEADER:
      lit(t, "radiotap.header_invalid");
      break;
    case Anomaly.PPI_HEADER:
      lit(t, "ppi.header_invalid");
      break;
    case Anomaly.PKTAP_HEADER:
      lit(t, "pktap.header_invalid");
      break;
    case Anomaly.NFLOG_HEADER:
      lit(t, "nflog.header_invalid");
      break;
    case Anomaly.FRELAY_TOO_SMALL:
      lit(t, "fr.pkt_too_small");
      break;
    case Anomaly.FRELAY_ADDRESS:
      lit(t, "fr.invalid_address");
      break;
    default:
      lit(t, "unknown");
  }
}
