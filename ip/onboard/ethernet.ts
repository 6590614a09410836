// Ethernet II and IEEE 802.3: destination (6), source (6), type or length (2).
import { be16, be64 } from "../../lib/onboard/bytes";
import { Anomaly } from "./generated/anomaly";
import { typeOrLength } from "./ethertype";
import { Is, Packet, need, note } from "./packet";
import { Protocol } from "./generated/protocol";

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
  return typeOrLength(k, be16(p + 12), Anomaly.ETHERNET_UNKNOWN_TYPE);
}
