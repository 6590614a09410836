// Generated from ip/registry.ts by `npm run generate`: do not edit.
// The decoder of each protocol.
import { arp } from "../arp";
import { eTag, fabricPath, providerBackbone, vnTag } from "../bridging";
import { nflog, pktap, ppi, pppd } from "../capture-headers";
import { cooked, cooked2 } from "../cooked";
import { dccp } from "../dccp";
import { ethernet } from "../ethernet";
import { frameRelay } from "../frame-relay";
import { gre } from "../gre";
import { gtp } from "../gtp";
import { icmp } from "../icmp";
import { icmpv6 } from "../icmpv6";
import { igmp } from "../igmp";
import { ipv4 } from "../ipv4";
import { ipv6 } from "../ipv6";
import {
  authentication,
  destinationOptions,
  encapsulation,
  fragmentHeader,
  hopByHop,
  noNextHeader,
  otherExtension,
  routing,
} from "../ipv6-extensions";
import { l2tp } from "../l2tp";
import { llc } from "../llc";
import { loopback, raw } from "../loopback";
import { mpls, pseudowire } from "../mpls";
import { ppp } from "../ppp";
import { discovery, session } from "../pppoe";
import { sctp } from "../sctp";
import { ciscoMetadata, ciscoMetadataInGre, hsr, interSwitchLink } from "../tags";
import { tcp } from "../tcp";
import { erspan, geneve, nsh, teredo, vxlan, vxlanGpe } from "../tunnels";
import { udp, udplite } from "../udp";
import { vlan } from "../vlan";
import { radiotap, wlan } from "../wlan";
import { Packet } from "../packet";
import { Protocol } from "./protocol";

/** Decodes one layer; returns what follows it. */
export function layer(k: Packet, protocol: u32): u32 {
  switch (protocol) {
    case Protocol.IP:
      return ipv4(k);
    case Protocol.ETH:
      return ethernet(k);
    case Protocol.TCP:
      return tcp(k);
    case Protocol.UDP:
      return udp(k);
    case Protocol.IPV6:
      return ipv6(k);
    case Protocol.VLAN:
      return vlan(k);
    case Protocol.ARP:
      return arp(k);
    case Protocol.PBB:
      return providerBackbone(k);
    case Protocol.VNTAG:
      return vnTag(k);
    case Protocol.ETAG:
      return eTag(k);
    case Protocol.CFP:
      return fabricPath(k);
    case Protocol.LLC:
      return llc(k);
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
    case Protocol.SLL:
      return cooked(k);
    case Protocol.SLL2:
      return cooked2(k);
    case Protocol.NULL:
    case Protocol.LOOP:
      return loopback(k);
    case Protocol.RAW:
      return raw(k);
    case Protocol.HOPOPTS:
      return hopByHop(k);
    case Protocol.ROUTING:
      return routing(k);
    case Protocol.FRAGHDR:
      return fragmentHeader(k);
    case Protocol.DSTOPTS:
      return destinationOptions(k);
    case Protocol.AH:
      return authentication(k);
    case Protocol.ESP:
      return encapsulation(k);
    case Protocol.MIPV6:
    case Protocol.HIP:
    case Protocol.SHIM6:
      return otherExtension(k);
    case Protocol.NONEXT:
      return noNextHeader(k);
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
    case Protocol.GRE:
      return gre(k);
    case Protocol.ERSPAN:
      return erspan(k);
    case Protocol.ERSPAN_I:
      return Protocol.ETH;
    case Protocol.VXLAN:
      return vxlan(k);
    case Protocol.VXLAN_GPE:
      return vxlanGpe(k);
    case Protocol.GENEVE:
      return geneve(k);
    case Protocol.TEREDO:
      return teredo(k);
    case Protocol.GTP:
      return gtp(k);
    case Protocol.NSH:
      return nsh(k);
    case Protocol.L2TP_UDP:
      return l2tp(k);
    case Protocol.HSR:
      return hsr(k);
    case Protocol.CMD:
      return ciscoMetadata(k);
    case Protocol.CMD_GRE:
      return ciscoMetadataInGre(k);
    case Protocol.ISL:
      return interSwitchLink(k);
    case Protocol.WLAN:
      return wlan(k);
    case Protocol.RADIOTAP:
      return radiotap(k);
    case Protocol.PPI:
      return ppi(k);
    case Protocol.PKTAP:
      return pktap(k);
    case Protocol.NFLOG:
      return nflog(k);
    case Protocol.PPPD:
      return pppd(k);
    case Protocol.FRELAY:
      return frameRelay(k);
    default:
      return Protocol.NONE;
  }
}
