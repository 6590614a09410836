// What was learned, as baseline entries; each is one event of at most 900 bytes.
//
//   content            a conversation: messages, latest new function, latest new object of each side
//   content.said       a function of it or, with `about`, what one was about
//   content.layout     messages of one layout: of POSITIONS octets, base 64 of { u8 values, with CARRIED where it is
//                      not judged; 4 x u8 values, or least and most; u32 latest }
//   content.peaks      the largest scores of a class, and the seconds that they are of
//   content.stream     a publisher's stream that broke rules: which
import { Text, byte, hex64, lit, unsigned } from "../../../lib/onboard/text";
import { base64 } from "../../../lib/onboard/base64";
import { LEARNED_CONVERSATIONS } from "../../ip/onboard/capacity";
import { Conversation, conversationAt, partiesAt, writeParties } from "../../ip/onboard/conversations";
import { Detector } from "../../onboard/catalogue";
import { LEARNED_PROFILES, LEARNED_SAYINGS, POSITIONS, STREAMS } from "./capacity";
import { Profile, Saying, positionsOf, profileAt, sayingAt, sideAt } from "./learn";
import { CLASSES, unfolded } from "./novelty";
import { PEAKS, peakOf, peakSeconds } from "./peaks";
import { RANGE, isCarried, positionAt } from "./positions";
import { Stream, streamAt } from "./streams";

const OWN: u32 = 1 << Detector.CONTENT;
const CARRIED: u32 = 128;
const PACKED: u32 = 9; // bytes of a position
const packed: usize = memory.data(POSITIONS * PACKED, 8);

const SAYINGS: u32 = LEARNED_CONVERSATIONS;
const PROFILES: u32 = SAYINGS + LEARNED_SAYINGS;
const CLASSES_AT: u32 = PROFILES + LEARNED_PROFILES;
const STREAMS_AT: u32 = CLASSES_AT + CLASSES;
const ALL: u32 = STREAMS_AT + STREAMS;
let next: u32 = 0;

export function rewind(): void {
  next = 0;
}

export function exportNext(t: Text): bool {
  for (; next < ALL; ++next) {
    if (!write(t, next)) continue;
    next += 1;
    return true;
  }
  next = 0;
  return false;
}

function write(t: Text, n: u32): bool {
  if (n < SAYINGS) return ofConversation(t, n);
  if (n < PROFILES) return ofSaying(t, n - SAYINGS);
  if (n < CLASSES_AT) return ofProfile(t, n - PROFILES);
  return n < STREAMS_AT ? ofClass(t, n - CLASSES_AT) : ofStream(t, n - STREAMS_AT);
}

function ofConversation(t: Text, slot: u32): bool {
  const at = conversationAt(slot);
  if (at == 0 || !(changetype<Conversation>(at).owned & OWN)) return false;
  if (sideAt(slot, 0).messages == 0 && sideAt(slot, 1).messages == 0) return false;
  lit(t, '"detector":"content",');
  writeParties(t, partiesAt(slot));
  for (let side: u32 = 0; side < 2; ++side) {
    const s = sideAt(slot, side);
    lit(t, side ? ',"from":[' : ',"to":[');
    unsigned(t, s.messages);
    byte(t, 44);
    unsigned(t, s.latestFunction);
    byte(t, 44);
    unsigned(t, s.latestObject);
    byte(t, 93);
  }
  return true;
}

/** Whether the conversation that a record is of still has its slot. */
function isThere(slot: u32, key: u64): bool {
  const at = conversationAt(slot);
  return at != 0 && changetype<Conversation>(at).key == key;
}

function head(t: Text, name: string, slot: u32, side: u32, app: u32, kind: u32, messages: u32): void {
  lit(t, name);
  byte(t, 44);
  writeParties(t, partiesAt(slot));
  lit(t, ',"side":');
  unsigned(t, side);
  lit(t, ',"app":');
  unsigned(t, app);
  lit(t, ',"kind":');
  unsigned(t, kind);
  lit(t, ',"messages":');
  unsigned(t, messages);
}

function number(t: Text, name: string, value: u64): void {
  lit(t, ',"');
  lit(t, name);
  lit(t, '":"');
  hex64(t, value);
  byte(t, 34);
}

function ofSaying(t: Text, i: u32): bool {
  const at = sayingAt(i);
  if (at == 0) return false;
  const x = changetype<Saying>(at);
  if (!isThere(x.slot, x.conversation)) return false;
  head(t, '"detector":"content.said"', x.slot, x.side, x.app, x.kind, x.messages);
  if (x.isObject) number(t, "about", x.about);
  return true;
}

function ofProfile(t: Text, i: u32): bool {
  const at = profileAt(i);
  if (at == 0) return false;
  const p = changetype<Profile>(at),
    list = positionsOf(p);
  if (!isThere(p.slot, p.conversation) || p.messages < 2) return false;
  for (let n: u32 = 0; n < POSITIONS; ++n) {
    const x = positionAt(list, n),
      to = packed + <usize>(n * PACKED);
    store<u8>(to, <u8>((<u32>x.values) | (isCarried(list, n) ? CARRIED : 0)));
    store<u32>(to, <u32>x.values == RANGE ? (<u32>x.least) | ((<u32>x.most) << 8) : x.known, 1);
    store<u32>(to, unfolded(x.latest), 5);
  }
  head(t, '"detector":"content.layout"', p.slot, p.side, p.app, p.kind, p.messages);
  number(t, "shape", p.shape);
  lit(t, ',"octets":"');
  base64(t, packed, POSITIONS * PACKED);
  byte(t, 34);
  return true;
}

function ofClass(t: Text, which: u32): bool {
  if (peakSeconds() == 0) return false;
  lit(t, '"detector":"content.peaks","class":');
  unsigned(t, which);
  lit(t, ',"seconds":');
  unsigned(t, peakSeconds());
  lit(t, ',"largest":[');
  let written: u32 = 0;
  for (let i: u32 = 0; i < PEAKS; ++i) {
    const value = peakOf(which, i);
    if (value == 0) continue;
    if (written != 0) byte(t, 44);
    unsigned(t, value);
    written += 1;
  }
  byte(t, 93);
  return true;
}

function ofStream(t: Text, i: u32): bool {
  const at = streamAt(i);
  if (at == 0 || changetype<Stream>(at).broken == 0) return false;
  const s = changetype<Stream>(at);
  lit(t, '"detector":"content.stream","broken":');
  unsigned(t, s.broken);
  lit(t, ',"frames":');
  unsigned(t, s.frames);
  number(t, "stream", s.name);
  return true;
}
