// What the baseline knows at all: hosts, conversations, and marks of hosts and pairs of hosts. What it says of them
// each detector keeps in an array of its own, by the index given here; `owned` tells of which detectors there is
// something. Filled by configuration, never evicted: no traffic displaces what was learned. In the area (area.ts):
//
//   conversations   KNOWN_CONVERSATIONS records      hosts   KNOWN_HOSTS records     beside each, open addressing:
//   marks           4,096 x u64                                                      u16 slots (index + 1, 0 = free)
import { keyed } from "../../../lib/onboard/keyed";
import { claim } from "./area";
import { KNOWN_CONVERSATIONS, KNOWN_HOSTS } from "./capacity";
import { Endpoints, conversationCheck, conversationKey, external } from "./endpoints";
import { addKey, hasKey } from "./key-set";

export const ANY: u64 = 0x5bd1e9955bd1e995; // stands for any external host
const ANY_PORT: u32 = 65535; // stands for any port from 1024 on

/** A host, or a conversation. */
@unmanaged
class Known {
  key: u64;
  check: u64;
  owned: u32; // bit n: detector n was told something of it
  listed: u32; // conversation: 1 = in the inventory
}

/** All hosts, or all conversations. */
@unmanaged
class Index {
  records: usize;
  slots: usize;
  mask: u32; // slots - 1, a power of two
  capacity: u32;
  count: u32;
}

const RECORD: u32 = offsetof<Known>();
const CONVERSATION_SLOTS: u32 = 4096;
const HOST_SLOTS: u32 = 2048;
const MARKS: u32 = 4096;
const INDICES: usize = memory.data(2 * offsetof<Index>(), 8);
let marks: usize = 0;
let listed: u32 = 0;

@inline function conversations(): Index {
  return changetype<Index>(INDICES);
}
@inline function hosts(): Index {
  return changetype<Index>(INDICES + offsetof<Index>());
}

/** Forgets all. The area has begun, for operation or, `learns`, without room for what is known. */
export function openKnown(learns: bool): void {
  listed = 0;
  conversations().count = 0;
  hosts().count = 0;
  if (learns) return;
  openIndex(conversations(), KNOWN_CONVERSATIONS, CONVERSATION_SLOTS);
  openIndex(hosts(), KNOWN_HOSTS, HOST_SLOTS);
  marks = claim(MARKS * 8);
}

function openIndex(x: Index, capacity: u32, slots: u32): void {
  x.records = claim(capacity * RECORD);
  x.slots = claim(slots * 2);
  x.mask = slots - 1;
  x.capacity = capacity;
}

@inline function slot(x: Index, i: u32): usize {
  return x.slots + ((<usize>(i & x.mask)) << 1);
}
@inline function record(x: Index, index: u32): Known {
  return changetype<Known>(x.records + <usize>index * RECORD);
}

/** Index + 1; 0 = not known. */
function find(x: Index, key: u64, check: u64): u32 {
  if (x.count == 0) return 0;
  for (let i: u32 = 0; i <= x.mask; ++i) {
    const n = <u32>load<u16>(slot(x, <u32>(key >> 32) + i));
    if (n == 0) return 0;
    const k = record(x, n - 1);
    if (k.key == key && k.check == check) return n;
  }
  return 0;
}

/** Index + 1, made if need be, of which this detector was told something; 0 = there is no room. */
function add(x: Index, key: u64, check: u64, detector: u32): u32 {
  let n = find(x, key, check);
  if (n == 0) {
    if (x.count == x.capacity) return 0;
    let i = <u32>(key >> 32);
    while (load<u16>(slot(x, i)) != 0) ++i;
    const k = record(x, x.count);
    k.key = key;
    k.check = check;
    x.count += 1;
    n = x.count;
    store<u16>(slot(x, i), <u16>n);
  }
  record(x, n - 1).owned |= 1 << detector;
  return n;
}

export function findHost(key: u64, check: u64): u32 {
  return find(hosts(), key, check);
}
export function addHost(key: u64, check: u64, detector: u32): u32 {
  return add(hosts(), key, check, detector);
}
@inline export function knownHost(index: u32): Known {
  return record(hosts(), index);
}

export function addConversation(key: u64, check: u64, detector: u32): u32 {
  return add(conversations(), key, check, detector);
}
@inline export function knownConversation(index: u32): Known {
  return record(conversations(), index);
}
@inline export function knownConversations(): u32 {
  return conversations().count;
}

/** The inventory: conversations that are normal, more than known by their rate or period. */
export function list(index: u32): void {
  const k = knownConversation(index);
  if (!k.listed) listed += 1;
  k.listed = 1;
}

/** Conversations in the inventory; 0 = there is no inventory. */
@inline export function inventory(): u32 {
  return listed;
}

/** Key of a pair of hosts, whichever way round. */
export function pairKey(a: u64, b: u64): u64 {
  return a < b ? keyed(a, b) | 1 : keyed(b, a) | 1;
}

/** Remembers a host's key or a pair's; false when there is no room. */
export function mark(key: u64): bool {
  return addKey(marks, MARKS, key);
}

export function marked(key: u64): bool {
  return hasKey(marks, MARKS, key);
}

/** The known conversation of a packet: index + 1, or 0. byWildcard() tells whether only a wildcard holds it. */
export function resolve(e: Endpoints): u32 {
  wildcard = false;
  if (knownConversations() == 0) return 0;
  const client = e.toServer ? e.src : e.dst,
    server = e.toServer ? e.dst : e.src;
  const protocol = <u32>e.protocol,
    service = <u32>e.service;
  let found = find(conversations(), e.key, e.check);
  // picked up midstream: perhaps it was the other way round
  if (found == 0 && e.other != 0 && !e.sure) found = between(server, client, protocol, <u32>e.other);
  if (found != 0 && knownConversation(found - 1).listed) return found;
  const drawn = wider(e, client, server, protocol, service);
  if (found == 0) {
    wildcard = drawn != 0;
    return drawn;
  }
  // its rates or periods are known by themselves, while the inventory holds it by a wildcard
  if (drawn != 0) knownConversation(found - 1).listed = 1;
  return found;
}

/** A wildcard that holds the conversation. */
function wider(e: Endpoints, client: u64, server: u64, protocol: u32, service: u32): u32 {
  if (service >= 1024 && e.protocol != 0) {
    const ports = between(client, server, protocol, ANY_PORT);
    if (ports != 0) return ports;
  }
  if (e.toServer ? external(e.version, e.dstHi, e.dstLo) : external(e.version, e.srcHi, e.srcLo)) {
    const outward = between(client, ANY, protocol, service);
    if (outward != 0) return outward;
  }
  if (e.toServer ? external(e.version, e.srcHi, e.srcLo) : external(e.version, e.dstHi, e.dstLo)) {
    return between(ANY, server, protocol, service);
  }
  return 0;
}

let wildcard: bool = false;
/** Whether the last resolve() found a wildcard only. */
export function byWildcard(): bool {
  return wildcard;
}

function between(client: u64, server: u64, protocol: u32, service: u32): u32 {
  return find(
    conversations(),
    conversationKey(client, server, protocol, service),
    conversationCheck(client, server, protocol, service),
  );
}
