// The field that Ethernet and VLAN headers end with: an EtherType, or a length.
import { Anomaly } from "./generated/anomaly";
import { fromEtherType } from "./generated/numbers";
import { Packet, limit, note } from "./packet";
import { Protocol } from "./generated/protocol";

/**
 * What follows an Ethernet or VLAN header: by EtherType, or LLC behind an IEEE 802.3 length. k.at is behind the field.
 */
export function typeOrLength(k: Packet, type: u32, unknown: u32): u32 {
  if (type >= 0x0600) {
    if (k.ips == 0) k.etherType = <u16>type;
    const next = fromEtherType(type);
    if (next == Protocol.NONE) note(k, unknown);
    return next;
  }
  // IEEE 802.3 clause 3.2.6: up to 1500 a length, 1501-1535 undefined
  if (type > 1500) {
    note(k, unknown);
    return Protocol.NONE;
  }
  if (!limit(k, type)) note(k, Anomaly.ETHERNET_LEN_INVALID);
  return Protocol.LLC;
}
