// Conversations at present (endpoints.ts), one record for each. As with hosts (hosts.ts), a detector that follows them
// has its own state in an array beside this table, by slot.
// Rule when full: of eight neighbours the one seen longest ago is forgotten (../../onboard/table.ts): one that the
// baseline does not know may be announced again, its beacon is counted anew. What the baseline knows is in known.ts.
import { Text, byte, lit, unsigned } from "../../../lib/onboard/text";
import { TABLE, Table, find, nth, open } from "../../onboard/table";
import { claim, learning, roomIn } from "./area";
import { CONVERSATIONS, LEARNED_CONVERSATIONS } from "./capacity";
import { Endpoints } from "./endpoints";
import { byWildcard, resolve } from "./known";
import { hostMember } from "./words";

/** Of the conversation itself; what a detector makes of it is not here. */
@unmanaged
export class Conversation {
  key: u64;
  check: u64;
  touch: u64;
  owned: u32; // bit n: detector n has state of this conversation
  known: u16; // index + 1 in known.ts, also of a wildcard
  wildcard: u8; // 1 = known by a wildcard only
  said: u8; // 0 = no alert has said that the baseline does not know it; others are detectors/pair's
  toServer: u32; // packets, the one at hand included
  toClient: u32;
}

/** Learning: whose conversation it is, for the entries. */
@unmanaged
class Parties {
  clientHi: u64;
  clientLo: u64;
  serverHi: u64;
  serverLo: u64;
  version: u8;
  protocol: u8;
  unordered: u8;
  pad: u8;
  service: u16;
  pad2: u16;
}

const STRIDE: u32 = offsetof<Conversation>();
const TABLE_AT: usize = memory.data(TABLE, 8);
const base: usize = memory.data(CONVERSATIONS * offsetof<Conversation>(), 8);
let parties: usize = 0;

@inline function table(): Table {
  return changetype<Table>(TABLE_AT);
}

export function openConversations(): void {
  open(table(), base, learning() ? LEARNED_CONVERSATIONS : CONVERSATIONS, STRIDE);
  if (learning()) parties = claim(LEARNED_CONVERSATIONS * offsetof<Parties>());
}
export function conversationEvictions(): u64 {
  return table().evictions;
}

/** The record of the packet's conversation, in which the packet is counted. Never 0. */
export function conversation(e: Endpoints): Conversation {
  const c = changetype<Conversation>(find(table(), e.key, e.check));
  if (table().fresh != 0) {
    if (learning()) keepParties(c, e);
    else {
      c.known = <u16>resolve(e);
      c.wildcard = c.known != 0 && byWildcard() ? 1 : 0;
    }
  }
  if (e.toServer) c.toServer += 1;
  else c.toClient += 1;
  return c;
}

@inline export function conversationSlot(c: Conversation): u32 {
  return <u32>(changetype<usize>(c) - base) / STRIDE;
}

export function conversationAt(slot: u32): usize {
  return nth(table(), slot);
}

/** Learning: memory of the records that only operation has (area.ts). */
export function roomOfConversations(bytes: u32): usize {
  return roomIn(base + LEARNED_CONVERSATIONS * STRIDE, (CONVERSATIONS - LEARNED_CONVERSATIONS) * STRIDE, bytes);
}

/** Learning: of the conversation in this slot. */
@inline export function partiesAt(slot: u32): Parties {
  return changetype<Parties>(parties + <usize>slot * offsetof<Parties>());
}

function keepParties(c: Conversation, e: Endpoints): void {
  const p = partiesAt(conversationSlot(c));
  p.version = e.version;
  p.protocol = e.protocol;
  p.unordered = e.unordered;
  p.service = e.service;
  if (e.toServer) {
    p.clientHi = e.srcHi;
    p.clientLo = e.srcLo;
    p.serverHi = e.dstHi;
    p.serverLo = e.dstLo;
  } else {
    p.clientHi = e.dstHi;
    p.clientLo = e.dstLo;
    p.serverHi = e.srcHi;
    p.serverLo = e.srcLo;
  }
}

/** The members that say which conversation an entry is about. */
export function writeParties(t: Text, p: Parties): void {
  hostMember(t, "client", p.version, p.clientHi, p.clientLo);
  byte(t, 44);
  hostMember(t, "server", p.version, p.serverHi, p.serverLo);
  lit(t, ',"proto":');
  unsigned(t, p.protocol);
  lit(t, ',"service":');
  unsigned(t, p.service);
  if (p.unordered) lit(t, ',"either":true');
}
