// Protocols a packet's stack can name, by the short names tshark's frame.protocols uses.
//
// Those up to LAST_DECODED have a decoder (decode.ts); the rest are only named, so that an analyst sees what came.
import { Text, lit } from "../../lib/onboard/text";

export const enum Protocol {
  NONE = 0,
  // -- link layers
  ETH,
  SLL,
  SLL2,
  NULL,
  LOOP,
  RAW,
  LLC,
  VLAN,
  PBB,
  VNTAG,
  ETAG,
  CFP,
  MPLS,
  PW,
  PPPOED,
  PPPOES,
  PPP,
  ARP,
  // -- IP
  IP,
  IPV6,
  HOPOPTS,
  ROUTING,
  FRAGHDR,
  DSTOPTS,
  AH,
  ESP,
  MIPV6,
  HIP,
  SHIM6,
  NONEXT,
  // -- transport
  TCP,
  UDP,
  UDPLITE,
  ICMP,
  ICMPV6,
  IGMP,
  SCTP,
  DCCP,
  // -- tunnels
  GRE,
  ERSPAN,
  ERSPAN_I,
  VXLAN,
  VXLAN_GPE,
  GENEVE,
  GTP,
  TEREDO,
  NSH,
  LAST_DECODED,
  // -- named only: link control
  STP,
  CDP,
  ISIS,
  IPX,
  NETBIOS,
  LLDP,
  EAPOL,
  MACCTRL,
  SLOW,
  CFM,
  MACSEC,
  LOOPBACK,
  WOL,
  AOE,
  RARP,
  HOMEPLUG,
  TRILL,
  // -- named only: industrial and time
  GOOSE,
  SV,
  GSE,
  PTP,
  PROFINET,
  ETHERCAT,
  POWERLINK,
  SERCOS,
  PRP,
  HSR,
  MRP,
  // -- named only: over IP
  OSPF,
  PIM,
  VRRP,
  EIGRP,
  RSVP,
  L2TP,
  IPCOMP,
  EGP,
  IGRP,
  GTP_CONTROL,
  GTP_PRIME,
  COUNT,
}

/** Writes the name of a protocol; one that is not known as a number. */
export function writeProtocol(t: Text, protocol: u32): void {
  switch (protocol) {
    case Protocol.ETH:
      lit(t, "eth");
      break;
    case Protocol.SLL:
    case Protocol.SLL2:
      lit(t, "sll");
      break;
    case Protocol.NULL:
      lit(t, "null");
      break;
    case Protocol.LOOP:
      lit(t, "null");
      break;
    case Protocol.RAW:
      lit(t, "raw");
      break;
    case Protocol.LLC:
      lit(t, "llc");
      break;
    case Protocol.VLAN:
      lit(t, "vlan");
      break;
    case Protocol.PBB:
      lit(t, "ieee8021ah");
      break;
    case Protocol.VNTAG:
      lit(t, "vntag");
      break;
    case Protocol.ETAG:
      lit(t, "ieee8021br");
      break;
    case Protocol.CFP:
      lit(t, "cfp");
      break;
    case Protocol.MPLS:
      lit(t, "mpls");
      break;
    case Protocol.PW:
      lit(t, "pwethcw");
      break;
    case Protocol.PPPOED:
      lit(t, "pppoed");
      break;
    case Protocol.PPPOES:
      lit(t, "pppoes");
      break;
    case Protocol.PPP:
      lit(t, "ppp");
      break;
    case Protocol.ARP:
      lit(t, "arp");
      break;
    case Protocol.IP:
      lit(t, "ip");
      break;
    case Protocol.IPV6:
      lit(t, "ipv6");
      break;
    case Protocol.HOPOPTS:
      lit(t, "ipv6.hopopts");
      break;
    case Protocol.ROUTING:
      lit(t, "ipv6.routing");
      break;
    case Protocol.FRAGHDR:
      lit(t, "ipv6.fraghdr");
      break;
    case Protocol.DSTOPTS:
      lit(t, "ipv6.dstopts");
      break;
    case Protocol.AH:
      lit(t, "ah");
      break;
    case Protocol.ESP:
      lit(t, "esp");
      break;
    case Protocol.MIPV6:
      lit(t, "mipv6");
      break;
    case Protocol.HIP:
      lit(t, "hip");
      break;
    case Protocol.SHIM6:
      lit(t, "shim6");
      break;
    case Protocol.NONEXT:
      lit(t, "ipv6.nonxt");
      break;
    case Protocol.TCP:
      lit(t, "tcp");
      break;
    case Protocol.UDP:
      lit(t, "udp");
      break;
    case Protocol.UDPLITE:
      lit(t, "udplite");
      break;
    case Protocol.ICMP:
      lit(t, "icmp");
      break;
    case Protocol.ICMPV6:
      lit(t, "icmpv6");
      break;
    case Protocol.IGMP:
      lit(t, "igmp");
      break;
    case Protocol.SCTP:
      lit(t, "sctp");
      break;
    case Protocol.DCCP:
      lit(t, "dccp");
      break;
    case Protocol.GRE:
      lit(t, "gre");
      break;
    case Protocol.ERSPAN:
    case Protocol.ERSPAN_I:
      lit(t, "erspan");
      break;
    case Protocol.VXLAN:
    case Protocol.VXLAN_GPE:
      lit(t, "vxlan");
      break;
    case Protocol.GENEVE:
      lit(t, "geneve");
      break;
    case Protocol.GTP:
    case Protocol.GTP_CONTROL:
      lit(t, "gtp");
      break;
    case Protocol.GTP_PRIME:
      lit(t, "gtpprime");
      break;
    case Protocol.TEREDO:
      lit(t, "teredo");
      break;
    case Protocol.NSH:
      lit(t, "nsh");
      break;
    case Protocol.STP:
      lit(t, "stp");
      break;
    case Protocol.CDP:
      lit(t, "cdp");
      break;
    case Protocol.ISIS:
      lit(t, "osi");
      break;
    case Protocol.IPX:
      lit(t, "ipx");
      break;
    case Protocol.NETBIOS:
      lit(t, "netbios");
      break;
    case Protocol.LLDP:
      lit(t, "lldp");
      break;
    case Protocol.EAPOL:
      lit(t, "eapol");
      break;
    case Protocol.MACCTRL:
      lit(t, "macc");
      break;
    case Protocol.SLOW:
      lit(t, "slow");
      break;
    case Protocol.CFM:
      lit(t, "cfm");
      break;
    case Protocol.MACSEC:
      lit(t, "macsec");
      break;
    case Protocol.LOOPBACK:
      lit(t, "loop");
      break;
    case Protocol.WOL:
      lit(t, "wol");
      break;
    case Protocol.AOE:
      lit(t, "aoe");
      break;
    case Protocol.RARP:
      lit(t, "rarp");
      break;
    case Protocol.HOMEPLUG:
      lit(t, "homeplug-av");
      break;
    case Protocol.TRILL:
      lit(t, "trill");
      break;
    case Protocol.GOOSE:
      lit(t, "goose");
      break;
    case Protocol.SV:
      lit(t, "sv");
      break;
    case Protocol.GSE:
      lit(t, "gse");
      break;
    case Protocol.PTP:
      lit(t, "ptp");
      break;
    case Protocol.PROFINET:
      lit(t, "pn_rt");
      break;
    case Protocol.ETHERCAT:
      lit(t, "ethercat");
      break;
    case Protocol.POWERLINK:
      lit(t, "epl");
      break;
    case Protocol.SERCOS:
      lit(t, "siii");
      break;
    case Protocol.PRP:
      lit(t, "hsr_prp_supervision");
      break;
    case Protocol.HSR:
      lit(t, "hsr");
      break;
    case Protocol.MRP:
      lit(t, "pn_mrp");
      break;
    case Protocol.OSPF:
      lit(t, "ospf");
      break;
    case Protocol.PIM:
      lit(t, "pim");
      break;
    case Protocol.VRRP:
      lit(t, "vrrp");
      break;
    case Protocol.EIGRP:
      lit(t, "eigrp");
      break;
    case Protocol.RSVP:
      lit(t, "rsvp");
      break;
    case Protocol.L2TP:
      lit(t, "l2tp");
      break;
    case Protocol.IPCOMP:
      lit(t, "ipcomp");
      break;
    case Protocol.EGP:
      lit(t, "egp");
      break;
    case Protocol.IGRP:
      lit(t, "igrp");
      break;
    default:
      lit(t, "unknown");
  }
}
