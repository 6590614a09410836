// REQ-DETECT-023
// Servers on the Internet that are known by a name: what the baseline says of (client, name, service), and which
// addresses the name has at present.
//
// A client that talks with a service by its name meets new addresses as the service changes them. Such an address is no
// news where the client asked a resolver that the baseline has it ask, for a name that the baseline has it use, the
// answer came from there, and what follows is on the service (protocol, port) that goes with the name. The address
// counts for this client, for the lifetime of the record, at least LEAST and at most MOST_LIFE.
//
//   a name of the section   exact, or `below`: any name with one label more. Of a client, or of all that are known
//
// Rules when full: names of the section fit, or it is refused. Of four places an address takes one that is over,
// otherwise the one that is over first.
import { addressKey } from "../../../ip/onboard/address";
import { Packet } from "../../../ip/onboard/packet";
import { keyed, keyedBytes, wide3 } from "../../../lib/onboard/keyed";
import { claim } from "../../ip/onboard/area";
import { Conversation } from "../../ip/onboard/conversations";
import { Endpoints, external } from "../../ip/onboard/endpoints";
import { Host, isContested } from "../../ip/onboard/hosts";
import { addKey, hasKey } from "../../ip/onboard/key-set";
import { knownConversation, marked } from "../../ip/onboard/known";
import { nameLength, text } from "../../ip/onboard/name";
import { OUTSIDE, isHost, keyOf, openSection, recordAt, records } from "../../ip/onboard/section";
import {
  Dns,
  QUESTION,
  ask,
  asked,
  dnsOf,
  hi,
  lifetime,
  lo,
  nameKey,
  nextAddress,
  openQuestions,
  openRecords,
  version,
} from "./questions";

// u16 client (OUTSIDE = any that is known), u16 service, u8 protocol, u8 length, u8 below, u8 zero, NAME bytes
export const NAME_RECORD: u32 = 64;
const NAME: u32 = 56;
const NAMES: u32 = 256;
const MARKS: u32 = 1024; // two of each name
const QUESTIONS: u32 = 128;
const ADDRESSES: u32 = 512;
const WAYS: u32 = 4;
const SECOND: u64 = 1000000000;
const LEAST: u64 = 600;
const MOST_LIFE: u64 = 86400;
const ANYBODY: u64 = 0x8f1bbcdc5ca1ab1e;
const BELOW: u64 = 0x6ed9eba1f00dcafe;

/** An address that a name has. */
@unmanaged
class Named {
  key: u64; // of client and address
  pattern: u64; // of client and name, as the section has them
  over: u64; // ns
}

let marks: usize = 0;
let addresses: usize = 0;
let count: u32 = 0;

/** In operation. */
export function resetNames(): void {
  count = 0;
  marks = claim(MARKS * 8);
  addresses = claim(ADDRESSES * offsetof<Named>());
  openQuestions(claim(QUESTIONS * QUESTION), QUESTIONS);
}

@inline function isKept(key: u64): bool {
  return hasKey(marks, MARKS, key);
}

@inline function patternOf(client: u64, name: u64): u64 {
  return keyed(client, name) | 1;
}
@inline function useOf(pattern: u64, protocol: u32, service: u32): u64 {
  return wide3(pattern, BELOW, (service << 8) | protocol) | 1;
}

/** The names of the section; false when it is malformed. */
export function configureNames(at: usize, length: u32): bool {
  if (!openSection(at, length, NAME_RECORD) || records() > NAMES) return false;
  for (let i: u32 = 0; i < records(); ++i) {
    const p = recordAt(i);
    const client = <u32>load<u16>(p),
      bytes = <u32>load<u8>(p, 5),
      below = <u32>load<u8>(p, 6);
    if ((client != OUTSIDE && !isHost(client)) || bytes == 0 || bytes > NAME || below > 1) return false;
    const name = (keyedBytes(p + 8, bytes) | 1) ^ (below ? BELOW : 0);
    const pattern = patternOf(client == OUTSIDE ? ANYBODY : keyOf(client), name);
    addKey(marks, MARKS, pattern);
    addKey(marks, MARKS, useOf(pattern, load<u8>(p, 4), load<u16>(p, 2)));
  }
  count = records();
  return true;
}

/** What the baseline has of the client and the name at hand; 0 = nothing. */
function knownPattern(client: u64): u64 {
  const own = patternOf(client, nameKey());
  if (isKept(own)) return own;
  const isKnown = marked(client),
    anybody = patternOf(ANYBODY, nameKey());
  if (isKnown && isKept(anybody)) return anybody;
  let dot: u32 = 0;
  while (dot < nameLength && load<u8>(text + dot) != 46) ++dot;
  if (dot + 1 >= nameLength) return 0;
  const parent = (keyedBytes(text + dot + 1, nameLength - dot - 1) | 1) ^ BELOW;
  const below = patternOf(client, parent);
  if (isKept(below)) return below;
  const anybodys = patternOf(ANYBODY, parent);
  return isKnown && isKept(anybodys) ? anybodys : 0;
}

/** Follows questions and answers of DNS. */
export function followNames(k: Packet, e: Endpoints): void {
  if (count == 0) return;
  const dns = dnsOf(k, e);
  if (dns == Dns.NOTHING || !isLearned(e)) return;
  if (dns == Dns.QUESTION) {
    const pattern = knownPattern(e.src);
    if (pattern != 0) ask(k, e, pattern);
    return;
  }
  // whoever else bears the resolver's address may have answered in its place
  if (isContested(changetype<Host>(e.source))) return;
  const pattern = asked(k, e);
  if (pattern == 0) return;
  openRecords(k, e);
  while (nextAddress(k, e)) {
    // a name of the Internet that is suddenly inside: DNS rebinding
    if (external(version, hi, lo)) remember(addressOf(e.dst, addressKey(version, hi, lo)), pattern, k.time);
  }
}

/** Whether the baseline has this client ask this very resolver. */
function isLearned(e: Endpoints): bool {
  const c = changetype<Conversation>(e.conversation);
  return c.known != 0 && !c.wildcard && knownConversation(c.known - 1).listed != 0;
}

@inline function addressOf(client: u64, server: u64): u64 {
  return keyed(server, client) | 1;
}

@inline function way(key: u64, i: u32): Named {
  return changetype<Named>(
    addresses + <usize>(((<u32>(key >> 32)) & (ADDRESSES / WAYS - 1)) * WAYS + i) * offsetof<Named>(),
  );
}

function remember(key: u64, pattern: u64, now: u64): void {
  let to = way(key, 0);
  for (let i: u32 = 0; i < WAYS; ++i) {
    const n = way(key, i);
    if (n.key == key) {
      to = n;
      break;
    }
    if (n.over < to.over) to = n;
  }
  to.key = key;
  to.pattern = pattern;
  to.over = now + min<u64>(max<u64>(lifetime, LEAST), MOST_LIFE) * SECOND;
}

/** Whether the client, by its key, was told this address of a server for a name that it uses on this service. */
export function isNamed(client: u64, server: u64, protocol: u32, service: u32, now: u64): bool {
  if (count == 0) return false;
  const key = addressOf(client, server);
  for (let i: u32 = 0; i < WAYS; ++i) {
    const n = way(key, i);
    if (n.key == key) return now < n.over && isKept(useOf(n.pattern, protocol, service));
  }
  return false;
}
