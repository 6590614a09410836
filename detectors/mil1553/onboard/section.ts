// REQ-DETECT-008
// The section of the policy that ../ground/section.ts packs, checked and copied. Untrusted: every length is checked before
// it is used, every number held against its range, every float must be finite. False, and nothing is known, otherwise.
//
//   header   u32 "1553", u16 version, u16 buses, u16 identities, u16 responses, u32 length of all
//            f32 novelty and order, bits; f32 response times, deviations: limits of their sums
//   bus      u16 channel, u8 flags, u8 patience, u8 terminals, i32 shortest gap, i32 its tolerance, u32 silence,
//            u32 load least, most, messages least, most (of a second), tolerance of load, of messages;
//            f32 new message, its leak, new mode code, its leak, new terminal, other side, its leak (bits);
//            f32 failure, success, those of a burst (nats), limit, new kind of error (bits); u16 kinds of error;
//            u32 terminals' mask; then for each terminal
//            u8 address, u8 flags, u16 status bits, f32 bits of a new one, failure, success (nats), limit
//   identity u16 bus, u16 cmd1, u16 cmd2, u8 flags, u8 intervals, u8 successors, u8 words, u16 order (bits * 256),
//            u8 constants (bits * 8); intervals { u32 least, most, tolerance };
//            successors { u16 identity, u8 bits * 8, u8 0 }; words, each
//            u8 0, u16 value | u8 1 (nothing known) | u8 2 | flags, and a profile, see judge/data.ts
//   response u16 bus * 32 + terminal, u8 answer, u8 least, u8 most, u8 tolerance, u8 alone, f32 mean, deviation
import { BUSES, CHANGING_MODEL, IDENTITIES, NONE, RANGES, RESPONSES, SUCCESSORS, WORDS } from "./capacity";
import {
  BUS,
  KNOWN,
  PROFILE,
  TIMING,
  buses,
  known,
  profiles,
  responsePlaces,
  successors,
  terminals,
  timings,
  words,
} from "./arena";
import { addBus, findBus } from "./buses";
import { add, find } from "./identities";
import { keyOf } from "./observed";

export const MAGIC: u32 = 0x33353531;
export const VERSION: u32 = 1;

export const enum BusFlag {
  INCOMPLETE = 1,
  NO_ORDER = 2,
  NOISY = 4,
}
export const enum Flag {
  PAIR = 1,
  ON_A = 2,
  ON_B = 4,
  REGULAR = 8,
  NEVER_REPEATS = 16,
  FAILS = 32,
}
export const enum Holds {
  RANGE = 1,
  MOVES = 2,
  ONE_JUMP = 4,
  COUNTER = 8,
  RUN = 16,
  DRIFT = 32,
  FIXED = 64,
}

export let noveltyLimit: f64 = 0;
export let orderLimit: f64 = 0;
export let responseLimit: f64 = 0;
export let ready: bool = false;

/** Of a bus in operation, behind Common and its ring (128 bytes). */
@unmanaged
export class BusModel {
  gap: i32; // 0.1 us
  gapTolerance: i32;
  silence: u32;
  loadLeast: u32; // 0.1 us in a second
  loadMost: u32;
  countLeast: u32;
  countMost: u32;
  loadTolerance: u32;
  countTolerance: u32;
  mask: u32; // terminals that were ever commanded
  newBits: f32;
  newLeak: f32;
  modeBits: f32;
  modeLeak: f32;
  terminalBits: f32;
  sideBits: f32;
  sideLeak: f32;
  failure: f32; // nats
  success: f32;
  burstFailure: f32; // the same for bursts: most messages fail
  burstSuccess: f32;
  limit: f32;
  kindBits: f32; // surprise of a kind of error that was never seen
  kinds: u32; // those that were
  flags: u32;
  patience: u32; // periods that a message may be missing where commands could not be believed
  // state
  newSum: f32;
  modeSum: f32;
  orderSum: f32;
  sideSum: f32;
  sideAt: u32; // Common.messages when a message last was on the other side
  lost: u32; // messages whose command could not be believed
  passed: u32; // Common.messages when time passed last
  silent: u32; // 1: said so
  walk: f32;
  burst: f32;
  kindSum: f32;
  anchor: u64; // record time, ns, since when nothing came
  since: u64; // ns, when the walk left 0
  burstSince: u64;
}

/** Of a terminal in operation, 40 bytes. */
@unmanaged
export class TerminalModel {
  bits: u16;
  known: u8; // 1: its status words were learned, 2: its failures were
  pad: u8;
  newBits: f32;
  failure: f32; // nats
  success: f32;
  limit: f32;
  newSum: f32;
  walk: f32;
  pad2: f32;
  since: u64; // ns, when the walk left 0
}

/** Of an identity in operation, 144 bytes: this, then 6 intervals { u32 least, most, tolerance } at +56. */
@unmanaged
export class KnownModel {
  last: u64;
  effort: u32;
  effortBefore: u32;
  late: u32; // 0.1 us after which it is missing; 0 = never
  lost: u32; // BusModel.lost at the last message
  wordsAt: u16;
  successorsAt: u16;
  epoch: u16;
  bus: u8;
  flags: u8;
  kinds: u8;
  wordCount: u8;
  successorCount: u8;
  interrupted: u8; // the message before had no data that could be believed
  missing: u8; // 1: said so
  age: u8; // messages since a block that was there before, up to 255
  order: u16; // bits * 256 of a follower that was never seen
  constant: u8; // bits * 8 of a constant that changes
  begun: u8; // words hold a message
  repeats: u8; // such blocks, each soon behind the one before
  constantSum: f32;
  strange: u32; // which constants had which other values when they had last; 0 = never
}
export const INTERVALS: usize = 56;

// @ts-ignore: decorator
@inline export function busModel(i: u32): BusModel {
  return changetype<BusModel>(buses + <usize>(i * BUS) + 128);
}
// @ts-ignore: decorator
@inline export function terminalModel(i: u32): TerminalModel {
  return changetype<TerminalModel>(terminals + <usize>(i * 40));
}
// @ts-ignore: decorator
@inline export function knownModel(i: u32): KnownModel {
  return changetype<KnownModel>(known + <usize>(i * KNOWN));
}

let at: usize = 0;
let stop: usize = 0;
let good: bool = false;
let wordsUsed: u32 = 0;
let profilesUsed: u32 = 0;
let successorsUsed: u32 = 0;
let timingsUsed: u32 = 0;

function take(n: usize): usize {
  if (stop - at < n) {
    good = false;
    return 0;
  }
  const p = at;
  at += n;
  return p;
}
function u8v(): u32 {
  const p = take(1);
  return p ? <u32>load<u8>(p) : 0;
}
function u16v(): u32 {
  const p = take(2);
  return p ? <u32>load<u16>(p) : 0;
}
function u32v(): u32 {
  const p = take(4);
  return p ? load<u32>(p) : 0;
}
function f32v(least: f32): f32 {
  const p = take(4);
  if (p == 0) return 0;
  const v = load<f32>(p);
  if (!(v >= least && v < 1e9)) {
    good = false;
    return 0;
  }
  return v;
}

/** Everything must be cleared before. */
export function readSection(p: usize, length: u32): bool {
  at = p;
  stop = p + <usize>length;
  good = true;
  ready = false;
  wordsUsed = profilesUsed = successorsUsed = timingsUsed = 0;
  if (length < 28 || u32v() != MAGIC || u16v() != VERSION) return false;
  const busCount = u16v(),
    identityCount = u16v(),
    responseCount = u16v();
  if (u32v() != length || busCount > BUSES || identityCount > IDENTITIES || responseCount > RESPONSES) return false;
  noveltyLimit = <f64>f32v(0.001);
  orderLimit = <f64>f32v(0.001);
  responseLimit = <f64>f32v(0.001);
  for (let i: u32 = 0; good && i < busCount; ++i) readBus();
  for (let i: u32 = 0; good && i < identityCount; ++i) readIdentity(busCount, identityCount);
  for (let i: u32 = 0; good && i < responseCount; ++i) readResponse(busCount);
  ready = good && at == stop;
  return ready;
}

function readBus(): void {
  const channel = u16v();
  if (findBus(channel) != NONE) {
    good = false;
    return;
  }
  const bus = addBus(channel);
  const b = busModel(bus);
  b.flags = u8v();
  b.patience = u8v();
  const count = u8v();
  b.gap = <i32>u32v();
  b.gapTolerance = max<i32>(<i32>u32v(), 1);
  b.silence = u32v();
  b.loadLeast = u32v();
  b.loadMost = u32v();
  b.countLeast = u32v();
  b.countMost = u32v();
  b.loadTolerance = max<u32>(u32v(), 1);
  b.countTolerance = max<u32>(u32v(), 1);
  b.newBits = f32v(0);
  b.newLeak = f32v(0);
  b.modeBits = f32v(0);
  b.modeLeak = f32v(0);
  b.terminalBits = f32v(0);
  b.sideBits = f32v(0);
  b.sideLeak = f32v(0);
  b.failure = f32v(0);
  b.success = f32v(-1e6);
  b.burstFailure = f32v(0);
  b.burstSuccess = f32v(-1e6);
  b.limit = f32v(0.001);
  b.kindBits = f32v(0);
  b.kinds = u16v();
  if (b.success > 0 || b.burstSuccess > 0) good = false;
  b.mask = u32v();
  if (count > 32) good = false;
  for (let n: u32 = 0; good && n < count; ++n) {
    const address = u8v();
    if (address > 31) {
      good = false;
      return;
    }
    const t = terminalModel((bus << 5) | address);
    t.known = <u8>u8v();
    t.bits = <u16>u16v();
    t.newBits = f32v(0);
    t.failure = f32v(0);
    t.success = f32v(-1e6);
    t.limit = f32v(0.001);
    if (t.success > 0) good = false;
  }
}

function readIdentity(busCount: u32, identityCount: u32): void {
  const bus = u16v(),
    cmd1 = u16v(),
    cmd2 = u16v(),
    flags = u8v();
  const kinds = u8v(),
    count = u8v(),
    n = u8v(),
    order = u16v(),
    constant = u8v();
  if (
    !good ||
    bus >= busCount ||
    kinds > RANGES ||
    n > 32 ||
    count + successorsUsed > SUCCESSORS ||
    n + wordsUsed > WORDS
  ) {
    good = false;
    return;
  }
  const channel = <u32>load<u16>(buses + <usize>(bus * BUS), CHANNEL);
  const key = keyOf(channel, cmd1, cmd2, (flags & Flag.PAIR) != 0);
  if (find(key) != NONE) {
    good = false;
    return;
  }
  const k = knownModel(add(key));
  k.bus = <u8>bus;
  k.flags = <u8>flags;
  k.kinds = <u8>kinds;
  k.order = <u16>order;
  k.constant = <u8>constant;
  k.epoch = 0xffff;
  let late: u64 = 0;
  for (let i: u32 = 0; i < kinds; ++i) {
    const p = changetype<usize>(k) + INTERVALS + <usize>(i * 12);
    const least = u32v(),
      most = u32v(),
      tolerance = max<u32>(u32v(), 1);
    if (most < least) good = false;
    store<u32>(p, least);
    store<u32>(p, most, 4);
    store<u32>(p, tolerance, 8);
    late = max<u64>(late, <u64>most + tolerance);
  }
  if ((flags & Flag.REGULAR) != 0) k.late = <u32>min<u64>(late, u32.MAX_VALUE);
  k.successorsAt = <u16>successorsUsed;
  k.successorCount = <u8>count;
  for (let i: u32 = 0; i < count; ++i, ++successorsUsed) {
    const to = u16v();
    if (to >= identityCount) good = false;
    store<u32>(successors + ((<usize>successorsUsed) << 2), to | (u16v() << 16));
  }
  k.wordsAt = <u16>wordsUsed;
  k.wordCount = <u8>n;
  for (let i: u32 = 0; good && i < n; ++i, ++wordsUsed) readWord();
}
const CHANNEL: usize = 32; // offset of Common.channel

/** Word, 4 bytes: u16 value (the last, or the only one), u16 profile; NONE constant, FULL nothing known. */
function readWord(): void {
  const w = words + ((<usize>wordsUsed) << 2);
  const tag = u8v();
  if (tag == 0) {
    store<u32>(w, u16v() | (NONE << 16));
    return;
  }
  if (tag == 1) {
    store<u32>(w, 0xfffe0000);
    return;
  }
  if (tag != 2 || profilesUsed == CHANGING_MODEL) {
    good = false;
    return;
  }
  store<u32>(w, profilesUsed << 16);
  const c = changetype<Profile>(profiles + <usize>(profilesUsed * PROFILE));
  profilesUsed += 1;
  c.jump = c.odd = 0xffff;
  c.flags = <u16>u8v();
  c.longest = <u16>u16v();
  if (c.flags & Holds.RANGE) {
    c.base = <u16>u16v();
    c.width = <u16>u16v();
    c.margin = <u16>max<u32>(u16v(), 1);
  }
  if (c.flags & Holds.MOVES) c.farthest = <u16>max<u32>(u16v(), 1);
  if (c.flags & Holds.COUNTER) {
    c.stepA = <u16>u16v();
    c.stepB = <u16>u16v();
  }
  if (c.flags & Holds.FIXED) {
    c.mask = <u16>u16v();
    c.value = <u16>u16v();
  }
  if (c.flags & Holds.DRIFT) {
    c.mean = f32v(-65536);
    c.inverse = <f32>(1 / <f64>f32v(0.1));
    c.limit = f32v(0.001);
  }
}

/** What is known of a data word that changes, 56 bytes. */
@unmanaged
export class Profile {
  since: u64; // ns, when the larger sum left 0
  mean: f32;
  inverse: f32; // of the deviation
  limit: f32;
  up: f32;
  down: f32;
  flags: u16; // Holds
  base: u16; // range: from base on, width values on the circle of 65,536
  width: u16;
  margin: u16;
  farthest: u16; // largest move
  stepA: u16; // the moves of a counter
  stepB: u16;
  mask: u16; // bits that never changed, and what they are
  value: u16;
  longest: u16; // times in a row that the value may be the same
  run: u16;
  jump: u16; // values since the last jump
  odd: u16; // values since bits changed that never did
  pad: u16;
}

function readResponse(busCount: u32): void {
  const who = u16v(),
    answer = u8v(),
    least = u8v(),
    most = u8v(),
    tolerance = u8v(),
    alone = u8v();
  const mean = f32v(0),
    deviation = f32v(0.1);
  if (!good || who >= busCount << 5 || answer > 3 || most < least) {
    good = false;
    return;
  }
  const place = responsePlaces + ((<usize>((who << 2) | answer)) << 1);
  if (load<u16>(place) != 0) {
    good = false;
    return;
  }
  const t = changetype<Timing>(timings + <usize>(timingsUsed * TIMING));
  timingsUsed += 1;
  store<u16>(place, <u16>timingsUsed);
  t.least = <u8>least;
  t.most = <u8>most;
  t.tolerance = <u8>max<u32>(tolerance, 1);
  t.alone = alone ? 1 : 0;
  t.age = 0xffff;
  t.mean = mean;
  t.inverse = <f32>(1 / <f64>deviation);
}

/** Of a terminal's answers of one kind, 40 bytes. */
@unmanaged
export class Timing {
  since: u64;
  mean: f32; // 0.1 us
  inverse: f32;
  up: f32;
  down: f32;
  least: u8;
  most: u8;
  tolerance: u8;
  alone: u8; // 1: one time outside is enough; else two within TOGETHER
  age: u32; // answers since the last one outside
}
// @ts-ignore: decorator
@inline export function timing(i: u32): Timing {
  return changetype<Timing>(timings + <usize>(i * TIMING));
}

export function forgetSection(): void {
  ready = false;
}
