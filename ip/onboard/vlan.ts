// IEEE 802.1Q tag: priority (3 bits), drop eligible (1), VLAN identifier (12), then the next type. Several may be
// stacked (802.1ad); more than VLANS is an anomaly, yet decoding goes on to the limit of layers.
import { be16 } from "../../lib/onboard/bytes";
import { Anomaly } from "./generated/anomaly";
import { typeOrLength } from "./ethertype";
import { Packet, VLANS, need, note } from "./packet";
import { Protocol } from "./generated/protocol";

export function vlan(k: Packet): u32 {
  if (!need(k, 4, Anomaly.VLAN_TOO_SMALL)) return Protocol.NONE;
  const p = k.at;
  const n = <u32>k.vlans;
  if (n < VLANS)
    store<u16>(changetype<usize>(k) + ((<usize>n) << 1), <u16>(be16(p) & 0xfff), offsetof<Packet>("vlan0"));
  else note(k, Anomaly.VLAN_TOO_MANY);
  k.vlans = <u8>(n + 1);
  k.at = p + 4;
  return typeOrLength(k, be16(p + 2), Anomaly.VLAN_UNKNOWN_TYPE);
}
