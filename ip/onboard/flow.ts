// REQ-DECODE-007, REQ-DECODE-008
// Flows: what two endpoints said to each other, both directions in one entry.
//
// Key: addresses of the innermost IP packet, its protocol, its ports, and the two outermost VLANs, unless the
// policy joins them. Which end is the server: roles.ts; where a first SYN or SYN-ACK of a known flow says otherwise,
// the ends change places. Later fragments have no ports and belong to no flow; nor does what is not IP.
//
//   table   buckets of 8 entries (104 bytes) with 8 tags (u32 of the hash; 0 = free) beside them in one cache line
//   lists   one for each timeout, every flow in one of them, the flow seen longest ago in front
//
// Eviction: a new flow in a full bucket forces out the one of that bucket that has had fewest packets, by their number
// of binary digits, of equal ones the one seen longest ago; evicted() has it then. So a sweep forces out what it
// brought in itself; a flow in use goes when all of its bucket have as many packets, which costs as many for each.
// Timeouts, on the time of records: new TCP 60 s, established 600 s, closed 10 s; anything else 30 s until answered,
// then 300 s (Suricata's defaults, but for closed TCP: there 0). When time goes backwards nothing times out until it is
// back; a flow that is dated further ahead than its timeout holds up no others. A packet that comes later than its
// flow's timeout starts another flow, as does a SYN on a closed connection, unless it is that connection's own, stored
// late; the old one is evicted() then.
//
// A segment that its receiver ignores is counted, and changes nothing: tcp-window.ts.
import { mix } from "../../lib/onboard/bytes";
import { wide3 } from "../../lib/onboard/keyed";
import { addressKey } from "./address";
import { FLOWS } from "./capacity";
import { Ip, Is, Packet, innermost } from "./packet";
import { Server, serverOf } from "./roles";
import { learnService } from "./services";
import { ACK, FIN, SYN } from "./tcp";
import { TcpState, nextState } from "./tcp-state";
import { isIgnored as isUntaken, noteSent, otherWay } from "./tcp-window";

export const enum FlowState {
  NEW = 0,
  ESTABLISHED = 1,
  CLOSED = 2,
}
export const enum FlowReason {
  NONE = 0,
  TIMEOUT = 1,
  FORCED = 2,
  SHUTDOWN = 3,
  TCP_REUSE = 4,
}

@unmanaged
export class Flow {
  srcHi: u64;
  srcLo: u64; // client
  dstHi: u64;
  dstLo: u64; // server
  start: u64; // ns: first and last packet
  last: u64;
  bytesToServer: u64; // frames as they were on the wire
  bytesToClient: u64;
  packetsToServer: u32;
  packetsToClient: u32;
  srcPort: u16;
  destPort: u16;
  vlans: u32; // two outermost identifiers, the outermost low; 0 = none. HEARSAY may be set
  protocol: u8; // IP protocol number
  version: u8; // 4 or 6
  state: u8; // FlowState
  tcpState: u8; // TcpState
  flagsToServer: u8; // TCP flags seen
  flagsToClient: u8;
  icmpType: u8; // of the first packet; of TCP, with nextToServer: tcp-window.ts
  icmpCode: u8; // with nextToClient
  newer: u16; // neighbours in its list, 1 + index
  older: u16;
  list: u8;
  reason: u8; // FlowReason, when it is over
  marks: u8; // Mark
  toClient: u8; // direction of the last packet
  nextToServer: u32; // TCP: number behind the last byte of each direction
  nextToClient: u32;
}

/** Flow.marks */
export const enum Mark {
  ALERTED = 1, // set by whoever raised an alert on it
  REVERSED = 2, // the ends have changed places: its identifier is that of before
} // and Seen of each direction: tcp-window.ts

const SIZE: usize = offsetof<Flow>();
const WAYS: u32 = 8;
const LISTS: u32 = 5;
const SECOND: u64 = 1000000000;
const LATE: u64 = 30 * SECOND; // what is stored out of order is by less than that
const TURNS: u32 = 4; // flows of a list that are put behind the others, for one record
const table: usize = memory.data(FLOWS * offsetof<Flow>(), 8);
const tags: usize = memory.data(FLOWS * 4, 64);
const heads: usize = memory.data(8 * 4, 8); // for each list {u16 oldest, u16 newest}, 1 + index
const gone: usize = memory.data(offsetof<Flow>(), 8); // copy of the flow that was forced out or has timed out

let open: u32 = 0;
let forced: u64 = 0;
let present: bool = false;
let ignored: bool = false; // the last packet, by its receiver
let isByVlan: bool = true; // VLANs tell flows apart

/** @param isJoined the two directions of a conversation may be in different VLANs (asymmetric routing) */
export function joinVlans(isJoined: bool): void {
  isByVlan = !isJoined;
}

/** Its place in the table, from 1 on; 0 = no flow. Unlike its address the same in every module. */
@inline export function placeOf(flow: usize): u32 {
  return flow == 0 ? 0 : 1 + <u32>((flow - table) / SIZE);
}

/** Flows in the table, and how many were forced out of it. */
export function openFlows(): u32 {
  return open;
}
export function forcedFlows(): u64 {
  return forced;
}

/** The flow that the last update() forced out or replaced (a copy, valid until the next call), or 0. */
export function evicted(): usize {
  return present ? gone : 0;
}

/** Whether the receiver of the packet that update() counted last does not take it. */
export function wasIgnored(): bool {
  return ignored;
}

/** The same whichever way the packet goes. */
@inline function flowKey(ip: Ip, protocol: u32, sourcePort: u32, destPort: u32, vlans: u32): u64 {
  const source = addressKey(ip.version, ip.srcHi, ip.srcLo) ^ (((<u64>sourcePort) << 8) | protocol);
  const dest = addressKey(ip.version, ip.dstHi, ip.dstLo) ^ (((<u64>destPort) << 8) | protocol);
  return wide3(min<u64>(source, dest), max<u64>(source, dest), vlans);
}
@inline function bucketOf(h: u64): u32 {
  return ((<u32>(h >> 1)) & (FLOWS / WAYS - 1)) * WAYS; // the lowest bit is always set
}

/** In place of 0: of what is reported only (../../appliance/compartments/inspect/onboard/traffic.ts). */
export const HEARSAY: u32 = 0x80000000;

/** The two outermost VLANs as a flow has them, and a mark. */
@inline function vlansOf(k: Packet, mark: u32): u32 {
  return load<u32>(changetype<usize>(k), offsetof<Packet>("vlan0")) | mark;
}
/** What of them is in its key. */
@inline function keyed(vlans: u32): u32 {
  return isByVlan ? vlans : vlans & HEARSAY;
}

/**
 * Counts the packet; returns its flow, or 0 when it belongs to none. evicted() may have another one afterwards. `mark`:
 * flows with another mark are others.
 */
export function update(k: Packet, mark: u32 = 0): usize {
  present = false;
  ignored = false;
  if (k.ips == 0 || k.flags & Is.LATER) return 0;
  const ip = innermost(k);
  const vlans = vlansOf(k, mark);
  const sourcePort = <u32>k.sourcePort,
    destPort = <u32>k.destPort,
    protocol = <u32>k.protocol;
  const h = flowKey(ip, protocol, sourcePort, destPort, keyed(vlans));
  const bucket = bucketOf(h);
  const tag = (<u32>(h >> 32)) | 1;
  const base = tags + ((<usize>bucket) << 2);
  for (let i: u32 = 0; i < WAYS; ++i) {
    if (load<u32>(base + ((<usize>i) << 2)) != tag) continue;
    const f = changetype<Flow>(table + <usize>(bucket + i) * SIZE);
    if (<u32>f.protocol != protocol || keyed(f.vlans) != keyed(vlans) || f.version != ip.version) continue;
    let toServer = true;
    if (
      f.srcLo == ip.srcLo &&
      f.dstLo == ip.dstLo &&
      f.srcHi == ip.srcHi &&
      f.dstHi == ip.dstHi &&
      <u32>f.srcPort == sourcePort &&
      <u32>f.destPort == destPort
    )
      toServer = true;
    else if (
      f.srcLo == ip.dstLo &&
      f.dstLo == ip.srcLo &&
      f.srcHi == ip.dstHi &&
      f.dstHi == ip.srcHi &&
      <u32>f.srcPort == destPort &&
      <u32>f.destPort == sourcePort
    )
      toServer = false;
    else continue;
    const reason = overBy(f, k, toServer);
    if (reason != FlowReason.NONE) {
      leave(f, reason);
      present = true;
      return begin(k, bucket + i, tag, vlans);
    }
    if (protocol == 6 && k.tcpFlags & SYN && isOtherWay(f, k, toServer)) {
      reverse(f);
      toServer = !toServer;
    }
    count(f, k, toServer);
    moveToEnd(f, bucket + i);
    return changetype<usize>(f);
  }
  return begin(k, place(bucket), tag, vlans);
}

/** Why the flow is over at a packet that has its key; NONE: the packet is one of it. */
function overBy(f: Flow, k: Packet, toServer: bool): FlowReason {
  if (k.time > f.last && k.time - f.last > timeout(f.list)) return FlowReason.TIMEOUT;
  if (f.protocol != 6 || f.state != FlowState.CLOSED || (k.tcpFlags & (SYN | ACK)) != SYN) return FlowReason.NONE;
  if (isIgnored(f, k, toServer)) return FlowReason.NONE;
  return !hasClientSyn(f) && k.time <= f.last && f.last - k.time < LATE ? FlowReason.NONE : FlowReason.TCP_REUSE;
}

/** Whether the SYN of the client was seen. */
@inline function hasClientSyn(f: Flow): bool {
  return ((<u32>f.flagsToServer) & SYN) != 0;
}

/** A first SYN, or SYN-ACK, shows that the server is at the other end than was taken for it. */
function isOtherWay(f: Flow, k: Packet, toServer: bool): bool {
  if ((<u32>(f.flagsToServer | f.flagsToClient)) & SYN || isIgnored(f, k, toServer)) return false;
  return ((k.tcpFlags & ACK) != 0) == toServer;
}

function reverse(f: Flow): void {
  const hi = f.srcHi,
    lo = f.srcLo,
    port = f.srcPort,
    bytes = f.bytesToServer,
    packets = f.packetsToServer,
    flags = f.flagsToServer;
  f.srcHi = f.dstHi;
  f.srcLo = f.dstLo;
  f.srcPort = f.destPort;
  f.bytesToServer = f.bytesToClient;
  f.packetsToServer = f.packetsToClient;
  f.flagsToServer = f.flagsToClient;
  f.dstHi = hi;
  f.dstLo = lo;
  f.destPort = port;
  f.bytesToClient = bytes;
  f.packetsToClient = packets;
  f.flagsToClient = flags;
  const next = f.nextToServer,
    opened = f.icmpType;
  f.nextToServer = f.nextToClient;
  f.nextToClient = next;
  f.icmpType = f.icmpCode;
  f.icmpCode = opened;
  f.marks = <u8>(((<u32>f.marks) & Mark.ALERTED) | Mark.REVERSED | otherWay(f.marks));
}

/** Whether the segment's receiver does not take it. */
function isIgnored(f: Flow, k: Packet, toServer: bool): bool {
  return k.tcpHeader != 0 && isUntaken(k, f.marks, numbersOf(f), opensOf(f), toServer ? 0 : 1);
}
@inline function numbersOf(f: Flow): usize {
  return changetype<usize>(f) + offsetof<Flow>("nextToServer");
}
@inline function opensOf(f: Flow): usize {
  return changetype<usize>(f) + offsetof<Flow>("icmpType");
}

/**
 * Whether a packet with this header and these ports was seen on the VLANs of `k`, within the last `span` ns for the
 * first time, and nothing came back; nothing changes.
 */
export function wasBegun(ip: Ip, sourcePort: u32, destPort: u32, k: Packet, span: u64): bool {
  const vlans = keyed(vlansOf(k, 0)),
    protocol = <u32>ip.protocol;
  const h = flowKey(ip, protocol, sourcePort, destPort, vlans);
  const bucket = bucketOf(h);
  const tag = (<u32>(h >> 32)) | 1;
  for (let i: u32 = 0; i < WAYS; ++i) {
    if (load<u32>(tags + ((<usize>(bucket + i)) << 2)) != tag) continue;
    const f = at(bucket + i);
    if (<u32>f.protocol != protocol || keyed(f.vlans) != vlans || f.version != ip.version) continue;
    if (f.srcLo == ip.srcLo && f.srcHi == ip.srcHi && f.dstLo == ip.dstLo && f.dstHi == ip.dstHi)
      if (<u32>f.srcPort == sourcePort && <u32>f.destPort == destPort)
        return isOneWay(f, f.packetsToServer, f.packetsToClient, k.time, span);
    if (f.srcLo == ip.dstLo && f.srcHi == ip.dstHi && f.dstLo == ip.srcLo && f.dstHi == ip.srcHi)
      if (<u32>f.srcPort == destPort && <u32>f.destPort == sourcePort)
        return isOneWay(f, f.packetsToClient, f.packetsToServer, k.time, span);
  }
  return false;
}

@inline function isOneWay(f: Flow, sent: u32, back: u32, now: u64, span: u64): bool {
  return sent != 0 && back == 0 && (now < f.start || now - f.start <= span);
}

/**
 * A flow whose time is over by `now` (a copy, valid until the next call), taken out of the table; 0 when there is none.
 */
export function nextExpired(now: u64): usize {
  present = false;
  for (let list: u32 = 0; list < LISTS; ++list) {
    for (let turns: u32 = 0; turns < TURNS; ++turns) {
      const oldest = <u32>load<u16>(heads + ((<usize>list) << 2));
      if (oldest == 0) break;
      const f = at(oldest - 1);
      if (now > f.last) {
        if (now - f.last <= timeout(list)) break;
        leave(f, FlowReason.TIMEOUT);
        return gone;
      }
      if (f.last - now <= timeout(list)) break;
      unlink(f); // dated ahead: behind the others
      append(f, oldest - 1, list);
    }
  }
  return 0;
}

/** At the end of input: one flow after the other (a copy, valid until the next call); 0 when there is none left. */
export function finish(): usize {
  present = false;
  for (let list: u32 = 0; list < LISTS; ++list) {
    const oldest = <u32>load<u16>(heads + ((<usize>list) << 2));
    if (oldest != 0) {
      leave(at(oldest - 1), FlowReason.SHUTDOWN);
      return gone;
    }
  }
  return 0;
}

/** Identifier of a flow for events: the same in all of them, 53 bits so that JSON readers keep it. */
export function flowId(f: Flow): u64 {
  const isReversed = ((<u32>f.marks) & Mark.REVERSED) != 0;
  const srcHi = isReversed ? f.dstHi : f.srcHi,
    srcLo = isReversed ? f.dstLo : f.srcLo,
    dstHi = isReversed ? f.srcHi : f.dstHi,
    dstLo = isReversed ? f.srcLo : f.dstLo,
    source = <u64>(isReversed ? f.destPort : f.srcPort),
    dest = <u64>(isReversed ? f.srcPort : f.destPort);
  let h = mix(mix(mix(mix(f.start, srcLo), srcHi), dstLo), dstHi);
  h = mix(h, (source << 32) | (dest << 16) | (<u64>f.protocol));
  return mix(h, <u64>f.vlans) >> 11;
}

@inline function at(index: u32): Flow {
  return changetype<Flow>(table + <usize>index * SIZE);
}

/** A free entry of the bucket, made free if need be. */
function place(bucket: u32): u32 {
  let least: u32 = bucket;
  for (let i: u32 = 0; i < WAYS; ++i) {
    if (load<u32>(tags + ((<usize>(bucket + i)) << 2)) == 0) return bucket + i;
    if (isLess(at(bucket + i), at(least))) least = bucket + i;
  }
  forced += 1;
  leave(at(least), FlowReason.FORCED);
  present = true;
  return least;
}

/** Whether the first of two goes rather than the second. */
function isLess(f: Flow, other: Flow): bool {
  const a = digits(f),
    b = digits(other);
  return a < b || (a == b && f.last < other.last);
}

/** Of the number of its packets; a closed one needs none. */
@inline function digits(f: Flow): u64 {
  return f.state == FlowState.CLOSED ? 0 : 64 - clz<u64>(<u64>f.packetsToServer + f.packetsToClient);
}

function begin(k: Packet, index: u32, tag: u32, vlans: u32): usize {
  const f = at(index);
  const ip = innermost(k);
  memory.fill(changetype<usize>(f), 0, SIZE);
  store<u32>(tags + ((<usize>index) << 2), tag);
  open += 1;
  const answer = serverOf(k) == Server.SOURCE;
  if (answer) {
    f.srcHi = ip.dstHi;
    f.srcLo = ip.dstLo;
    f.dstHi = ip.srcHi;
    f.dstLo = ip.srcLo;
    f.srcPort = k.destPort;
    f.destPort = k.sourcePort;
  } else {
    f.srcHi = ip.srcHi;
    f.srcLo = ip.srcLo;
    f.dstHi = ip.dstHi;
    f.dstLo = ip.dstLo;
    f.srcPort = k.sourcePort;
    f.destPort = k.destPort;
  }
  f.vlans = vlans;
  f.protocol = k.protocol;
  f.version = ip.version;
  if (k.protocol != 6) {
    f.icmpType = k.icmpType;
    f.icmpCode = k.icmpCode;
  }
  f.start = k.time;
  f.list = <u8>LISTS;
  count(f, k, !answer);
  append(f, index, listOf(f));
  return changetype<usize>(f);
}

/** Adds the packet to the flow's counts and moves its state on. */
function count(f: Flow, k: Packet, toServer: bool): void {
  if (k.time > f.last || f.last - k.time > LATE) f.last = k.time; // by more than that: a clock was set, or was wild
  f.toClient = toServer ? 0 : 1;
  if (toServer) {
    f.packetsToServer += 1;
    f.bytesToServer += <u64>k.original;
  } else {
    f.packetsToClient += 1;
    f.bytesToClient += <u64>k.original;
  }
  if (f.protocol != 6) {
    if (f.packetsToServer != 0 && f.packetsToClient != 0) f.state = <u8>FlowState.ESTABLISHED;
    return;
  }
  if (k.tcpHeader == 0) return; // cut off
  if (isIgnored(f, k, toServer)) {
    ignored = true;
    return;
  }
  const begins = f.state == FlowState.NEW;
  f.marks |= <u8>noteSent(k, f.marks, numbersOf(f), opensOf(f), toServer ? 0 : 1, begins);
  if (toServer) f.flagsToServer |= <u8>k.tcpFlags;
  else f.flagsToClient |= <u8>k.tcpFlags;
  const fins = (<u32>(f.flagsToServer & FIN)) | ((<u32>(f.flagsToClient & FIN)) << 1);
  const before = <u32>f.tcpState;
  f.tcpState = <u8>nextState(before, <u32>k.tcpFlags, toServer, fins);
  if (before == TcpState.SYN_RECV && f.tcpState == TcpState.ESTABLISHED && hasClientSyn(f) && !(f.vlans & HEARSAY))
    learnService(f.version, f.dstHi, f.dstLo, f.destPort);
  const state = <i32>f.tcpState;
  f.state = <u8>(
    (state < TcpState.ESTABLISHED
      ? FlowState.NEW
      : state >= TcpState.TIME_WAIT
        ? FlowState.CLOSED
        : FlowState.ESTABLISHED)
  );
}

function listOf(f: Flow): u32 {
  if (f.protocol == 6) return f.state == FlowState.NEW ? 0 : f.state == FlowState.ESTABLISHED ? 1 : 2;
  return f.state == FlowState.NEW ? 3 : 4;
}

function timeout(list: u32): u64 {
  switch (list) {
    case 0:
      return 60 * SECOND;
    case 1:
      return 600 * SECOND;
    case 2:
      return 10 * SECOND;
    case 3:
      return 30 * SECOND;
    default:
      return 300 * SECOND;
  }
}

function moveToEnd(f: Flow, index: u32): void {
  const list = listOf(f);
  if (<u32>f.list == list && f.newer == 0) return; // it is the newest already
  unlink(f);
  append(f, index, list);
}

function append(f: Flow, index: u32, list: u32): void {
  const head = heads + ((<usize>list) << 2);
  const newest = <u32>load<u16>(head, 2);
  f.list = <u8>list;
  f.older = <u16>newest;
  f.newer = 0;
  if (newest != 0) at(newest - 1).newer = <u16>(index + 1);
  else store<u16>(head, <u16>(index + 1));
  store<u16>(head, <u16>(index + 1), 2);
}

function unlink(f: Flow): void {
  const head = heads + ((<usize>f.list) << 2);
  if (f.older != 0) at(<u32>f.older - 1).newer = f.newer;
  else store<u16>(head, f.newer);
  if (f.newer != 0) at(<u32>f.newer - 1).older = f.older;
  else store<u16>(head, f.older, 2);
}

/** Takes a flow out of the table; its copy is in `gone`. */
function leave(f: Flow, reason: FlowReason): void {
  unlink(f);
  f.reason = <u8>reason;
  memory.copy(gone, changetype<usize>(f), SIZE);
  open -= 1;
  store<u32>(tags + ((<usize>((changetype<usize>(f) - table) / SIZE)) << 2), 0);
}
