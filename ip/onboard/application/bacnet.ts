// BACnet/IP (ANSI/ASHRAE 135-2020): BVLL (annex J.2), network layer (clause 6.2), application layer (clause 20.1).
//
//   81  u8 function  u16 length of all  [of a forwarded NPDU: 6 bytes of the originator]
//   01  u8 control  [destination, source, hop count]  u8 type of PDU << 4 ...  service
//
// kind    BVLL function << 16 | type << 8 | service (of segments' acknowledgements 0); network messages 0x8000 | type
// about   of property services the object, its instance and the property
import { be16, be32 } from "../../../lib/onboard/bytes";
import { AppMessage, says } from "./message";

const FORWARDED: u32 = 4;
const UNICAST: u32 = 10;
const BROADCAST: u32 = 11;
const DISTRIBUTE: u32 = 9;
const NETWORK: u32 = 0x80;
const SEGMENTED: u32 = 8;

export function bacnet(p: usize, end: usize, m: AppMessage): bool {
  if (p + 4 > end || load<u8>(p) != 0x81) return false;
  const bvll = <u32>load<u8>(p, 1),
    length = be16(p + 2);
  if (length < 4 || bvll > 12) return false;
  m.next = p + length;
  const last = min<usize>(m.next, end);
  says(m, bvll << 16, p + 4, last);
  m.shape = length;
  if (bvll == UNICAST || bvll == BROADCAST || bvll == DISTRIBUTE) npdu(p + 4, last, bvll << 16, m);
  else if (bvll == FORWARDED) npdu(p + 10, last, bvll << 16, m);
  return true;
}

function npdu(p: usize, end: usize, kind: u32, m: AppMessage): void {
  if (p + 2 > end || load<u8>(p) != 1) return;
  const control = <u32>load<u8>(p, 1);
  p += 2;
  if (control & 0x20) p = behind(p, end);
  if (control & 0x08) p = behind(p, end);
  if (control & 0x20) p += 1;
  if (p >= end) return;
  if (control & NETWORK) {
    says(m, kind | 0x8000 | (<u32>load<u8>(p)), p + 1, end);
    return;
  }
  apdu(p, end, kind, m);
}

/** Behind a network number and an address with its length. */
function behind(p: usize, end: usize): usize {
  return p + 3 <= end ? p + 3 + <u32>load<u8>(p, 2) : end;
}

function apdu(p: usize, end: usize, kind: u32, m: AppMessage): void {
  const type = (<u32>load<u8>(p)) >> 4,
    segment: u32 = (<u32>load<u8>(p)) & SEGMENTED ? 2 : 0;
  let at: u32 = 2; // of the service: behind the type and an invoke ID
  if (type == 0) at = 3 + segment;
  else if (type == 1) at = 1;
  else if (type == 3) at = 2 + segment;
  if (p + at >= end) return;
  const service = type == 4 ? 0 : <u32>load<u8>(p + at);
  says(m, kind | (type << 8) | service, p + at + 1, end);
  m.shape = ((<u64>m.kind) << 16) | (<u64>(end - p));
  if (type == 0 || type == 3) property(p + at + 1, end, service, m);
}

/**
 * Context tag 0: u32 object and instance; tag 1: the property. Of ReadProperty, WriteProperty, ...Multiple,
 * SubscribeCOV.
 */
function property(p: usize, end: usize, service: u32, m: AppMessage): void {
  if (service != 12 && service != 14 && service != 15 && service != 16) return;
  if (p + 7 > end || load<u8>(p) != 0x0c) return;
  const object = <u64>be32(p + 1),
    tag = <u32>load<u8>(p, 5);
  const id: u32 = tag == 0x19 ? <u32>load<u8>(p, 6) : tag == 0x1a && p + 8 <= end ? be16(p + 6) : 0xffff;
  m.about = (object << 16) | id | (1 << 63);
  m.shape ^= m.about;
}
