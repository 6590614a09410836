// What one cause changes on a bus shows in many messages at once: a terminal that is switched off, another schedule, a
// bus that fails. All that came within TOGETHER of the first is one alert, which says how many messages and terminals
// it is about (Finding.group). The first leaves at once, so nothing is found later than without.
//
//   found                                 is about     and joins, besides others of its kind
//   schedule: period, order               the bus      failures: of its terminals; early and late of any on the bus
//   side (bus A, bus B)                   the bus      failures of its terminals, or of the bus
//   failures                              a terminal,  those of the bus
//                                         the bus      those of a terminal, when it alone failed
//   status bits                           a terminal   -
//   load                                  the bus      all
//
// It is no place to hide. What is of another kind, or about another terminal where that matters, is an alert of its
// own; so is what begins later than TOGETHER. What had its part in an alert stays with it only while it goes on itself.
// All other findings (unknown messages, data, response times, gaps) are never gathered.
//
// Rule when full: of GATHERINGS the oldest goes, and what had its part in it is found anew.
import { keyed } from "../../../../lib/onboard/keyed";
import { Finding } from "../../../onboard/finding";
import { busAt, gatheringAt } from "../arena";
import { GATHERINGS } from "../capacity";
import { apart, start } from "../observed";
import { Gathering, Period } from "./state";

export const enum Kind {
  SCHEDULE = 1,
  SIDE = 2,
  FAILURES = 3,
  STATUS = 4,
  LOAD = 5,
}

/** 0.1 us: 10 s. */
const TOGETHER: i64 = 100000000;
/** Seconds without a finding of its own after which what had a part has none any more. */
const GOES_ON: i32 = 60;
/** In place of a terminal's address. */
export const ALL: u32 = 32;

let last: u16 = 0; // id
let next: u32 = 0; // place

export function forgetGatherings(): void {
  last = 0;
  next = 0;
}

/** By the clock of the bus, as far as it has come: the message at hand may be another's. 0.1 us, and in seconds. */
@inline function nowOf(bus: u32): u64 {
  const b = busAt(bus);
  return b.hasLast ? b.lastStart : start;
}
@inline function secondsOf(now: u64): u32 {
  return (<u32>(now / 10000000)) & 0xffff;
}

/**
 * `member`: where the thing that the finding is about keeps its part, u32. `owner`: a terminal or ALL; `terminals`:
 * those that have to do with it.
 */
export function gather(f: Finding, member: usize, bus: u32, kind: Kind, owner: u32, terminals: u32): void {
  const g = gatheringOf(member, bus, kind, owner, terminals, f.what);
  store<u32>(member, ((<u32>g.id) << 16) | secondsOf(nowOf(bus)));
  f.group = keyed((<u64>1) << 62, ((<u64>bus) << 16) | (<u64>g.id));
  f.parts = g.parts;
  f.terminals = <u16>popcnt<u32>(g.terminals);
}

/** The one that it has its part in; else one that it joins, or a new one. */
function gatheringOf(member: usize, bus: u32, kind: Kind, owner: u32, terminals: u32, what: u32): Gathering {
  const part = load<u32>(member);
  const age = <i32>(<i16>(secondsOf(nowOf(bus)) - part));
  let i = part != 0 && abs<i32>(age) <= GOES_ON ? find(bus, part >> 16) : GATHERINGS;
  if (i != GATHERINGS) return gatheringAt(i);
  i = open(bus, kind, owner, terminals, what);
  const g = i != GATHERINGS ? gatheringAt(i) : begin(bus, kind, owner);
  if (g.parts != 0xffff) g.parts += 1;
  g.terminals |= terminals;
  return g;
}

/** Its place; GATHERINGS: it is not there any more. */
function find(bus: u32, id: u32): u32 {
  let i: u32 = 0;
  while (i < GATHERINGS && (<u32>gatheringAt(i).id != id || <u32>gatheringAt(i).bus != bus)) i += 1;
  return i;
}

/** The same of one that began lately and that such a finding joins. */
function open(bus: u32, kind: Kind, owner: u32, terminals: u32, what: u32): u32 {
  let i: u32 = 0;
  for (; i < GATHERINGS; ++i) {
    const g = gatheringAt(i);
    if (g.id == 0 || <u32>g.bus != bus) continue;
    const age = apart(nowOf(bus), g.begun);
    if (age >= 0 && age < TOGETHER && joins(g, kind, owner, terminals, what)) break;
  }
  return i;
}

/** The table at the head of this file. */
function joins(g: Gathering, kind: Kind, owner: u32, terminals: u32, what: u32): bool {
  if (kind == Kind.LOAD) return true;
  const isOfAll = <u32>g.owner == ALL,
    isConcerned = isOfAll || ((terminals >> (<u32>g.owner)) & 1) != 0;
  if (<u32>g.kind == kind) return isOfAll || <u32>g.owner == owner;
  if (<u32>g.kind != Kind.FAILURES) return false;
  if (kind == Kind.SCHEDULE) return isConcerned || what != Period.MISSING;
  return kind == Kind.SIDE && isConcerned;
}

function begin(bus: u32, kind: Kind, owner: u32): Gathering {
  const g = gatheringAt(next);
  next = next + 1 < GATHERINGS ? next + 1 : 0;
  last = last == 0xffff ? 1 : last + 1;
  g.begun = nowOf(bus);
  g.terminals = 0;
  g.parts = 0;
  g.id = last;
  g.bus = <u8>bus;
  g.kind = <u8>kind;
  g.owner = <u8>owner;
  return g;
}
