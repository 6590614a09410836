// Generated from ip/registry.ts by `npm run generate`: do not edit.
// What a number announces.
import { Protocol } from "./protocol";

/** The first protocol by LINKTYPE_ number; NONE where it is not known here. */
export function fromLink(n: u32): u32 {
  switch (n) {
    case 228:
      return Protocol.IP;
    case 1:
      return Protocol.ETH;
    case 229:
      return Protocol.IPV6;
    case 219:
      return Protocol.MPLS;
    case 51:
      return Protocol.PPPOES;
    case 9:
    case 50:
      return Protocol.PPP;
    case 113:
      return Protocol.SLL;
    case 276:
      return Protocol.SLL2;
    case 0:
      return Protocol.NULL;
    case 108:
      return Protocol.LOOP;
    case 101:
    case 12:
    case 14:
      return Protocol.RAW;
    case 105:
      return Protocol.WLAN;
    case 127:
      return Protocol.RADIOTAP;
    case 192:
      return Protocol.PPI;
    case 258:
      return Protocol.PKTAP;
    case 239:
      return Protocol.NFLOG;
    case 166:
    case 204:
      return Protocol.PPPD;
    case 107:
      return Protocol.FRELAY;
    default:
      return Protocol.NONE;
  }
}

/** By EtherType; NONE where it is not known here. */
export function fromEtherType(n: u32): u32 {
  switch (n) {
    case 0x0800:
      return Protocol.IP;
    case 0x6558:
      return Protocol.ETH;
    case 0x86dd:
      return Protocol.IPV6;
    case 0x8100:
    case 0x88a8:
    case 0x9100:
    case 0x9200:
    case 0x9300:
      return Protocol.VLAN;
    case 0x0806:
      return Protocol.ARP;
    case 0x88e7:
      return Protocol.PBB;
    case 0x8926:
      return Protocol.VNTAG;
    case 0x893f:
      return Protocol.ETAG;
    case 0x8903:
      return Protocol.CFP;
    case 0x8137:
      return Protocol.IPX;
    case 0x8847:
    case 0x8848:
      return Protocol.MPLS;
    case 0x8863:
      return Protocol.PPPOED;
    case 0x8864:
      return Protocol.PPPOES;
    case 0x8035:
      return Protocol.RARP;
    case 0x894f:
      return Protocol.NSH;
    case 0x892f:
      return Protocol.HSR;
    case 0x8909:
      return Protocol.CMD;
    case 0x88cc:
      return Protocol.LLDP;
    case 0x888e:
      return Protocol.EAPOL;
    case 0x8808:
      return Protocol.MACCTRL;
    case 0x8809:
      return Protocol.SLOW;
    case 0x8902:
      return Protocol.CFM;
    case 0x88e5:
      return Protocol.MACSEC;
    case 0x9000:
      return Protocol.LOOPBACK;
    case 0x0842:
      return Protocol.WOL;
    case 0x88a2:
      return Protocol.AOE;
    case 0x88e1:
      return Protocol.HOMEPLUG;
    case 0x22f3:
      return Protocol.TRILL;
    case 0x88b8:
      return Protocol.GOOSE;
    case 0x88ba:
      return Protocol.SV;
    case 0x88b9:
      return Protocol.GSE;
    case 0x88f7:
      return Protocol.PTP;
    case 0x8892:
      return Protocol.PROFINET;
    case 0x88a4:
      return Protocol.ETHERCAT;
    case 0x88ab:
      return Protocol.POWERLINK;
    case 0x88cd:
      return Protocol.SERCOS;
    case 0x88fb:
      return Protocol.PRP;
    case 0x88e3:
      return Protocol.MRP;
    default:
      return Protocol.NONE;
  }
}

/** By IP protocol number; NONE where it is not known here. */
export function ofIpProtocol(n: u32): u32 {
  switch (n) {
    case 4:
      return Protocol.IP;
    case 143:
      return Protocol.ETH;
    case 6:
      return Protocol.TCP;
    case 17:
      return Protocol.UDP;
    case 41:
      return Protocol.IPV6;
    case 137:
      return Protocol.MPLS;
    case 51:
      return Protocol.AH;
    case 50:
      return Protocol.ESP;
    case 136:
      return Protocol.UDPLITE;
    case 1:
      return Protocol.ICMP;
    case 58:
      return Protocol.ICMPV6;
    case 2:
      return Protocol.IGMP;
    case 132:
      return Protocol.SCTP;
    case 33:
      return Protocol.DCCP;
    case 47:
      return Protocol.GRE;
    case 89:
      return Protocol.OSPF;
    case 103:
      return Protocol.PIM;
    case 112:
      return Protocol.VRRP;
    case 88:
      return Protocol.EIGRP;
    case 46:
      return Protocol.RSVP;
    case 115:
      return Protocol.L2TP;
    case 108:
      return Protocol.IPCOMP;
    case 8:
      return Protocol.EGP;
    case 9:
      return Protocol.IGRP;
    default:
      return Protocol.NONE;
  }
}

/** By next header, what only IPv6 has; NONE where it is not known here. */
export function ofExtension(n: u32): u32 {
  switch (n) {
    case 0:
      return Protocol.HOPOPTS;
    case 43:
      return Protocol.ROUTING;
    case 44:
      return Protocol.FRAGHDR;
    case 60:
      return Protocol.DSTOPTS;
    case 135:
      return Protocol.MIPV6;
    case 139:
      return Protocol.HIP;
    case 140:
      return Protocol.SHIM6;
    case 59:
      return Protocol.NONEXT;
    default:
      return Protocol.NONE;
  }
}
