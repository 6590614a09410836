// GTP-U version 1 (3GPP TS 29.281 section 5.1): flags, message type, length, tunnel endpoint; with any of E, S, PN set
// sequence (2), N-PDU, next extension; extensions: length (4-byte words), content, next. A G-PDU (255) carries IP.
import { be16, be32 } from "../../lib/onboard/bytes";
import { Anomaly } from "./generated/anomaly";
import { Packet, limit, need, note } from "./packet";
import { Protocol } from "./generated/protocol";

const G_PDU: u32 = 255;
const MAX_EXTENSIONS: u32 = 8;

export function gtp(k: Packet): u32 {
  if (!need(k, 8, Anomaly.GTP_TOO_SMALL)) return Protocol.NONE;
  const p = k.at;
  const flags = <u32>load<u8>(p); // version 1 and no GTP prime: udp() has looked
  k.tunnelId = be32(p + 4);
  k.at = p + 8;
  if (!limit(k, be16(p + 2))) note(k, Anomaly.GTP_LENGTH);
  if (flags & 7) {
    if (!need(k, 4, Anomaly.GTP_TOO_SMALL)) return Protocol.NONE;
    let next = flags & 4 ? <u32>load<u8>(k.at, 3) : 0;
    k.at += 4;
    for (let n: u32 = 0; next != 0; ++n) {
      if (n == MAX_EXTENSIONS) {
        note(k, Anomaly.GTP_EXTENSION);
        return Protocol.NONE;
      }
      if (!need(k, 1, Anomaly.GTP_EXTENSION)) return Protocol.NONE;
      const length = (<u32>load<u8>(k.at)) << 2;
      if (length == 0) {
        note(k, Anomaly.GTP_EXTENSION);
        return Protocol.NONE;
      }
      if (!need(k, length, Anomaly.GTP_EXTENSION)) return Protocol.NONE;
      next = <u32>load<u8>(k.at + length - 1);
      k.at += length;
    }
  }
  if (<u32>load<u8>(p, 1) != G_PDU || k.at >= k.end) return Protocol.NONE;
  const version = (<u32>load<u8>(k.at)) >> 4;
  return version == 4 ? Protocol.IP : version == 6 ? Protocol.IPV6 : Protocol.NONE;
}
