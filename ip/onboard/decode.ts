// REQ-DECODE-001
// A frame into a Packet.
//
// Each protocol has a function that reads its header at k.at, moves k.at behind it and says which protocol follows. The
// loop here calls them one after another, so there is no recursion however deep the tunnels: at most LAYERS rounds.
// Two ends are kept: k.end of the bytes at hand, k.wire of the bytes the frame had. A header that the frame had no
// room for is an anomaly; one that only the capture cut off is not (Is.CUT).
//
// Untrusted: every byte in [p, p + captured). None beyond is ever read.
import { Anomaly } from "./anomaly";
import { arp } from "./arp";
import { eTag, fabricPath, providerBackbone, vnTag } from "./bridging";
import { cooked, cooked2 } from "./cooked";
import { dccp } from "./dccp";
import { ethernet } from "./ethernet";
import { gre } from "./gre";
import { gtp } from "./gtp";
import { icmp } from "./icmp";
import { icmpv6 } from "./icmpv6";
import { igmp } from "./igmp";
import { ipv4 } from "./ipv4";
import { ipv6 } from "./ipv6";
import {
  authentication,
  destinationOptions,
  encapsulation,
  fragmentHeader,
  hopByHop,
  noNextHeader,
  otherExtension,
  routing,
} from "./ipv6-extensions";
import { llc } from "./llc";
import { loopback, raw } from "./loopback";
import { mpls, pseudowire } from "./mpls";
import { Is, Packet, clear, note, push } from "./packet";
import { ppp } from "./ppp";
import { discovery, session } from "./pppoe";
import { Protocol } from "./protocols";
import { sctp } from "./sctp";
import { tcp } from "./tcp";
import { erspan, geneve, nsh, teredo, vxlan, vxlanGpe } from "./tunnels";
import { udp, udplite } from "./udp";
import { vlan } from "./vlan";

/** Options of decode(). */
export const enum Option {
  NONE = 0,
  NO_CHECKSUMS = 1, // verify none (`-k none`): captures of the sending host have checksums its network card would fill in
}

/**
 * Decodes the `captured` bytes at p of a frame that had `original` bytes, link type `link` (a LINKTYPE_ number).
 * Fills k but for its time and number. Never traps; what is malformed is in k.anomalies.
 */
export function decode(p: usize, captured: u32, original: u32, link: u32, options: u32, k: Packet): void {
  clear(k);
  k.captured = captured;
  k.original = original;
  k.link = <u16>link;
  if (options & Option.NO_CHECKSUMS) k.flags = Is.NO_CHECKSUMS;
  if (original > captured) k.flags |= Is.SNAPPED;
  k.base = p;
  k.at = p;
  k.end = p + captured;
  // a frame is never so long in earnest; the bound keeps k.wire from running around
  k.wire = p + min<u32>(max<u32>(captured, original), 0x1000000);
  let protocol = fromLink(link);
  if (protocol == Protocol.NONE) note(k, Anomaly.UNKNOWN_LINKTYPE);
  while (protocol != Protocol.NONE) {
    if (!push(k, protocol)) {
      note(k, Anomaly.TOO_MANY_LAYERS);
      break;
    }
    protocol = layer(k, protocol);
  }
  k.payloadOffset = min<u32>(<u32>(k.at - p), captured);
  k.payloadLength = k.end > k.at ? <u32>(k.end - k.at) : 0;
  k.payloadClaimed = k.wire > k.at ? <u32>(k.wire - k.at) : 0;
}

/** The first protocol by LINKTYPE_ number (tcpdump.org/linktypes.html). */
function fromLink(link: u32): u32 {
  switch (link) {
    case 1:
      return Protocol.ETH;
    case 0:
      return Protocol.NULL;
    case 108:
      return Protocol.LOOP;
    case 12:
    case 14:
    case 101:
      return Protocol.RAW;
    case 228:
      return Protocol.IP;
    case 229:
      return Protocol.IPV6;
    case 113:
      return Protocol.SLL;
    case 276:
      return Protocol.SLL2;
    case 9:
    case 50:
      return Protocol.PPP;
    case 51:
      return Protocol.PPPOES;
    default:
      return Protocol.NONE;
  }
}

/** Decodes one layer; returns what follows it. */
function layer(k: Packet, protocol: u32): u32 {
  switch (protocol) {
    case Protocol.ETH:
      return ethernet(k);
    case Protocol.IP:
      return ipv4(k);
    case Protocol.TCP:
      return tcp(k);
    case Protocol.UDP:
      return udp(k);
    case Protocol.VLAN:
      return vlan(k);
    case Protocol.IPV6:
      return ipv6(k);
    case Protocol.ARP:
      return arp(k);
    case Protocol.SLL:
      return cooked(k);
    case Protocol.SLL2:
      return cooked2(k);
    case Protocol.NULL:
    case Protocol.LOOP:
      return loopback(k);
    case Protocol.RAW:
      return raw(k);
    case Protocol.LLC:
      return llc(k);
    case Protocol.HOPOPTS:
      return hopByHop(k);
    case Protocol.ROUTING:
      return routing(k);
    case Protocol.FRAGHDR:
      return fragmentHeader(k);
    case Protocol.DSTOPTS:
      return destinationOptions(k);
    case Protocol.MIPV6:
    case Protocol.HIP:
    case Protocol.SHIM6:
      return otherExtension(k);
    case Protocol.NONEXT:
      return noNextHeader(k);
    case Protocol.AH:
      return authentication(k);
    case Protocol.ESP:
      return encapsulation(k);
    case Protocol.UDPLITE:
      return udplite(k);
    case Protocol.ICMP:
      return icmp(k);
    case Protocol.ICMPV6:
      return icmpv6(k);
    case Protocol.IGMP:
      return igmp(k);
    case Protocol.SCTP:
      return sctp(k);
    case Protocol.DCCP:
      return dccp(k);
    case Protocol.PBB:
      return providerBackbone(k);
    case Protocol.VNTAG:
      return vnTag(k);
    case Protocol.ETAG:
      return eTag(k);
    case Protocol.CFP:
      return fabricPath(k);
    case Protocol.MPLS:
      return mpls(k);
    case Protocol.PW:
      return pseudowire(k);
    case Protocol.PPPOED:
      return discovery(k);
    case Protocol.PPPOES:
      return session(k);
    case Protocol.PPP:
      return ppp(k);
    case Protocol.GRE:
      return gre(k);
    case Protocol.ERSPAN:
      return erspan(k);
    case Protocol.ERSPAN_I:
      return Protocol.ETH;
    case Protocol.VXLAN_GPE:
      return vxlanGpe(k);
    case Protocol.VXLAN:
      return vxlan(k);
    case Protocol.GENEVE:
      return geneve(k);
    case Protocol.GTP:
      return gtp(k);
    case Protocol.TEREDO:
      return teredo(k);
    case Protocol.NSH:
      return nsh(k);
    default:
      return Protocol.NONE;
  }
}
