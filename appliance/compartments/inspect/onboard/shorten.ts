// An alert or anomaly that is longer than a record may be (MAX_EVENT): rather a shorter one than none.
//
// Rule: whole members and elements stay from the front, as many as fit; what is open is closed; the object ends with
// `,"shortened":true}`. What names a thing stands in front in our events, what explains it behind.
import { Text, byte, lit } from "../../../../lib/onboard/text";

const TAIL: u32 = 18; // ,"shortened":true}
const DEEPEST: u32 = 31;

/** `t` holds the beginning of a JSON object from `start` on, cut where it was full. False: nothing of it fits. */
export function shorten(t: Text, start: usize): bool {
  let depth: u32 = 0;
  let arrays: u32 = 0; // bit d: what is open at depth d is an array
  let quoted = false;
  let cut: usize = 0,
    cutDepth: u32 = 0,
    cutArrays: u32 = 0;
  for (let p = start; p < t.at; ++p) {
    const c = <u32>load<u8>(p);
    if (quoted) {
      if (c == 0x5c) ++p;
      else if (c == 0x22) quoted = false;
    } else if (c == 0x22) quoted = true;
    else if (c == 0x7b || c == 0x5b) {
      depth += 1;
      if (depth > DEEPEST) break;
      arrays = c == 0x5b ? arrays | (1 << depth) : arrays & ~(1 << depth);
    } else if (c == 0x7d || c == 0x5d) depth -= 1;
    else if (c == 0x2c && p + depth - 1 + TAIL <= t.end) {
      cut = p;
      cutDepth = depth;
      cutArrays = arrays;
    }
  }
  if (cut == 0) return false;
  t.at = cut;
  t.overflow = false;
  for (; cutDepth > 1; --cutDepth) byte(t, (cutArrays >> cutDepth) & 1 ? 0x5d : 0x7d);
  lit(t, ',"shortened":true}');
  return true;
}
