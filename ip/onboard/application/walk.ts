// REQ-DECODE-034
// From one message to the next in what a connection carries. A message may begin anywhere in a segment, and go on in
// later ones: it is known by its first bytes, and its own length tells where the next one begins, which is kept for
// each direction of a flow. Segments are not put together, but for a beginning of less than PIECE bytes (some stacks
// send a TPKT header by itself, and who hides cuts there): it waits for the next segment. What lies further behind the
// end of the segment in which its message begins is not looked at.
//
// A length is what its sender says. Where it leads beyond what is at hand, or into a segment that was not sent before,
// and messages stand there that end with the segment (at most CHAIN of them, looked for in the next SOUGHT bytes),
// these count: a length that lies hides nothing. What is hidden so that it does not end with its segment stays hidden,
// unless the protocol itself says how long its messages are (modbus.ts, dnp3.ts, s7.ts).
//
// What is sent again begins nothing, as it lies before the place where the next message begins. Where segments are
// missing, or a flow is seen for the first time, a message is looked for at the segment's beginning.
//
// Rule when full: one place for each hash of a flow; who comes later has it, and the other is looked for anew.
import { addSpare } from "../../../appliance/contract/onboard/spare";
import { Flow, placeOf } from "../flow";
import { Is, Packet } from "../packet";
import { FIN, PSH, RST, SYN } from "../tcp";
import { App, AppMessage, GOES_ON, NO_MESSAGE, says } from "./message";
import { appAt, isItself, messageAt, publishedIn } from "./messages";
import { goesOn } from "./tpkt";

const PLACES: u32 = 256;
const TCP: u32 = 6;
const AHEAD: u32 = 70000; // how far the next message can be: longer than any
const PIECE: u32 = 32;
const SOUGHT: u32 = 320; // longer than any message of Modbus, DNP3 and IEC 104
const CHAIN: u32 = 4;
const LEAST: u32 = 6; // bytes of a message
const JOINED: u32 = 512; // of a message with its beginning, as far as it is looked at

/** Of a flow. */
@unmanaged
class Place {
  flow: u32; // its place among flows, 0 = free
  first: u32; // its time in microseconds: another flow may have the same record later
  toServer: u32; // sequence number at which the next message begins
  toClient: u32;
  sentToServer: u32; // sequence number behind what was sent
  sentToClient: u32;
  known: u8; // bit 0: toServer counts, bit 1: toClient
  certain: u8; // the same: a message was there before
  within: u8; // the same: a TPDU's data go on
  app: u8; // App that was found
  piece: u32; // of each direction: bytes of a message's beginning, 0 = none; 8 bits each
  pieces: u64; // 2 x PIECE bytes
  pieces1: u64;
  pieces2: u64;
  pieces3: u64;
  pieces4: u64;
  pieces5: u64;
  pieces6: u64;
  pieces7: u64;
}

const joined: usize = memory.data(JOINED, 8);
const places: usize = memory.data(PLACES * offsetof<Place>(), 8);

/** Where a walk is. */
@unmanaged
class Walk {
  at: usize;
  begin: usize; // of the payload
  end: usize; // of what is at hand of it
  place: usize; // Place, 0 = none: a datagram
  seq: u32; // of `begin`
  length: u32; // of the payload as it was sent
  bit: u32;
  app: u32;
  isFirst: bool; // no message of this packet was found yet
  toServer: bool;
}
const WALK: usize = memory.data(offsetof<Walk>(), 8);

@inline function walk(): Walk {
  return changetype<Walk>(WALK);
}

/** Where nobody walks no place is touched. */
export function spareWalks(): void {
  addSpare(places, PLACES * <u32>offsetof<Place>());
}

export function forgetWalks(): void {
  memory.fill(places, 0, PLACES * offsetof<Place>());
}

/** The first message of a packet of this Flow (0: none); of a packet with IP nextMessage() finds more. */
export function firstMessage(k: Packet, flow: usize, m: AppMessage): bool {
  if (k.ips == 0) return publishedIn(k, m);
  if (!(k.flags & Is.PORTS) || flow == 0) return false;
  const f = changetype<Flow>(flow);
  beginWalk(k, placeOf(flow), f.start, f.destPort, f.toClient == 0);
  return nextMessage(k, m);
}

/**
 * Begins with the payload of a packet of a flow (placeOf() it and its first packet's time), if any. `port`: the
 * server's.
 */
export function beginWalk(k: Packet, flow: u32, first: u64, port: u32, toServer: bool): void {
  const w = walk();
  w.begin = k.base + k.payloadOffset;
  w.at = w.begin;
  w.end = w.begin + k.payloadLength;
  w.length = k.payloadClaimed;
  w.app = appAt(k.protocol, port);
  w.toServer = toServer;
  if (w.app == App.NONE) {
    // nobody saw how it began: the other port may be the one that says what it is
    w.app = appAt(k.protocol, <u32>k.sourcePort == port ? k.destPort : k.sourcePort);
    if (w.app != App.NONE) w.toServer = !toServer;
  }
  w.bit = toServer ? 1 : 2;
  w.isFirst = true;
  w.place = 0;
  w.seq = k.seq;
  if (k.protocol == TCP && flow != 0) follow(k, w, flow, <u32>(first / 1000));
  else if (w.app == App.NONE && isItself(w.at, w.end)) w.app = App.DNP3;
}

function follow(k: Packet, w: Walk, flow: u32, first: u32): void {
  const at = changetype<Place>(places + <usize>((flow * 0x9e3779b1) >> 24) * offsetof<Place>());
  if (at.flow != flow || at.first != first) {
    memory.fill(changetype<usize>(at), 0, offsetof<Place>());
    at.flow = flow;
    at.first = first;
  }
  w.place = changetype<usize>(at);
  if ((<u32>k.tcpFlags) & SYN) {
    expect(at, w, k.seq + 1 + w.length);
    if (w.bit == 1) at.sentToServer = k.seq + 1 + w.length;
    else at.sentToClient = k.seq + 1 + w.length;
    at.certain |= <u8>w.bit;
    w.at = w.end;
    return;
  }
  if (w.length == 0) return;
  const isSentAgain = isSent(at, w);
  if (at.known & (<u8>w.bit)) {
    const ahead = (w.bit == 1 ? at.toServer : at.toClient) - w.seq;
    if (ahead != 0 && (ahead <= w.length || ahead >= AHEAD)) at.piece &= ~(255 << shiftOf(w));
    if (ahead != 0 && ahead < AHEAD && !isSentAgain && w.app != App.NONE && areMessages(w, w.begin)) return;
    if (ahead <= w.length) w.at = min<usize>(w.begin + ahead, w.end);
    else if (ahead < AHEAD)
      w.at = w.end; // inside of a message, or sent again
    else at.certain &= ~(<u8>w.bit);
    if (ahead >= w.length) return;
  } else at.certain &= ~(<u8>w.bit);
  if (w.app == App.NONE) w.app = at.app != App.NONE || isItself(w.at, w.end) ? App.DNP3 : App.NONE;
}

/** Whether all of the segment was sent before; from then on it was. */
function isSent(at: Place, w: Walk): bool {
  const behind = w.seq + w.length,
    sent = w.bit == 1 ? at.sentToServer : at.sentToClient;
  if (at.known & (<u8>w.bit) && <i32>(behind - sent) <= 0) return true;
  if (w.bit == 1) at.sentToServer = behind;
  else at.sentToClient = behind;
  return false;
}

const TRIED: usize = memory.data(offsetof<AppMessage>(), 8);

/** Whether messages stand from p on that end where the segment ends. */
function areMessages(w: Walk, p: usize): bool {
  const m = changetype<AppMessage>(TRIED);
  if (<u32>(w.end - w.begin) != w.length) return false;
  for (let n: u32 = 0; n < CHAIN && p + LEAST <= w.end; ++n) {
    if (!messageAt(w.app, p, w.end, w.toServer, m) || m.next > w.end || m.next <= p) return false;
    if (m.next == w.end) return true;
    p = m.next;
  }
  return false;
}

/** Where in a message, which says that it goes on beyond the segment, messages stand that end with it; 0: nowhere. */
function hiddenIn(w: Walk): usize {
  if (w.app == App.MMS || w.app == App.S7) return 0; // longer than segments often enough; s7.ts tells its own length
  const last = min<usize>(w.at + SOUGHT, w.end);
  for (let p = w.at + LEAST; p + LEAST <= last; ++p) if (areMessages(w, p)) return p;
  return 0;
}

@inline function expect(at: Place, w: Walk, seq: u32): void {
  if (w.bit == 1) at.toServer = seq;
  else at.toClient = seq;
  at.known |= <u8>w.bit;
}

@inline function pieceAt(at: Place, w: Walk): usize {
  return changetype<usize>(at) + offsetof<Place>("pieces") + (w.bit == 1 ? 0 : PIECE);
}
@inline function shiftOf(w: Walk): u32 {
  return w.bit == 1 ? 0 : 8;
}

/** Keeps what the packet ends with, as the beginning of a message. */
function keepPiece(at: Place, w: Walk): void {
  const length = <u32>(w.end - w.at);
  memory.copy(pieceAt(at, w), w.at, length);
  at.piece |= length << shiftOf(w);
  expect(at, w, w.seq + w.length);
  w.at = w.end;
}

/** The message whose beginning the packets before ended with; false where it is none, or still too short (`waits`). */
function joinedMessage(at: Place, w: Walk, length: u32, m: AppMessage): bool {
  const more = min<u32>(<u32>(w.end - w.at), JOINED - length),
    all = length + more;
  at.piece &= ~(255 << shiftOf(w));
  memory.copy(joined, pieceAt(at, w), length);
  memory.copy(joined + length, w.at, more);
  const isThere = messageAt(w.app, joined, joined + all, w.toServer, m) && m.next > joined + length;
  if (all < PIECE && (!isThere || m.isCut)) {
    memory.copy(pieceAt(at, w), joined, all);
    at.piece |= all << shiftOf(w);
    expect(at, w, w.seq + w.length);
    w.at = w.end;
    waits = true;
    return false;
  }
  // places of the packet again: what is behind is looked for there
  if (isThere) m.next = w.at + <usize>(<u32>(m.next - joined) - length);
  return isThere;
}
let waits: bool = false;

/** The next message that begins in the packet; false when there is none. Called until then, each time. */
export function nextMessage(k: Packet, m: AppMessage): bool {
  const w = walk();
  if (w.at >= w.end) return false;
  const at = changetype<Place>(w.place);
  if (w.app == App.NONE) return whole(k, w, m);
  let piece = pieceOf(at, w);
  if (piece != 0 && standsAlone(at, w, piece, m)) {
    w.isFirst = false;
    return true;
  }
  piece = pieceOf(at, w);
  const isThere = piece != 0 ? joinedMessage(at, w, piece, m) : messageAt(w.app, w.at, w.end, w.toServer, m);
  if (waits) {
    waits = false;
    return false;
  }
  const from = w.at;
  if (w.place != 0 && piece == 0) {
    const hidden = isThere && m.next > w.end ? hiddenIn(w) : 0;
    if (hidden != 0) endAt(w, from, hidden, m);
    else if (!isThere || m.isCut != 0) {
      if (<u32>(w.end - w.at) < PIECE && <u32>(w.end - w.begin) == w.length) {
        keepPiece(at, w);
        return false;
      }
    }
  }
  if (!isThere) {
    const isNone = w.isFirst && (w.place == 0 || (at.certain & (<u8>w.bit)) != 0);
    leave(w, w.length);
    if (!isNone) return false;
    m.length = 0;
    m.about = 0;
    m.isCut = 1;
    says(m, NO_MESSAGE, w.end, w.end);
    return true;
  }
  w.isFirst = false;
  if (w.place == 0) {
    w.at = m.next > w.at ? m.next : w.end;
    return true;
  }
  at.app = <u8>w.app;
  at.certain |= <u8>w.bit;
  const isWithin = (at.within & (<u8>w.bit)) != 0,
    goes = w.app == App.MMS && goesOn(piece != 0 ? joined : from, piece != 0 ? joined + JOINED : w.end, isWithin);
  if (isWithin) says(m, GOES_ON, m.end, m.end); // what this TPDU holds began in an earlier one
  at.within = goes ? at.within | (<u8>w.bit) : at.within & ~(<u8>w.bit);
  w.at = m.next;
  expect(at, w, w.seq + <u32>(w.at - w.begin));
  return true;
}

/** The message at `from` as if it ended there. */
function endAt(w: Walk, from: usize, end: usize, m: AppMessage): void {
  messageAt(w.app, from, end, w.toServer, m);
  m.next = end;
  m.isCut = 1;
}

/** Bytes of a message's beginning that the packets before ended with. */
@inline function pieceOf(at: Place, w: Walk): u32 {
  return w.place != 0 && w.at == w.begin ? (at.piece >> shiftOf(w)) & 255 : 0;
}

/**
 * Whether what the packets before ended with is a message, though it says that it goes on: this packet's stand by
 * themselves.
 */
function standsAlone(at: Place, w: Walk, length: u32, m: AppMessage): bool {
  if (!areMessages(w, w.begin)) return false;
  at.piece &= ~(255 << shiftOf(w));
  if (!messageAt(w.app, pieceAt(at, w), pieceAt(at, w) + length, w.toServer, m)) return false;
  m.isCut = 1;
  return true;
}

/** What is no protocol of these: a datagram, or what follows a push, is a message. */
function whole(k: Packet, w: Walk, m: AppMessage): bool {
  const at = changetype<Place>(w.place);
  const begins = w.place == 0 || (at.certain & (<u8>w.bit)) != 0;
  if (w.place != 0) {
    const pushed = ((<u32>k.tcpFlags) & (PSH | FIN | RST)) != 0;
    at.certain = pushed ? at.certain | (<u8>w.bit) : at.certain & ~(<u8>w.bit);
    expect(at, w, w.seq + w.length);
  }
  m.app = App.NONE;
  m.about = 0;
  m.shape = 0;
  m.next = w.end;
  m.isCut = 0;
  m.length = w.length;
  says(m, 0, w.at, w.end);
  w.at = w.end;
  return begins;
}

/** Nothing more is found in this packet: the next one is looked at from its beginning. */
function leave(w: Walk, length: u32): void {
  w.at = w.end;
  if (w.place == 0) return;
  const at = changetype<Place>(w.place);
  expect(at, w, w.seq + length);
  at.certain &= ~(<u8>w.bit);
  at.within &= ~(<u8>w.bit);
}
