// Who talks to whom, about what: the keys that all IP detectors share, computed once for each packet.
//
// A conversation is (client, server, service). Hosts are addresses of the innermost IP packet or, without one, MAC
// addresses. The service is the server's port. Which side serves is the flow's to tell (ip/onboard/roles.ts), so that a
// connection picked up midstream has the same key. With equal ports (NTP, BACnet) neither: the
// pair counts as unordered. Ports from 49152 on are never assigned (RFC 6335 section 6) and count as one service.
// ICMP: the type (a reply counts as its request); errors belong to the conversation that caused them and are none by
// themselves.
// Anything else: the IP protocol, or the EtherType (0: IEEE 802.3 with LLC), unordered.
import { more, wide3 } from "../../../lib/onboard/keyed";
import { addressKey } from "../../../ip/onboard/address";
import { Flow } from "../../../ip/onboard/flow";
import { Is, Packet, innermost } from "../../../ip/onboard/packet";
import { Server, serverByPorts } from "../../../ip/onboard/roles";
import { SYN } from "../../../ip/onboard/tcp";

/** From here on ports are one service. */
export const DYNAMIC: u32 = 49152;

/**
 * The two ends of a packet, what they are to each other, and their records: what every detector of endpoints is given.
 */
@unmanaged
export class Endpoints {
  srcHi: u64;
  srcLo: u64;
  dstHi: u64;
  dstLo: u64;
  src: u64; // hash of the source, never 0
  dst: u64;
  srcCheck: u64; // second hash
  dstCheck: u64;
  key: u64; // hash of the conversation; 0 = this packet belongs to none
  check: u64;
  version: u8; // 4 or 6; 0 = MAC addresses
  protocol: u8; // IP protocol; 0 with MAC addresses
  toServer: u8; // 1 = the source is the client. Unordered: the source has the smaller address
  unordered: u8;
  group: u8; // 1 = sent to a multicast or broadcast address
  sure: u8; // 1 = a SYN told which side serves
  service: u16;
  other: u16; // service if the other side served; 0 = there is no doubt
  pad: u16;
  source: usize; // Host (hosts.ts)
  target: usize; // Host
  conversation: usize; // Conversation (conversations.ts), 0 = none
  flow: usize; // Flow, 0 = none
  frame: usize; // the frame's first byte, as many as the packet's `captured`
  second: u32; // of the packet's time
}

const ENDPOINTS: usize = memory.data(offsetof<Endpoints>(), 8);

@inline export function endpoints(): Endpoints {
  return changetype<Endpoints>(ENDPOINTS);
}

/** Key of a conversation from the keys of its hosts; unordered: in the order of their addresses. */
@inline export function conversationKey(client: u64, server: u64, protocol: u32, service: u32): u64 {
  return wide3(client, server, ((<u64>service) << 8) | protocol);
}
@inline export function conversationCheck(client: u64, server: u64, protocol: u32, service: u32): u64 {
  wide3(client, server, ((<u64>service) << 8) | protocol);
  return more;
}

@inline function dynamic(port: u32): u32 {
  return port < DYNAMIC ? port : DYNAMIC;
}

/**
 * Whether an address is one of the Internet's: not private, link-local, loopback, shared, multicast or for benchmarks.
 */
export function external(version: u32, hi: u64, lo: u64): bool {
  if (version == 4) {
    const a = <u32>lo;
    const b = a >> 24;
    if (b == 0 || b == 10 || b == 127 || b >= 224) return false;
    // 169.254/16, 172.16/12, 192.168/16, 100.64/10, 198.18/15 (IANA's special-purpose registry)
    return a >> 16 != 0xa9fe && a >> 20 != 0xac1 && a >> 16 != 0xc0a8 && a >> 22 != 0x191 && a >> 17 != 0x6309;
  }
  return version == 6 && hi >> 61 == 1; // 2000::/3
}

/** Fills in endpoints() but for the records; false when the frame has neither an IP nor a MAC address. */
export function identify(k: Packet, flow: usize): bool {
  const e = endpoints();
  e.other = 0;
  e.sure = 0;
  e.key = 0;
  if (k.ips == 0) {
    if ((k.macSrc | k.macDst) == 0) return false;
    ends(e, 0, 0, k.macSrc, 0, k.macDst);
    e.protocol = 0;
    e.group = k.flags & Is.MULTICAST ? 1 : 0;
    symmetric(e, <u32>k.etherType);
    return true;
  }
  const ip = innermost(k);
  const version = <u32>ip.version;
  ends(e, version, ip.srcHi, ip.srcLo, ip.dstHi, ip.dstLo);
  const protocol = <u32>k.protocol;
  e.protocol = <u8>protocol;
  e.group = k.flags & Is.MULTICAST || (version == 4 ? (<u32>ip.dstLo) >> 28 >= 14 : ip.dstHi >> 56 == 255) ? 1 : 0;
  if (k.flags & Is.LATER) return true;
  if (k.flags & Is.PORTS) ported(e, k, flow);
  else if (protocol == 1) echo(e, k, 8, 0, k.quoted || k.icmpType == 3 || k.icmpType == 11);
  else if (protocol == 58) echo(e, k, 128, 129, k.icmpType < 128);
  else symmetric(e, 0);
  return true;
}

function ends(e: Endpoints, version: u32, srcHi: u64, srcLo: u64, dstHi: u64, dstLo: u64): void {
  e.version = <u8>version;
  e.srcHi = srcHi;
  e.srcLo = srcLo;
  e.dstHi = dstHi;
  e.dstLo = dstLo;
  e.src = addressKey(version, srcHi, srcLo);
  e.srcCheck = more;
  e.dst = addressKey(version, dstHi, dstLo);
  e.dstCheck = more;
}

function ported(e: Endpoints, k: Packet, flow: usize): void {
  const s = <u32>k.sourcePort,
    d = <u32>k.destPort;
  let toServer = serverByPorts(s, d) != Server.SOURCE;
  if (flow != 0) {
    const f = changetype<Flow>(flow);
    toServer = f.toClient == 0;
    e.sure = k.protocol == 6 && (<u32>(f.flagsToServer | f.flagsToClient)) & SYN ? 1 : 0;
  }
  if (s == d && !e.sure) {
    symmetric(e, dynamic(d));
    return;
  }
  if (toServer) {
    directed(e, dynamic(d), true);
    e.other = <u16>dynamic(s);
  } else {
    directed(e, dynamic(s), false);
    e.other = <u16>dynamic(d);
  }
}

function echo(e: Endpoints, k: Packet, request: u32, reply: u32, error: bool): void {
  const type = <u32>k.icmpType;
  if (error) return;
  if (type == request) directed(e, request, true);
  else if (type == reply) directed(e, request, false);
  else symmetric(e, type);
}

function directed(e: Endpoints, service: u32, toServer: bool): void {
  const client = toServer ? e.src : e.dst,
    server = toServer ? e.dst : e.src;
  e.toServer = toServer ? 1 : 0;
  e.unordered = 0;
  name(e, client, server, service);
}

function symmetric(e: Endpoints, service: u32): void {
  const first = e.srcHi < e.dstHi || (e.srcHi == e.dstHi && e.srcLo <= e.dstLo);
  e.toServer = first ? 1 : 0;
  e.unordered = 1;
  name(e, first ? e.src : e.dst, first ? e.dst : e.src, service);
}

function name(e: Endpoints, client: u64, server: u64, service: u32): void {
  e.service = <u16>service;
  e.key = conversationKey(client, server, <u32>e.protocol, service);
  e.check = conversationCheck(client, server, <u32>e.protocol, service);
}
