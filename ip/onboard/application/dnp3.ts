// DNP3 (IEEE 1815-2012): link layer (clause 9), transport function (8), application layer (4).
//
//   05 64  u8 length  u8 control  u16le to  u16le from  u16le CRC    then 16 bytes and their CRC at a time:
//   u8 transport      u8 control  u8 function  [u16 internal indications of an answer]  objects
//
// An outstation throws a frame away whose block has a wrong CRC, and looks for the next one behind its header: so does
// this (a length that lies hides nothing). The header's CRC must be right: no outstation takes a frame otherwise, so it
// is a message at any port.
//
// kind    0x100 | function of the application; 0x200: the transport goes on with an earlier one; otherwise the link
//         layer's function, with 0x40 from the primary station
// about   from whom to whom (link addresses), first object's group, variation and qualifier
import { AppMessage, BODY, rewritten, says } from "./message";

const HEADER: u32 = 10;
const BLOCK: u32 = 16;
const PRIMARY: u32 = 0x40;
const FIRST: u32 = 0x40; // of a message, in the transport's octet
const ANSWERS: u32 = 129; // functions from here on have internal indications
/** CRC of a half byte: polynomial 0x3d65, reflected. */
const HALVES: usize = memory.data<u16>([
  0x0000, 0xb26b, 0x29af, 0x9bc4, 0x535e, 0xe135, 0x7af1, 0xc89a, 0xa6bc, 0x14d7, 0x8f13, 0x3d78, 0xf5e2, 0x4789,
  0xdc4d, 0x6e26,
]);

@inline function halfOf(crc: u32, value: u32): u32 {
  return (crc >> 4) ^ (<u32>load<u16>(HALVES + ((<usize>((crc ^ value) & 15)) << 1)));
}

/** Whether a frame begins at p: its start octets, and a header whose CRC is right. */
export function isDnp3(p: usize, end: usize): bool {
  if (p + HEADER > end || load<u16>(p) != 0x6405 || <u32>load<u8>(p, 2) < 5) return false;
  return isWhole(p, HEADER - 2);
}

/** Whether `length` octets at p have the right CRC behind them. */
function isWhole(p: usize, length: u32): bool {
  let crc: u32 = 0;
  for (let i: u32 = 0; i < length; ++i) {
    const octet = <u32>load<u8>(p + i);
    crc = halfOf(halfOf(crc, octet), octet >> 4);
  }
  return ((crc ^ 0xffff) & 0xffff) == <u32>load<u16>(p + length);
}

/** Where the next frame begins: behind this one, whose user data is so long, or at a header in it if it is damaged. */
function nextOf(p: usize, end: usize, length: u32): usize {
  const next = dataAt(p, length) + (length % BLOCK ? 2 : 0);
  for (let i: u32 = 0; i < length; i += BLOCK) {
    const block = dataAt(p, i),
      octets = min<u32>(BLOCK, length - i);
    if (block + octets + 2 > end || isWhole(block, octets)) continue;
    const last = min<usize>(next, end);
    for (let q = p + HEADER; q + HEADER <= last; ++q) if (isDnp3(q, last)) return q;
    break;
  }
  return next;
}

/** Where the i-th octet of user data is: each BLOCK of them has a CRC behind it. */
@inline function dataAt(p: usize, i: u32): usize {
  return p + HEADER + <usize>(i + 2 * (i / BLOCK));
}

export function dnp3(p: usize, end: usize, m: AppMessage): bool {
  if (!isDnp3(p, end)) return false;
  const length = <u32>load<u8>(p, 2) - 5,
    control = (<u32>load<u8>(p, 3)) & 0x4f;
  m.next = nextOf(p, end, length);
  says(m, control, p, p);
  m.about = ((<u64>load<u16>(p, 4)) << 48) | ((<u64>load<u16>(p, 6)) << 32);
  m.shape = m.about;
  if ((control != (PRIMARY | 3) && control != (PRIMARY | 4)) || length == 0) return true;
  let n: u32 = 0; // octets of user data at hand
  while (n < length && n < BODY + 5 && dataAt(p, n) < end) ++n;
  if (n == 0) return true;
  const starts = ((<u32>load<u8>(dataAt(p, 0))) & FIRST) != 0;
  if (starts && n < 3) return true;
  const code = starts ? <u32>load<u8>(dataAt(p, 2)) : 0;
  const from: u32 = starts ? 3 : 1;
  for (let i = from; i < n && i - from < BODY; ++i) store<u8>(rewritten() + (i - from), load<u8>(dataAt(p, i)));
  says(m, starts ? 0x100 | code : 0x200, rewritten(), rewritten() + min<u32>(n - from, BODY));
  const objects = from + (code >= ANSWERS ? 2 : 0);
  if (starts && objects + 3 <= n)
    m.about |=
      ((<u64>load<u8>(dataAt(p, objects))) << 16) |
      ((<u64>load<u8>(dataAt(p, objects + 1))) << 8) |
      (<u64>load<u8>(dataAt(p, objects + 2)));
  m.shape = m.about ^ ((<u64>length) << 24);
  return true;
}
