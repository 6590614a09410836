// Silence: periodic traffic that stops. A talk (client, server, service) has two directions, each watched by itself.
//
// Expected: the next packet within the limit of the baseline (the longest pause learned, and a margin: ../silence.ts), from
// the third packet since start on. score = pause / limit, threshold 1. Said once, again when it has come back and stops
// anew. Asked when time goes on, whether or not anything comes; the answer is at most SWEEP late.
//
// The clock is that of observation: a stretch of more than GAP in which the caller says nothing, not even that time went
// on, was not observed (a recording with a hole, two files one behind the other) and counts for nothing.
//
// State: the known talk's record (ip/onboard/known.ts), never evicted. Learning: longest pauses in the lesson; also the
// one that lasts when learning ends, so what stopped before has no period.
import { Packet } from "../../../ip/onboard/packet";
import { mix } from "../../../lib/onboard/bytes";
import { Text, decimal, lit, unsigned } from "../../../lib/onboard/text";
import { Detector } from "../../onboard/catalogue";
import { Finding, Subject, raise, scaled } from "../../onboard/finding";
import { Knows, addTalk, knownTalk, knownTalks } from "../../ip/onboard/known";
import {
  OUTSIDE,
  hiOf,
  loOf,
  openSection,
  readTalk,
  recordAt,
  records,
  talkClient,
  talkHash,
  talkSecond,
  talkServer,
  versionOf,
} from "../../ip/onboard/section";
import { Talk, lesson, talkAt } from "../../ip/onboard/talks";
import { Who } from "../../ip/onboard/who";
import { member, seconds, writeHost, writeService } from "../../ip/onboard/words";
import { Lesson, talkMembers } from "../../pair/onboard/pair";

const RECORD: u32 = 16; // a talk, then f32 limit to the server, f32 limit to the client; seconds, 0 = not periodic
const GAP: u64 = 10000000000;
const SWEEP: u64 = 100000000;
const BEGUN: u32 = 3;
const SALT: u64 = 0x9fb21c651e98df25;

let clock: u64 = 0; // observed time, ns
let last: u64 = 0; // record time at which it was read
let due: u64 = 0; // observed time of the next sweep
let watched: bool = false;

export function reset(): void {
  clock = 1;
  last = 0;
  due = 0;
  watched = false;
  next = 0;
}

export function configure(at: usize, length: u32): bool {
  if (!openSection(at, length, RECORD)) return false;
  for (let i: u32 = 0; i < records(); ++i) {
    const p = recordAt(i);
    const n = readTalk(p) && talkClient != OUTSIDE && talkServer != OUTSIDE ? addTalk(talkHash, talkSecond) : 0;
    if (n == 0) return false;
    for (let j: usize = 8; j < 16; j += 4) if (!(load<f32>(p + j) >= 0 && load<f32>(p + j) <= 1e7)) return false;
    const t = knownTalk(n - 1);
    t.clientHi = hiOf(talkClient);
    t.clientLo = loOf(talkClient);
    t.serverHi = hiOf(talkServer);
    t.serverLo = loOf(talkServer);
    t.version = <u8>versionOf(talkClient);
    t.service = load<u16>(p, 4);
    t.protocol = load<u8>(p, 6);
    // readTalk puts the hosts of an unordered talk in the order of their hashes; their limits go with them
    const turned = load<u8>(p, 7) != 0 && <u32>load<u16>(p) != talkClient;
    t.silence0 = load<f32>(turned ? p + 12 : p + 8);
    t.silence1 = load<f32>(turned ? p + 8 : p + 12);
    t.flags |= <u8>Knows.PERIODS;
    watched = true;
  }
  return true;
}

/** A packet of the talk. passing() was called for its time. */
// @ts-ignore: decorator
@inline export function check(w: Who, t: Talk): void {
  if (!watched || t.known == 0 || t.wild) return;
  const n = knownTalk(t.known - 1);
  if (!((<u32>n.flags) & Knows.PERIODS)) return;
  if (w.toServer) {
    n.last0 = clock;
    n.silent &= 2;
    if (n.seen0 < 255) n.seen0 += 1;
  } else {
    n.last1 = clock;
    n.silent &= 1;
    if (n.seen1 < 255) n.seen1 += 1;
  }
}

/** Time went on. */
export function passing(time: u64): void {
  if (!watched) return;
  if (last != 0 && time > last) clock += time - last <= GAP ? time - last : 0;
  last = time;
  if (clock < due) return;
  due = clock + SWEEP;
  const threshold = scaled(Detector.SILENCE, 1);
  const talks = knownTalks();
  for (let i: u32 = 0; i < talks; ++i) {
    const n = knownTalk(i);
    if (!((<u32>n.flags) & Knows.PERIODS)) continue;
    if (n.silence0 > 0 && <u32>n.seen0 >= BEGUN && !(n.silent & 1))
      judge(i, 0, time, clock - n.last0, <f64>n.silence0, threshold);
    if (n.silence1 > 0 && <u32>n.seen1 >= BEGUN && !(n.silent & 2))
      judge(i, 1, time, clock - n.last1, <f64>n.silence1, threshold);
  }
}

function judge(index: u32, side: u32, time: u64, pause: u64, limit: f64, threshold: f64): void {
  const score = (<f64>pause * 1e-9) / limit;
  if (!(score > threshold)) return;
  const n = knownTalk(index);
  n.silent |= side ? 2 : 1;
  const f = raise(
    Detector.SILENCE,
    1 + side,
    mix(SALT + side, n.key),
    time,
    min<f64>(score, 100),
    max<f64>(threshold, 1e-9),
  );
  f.subject = Subject.HOSTS;
  f.since = time > pause ? time - pause : 0;
  f.version = n.version;
  f.protocol = n.protocol;
  f.port = n.service;
  f.hasDest = 1;
  if (side) {
    f.srcHi = n.serverHi;
    f.srcLo = n.serverLo;
    f.dstHi = n.clientHi;
    f.dstLo = n.clientLo;
  } else {
    f.srcHi = n.clientHi;
    f.srcLo = n.clientLo;
    f.dstHi = n.serverHi;
    f.dstLo = n.serverLo;
  }
  f.a = <f64>pause * 1e-9;
  f.b = limit;
}

export function learn(k: Packet, w: Who, t: Talk): void {
  if (k.time > newest) newest = k.time;
  const p = lesson(t) + (w.toServer ? offsetof<Lesson>("first0") : offsetof<Lesson>("first1"));
  const before = load<u64>(p, 8);
  if (load<u32>(p, 20) == 0) store<u64>(p, k.time);
  else if (k.time > before) {
    const pause = <f32>(<f64>(k.time - before) * 1e-9);
    const longest = load<f32>(p, 16);
    if (pause > longest) store<f32>(p, pause, 16);
    // begun anew when a pause is much longer than all before: shorter ones are no half of it
    if (pause > 1.25 * longest) store<f32>(p, pause, 24);
    else if (pause >= longest / 2) store<f32>(p, load<f32>(p, 24) + pause, 24);
  }
  if (k.time > before) store<u64>(p, k.time, 8);
  if (load<u32>(p, 20) != u32.MAX_VALUE) store<u32>(p, load<u32>(p, 20) + 1, 20);
}

let newest: u64 = 0;
let next: u32 = 0;

export function beginLearning(): void {
  newest = 0;
}

export function exportNext(t: Text): bool {
  for (; next < 1024; ++next) {
    const p = talkAt(next);
    if (p == 0) continue;
    const l = changetype<Lesson>(lesson(changetype<Talk>(p)));
    if (l.count0 < 10 && l.count1 < 10) continue;
    lit(t, '"detector":"silence",');
    talkMembers(t, l);
    lit(t, ',"to":');
    side(t, changetype<usize>(l) + offsetof<Lesson>("first0"));
    lit(t, ',"from":');
    side(t, changetype<usize>(l) + offsetof<Lesson>("first1"));
    next += 1;
    return true;
  }
  next = 0;
  return false;
}

function side(t: Text, p: usize): void {
  const count = load<u32>(p, 20),
    first = load<u64>(p),
    end = load<u64>(p, 8);
  const tail = count != 0 && newest > end ? <f64>(newest - end) * 1e-9 : 0;
  lit(t, '{"count":');
  unsigned(t, count);
  member(t, "span", end > first ? <f64>(end - first) * 1e-9 : 0, 3);
  member(t, "paused", load<f32>(p, 24), 3);
  member(t, "longest", max<f64>(<f64>load<f32>(p, 16), tail), 4);
  lit(t, "}");
}

export function expected(t: Text, f: Finding): void {
  lit(t, "a packet at least every ");
  seconds(t, f.b);
}

export function seen(t: Text, f: Finding): void {
  lit(t, "none of ");
  writeService(t, f.version, f.protocol, f.port);
  lit(t, " from ");
  writeHost(t, f.version, f.srcHi, f.srcLo);
  lit(t, " to ");
  writeHost(t, f.version, f.dstHi, f.dstLo);
  lit(t, " for ");
  decimal(t, f.a, 1);
  lit(t, " s");
}
