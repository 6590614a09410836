// Learning which names of the Internet clients use on which services: an answer of DNS says which addresses a name has
// for whom, and the first packet of a flow to one of them says what for.
//
// Names of at most NAME bytes, of the characters that host names have. In the room that only operation uses
// (../../ip/onboard/conversations.ts). Rule when full: names as of any table (../../onboard/table.ts); of addresses the
// newer one takes the older one's place.
import { addressKey } from "../../../ip/onboard/address";
import { Flow } from "../../../ip/onboard/flow";
import { Packet } from "../../../ip/onboard/packet";
import { keyed, keyedBytes } from "../../../lib/onboard/keyed";
import { Text, byte, lit, unsigned } from "../../../lib/onboard/text";
import { TABLE, Table, find, nth, open } from "../../onboard/table";
import { roomOfConversations } from "../../ip/onboard/conversations";
import { Endpoints, external } from "../../ip/onboard/endpoints";
import { nameLength, reverse, text } from "../../ip/onboard/name";
import { hostMember } from "../../ip/onboard/words";
import {
  Dns,
  QUESTION,
  ask,
  asked,
  dnsOf,
  hi,
  lo,
  nextAddress,
  openQuestions,
  openRecords,
  version,
} from "./questions";

const NAME: u32 = 56;
const USES: u32 = 256;
const ADDRESSES: u32 = 128;
const QUESTIONS: u32 = 64;

/** A client uses a name on a service. 112 bytes, the name behind. */
@unmanaged
class Use {
  key: u64;
  check: u64;
  touch: u64;
  hi: u64; // the client
  lo: u64;
  flows: u32;
  service: u16;
  version: u8;
  protocol: u8;
  length: u32;
  pad: u32;
}

/** What an address is called by a client. 72 bytes, the name behind. */
@unmanaged
class Called {
  key: u64; // of both
  length: u64;
}

const USE: u32 = offsetof<Use>() + NAME;
const CALLED: u32 = offsetof<Called>() + NAME;
const table: usize = memory.data(TABLE, 8);
let called: usize = 0;
let next: u32 = 0;

export function resetLearning(): void {
  next = 0;
  const room = roomOfConversations(USES * USE + ADDRESSES * CALLED + QUESTIONS * QUESTION);
  open(changetype<Table>(table), room, USES, USE);
  called = room + USES * USE;
  openQuestions(called + ADDRESSES * CALLED, QUESTIONS);
}

@inline function calledAt(key: u64): Called {
  return changetype<Called>(called + <usize>((<u32>(key >> 32)) & (ADDRESSES - 1)) * CALLED);
}
@inline function keyOf(client: u64, server: u64): u64 {
  return keyed(server, client) | 1;
}

export function learnNames(k: Packet, e: Endpoints): void {
  const dns = dnsOf(k, e);
  if (dns == Dns.QUESTION) {
    if (isPlain() && !reverse()) ask(k, e, 1);
  } else if (dns == Dns.ANSWER) {
    if (asked(k, e) != 0) keepAddresses(k, e);
  } else if (isBeginning(e) && external(e.version, e.dstHi, e.dstLo)) {
    const c = calledAt(keyOf(e.src, e.dst));
    if (c.key == keyOf(e.src, e.dst)) use(e, changetype<usize>(c) + offsetof<Called>(), <u32>c.length);
  }
}

/** Whether the packet at hand is the first of a flow to a server. */
@inline function isBeginning(e: Endpoints): bool {
  if (e.flow == 0 || !e.toServer || e.unordered) return false;
  const f = changetype<Flow>(e.flow);
  return f.packetsToServer + f.packetsToClient == 1;
}

/** Untrusted: of the characters of host names, and not too long. */
function isPlain(): bool {
  if (nameLength > NAME) return false;
  for (let i: u32 = 0; i < nameLength; ++i) {
    const c = <u32>load<u8>(text + i);
    if (!(c - 97 < 26 || c - 48 < 10 || c == 45 || c == 46 || c == 95)) return false;
  }
  return true;
}

function keepAddresses(k: Packet, e: Endpoints): void {
  if (nameLength > NAME) return;
  openRecords(k, e);
  while (nextAddress(k, e)) {
    if (!external(version, hi, lo)) continue;
    const key = keyOf(e.dst, addressKey(version, hi, lo)),
      c = calledAt(key);
    c.key = key;
    c.length = nameLength;
    memory.copy(changetype<usize>(c) + offsetof<Called>(), text, nameLength);
  }
}

function use(e: Endpoints, name: usize, length: u32): void {
  const what = keyedBytes(name, length) ^ ((<u64>e.service) << 8) ^ (<u64>e.protocol);
  const u = changetype<Use>(find(changetype<Table>(table), keyed(what, e.src), e.src ^ (what * 3)));
  if (u.flows == 0) {
    u.hi = e.srcHi;
    u.lo = e.srcLo;
    u.version = e.version;
    u.service = e.service;
    u.protocol = e.protocol;
    u.length = length;
    memory.copy(changetype<usize>(u) + offsetof<Use>(), name, length);
  }
  if (u.flows != u32.MAX_VALUE) u.flows += 1;
}

/** Entries `new-pair.name`. */
export function exportNames(t: Text): bool {
  for (; next < USES; ++next) {
    const at = nth(changetype<Table>(table), next);
    if (at == 0) continue;
    const u = changetype<Use>(at);
    lit(t, '"detector":"new-pair.name",');
    hostMember(t, "client", u.version, u.hi, u.lo);
    lit(t, ',"name":"');
    for (let i: u32 = 0; i < u.length; ++i) byte(t, load<u8>(at + offsetof<Use>() + i));
    lit(t, '","proto":');
    unsigned(t, u.protocol);
    lit(t, ',"service":');
    unsigned(t, u.service);
    lit(t, ',"flows":');
    unsigned(t, u.flows);
    next += 1;
    return true;
  }
  next = 0;
  return false;
}
