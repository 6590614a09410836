// REQ-DETECT-020
// Publishers of GOOSE and Sampled Values number what they send, and nothing on the wire proves who they are: who forges
// their frames disturbs the numbers, or has to, as the true one goes on. Rules, of IEC 61850-8-1 (18.1.2: stNum, sqNum,
// t) and IEC 61850-9-2 (8.5.2: smpCnt), that need no baseline:
//
//   SENDER     one MAC address sends a stream
//   STATE      stNum stays, or goes up by one
//   SEQUENCE   sqNum goes up by one, from 0 (or 1) in a new state; smpCnt by one a sample, to 0 each second
//   TIME       t stays in a state, and is later in a new one
//   DATA       the values stay in a state
//   SETTINGS   configuration revision, data set and number of entries stay
//   CLOCK      t of a new state is as far from the frame's time as that of the state before
//
// Not every device keeps them. A rule counts for a stream once it held for ENOUGH frames; that it was broken takes COST
// back, so who breaks it all the time is not told of for ever; and what it broke while the baseline was learned is
// never held against it. What is sent twice (PRP, HSR, a mirror port) is one frame; frames that are missing take the
// time that they would have taken. After a pause of HOLE everything may have happened.
//
// Rule when full: ../../onboard/table.ts. A stream that was forgotten has to show again that it keeps the rules.
import { more, wide3 } from "../../../lib/onboard/keyed";
import { Packet } from "../../../ip/onboard/packet";
import { App } from "../../../ip/onboard/application/message";
import { Published } from "../../../ip/onboard/application/published";
import { TABLE, Table, find, nth, open } from "../../onboard/table";
import { STREAMS } from "./capacity";
import { rulesBroken } from "./known";

export const enum Rule {
  SENDER = 0,
  STATE = 1,
  SEQUENCE = 2,
  TIME = 3,
  DATA = 4,
  SETTINGS = 5,
  CLOCK = 6,
}
export const NO_RULE: u32 = 255;

@unmanaged
export class Stream {
  key: u64;
  check: u64;
  touch: u64;
  name: u64; // Published.stream, with the group's address: the same in each start
  mac: u64;
  last: u64; // ns, of its last frame
  interval: u64; // ns, between the last two
  time: u64; // what it said in its last frame: t
  data: u64;
  settings: u64;
  offset: u64; // of the frame's time from t, ns, in the last new state
  state: u32;
  sequence: u32;
  asdus: u32;
  wrap: u32; // SV: what followed the last smpCnt of a second; 0 = not seen yet
  holds: u64; // 8 x u8: frames for which each rule held, up to MOST
  known: u8; // rules that the baseline saw broken
  broken: u8; // rules that were broken
  app: u8;
  pad: u8;
  frames: u32;
}

const ENOUGH: u32 = 16;
const MOST: u32 = 64;
const COST: u32 = 8;
const TWICE: u64 = 10000000; // ns
const HOLE: u64 = 60000000000; // ns
const NEAR: i64 = 1000000000; // ns: how well a publisher's clock goes
const STATES: u32 = 6; // new states that CLOCK needs count as ENOUGH frames
const TABLE_AT: usize = memory.data(TABLE, 8);
const base: usize = memory.data(STREAMS * offsetof<Stream>(), 8);

/** What was said before, and now, of the rule that was broken. */
export let before: u32 = 0;
export let now: u32 = 0;

@inline function table(): Table {
  return changetype<Table>(TABLE_AT);
}
export function openStreams(): void {
  open(table(), base, STREAMS, offsetof<Stream>());
}
export function streamEvictions(): u64 {
  return table().evictions;
}
export function streamAt(i: u32): usize {
  return nth(table(), i);
}

export function streamOf(k: Packet, said: Published, app: u32): Stream {
  const name = said.stream ^ (k.macDst << 8) ^ app;
  const s = changetype<Stream>(find(table(), wide3(name, k.macDst, app), more));
  if (table().fresh != 0) {
    s.name = name;
    s.app = <u8>app;
    s.known = <u8>rulesBroken(name);
  }
  return s;
}

/** The rule that this frame breaks and that counts, or NO_RULE; the stream is as the frame says from then on. */
export function publish(s: Stream, k: Packet, said: Published): u32 {
  if (s.frames == 0 || k.time < s.last || k.time - s.last > HOLE) {
    if (s.frames == 0) s.mac = k.macSrc;
    take(s, k, said);
    return NO_RULE;
  }
  if (s.mac != k.macSrc) {
    const counts = rule(s, Rule.SENDER, false, 1);
    // nobody but it sends any more, or it was never the only one
    if (<u32>load<u8>(holdsAt(s, Rule.SENDER)) < COST) {
      s.mac = k.macSrc;
      take(s, k, said);
    }
    return counts ? Rule.SENDER : NO_RULE;
  }
  const isAgain = said.sequence == s.sequence && said.state == s.state && said.data == s.data && said.time == s.time;
  if (isAgain && k.time - s.last < TWICE) return NO_RULE;
  rule(s, Rule.SENDER, true, 1);
  let found: u32 = NO_RULE;
  if (rule(s, Rule.SETTINGS, said.settings == s.settings, 1)) found = Rule.SETTINGS;
  const other = <u32>s.app == App.SV ? sample(s, k, said) : event(s, k, said);
  if (found == NO_RULE) found = other;
  take(s, k, said);
  return found;
}

function take(s: Stream, k: Packet, said: Published): void {
  if (s.last != 0 && k.time > s.last) s.interval = k.time - s.last;
  s.last = k.time;
  s.time = said.time;
  s.data = said.data;
  s.settings = said.settings;
  s.state = said.state;
  s.sequence = said.sequence;
  s.asdus = said.asdus;
  if (s.frames != u32.MAX_VALUE) s.frames += 1;
}

@inline function holdsAt(s: Stream, which: u32): usize {
  return changetype<usize>(s) + offsetof<Stream>("holds") + which;
}

/** Whether the rule is broken, and counts. */
function rule(s: Stream, which: u32, holds: bool, weight: u32): bool {
  const at = holdsAt(s, which),
    held = <u32>load<u8>(at);
  if (holds) {
    store<u8>(at, <u8>min<u32>(held + weight, MOST));
    return false;
  }
  store<u8>(at, <u8>(held > COST ? held - COST : 0));
  s.broken |= <u8>((<u32>1) << which);
  return held >= ENOUGH && !(s.known & (<u8>((<u32>1) << which)));
}

/** Whether `missing` frames may have been lost since the last one: it takes as long as they would have. */
function areLost(s: Stream, k: Packet, missing: u32): bool {
  return missing < 64 && s.interval != 0 && 2 * (k.time - s.last) >= <u64>missing * s.interval;
}

function event(s: Stream, k: Packet, said: Published): u32 {
  const step = said.state - s.state;
  before = s.state;
  now = said.state;
  if (step == 0) return again(s, k, said);
  const isNext = step == 1 || (s.state == 0xffffffff && said.state <= 1);
  const offset = k.time - stamp(said.time),
    drift = <i64>(offset - s.offset);
  if (rule(s, Rule.STATE, isNext, 1)) return Rule.STATE;
  if (!isNext) return NO_RULE;
  if (rule(s, Rule.TIME, said.time > s.time, 1)) return Rule.TIME;
  const known = s.offset != 0;
  s.offset = offset;
  if (known && rule(s, Rule.CLOCK, drift < NEAR && drift > -NEAR, STATES)) return Rule.CLOCK;
  before = s.sequence;
  now = said.sequence;
  return rule(s, Rule.SEQUENCE, said.sequence <= 1 || areLost(s, k, said.sequence), 1) ? Rule.SEQUENCE : NO_RULE;
}

/** Another frame of a state. */
function again(s: Stream, k: Packet, said: Published): u32 {
  const step = said.sequence - s.sequence;
  before = s.sequence;
  now = said.sequence;
  rule(s, Rule.STATE, true, 1);
  const isNext = step == 1 || (s.sequence == 0xffffffff && said.sequence <= 1);
  if (rule(s, Rule.SEQUENCE, isNext || (step < 64 && step != 0 && areLost(s, k, step)), 1)) return Rule.SEQUENCE;
  // who stamps each frame anew has values in them that are newer than the state, now and then
  const isStrict = said.time == s.time || <u32>load<u8>(holdsAt(s, Rule.TIME)) >= ENOUGH;
  if (rule(s, Rule.DATA, said.data == s.data, 1) && isStrict) return Rule.DATA;
  return rule(s, Rule.TIME, said.time == s.time, 1) ? Rule.TIME : NO_RULE;
}

function sample(s: Stream, k: Packet, said: Published): u32 {
  const next = s.sequence + s.asdus,
    isAround = said.sequence < said.asdus && s.sequence != said.sequence;
  before = s.sequence;
  now = said.sequence;
  let holds: bool = false;
  if (said.sequence == next) holds = true;
  else if (isAround) {
    if (s.wrap == 0 || next == s.wrap || areLost(s, k, (s.wrap + said.sequence - s.sequence) / max<u32>(1, s.asdus)))
      holds = true;
    if (s.wrap == 0 || next > s.wrap) s.wrap = next;
  } else {
    const from: u32 = said.sequence > s.sequence ? 0 : s.wrap,
      missing = (said.sequence + from - s.sequence) / max<u32>(1, s.asdus);
    if (said.sequence + from > s.sequence && areLost(s, k, missing)) holds = true;
  }
  return rule(s, Rule.SEQUENCE, holds, 1) ? Rule.SEQUENCE : NO_RULE;
}

/** UtcTime (IEC 61850-8-1, 8.1.3.6) as ns since 1970: seconds, and a fraction of which 24 bits count. */
function stamp(t: u64): u64 {
  return (t >> 32) * 1000000000 + ((((t >> 8) & 0xffffff) * 1000000000) >> 24);
}
