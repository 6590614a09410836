// Whom a frame belongs to, as hashes: the four scopes of Kitsune (Mirsky et al., NDSS 2018, section IV.B), for every
// frame. Where there is no IP packet (ARP, GOOSE, PTP), MAC addresses and the EtherType stand in.
import { keyed } from "../../../lib/onboard/keyed";
import { addressKey } from "../../../ip/onboard/address";
import { Packet, innermost } from "../../../ip/onboard/packet";

@unmanaged
export class Keys {
  sender: u64; // MAC and IP address of the source
  address: u64; // of the source
  channel: u64; // source -> destination
  reverse: u64; // destination -> source
  socket: u64; // channel, protocol, ports
  pair: u64; // both directions of the channel alike
  lower: u32; // 1 when the source has the smaller address, so that both directions can be told apart
  pad: u32;
}

export function keys(k: Packet, to: Keys): void {
  let source: u64 = 0,
    dest: u64 = 0,
    what: u64 = 0;
  if (k.ips != 0) {
    const ip = innermost(k);
    source = addressKey(ip.version, ip.srcHi, ip.srcLo);
    dest = addressKey(ip.version, ip.dstHi, ip.dstLo);
    to.lower = ip.srcHi < ip.dstHi || (ip.srcHi == ip.dstHi && ip.srcLo < ip.dstLo) ? 1 : 0;
    what = ((<u64>k.protocol) << 32) | ((<u64>k.sourcePort) << 16) | k.destPort;
  } else {
    source = addressKey(0, 0, k.macSrc);
    dest = addressKey(0, 0, k.macDst);
    to.lower = k.macSrc < k.macDst ? 1 : 0;
    what = ((<u64>1) << 40) | k.etherType;
  }
  to.sender = keyed(source, k.macSrc);
  to.address = source;
  to.channel = keyed(source, dest);
  to.reverse = keyed(dest, source);
  to.socket = keyed(to.channel, what);
  to.pair = to.channel ^ to.reverse; // the same whichever way the frame goes
}
