// REQ-DETECT-017
// What a packet says of a first contact: an attempt, its answer, or an error that quotes it.
//
// An attempt is what begins a flow towards a server (roles.ts): a SYN, a segment of which no connection is known, a
// datagram, an INIT of SCTP, a request of ICMP, a packet of another IP protocol. What looks like an answer while no
// question was seen is faint: its refusal says little, its silence nothing.
import { be32 } from "../../../lib/onboard/bytes";
import { Flow, wasBegun, wasIgnored } from "../../../ip/onboard/flow";
import { Ip, Is, Packet, innermost, quotation } from "../../../ip/onboard/packet";
import { SYSTEM } from "../../../ip/onboard/ports";
import { Server, serverByPorts } from "../../../ip/onboard/roles";
import { ACK, RST, SYN } from "../../../ip/onboard/tcp";
import { addressKey } from "../../../ip/onboard/address";
import { Endpoints } from "../../ip/onboard/endpoints";
import { Host, bearerOf, isContested } from "../../ip/onboard/hosts";
import { Says, saysOf } from "./errors";
import { Kind, kindOfFlags } from "./kinds";
import { isWanted } from "./scanners";
import * as scan from "./scan";
import { HEARSAY, MIXED } from "./sources";

// Apart from what is seen: what is made up takes no contact away from it
const HEARD: u64 = 0x5be0cd19137e2178;
const STREAM: u32 = 4; // datagrams without an answer that make one
// Chunks of SCTP, RFC 9260 section 3.2
const INIT: u32 = 1;
const ABORT: u32 = 6;
const COOKIE_ECHO: u32 = 10;

const contact: scan.Contact = changetype<scan.Contact>(memory.data(offsetof<scan.Contact>(), 8));

/** Returns a source to be announced, or 0. */
export function contactOf(k: Packet, e: Endpoints): usize {
  if (k.flags & Is.LATER) return 0;
  const protocol = <u32>k.protocol;
  if (protocol == 6 && k.tcpHeader != 0) return segment(k, e);
  if (k.flags & Is.PORTS) return protocol == 17 || protocol == 132 ? datagram(k, e, protocol) : 0;
  if (protocol == 1 || protocol == 58) return k.quoted ? quoted(k, e) : message(k, e, protocol);
  return packet(k, e, protocol);
}

function segment(k: Packet, e: Endpoints): usize {
  const flags = (<u32>k.tcpFlags) & (SYN | ACK | RST);
  if (wasIgnored()) return 0; // whoever sends it means the observer
  if (flags == SYN) return tries(k, e, Kind.SYN, k.destPort, false);
  if (flags & RST) {
    const backward = scan.contactKey(e.dst, e.src, k.sourcePort, 6);
    return scan.reset(backward, k.seq, k.ack, (flags & ACK) != 0, k.time);
  }
  if (flags == (SYN | ACK)) scan.accepted(scan.contactKey(e.dst, e.src, k.sourcePort, 6), e.dst, e.src, k.ack);
  if (e.flow == 0) return 0;
  const f = changetype<Flow>(e.flow);
  if (isFirst(f)) {
    const kind = kindOfFlags(k.tcpFlags);
    if (k.payloadClaimed != 0 && kind != Kind.FIN && kind != Kind.NULL && kind != Kind.XMAS) return 0; // not the first
    return tries(k, e, kind, k.destPort, serverByPorts(k.sourcePort, k.destPort) == Server.SOURCE);
  }
  if (isFirstAnswer(f)) scan.success(scan.contactKey(e.dst, e.src, k.sourcePort, 6), e.dst, e.src);
  return 0;
}

/** UDP and SCTP. */
function datagram(k: Packet, e: Endpoints, protocol: u32): usize {
  if (e.flow == 0 || e.group) return 0;
  const f = changetype<Flow>(e.flow);
  const kind: u32 = protocol == 17 ? Kind.UDP : Kind.SCTP;
  const chunk = kind == Kind.SCTP ? firstChunk(k, e) : 0;
  if (isFirst(f)) {
    if (kind == Kind.SCTP && chunk != INIT && chunk != COOKIE_ECHO) return 0;
    return tries(k, e, kind, k.destPort, f.toClient != 0);
  }
  if (!f.toClient && f.packetsToClient == 0 && f.packetsToServer == STREAM)
    scan.streams(scan.contactKey(e.src, e.dst, k.destPort, protocol));
  if (!isFirstAnswer(f)) return 0;
  const backward = scan.contactKey(e.dst, e.src, k.sourcePort, protocol);
  if (kind == Kind.SCTP && chunk == ABORT) return scan.failure(backward, k.time);
  scan.success(backward, e.dst, e.src);
  return 0;
}

/** The type of the chunk behind the common header; 255 where there is none. */
function firstChunk(k: Packet, e: Endpoints): u32 {
  const at = innermost(k).payloadOffset + 12;
  return at < k.captured ? <u32>load<u8>(e.frame + at) : 255;
}

/** ICMP that is no error. */
function message(k: Packet, e: Endpoints, protocol: u32): usize {
  if (e.group) return 0;
  const type = <u32>k.icmpType;
  if (protocol == 1 ? type == 8 || type == 13 || type == 15 || type == 17 : type == 128 || type == 139)
    return tries(k, e, Kind.ICMP, 0, false);
  if (protocol == 1 ? type == 0 || type == 14 || type == 16 || type == 18 : type == 129 || type == 140)
    scan.success(scan.contactKey(e.dst, e.src, 0, protocol), e.dst, e.src);
  return 0;
}

/** Of another IP protocol, or too short for the one it says. */
function packet(k: Packet, e: Endpoints, protocol: u32): usize {
  if (e.flow == 0 || e.group || protocol == 2) return 0;
  const f = changetype<Flow>(e.flow);
  if (isFirst(f)) return tries(k, e, Kind.PROTOCOL, protocol, false);
  if (isFirstAnswer(f)) scan.success(scan.contactKey(e.dst, e.src, protocol, protocol), e.dst, e.src);
  return 0;
}

@inline function isFirst(f: Flow): bool {
  return f.packetsToServer + f.packetsToClient == 1;
}

/** The packet at hand is the first in its direction, and others came before it in the other. */
@inline function isFirstAnswer(f: Flow): bool {
  return (f.toClient ? f.packetsToClient : f.packetsToServer) == 1 && f.packetsToServer + f.packetsToClient > 1;
}

function tries(k: Packet, e: Endpoints, kind: u32, port: u32, isFaint: bool): usize {
  if ((e.srcHi | e.srcLo) == 0 || isWanted(e.version, e.srcHi, e.srcLo)) return 0; // without an address yet, or ours
  const c = contact;
  c.version = e.version;
  c.kind = kind;
  c.hi = e.srcHi;
  c.lo = e.srcLo;
  c.toHi = e.dstHi;
  c.toLo = e.dstLo;
  // a lone SYN-ACK may be the answer to what somebody else forged
  c.mac = kind == Kind.SYN_ACK ? MIXED : k.macSrc;
  c.port = port;
  c.isFaint = isFaint ? 1 : 0;
  c.hearsay = 0;
  c.sequence = k.seq;
  c.acknowledgment = k.ack;
  c.data = k.payloadClaimed;
  return scan.attempt(scan.contactKey(e.src, e.dst, port, k.protocol), c, k.time);
}

/** What kind of contact an error quotes. */
function kindOf(q: Ip): u32 {
  switch (q.protocol) {
    case 6:
      return Kind.SYN; // or another of TCP: errors say the same of all
    case 17:
      return Kind.UDP;
    case 132:
      return Kind.SCTP;
    case 1:
    case 58:
      return Kind.ICMP;
    default:
      return Kind.PROTOCOL;
  }
}

/**
 * ICMP says that what it quotes did not get where it should. Whoever sent the error could quote anything: of a TCP
 * segment he must know the number, and tell its sender (RFC 5927 section 4.1); of a datagram that was not seen it is
 * hearsay, as it is when it goes to somebody else. An attempt that was seen was noted then.
 */
function quoted(k: Packet, e: Endpoints): usize {
  const q = quotation(k),
    kind = kindOf(q);
  const says = saysOf(k.protocol == 1 ? 4 : 6, k.icmpType, k.icmpCode, kind);
  if (says == Says.NOTHING) return 0;
  const isPorted = kind == Kind.SYN || kind == Kind.UDP || kind == Kind.SCTP;
  const source = addressKey(q.version, q.srcHi, q.srcLo),
    target = addressKey(q.version, q.dstHi, q.dstLo);
  let key = scan.contactKey(
    source,
    target,
    isPorted ? k.quotedDest : kind == Kind.ICMP ? 0 : <u32>q.protocol,
    q.protocol,
  );
  const concerned = q.srcHi == e.dstHi && q.srcLo == e.dstLo && q.version == e.version;
  if (kind == Kind.SYN && !(concerned && scan.isOf(key, quotedNumber(k, e, q)))) return 0;
  if (says == Says.PATH) return scan.strayed(key, k.time);
  if (kind == Kind.UDP && !(concerned && wasBegun(q, k.quotedSource, k.quotedDest, k, scan.TIMEOUT))) {
    // what answers from a service was asked for: that it came too late says nothing of who sent it
    if (<u32>k.quotedSource < SYSTEM && <u32>k.quotedDest >= SYSTEM) return 0;
    key ^= HEARD; // what is made up takes no contact away from what is seen
    const due = heard(k, e, q, key);
    if (due) return due;
  }
  return scan.failure(key, k.time);
}

/** The sequence number of the TCP segment that is quoted, of which 8 bytes must be (RFC 792); 0 where they are not. */
function quotedNumber(k: Packet, e: Endpoints, q: Ip): u32 {
  const at = q.payloadOffset + 4;
  return q.fragmentOffset == 0 && at + 4 <= k.captured ? be32(e.frame + at) : 0;
}

function heard(k: Packet, e: Endpoints, q: Ip, key: u64): usize {
  if (isWanted(q.version, q.srcHi, q.srcLo)) return 0;
  const sender = changetype<Host>(e.target),
    c = contact;
  memory.fill(changetype<usize>(c), 0, offsetof<scan.Contact>());
  c.version = q.version;
  c.kind = Kind.UDP;
  c.hi = q.srcHi;
  c.lo = q.srcLo;
  c.toHi = q.dstHi;
  c.toLo = q.dstLo;
  c.mac = isContested(sender) ? MIXED : bearerOf(sender);
  c.port = k.quotedDest;
  c.hearsay = HEARSAY;
  return scan.attempt(key, c, k.time);
}
