// REQ-DECODE-031
// What capturing systems put in front of a frame to say how they came by it.
//   PPI (CACE, 2009)         version 0, flags, length (2, little-endian), link type (4, little-endian), fields
//   PKTAP (Apple)            length, type of the record, link type (4 bytes each, little-endian), more
//   NFLOG (Linux)            address family, version 0, group (2); then fields of length (2) and type (2) in the byte
//                            order of the host, at multiples of 4; type 9 is the packet
//   PPP of pppd, with direction   in or out (1), then PPP; pppd's stands in place of PPP's address
import { Anomaly } from "./generated/anomaly";
import { fromLink } from "./generated/numbers";
import { Packet, limit, need, note } from "./packet";
import { Protocol } from "./generated/protocol";

const PAYLOAD: u32 = 9;
const MAX_FIELDS: u32 = 64;

export function ppi(k: Packet): u32 {
  if (!need(k, 8, Anomaly.PPI_HEADER)) return Protocol.NONE;
  const length = <u32>load<u16>(k.at, 2),
    link = load<u32>(k.at, 4);
  if (load<u8>(k.at) != 0 || length < 8) {
    note(k, Anomaly.PPI_HEADER);
    return Protocol.NONE;
  }
  return within(k, length, link, Anomaly.PPI_HEADER);
}

export function pktap(k: Packet): u32 {
  if (!need(k, 12, Anomaly.PKTAP_HEADER)) return Protocol.NONE;
  const length = load<u32>(k.at);
  if (length < 12 || length > 0xffff) {
    note(k, Anomaly.PKTAP_HEADER);
    return Protocol.NONE;
  }
  if (load<u32>(k.at, 4) != 1) return Protocol.NONE; // a record without a packet
  return within(k, length, load<u32>(k.at, 8), Anomaly.PKTAP_HEADER);
}

/** What is behind such a header, by link type; none of these headers is put into another. */
function within(k: Packet, length: u32, link: u32, anomaly: u32): u32 {
  if (!need(k, length, anomaly)) return Protocol.NONE;
  k.at += length;
  const protocol = fromLink(link);
  return protocol == Protocol.PPI || protocol == Protocol.PKTAP || protocol == Protocol.NFLOG
    ? Protocol.NONE
    : protocol;
}

export function nflog(k: Packet): u32 {
  if (!need(k, 4, Anomaly.NFLOG_HEADER)) return Protocol.NONE;
  const family = <u32>load<u8>(k.at);
  if (load<u8>(k.at, 1) != 0) {
    note(k, Anomaly.NFLOG_HEADER);
    return Protocol.NONE;
  }
  // fields are in the byte order of the host; the first of them has fewer than 256 bytes, so it shows which
  k.at += 4;
  let isBig = false;
  for (let n: u32 = 0; n < MAX_FIELDS && k.at < k.wire; ++n) {
    if (!need(k, 4, Anomaly.NFLOG_HEADER)) return Protocol.NONE;
    if (n == 0) isBig = load<u8>(k.at) == 0 && load<u8>(k.at, 2) == 0;
    const length = half(k.at, isBig),
      type = half(k.at + 2, isBig) & 0x7fff;
    if (length < 4) {
      note(k, Anomaly.NFLOG_HEADER);
      return Protocol.NONE;
    }
    if (type == PAYLOAD) {
      if (!limit(k, length)) note(k, Anomaly.NFLOG_HEADER);
      k.at += 4;
      return family == 2 ? Protocol.IP : family == 10 ? Protocol.IPV6 : Protocol.NONE;
    }
    const step = (length + 3) & ~3;
    if (!need(k, step, Anomaly.NFLOG_HEADER)) return Protocol.NONE;
    k.at += step;
  }
  return Protocol.NONE;
}

@inline function half(p: usize, isBig: bool): u32 {
  const value = load<u16>(p);
  return <u32>(isBig ? bswap<u16>(value) : value);
}

export function pppd(k: Packet): u32 {
  if (!need(k, 2, Anomaly.PPP_TOO_SMALL)) return Protocol.NONE;
  k.at += load<u8>(k.at, 1) == 3 ? 2 : 1; // the direction, and PPP's control where it is not left out
  return Protocol.PPP;
}
