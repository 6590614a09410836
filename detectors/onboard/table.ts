// REQ-DETECT-002
// A keyed table of fixed capacity: open addressing, bounded probes, a neighbour that is little used makes room.
//
//   Table                              record, `stride` bytes, a multiple of 8
//   +0   usize base                    +0   u64 key     1st hash; 0 = free. Chooses the place
//   +4   u32   stride                  +8   u64 check   2nd hash, or the thing itself where 64 bits hold it
//   +8   u32   mask  (capacity - 1)    +16  u64 touch   value of `touches` when last found
//   +12  u32   live  records in use           upper 16 bits: how often it was, up to MOST
//   +16  u64   touches, finds so far   +24  the user's state, all 0 in a new record
//   +24  u64   evictions
//   +32  u32   fresh: 1 when the last find made its record
//
// A key lives in one of PROBES places behind the one its hash points to. When all are taken by others, half of them are
// kept: those that were found most often, and more than once. Of the rest the one found longest ago is forgotten, and
// of those kept the one found longest ago counts one less. So whoever sweeps addresses displaces what is new or seldom
// found; a record in use goes only when KEPT others of its neighbourhood were found more often, which costs as many
// packets for each of them; and what is used no more ages. Records are never deleted, so a search may stop at the
// first free place. Staleness counts finds, not time: it works with any clock.
//
// Two tables compose by finding each record of one in the other and merging the states by the statistic's own rule.

export const TABLE: u32 = 40;
export const HEADER: u32 = 24;
const PROBES: u32 = 8;
const KEPT: u32 = 4; // of PROBES
const OFTEN: u64 = 1 << 48; // one find, in Entry.touch
const MOST: u64 = 65535;

@unmanaged
export class Table {
  base: usize;
  stride: u32;
  mask: u32;
  live: u32;
  touches: u64;
  evictions: u64;
  fresh: u32;
  pad: u32;
}

@unmanaged
class Entry {
  key: u64;
  check: u64;
  touch: u64;
}

/** Starts an empty table of `capacity` (a power of two, at least 8) records at `base`, which is zeroed. */
export function open(t: Table, base: usize, capacity: u32, stride: u32): void {
  t.base = base;
  t.stride = stride;
  t.mask = capacity - 1;
  t.live = 0;
  t.touches = 0;
  t.evictions = 0;
  t.fresh = 0;
  memory.fill(base, 0, <usize>capacity * stride);
}

@inline function place(t: Table, i: u32): Entry {
  return changetype<Entry>(t.base + <usize>(i & t.mask) * t.stride);
}

/** The record of this key, made (and its state zeroed) if there is none; t.fresh tells. Never 0. */
export function find(t: Table, key: u64, check: u64): usize {
  if (key == 0) key = 1;
  const home = <u32>(key >> 32);
  let at: usize = 0;
  t.touches += 1;
  for (let i: u32 = 0; i < PROBES; ++i) {
    const e = place(t, home + i);
    if (e.key == key && e.check == check) {
      e.touch = (min<u64>((e.touch >> 48) + 1, MOST) << 48) | t.touches;
      t.fresh = 0;
      return changetype<usize>(e);
    }
    if (e.key == 0) {
      at = changetype<usize>(e);
      t.live += 1;
      break;
    }
  }
  if (at == 0) at = makeRoom(t, home);
  memory.fill(at, 0, t.stride);
  const e = changetype<Entry>(at);
  e.key = key;
  e.check = check;
  e.touch = OFTEN | t.touches;
  t.fresh = 1;
  return at;
}

/** The record that goes; see the rule above. */
function makeRoom(t: Table, home: u32): usize {
  let gone: usize = 0,
    ages: usize = 0;
  for (let i: u32 = 0; i < PROBES; ++i) {
    const e = place(t, home + i);
    if (isKept(t, home, e)) {
      if (ages == 0 || isStaler(e, changetype<Entry>(ages))) ages = changetype<usize>(e);
    } else if (gone == 0 || isStaler(e, changetype<Entry>(gone))) gone = changetype<usize>(e);
  }
  if (ages != 0) changetype<Entry>(ages).touch -= OFTEN;
  t.evictions += 1;
  return gone;
}

@inline function isStaler(a: Entry, b: Entry): bool {
  return a.touch % OFTEN < b.touch % OFTEN;
}

/** Whether it was found more than once, and fewer than KEPT neighbours more often: of equal ones the latest. */
function isKept(t: Table, home: u32, e: Entry): bool {
  if (e.touch < 2 * OFTEN) return false;
  let more: u32 = 0;
  for (let i: u32 = 0; i < PROBES; ++i) if (place(t, home + i).touch > e.touch) ++more;
  return more < KEPT;
}

/** The record of this key, or 0; nothing changes. */
export function peek(t: Table, key: u64, check: u64): usize {
  if (key == 0) key = 1;
  const home = <u32>(key >> 32);
  for (let i: u32 = 0; i < PROBES; ++i) {
    const e = place(t, home + i);
    if (e.key == 0) return 0;
    if (e.key == key && e.check == check) return changetype<usize>(e);
  }
  return 0;
}

/** The i-th place, 0 when free or past the end; for going through all records. */
export function nth(t: Table, i: u32): usize {
  if (i > t.mask) return 0;
  const e = place(t, i);
  return e.key == 0 ? 0 : changetype<usize>(e);
}
