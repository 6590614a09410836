// Address resolution (RFC 826): hardware type, protocol type, their address sizes, operation, then sender's hardware
// and protocol address, target's hardware and protocol address.
//
// Read are IPv4 addresses over any hardware, and hardware addresses of 6 bytes; hosts differ in what else they check,
// so that what some would refuse is noted and still read.
import { be16, be32, be64 } from "../../lib/onboard/bytes";
import { Anomaly } from "./generated/anomaly";
import { Packet, need, note } from "./packet";
import { Protocol } from "./generated/protocol";

export function arp(k: Packet): u32 {
  if (!need(k, 8, Anomaly.ARP_TOO_SMALL)) return Protocol.NONE;
  const p = k.at;
  const hardware = be16(p),
    protocol = be16(p + 2),
    operation = be16(p + 6),
    size = <u32>load<u8>(p, 4);
  if (hardware != 1 && hardware != 6) note(k, Anomaly.ARP_HARDWARE); // 6: IEEE 802 networks, as behind SNAP
  if (protocol != 0x0800) {
    note(k, Anomaly.ARP_PROTOCOL);
    return Protocol.NONE;
  }
  if (load<u8>(p, 5) != 4) {
    note(k, Anomaly.ARP_PROTOCOL_SIZE);
    return Protocol.NONE;
  }
  if (size != 6) note(k, Anomaly.ARP_HARDWARE_SIZE);
  if (!need(k, 16 + 2 * size, Anomaly.ARP_INVALID)) return Protocol.NONE;
  if (operation == 0 || operation > 25) note(k, Anomaly.ARP_OPCODE); // IANA: 1-25 assigned
  k.arpOp = <u16>operation;
  k.arpSenderIp = be32(p + 8 + size);
  k.arpTargetIp = be32(p + 12 + 2 * size);
  if (size == 6) {
    k.arpSenderMac = be64(p + 8) >> 16;
    k.arpTargetMac = be64(p + 16) & 0x0000ffffffffffff; // the two bytes in front belong to the sender's address
  }
  k.at = p + 16 + 2 * size;
  return Protocol.NONE;
}
