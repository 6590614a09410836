// REQ-DECODE-007, REQ-DECODE-008
// Flows: what two endpoints said to each other, both directions in one entry.
//
// Key: addresses of the innermost IP packet, its protocol, its ports, the two outermost VLANs. The first packet's
// source is the client, unless it is a SYN-ACK. Later fragments have no ports and belong to no flow; nor does what is
// not IP.
//
//   table   buckets of 8 entries (96 bytes) with 8 tags (u32 of the hash; 0 = free) beside them in one cache line
//   lists   one for each timeout, every flow in one of them, the flow seen longest ago in front
//
// Eviction: a new flow in a full bucket forces out the one of that bucket that has had fewest packets, by their number
// of binary digits, of equal ones the one seen longest ago; evicted() has it then. So a sweep forces out what it
// brought in itself; a flow in use goes when all of its bucket have as many packets, which costs as many for each.
// Timeouts, on the time of records: new TCP 60 s, established 600 s, closed 10 s; anything else 30 s until answered,
// then 300 s (Suricata's defaults, but for closed TCP: there 0). When time goes backwards nothing times out until it is
// back. A SYN on a closed connection starts another flow; the old one is evicted() then.
import { mix } from "../../lib/onboard/bytes";
import { wide3 } from "../../lib/onboard/keyed";
import { addressKey } from "./address";
import { FLOWS } from "./capacity";
import { Ip, Is, Packet, innermost } from "./packet";
import { ACK, FIN, SYN } from "./tcp";
import { TcpState, nextState } from "./tcp-state";

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
  icmpType: u8; // of the first packet
  icmpCode: u8;
  newer: u16; // neighbours in its list, 1 + index
  older: u16;
  list: u8;
  reason: u8; // FlowReason, when it is over
  alerted: u8; // set by whoever raised an alert on it
  toClient: u8; // direction of the last packet
}

const SIZE: usize = 96;
const WAYS: u32 = 8;
const LISTS: u32 = 5;
const SECOND: u64 = 1000000000;
const table: usize = memory.data(FLOWS * 96, 8);
const tags: usize = memory.data(FLOWS * 4, 64);
const heads: usize = memory.data(8 * 4, 8); // for each list {u16 oldest, u16 newest}, 1 + index
const gone: usize = memory.data(96, 8); // copy of the flow that was forced out or has timed out

let open: u32 = 0;
let forced: u64 = 0;
let present: bool = false;

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

/**
 * Counts the packet; returns its flow, or 0 when it belongs to none. evicted() may have another one afterwards. `mark`:
 * flows with another mark are others.
 */
export function update(k: Packet, mark: u32 = 0): usize {
  present = false;
  if (k.ips == 0 || k.flags & Is.LATER) return 0;
  const ip = innermost(k);
  const vlans = load<u32>(changetype<usize>(k), offsetof<Packet>("vlan0")) | mark;
  const sourcePort = <u32>k.sourcePort,
    destPort = <u32>k.destPort,
    protocol = <u32>k.protocol;
  const h = flowKey(ip, protocol, sourcePort, destPort, vlans);
  const bucket = bucketOf(h);
  const tag = (<u32>(h >> 32)) | 1;
  const base = tags + ((<usize>bucket) << 2);
  for (let i: u32 = 0; i < WAYS; ++i) {
    if (load<u32>(base + ((<usize>i) << 2)) != tag) continue;
    const f = changetype<Flow>(table + <usize>(bucket + i) * SIZE);
    if (<u32>f.protocol != protocol || f.vlans != vlans || f.version != ip.version) continue;
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
    if (protocol == 6 && f.state == FlowState.CLOSED && (k.tcpFlags & (SYN | ACK)) == SYN) {
      leave(f, FlowReason.TCP_REUSE);
      present = true;
      return begin(k, bucket + i, tag, vlans);
    }
    count(f, k, toServer);
    moveToEnd(f, bucket + i);
    return changetype<usize>(f);
  }
  return begin(k, place(bucket), tag, vlans);
}

/**
 * Whether a packet with this header and these ports was seen on the VLANs of `k`, within the last `span` ns for the
 * first time, and nothing came back; nothing changes.
 */
export function wasBegun(ip: Ip, sourcePort: u32, destPort: u32, k: Packet, span: u64): bool {
  const vlans = load<u32>(changetype<usize>(k), offsetof<Packet>("vlan0")),
    protocol = <u32>ip.protocol;
  const h = flowKey(ip, protocol, sourcePort, destPort, vlans);
  const bucket = bucketOf(h);
  const tag = (<u32>(h >> 32)) | 1;
  for (let i: u32 = 0; i < WAYS; ++i) {
    if (load<u32>(tags + ((<usize>(bucket + i)) << 2)) != tag) continue;
    const f = at(bucket + i);
    if (<u32>f.protocol != protocol || f.vlans != vlans || f.version != ip.version) continue;
    if (f.srcLo == ip.srcLo && f.srcHi == ip.srcHi && f.dstLo == ip.dstLo && f.dstHi == ip.dstHi)
      if (<u32>f.srcPort == sourcePort && <u32>f.destPort == destPort) return isOneWay(f, k.time, span);
    if (f.srcLo == ip.dstLo && f.srcHi == ip.dstHi && f.dstLo == ip.srcLo && f.dstHi == ip.srcHi)
      if (<u32>f.srcPort == destPort && <u32>f.destPort == sourcePort) return false; // what answers begins nothing
  }
  return false;
}

@inline function isOneWay(f: Flow, now: u64, span: u64): bool {
  return f.packetsToServer != 0 && f.packetsToClient == 0 && (now < f.start || now - f.start <= span);
}

/**
 * A flow whose time is over by `now` (a copy, valid until the next call), taken out of the table; 0 when there is none.
 */
export function nextExpired(now: u64): usize {
  present = false;
  for (let list: u32 = 0; list < LISTS; ++list) {
    const oldest = <u32>load<u16>(heads + ((<usize>list) << 2));
    if (oldest == 0) continue;
    const f = at(oldest - 1);
    if (now > f.last && now - f.last > timeout(list)) {
      leave(f, FlowReason.TIMEOUT);
      return gone;
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
  let h = mix(mix(mix(mix(f.start, f.srcLo), f.srcHi), f.dstLo), f.dstHi);
  h = mix(h, ((<u64>f.srcPort) << 32) | ((<u64>f.destPort) << 16) | (<u64>f.protocol));
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
  const answer = k.protocol == 6 && (k.tcpFlags & (SYN | ACK)) == (SYN | ACK); // its SYN was not captured
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
  f.icmpType = k.icmpType;
  f.icmpCode = k.icmpCode;
  f.start = k.time;
  f.list = <u8>LISTS;
  count(f, k, !answer);
  append(f, index, listOf(f));
  return changetype<usize>(f);
}

/** Adds the packet to the flow's counts and moves its state on. */
function count(f: Flow, k: Packet, toServer: bool): void {
  f.last = k.time;
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
  if (k.tcpHeader == 0) return; // the header was cut off
  if (toServer) f.flagsToServer |= <u8>k.tcpFlags;
  else f.flagsToClient |= <u8>k.tcpFlags;
  const fins = (<u32>(f.flagsToServer & FIN)) | ((<u32>(f.flagsToClient & FIN)) << 1);
  f.tcpState = <u8>nextState(<u32>f.tcpState, <u32>k.tcpFlags, toServer, fins);
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
