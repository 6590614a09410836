// Generated from ip/registry.ts by `npm run generate`: do not edit.
// Protocols that the stack of a packet can name, by the names of tshark's frame.protocols.
import { Text, lit } from "../../../lib/onboard/text";

export const enum Protocol {
  NONE = 0,
  ETH = 1,
  VLAN = 2,
  PBB = 3,
  VNTAG = 4,
  ETAG = 5,
  CFP = 6,
  LLC = 7,
  STP = 8,
  CDP = 9,
  ISIS = 10,
  IPX = 11,
  NETBIOS = 12,
  MPLS = 13,
  PW = 14,
  PPPOED = 15,
  PPPOES = 16,
  PPP = 17,
  ARP = 18,
  RARP = 19,
  SLL = 20,
  SLL2 = 21,
  NULL = 22,
  LOOP = 23,
  RAW = 24,
  IP = 25,
  IPV6 = 26,
  HOPOPTS = 27,
  ROUTING = 28,
  FRAGHDR = 29,
  DSTOPTS = 30,
  AH = 31,
  ESP = 32,
  MIPV6 = 33,
  HIP = 34,
  SHIM6 = 35,
  NONEXT = 36,
  TCP = 37,
  UDP = 38,
  UDPLITE = 39,
  ICMP = 40,
  ICMPV6 = 41,
  IGMP = 42,
  SCTP = 43,
  DCCP = 44,
  GRE = 45,
  ERSPAN = 46,
  ERSPAN_I = 47,
  VXLAN = 48,
  VXLAN_GPE = 49,
  GENEVE = 50,
  TEREDO = 51,
  GTP = 52,
  GTP_CONTROL = 53,
  GTP_PRIME = 54,
  NSH = 55,
  LLDP = 56,
  EAPOL = 57,
  MACCTRL = 58,
  SLOW = 59,
  CFM = 60,
  MACSEC = 61,
  LOOPBACK = 62,
  WOL = 63,
  AOE = 64,
  HOMEPLUG = 65,
  TRILL = 66,
  GOOSE = 67,
  SV = 68,
  GSE = 69,
  PTP = 70,
  PROFINET = 71,
  ETHERCAT = 72,
  POWERLINK = 73,
  SERCOS = 74,
  PRP = 75,
  HSR = 76,
  MRP = 77,
  OSPF = 78,
  PIM = 79,
  VRRP = 80,
  EIGRP = 81,
  RSVP = 82,
  L2TP = 83,
  IPCOMP = 84,
  EGP = 85,
  IGRP = 86,
  COUNT = 87,
}

/** Writes the name of a protocol. */
export function writeProtocol(t: Text, protocol: u32): void {
  switch (protocol) {
    case Protocol.ETH:
      lit(t, "eth");
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
    case Protocol.LLC:
      lit(t, "llc");
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
    case Protocol.RARP:
      lit(t, "rarp");
      break;
    case Protocol.SLL:
    case Protocol.SLL2:
      lit(t, "sll");
      break;
    case Protocol.NULL:
    case Protocol.LOOP:
      lit(t, "null");
      break;
    case Protocol.RAW:
      lit(t, "raw");
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
    case Protocol.TEREDO:
      lit(t, "teredo");
      break;
    case Protocol.GTP:
    case Protocol.GTP_CONTROL:
      lit(t, "gtp");
      break;
    case Protocol.GTP_PRIME:
      lit(t, "gtpprime");
      break;
    case Protocol.NSH:
      lit(t, "nsh");
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
