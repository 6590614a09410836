// BSD loopback: an address family in 4 bytes, in the byte order of the machine that captured (LINKTYPE_NULL) or of the
// network (LINKTYPE_LOOP). The families of IPv6 differ from system to system. Raw IP: nothing in front of the header.
import { Anomaly } from "./generated/anomaly";
import { Packet, need, note } from "./packet";
import { Protocol } from "./generated/protocol";

export function loopback(k: Packet): u32 {
  if (!need(k, 4, Anomaly.LTNULL_TOO_SMALL)) return Protocol.NONE;
  let family = load<u32>(k.at);
  if (family & 0xffff0000) family = bswap<u32>(family);
  k.at += 4;
  switch (family) {
    case 2:
      return Protocol.IP;
    case 10:
    case 24:
    case 28:
    case 30:
      return Protocol.IPV6;
    default:
      note(k, Anomaly.LTNULL_TYPE);
      return Protocol.NONE;
  }
}

export function raw(k: Packet): u32 {
  if (!need(k, 1, Anomaly.IPRAW_VERSION)) return Protocol.NONE;
  const version = (<u32>load<u8>(k.at)) >> 4;
  if (version == 4) return Protocol.IP;
  if (version == 6) return Protocol.IPV6;
  note(k, Anomaly.IPRAW_VERSION);
  return Protocol.NONE;
}
