// Frame Relay (Q.922, RFC 2427): address (2 bytes, up to 4, until the lowest bit of one is 1), control 3, NLPID; or, as
// Cisco has it, address and EtherType.
import { be16 } from "../../lib/onboard/bytes";
import { Anomaly } from "./generated/anomaly";
import { fromEtherType } from "./generated/numbers";
import { Packet, need, note } from "./packet";
import { Protocol } from "./generated/protocol";

const UNNUMBERED: u32 = 3;

export function frameRelay(k: Packet): u32 {
  let address: u32 = 0;
  do {
    address += 1;
    if (address > 4) {
      note(k, Anomaly.FRELAY_ADDRESS);
      return Protocol.NONE;
    }
    if (!need(k, address, Anomaly.FRELAY_TOO_SMALL)) return Protocol.NONE;
  } while (!(load<u8>(k.at + address - 1) & 1));
  if (address < 2) {
    note(k, Anomaly.FRELAY_ADDRESS);
    return Protocol.NONE;
  }
  k.at += address;
  if (!need(k, 2, Anomaly.FRELAY_TOO_SMALL)) return Protocol.NONE;
  if (load<u8>(k.at) != UNNUMBERED) return ciscoType(k);
  k.at += 1;
  if (load<u8>(k.at) == 0) k.at += 1; // a byte of padding aligns what follows
  if (!need(k, 1, Anomaly.FRELAY_TOO_SMALL)) return Protocol.NONE;
  const nlpid = <u32>load<u8>(k.at);
  k.at += 1;
  switch (nlpid) {
    case 0x80:
      return snap(k);
    case 0x81:
    case 0x82:
    case 0x83:
      return Protocol.ISIS;
    case 0x8e:
      return Protocol.IPV6;
    case 0xcc:
      return Protocol.IP;
    case 0xcf:
      return Protocol.PPP;
    default:
      return Protocol.NONE;
  }
}

/** An organisation, a type. */
function snap(k: Packet): u32 {
  if (!need(k, 5, Anomaly.FRELAY_TOO_SMALL)) return Protocol.NONE;
  k.at += 5;
  const oui = (be16(k.at - 5) << 8) | (<u32>load<u8>(k.at - 3));
  const type = be16(k.at - 2);
  if (oui == 0x0080c2) return type == 1 || type == 7 ? Protocol.ETH : Protocol.NONE;
  return oui == 0 ? fromEtherType(type) : Protocol.NONE;
}

/** Where no control field follows the address: two bytes of a type, that may be one nobody here knows. */
function ciscoType(k: Packet): u32 {
  const type = be16(k.at);
  k.at += 2;
  return type < 0x0600 ? Protocol.NONE : fromEtherType(type);
}
