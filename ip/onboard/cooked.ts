// Linux cooked captures: what the kernel gives when there is no one link layer ("any").
//   v1 (LINKTYPE_LINUX_SLL, 16 bytes): packet type, ARPHRD, address length, address (8), protocol
//   v2 (LINKTYPE_LINUX_SLL2, 20 bytes): protocol, 0, interface (4), ARPHRD, packet type (1), address length (1),
//   address (8)
import { be16, be64 } from "../../lib/onboard/bytes";
import { Anomaly } from "./generated/anomaly";
import { fromEtherType } from "./generated/numbers";
import { Packet, need } from "./packet";
import { Protocol } from "./generated/protocol";

const ARPHRD_NETLINK: u32 = 824;
const ARPHRD_GRE: u32 = 778;

export function cooked(k: Packet): u32 {
  if (!need(k, 16, Anomaly.SLL_TOO_SMALL)) return Protocol.NONE;
  const p = k.at;
  if (be16(p + 4) == 6) k.macSrc = be64(p + 6) >> 16;
  k.at = p + 16;
  return payload(k, be16(p + 14), be16(p + 2));
}

export function cooked2(k: Packet): u32 {
  if (!need(k, 20, Anomaly.SLL2_TOO_SMALL)) return Protocol.NONE;
  const p = k.at;
  if (load<u8>(p, 11) == 6) k.macSrc = be64(p + 12) >> 16;
  k.at = p + 20;
  return payload(k, be16(p), be16(p + 8));
}

function payload(k: Packet, protocol: u32, hardware: u32): u32 {
  if (hardware == ARPHRD_NETLINK) return Protocol.NONE;
  if (hardware == ARPHRD_GRE && protocol < 0x0600) return Protocol.NONE;
  if (protocol == 4) return Protocol.LLC; // ETH_P_802_2
  if (protocol < 0x0600) return Protocol.NONE;
  k.etherType = <u16>protocol;
  return fromEtherType(protocol);
}
