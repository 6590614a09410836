// IEEE 802.2 LLC: DSAP, SSAP, control (1 byte in unnumbered frames, else 2); behind AA-AA-03 SNAP: OUI (3), type (2).
import { be16 } from "../../lib/onboard/bytes";
import { Anomaly } from "./generated/anomaly";
import { fromEtherType } from "./generated/numbers";
import { Packet, need, note } from "./packet";
import { Protocol } from "./generated/protocol";

export function llc(k: Packet): u32 {
  if (!need(k, 3, Anomaly.LLC_TOO_SMALL)) return Protocol.NONE;
  const p = k.at;
  const dsap = <u32>load<u8>(p),
    ssap = <u32>load<u8>(p, 1),
    control = <u32>load<u8>(p, 2);
  if (dsap == 0xaa && ssap == 0xaa) return snap(k);
  k.at = p + ((control & 3) == 3 ? 3 : 4);
  switch (dsap) {
    case 0x06:
      return Protocol.IP;
    case 0x42:
      return Protocol.STP;
    case 0xe0:
      return Protocol.IPX;
    case 0xf0:
      return Protocol.NETBIOS;
    case 0xfe:
      return Protocol.ISIS;
    case 0xff:
      return ssap == 0xff ? Protocol.IPX : Protocol.NONE; // Novell's raw 802.3: an IPX checksum, not an LLC
    default:
      return Protocol.NONE;
  }
}

function snap(k: Packet): u32 {
  if (!need(k, 8, Anomaly.LLC_TOO_SMALL)) return Protocol.NONE;
  const p = k.at;
  const oui = (be16(p + 3) << 8) | (<u32>load<u8>(p, 5)),
    type = be16(p + 6);
  k.at = p + 8;
  if (oui == 0 || oui == 0x0000f8) {
    // RFC 1042; 802.1H bridge tunnel
    if (k.ips == 0) k.etherType = <u16>type;
    return fromEtherType(type);
  }
  switch (oui) {
    case 0x00000c:
      return cisco(type);
    case 0x0080c2: // RFC 2684: bridged Ethernet
      return type == 0x0001 || type == 0x0007 ? Protocol.ETH : Protocol.NONE;
    case 0x080007: // Apple
      return type == 0x809b ? Protocol.DDP : Protocol.NONE;
    case 0x00e02b: // Extreme
      return type == 0x00bb ? Protocol.EDP : Protocol.NONE;
  }
  // any vendor's may come; the bit of groups is in none that IEEE assigns (IEEE 802 clause 8.2.2)
  if (oui & 0x010000) note(k, Anomaly.LLC_UNKNOWN_OUI);
  return Protocol.NONE;
}

function cisco(type: u32): u32 {
  switch (type) {
    case 0x2000:
      return Protocol.CDP;
    case 0x2003:
      return Protocol.VTP;
    case 0x2004:
      return Protocol.DTP;
    case 0x0111:
      return Protocol.UDLD;
    case 0x010b:
      return Protocol.STP;
    default:
      return Protocol.NONE;
  }
}
