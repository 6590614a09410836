// REQ-DECODE-030
// Tags that end stations and switches put between the addresses of a frame and its type.
//   HSR (IEC 62439-3 section 5.7)   path (4 bits) and size (12), sequence number (2), type
//   Cisco metadata                  version, length (4-byte words), so many words of options (the first is a security
//                                   group), type; in GRE the type comes first
//   Cisco ISL                       in place of the addresses those of the switch, length; LLC, organisation (3), VLAN
//                                   (15 bits) and BPDU (1), index (2), reserved (2); then the whole frame
// PRP has its tag behind the frame's end, where no decoder here looks: IP says how long it is.
import { be16, be64 } from "../../lib/onboard/bytes";
import { Anomaly } from "./generated/anomaly";
import { typeOrLength } from "./ethertype";
import { Packet, need } from "./packet";
import { Protocol } from "./generated/protocol";

export function hsr(k: Packet): u32 {
  if (!need(k, 6, Anomaly.HSR_TOO_SMALL)) return Protocol.NONE;
  const p = k.at;
  k.at = p + 6;
  return typeOrLength(k, be16(p + 4), Anomaly.ETHERNET_UNKNOWN_TYPE);
}

export function ciscoMetadata(k: Packet): u32 {
  if (!need(k, 4, Anomaly.CMD_TOO_SMALL)) return Protocol.NONE;
  const p = k.at,
    header = 2 + ((<u32>load<u8>(p, 1)) << 2);
  if (!need(k, header + 2, Anomaly.CMD_TOO_SMALL)) return Protocol.NONE;
  k.at = p + header + 2;
  return typeOrLength(k, be16(p + header), Anomaly.ETHERNET_UNKNOWN_TYPE);
}

export function ciscoMetadataInGre(k: Packet): u32 {
  if (!need(k, 4, Anomaly.CMD_TOO_SMALL)) return Protocol.NONE;
  const p = k.at,
    header: u32 = 4 + ((<u32>load<u8>(p, 3)) << 2);
  if (!need(k, header, Anomaly.CMD_TOO_SMALL)) return Protocol.NONE;
  k.at = p + header;
  return typeOrLength(k, be16(p), Anomaly.ETHERNET_UNKNOWN_TYPE);
}

/** Its VLAN is not among the frame's tags: those can be taken off, this one is the whole link's. */
export function interSwitchLink(k: Packet): u32 {
  if (!need(k, 12 + 14, Anomaly.ISL_TOO_SMALL)) return Protocol.NONE;
  k.at += 12;
  if (k.ips == 0) {
    k.macDst = be64(k.at) >> 16;
    k.macSrc = be64(k.at + 6) >> 16;
  }
  return Protocol.ETH;
}
