// The question of a DNS message (RFC 1035 section 4.1): its name, where the registered part of it begins. Untrusted
// bytes.
//
// The registered domain is taken to be the last two labels, three where the last two look like `co.uk` (a country's two
// letters behind one of the usual words): without the public suffix list that is a guess, but one that groups alike.

const MAX_NAME: u32 = 255;
export const text: usize = memory.data(MAX_NAME + 1, 8); // the last name, lower case, labels with dots between

export let nameLength: u32 = 0;
/** Where the registered domain begins in `text`. */
export let domainAt: u32 = 0;
export let questionType: u32 = 0;
/** 1 = the message is an answer. */
export let answer: u32 = 0;
/** Of the message; 0 = a query. */
export let opcode: u32 = 0;
/** Bytes behind the question. */
export let behind: u32 = 0;

const STARTS: u32 = 128;
const starts: usize = memory.data(STARTS, 8); // offsets of labels in text; 127 labels at most fit into 255 bytes

let asked: usize = 0; // what was taken apart of the packet at hand; 0 = nothing yet
let askedLength: u32 = 0;
let isQuestion: bool = false;

/** Another packet is at hand. */
@inline export function forgetQuestion(): void {
  asked = 0;
}

/**
 * False when p[0..length) is not a DNS message with one question. Sets what is above. Of a packet it is taken apart
 * once, whichever detectors ask.
 */
export function question(p: usize, length: u32): bool {
  if (p == asked && length == askedLength) return isQuestion;
  asked = p;
  askedLength = length;
  isQuestion = takeApart(p, length);
  return isQuestion;
}

function takeApart(p: usize, length: u32): bool {
  if (length < 17) return false;
  const flags = <u32>load<u8>(p, 2);
  if (load<u8>(p, 4) != 0 || load<u8>(p, 5) != 1) return false; // one question
  answer = flags >> 7;
  opcode = (flags >> 3) & 15;
  let at: u32 = 12,
    n: u32 = 0,
    labels: u32 = 0;
  while (true) {
    if (at >= length) return false;
    const label = <u32>load<u8>(p + at);
    at += 1;
    if (label == 0) break;
    // no compression, which is a label over 63
    if (label > 63 || at + label > length || n + label + 1 > MAX_NAME - 1 || labels == 127) return false;
    if (labels != 0) {
      store<u8>(text + n, 46);
      n += 1;
    }
    store<u8>(starts + labels, <u8>n);
    labels += 1;
    for (let i: u32 = 0; i < label; ++i) {
      const c = <u32>load<u8>(p + at + i);
      store<u8>(text + n + i, <u8>(c - 65 < 26 ? c + 32 : c));
    }
    n += label;
    at += label;
  }
  if (at + 4 > length) return false;
  questionType = ((<u32>load<u8>(p + at)) << 8) | load<u8>(p + at, 1);
  behind = length - at - 4;
  nameLength = n;
  domainAt = labels < 3 ? 0 : <u32>load<u8>(starts + labels - 2);
  if (labels >= 3 && country(labels, n)) domainAt = <u32>load<u8>(starts + labels - 3);
  return true;
}

/** Whether the name ends like `co.uk`. */
function country(labels: u32, n: u32): bool {
  const last = <u32>load<u8>(starts + labels - 1),
    second = <u32>load<u8>(starts + labels - 2);
  if (n - last != 2) return false;
  const length = last - 1 - second;
  if (length == 2) {
    const w = <u32>load<u16>(text + second);
    return w == 0x6f63 || w == 0x6361 || w == 0x726f || w == 0x656e || w == 0x6f67; // co ac or ne go
  }
  if (length != 3) return false;
  const w = (<u32>load<u16>(text + second)) | ((<u32>load<u8>(text + second, 2)) << 16);
  return w == 0x6d6f63 || w == 0x74656e || w == 0x67726f || w == 0x766f67 || w == 0x756465; // com net org gov edu
}

/** Whether the name is a reverse look-up: long and different by design. */
export function reverse(): bool {
  // it ends in ".arpa"
  return nameLength > 5 && load<u32>(text + nameLength - 4) == 0x61707261 && load<u8>(text + nameLength - 5) == 46;
}

/** Bytes that the 32 digits of an IPv6 address have, with their dots. */
export const LISTED6: u32 = 64;

/**
 * Bytes of the name that are an address backwards, as a question to a block list has it (RFC 5782 section 2), with the
 * dot behind: 0 = the name begins with none.
 */
export function listedAddress(): u32 {
  if (nameLength > LISTED6 && isNibbles()) return LISTED6;
  let at: u32 = 0;
  for (let part: u32 = 0; part < 4; ++part) {
    const first = at;
    let value: u32 = 0;
    for (; at < nameLength && at - first < 3; ++at) {
      const digit = <u32>load<u8>(text + at) - 48;
      if (digit > 9) break;
      value = value * 10 + digit;
    }
    const size = at - first;
    if (size == 0 || value > 255 || (size > 1 && load<u8>(text + first) == 48)) return 0; // one way to write each
    if (at >= nameLength || load<u8>(text + at) != 46) return 0;
    at += 1;
  }
  return at;
}

function isNibbles(): bool {
  for (let i: u32 = 0; i < LISTED6; i += 2) {
    const c = <u32>load<u8>(text + i);
    if (c - 48 > 9 && c - 97 > 5) return false;
    if (load<u8>(text + i, 1) != 46) return false;
  }
  return true;
}
