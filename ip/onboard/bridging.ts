// Tags that bridges and switches put in front of, or around, the customer's frame.
//   IEEE 802.1ah (PBB)   I-TAG (4: priority, flags, service identifier), customer's destination and source, type
//   VN-Tag (Cisco)       direction, pointer, destination, loop, version, source (4), type
//   802.1BR E-Tag        priority, ingress and target identifiers (6), type
//   Cisco FabricPath     forwarding tag (10 bits), time to live (6), then the customer's whole frame
import { be16, be32 } from "../../lib/onboard/bytes";
import { Anomaly } from "./generated/anomaly";
import { typeOrLength } from "./ethertype";
import { Packet, need } from "./packet";
import { Protocol } from "./generated/protocol";

export function providerBackbone(k: Packet): u32 {
  if (!need(k, 18, Anomaly.PBB_TOO_SMALL)) return Protocol.NONE;
  const p = k.at;
  k.tunnelId = be32(p) & 0xffffff;
  k.at = p + 18;
  return typeOrLength(k, be16(p + 16), Anomaly.ETHERNET_UNKNOWN_TYPE);
}

export function vnTag(k: Packet): u32 {
  if (!need(k, 6, Anomaly.VNTAG_TOO_SMALL)) return Protocol.NONE;
  const p = k.at;
  k.at = p + 6;
  return typeOrLength(k, be16(p + 4), Anomaly.VNTAG_UNKNOWN_TYPE);
}

export function eTag(k: Packet): u32 {
  if (!need(k, 8, Anomaly.ETAG_TOO_SMALL)) return Protocol.NONE;
  const p = k.at;
  k.at = p + 8;
  return typeOrLength(k, be16(p + 6), Anomaly.ETAG_UNKNOWN_TYPE);
}

export function fabricPath(k: Packet): u32 {
  if (!need(k, 2, Anomaly.CFP_TOO_SMALL)) return Protocol.NONE;
  k.at += 2;
  return Protocol.ETH;
}
