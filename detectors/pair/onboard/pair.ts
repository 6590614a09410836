// New pairs: hosts that never talked to each other, or never about this (client, server, service: ip/onboard/who.ts).
//
// Expected: every talk is in the inventory that was learned. Plants and vehicles talk by a plan; measured on the captures
// of Lemay and Fernandez (CSET 2016) this list alone separates attacks better than learned statistics do (pair.test.ts).
// Score, threshold 0.5: 1 both hosts known and talk about other things; 2 both known, never talked; 3 one unknown; 4 both.
// Half of it, and a quarter, for what is sent to a group: announcements come and go. Of ARP only unknown senders count.
//
// State: the inventory (known.ts) and the talk's record. Without an inventory the detector is silent.
import { Packet } from "../../../ip/onboard/packet";
import { mix } from "../../../lib/onboard/bytes";
import { Text, byte, lit, unsigned } from "../../../lib/onboard/text";
import { Detector } from "../../onboard/catalogue";
import { Finding, raise, scaled } from "../../onboard/finding";
import { Knows, addTalk, countListed, inventory, knownTalk, mark, marked, pairKey } from "../../ip/onboard/known";
import {
  OUTSIDE,
  keyOf,
  openSection,
  readTalk,
  recordAt,
  records,
  talkClient,
  talkHash,
  talkSecond,
  talkServer,
} from "../../ip/onboard/section";
import { Talk, lesson, talkAt } from "../../ip/onboard/talks";
import { Who } from "../../ip/onboard/who";
import { hostMember, member, writeService } from "../../ip/onboard/words";

const RECORD: u32 = 8;
const THRESHOLD: f64 = 0.5;
const SALT: u64 = 0x9ddfea08eb382d69;
const ARP: u32 = 0x0806;

const enum What {
  SERVICE = 1,
  PAIR = 2,
  CLIENT = 3,
  SERVER = 4,
  BOTH = 5,
}

/** 224 bytes: what is learned of a talk, by this detector and by those of rates and of silence. */
@unmanaged
export class Lesson {
  clientHi: u64;
  clientLo: u64;
  serverHi: u64;
  serverLo: u64;
  version: u8;
  protocol: u8;
  unordered: u8;
  made: u8; // 1 = filled in
  service: u16;
  least: u16; // rate: 1 + the least packets of a full minute; 0 = there was none
  first0: u64; // ns, packets to the server: the first, the last
  last0: u64;
  longest0: f32; // longest pause, s
  count0: u32; // packets
  paused0: f32; // time in pauses of at least half of the longest, s
  pad0: u32;
  first1: u64; // to the client
  last1: u64;
  longest1: f32;
  count1: u32;
  paused1: f32;
  pad1: u32;
  shortest: f32; // beacon: periods, s; 0 = not regular
  longest: f32;
  peaks: u64; // rate: 4 x Peaks of 28 bytes: packets and bytes per second, per minute
}

export function configure(at: usize, length: u32): bool {
  if (!openSection(at, length, RECORD)) return false;
  for (let i: u32 = 0; i < records(); ++i) {
    if (!readTalk(recordAt(i))) return false;
    const n = addTalk(talkHash, talkSecond);
    if (n == 0) return false;
    const t = knownTalk(n - 1);
    if (!(t.flags & Knows.LISTED)) countListed();
    t.flags |= <u8>Knows.LISTED;
    const client = keyOf(talkClient),
      server = keyOf(talkServer);
    if ((talkClient != OUTSIDE && !mark(client)) || (talkServer != OUTSIDE && !mark(server))) return false;
    if (!mark(pairKey(client, server))) return false;
  }
  return true;
}

export function check(k: Packet, w: Who, t: Talk): void {
  if (inventory() == 0) return;
  if (t.known != 0 && knownTalk(t.known - 1).flags & Knows.LISTED) return;
  const client = w.toServer ? w.src : w.dst,
    server = w.toServer ? w.dst : w.src;
  const knowsClient = (w.group && !w.toServer) || marked(client),
    knowsServer = (w.group && w.toServer) || marked(server);
  // Who asks for whose address follows from who talks to whom: of ARP only a MAC address that was never seen counts.
  if (w.version == 0 && w.service == ARP && marked(w.src)) return;
  const what = !knowsClient
    ? knowsServer
      ? What.CLIENT
      : What.BOTH
    : !knowsServer
      ? What.SERVER
      : marked(pairKey(client, server))
        ? What.SERVICE
        : What.PAIR;
  let score: f64 = what == What.SERVICE ? 1 : what == What.PAIR ? 2 : what == What.BOTH ? 4 : 3;
  if (w.group) score = score / 2 + 0.25;
  const threshold = scaled(Detector.NEW_PAIR, THRESHOLD);
  if (!(score > threshold)) return;
  // One alert for all that one client does: a scan has hundreds of talks. For a new server, one for all its clients.
  const about = what == What.SERVER ? server : client;
  const f = raise(Detector.NEW_PAIR, what, mix(SALT + <u32>what, about), k.time, score, max<f64>(threshold, 1e-9));
  f.a = <f64>w.version;
  f.b = <f64>w.protocol;
  f.c = <f64>w.service;
  f.d = <f64>inventory();
}

export function learn(w: Who, t: Talk): void {
  const l = changetype<Lesson>(lesson(t));
  if (l.made) return;
  l.made = 1;
  l.version = w.version;
  l.protocol = w.protocol;
  l.unordered = w.unordered;
  l.service = w.service;
  if (w.toServer) {
    l.clientHi = w.srcHi;
    l.clientLo = w.srcLo;
    l.serverHi = w.dstHi;
    l.serverLo = w.dstLo;
  } else {
    l.clientHi = w.dstHi;
    l.clientLo = w.dstLo;
    l.serverHi = w.srcHi;
    l.serverLo = w.srcLo;
  }
}

/** The members that say which talk an entry is about. */
export function talkMembers(t: Text, l: Lesson): void {
  hostMember(t, "client", l.version, l.clientHi, l.clientLo);
  byte(t, 44);
  hostMember(t, "server", l.version, l.serverHi, l.serverLo);
  lit(t, ',"proto":');
  unsigned(t, l.protocol);
  lit(t, ',"service":');
  unsigned(t, l.service);
  if (l.unordered) lit(t, ',"either":true');
}

let next: u32 = 0;
export function rewind(): void {
  next = 0;
}

export function exportNext(t: Text): bool {
  for (; next < 1024; ++next) {
    const at = talkAt(next);
    if (at == 0) continue;
    const l = changetype<Lesson>(lesson(changetype<Talk>(at)));
    lit(t, '"detector":"new-pair",');
    talkMembers(t, l);
    member(t, "packets", <f64>changetype<Talk>(at).toServer + <f64>changetype<Talk>(at).toClient, 0);
    next += 1;
    return true;
  }
  next = 0;
  return false;
}

export function expected(t: Text, f: Finding): void {
  lit(t, "one of the ");
  unsigned(t, <u64>f.d);
  lit(t, " talks (client, server, service) of the baseline");
}

export function seen(t: Text, f: Finding): void {
  writeService(t, <u32>f.a, <u32>f.b, <u32>f.c);
  switch (f.what) {
    case What.SERVICE:
      lit(t, " between hosts that talk about other things only");
      return;
    case What.PAIR:
      lit(t, " between hosts that never talked to each other");
      return;
    case What.CLIENT:
      lit(t, " from a client that the baseline does not know");
      return;
    case What.SERVER:
      lit(t, " with a server that the baseline does not know");
      return;
    default:
      lit(t, " between two hosts that the baseline does not know");
  }
}
