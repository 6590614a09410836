// What is learned of one octet of messages of one layout: a constant, a few values, a range; and when it last was new.
// What is random, or counts, goes on being new, and so it says nothing (novelty.ts). PAYL (Wang, Stolfo, RAID 2004) has
// the distribution of all octets of a payload; fields of machines' messages have places.
//
//   Position, 12 bytes    u8 values, RANGE = more than VALUES of them    u8 last    u8 steps of one up    u8 others
//                         u16 latest (folded)    u8 least    u8 most    VALUES x u8, in the order in which they came
//
// An octet beside one that counts (a carry goes into it), or that counts itself, is not judged: clocks and sequence
// numbers have one that stays for hours, and then moves.
import { folded, logOf } from "./novelty";
import { coarseLog2 } from "../../onboard/numeric";
import { POSITIONS } from "./capacity";

export const POSITION: u32 = 12;
const VALUES: u32 = 4;
export const RANGE: u32 = 5;
const COUNTS: u32 = 4; // steps up from which on it counts, if most of its changes were

@unmanaged
class Position {
  values: u8;
  last: u8;
  up: u8;
  other: u8;
  latest: u16;
  least: u8;
  most: u8;
  known: u32; // VALUES x u8
}

@inline export function positionAt(list: usize, i: u32): Position {
  return changetype<Position>(list + <usize>i * POSITION);
}
@inline function valueAt(x: Position, i: u32): usize {
  return changetype<usize>(x) + offsetof<Position>("known") + i;
}

function has(x: Position, value: u32): bool {
  if (<u32>x.values == RANGE) return value >= <u32>x.least && value <= <u32>x.most;
  for (let i: u32 = 0; i < <u32>x.values; ++i) if (<u32>load<u8>(valueAt(x, i)) == value) return true;
  return false;
}

@inline function counts(x: Position): bool {
  return <u32>x.up >= COUNTS && <u32>x.other * 4 <= <u32>x.up;
}

/** Whether the i-th is not judged: it counts, or one beside it does. */
export function isCarried(list: usize, i: u32): bool {
  return (
    counts(positionAt(list, i)) ||
    (i > 0 && counts(positionAt(list, i - 1))) ||
    (i + 1 < POSITIONS && counts(positionAt(list, i + 1)))
  );
}

/** The i-th octet of the next message, behind `messages` of them. Returns its score, 0 where nothing is new. */
export function learnPosition(list: usize, i: u32, value: u32, messages: u32): f64 {
  const x = positionAt(list, i);
  if (x.values == 0) {
    x.values = 1;
    x.last = x.least = x.most = <u8>value;
    store<u8>(valueAt(x, 0), <u8>value);
    x.latest = folded(messages + 1);
    return 0;
  }
  if (<u32>x.last != value) {
    step(x, value == ((<u32>x.last + 1) & 255));
    x.last = <u8>value;
  }
  if (has(x, value)) return 0;
  const score = isCarried(list, i) ? 0 : max<f64>(0, coarseLog2(<f64>messages + 1) - logOf(x.latest));
  if (<u32>x.values < VALUES) {
    store<u8>(valueAt(x, x.values), <u8>value);
    x.values += 1;
  } else x.values = <u8>RANGE;
  if (value < <u32>x.least) x.least = <u8>value;
  if (value > <u32>x.most) x.most = <u8>value;
  x.latest = folded(messages + 1);
  return score;
}

function step(x: Position, isUp: bool): void {
  if (x.up == 255 || x.other == 255) {
    x.up >>= 1;
    x.other >>= 1;
  }
  if (isUp) x.up += 1;
  else x.other += 1;
}
