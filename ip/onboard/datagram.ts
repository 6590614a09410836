// A packet as the UDP datagram that it may be: what takes streams apart asks for no more.
import { wide3 } from "../../lib/onboard/keyed";
import { addressKey } from "./address";
import { Is, Packet, innermost } from "./packet";

/**
 * A whole datagram: no fragment of one, and nothing of it cut off by the capture. Its bytes: payloadOffset,
 * payloadLength.
 */
@inline export function isDatagram(k: Packet): bool {
  return k.protocol == 17 && (k.flags & (Is.PORTS | Is.FRAGMENT | Is.SNAPPED)) == Is.PORTS;
}

/** Tells the sending host from others; never 0. */
@inline export function senderKey(k: Packet): u64 {
  const ip = innermost(k);
  return addressKey(ip.version, ip.srcHi, ip.srcLo);
}

/** Tells the stream of datagrams between two ports of two hosts from others. `sender`: senderKey(). */
@inline export function streamKey(k: Packet, sender: u64): u64 {
  const ip = innermost(k);
  return wide3(sender, addressKey(ip.version, ip.dstHi, ip.dstLo), ((<u64>k.sourcePort) << 16) | k.destPort);
}
