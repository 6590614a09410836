// Ethernet II and IEEE 802.3: destination (6), source (6), type or length (2).
import { be16, be32, be64 } from "../../lib/onboard/bytes";
import { Anomaly } from "./generated/anomaly";
import { typeOrLength } from "./ethertype";
import { Is, Packet, need, note } from "./packet";
import { Protocol } from "./generated/protocol";

/** Cisco's Inter-Switch Link: 01-00-0C-00-00, type and priority in place of a destination; LLC as of SNAP. */
const ISL_GROUP: u32 = 0x01000c00;

export function ethernet(k: Packet): u32 {
  if (!need(k, 14, Anomaly.ETHERNET_TOO_SMALL)) return Protocol.NONE;
  const p = k.at;
  if (k.layers == 1) {
    k.macDst = be64(p) >> 16;
    k.macSrc = be64(p + 6) >> 16;
    if (load<u8>(p) & 1) k.flags |= Is.MULTICAST;
    if (load<u8>(p, 6) & 1) note(k, Anomaly.ETHERNET_SRC_MULTICAST);
  } else if (k.ips != 0) k.flags |= Is.TUNNELLED;
  k.at = p + 14;
  if (be32(p) == ISL_GROUP && load<u8>(p, 4) == 0 && k.at + 3 <= k.end && be32(p + 13) << 8 == 0xaaaa0300)
    return Protocol.ISL;
  return typeOrLength(k, be16(p + 12), Anomaly.ETHERNET_UNKNOWN_TYPE);
}
