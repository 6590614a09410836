// MMS (ISO 9506-2), as IEC 61850-8-1 uses it: in a TPDU a session SPDU (X.225), a presentation PPDU (X.226), and the
// PDU.
//
//   01 00 01 00   61 len   30 len  02 01 context   A0 len   MMS PDU: its tag, [02 len invokeID,] the service's tag
//
// kind    PDU's tag << 16 | service's tag; of a session that begins or ends 0x20000 | its SPDU
// about   names in it (the object that is read, written or reported; a report's name), as a hash
import { AppMessage, BODY, nameOf, rewritten, says } from "./message";
import { ELEMENT, Element, dataIn, element, isConstructed, layout } from "./ber";

const SPDU: u32 = 0x20000;
const DATA: u32 = 0x00010001; // "give tokens" and "data transfer", both without parameters, in memory's order
const INTEGER: u32 = 0x02;
const FULLY_ENCODED: u32 = 0x61;
const PDV: u32 = 0x30;
const CONTENT: u32 = 0xa0; // single-ASN1-type
const VISIBLE: u32 = 0x1a;
const TEXT: u32 = 0x8a; // visible-string of Data: a report's name
const NAMES: u32 = 2;
const MOST: u32 = 24; // elements that are looked at for names

const HERE: usize = memory.data(ELEMENT, 8);

/** What a TPDU carries, p to end. */
export function mms(p: usize, end: usize, m: AppMessage): bool {
  if (p + 4 > end) return false;
  const spdu = <u32>load<u8>(p);
  const e = changetype<Element>(HERE);
  if (isPdu(spdu) && element(p, end, e)) {
    pdu(e, m); // without a session, as MMS over RFC 1006 alone is
    return true;
  }
  if (load<u32>(p) != DATA) {
    if (!isSpdu(spdu)) return false;
    says(m, SPDU | spdu, end, end);
    return true;
  }
  if (!inside(p + 4, end, FULLY_ENCODED, e) || !inside(e.at, e.end, PDV, e)) return false;
  if (!element(e.at, e.end, e)) return false;
  if (e.tag == 0x06 && !element(e.next, end, e)) return false; // a transfer syntax
  if (e.tag != INTEGER || !inside(e.next, end, CONTENT, e) || !element(e.at, e.end, e)) return false;
  if (!isPdu(e.tag)) return false;
  pdu(e, m);
  return true;
}

/** The element at p, if it has this tag. */
function inside(p: usize, end: usize, tag: u32, e: Element): bool {
  return element(p, end, e) && e.tag == tag;
}

/** Connect, accept, refuse, finish, disconnect, not finished, abort, abort accept, data. */
function isSpdu(code: u32): bool {
  switch (code) {
    case 0x01:
    case 0x08:
    case 0x09:
    case 0x0a:
    case 0x0c:
    case 0x0d:
    case 0x0e:
    case 0x19:
    case 0x1a:
      return true;
    default:
      return false;
  }
}

/** Context tags 0 to 13 of MMSpdu. */
@inline function isPdu(tag: u32): bool {
  return (tag >= 0x80 && tag <= 0x8d) || (tag >= 0xa0 && tag <= 0xad);
}

function pdu(e: Element, m: AppMessage): void {
  const tag = e.tag,
    end = e.end;
  let service: u32 = 0;
  if (isConstructed(tag) && element(e.at, end, e)) {
    if (e.tag == INTEGER || e.tag == 0x80) {
      if (element(e.next, end, e)) service = e.tag;
    } else service = e.tag;
  }
  const from = min<usize>(e.at, end);
  m.about = names(from, end);
  const words = dataIn(from, end, rewritten(), BODY >> 2);
  m.shape = layout ^ m.about;
  says(m, (tag << 16) | service, rewritten(), rewritten() + ((<usize>words) << 2));
}

/** A number for the first names from p to end; 0 where there are none. */
function names(p: usize, end: usize): u64 {
  const e = changetype<Element>(HERE);
  let hash: u64 = 0,
    found: u32 = 0;
  for (let n: u32 = 0; n < MOST && found < NAMES && element(p, end, e); ++n) {
    if (e.tag == VISIBLE || e.tag == TEXT) {
      hash = nameOf(e.at, <u32>(e.end - e.at), hash + 1);
      found += 1;
    }
    p = isConstructed(e.tag) ? e.at : e.next;
  }
  return hash;
}
