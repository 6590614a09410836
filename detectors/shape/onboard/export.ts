// What was learned, as baseline entries; each is one event of at most 900 bytes.
//
//   shape.class       service, block, frames, sums: of one class in one block, base 64 of 10 + 55 (7 + 28) x i64
//   shape.distance    block, from, counts: of measured frames in up to PIECE buckets of distance from this one on
//   shape.peaks       seconds, maxima, largest: base 64 of up to 256 x u16
import { Text, byte, hex64, lit, unsigned } from "../../../lib/onboard/text";
import { BUCKETS } from "../../onboard/histogram";
import { base64 } from "../../../lib/onboard/base64";
import { length, start, triangle, triangleLength } from "./blocks";
import { Peaks, PeaksAt } from "./generated/learning";
import { BLOCK, BLOCKS, CLASSES, PROTOCOLS, TRIANGLE } from "./generated/model";
import { currentPeaks, earlierPeaks, keyOf, learned, measured, sums } from "./learn";
import { MOST, closePeaks, largest } from "./peaks";

const PIECE: u32 = 64;
const PIECES: u32 = 5; // of a histogram
const OF_CLASSES: u32 = CLASSES * BLOCKS;
const OF_DISTANCES: u32 = OF_CLASSES + BLOCKS * PIECES;

const gathered: usize = memory.data(<i32>((BLOCK + TRIANGLE) * 8), 8);
const both: usize = memory.data(<i32>(MOST * 2), 8);
const closing: usize = memory.data(PeaksAt.SIZE, 8);
let next: u32 = 0;

export function rewind(): void {
  next = 0;
}

/** Writes the members of the next baseline entry; false when there is none left, and the next call begins anew. */
export function exportNext(t: Text): bool {
  for (; next < OF_CLASSES; ++next) {
    const c = next / BLOCKS;
    if (sums(c).frames == 0 || (c >= PROTOCOLS && keyOf(c) == 0)) continue;
    ofClass(t, c, next % BLOCKS);
    next += 1;
    return true;
  }
  for (; next < OF_DISTANCES; ++next) {
    const b = (next - OF_CLASSES) / PIECES,
      from = ((next - OF_CLASSES) % PIECES) * PIECE;
    if (!ofDistances(t, b, from)) continue;
    next += 1;
    return true;
  }
  if (next == OF_DISTANCES && learned() != 0) {
    next += 1;
    ofPeaks(t);
    return true;
  }
  next = 0;
  return false;
}

function ofClass(t: Text, c: u32, b: u32): void {
  const own = sums(c),
    n = length(b),
    products = triangleLength(b);
  memory.copy(gathered, own.features + ((<usize>start(b)) << 3), (<usize>n) << 3);
  memory.copy(gathered + ((<usize>n) << 3), own.products + ((<usize>triangle(b)) << 3), (<usize>products) << 3);
  const key = keyOf(c);
  lit(t, '"detector":"shape.class","service":"');
  hex64(t, key);
  lit(t, '","block":');
  unsigned(t, b);
  lit(t, ',"frames":');
  unsigned(t, own.frames);
  lit(t, ',"sums":"');
  base64(t, gathered, (n + products) << 3);
  byte(t, 34);
}

/** False when there is nothing in these buckets. */
function ofDistances(t: Text, b: u32, from: u32): bool {
  let used = min<u32>(from + PIECE, BUCKETS);
  while (used > from && measured(b, used - 1) == 0) used -= 1;
  if (used == from) return false;
  lit(t, '"detector":"shape.distance","block":');
  unsigned(t, b);
  lit(t, ',"from":');
  unsigned(t, from);
  lit(t, ',"counts":[');
  for (let i = from; i < used; ++i) {
    if (i > from) byte(t, 44);
    unsigned(t, measured(b, i));
  }
  byte(t, 93);
  return true;
}

function ofPeaks(t: Text): void {
  // A copy is closed: learning goes on behind an export as if there had been none
  const a = changetype<Peaks>(closing),
    b = earlierPeaks();
  memory.copy(closing, changetype<usize>(currentPeaks()), PeaksAt.SIZE);
  closePeaks(a);
  let n: u32 = 0;
  for (let i: u32 = 0, j: u32 = 0; n < MOST && (i < a.kept || j < b.kept); ++n) {
    const x = i < a.kept ? largest(a, i) : 0;
    const y = j < b.kept ? largest(b, j) : 0;
    const first = j >= b.kept || (i < a.kept && x >= y);
    store<u16>(both + ((<usize>n) << 1), <u16>(first ? x : y));
    if (first) i += 1;
    else j += 1;
  }
  lit(t, '"detector":"shape.peaks","seconds":');
  unsigned(t, a.seconds + b.seconds);
  lit(t, ',"maxima":');
  unsigned(t, a.maxima + b.maxima);
  lit(t, ',"largest":"');
  base64(t, both, n << 1);
  byte(t, 34);
}
