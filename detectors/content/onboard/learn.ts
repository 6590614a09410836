// What is learned of conversations: which functions each side uses, about which objects, and what octets its messages
// have, by layout. Sayings and profiles are in tables (../../onboard/table.ts): when one is full, of eight neighbours
// what is found seldom makes room, and is new again when it comes back, so what is learned of too much says little.
import { App, AppMessage } from "../../../ip/onboard/application/message";
import { more } from "../../../lib/onboard/keyed";
import { TABLE, Table, find, nth, open } from "../../onboard/table";
import { claim } from "../../ip/onboard/area";
import { LEARNED_CONVERSATIONS } from "../../ip/onboard/capacity";
import { Conversation, conversationSlot } from "../../ip/onboard/conversations";
import { LEARNED_PROFILES, LEARNED_SAYINGS, POSITIONS } from "./capacity";
import { functionKey, layoutKey, objectKey, sideKey } from "./keys";
import { octet } from "./message-octets";
import { Class, novelty } from "./novelty";
import { isOld, peak, second } from "./peaks";
import { POSITION, learnPosition } from "./positions";

/** One side of a conversation, by its slot. */
@unmanaged
class Side {
  messages: u32;
  latestFunction: u32; // message with the last new one
  latestObject: u32;
  began: u32; // second of the first message
}

/** A function, or an object that one is about. */
@unmanaged
export class Saying {
  key: u64;
  check: u64;
  touch: u64;
  conversation: u64; // its key
  about: u64; // of an object
  kind: u32;
  messages: u32;
  slot: u16; // of the conversation
  app: u8;
  side: u8;
  isObject: u8;
  pad: u8;
  pad1: u16;
}

/** Messages of one layout. */
@unmanaged
export class Profile {
  key: u64;
  check: u64;
  touch: u64;
  conversation: u64;
  shape: u64;
  kind: u32;
  messages: u32;
  slot: u16;
  app: u8;
  side: u8;
  began: u32; // second of the first message
}
const HEAD: u32 = offsetof<Profile>();
const STRIDE: u32 = HEAD + POSITIONS * POSITION;
/** From so many messages of a side on, one of no known protocol gets a profile: who speaks less crowds nobody out. */
const ENOUGH: u32 = 16;

const TABLES: usize = memory.data(2 * TABLE, 8);
let sides: usize = 0;

@inline function sayings(): Table {
  return changetype<Table>(TABLES);
}
@inline function profiles(): Table {
  return changetype<Table>(TABLES + TABLE);
}
@inline export function sideAt(slot: u32, side: u32): Side {
  return changetype<Side>(sides + <usize>(slot * 2 + side) * offsetof<Side>());
}
@inline export function positionsOf(p: Profile): usize {
  return changetype<usize>(p) + HEAD;
}
export function sayingAt(i: u32): usize {
  return nth(sayings(), i);
}
export function profileAt(i: u32): usize {
  return nth(profiles(), i);
}
export function learnEvictions(): u64 {
  return sayings().evictions + profiles().evictions;
}

export function beginLearn(): void {
  sides = claim(LEARNED_CONVERSATIONS * 2 * offsetof<Side>());
  open(sayings(), claim(LEARNED_SAYINGS * offsetof<Saying>()), LEARNED_SAYINGS, offsetof<Saying>());
  open(profiles(), claim(LEARNED_PROFILES * STRIDE), LEARNED_PROFILES, STRIDE);
}

export function beginSides(c: Conversation): void {
  memory.fill(changetype<usize>(sideAt(conversationSlot(c), 0)), 0, 2 * offsetof<Side>());
}

/** A message of a side (0 to the server, 1 back) of a conversation. */
export function learnMessage(c: Conversation, side: u32, m: AppMessage): void {
  const slot = conversationSlot(c),
    s = sideAt(slot, side),
    key = sideKey(c.key, side);
  if (s.messages == 0) s.began = second();
  const counts = isOld(s.began);
  if (m.app != App.NONE) {
    if (saying(functionKey(key, m.app, m.kind), c, side, m, false)) {
      if (counts) peak(Class.FUNCTION, novelty(s.messages, s.latestFunction));
      s.latestFunction = s.messages + 1;
    }
    if (m.about != 0 && saying(objectKey(key, m.app, m.kind, m.about), c, side, m, true)) {
      if (counts) peak(Class.OBJECT, novelty(s.messages, s.latestObject));
      s.latestObject = s.messages + 1;
    }
  }
  if (m.isCut == 0 && (m.app != App.NONE || s.messages >= ENOUGH)) profile(key, c, side, m);
  if (s.messages != u32.MAX_VALUE) s.messages += 1;
}

/** Whether it was never said before. */
function saying(key: u64, c: Conversation, side: u32, m: AppMessage, isObject: bool): bool {
  const x = changetype<Saying>(find(sayings(), key, more)),
    isNew = sayings().fresh != 0;
  if (isNew) {
    x.conversation = c.key;
    x.slot = <u16>conversationSlot(c);
    x.app = <u8>m.app;
    x.side = <u8>side;
    x.kind = m.kind;
    x.about = isObject ? m.about : 0;
    x.isObject = isObject ? 1 : 0;
  }
  if (x.messages != u32.MAX_VALUE) x.messages += 1;
  return isNew;
}

function profile(key: u64, c: Conversation, side: u32, m: AppMessage): void {
  const p = changetype<Profile>(find(profiles(), layoutKey(key, m.app, m.kind, m.shape), more));
  if (profiles().fresh != 0) {
    p.conversation = c.key;
    p.slot = <u16>conversationSlot(c);
    p.app = <u8>m.app;
    p.side = <u8>side;
    p.kind = m.kind;
    p.shape = m.shape;
    p.began = second();
  }
  let score: f64 = 0;
  for (let i: u32 = 0; i < POSITIONS; ++i) {
    const value = octet(m, i);
    if (value < 256) score = max<f64>(score, learnPosition(positionsOf(p), i, value, p.messages));
  }
  if (score > 0 && isOld(p.began)) peak(m.app == App.NONE ? Class.OTHER : Class.VALUE, score);
  if (p.messages != u32.MAX_VALUE) p.messages += 1;
}
