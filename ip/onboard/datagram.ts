// A packet as the UDP datagram that it may be: what takes streams apart asks for no more.
import { wide3 } from "../../lib/onboard/keyed";
import { addressKey } from "./address";
import { Ip, IpFlag, Is, Packet, innermost } from "./packet";

/**
 * A whole datagram: no fragment of one, and nothing of it cut off by the capture. Its bytes: payloadOffset,
 * payloadLength.
 */
@inline export function isDatagram(k: Packet): bool {
  return k.protocol == 17 && (k.flags & (Is.PORTS | Is.FRAGMENT | Is.SNAPPED)) == Is.PORTS;
}

/** A fragment of a UDP datagram, all that there is of it in this frame, and no tunnel's. */
export function isFragment(k: Packet): bool {
  if (k.ips != 1 || (k.flags & (Is.FRAGMENT | Is.SNAPPED)) != Is.FRAGMENT) return false;
  const ip = innermost(k);
  return ip.protocol == 17 && ip.payloadOffset + ip.payloadLength <= k.captured;
}

@inline export function isLastFragment(ip: Ip): bool {
  return (ip.flags & IpFlag.MORE) == 0;
}

/** Tells the datagram of these fragments from others. */
export function fragmentsKey(k: Packet): u64 {
  const ip = innermost(k);
  return wide3(senderKey(k), addressKey(ip.version, ip.dstHi, ip.dstLo), ip.id);
}

/** Tells the sending host from others; never 0. */
@inline export function senderKey(k: Packet): u64 {
  const ip = innermost(k);
  return addressKey(ip.version, ip.srcHi, ip.srcLo);
}

/** Tells what sends from this port of the host from what else it, or who is behind it, sends. Never 0. */
@inline export function sourceKey(sender: u64, port: u32): u64 {
  return wide3(sender, port, 1);
}

/** Tells the stream of datagrams between two ports of two hosts from others. `sender`: senderKey(). */
@inline export function streamKey(k: Packet, sender: u64, sourcePort: u32, destPort: u32): u64 {
  const ip = innermost(k);
  return wide3(sender, addressKey(ip.version, ip.dstHi, ip.dstLo), ((<u64>sourcePort) << 16) | destPort);
}
