// Address resolution (RFC 826): hardware type, protocol type, their address sizes, operation, then sender's hardware and
// protocol address, target's hardware and protocol address. Only Ethernet and IPv4 are read.
import { be16, be32, be64 } from "../../lib/onboard/bytes";
import { Anomaly } from "./anomaly";
import { Packet, need, note } from "./packet";
import { Protocol } from "./protocols";

export function arp(k: Packet): u32 {
  if (!need(k, 8, Anomaly.ARP_TOO_SMALL)) return Protocol.NONE;
  const p = k.at;
  const hardware = be16(p), protocol = be16(p + 2), operation = be16(p + 6);
  if (hardware != 1) note(k, Anomaly.ARP_HARDWARE);
  if (protocol != 0x0800) note(k, Anomaly.ARP_PROTOCOL);
  if (hardware != 1 || protocol != 0x0800) return Protocol.NONE;
  if (load<u8>(p, 4) != 6) { note(k, Anomaly.ARP_HARDWARE_SIZE); return Protocol.NONE; }
  if (load<u8>(p, 5) != 4) { note(k, Anomaly.ARP_PROTOCOL_SIZE); return Protocol.NONE; }
  if (!need(k, 28, Anomaly.ARP_INVALID)) return Protocol.NONE;
  if (operation == 0 || operation > 25) note(k, Anomaly.ARP_OPCODE); // IANA: 1-25 assigned
  k.arpOp = <u16>operation;
  k.arpSenderMac = be64(p + 8) >> 16;
  k.arpSenderIp = be32(p + 14);
  k.arpTargetMac = be64(p + 16) & 0x0000ffffffffffff; // the two bytes in front belong to the sender's address
  k.arpTargetIp = be32(p + 24);
  k.at = p + 28;
  return Protocol.NONE;
}
