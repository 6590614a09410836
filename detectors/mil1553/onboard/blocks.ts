// The blocks of data words seen last, by their hashes: what is sent a second time, word for word, though it never
// repeats, was recorded and replayed, or stands still. 8,192 places, chosen by the hash; a later block takes the place
// of an older. Two different blocks are taken for one with chance 2^-32.
import { keyedBytes, wide3 } from "../../../lib/onboard/keyed";
import { Message } from "../../../mil1553/onboard/message";
import { BLOCKS } from "./capacity";
import { blocks } from "./arena";
import { key } from "./observed";

/** Of the identity and data words of the message at hand. */
export function hashOf(m: Message): u64 {
  return keyedBytes(m.data, (<u32>m.dataCount) << 1) ^ wide3(key, 0, 0);
}

/** Whether this block was there already; it is from now on. */
export function remembered(hash: u64): bool {
  const at = blocks + ((<usize>((<u32>hash) & (BLOCKS - 1))) << 2);
  const mark = (<u32>(hash >> 32)) | 1;
  const found = load<u32>(at) == mark;
  store<u32>(at, mark);
  return found;
}
