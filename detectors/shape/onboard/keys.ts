// Whom a frame belongs to, as hashes: the four scopes of Kitsune (Mirsky et al., NDSS 2018, section IV.B), for every
// frame. Where there is no IP packet (ARP, GOOSE, PTP), MAC addresses and the EtherType stand in.
import { mix } from "../../../lib/onboard/bytes";
import { Packet, innermost } from "../../../ip/onboard/packet";

@unmanaged
export class Keys {
  sender: u64; // MAC and IP address of the source
  address: u64; // of the source
  channel: u64; // source -> destination
  reverse: u64; // destination -> source
  socket: u64; // channel, protocol, ports
  pair: u64; // both directions of the channel alike
  lower: u32; // 1 when the source is the one of the smaller hash, so that both directions can be told apart
  pad: u32;
}

export function keys(k: Packet, to: Keys): void {
  let source: u64 = 0,
    dest: u64 = 0,
    what: u64 = 0;
  if (k.ips != 0) {
    const ip = innermost(k);
    source = mix(mix(0x243f6a8885a308d3, ip.srcLo), ip.srcHi);
    dest = mix(mix(0x243f6a8885a308d3, ip.dstLo), ip.dstHi);
    what = ((<u64>k.protocol) << 32) | ((<u64>k.sourcePort) << 16) | k.destPort;
  } else {
    source = mix(0x13198a2e03707344, k.macSrc);
    dest = mix(0x13198a2e03707344, k.macDst);
    what = ((<u64>1) << 40) | k.etherType;
  }
  to.sender = mix(mix(0xa4093822299f31d0, k.macSrc), source);
  to.address = mix(0x082efa98ec4e6c89, source);
  to.channel = mix(mix(0x452821e638d01377, source), dest);
  to.reverse = mix(mix(0x452821e638d01377, dest), source);
  to.socket = mix(to.channel, what);
  to.lower = source < dest ? 1 : 0;
  to.pair = source < dest ? mix(to.channel, 1) : mix(to.reverse, 1);
}
