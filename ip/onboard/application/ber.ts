// BER (X.690, clause 8): an element is a tag, a length, and so many bytes; of a constructed one these are elements.
// Only definite lengths, and tags of at most two bytes: no protocol here has others.
import { mix } from "../../../lib/onboard/bytes";

@unmanaged
export class Element {
  tag: u32; // as it stands; of a tag of two bytes first << 8 | second
  at: usize; // its contents, as far as they are at hand
  end: usize;
  next: usize; // where the next one begins, as this one says
}
export const ELEMENT: i32 = offsetof<Element>();

const CONSTRUCTED: u32 = 0x20;

/** Reads the element at p; false where its tag and length are not at hand, or malformed. */
export function element(p: usize, end: usize, to: Element): bool {
  if (p + 2 > end) return false;
  let tag = <u32>load<u8>(p);
  p += 1;
  if ((tag & 31) == 31) {
    if (load<u8>(p) & 0x80 || p + 2 > end) return false;
    tag = (tag << 8) | (<u32>load<u8>(p));
    p += 1;
  }
  let length = <u32>load<u8>(p);
  p += 1;
  if (length & 0x80) {
    const bytes = length & 127;
    if (bytes == 0 || bytes > 3 || p + bytes > end) return false;
    length = 0;
    for (let i: u32 = 0; i < bytes; ++i) length = (length << 8) | (<u32>load<u8>(p + i));
    p += bytes;
  }
  to.tag = tag;
  to.at = p;
  to.next = p + length;
  to.end = min<usize>(to.next, end);
  return true;
}

@inline export function isConstructed(tag: u32): bool {
  return ((tag > 0xff ? tag >> 8 : tag) & CONSTRUCTED) != 0;
}

/** The lower 32 bits of a number: an INTEGER with its sign, or another without. */
export function numberIn(e: Element, isSigned: bool): u32 {
  let value: u32 = isSigned && e.at < e.end && load<u8>(e.at) & 0x80 ? 0xffffffff : 0;
  for (let p = e.at; p < e.end; ++p) value = (value << 8) | (<u32>load<u8>(p));
  return value;
}

const MOST: u32 = 40; // elements that are looked at
const INNER: usize = memory.data(offsetof<Element>(), 8);

/** What dataIn() says beside the words: which kinds of data there were, in which order. */
export let layout: u64 = 0;

/**
 * Values of MMS (ISO 9506-2, `Data`) from p to end as 32-bit words, most significant byte first, so that a value keeps
 * its place however long those before it are: at most `most` of them, written to `to`. Times and texts are no values.
 * Returns the words written.
 */
export function dataIn(p: usize, end: usize, to: usize, most: u32): u32 {
  const e = changetype<Element>(INNER);
  let words: u32 = 0;
  layout = 0;
  for (let n: u32 = 0; n < MOST && element(p, end, e); ++n) {
    layout = mix(layout, e.tag);
    if (isConstructed(e.tag)) {
      p = e.at;
      continue;
    }
    p = e.next;
    let value: u32 = 0;
    switch (e.tag) {
      case 0x83: // boolean
      case 0x86: // unsigned
        value = numberIn(e, false);
        break;
      case 0x85: // integer
        value = numberIn(e, true);
        break;
      case 0x84: // bit-string, behind the number of unused bits
        e.end = min<usize>(e.end, e.at + 5);
        e.at = min<usize>(e.at + 1, e.end);
        value = numberIn(e, false);
        break;
      case 0x87: // floating-point, behind the width of its exponent
        value = numberIn(e, false);
        break;
      case 0x80: // failure, of an access
        value = numberIn(e, false);
        break;
      default:
        continue;
    }
    if (words == most) continue;
    store<u32>(to + ((<usize>words) << 2), bswap<u32>(value));
    words += 1;
  }
  return words;
}
