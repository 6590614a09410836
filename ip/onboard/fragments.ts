// REQ-DECODE-006
// Keeps track of fragments: which parts of each fragmented packet have come, and what is wrong with them. Nothing is
// put together; the bytes are not kept.
//
// A packet in parts is known by (source, destination, identification, protocol, VLANs). Its parts are kept as up to
// RANGES stretches without a gap, in units of 8 bytes (RFC 791; RFC 8200 section 4.5). A part that covers what another
// covered is an overlap, whatever it says (RFC 5722: attackers use the disagreement of hosts); but one of the last
// RECENT parts that comes again with the same bytes is a retransmission.
//
// Timeout: TIMEOUT ns after the first part (as Linux's ipfrag_time) by the time of records; a part that comes later
// starts anew and is noted. When time goes backwards nothing times out.
// Eviction: a new packet takes a free or timed out entry of its window of WINDOW, else that of the oldest first part,
// and is noted (frag_ignored): somebody's packet is no longer watched.
import { keyed5, keyedBytes } from "../../lib/onboard/keyed";
import { Anomaly } from "./generated/anomaly";
import { DATAGRAMS } from "./capacity";
import { Ip, IpFlag, Packet, innermost, noteAt, outermost } from "./packet";
import { Protocol } from "./generated/protocol";

/** What track() found. */
const enum Track {
  NONE = 0, // no fragment
  PARTIAL = 1, // parts are missing
  COMPLETE = 2, // this was the last missing part
  REPEATED = 3, // a retransmission
  REFUSED = 4, // overlapping, contradictory, or in too many pieces
}

const RANGES: u32 = 8;
const RECENT: u32 = 4;
const WINDOW: u32 = 8;
const TIMEOUT: u64 = 30000000000;

@unmanaged
class Datagram {
  srcHi: u64;
  srcLo: u64;
  dstHi: u64;
  dstLo: u64;
  first: u64; // time of the first part
  id: u32;
  vlans: u32;
  end: u32; // units of 8 bytes; 0 = the last part has not come
  key: u16; // version and protocol; 0 = free entry
  ranges: u8;
  recent: u8; // parts seen, counted without end
  // + 8 x {u16 from, u16 to}, sorted, with gaps between them;  4 x {u16 from, u16 to, u32 hash}
}

const RANGE: usize = offsetof<Datagram>();
const PART: usize = RANGE + 32;
const SIZE: usize = PART + 32;
const table: usize = memory.data(DATAGRAMS * SIZE, 8);
let forced: u64 = 0;

/** Packets in parts that were given up to make room. */
export function forcedDatagrams(): u64 {
  return forced;
}

/** Tracks the fragment in k, in the outermost and the innermost packet; what is wrong is noted in k. */
export function track(k: Packet): Track {
  if (k.ips == 0) return Track.NONE;
  const outer = outermost(k).flags & IpFlag.FRAGMENT ? one(k, outermost(k)) : Track.NONE;
  if (k.ips == 1 || !(innermost(k).flags & IpFlag.FRAGMENT)) return outer;
  return one(k, innermost(k));
}

function one(k: Packet, ip: Ip): Track {
  const more = (ip.flags & IpFlag.MORE) != 0;
  const length = ip.payloadLength;
  if (ip.fragmentOffset == 0 && !more) return Track.NONE; // atomic
  const from = (<u32>ip.fragmentOffset) >> 3;
  const to = from + ((length + 7) >> 3);
  if (length == 0 || to > 0x2000) return Track.REFUSED; // the decoder has noted it: frag_pkt_too_large
  const d = find(k, ip);
  if (repeated(d, from, to, k, ip)) return Track.REPEATED;
  if (!more) {
    if (d.end != 0 && d.end != to) return refuse(k, ip, Anomaly.IPV4_FRAG_LENGTH, Anomaly.IPV6_FRAG_LENGTH);
    d.end = to;
  }
  if (d.end != 0 && (to > d.end || furthest(d) > d.end))
    return refuse(k, ip, Anomaly.IPV4_FRAG_LENGTH, Anomaly.IPV6_FRAG_LENGTH);
  if (!insert(d, from, to)) return refuse(k, ip, Anomaly.IPV4_FRAG_OVERLAP, Anomaly.IPV6_FRAG_OVERLAP);
  if (<u32>d.ranges > RANGES - 1) {
    // no room to go on with
    d.key = 0;
    return refuse(k, ip, Anomaly.IPV4_FRAG_IGNORED, Anomaly.IPV6_FRAG_IGNORED);
  }
  if (d.end == 0 || d.ranges != 1 || rangeFrom(d, 0) != 0 || rangeTo(d, 0) != d.end) return Track.PARTIAL;
  d.key = 0;
  return Track.COMPLETE;
}

function refuse(k: Packet, ip: Ip, v4: u32, v6: u32): Track {
  noteIp(k, ip, v4, v6);
  return Track.REFUSED;
}

function noteIp(k: Packet, ip: Ip, v4: u32, v6: u32): void {
  if (ip.version == 4) noteAt(k, v4, Protocol.IP, ip.offset);
  else noteAt(k, v6, Protocol.IPV6, ip.offset);
}

/** The entry of the packet this is a part of. */
function find(k: Packet, ip: Ip): Datagram {
  const vlans = load<u32>(changetype<usize>(k), offsetof<Packet>("vlan0"));
  // RFC 8200 section 4.5: in IPv6 the next header of later parts may differ, it does not count
  const key = <u16>(((<u32>ip.version) << 8) | (ip.version == 4 ? <u32>ip.protocol : 0));
  const h = keyed5(ip.srcHi, ip.srcLo, ip.dstHi, ip.dstLo, ((<u64>ip.id) << 32) | (<u64>key));
  const start = (<u32>(h >> 32)) & (DATAGRAMS - 1);
  let free: usize = 0,
    oldest: usize = 0,
    age: u64 = u64.MAX_VALUE;
  for (let i: u32 = 0; i < WINDOW; ++i) {
    const at = table + <usize>((start + i) & (DATAGRAMS - 1)) * SIZE;
    const d = changetype<Datagram>(at);
    if (d.key == 0) {
      if (free == 0) free = at;
      continue;
    }
    const late = k.time > d.first && k.time - d.first > TIMEOUT;
    if (
      d.key == key &&
      d.id == ip.id &&
      d.vlans == vlans &&
      d.srcLo == ip.srcLo &&
      d.dstLo == ip.dstLo &&
      d.srcHi == ip.srcHi &&
      d.dstHi == ip.dstHi
    ) {
      if (!late) return d;
      noteIp(k, ip, Anomaly.IPV4_FRAG_TIMEOUT, Anomaly.IPV6_FRAG_TIMEOUT);
      return begin(at, k, ip, key, vlans);
    }
    if (late) {
      if (free == 0) free = at;
      continue;
    }
    if (d.first < age) {
      age = d.first;
      oldest = at;
    }
  }
  if (free == 0) {
    free = oldest;
    forced += 1;
    noteIp(k, ip, Anomaly.IPV4_FRAG_IGNORED, Anomaly.IPV6_FRAG_IGNORED);
  }
  return begin(free, k, ip, key, vlans);
}

function begin(at: usize, k: Packet, ip: Ip, key: u16, vlans: u32): Datagram {
  const d = changetype<Datagram>(at);
  d.srcHi = ip.srcHi;
  d.srcLo = ip.srcLo;
  d.dstHi = ip.dstHi;
  d.dstLo = ip.dstLo;
  d.first = k.time;
  d.id = ip.id;
  d.vlans = vlans;
  d.end = 0;
  d.key = key;
  d.ranges = 0;
  d.recent = 0;
  return d;
}

@inline function range(d: Datagram, i: u32): usize {
  return changetype<usize>(d) + RANGE + ((<usize>i) << 2);
}
@inline function rangeFrom(d: Datagram, i: u32): u32 {
  return <u32>load<u16>(range(d, i));
}
@inline function rangeTo(d: Datagram, i: u32): u32 {
  return <u32>load<u16>(range(d, i), 2);
}

function furthest(d: Datagram): u32 {
  return d.ranges == 0 ? 0 : rangeTo(d, <u32>d.ranges - 1);
}

/** Adds [from, to); false, and nothing changed, when some of it was there. */
function insert(d: Datagram, from: u32, to: u32): bool {
  const n = <u32>d.ranges;
  let i: u32 = 0;
  while (i < n && rangeTo(d, i) < from) ++i;
  if (i < n && rangeTo(d, i) == from) {
    // goes on where this one ends
    const next = i + 1 < n ? rangeFrom(d, i + 1) : u32.MAX_VALUE;
    if (to > next) return false;
    if (to < next) {
      store<u16>(range(d, i), <u16>to, 2);
      return true;
    }
    store<u16>(range(d, i), <u16>rangeTo(d, i + 1), 2); // and fills the gap
    memory.copy(range(d, i + 1), range(d, i + 2), (n - i - 2) << 2);
    d.ranges = <u8>(n - 1);
    return true;
  }
  if (i < n && rangeFrom(d, i) < to) return false;
  if (i < n && rangeFrom(d, i) == to) {
    store<u16>(range(d, i), <u16>from);
    return true;
  }
  memory.copy(range(d, i + 1), range(d, i), (n - i) << 2); // room for one more: ranges < RANGES between calls
  store<u32>(range(d, i), (to << 16) | from);
  d.ranges = <u8>(n + 1);
  return true;
}

/** Whether the same part with the same bytes was among the last few; remembers it. */
function repeated(d: Datagram, from: u32, to: u32, k: Packet, ip: Ip): bool {
  const place = (to << 16) | from,
    hash = digest(k, ip);
  for (let i: u32 = 0; i < min<u32>(RECENT, <u32>d.recent); ++i) {
    const p = changetype<usize>(d) + PART + ((<usize>i) << 3);
    if (load<u32>(p) == place && load<u32>(p, 4) == hash) return true;
  }
  const p = changetype<usize>(d) + PART + ((<usize>((<u32>d.recent) & (RECENT - 1))) << 3);
  store<u32>(p, place);
  store<u32>(p, hash, 4);
  d.recent = <u8>(<u32>d.recent >= 252 ? 4 : <u32>d.recent + 1);
  return false;
}

/** A hash of the part's bytes at hand: of others with the same hash nobody knows. */
function digest(k: Packet, ip: Ip): u32 {
  const at = min<u32>(ip.payloadOffset, k.captured);
  return <u32>(keyedBytes(k.base + at, min<u32>(ip.payloadLength, k.captured - at)) >> 32);
}
