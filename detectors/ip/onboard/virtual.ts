// MAC addresses that a group of routers shares: whoever is active answers with it, so it moves from port to port and
// the address stays. What it costs to believe this: nothing. Who can send with such a MAC address is the group's active
// router to everybody on the segment, and to us.

import { Is, Packet } from "../../../ip/onboard/packet";

/**
 * What the virtual MAC addresses of a group have in common; 0 for any other MAC address. VRRP and CARP (RFC 9568,
 * section 7.3; CARP balances over several), HSRP (RFC 2281, section 5.2; version 2), HSRP for IPv6, GLBP (one address
 * for each forwarder of a group).
 */
export function groupOf(mac: u64): u64 {
  const five = mac >> 8;
  if (five == 0x00005e0001 || five == 0x00005e0002 || five == 0x00000c07ac) return five;
  if (mac >> 12 == 0x00000c9ff || mac >> 12 == 0x000573a00) return mac >> 12;
  return mac >> 24 == 0x0007b4 ? five : 0;
}

/** Whether an address that was at `a` is where it was when it is at `b`. */
@inline export function isSameStation(a: u64, b: u64): bool {
  return a == b || (groupOf(a) != 0 && groupOf(a) == groupOf(b));
}

/**
 * A message by which routers of a group agree who is active: VRRP and CARP (IP protocol 112), HSRP (ports 1985, 2029),
 * GLBP (3222). The active one sends it from the group's MAC address, the others from their own.
 */
export function isHello(k: Packet): bool {
  if (!(k.flags & Is.MULTICAST)) return false;
  return k.protocol == 112 || (k.protocol == 17 && (k.destPort == 1985 || k.destPort == 2029 || k.destPort == 3222));
}
