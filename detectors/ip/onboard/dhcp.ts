// A DHCP message (RFC 2131, RFC 2132) of this segment, not of a tunnel: what leases and the first-hop detector need.
//
//   0  u8 op, u8 htype, u8 hlen, u8 hops    4  u32 xid     12  u32 ciaddr   16  u32 yiaddr   24  u32 giaddr
//  28  chaddr, 16 bytes                   236  magic cookie                240  options: u8 code, u8 length, value
import { isDatagram } from "../../../ip/onboard/datagram";
import { Packet, outerVlan } from "../../../ip/onboard/packet";
import { be16, be32, be48 } from "../../../lib/onboard/bytes";
import { keyedBytes } from "../../../lib/onboard/keyed";

/** RFC 2132, section 9.6; NONE: no DHCP message. */
export const enum Dhcp {
  NONE = 0,
  DISCOVER = 1,
  OFFER = 2,
  REQUEST = 3,
  ACK = 5,
}

@unmanaged
export class DhcpMessage {
  client: u64; // MAC address for which it is
  identity: u64; // hash of what the server tells clients by: chaddr and client identifier
  address: u32; // yiaddr
  server: u32; // server identifier; 0 = it names none
  xid: u32;
  kind: u32; // Dhcp
  isReply: bool; // from a server, or its relay
  isRelayed: bool; // through a relay, or by one
  vlan: u16;
}

const FIXED: u32 = 240;
const MESSAGE: usize = memory.data(offsetof<DhcpMessage>(), 8);

/** Of the packet at hand, since readDhcp(). */
@inline export function dhcp(): DhcpMessage {
  return changetype<DhcpMessage>(MESSAGE);
}

/** Reads the message that the packet with its frame at `frame` carries; dhcp().kind is NONE where there is none. */
export function readDhcp(k: Packet, frame: usize): void {
  const d = dhcp();
  d.kind = Dhcp.NONE;
  if (k.ips != 1 || !isDatagram(k)) return;
  const isReply = k.sourcePort == 67 && k.destPort == 68;
  if (!isReply && k.destPort != 67) return;
  const p = frame + k.payloadOffset;
  if (k.payloadLength < FIXED || be32(p + 236) != 0x63825363) return;
  if (be16(p) != (isReply ? 0x0201 : 0x0101) || load<u8>(p, 2) != 6) return;
  d.client = be48(p + 28);
  d.identity = 0;
  d.address = be32(p + 16);
  d.server = 0;
  d.xid = be32(p + 4);
  d.isReply = isReply;
  d.isRelayed = be32(p + 24) != 0;
  d.vlan = <u16>outerVlan(k);
  readOptions(d, p + FIXED, p + k.payloadLength);
  // xid and the server's own fields stay out: the same client asks with many of them
  d.identity = keyedBytes(p + 28, 6) ^ d.identity;
}

function readOptions(d: DhcpMessage, from: usize, end: usize): void {
  let p = from;
  while (p + 2 <= end) {
    const code = <u32>load<u8>(p);
    if (code == 255) return;
    if (code == 0) {
      p += 1;
      continue;
    }
    const length = <u32>load<u8>(p, 1);
    const value = p + 2;
    p = value + length;
    if (p > end) return;
    if (code == 53 && length == 1) d.kind = load<u8>(value);
    else if (code == 54 && length == 4) d.server = be32(value);
    else if (code == 61) d.identity = keyedBytes(value, length);
  }
}
