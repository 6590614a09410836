// What an EtherType announces (IEEE 802 numbers; the list is of what is met in plants, vehicles and networks).
import { Anomaly } from "./anomaly";
import { Packet, limit, note } from "./packet";
import { Protocol } from "./protocols";

/** The protocol of an EtherType, NONE when it is not known here. */
export function fromEtherType(type: u32): u32 {
  if (type == 0x0800) return Protocol.IP;
  if (type == 0x86dd) return Protocol.IPV6;
  switch (type) {
    case 0x0806:
      return Protocol.ARP;
    case 0x8100:
    case 0x88a8:
    case 0x9100:
    case 0x9200:
    case 0x9300:
      return Protocol.VLAN;
    case 0x8847:
    case 0x8848:
      return Protocol.MPLS;
    case 0x8863:
      return Protocol.PPPOED;
    case 0x8864:
      return Protocol.PPPOES;
    case 0x88e7:
      return Protocol.PBB;
    case 0x8926:
      return Protocol.VNTAG;
    case 0x893f:
      return Protocol.ETAG;
    case 0x8903:
      return Protocol.CFP;
    case 0x6558:
      return Protocol.ETH;
    case 0x894f:
      return Protocol.NSH;
    case 0x8035:
      return Protocol.RARP;
    case 0x0842:
      return Protocol.WOL;
    case 0x8137:
      return Protocol.IPX;
    case 0x8808:
      return Protocol.MACCTRL;
    case 0x8809:
      return Protocol.SLOW;
    case 0x888e:
      return Protocol.EAPOL;
    case 0x88cc:
      return Protocol.LLDP;
    case 0x8902:
      return Protocol.CFM;
    case 0x88e5:
      return Protocol.MACSEC;
    case 0x9000:
      return Protocol.LOOPBACK;
    case 0x88a2:
      return Protocol.AOE;
    case 0x88e1:
      return Protocol.HOMEPLUG;
    case 0x22f3:
      return Protocol.TRILL;
    case 0x88b8:
      return Protocol.GOOSE;
    case 0x88b9:
      return Protocol.GSE;
    case 0x88ba:
      return Protocol.SV;
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
    case 0x892f:
      return Protocol.HSR;
    case 0x88e3:
      return Protocol.MRP;
    default:
      return Protocol.NONE;
  }
}

/** What follows an Ethernet or VLAN header: by EtherType, or LLC behind an IEEE 802.3 length. k.at is behind the field. */
export function typeOrLength(k: Packet, type: u32, unknown: u32): u32 {
  if (type >= 0x0600) {
    if (k.ips == 0) k.etherType = <u16>type;
    const next = fromEtherType(type);
    if (next == Protocol.NONE) note(k, unknown);
    return next;
  }
  // IEEE 802.3 clause 3.2.6: up to 1500 a length, 1501-1535 undefined
  if (type > 1500) {
    note(k, unknown);
    return Protocol.NONE;
  }
  if (!limit(k, type)) note(k, Anomaly.ETHERNET_LEN_INVALID);
  return Protocol.LLC;
}
