// Neighbour discovery (RFC 4861) of this segment: where its messages lie in a frame. What receivers ignore is none: a
// hop limit other than 255 (section 7.1), another code than 0, a fragment (RFC 6980), what a tunnel carries.
import { Is, Packet, outermost } from "../../../ip/onboard/packet";

export const RA: u32 = 134;
export const NS: u32 = 135;
export const NA: u32 = 136;

let end: usize = 0;

/** The ICMPv6 message of the packet with its frame at `frame`, at least `size` bytes; 0 = it is no such message. */
export function discoveryAt(k: Packet, frame: usize, size: u32): usize {
  const ip = outermost(k);
  if (k.ips != 1 || ip.version != 6 || ip.ttl != 255 || k.icmpCode != 0 || k.flags & (Is.FRAGMENT | Is.BAD_CHECKSUM))
    return 0;
  end = frame + min<u32>(ip.payloadOffset + behindExtensions(k), k.captured);
  const p = frame + ip.payloadOffset;
  return p + size <= end ? p : 0;
}

@inline function behindExtensions(k: Packet): u32 {
  const ip = outermost(k),
    whole = ip.offset + ip.totalLength;
  return whole > ip.payloadOffset ? whole - ip.payloadOffset : 0;
}

/** The option of this type behind the message's `from`, at least `size` bytes long; 0 = there is none. */
export function optionAt(from: usize, type: u32, size: u32): usize {
  let p = from;
  while (p + 8 <= end) {
    const length = (<u32>load<u8>(p, 1)) << 3;
    if (length == 0 || p + length > end) return 0;
    if (load<u8>(p) == type && length >= size) return p;
    p += length;
  }
  return 0;
}
