// EtherNet/IP (ODVA, CIP Networks Library Volume 2, 2-3) and CIP in it (Volume 1, 2-4 and appendix C).
//
//   u16le command  u16le length  u32 session  u32 status  8 bytes of context  u32 0    then, of SendRRData and
//   SendUnitData: u32 0  u16 timeout  u16le items  items: u16le type  u16le length  data
//   CIP: u8 service (0x80: an answer)  u8 words of path  path  data   |   service  0  u8 status  u8 words  data
//
// kind    command << 16, with CIP inside | 0x100 | service
// about   class and attribute (or the hash of a tag's name) that the path leads to; of an answer its status
import { AppMessage, nameOf, says } from "./message";

const HEADER: u32 = 24;
const RR_DATA: u32 = 0x6f;
const UNIT_DATA: u32 = 0x70;
const UNCONNECTED: u32 = 0xb2;
const CONNECTED: u32 = 0xb1;
const CIP: u32 = 0x100;
const UNCONNECTED_SEND: u32 = 0x52;
const CONNECTION_MANAGER: u64 = 6;
const ANSWER: u32 = 0x80;
const MOST: u32 = 4; // items that are looked at

export function enip(p: usize, end: usize, m: AppMessage): bool {
  if (p + HEADER > end) return false;
  const command = <u32>load<u16>(p),
    length = <u32>load<u16>(p, 2);
  if (!isCommand(command) || load<u32>(p, 20) != 0) return false;
  m.next = p + HEADER + length;
  const last = min<usize>(m.next, end);
  says(m, command << 16, p + HEADER, last);
  m.shape = length;
  if (command == RR_DATA || command == UNIT_DATA) items(p + HEADER + 6, last, command << 16, m);
  return true;
}

function isCommand(command: u32): bool {
  switch (command) {
    case 0x00:
    case 0x01:
    case 0x04:
    case 0x63:
    case 0x64:
    case 0x65:
    case 0x66:
    case RR_DATA:
    case UNIT_DATA:
    case 0x72:
    case 0x73:
      return true;
    default:
      return false;
  }
}

function items(p: usize, end: usize, kind: u32, m: AppMessage): void {
  if (p + 2 > end) return;
  const count = min<u32>(<u32>load<u16>(p), MOST);
  p += 2;
  for (let i: u32 = 0; i < count && p + 4 <= end; ++i) {
    const type = <u32>load<u16>(p),
      next = p + 4 + <u32>load<u16>(p, 2);
    const from = type == UNCONNECTED ? p + 4 : type == CONNECTED ? p + 6 : 0; // behind a sequence count
    if (from != 0) {
      cip(from, min<usize>(next, end), kind, m);
      return;
    }
    p = next;
  }
}

function cip(p: usize, end: usize, kind: u32, m: AppMessage): void {
  if (p + 2 > end) return;
  let service = <u32>load<u8>(p);
  if (service & ANSWER) {
    m.about = p + 3 <= end ? (1 << 63) | (<u64>load<u8>(p, 2)) : 0;
    says(m, kind | CIP | service, p + 2, end);
    m.shape = ((<u64>m.kind) << 16) ^ (<u64>(end - p));
    return;
  }
  let path = p + 2,
    data = path + ((<usize>load<u8>(p, 1)) << 1),
    about = leadsTo(path, min<usize>(data, end));
  // what a router is to send on: u8 tick, u8 timeout, u16le length, a request
  if (service == UNCONNECTED_SEND && about >> 32 == CONNECTION_MANAGER && data + 6 <= end) {
    service = <u32>load<u8>(data, 4);
    path = data + 6;
    data = path + ((<usize>load<u8>(data, 5)) << 1);
    about = leadsTo(path, min<usize>(data, end));
  }
  says(m, kind | CIP | service, min<usize>(data, end), end);
  m.about = about;
  m.shape = about ^ ((<u64>(end - p)) << 48) ^ ((<u64>service) << 40);
}

/** Class << 32 | attribute of a path, or the hash of the tag's name in it. */
function leadsTo(p: usize, end: usize): u64 {
  let class_: u64 = 0,
    attribute: u64 = 0;
  while (p + 2 <= end) {
    const segment = <u32>load<u8>(p),
      value = <u32>load<u8>(p, 1);
    if (segment == 0x91) return nameOf(p + 2, <u32>min<usize>(value, end - p - 2), 1) | (1 << 62);
    if (segment >> 5 != 1 || (segment & 3) > 1) break; // no logical segment of 8 or 16 bits
    const isWide = (segment & 3) == 1;
    if (isWide && p + 4 > end) break;
    const number = isWide ? <u64>load<u16>(p, 2) : <u64>value;
    if ((segment & 0x1c) == 0) class_ = number;
    else if ((segment & 0x1c) == 0x10) attribute = number;
    p += isWide ? 4 : 2;
  }
  return (class_ << 32) | attribute;
}
