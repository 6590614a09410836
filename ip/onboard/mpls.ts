// MPLS (RFC 3032): entries of label (20 bits), class (3), bottom of stack (1), time to live (8). What follows is not
// said: it is guessed from the first nibble, as routers do (RFC 4928): 4 and 6 are IP; 0 is a pseudowire control word
// (RFC 4385) in front of Ethernet, 1 an associated channel; anything else is taken for Ethernet without a control word.
import { be32 } from "../../lib/onboard/bytes";
import { Anomaly } from "./generated/anomaly";
import { Packet, need, note } from "./packet";
import { Protocol } from "./generated/protocol";

const MAX_LABELS: u32 = 16;
const IPV4_NULL: u32 = 0,
  ROUTER_ALERT: u32 = 1,
  IPV6_NULL: u32 = 2,
  IMPLICIT_NULL: u32 = 3,
  ENTROPY: u32 = 7;
const GAL: u32 = 13,
  EXTENSION: u32 = 15;

export function mpls(k: Packet): u32 {
  let label: u32 = 0;
  for (let n: u32 = 0; ; ++n) {
    if (n == MAX_LABELS) {
      note(k, Anomaly.MPLS_TOO_MANY);
      return Protocol.NONE;
    }
    if (!need(k, 4, Anomaly.MPLS_TOO_SMALL)) return Protocol.NONE;
    const entry = be32(k.at);
    label = entry >> 12;
    if (k.labels == 0) k.mplsLabel = label;
    if (k.labels < 255) k.labels += 1;
    k.at += 4;
    if (label == IMPLICIT_NULL) note(k, Anomaly.MPLS_IMPLICIT_NULL);
    else if (label > IMPLICIT_NULL && label < 16 && label != ENTROPY && label != GAL && label != EXTENSION)
      note(k, Anomaly.MPLS_RESERVED);
    if (entry & 0x100) break;
  }
  if (label == ROUTER_ALERT) note(k, Anomaly.MPLS_ROUTER_ALERT); // never at the bottom (RFC 3032 section 2.1)
  if (label == IPV4_NULL) return Protocol.IP;
  if (label == IPV6_NULL) return Protocol.IPV6;
  if (!need(k, 1, Anomaly.MPLS_PKT_TOO_SMALL)) return Protocol.NONE;
  switch ((<u32>load<u8>(k.at)) >> 4) {
    case 4:
      return Protocol.IP;
    case 6:
      return Protocol.IPV6;
    case 0:
      return Protocol.PW;
    case 1:
      return Protocol.NONE;
    default:
      return Protocol.ETH;
  }
}

/** Pseudowire control word: 0 (4 bits), flags, fragmentation, length, sequence number. */
export function pseudowire(k: Packet): u32 {
  if (!need(k, 4 + 14, Anomaly.MPLS_PKT_TOO_SMALL)) return Protocol.NONE;
  k.at += 4;
  return Protocol.ETH;
}
