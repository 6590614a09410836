// PPP (RFC 1661, RFC 1662): address and control (FF 03, may be left out), then the protocol in 2 bytes, or 1 when its
// lowest bit is set (compressed).
import { be16 } from "../../lib/onboard/bytes";
import { Anomaly } from "./generated/anomaly";
import { Packet, need, note } from "./packet";
import { Protocol } from "./generated/protocol";

export function ppp(k: Packet): u32 {
  if (!need(k, 2, Anomaly.PPP_TOO_SMALL)) return Protocol.NONE;
  if (be16(k.at) == 0xff03) {
    k.at += 2;
    if (!need(k, 1, Anomaly.PPP_TOO_SMALL)) return Protocol.NONE;
  }
  let protocol = <u32>load<u8>(k.at);
  if (protocol & 1) k.at += 1;
  else {
    if (!need(k, 2, Anomaly.PPP_TOO_SMALL)) return Protocol.NONE;
    protocol = be16(k.at);
    k.at += 2;
  }
  switch (protocol) {
    case 0x0021:
      return Protocol.IP;
    case 0x0057:
      return Protocol.IPV6;
    case 0x0281:
    case 0x0283:
      return Protocol.MPLS;
    case 0x002b:
      return Protocol.IPX;
  }
  if (!(protocol & 0x0100) && protocol & 1) {
    // RFC 1661 section 2: other numbers are not valid
    if (protocol < 0x8000 && protocol != 0x003d && protocol != 0x00fd) note(k, Anomaly.PPP_UNSUP_PROTO);
  } else note(k, Anomaly.PPP_WRONG_TYPE);
  return Protocol.NONE;
}
