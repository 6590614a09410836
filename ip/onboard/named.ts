// REQ-DECODE-021
// Which tunnels are opened for what is acted upon: those that the policy names, by kind, port and between whom.
//
// Whoever wraps a packet says of the inner one what he likes, its source above all. So a tunnel that the policy does
// not name is judged by its outermost packet; what is inside is decoded and reported, no more. `any` (as weir replay
// has it without a policy) opens whatever proves to be one (proof.ts); of one that is named, malformed headers are
// anomalies, unless the datagram comes from a service's port: then it is an answer to whoever chose that port.
// Encapsulation below IP (VLAN, MPLS, PPPoE, MAC-in-MAC) is no tunnel here: only who is on this link sends that, and he
// can send the inner frame as well.
import { MAX_TUNNELS, NamedTunnel, TunnelKind } from "../../appliance/contract/onboard/config";
import { isInside, isNetwork } from "../../lib/onboard/networks";
import { Is, Packet, innermost } from "./packet";
import { proves } from "./proof";
import { SYSTEM } from "./ports";
import { Protocol } from "./generated/protocol";

const LIST: usize = memory.data(MAX_TUNNELS * offsetof<NamedTunnel>(), 8);
let count: u32 = 0;
let any: bool = true;

@inline function end(i: u32): NamedTunnel {
  return changetype<NamedTunnel>(LIST + <usize>i * offsetof<NamedTunnel>());
}

/** Copies the policy's list (NamedTunnel[]); false when it is malformed. */
export function nameTunnels(anyOne: bool, at: usize, length: u32): bool {
  any = anyOne;
  count = length / <u32>offsetof<NamedTunnel>();
  if (length % <u32>offsetof<NamedTunnel>() || count > MAX_TUNNELS) return false;
  if (length != 0) memory.copy(LIST, at, length);
  for (let i: u32 = 0; i < count; ++i) {
    const kind = <u32>end(i).kind;
    if (!isNetwork(end(i).version, end(i).bits) || kind == TunnelKind.NONE || kind > <u32>TunnelKind.L2TP) return false;
    if (kind >= <u32>TunnelKind.VXLAN != (end(i).port != 0)) return false;
  }
  return true;
}

/** What to go on with where an IP header announces `protocol`: NONE where that is a tunnel that is not to be opened. */
export function openIp(k: Packet, protocol: u32): u32 {
  if (any) return protocol;
  const kind = kindOf(protocol);
  if (kind == TunnelKind.NONE || isBetween(k, kind, 0)) return protocol;
  return unasked(k, protocol);
}

/**
 * The same of a datagram. `guess`: the tunnel that its ports are known for, or NONE. A source port alone is never
 * enough: of one that is named both ends are.
 */
export function openUdp(k: Packet, guess: u32): u32 {
  for (let i: u32 = 0; i < count; ++i) {
    const kind = <u32>end(i).kind,
      port = end(i).port;
    if (port == 0 || (port != k.destPort && !(port == k.sourcePort && answersFrom(kind)))) continue;
    if (!isBetween(k, kind, port)) continue;
    const tunnel = inUdp(kind, port);
    return <u32>k.sourcePort >= SYSTEM || proves(k, tunnel) ? tunnel : Protocol.NONE;
  }
  if (guess == Protocol.NONE || !proves(k, guess)) return Protocol.NONE;
  return any ? guess : unasked(k, guess);
}

/** Decoding for a report goes on; what is acted upon stops here, and is decoded once more for that. */
function unasked(k: Packet, protocol: u32): u32 {
  if (k.flags & Is.NAMED_ONLY) return Protocol.NONE;
  k.flags |= Is.UNASKED;
  return protocol;
}

function kindOf(protocol: u32): u32 {
  switch (protocol) {
    case Protocol.GRE:
      return TunnelKind.GRE;
    case Protocol.IP:
    case Protocol.IPV6:
      return TunnelKind.IP;
    case Protocol.ETH:
      return TunnelKind.ETHERNET;
    case Protocol.MPLS:
      return TunnelKind.MPLS;
    default:
      return TunnelKind.NONE;
  }
}

function answersFrom(kind: u32): bool {
  return kind == TunnelKind.TEREDO || kind == TunnelKind.GTP || kind == TunnelKind.L2TP;
}

function inUdp(kind: u32, port: u32): u32 {
  switch (kind) {
    case TunnelKind.VXLAN:
      return Protocol.VXLAN;
    case TunnelKind.VXLAN_GPE:
      return Protocol.VXLAN_GPE;
    case TunnelKind.GENEVE:
      return Protocol.GENEVE;
    case TunnelKind.TEREDO:
      return Protocol.TEREDO;
    case TunnelKind.GTP:
      return port == 2123 ? Protocol.GTP_CONTROL : port == 3386 ? Protocol.GTP_PRIME : Protocol.GTP;
    case TunnelKind.GRE_IN_UDP:
      return Protocol.GRE;
    case TunnelKind.L2TP:
      return Protocol.L2TP_UDP;
    default:
      return Protocol.MPLS;
  }
}

/** Whether source and destination of the packet that is being decoded are the ends of such a tunnel. */
function isBetween(k: Packet, kind: u32, port: u32): bool {
  const ip = innermost(k);
  for (let i: u32 = 0; i < count; ++i) {
    if (<u32>end(i).kind != kind || <u32>end(i).port != port || !isEnd(i, ip.version, ip.srcHi, ip.srcLo)) continue;
    for (let j: u32 = 0; j < count; ++j)
      if (end(j).group == end(i).group && isEnd(j, ip.version, ip.dstHi, ip.dstLo)) return true;
  }
  return false;
}

function isEnd(i: u32, version: u32, hi: u64, lo: u64): bool {
  const n = end(i);
  return isInside(n.version, n.bits, n.hi, n.lo, version, hi, lo);
}
