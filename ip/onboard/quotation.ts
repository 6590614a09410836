// The packet quoted in an ICMP error: its addresses, and its ports when the quotation reaches that far. It is a layer
// of no packet of its own: it goes to quotation(k), and tells a detector which of its attempts was refused.
//
// Untrusted twice over: whoever sent the error could quote anything.
import { be16, be32, be64 } from "../../lib/onboard/bytes";
import { Ip, IpFlag, Packet, note, quotation, rest } from "./packet";

/** k.at is at the quoted header. */
export function quoteIpv4(k: Packet, small: u32, version: u32): void {
  const p = k.at;
  if (p + 20 > k.end) {
    if (rest(k) < 20) note(k, small);
    return;
  }
  if (load<u8>(p) >> 4 != 4) {
    note(k, version);
    return;
  }
  const header = ((<u32>load<u8>(p)) & 15) << 2;
  if (header < 20) {
    note(k, small);
    return;
  }
  const ip = quotation(k);
  const place = be16(p + 6);
  k.quoted = 1;
  ip.version = 4;
  ip.offset = <u32>(p - k.base);
  ip.headerLength = <u16>header;
  ip.totalLength = be16(p + 2);
  ip.tos = load<u8>(p, 1);
  ip.id = be16(p + 4);
  ip.ttl = load<u8>(p, 8);
  ip.srcLo = be32(p + 12);
  ip.dstLo = be32(p + 16);
  ip.fragmentOffset = <u16>((place & 0x1fff) << 3);
  if (place & 0x3fff) ip.flags = <u8>IpFlag.FRAGMENT;
  transport(k, ip, p + header, <u32>load<u8>(p, 9), small);
}

export function quoteIpv6(k: Packet, small: u32, version: u32): void {
  const p = k.at;
  if (p + 40 > k.end) {
    if (rest(k) < 40) note(k, small);
    return;
  }
  if (load<u8>(p) >> 4 != 6) {
    note(k, version);
    return;
  }
  const ip = quotation(k);
  k.quoted = 1;
  ip.version = 6;
  ip.offset = <u32>(p - k.base);
  ip.headerLength = 40;
  ip.totalLength = 40 + be16(p + 4);
  ip.ttl = load<u8>(p, 7);
  ip.srcHi = be64(p + 8);
  ip.srcLo = be64(p + 16);
  ip.dstHi = be64(p + 24);
  ip.dstLo = be64(p + 32);
  let number = <u32>load<u8>(p, 6),
    at = p + 40;
  for (let n = 0; n < 4 && at + 8 <= k.end && (number == 0 || number == 43 || number == 44 || number == 60); ++n) {
    const length = number == 44 ? 8 : (<u32>load<u8>(at, 1) + 1) << 3;
    if (number == 44) {
      ip.id = be32(at + 4);
      ip.fragmentOffset = <u16>(be16(at + 2) & 0xfff8);
      ip.flags = <u8>IpFlag.FRAGMENT;
    }
    number = <u32>load<u8>(at);
    at += length;
  }
  transport(k, ip, at, number, small);
}

function transport(k: Packet, ip: Ip, at: usize, number: u32, small: u32): void {
  ip.protocol = <u8>number;
  ip.payloadOffset = <u32>(at - k.base);
  if (ip.fragmentOffset != 0) return;
  if (number != 6 && number != 17 && number != 132 && number != 33 && number != 136) return;
  if (at + 4 > k.end) {
    if (at + 4 > k.wire) note(k, small);
    return;
  }
  k.quotedSource = <u16>be16(at);
  k.quotedDest = <u16>be16(at + 2);
}
