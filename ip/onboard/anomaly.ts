// REQ-DECODE-002
// The named anomalies: what can be wrong with a packet, by the names Suricata's EVE uses where it has one.
//
// Each is written `decoder.<layer>.<what>`; the enumeration below is in the order of the names further down. Names that
// Suricata (etc/schema.json, stats.decoder.event) does not have are ours: marked with a + there.
import { Text, lit } from "../../lib/onboard/text";

export const enum Anomaly {
  NONE = 0,
  TOO_MANY_LAYERS,
  TOO_MANY_TUNNELS,
  UNKNOWN_LINKTYPE,
  ETHERNET_TOO_SMALL,
  ETHERNET_UNKNOWN_TYPE,
  ETHERNET_LEN_INVALID,
  ETHERNET_SRC_MULTICAST,
  VLAN_TOO_SMALL,
  VLAN_TOO_MANY,
  VLAN_UNKNOWN_TYPE,
  PBB_TOO_SMALL,
  VNTAG_TOO_SMALL,
  VNTAG_UNKNOWN_TYPE,
  ETAG_TOO_SMALL,
  ETAG_UNKNOWN_TYPE,
  CFP_TOO_SMALL,
  LLC_TOO_SMALL,
  LLC_UNKNOWN_OUI,
  MPLS_TOO_SMALL,
  MPLS_PKT_TOO_SMALL,
  MPLS_ROUTER_ALERT,
  MPLS_IMPLICIT_NULL,
  MPLS_RESERVED,
  MPLS_UNKNOWN_PAYLOAD,
  MPLS_TOO_MANY,
  PPPOE_TOO_SMALL,
  PPPOE_WRONG_CODE,
  PPPOE_MALFORMED_TAGS,
  PPPOE_VERSION,
  PPPOE_LEN_INVALID,
  PPP_TOO_SMALL,
  PPP_UNSUP_PROTO,
  PPP_WRONG_TYPE,
  ARP_TOO_SMALL,
  ARP_HARDWARE,
  ARP_PROTOCOL,
  ARP_INVALID,
  ARP_HARDWARE_SIZE,
  ARP_PROTOCOL_SIZE,
  ARP_OPCODE,
  SLL_TOO_SMALL,
  SLL2_TOO_SMALL,
  LTNULL_TOO_SMALL,
  LTNULL_TYPE,
  IPRAW_VERSION,
  IPV4_TOO_SMALL,
  IPV4_VERSION,
  IPV4_HLEN,
  IPV4_IPLEN,
  IPV4_TRUNC,
  IPV4_CHECKSUM,
  IPV4_RESERVED_FLAG,
  IPV4_TTL_ZERO,
  IPV4_OPT_PAD,
  IPV4_OPT_INVALID,
  IPV4_OPT_LEN,
  IPV4_OPT_MALFORMED,
  IPV4_OPT_EOL,
  IPV4_OPT_DUPLICATE,
  IPV4_OPT_UNKNOWN,
  IPV4_UNKNOWN_PROTOCOL,
  IPV4_ICMPV6,
  IPV4_FRAG_TOO_LARGE,
  IPV4_FRAG_OVERLAP,
  IPV4_FRAG_IGNORED,
  IPV4_FRAG_TINY,
  IPV4_FRAG_TIMEOUT,
  IPV4_FRAG_LENGTH,
  IPV6_TOO_SMALL,
  IPV6_VERSION,
  IPV6_TRUNC,
  IPV6_TRUNC_EXTHDR,
  IPV6_HOP_ZERO,
  IPV6_DUPL_FH,
  IPV6_USELESS_FH,
  IPV6_DUPL_RH,
  IPV6_DUPL_HH,
  IPV6_DUPL_DH,
  IPV6_DUPL_AH,
  IPV6_DUPL_EH,
  IPV6_TOO_MANY_EXTHDRS,
  IPV6_HH_NOT_FIRST,
  IPV6_OPTLEN,
  IPV6_AH_RES,
  IPV6_HOPOPTS_UNKNOWN,
  IPV6_HOPOPTS_PADDING,
  IPV6_DSTOPTS_UNKNOWN,
  IPV6_DSTOPTS_PADDING,
  IPV6_RH_TYPE_0,
  IPV6_RH_INVALID,
  IPV6_JUMBO_INVALID,
  IPV6_FH_RESERVED,
  IPV6_DATA_AFTER_NONE,
  IPV6_UNKNOWN_NEXT,
  IPV6_ICMPV4,
  IPV6_FRAG_TOO_LARGE,
  IPV6_FRAG_OVERLAP,
  IPV6_FRAG_IGNORED,
  IPV6_FRAG_LENGTH,
  IPV6_FRAG_TINY,
  IPV6_FRAG_TIMEOUT,
  IPV4_IN_IPV6_SMALL,
  IPV4_IN_IPV6_VERSION,
  IPV6_IN_IPV6_SMALL,
  IPV6_IN_IPV6_VERSION,
  AH_TOO_SMALL,
  ESP_TOO_SMALL,
  TCP_TOO_SMALL,
  TCP_HLEN,
  TCP_OPTLEN,
  TCP_OPT_LEN,
  TCP_OPT_DUPLICATE,
  TCP_CHECKSUM,
  TCP_NO_FLAGS,
  TCP_SYN_FIN,
  TCP_SYN_RST,
  TCP_FIN_RST,
  TCP_XMAS,
  TCP_FIN_NO_ACK,
  TCP_RESERVED,
  TCP_URG,
  TCP_PORT_ZERO,
  UDP_HLEN_SMALL,
  UDP_TOO_SMALL,
  UDP_HLEN,
  UDP_LEN,
  UDP_CHECKSUM,
  UDP_PORT_ZERO,
  UDP_NO_CHECKSUM,
  UDPLITE_TOO_SMALL,
  UDPLITE_COVERAGE,
  UDPLITE_CHECKSUM,
  ICMPV4_TOO_SMALL,
  ICMPV4_TYPE,
  ICMPV4_CODE,
  ICMPV4_QUOTE_SMALL,
  ICMPV4_QUOTE_VERSION,
  ICMPV4_CHECKSUM,
  ICMPV6_TOO_SMALL,
  ICMPV6_TYPE,
  ICMPV6_CODE,
  ICMPV6_QUOTE_SMALL,
  ICMPV6_QUOTE_VERSION,
  ICMPV6_EXPERIMENTAL,
  ICMPV6_UNASSIGNED,
  ICMPV6_MLD_HOP_LIMIT,
  ICMPV6_CHECKSUM,
  ICMPV6_NDP_HOP_LIMIT,
  ICMPV6_NDP_LENGTH,
  ICMPV6_NDP_OPTION,
  ICMPV6_NDP_CODE,
  IGMP_TOO_SMALL,
  IGMP_MALFORMED,
  IGMP_V3_TOO_SMALL,
  IGMP_CHECKSUM,
  IGMP_TYPE,
  SCTP_TOO_SMALL,
  SCTP_CHUNK_SMALL,
  SCTP_CHUNK_LEN,
  SCTP_TOO_MANY,
  SCTP_INIT_VTAG,
  SCTP_INIT_BUNDLED,
  SCTP_ZERO_VTAG,
  SCTP_CHECKSUM,
  DCCP_TOO_SMALL,
  DCCP_OFFSET,
  DCCP_CHECKSUM,
  GRE_TOO_SMALL,
  GRE_VERSION,
  GRE_V0_RECUR,
  GRE_V0_FLAGS,
  GRE_V0_TOO_BIG,
  GRE_V0_SRE,
  GRE_V1_CHKSUM,
  GRE_V1_ROUTE,
  GRE_V1_SSR,
  GRE_V1_RECUR,
  GRE_V1_FLAGS,
  GRE_V1_NO_KEY,
  GRE_V1_PROTOCOL,
  GRE_V1_TOO_BIG,
  GRE_CHECKSUM,
  ERSPAN_TOO_SMALL,
  ERSPAN_VERSION,
  ERSPAN_VLANS,
  VXLAN_PAYLOAD,
  VXLAN_TOO_SMALL,
  GENEVE_PAYLOAD,
  GENEVE_TOO_SMALL,
  GENEVE_OPTIONS,
  GTP_TOO_SMALL,
  GTP_VERSION,
  GTP_LENGTH,
  GTP_EXTENSION,
  NSH_TOO_SMALL,
  NSH_VERSION,
  NSH_LENGTH,
  NSH_RESERVED,
  NSH_TYPE,
  NSH_PAYLOAD,
  COUNT,
}

/** Writes an anomaly's event name, such as decoder.ipv4.trunc_pkt. */
export function writeAnomaly(t: Text, id: u32): void {
  lit(t, "decoder.");
  switch (id) {
    case Anomaly.TOO_MANY_LAYERS:
      lit(t, "too_many_layers");
      break;
    case Anomaly.TOO_MANY_TUNNELS:
      lit(t, "too_many_tunnels");
      break; // +
    case Anomaly.UNKNOWN_LINKTYPE:
      lit(t, "unknown_linktype");
      break; // +
    case Anomaly.ETHERNET_TOO_SMALL:
      lit(t, "ethernet.pkt_too_small");
      break;
    case Anomaly.ETHERNET_UNKNOWN_TYPE:
      lit(t, "ethernet.unknown_ethertype");
      break;
    case Anomaly.ETHERNET_LEN_INVALID:
      lit(t, "ethernet.len_invalid");
      break; // + 802.3 length beyond the frame, or none
    case Anomaly.ETHERNET_SRC_MULTICAST:
      lit(t, "ethernet.src_multicast");
      break; // +
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
      break; // +
    case Anomaly.LLC_TOO_SMALL:
      lit(t, "llc.pkt_too_small");
      break; // +
    case Anomaly.LLC_UNKNOWN_OUI:
      lit(t, "llc.unknown_oui");
      break; // +
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
    case Anomaly.MPLS_UNKNOWN_PAYLOAD:
      lit(t, "mpls.unknown_payload_type");
      break;
    case Anomaly.MPLS_TOO_MANY:
      lit(t, "mpls.too_many_labels");
      break; // +
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
      break; // +
    case Anomaly.PPPOE_LEN_INVALID:
      lit(t, "pppoe.len_invalid");
      break; // +
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
      break; // +
    case Anomaly.IPV4_RESERVED_FLAG:
      lit(t, "ipv4.reserved_flag");
      break; // +
    case Anomaly.IPV4_TTL_ZERO:
      lit(t, "ipv4.ttl_zero");
      break; // +
    case Anomaly.IPV4_OPT_PAD:
      lit(t, "ipv4.opt_pad_required");
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
    case Anomaly.IPV4_OPT_EOL:
      lit(t, "ipv4.opt_eol_required");
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
      break; // + RFC 1858, RFC 3128
    case Anomaly.IPV4_FRAG_TIMEOUT:
      lit(t, "ipv4.frag_timeout");
      break; // +
    case Anomaly.IPV4_FRAG_LENGTH:
      lit(t, "ipv4.frag_invalid_length");
      break; // + not a multiple of 8, not the last
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
      break; // +
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
    case Anomaly.IPV6_DUPL_EH:
      lit(t, "ipv6.exthdr_dupl_eh");
      break;
    case Anomaly.IPV6_TOO_MANY_EXTHDRS:
      lit(t, "ipv6.too_many_exthdrs");
      break; // +
    case Anomaly.IPV6_HH_NOT_FIRST:
      lit(t, "ipv6.hopopts_not_first");
      break; // + RFC 8200 section 4.1
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
      break; // + more segments left than addresses
    case Anomaly.IPV6_JUMBO_INVALID:
      lit(t, "ipv6.jumbo_invalid");
      break; // + RFC 2675 section 3
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
      break; // + RFC 7112
    case Anomaly.IPV6_FRAG_TIMEOUT:
      lit(t, "ipv6.frag_timeout");
      break; // +
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
      break; // +
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
      break; // +
    case Anomaly.TCP_NO_FLAGS:
      lit(t, "tcp.flags_null");
      break; // +
    case Anomaly.TCP_SYN_FIN:
      lit(t, "tcp.flags_syn_fin");
      break; // +
    case Anomaly.TCP_SYN_RST:
      lit(t, "tcp.flags_syn_rst");
      break; // +
    case Anomaly.TCP_FIN_RST:
      lit(t, "tcp.flags_fin_rst");
      break; // +
    case Anomaly.TCP_XMAS:
      lit(t, "tcp.flags_xmas");
      break; // +
    case Anomaly.TCP_FIN_NO_ACK:
      lit(t, "tcp.flags_fin_no_ack");
      break; // +
    case Anomaly.TCP_RESERVED:
      lit(t, "tcp.reserved_bits");
      break; // +
    case Anomaly.TCP_URG:
      lit(t, "tcp.urgent_without_flag");
      break; // +
    case Anomaly.TCP_PORT_ZERO:
      lit(t, "tcp.port_zero");
      break; // +
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
      break; // +
    case Anomaly.UDP_PORT_ZERO:
      lit(t, "udp.port_zero");
      break; // +
    case Anomaly.UDP_NO_CHECKSUM:
      lit(t, "udp.no_checksum_ipv6");
      break; // + RFC 8200 section 8.1
    case Anomaly.UDPLITE_TOO_SMALL:
      lit(t, "udplite.pkt_too_small");
      break; // +
    case Anomaly.UDPLITE_COVERAGE:
      lit(t, "udplite.coverage_invalid");
      break; // + RFC 3828 section 3.1
    case Anomaly.UDPLITE_CHECKSUM:
      lit(t, "udplite.bad_checksum");
      break; // +
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
      break; // +
    case Anomaly.ICMPV6_TOO_SMALL:
      lit(t, "icmpv6.pkt_too_small");
      break;
    case Anomaly.ICMPV6_TYPE:
      lit(t, "icmpv6.unknown_type");
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
      break; // +
    case Anomaly.ICMPV6_NDP_HOP_LIMIT:
      lit(t, "icmpv6.ndp_invalid_hl");
      break; // + RFC 4861 sections 6.1, 7.1, 8.1
    case Anomaly.ICMPV6_NDP_LENGTH:
      lit(t, "icmpv6.ndp_too_small");
      break; // +
    case Anomaly.ICMPV6_NDP_OPTION:
      lit(t, "icmpv6.ndp_invalid_optlen");
      break; // +
    case Anomaly.ICMPV6_NDP_CODE:
      lit(t, "icmpv6.ndp_invalid_code");
      break; // +
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
      break; // +
    case Anomaly.IGMP_TYPE:
      lit(t, "igmp.unknown_type");
      break; // +
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
      break; // +
    case Anomaly.DCCP_TOO_SMALL:
      lit(t, "dccp.pkt_too_small");
      break; // +
    case Anomaly.DCCP_OFFSET:
      lit(t, "dccp.invalid_offset");
      break; // +
    case Anomaly.DCCP_CHECKSUM:
      lit(t, "dccp.bad_checksum");
      break; // +
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
      break; // +
    case Anomaly.ERSPAN_TOO_SMALL:
      lit(t, "erspan.header_too_small");
      break;
    case Anomaly.ERSPAN_VERSION:
      lit(t, "erspan.unsupported_version");
      break;
    case Anomaly.ERSPAN_VLANS:
      lit(t, "erspan.too_many_vlan_layers");
      break;
    case Anomaly.VXLAN_PAYLOAD:
      lit(t, "vxlan.unknown_payload_type");
      break;
    case Anomaly.VXLAN_TOO_SMALL:
      lit(t, "vxlan.pkt_too_small");
      break; // +
    case Anomaly.GENEVE_PAYLOAD:
      lit(t, "geneve.unknown_payload_type");
      break;
    case Anomaly.GENEVE_TOO_SMALL:
      lit(t, "geneve.pkt_too_small");
      break; // +
    case Anomaly.GENEVE_OPTIONS:
      lit(t, "geneve.malformed_options");
      break; // +
    case Anomaly.GTP_TOO_SMALL:
      lit(t, "gtp.pkt_too_small");
      break; // +
    case Anomaly.GTP_VERSION:
      lit(t, "gtp.wrong_version");
      break; // +
    case Anomaly.GTP_LENGTH:
      lit(t, "gtp.len_invalid");
      break; // +
    case Anomaly.GTP_EXTENSION:
      lit(t, "gtp.malformed_extension");
      break; // +
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
    default:
      lit(t, "unknown");
  }
}
