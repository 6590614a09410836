// Rates outside of what was learned: packets and bytes that a host sends, that it gets, and that a conversation
// (client, server, service) carries, in each second and in each minute of the records' clock.
//
// Expected: at most the limits of the baseline, which the ground makes from all windows learned for a wanted rate of
// false alarms (../rate.ts). score = value / limit, threshold 1, said as soon as the window holds more, not at its end.
// LEAST: a conversation that was never idle in learning carries fewer packets in a full minute than half of the least
// learned. Hosts and conversations that the baseline does not know have no limits: those are new-pair's.
//
// State: windows of each host and conversation; learning: Peaks of each window.
import { addSpare } from "../../../appliance/contract/onboard/spare";
import { Packet } from "../../../ip/onboard/packet";
import { keyed } from "../../../lib/onboard/keyed";
import { Text, byte, decimal, lit, unsigned } from "../../../lib/onboard/text";
import { Detector } from "../../onboard/catalogue";
import { Finding, Subject, raise, scaled } from "../../onboard/finding";
import { accuseCounted, accuseCountedFlow } from "../../ip/onboard/accuse";
import { claim, learning } from "../../ip/onboard/area";
import {
  CONVERSATIONS,
  HOSTS,
  KNOWN_CONVERSATIONS,
  KNOWN_HOSTS,
  LEARNED_CONVERSATIONS,
  LEARNED_HOSTS,
} from "../../ip/onboard/capacity";
import {
  Conversation,
  conversationAt,
  conversationSlot,
  partiesAt,
  writeParties,
} from "../../ip/onboard/conversations";
import { Endpoints } from "../../ip/onboard/endpoints";
import { Host, hostAt, hostSlot } from "../../ip/onboard/hosts";
import { addConversation, addHost, knownConversation, knownHost } from "../../ip/onboard/known";
import {
  Named,
  checkOf,
  isHost,
  keyOf,
  openSection,
  readConversation,
  recordAt,
  records,
  unfold,
} from "../../ip/onboard/section";
import { hostMember, writeService } from "../../ip/onboard/words";
import { PEAKS, update, write } from "./peaks";

const OWN: u32 = 1 << Detector.RATE;
// u16 client, server, service, u8 protocol, u8 unordered or HOST; of a conversation 5 folded limits (packets, bytes,
// packets and bytes in a minute, least packets in a minute), of a host 8 (sent, then got: packets, bytes, in a minute);
// each u16
const RECORD: u32 = 24;
const HOST: u32 = 255;
const SALT: u64 = 0xa24baed4963ee407;
const BYTES: u32 = 1,
  MINUTE: u32 = 2,
  GOT: u32 = 4,
  BETWEEN: u32 = 8, // of a conversation
  LEAST: u32 = 16; // bits of `what` - 1

/** What is counted in a second and in the minute it is of. */
@unmanaged
class Window {
  packets: u32;
  bytes: u32;
  packets60: u32;
  bytes60: u32;
}

/** Of a host, by its slot. */
@unmanaged
class HostRate {
  second: u32; // numbers of the windows
  minute: u32;
  sent: u64; // Window
  sent1: u64;
  got: u64; // Window
  got1: u64;
}

/** Of a conversation, by its slot; both ways together. */
@unmanaged
class Rate {
  second: u32;
  minute: u32;
  packets: u32; // Window
  bytes: u32;
  packets60: u32;
  bytes60: u32;
  started: u32; // 1 + number of the first minute
}
const hostRates: usize = memory.data(HOSTS * offsetof<HostRate>(), 8);
const rates: usize = memory.data(CONVERSATIONS * offsetof<Rate>(), 8);

// What is known, by index: of hosts 8 x f32 (sent, then got, as in a Window), of conversations 4 x f32 and the least
// packets of a minute (0 = none). Learning, by slot: of hosts 8 Peaks in the same order, of conversations 4 and, as
// u32, 1 + the least packets of a full minute (0 = there was none).
const HOST_LIMITS: u32 = 32;
const LIMITS: u32 = 20;
const HOST_PEAKS: u32 = 8 * PEAKS;
const LEARNED: u32 = 4 * PEAKS + 4;
let ofHosts: usize = 0;
let ofConversations: usize = 0;
let counts: bool = false; // something is learned, or held against what was

@inline function hostLimits(index: u32): usize {
  return ofHosts + <usize>(index * HOST_LIMITS);
}
@inline function limitsAt(index: u32): usize {
  return ofConversations + <usize>(index * LIMITS);
}
@inline function hostPeaks(slot: u32): usize {
  return ofHosts + <usize>(slot * HOST_PEAKS);
}
@inline function learnedAt(slot: u32): usize {
  return ofConversations + <usize>(slot * LEARNED);
}
@inline function leastAt(slot: u32): usize {
  return learnedAt(slot) + 4 * PEAKS;
}

@inline function rateOfHost(h: Host): HostRate {
  const r = changetype<HostRate>(hostRates + <usize>hostSlot(h) * offsetof<HostRate>());
  if (!(h.owned & OWN)) beginHost(h, r);
  return r;
}
function beginHost(h: Host, r: HostRate): void {
  h.owned |= OWN;
  memory.fill(changetype<usize>(r), 0, offsetof<HostRate>());
  if (learning()) memory.fill(hostPeaks(hostSlot(h)), 0, HOST_PEAKS);
}

@inline function rateOf(c: Conversation): Rate {
  const r = changetype<Rate>(rates + <usize>conversationSlot(c) * offsetof<Rate>());
  if (!(c.owned & OWN)) begin(c, r);
  return r;
}
function begin(c: Conversation, r: Rate): void {
  c.owned |= OWN;
  memory.fill(changetype<usize>(r), 0, offsetof<Rate>());
  if (learning()) memory.fill(learnedAt(conversationSlot(c)), 0, LEARNED);
}

export function reset(): void {
  next = 0;
  counts = learning();
  ofHosts = claim(learning() ? LEARNED_HOSTS * HOST_PEAKS : KNOWN_HOSTS * HOST_LIMITS);
  ofConversations = claim(learning() ? LEARNED_CONVERSATIONS * LEARNED : KNOWN_CONVERSATIONS * LIMITS);
}

/** Where nothing is counted, no table is touched. */
export function spare(configured: bool, learns: bool): void {
  if (configured || learns) return;
  addSpare(hostRates, HOSTS * <u32>offsetof<HostRate>());
  addSpare(rates, CONVERSATIONS * <u32>offsetof<Rate>());
}

export function configure(at: usize, length: u32): bool {
  counts = true;
  if (!openSection(at, length, RECORD)) return false;
  for (let i: u32 = 0; i < records(); ++i) {
    const p = recordAt(i);
    if (<u32>load<u8>(p, 7) == HOST) {
      const index = <u32>load<u16>(p);
      const n = isHost(index) ? addHost(keyOf(index), checkOf(index), Detector.RATE) : 0;
      if (n == 0) return false;
      for (let j: usize = 0; j < 8; ++j) store<f32>(hostLimits(n - 1) + (j << 2), limitOf(p, j));
    } else {
      const where = readConversation(p);
      if (where == 0) return false;
      const named = changetype<Named>(where);
      const n = addConversation(named.key, named.check, Detector.RATE);
      if (n == 0) return false;
      for (let j: usize = 0; j < 4; ++j) store<f32>(limitsAt(n - 1) + (j << 2), limitOf(p, j));
      store<f32>(limitsAt(n - 1), unfold(<u32>load<u16>(p, 16)), 16);
    }
  }
  return true;
}

/** 0 says that there is no limit. */
function limitOf(p: usize, j: usize): f32 {
  const limit = unfold(<u32>load<u16>(p + 8 + (j << 1)));
  return limit == 0 ? Infinity : limit;
}

@inline function sum(a: u32, b: u32): u32 {
  return a + b < a ? u32.MAX_VALUE : a + b;
}

/** In learning too. */
@inline export function check(k: Packet, e: Endpoints): void {
  if (!counts) return;
  ofHost(k, e, changetype<Host>(e.source), 0, e.second);
  ofHost(k, e, changetype<Host>(e.target), 1, e.second);
  if (e.conversation != 0) ofConversation(k, e, changetype<Conversation>(e.conversation));
}

/** Counts the packet; whether a limit (4 x f32) is exceeded by what is counted now. */
@inline function count(w: Window, k: Packet): void {
  w.packets += 1;
  w.bytes = sum(w.bytes, k.original);
  w.packets60 += 1;
  w.bytes60 = sum(w.bytes60, k.original);
}
@inline function exceeds(w: Window, limits: usize): bool {
  return (
    <f32>w.packets > load<f32>(limits) ||
    <f32>w.bytes > load<f32>(limits, 4) ||
    <f32>w.packets60 > load<f32>(limits, 8) ||
    <f32>w.bytes60 > load<f32>(limits, 12)
  );
}

/** A packet that a host sends (side 0) or gets (side 1). */
@inline function ofHost(k: Packet, e: Endpoints, h: Host, side: u32, second: u32): void {
  const r = rateOfHost(h);
  if (r.second != second) rollHost(r, hostSlot(h), second);
  const w = changetype<Window>(changetype<usize>(r) + offsetof<HostRate>("sent") + ((<usize>side) << 4));
  count(w, k);
  if (h.known == 0 || !(knownHost(h.known - 1).owned & OWN)) return;
  const limits = hostLimits(h.known - 1) + ((<usize>side) << 4);
  if (exceeds(w, limits)) judge(k.time, e, h.key, w, limits, side ? GOT : 0, 0, 0, 0);
}

function rollHost(r: HostRate, slot: u32, second: u32): void {
  const minute = second / 60;
  for (let side: usize = 0; side < 2; ++side) {
    const w = changetype<Window>(changetype<usize>(r) + offsetof<HostRate>("sent") + (side << 4));
    roll(w, learning() ? hostPeaks(slot) + side * 4 * PEAKS : 0, minute != r.minute);
  }
  r.second = second;
  r.minute = minute;
}

/** The second is over and, where `whole`, the minute. peaks: four where it is learned, or 0. */
function roll(w: Window, peaks: usize, whole: bool): void {
  if (peaks != 0 && w.packets != 0) {
    update(peaks, w.packets);
    update(peaks + PEAKS, w.bytes);
  }
  w.packets = 0;
  w.bytes = 0;
  if (!whole) return;
  if (peaks != 0 && w.packets60 != 0) {
    update(peaks + 2 * PEAKS, w.packets60);
    update(peaks + 3 * PEAKS, w.bytes60);
  }
  w.packets60 = 0;
  w.bytes60 = 0;
}

@inline function windowOf(r: Rate): Window {
  return changetype<Window>(changetype<usize>(r) + offsetof<Rate>("packets"));
}

/** A packet of a conversation, either way. */
@inline function ofConversation(k: Packet, e: Endpoints, c: Conversation): void {
  const r = rateOf(c);
  if (r.second != e.second) rollConversation(k, e, c, r);
  const w = windowOf(r);
  count(w, k);
  if (c.known == 0 || c.wildcard || !(knownConversation(c.known - 1).owned & OWN)) return;
  const limits = limitsAt(c.known - 1);
  if (exceeds(w, limits)) judge(k.time, e, c.key, w, limits, BETWEEN, e.version, e.protocol, e.service);
}

function rollConversation(k: Packet, e: Endpoints, c: Conversation, r: Rate): void {
  const minute = e.second / 60,
    whole = minute != r.minute;
  if (whole) {
    if (learning()) {
      if (r.packets60 != 0) full(leastAt(conversationSlot(c)), r, minute);
    } else if (r.started != 0 && r.started - 1 < r.minute && c.known != 0 && !c.wildcard) few(k, e, c, r);
  }
  if (r.started == 0) r.started = minute + 1;
  roll(windowOf(r), learning() ? learnedAt(conversationSlot(c)) : 0, whole);
  r.second = e.second;
  r.minute = minute;
}

/** Learning: the least packets of a minute that the conversation lasted through. */
function full(at: usize, r: Rate, minute: u32): void {
  if (r.started == 0 || r.started - 1 >= r.minute) return;
  const least = minute == r.minute + 1 ? min<u32>(r.packets60, 65534) : 0;
  if (load<u32>(at) == 0 || least + 1 < load<u32>(at)) store<u32>(at, least + 1);
}

/** The minute that is over was full: were there enough packets in it? */
function few(k: Packet, e: Endpoints, c: Conversation, r: Rate): void {
  if (!(knownConversation(c.known - 1).owned & OWN)) return;
  const least = <f64>load<f32>(limitsAt(c.known - 1), 16);
  if (least == 0 || <f64>r.packets60 >= least) return;
  const score = least / max<f64>(<f64>r.packets60, 0.01),
    threshold = scaled(Detector.RATE, 1);
  if (!(score > threshold)) return;
  const f = raise(
    Detector.RATE,
    1 + LEAST,
    keyed(SALT + LEAST, c.key),
    k.time,
    min<f64>(score, 100),
    max<f64>(threshold, 1e-9),
  );
  f.a = <f64>r.packets60;
  f.b = least;
  described(f, e.version, e.protocol, e.service);
}

/** limits: four f32. Says which is exceeded most. */
function judge(
  time: u64,
  e: Endpoints,
  key: u64,
  w: Window,
  limits: usize,
  base: u32,
  version: u32,
  protocol: u32,
  service: u32,
): void {
  const values = changetype<usize>(w);
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
    keyed(SALT + base, key),
    time,
    min<f64>(score, 100),
    max<f64>(threshold, 1e-9),
  );
  // what a host gets, others send; of a conversation either side may be the cause
  if (base == 0) accuseCounted(f, e);
  else if (base == BETWEEN && e.toServer && !e.unordered) accuseCountedFlow(f, e);
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

/** Entries: `rate.host` of each host, `rate` of each conversation. Windows that are still open count for nothing. */
export function exportNext(t: Text): bool {
  for (; next < LEARNED_HOSTS; ++next) {
    const at = hostAt(next);
    if (at == 0 || !(changetype<Host>(at).owned & OWN)) continue;
    const h = changetype<Host>(at),
      peaks = hostPeaks(next);
    if (load<u32>(peaks) == 0 && load<u32>(peaks + 4 * PEAKS) == 0) continue;
    lit(t, '"detector":"rate.host",');
    hostMember(t, "host", h.version, h.hi, h.lo);
    lit(t, ',"sent":');
    four(t, peaks);
    lit(t, ',"got":');
    four(t, peaks + 4 * PEAKS);
    next += 1;
    return true;
  }
  for (; next < LEARNED_HOSTS + LEARNED_CONVERSATIONS; ++next) {
    const slot = next - LEARNED_HOSTS,
      at = conversationAt(slot);
    if (at == 0 || !(changetype<Conversation>(at).owned & OWN) || load<u32>(learnedAt(slot)) == 0) continue;
    lit(t, '"detector":"rate",');
    writeParties(t, partiesAt(slot));
    lit(t, ',"windows":');
    four(t, learnedAt(slot));
    const least = load<u32>(leastAt(slot));
    if (least != 0) {
      lit(t, ',"least":');
      unsigned(t, least - 1);
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
  if ((f.what - 1) & (BETWEEN | LEAST)) {
    lit(t, ", ");
    writeService(t, (<u32>f.c) >> 8, (<u32>f.c) & 255, <u32>f.d);
  } else lit(t, (f.what - 1) & GOT ? " to this host" : " from this host");
}
