// New pairs: hosts that never talked to each other, or never about this (client, server, service:
// ip/onboard/endpoints.ts).
//
// Expected: every conversation is in the inventory that was learned. Plants and vehicles talk by a plan; measured on
// the captures of Lemay and Fernandez (CSET 2016) this list alone separates attacks better than learned statistics do
// (pair.test.ts). Score, threshold 0.5: 1 both hosts known and talk about other things; 2 both known, never talked; 3
// one unknown; 4 both. Half of it, and a quarter, for what is sent to a group: announcements come and go. Of ARP only
// unknown senders count.
//
// An alert is about a conversation once: what goes on is said no more, however long, unless a flood of other alerts
// displaced its own (inspect's onboard/findings.ts), or the appliance starts again. What the policy does about it is
// done each time.
//
// A known client that talks with a server on the Internet by a name that it is known to use does nothing new when the
// name has another address (names.ts).
//
// A known client that kept meeting new servers while it was learned is allowed as many an hour as it met then
// (allowances.ts); of one that never did each is news.
//
// State: the inventory (ip/onboard/known.ts), and of each conversation whether it was said. Without an inventory the
// detector is silent.
import { addressKey } from "../../../ip/onboard/address";
import { Packet } from "../../../ip/onboard/packet";
import { knowService } from "../../../ip/onboard/services";
import { keyed } from "../../../lib/onboard/keyed";
import { Text, lit, unsigned } from "../../../lib/onboard/text";
import { Detector } from "../../onboard/catalogue";
import { Again, Finding, raise, scaled } from "../../onboard/finding";
import { accuseFlow, accuseSender } from "../../ip/onboard/accuse";
import { learning } from "../../ip/onboard/area";
import { LEARNED_CONVERSATIONS } from "../../ip/onboard/capacity";
import { Conversation, conversationAt, partiesAt, writeParties } from "../../ip/onboard/conversations";
import { DYNAMIC, Endpoints, external } from "../../ip/onboard/endpoints";
import { addConversation, inventory, knownConversation, list, mark, marked, pairKey } from "../../ip/onboard/known";
import {
  Named,
  OUTSIDE,
  keyOf,
  openSection,
  readConversation,
  recordAt,
  records,
  sectionSize,
} from "../../ip/onboard/section";
import { groupOf, isHello } from "../../ip/onboard/virtual";
import { member, writeService } from "../../ip/onboard/words";
import { configureAllowances, meets, met, resetAllowances, usual } from "./allowances";
import { exportNames, learnNames, resetLearning } from "./learn-names";
import { NAME_RECORD, configureNames, followNames, isNamed, resetNames } from "./names";
import { learnOccasion, resetOccasions, writeOccasions } from "./occasions";

const RECORD: u32 = 8;
const THRESHOLD: f64 = 0.5;
const SALT: u64 = 0x9ddfea08eb382d69;
const ARP: u32 = 0x0806;
const MORE: u64 = 0x73656d616e2b0a0d; // between conversations and what follows: "\r\n+names"
// in Conversation.said
const NAMED: u8 = 2;
const USUAL: u8 = 3;
const BEYOND: u8 = 4; // said, as one of more than are usual

const enum What {
  SERVICE = 1,
  PAIR = 2,
  CLIENT = 3,
  SERVER = 4,
  BOTH = 5,
}

let next: u32 = 0;

export function reset(): void {
  next = 0;
  if (learning()) {
    resetLearning();
    resetOccasions();
  } else {
    resetNames();
    resetAllowances();
  }
}

/** Three sections: conversations, names, allowances; the latter two may be left out, where both are empty. */
export function configure(at: usize, length: u32): bool {
  const talks = sectionSize(at, length, RECORD);
  if (talks > length || !configureTalks(at, talks)) return false;
  if (talks == length) return true;
  at += talks + 8;
  length -= talks;
  if (length < 8 || load<u64>(at - 8) != MORE) return false;
  length -= 8;
  const names = sectionSize(at, length, NAME_RECORD);
  return names <= length && configureNames(at, names) && configureAllowances(at + names, length - names);
}

function configureTalks(at: usize, length: u32): bool {
  if (!openSection(at, length, RECORD)) return false;
  for (let i: u32 = 0; i < records(); ++i) {
    const p = readConversation(recordAt(i));
    if (p == 0) return false;
    const named = changetype<Named>(p);
    const n = addConversation(named.key, named.check, Detector.NEW_PAIR);
    if (n == 0) return false;
    list(n - 1);
    const client = keyOf(named.client),
      server = keyOf(named.server);
    if ((named.client != OUTSIDE && !mark(client)) || (named.server != OUTSIDE && !mark(server))) return false;
    if (!mark(pairKey(client, server))) return false;
    if (named.server != OUTSIDE && isPorted(named.protocol) && named.service < DYNAMIC)
      knowService(server, named.service, named.protocol);
  }
  return true;
}

@inline function isPorted(protocol: u32): bool {
  return protocol == 6 || protocol == 17 || protocol == 132;
}

export function learn(k: Packet, e: Endpoints): void {
  if (e.conversation == 0) return;
  learnNames(k, e);
  learnOccasion(changetype<Conversation>(e.conversation), k.time);
}

export function check(k: Packet, e: Endpoints): void {
  if (e.conversation == 0 || inventory() == 0) return;
  followNames(k, e);
  const known = <u32>changetype<Conversation>(e.conversation).known;
  if (known != 0 && knownConversation(known - 1).listed) return;
  const client = e.toServer ? e.src : e.dst,
    server = e.toServer ? e.dst : e.src;
  const knowsClient = (e.group && !e.toServer) || marked(client),
    knowsServer = (e.group && e.toServer) || marked(server);
  const c = changetype<Conversation>(e.conversation);
  if (c.said == NAMED || c.said == USUAL) return;
  if (knowsClient && !e.unordered && isNamed(client, server, e.protocol, e.service, k.time)) {
    c.said = NAMED;
    return;
  }
  // Who asks for whose address follows from who talks to whom: of ARP only a MAC address that was never seen counts.
  if (e.version == 0 && e.service == ARP && marked(e.src)) return;
  // So it is with neighbour discovery, where a host has many addresses (RFC 8981) and makes up new ones.
  const isDiscovery = e.protocol == 58 && k.ips == 1 && k.icmpType >= 133 && k.icmpType <= 136;
  if (isDiscovery && marked(macKey(k))) return;
  // Another router of a group is active: from the group's MAC address it is the same router, otherwise one event.
  if (isHello(k)) {
    if (c.toServer + c.toClient != 1 || (groupOf(k.macSrc) != 0 && marked(macKey(k)))) return;
  }
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
  if (e.group) score = score / 2 + 0.25;
  const threshold = scaled(Detector.NEW_PAIR, THRESHOLD);
  // Who keeps meeting servers that are new is allowed as many as ever.
  const isMeeting =
    c.said == 0 &&
    knowsClient &&
    !e.group &&
    !e.unordered &&
    meets(
      client,
      e.protocol,
      e.service,
      e.toServer ? external(e.version, e.dstHi, e.dstLo) : external(e.version, e.srcHi, e.srcLo),
      k.time,
    );
  if (isMeeting) {
    score = min<f64>(score, (THRESHOLD * met) / usual);
    if (!(score > threshold)) c.said = USUAL;
  }
  const isBeyond = isMeeting || c.said == BEYOND;
  if (!(score > threshold)) return;
  // One alert for all that one client does: a scan has hundreds of conversations. For a new server, one for all its
  // clients. For router advertisements one, whoever sends them.
  const about = isDiscovery && k.icmpType == 134 ? 0 : what == What.SERVER && !isBeyond ? server : client;
  const f = raise(Detector.NEW_PAIR, what, keyed(SALT + <u32>what, about), k.time, score, max<f64>(threshold, 1e-9));
  f.again = <u8>(c.said ? Again.SAID : Again.NEW);
  c.said = isBeyond ? BEYOND : 1;
  // a source that the baseline knows may have been brought to it by an address that was forged
  if (marked(e.src)) accuseFlow(f);
  else accuseSender(f, k, e);
  f.a = <f64>e.version;
  f.b = <f64>e.protocol;
  f.c = <f64>e.service;
  f.d = <f64>inventory() + (isMeeting ? <f64>(((<u64>(min<u32>(met, 65535) << 8)) | usual) << 16) : 0);
}

@inline function macKey(k: Packet): u64 {
  return addressKey(0, 0, k.macSrc);
}

export function exportNext(t: Text): bool {
  for (; next < LEARNED_CONVERSATIONS; ++next) {
    const at = conversationAt(next);
    if (at == 0) continue;
    const c = changetype<Conversation>(at);
    lit(t, '"detector":"new-pair",');
    writeParties(t, partiesAt(next));
    member(t, "packets", <f64>c.toServer + <f64>c.toClient, 0);
    writeOccasions(t, next);
    next += 1;
    return true;
  }
  if (exportNames(t)) return true;
  next = 0;
  return false;
}

export function expected(t: Text, f: Finding): void {
  lit(t, "one of the ");
  unsigned(t, (<u64>f.d) & 0xffff);
  lit(t, " talks (client, server, service) of the baseline");
  const allowed = <u32>((<u64>f.d) >> 16);
  if (allowed == 0) return;
  lit(t, ", or one of ");
  unsigned(t, allowed & 255);
  lit(t, " new ones that this client may meet in an hour, as it did then");
}

export function seen(t: Text, f: Finding): void {
  writeService(t, <u32>f.a, <u32>f.b, <u32>f.c);
  writeWhat(t, f.what);
  const allowed = <u32>((<u64>f.d) >> 16);
  if (allowed == 0) return;
  lit(t, ", number ");
  unsigned(t, allowed >> 8);
  lit(t, " in an hour");
}

function writeWhat(t: Text, kind: u32): void {
  switch (kind) {
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
