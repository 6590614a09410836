// Silence: periodic traffic that stops. A conversation (client, server, service) has two directions, each watched by
// itself.
//
// Expected: the next packet within the limit of the baseline (the longest pause learned, and a margin: ../silence.ts),
// from the third packet since start on. score = pause / limit, threshold 1. Said once, again when it has come back and
// stops anew. Asked when time goes on, whether or not anything comes; the answer is at most SWEEP late.
//
// The clock is that of observation: a stretch of more than GAP in which the caller says nothing, not even that time
// went on, was not observed (a recording with a hole, two files one behind the other) and counts for nothing.
//
// State: of each known conversation, never evicted. Learning: the longest pauses, also the one that lasts when learning
// ends, so what stopped before has no period; FURTHER more of each direction, as the upper half of an f32 (steps of
// 0.8 %, not below the pause), in the room that only operation uses (../../ip/onboard/hosts.ts).
import { Packet } from "../../../ip/onboard/packet";
import { keyed } from "../../../lib/onboard/keyed";
import { Text, byte, decimal, lit, unsigned } from "../../../lib/onboard/text";
import { Detector } from "../../onboard/catalogue";
import { Finding, Subject, raise, scaled } from "../../onboard/finding";
import { claim, learning } from "../../ip/onboard/area";
import { KNOWN_CONVERSATIONS, LEARNED_CONVERSATIONS } from "../../ip/onboard/capacity";
import {
  Conversation,
  conversationAt,
  conversationSlot,
  partiesAt,
  writeParties,
} from "../../ip/onboard/conversations";
import { Endpoints } from "../../ip/onboard/endpoints";
import { roomOfHosts } from "../../ip/onboard/hosts";
import { addConversation, knownConversation, knownConversations } from "../../ip/onboard/known";
import {
  Named,
  OUTSIDE,
  hiOf,
  loOf,
  openSection,
  readConversation,
  recordAt,
  records,
  versionOf,
} from "../../ip/onboard/section";
import { member, seconds, writeHost, writeService } from "../../ip/onboard/words";

const OWN: u32 = 1 << Detector.SILENCE;
// a conversation, then f32 limit to the server, f32 limit to the client; seconds, 0 = not periodic
const RECORD: u32 = 16;
const GAP: u64 = 10000000000;
const SWEEP: u64 = 100000000;
const BEGUN: u32 = 3;
const SALT: u64 = 0x9fb21c651e98df25;

/** Of a known conversation, by its index. */
@unmanaged
class Watched {
  clientHi: u64;
  clientLo: u64;
  serverHi: u64;
  serverLo: u64;
  last0: u64; // observed time, ns, of the last packet to the server; 0 = none yet
  last1: u64; // to the client
  limit0: f32; // seconds to the server; 0 = not periodic
  limit1: f32;
  service: u16;
  version: u8;
  protocol: u8;
  seen0: u8; // packets to the server since start, up to 255
  seen1: u8;
  silent: u8; // bit 0 to the server, bit 1 to the client: has been announced
  pad: u8;
}

/** Learning: one direction of a conversation. */
@unmanaged
class Pauses {
  first: u64; // ns, of the packets
  last: u64;
  longest: f32; // s
  count: u32; // packets
  paused: f32; // time in pauses of at least half of the longest, s
}

const FURTHER: u32 = 7; // pauses besides the longest
const LEARNED: u32 = 2 * offsetof<Pauses>(); // by slot: to the server, to the client
let states: usize = 0; // Watched[], or what is learned
let pauses: usize = 0; // FURTHER x u16 by slot and side, falling

@inline function watchedAt(index: u32): Watched {
  return changetype<Watched>(states + <usize>index * offsetof<Watched>());
}
@inline function pausesAt(slot: u32, side: u32): Pauses {
  return changetype<Pauses>(states + <usize>slot * LEARNED + <usize>side * offsetof<Pauses>());
}

@inline function furtherAt(slot: u32, side: u32): usize {
  return pauses + <usize>((slot * 2 + side) * FURTHER * 2);
}

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
  newest = 0;
  if (learning()) pauses = roomOfHosts(LEARNED_CONVERSATIONS * 2 * FURTHER * 2);
  states = claim(learning() ? LEARNED_CONVERSATIONS * LEARNED : KNOWN_CONVERSATIONS * offsetof<Watched>());
}

export function configure(at: usize, length: u32): bool {
  if (!openSection(at, length, RECORD)) return false;
  for (let i: u32 = 0; i < records(); ++i) {
    const p = recordAt(i);
    const where = readConversation(p);
    if (where == 0) return false;
    const named = changetype<Named>(where);
    if (named.client == OUTSIDE || named.server == OUTSIDE) return false;
    const n = addConversation(named.key, named.check, Detector.SILENCE);
    if (n == 0) return false;
    for (let j: usize = 8; j < 16; j += 4) if (!(load<f32>(p + j) >= 0 && load<f32>(p + j) <= 1e7)) return false;
    const s = watchedAt(n - 1);
    s.clientHi = hiOf(named.client);
    s.clientLo = loOf(named.client);
    s.serverHi = hiOf(named.server);
    s.serverLo = loOf(named.server);
    s.version = <u8>versionOf(named.client);
    s.service = load<u16>(p, 4);
    s.protocol = load<u8>(p, 6);
    // readConversation puts the hosts of an unordered one in the order of their addresses; their limits go with them
    const turned = load<u8>(p, 7) != 0 && <u32>load<u16>(p) != named.client;
    s.limit0 = load<f32>(turned ? p + 12 : p + 8);
    s.limit1 = load<f32>(turned ? p + 8 : p + 12);
    watched = true;
  }
  return true;
}

/** passing() was called for the packet's time. */
@inline export function check(_k: Packet, e: Endpoints): void {
  if (!watched || e.conversation == 0) return;
  const c = changetype<Conversation>(e.conversation);
  if (c.known == 0 || c.wildcard || !(knownConversation(c.known - 1).owned & OWN)) return;
  const s = watchedAt(c.known - 1);
  if (e.toServer) {
    s.last0 = clock;
    s.silent &= 2;
    if (s.seen0 < 255) s.seen0 += 1;
  } else {
    s.last1 = clock;
    s.silent &= 1;
    if (s.seen1 < 255) s.seen1 += 1;
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
  const known = knownConversations();
  for (let i: u32 = 0; i < known; ++i) {
    if (!(knownConversation(i).owned & OWN)) continue;
    const s = watchedAt(i);
    if (s.limit0 > 0 && <u32>s.seen0 >= BEGUN && !(s.silent & 1))
      judge(i, 0, time, clock - s.last0, <f64>s.limit0, threshold);
    if (s.limit1 > 0 && <u32>s.seen1 >= BEGUN && !(s.silent & 2))
      judge(i, 1, time, clock - s.last1, <f64>s.limit1, threshold);
  }
}

function judge(index: u32, side: u32, time: u64, pause: u64, limit: f64, threshold: f64): void {
  const score = (<f64>pause * 1e-9) / limit;
  if (!(score > threshold)) return;
  const s = watchedAt(index);
  s.silent |= side ? 2 : 1;
  const f = raise(
    Detector.SILENCE,
    1 + side,
    keyed(SALT + side, knownConversation(index).key),
    time,
    min<f64>(score, 100),
    max<f64>(threshold, 1e-9),
  );
  f.subject = Subject.HOSTS;
  f.since = time > pause ? time - pause : 0;
  f.version = s.version;
  f.protocol = s.protocol;
  f.port = s.service;
  f.hasDest = 1;
  if (side) {
    f.srcHi = s.serverHi;
    f.srcLo = s.serverLo;
    f.dstHi = s.clientHi;
    f.dstLo = s.clientLo;
  } else {
    f.srcHi = s.clientHi;
    f.srcLo = s.clientLo;
    f.dstHi = s.serverHi;
    f.dstLo = s.serverLo;
  }
  f.a = <f64>pause * 1e-9;
  f.b = limit;
}

export function learn(k: Packet, e: Endpoints): void {
  if (e.conversation == 0) return;
  if (k.time > newest) newest = k.time;
  const c = changetype<Conversation>(e.conversation),
    slot = conversationSlot(c);
  if (!(c.owned & OWN)) {
    c.owned |= OWN;
    memory.fill(changetype<usize>(pausesAt(slot, 0)), 0, LEARNED);
    memory.fill(furtherAt(slot, 0), 0, 2 * FURTHER * 2);
  }
  const side: u32 = e.toServer ? 0 : 1,
    p = pausesAt(slot, side);
  if (p.count == 0) p.first = k.time;
  else if (k.time > p.last) {
    const pause = <f32>(<f64>(k.time - p.last) * 1e-9);
    const longest = p.longest;
    keep(furtherAt(slot, side), min<f32>(pause, longest));
    if (pause > longest) p.longest = pause;
    // begun anew when a pause is much longer than all before: shorter ones are no half of it
    if (pause > 1.25 * longest) p.paused = pause;
    else if (pause >= longest / 2) p.paused += pause;
  }
  if (k.time > p.last) p.last = k.time;
  if (p.count != u32.MAX_VALUE) p.count += 1;
}

/** Puts a pause among the further ones, where it is longer than the shortest of them. */
function keep(list: usize, pause: f32): void {
  let code = pause > 0 ? (reinterpret<u32>(pause) + 0xffff) >> 16 : 0;
  for (let i: usize = 0; i < FURTHER * 2; i += 2) {
    const other = <u32>load<u16>(list + i);
    if (code <= other) continue;
    store<u16>(list + i, <u16>code);
    code = other;
  }
}

let newest: u64 = 0;
let next: u32 = 0;

export function exportNext(t: Text): bool {
  for (; next < LEARNED_CONVERSATIONS; ++next) {
    const at = conversationAt(next);
    if (at == 0 || !(changetype<Conversation>(at).owned & OWN)) continue;
    const to = pausesAt(next, 0),
      from = pausesAt(next, 1);
    if (to.count < 10 && from.count < 10) continue;
    lit(t, '"detector":"silence",');
    writeParties(t, partiesAt(next));
    lit(t, ',"to":');
    writeSide(t, to, furtherAt(next, 0));
    lit(t, ',"from":');
    writeSide(t, from, furtherAt(next, 1));
    next += 1;
    return true;
  }
  next = 0;
  return false;
}

function writeSide(t: Text, p: Pauses, further: usize): void {
  const tail = p.count != 0 && newest > p.last ? <f64>(newest - p.last) * 1e-9 : 0;
  lit(t, '{"count":');
  unsigned(t, p.count);
  member(t, "span", p.last > p.first ? <f64>(p.last - p.first) * 1e-9 : 0, 3);
  member(t, "paused", p.paused, 3);
  member(t, "longest", max<f64>(<f64>p.longest, tail), 4);
  lit(t, ',"further":[');
  const isLast = tail > <f64>p.longest;
  if (isLast) decimal(t, p.longest, 4);
  const count: u32 = isLast ? FURTHER - 1 : FURTHER;
  for (let i: u32 = 0; i < count; ++i) {
    const code = <u32>load<u16>(further + <usize>i * 2);
    if (code == 0) break;
    if (isLast || i != 0) byte(t, 44);
    decimal(t, reinterpret<f32>(code << 16), 4);
  }
  lit(t, "]}");
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
