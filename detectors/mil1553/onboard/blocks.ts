// The blocks of data words seen last, by their hashes: what is sent a second time, word for word, though it never
// repeats, was recorded and replayed, or stands still. 8,192 places, chosen by the hash; a later block takes the place
// of an older. Two different blocks are taken for one with chance 2^-32.
import { Message } from "../../../mil1553/onboard/message";
import { BLOCKS } from "./capacity";
import { blocks } from "./arena";
import { key } from "./observed";

/** Of the identity and data words of the message at hand. */
export function hashOf(m: Message): u64 {
  let h = key;
  const n = <u32>m.dataCount;
  let p = m.data;
  // Four words at a time; they stand unaligned in the packet
  for (let i: u32 = 4; i <= n; i += 4, p += 8) h = ((h ^ load<u64>(p)) * 0x9e3779b97f4a7c15) ^ (h >> 29);
  for (let i: u32 = n & 3; i != 0; --i, p += 2) h = ((h ^ (<u64>load<u16>(p))) * 0x9e3779b97f4a7c15) ^ (h >> 29);
  h = (h ^ (h >> 33)) * 0xff51afd7ed558ccd;
  return h ^ (h >> 33);
}

/** Whether this block was there already; it is from now on. */
export function remembered(hash: u64): bool {
  const at = blocks + ((<usize>((<u32>hash) & (BLOCKS - 1))) << 2);
  const mark = (<u32>(hash >> 32)) | 1;
  const found = load<u32>(at) == mark;
  store<u32>(at, mark);
  return found;
}
