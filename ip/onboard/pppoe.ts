// PPP over Ethernet (RFC 2516): version and type (0x11), code, session, length; then tags (discovery) or PPP (session).
import { be16 } from "../../lib/onboard/bytes";
import { Anomaly } from "./generated/anomaly";
import { Packet, limit, need, note, rest } from "./packet";
import { Protocol } from "./generated/protocol";

/** The header both stages share; returns the code, or 256 when decoding ends here. */
function header(k: Packet): u32 {
  if (!need(k, 6, Anomaly.PPPOE_TOO_SMALL)) return 256;
  const p = k.at;
  if (load<u8>(p) != 0x11) {
    note(k, Anomaly.PPPOE_VERSION);
    return 256;
  }
  k.at = p + 6;
  if (!limit(k, be16(p + 4))) note(k, Anomaly.PPPOE_LEN_INVALID);
  return <u32>load<u8>(p, 1);
}

export function session(k: Packet): u32 {
  const code = header(k);
  if (code == 256) return Protocol.NONE;
  if (code != 0) {
    note(k, Anomaly.PPPOE_WRONG_CODE);
    return Protocol.NONE;
  }
  return Protocol.PPP;
}

export function discovery(k: Packet): u32 {
  const code = header(k);
  if (code == 256) return Protocol.NONE;
  if (code != 0x09 && code != 0x07 && code != 0x19 && code != 0x65 && code != 0xa7) note(k, Anomaly.PPPOE_WRONG_CODE);
  // tags: type (2), length (2), value; type 0 ends the list
  while (rest(k) != 0) {
    if (!need(k, 4, Anomaly.PPPOE_MALFORMED_TAGS)) break;
    if (be16(k.at) == 0) break;
    const length = 4 + be16(k.at + 2);
    if (!need(k, length, Anomaly.PPPOE_MALFORMED_TAGS)) break;
    k.at += length;
  }
  return Protocol.NONE;
}
