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
  VTP = 10,
  DTP = 11,
  UDLD = 12,
  EDP = 13,
  DDP = 14,
  ISIS = 15,
  IPX = 16,
  NETBIOS = 17,
  MPLS = 18,
  PW = 19,
  PPPOED = 20,
  PPPOES = 21,
  PPP = 22,
  ARP = 23,
  RARP = 24,
  SLL = 25,
  SLL2 = 26,
  NULL = 27,
  LOOP = 28,
  RAW = 29,
  IP = 30,
  IPV6 = 31,
  HOPOPTS = 32,
  ROUTING = 33,
  FRAGHDR = 34,
  DSTOPTS = 35,
  AH = 36,
  ESP = 37,
  MIPV6 = 38,
  HIP = 39,
  SHIM6 = 40,
  NONEXT = 41,
  TCP = 42,
  UDP = 43,
  UDPLITE = 44,
  ICMP = 45,
  ICMPV6 = 46,
  IGMP = 47,
  SCTP = 48,
  DCCP = 49,
  GRE = 50,
  ERSPAN = 51,
  ERSPAN_I = 52,
  VXLAN = 53,
  VXLAN_GPE = 54,
  GENEVE = 55,
  TEREDO = 56,
  GTP = 57,
  GTP_CONTROL = 58,
  GTP_PRIME = 59,
  NSH = 60,
  L2TP_UDP = 61,
  HSR = 62,
  CMD = 63,
  CMD_GRE = 64,
  ISL = 65,
  WLAN = 66,
  RADIOTAP = 67,
  PPI = 68,
  PKTAP = 69,
  NFLOG = 70,
  PPPD = 71,
  FRELAY = 72,
  LLDP = 73,
  EAPOL = 74,
  MACCTRL = 75,
  SLOW = 76,
  CFM = 77,
  MACSEC = 78,
  LOOPBACK = 79,
  WOL = 80,
  AOE = 81,
  HOMEPLUG = 82,
  TRILL = 83,
  GOOSE = 84,
  SV = 85,
  GSE = 86,
  PTP = 87,
  PROFINET = 88,
  ETHERCAT = 89,
  POWERLINK = 90,
  SERCOS = 91,
  PRP = 92,
  MRP = 93,
  OSPF = 94,
  PIM = 95,
  VRRP = 96,
  EIGRP = 97,
  RSVP = 98,
  L2TP = 99,
  IPCOMP = 100,
  EGP = 101,
  IGRP = 102,
  COUNT = 103,
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
    case Protocol.VTP:
      lit(t, "vtp");
      break;
    case Protocol.DTP:
      lit(t, "dtp");
      break;
    case Protocol.UDLD:
      lit(t, "udld");
      break;
    case Protocol.EDP:
      lit(t, "edp");
      break;
    case Protocol.DDP:
      lit(t, "ddp");
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
    case Protocol.PPPD:
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
    case Protocol.L2TP_UDP:
    case Protocol.L2TP:
      lit(t, "l2tp");
      break;
    case Protocol.HSR:
      lit(t, "hsr");
      break;
    case Protocol.CMD:
    case Protocol.CMD_GRE:
      lit(t, "cmd");
      break;
    case Protocol.ISL:
      lit(t, "isl");
      break;
    case Protocol.WLAN:
      lit(t, "wlan");
      break;
    case Protocol.RADIOTAP:
      lit(t, "radiotap");
      break;
    case Protocol.PPI:
      lit(t, "ppi");
      break;
    case Protocol.PKTAP:
      lit(t, "pktap");
      break;
    case Protocol.NFLOG:
      lit(t, "nflog");
      break;
    case Protocol.FRELAY:
      lit(t, "fr");
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
