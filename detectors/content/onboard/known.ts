// REQ-DETECT-008
// What the baseline knows, from the section of the policy that ../learned.ts packs: records of 16 bytes behind the list
// of hosts (../../ip/onboard/section.ts). A conversation's record, which names it, is followed by those of what it
// says; all but conversations' begin with MARK, which is no host:
//
//   conversation   8 bytes that name it, u8 x 4 scores of new functions and new objects to the server and back (in
//                  eighths), 4 zeros
//   LIMITS         MARK, u8 what, u8 0, u32 0, u16 x 4 limits of the classes (in 1/256)
//   STREAM         MARK, u8 what, u8 rules that it broke, u32 0, u64 stream
//   FUNCTION       MARK, u8 what, u8 app | side << 7, u32 kind, u64 0
//   OBJECT         the same, u64 about
//   LAYOUT         the same, u64 shape; of so many octets as the second byte of the next record says, which are:
//   OCTETS         MARK, u8 what, u8 records that follow, 12 zeros; then records of two octets each: u8 place, u8 how
//                  many values (0: a range), u8 score (in eighths), u8 0, 4 x u8 values, or least and most
//
// Nothing here is displaced: it is the baseline's.
import { Detector } from "../../onboard/catalogue";
import { claim } from "../../ip/onboard/area";
import { KNOWN_CONVERSATIONS } from "../../ip/onboard/capacity";
import { addConversation } from "../../ip/onboard/known";
import { Named, OUTSIDE, openSection, readConversation, recordAt, records } from "../../ip/onboard/section";
import { APPS } from "../../../ip/onboard/application/message";
import { KNOWN_PROFILES, KNOWN_SAYINGS, POSITIONS, RECORDS, STREAMS } from "./capacity";
import { functionKey, layoutKey, objectKey, sideKey } from "./keys";
import { CLASSES } from "./novelty";

const RECORD: u32 = 16;
const MARK: u32 = 65534;
const enum What {
  LIMITS = 1,
  STREAM = 2,
  FUNCTION = 3,
  OBJECT = 4,
  LAYOUT = 5,
  OCTETS = 6,
}

/** Of a conversation, by its index (../../ip/onboard/known.ts). */
@unmanaged
class Scores {
  scores: u32; // as in its record
}

/** One octet of a layout, as in a record. */
@unmanaged
class KnownOctet {
  place: u8;
  values: u8;
  score: u8;
  pad: u8;
  known: u32; // 4 x u8
}
const OCTET: u32 = offsetof<KnownOctet>();

@unmanaged
class Layout {
  key: u64; // 0 = free
  at: u32; // its first octet
  count: u32;
}

const SLOTS: u32 = 2 * KNOWN_SAYINGS; // of the hash table of sayings
const LAYOUTS: u32 = 2 * KNOWN_PROFILES;
const LIMITS: usize = memory.data(CLASSES * 4, 8);
const streams: usize = memory.data(STREAMS * 16, 8); // u64 stream, u64 rules
let streamCount: u32 = 0;
let scores: usize = 0;
let sayings: usize = 0;
let layouts: usize = 0;
let octets: usize = 0;
let sayingCount: u32 = 0;
let layoutCount: u32 = 0;
let octetCount: u32 = 0;

/** Nothing is known. Takes its memory unless it is learned. */
export function openKnown(learns: bool): void {
  streamCount = sayingCount = layoutCount = octetCount = 0;
  memory.fill(LIMITS, 0, CLASSES * 4);
  if (learns) return;
  scores = claim(KNOWN_CONVERSATIONS * offsetof<Scores>());
  sayings = claim(SLOTS * 8);
  layouts = claim(LAYOUTS * offsetof<Layout>());
  octets = claim(RECORDS * RECORD);
}

@inline export function limitOf(which: u32): f64 {
  return <f64>load<f32>(LIMITS + ((<usize>which) << 2));
}
/** Score, in eighths, of a new function (`isObject`: of a new object) of a side of a known conversation. */
@inline export function scoreOf(index: u32, side: u32, isObject: bool): u32 {
  return <u32>load<u8>(scores + <usize>index * offsetof<Scores>() + (isObject ? 2 : 0) + side);
}

@inline function slotOf(i: u32): usize {
  return sayings + ((<usize>(i & (SLOTS - 1))) << 3);
}
export function isSaid(key: u64): bool {
  for (let i = <u32>(key >> 32), n: u32 = 0; n < SLOTS; ++i, ++n) {
    const there = load<u64>(slotOf(i));
    if (there == key) return true;
    if (there == 0) return false;
  }
  return false;
}
function addSaying(key: u64): bool {
  if (sayingCount == KNOWN_SAYINGS) return false;
  let i = <u32>(key >> 32);
  while (load<u64>(slotOf(i)) != 0 && load<u64>(slotOf(i)) != key) ++i;
  if (load<u64>(slotOf(i)) == 0) sayingCount += 1;
  store<u64>(slotOf(i), key);
  return true;
}

@inline function layoutSlot(i: u32): Layout {
  return changetype<Layout>(layouts + <usize>(i & (LAYOUTS - 1)) * offsetof<Layout>());
}
/** The Layout of this key, or 0. */
export function layoutAt(key: u64): usize {
  for (let i = <u32>(key >> 32), n: u32 = 0; n < LAYOUTS; ++i, ++n) {
    const x = layoutSlot(i);
    if (x.key == key) return changetype<usize>(x);
    if (x.key == 0) return 0;
  }
  return 0;
}
@inline export function octetsOf(layout: usize): u32 {
  return changetype<Layout>(layout).count;
}
@inline export function octetAt(layout: usize, i: u32): KnownOctet {
  return changetype<KnownOctet>(octets + <usize>(changetype<Layout>(layout).at + i) * OCTET);
}
export function isWithin(x: KnownOctet, value: u32): bool {
  const at = changetype<usize>(x) + offsetof<KnownOctet>("known");
  if (x.values == 0) return value >= <u32>load<u8>(at) && value <= <u32>load<u8>(at, 1);
  for (let i: usize = 0; i < <usize>x.values; ++i) if (<u32>load<u8>(at + i) == value) return true;
  return false;
}

/** Rules that a stream broke while it was learned. */
export function rulesBroken(stream: u64): u32 {
  for (let i: u32 = 0; i < streamCount; ++i)
    if (load<u64>(streams + ((<usize>i) << 4)) == stream) return <u32>load<u64>(streams + ((<usize>i) << 4), 8);
  return 0;
}

/** Takes the section; false when it is malformed. */
export function configure(at: usize, length: u32): bool {
  if (!openSection(at, length, RECORD) || records() > RECORDS) return false;
  let conversation: u64 = 0;
  for (let i: u32 = 0; i < records(); ++i) {
    const p = recordAt(i);
    if (<u32>load<u16>(p) != MARK) {
      conversation = named(p);
      if (conversation == 0) return false;
      continue;
    }
    const used = take(p, i, conversation);
    if (used == 0) return false;
    i += used - 1;
  }
  return true;
}

/** Key of the conversation that a record names, or 0. */
function named(p: usize): u64 {
  const where = readConversation(p);
  if (where == 0 || load<u32>(p, 12) != 0) return 0;
  const x = changetype<Named>(where);
  if (x.client == OUTSIDE || x.server == OUTSIDE) return 0;
  const n = addConversation(x.key, x.check, Detector.CONTENT);
  if (n == 0) return 0;
  const at = changetype<Scores>(scores + <usize>(n - 1) * offsetof<Scores>());
  // hosts of an unordered one are put in the order of their addresses: its sides go with them
  turned = load<u8>(p, 7) != 0 && <u32>load<u16>(p) != x.client;
  const told = load<u32>(p, 8);
  at.scores = turned ? ((told & 0x00ff00ff) << 8) | ((told >> 8) & 0x00ff00ff) : told;
  return x.key;
}
let turned: bool = false;

/** A record of what a conversation says, or of none in particular. Returns how many records it takes; 0: malformed. */
function take(p: usize, i: u32, conversation: u64): u32 {
  const what = <u32>load<u8>(p, 2),
    app = (<u32>load<u8>(p, 3)) & 127,
    kind = load<u32>(p, 4),
    value = load<u64>(p, 8);
  if (what == What.LIMITS) {
    if (load<u8>(p, 3) != 0 || kind != 0) return 0;
    for (let j: usize = 0; j < CLASSES; ++j) {
      const limit = <u32>load<u16>(p + (j << 1), 8);
      if (limit == 0) return 0;
      store<f32>(LIMITS + (j << 2), <f32>limit / 256);
    }
    return 1;
  }
  if (what == What.STREAM) {
    if (streamCount == STREAMS || kind != 0) return 0;
    store<u64>(streams + ((<usize>streamCount) << 4), value);
    store<u64>(streams + ((<usize>streamCount) << 4), load<u8>(p, 3), 8);
    streamCount += 1;
    return 1;
  }
  if (conversation == 0 || app >= APPS || limitOf(0) == 0) return 0;
  const side = sideKey(conversation, ((<u32>load<u8>(p, 3)) >> 7) ^ (turned ? 1 : 0));
  switch (what) {
    case What.FUNCTION:
      return value == 0 && addSaying(functionKey(side, app, kind)) ? 1 : 0;
    case What.OBJECT:
      return addSaying(objectKey(side, app, kind, value)) ? 1 : 0;
    case What.LAYOUT:
      return takeLayout(i, layoutKey(side, app, kind, value));
    default:
      return 0;
  }
}

function takeLayout(i: u32, key: u64): u32 {
  if (i + 1 >= records() || layoutCount == KNOWN_PROFILES) return 0;
  const head = recordAt(i + 1),
    following = <u32>load<u8>(head, 3);
  if (<u32>load<u16>(head) != MARK || <u32>load<u8>(head, 2) != What.OCTETS || following == 0) return 0;
  if (load<u32>(head, 4) != 0 || load<u64>(head, 8) != 0) return 0;
  if (following > POSITIONS / 2 || i + 1 + following >= records()) return 0;
  let n = <u32>(key >> 32);
  while (layoutSlot(n).key != 0 && layoutSlot(n).key != key) ++n;
  const x = layoutSlot(n);
  x.key = key;
  x.at = octetCount;
  x.count = 0;
  layoutCount += 1;
  for (let j: u32 = 0; j < 2 * following; ++j) {
    const octet = changetype<KnownOctet>(recordAt(i + 2 + j / 2) + (j & 1 ? <usize>OCTET : 0));
    // the second place of the last record may be empty
    if (octet.score == 0 && j == 2 * following - 1) break;
    if (<u32>octet.place >= POSITIONS || <u32>octet.values > 4 || octet.pad != 0 || octet.score == 0) return 0;
    memory.copy(octets + <usize>octetCount * OCTET, changetype<usize>(octet), OCTET);
    octetCount += 1;
    x.count += 1;
  }
  return 2 + following;
}
