// Rates outside of what was learned: packets and bytes that a host sends, that it gets, and that a talk (client, server,
// service) carries, in each second and in each minute of the records' clock.
//
// Expected: at most the limits of the baseline, which the ground makes from all windows learned for a wanted rate of
// false alarms (../rate.ts). score = value / limit, threshold 1, said as soon as the window holds more, not at its end.
// LEAST: a talk that was never idle in learning carries fewer packets in a full minute than half of the least learned.
// Hosts and talks that the baseline does not know have no limits: those are new-pair's.
//
// State: the windows in the records of host and talk; learning: Peaks in their lessons.
import { Packet } from "../../../ip/onboard/packet";
import { mix } from "../../../lib/onboard/bytes";
import { Text, byte, decimal, lit, unsigned } from "../../../lib/onboard/text";
import { Detector } from "../../onboard/catalogue";
import { Finding, Subject, raise, scaled } from "../../onboard/finding";
import { learning } from "../../ip/onboard/area";
import { Host, hostAt, lesson as hostLesson } from "../../ip/onboard/hosts";
import { KnownHost, KnownTalk, Knows, addHost, addTalk, knownHost, knownTalk } from "../../ip/onboard/known";
import {
  checkOf,
  isHost,
  keyOf,
  openSection,
  readTalk,
  recordAt,
  records,
  talkHash,
  talkSecond,
  unfold,
} from "../../ip/onboard/section";
import { Talk, lesson as talkLesson, talkAt } from "../../ip/onboard/talks";
import { Who } from "../../ip/onboard/who";
import { hostMember, writeService } from "../../ip/onboard/words";
import { Lesson, talkMembers } from "../../pair/onboard/pair";
import { PEAKS, update, write } from "./peaks";

// u16 client, server, service, u8 protocol, u8 unordered or HOST; of a talk 5 folded limits (packets, bytes, packets and
// bytes in a minute, least packets in a minute), of a host 8 (sent, then got: packets, bytes, in a minute); each u16
const RECORD: u32 = 24;
const HOST: u32 = 255;
const SALT: u64 = 0xa24baed4963ee407;
const BYTES: u32 = 1,
  MINUTE: u32 = 2,
  GOT: u32 = 4,
  TALK: u32 = 8,
  LEAST: u32 = 16; // bits of `what` - 1

export function configure(at: usize, length: u32): bool {
  if (!openSection(at, length, RECORD)) return false;
  for (let i: u32 = 0; i < records(); ++i) {
    const p = recordAt(i);
    if (<u32>load<u8>(p, 7) == HOST) {
      const index = <u32>load<u16>(p);
      const n = isHost(index) ? addHost(keyOf(index), checkOf(index)) : 0;
      if (n == 0) return false;
      const h = changetype<usize>(knownHost(n - 1)) + offsetof<KnownHost>("rates");
      for (let j: usize = 0; j < 8; ++j) store<f32>(h + (j << 2), limitOf(p, j));
      knownHost(n - 1).flags |= Knows.RATES;
    } else {
      const n = readTalk(p) ? addTalk(talkHash, talkSecond) : 0;
      if (n == 0) return false;
      const t = changetype<usize>(knownTalk(n - 1)) + offsetof<KnownTalk>("packets");
      for (let j: usize = 0; j < 4; ++j) store<f32>(t + (j << 2), limitOf(p, j));
      knownTalk(n - 1).least60 = unfold(<u32>load<u16>(p, 16));
      knownTalk(n - 1).flags |= <u8>Knows.RATES;
    }
  }
  return true;
}

/** 0 says that there is no limit. */
function limitOf(p: usize, j: usize): f32 {
  const limit = unfold(<u32>load<u16>(p + 8 + (j << 1)));
  return limit == 0 ? Infinity : limit;
}

// @ts-ignore: decorator
@inline function sum(a: u32, b: u32): u32 {
  return a + b < a ? u32.MAX_VALUE : a + b;
}

/** A packet that a host sends (side 0) or gets (side 1). */
// @ts-ignore: decorator
@inline export function ofHost(k: Packet, h: Host, side: u32, second: u32): void {
  if (h.second != second) rollHost(h, second);
  const p = changetype<usize>(h) + offsetof<Host>("sent") + ((<usize>side) << 4);
  const packets = load<u32>(p) + 1,
    bytes = sum(load<u32>(p, 4), k.original);
  const packets60 = load<u32>(p, 8) + 1,
    bytes60 = sum(load<u32>(p, 12), k.original);
  store<u32>(p, packets);
  store<u32>(p, bytes, 4);
  store<u32>(p, packets60, 8);
  store<u32>(p, bytes60, 12);
  if (h.known == 0) return;
  const n = knownHost(h.known - 1);
  if (!(n.flags & Knows.RATES)) return;
  const l = changetype<usize>(n) + offsetof<KnownHost>("rates") + ((<usize>side) << 4);
  const over =
    <f32>packets > load<f32>(l) ||
    <f32>bytes > load<f32>(l, 4) ||
    <f32>packets60 > load<f32>(l, 8) ||
    <f32>bytes60 > load<f32>(l, 12);
  if (over) judge(k.time, h.key, p, l, side ? GOT : 0, 0, 0, 0);
}

function rollHost(h: Host, second: u32): void {
  const minute = second / 60;
  const p = changetype<usize>(h) + offsetof<Host>("sent");
  const whole = minute != h.minute;
  for (let side: usize = 0; side < 2; ++side) {
    const w = p + (side << 4),
      l = hostLesson(h) + side * 4 * PEAKS;
    if (learning() && load<u32>(w) != 0) {
      update(l, load<u32>(w));
      update(l + PEAKS, load<u32>(w, 4));
    }
    store<u64>(w, 0);
    if (!whole) continue;
    if (learning() && load<u32>(w, 8) != 0) {
      update(l + 2 * PEAKS, load<u32>(w, 8));
      update(l + 3 * PEAKS, load<u32>(w, 12));
    }
    store<u64>(w, 0, 8);
  }
  h.second = second;
  h.minute = minute;
}

/** A packet of a talk, either way. */
// @ts-ignore: decorator
@inline export function ofTalk(k: Packet, w: Who, t: Talk, second: u32): void {
  if (t.second != second) rollTalk(k, w, t, second);
  const bytes = sum(t.bytes, k.original),
    bytes60 = sum(t.bytes60, k.original);
  t.packets += 1;
  t.bytes = bytes;
  t.packets60 += 1;
  t.bytes60 = bytes60;
  if (t.known == 0 || t.wild) return;
  const n = knownTalk(t.known - 1);
  if (!((<u32>n.flags) & Knows.RATES)) return;
  if (<f32>t.packets > n.packets || <f32>bytes > n.bytes || <f32>t.packets60 > n.packets60 || <f32>bytes60 > n.bytes60)
    judge(
      k.time,
      t.key,
      changetype<usize>(t) + offsetof<Talk>("packets"),
      changetype<usize>(n) + offsetof<KnownTalk>("packets"),
      TALK,
      w.version,
      w.protocol,
      w.service,
    );
}

function rollTalk(k: Packet, w: Who, t: Talk, second: u32): void {
  const minute = second / 60;
  if (learning()) {
    const l = talkLesson(t) + offsetof<Lesson>("peaks");
    if (t.packets != 0) {
      update(l, t.packets);
      update(l + PEAKS, t.bytes);
    }
    if (minute != t.minute && t.packets60 != 0) {
      update(l + 2 * PEAKS, t.packets60);
      update(l + 3 * PEAKS, t.bytes60);
      full(changetype<Lesson>(talkLesson(t)), t, minute);
    }
  } else if (minute != t.minute && t.started != 0 && t.started - 1 < t.minute && t.known != 0 && !t.wild) few(k, w, t);
  if (t.started == 0) t.started = minute + 1;
  t.packets = 0;
  t.bytes = 0;
  if (minute != t.minute) {
    t.packets60 = 0;
    t.bytes60 = 0;
  }
  t.second = second;
  t.minute = minute;
}

/** Learning: the least packets of a minute that the talk lasted through. */
function full(l: Lesson, t: Talk, minute: u32): void {
  if (t.started == 0 || t.started - 1 >= t.minute) return;
  const least = minute == t.minute + 1 ? min<u32>(t.packets60, 65534) : 0;
  if (l.least == 0 || least + 1 < <u32>l.least) l.least = <u16>(least + 1);
}

/** The minute that is over was full: were there enough packets in it? */
function few(k: Packet, w: Who, t: Talk): void {
  const least = <f64>knownTalk(t.known - 1).least60;
  if (least == 0 || <f64>t.packets60 >= least) return;
  const score = least / max<f64>(<f64>t.packets60, 0.01),
    threshold = scaled(Detector.RATE, 1);
  if (!(score > threshold)) return;
  const f = raise(
    Detector.RATE,
    1 + LEAST,
    mix(SALT + LEAST, t.key),
    k.time,
    min<f64>(score, 100),
    max<f64>(threshold, 1e-9),
  );
  f.a = <f64>t.packets60;
  f.b = least;
  described(f, w.version, w.protocol, w.service);
}

/** values: packets, bytes, in a minute; limits: four f32. Says which is exceeded most. */
function judge(
  time: u64,
  key: u64,
  values: usize,
  limits: usize,
  base: u32,
  version: u32,
  protocol: u32,
  service: u32,
): void {
  let score: f64 = 0;
  let which: u32 = 0;
  for (let i: u32 = 0; i < 4; ++i) {
    const limit = <f64>load<f32>(limits + ((<usize>i) << 2));
    const s = limit > 0 ? <f64>load<u32>(values + ((<usize>i) << 2)) / limit : 0;
    if (s > score) {
      score = s;
      which = i;
    }
  }
  const threshold = scaled(Detector.RATE, 1);
  if (!(score > threshold)) return;
  const f = raise(
    Detector.RATE,
    1 + (base | which),
    mix(SALT + base, key),
    time,
    min<f64>(score, 100),
    max<f64>(threshold, 1e-9),
  );
  f.a = <f64>load<u32>(values + ((<usize>which) << 2));
  f.b = <f64>load<f32>(limits + ((<usize>which) << 2));
  described(f, version, protocol, service);
}

function described(f: Finding, version: u32, protocol: u32, service: u32): void {
  f.c = <f64>((version << 8) | protocol);
  f.d = <f64>service;
  f.subject = Subject.RECORD;
}

let next: u32 = 0;
export function rewind(): void {
  next = 0;
}

/** Entries: `rate.host` of each host, `rate` of each talk. The windows that are still open count for nothing. */
export function exportNext(t: Text): bool {
  for (; next < 512; ++next) {
    const p = hostAt(next);
    if (p == 0) continue;
    const h = changetype<Host>(p),
      l = hostLesson(h);
    if (load<u32>(l) == 0 && load<u32>(l + 4 * PEAKS) == 0) continue;
    lit(t, '"detector":"rate.host",');
    hostMember(t, "host", h.version, h.hi, h.lo);
    lit(t, ',"sent":');
    four(t, l);
    lit(t, ',"got":');
    four(t, l + 4 * PEAKS);
    next += 1;
    return true;
  }
  for (; next < 512 + 1024; ++next) {
    const p = talkAt(next - 512);
    if (p == 0) continue;
    const l = changetype<Lesson>(talkLesson(changetype<Talk>(p)));
    const peaks = changetype<usize>(l) + offsetof<Lesson>("peaks");
    if (load<u32>(peaks) == 0) continue;
    lit(t, '"detector":"rate",');
    talkMembers(t, l);
    lit(t, ',"windows":');
    four(t, peaks);
    if (l.least != 0) {
      lit(t, ',"least":');
      unsigned(t, l.least - 1);
    }
    next += 1;
    return true;
  }
  next = 0;
  return false;
}

function four(t: Text, p: usize): void {
  for (let i: u32 = 0; i < 4; ++i) {
    byte(t, i ? 44 : 91);
    write(t, p + <usize>(i * PEAKS));
  }
  byte(t, 93);
}

function unit(t: Text, what: u32): void {
  lit(t, (what - 1) & BYTES ? " bytes in a " : " packets in a ");
  lit(t, (what - 1) & MINUTE ? "minute" : "second");
}

export function expected(t: Text, f: Finding): void {
  if ((f.what - 1) & LEAST) {
    lit(t, "at least ");
    decimal(t, f.b, 0);
    lit(t, " packets in a minute");
    return;
  }
  lit(t, "at most ");
  decimal(t, f.b, 0);
  unit(t, f.what);
}

export function seen(t: Text, f: Finding): void {
  decimal(t, f.a, 0);
  if ((f.what - 1) & LEAST) lit(t, " packets in a minute");
  else unit(t, f.what);
  if ((f.what - 1) & (TALK | LEAST)) {
    lit(t, ", ");
    writeService(t, (<u32>f.c) >> 8, (<u32>f.c) & 255, <u32>f.d);
  } else lit(t, (f.what - 1) & GOT ? " to this host" : " from this host");
}
