// REQ-DECODE-017
// A Chapter 10 byte stream (a file), fed in pieces cut anywhere, into packets.
//
//   buffer  [ head .. tail )   one packet and the header behind it at most; what is in front of head is done with
//
// Where a header is due and none is (sync, checksum, lengths), sync is lost: bytes are looked at one by one until a
// good header, and lost_sync says how many did not belong to a packet. A packet whose contents fail (data checksum;
// without one, messages that do not fill it) and behind which no header follows may be cut short, with good packets
// inside the length it claims: then the search goes on inside it. What a forger can make this cost is bounded by
// RESCAN_BUDGET.
//
// A packet of messages or frames that is longer than the buffer is handed out in pieces: takePiece() brings more of its
// data, passPiece() says how much of them was used. What nobody takes is passed over.

import { C } from "../anomalies";
import { PACKET_CAPACITY, RESCAN_BUDGET, STREAM_BUFFER } from "../capacity";
import { NO_CHANNEL, report } from "../waiting";
import {
  HEADER,
  HeaderState,
  Packet,
  Type,
  bodyStart,
  checkFileHeader,
  checkHeader,
  dataChecksumGood,
  headerLength,
  headerType,
  readHeader,
  textStart,
} from "./header";
import { messagesFit } from "./mil1553f1";
import { FILE_RECORDER } from "../recorders";
import { beginSum, forgetSum, passSum } from "./passing";
import { TMATS_IS_XML, closeTmats, feedTmats, openTmats } from "./tmats";

const BUFFER: usize = memory.data(STREAM_BUFFER, 8);

let head: u32 = 0;
let tail: u32 = 0;
let offset: u64 = 0; // of head in the stream
let chunk: usize = 0; // what was fed and not yet taken over
let chunkLeft: u32 = 0;
let ended: bool = false;

let lost: bool = false;
let lostFrom: u64 = 0; // offset from which bytes belong to nothing
let skipping: u32 = 0; // bytes of a packet that is passed over
let beforeText: u32 = 0; // of these: bytes in front of its text (TMATS),
let textLeft: u32 = 0; // and of its text
let beforeData: u32 = 0; // of these: bytes in front of its data,
let dataLeft: u32 = 0; // and of its data, where they are handed out in pieces
let rescanUntil: u64 = 0; // offset where the damaged packet claimed to end
let claimedEnd: u64 = 0; // the same, kept until sync is found
let budget: u32 = 0;

export function clearStream(): void {
  head = 0;
  tail = 0;
  offset = 0;
  chunkLeft = 0;
  ended = false;
  lost = false;
  skipping = 0;
  textLeft = 0;
  dataLeft = 0;
  forgetSum();
  rescanUntil = 0;
  claimedEnd = 0;
}

/** PACKET_CAPACITY bytes that nobody needs until more of a stream is fed; 0 while a packet waits in it for the rest. */
export function freeBuffer(): usize {
  if (head != tail || chunkLeft != 0) return 0;
  head = tail = 0;
  return BUFFER;
}

/** The next `length` bytes of the stream; they must stay in place until takePacket() has returned false. */
export function feed(p: usize, length: u32): void {
  if (ended) clearStream(); // another stream begins
  chunk = p;
  chunkLeft = length;
}

/** Nothing will follow: what is open is reported by takePacket(). */
export function feedEnd(): void {
  chunkLeft = 0;
  ended = true;
}

function fill(): bool {
  if (chunkLeft == 0) return false;
  if (head != 0) {
    memory.copy(BUFFER, BUFFER + <usize>head, <usize>(tail - head));
    tail -= head;
    head = 0;
  }
  const n = min<u32>(STREAM_BUFFER - tail, chunkLeft);
  memory.copy(BUFFER + <usize>tail, chunk, <usize>n);
  tail += n;
  chunk += <usize>n;
  chunkLeft -= n;
  return n != 0;
}

@inline function advance(n: u32): void {
  head += n;
  offset += <u64>n;
}

/** What is passed over, for as far as it is text. */
function passText(p: usize, n: u32): void {
  const front = min<u32>(beforeText, n);
  beforeText -= front;
  const text = min<u32>(n - front, textLeft);
  if (text == 0) return;
  feedTmats(p + <usize>front, p + <usize>(front + text));
  textLeft -= text;
  if (textLeft == 0) closeTmats();
}

/** Passes over what is left of a packet that is not held. True when done. */
function skipOn(): bool {
  const here = min<u32>(skipping, tail - head);
  if (textLeft != 0) passText(BUFFER + <usize>head, here);
  passSum(BUFFER + <usize>head, here);
  advance(here);
  skipping -= here;
  const beyond = min<u32>(skipping, chunkLeft);
  if (textLeft != 0) passText(chunk, beyond);
  passSum(chunk, beyond);
  chunk += <usize>beyond;
  chunkLeft -= beyond;
  offset += <u64>beyond;
  skipping -= beyond;
  return skipping == 0;
}

/** Where the data of the packet in pieces are, so far as they came and were not passed. */
@inline export function pieceAt(): usize {
  return BUFFER + <usize>head;
}
@inline export function pieceLength(): u32 {
  return min<u32>(tail - head, dataLeft);
}
/** Whether more of its data are still to come. */
@inline export function isPieceCut(): bool {
  return dataLeft > tail - head;
}

/** More of its data, behind what is there; false when there are none yet, or none any more. */
export function takePiece(): bool {
  if (beforeData != 0) {
    passBytes(beforeData);
    beforeData = 0;
    return true;
  }
  return isPieceCut() && fill();
}

/** n bytes of the piece were used. */
export function passPiece(n: u32): void {
  passBytes(n);
  dataLeft -= n;
}

function passBytes(n: u32): void {
  passSum(BUFFER + <usize>head, n);
  advance(n);
  skipping -= n;
}

const enum Contents {
  WRONG,
  UNKNOWN,
  RIGHT,
}

/** What can be known of the contents: the checksum, or that 1553 messages fill the packet. */
function contents(p: usize): Contents {
  const flags = <u32>load<u8>(p, 14);
  if ((flags & 3) != 0) return dataChecksumGood(p) ? Contents.RIGHT : Contents.WRONG;
  if (headerType(p) != Type.MIL1553) return Contents.UNKNOWN;
  return messagesFit(p + <usize>bodyStart(flags), load<u32>(p, 8)) ? Contents.RIGHT : Contents.WRONG;
}

/**
 * Fills k with the next packet's header, k.at with where it stands (valid until the next call), k.held and k.believed.
 * False when more bytes are needed, or at the end. Losses are reported on the way.
 */
export function takePacket(k: Packet): bool {
  for (;;) {
    if (skipping != 0 && !skipOn()) {
      if (ended) {
        report(C.TRUNCATED, NO_CHANNEL, <u64>skipping, offset);
        skipping = 0;
        if (textLeft != 0) closeTmats();
        textLeft = 0;
      }
      return false;
    }
    const have = tail - head;
    if (have < HEADER) {
      if (fill()) continue;
      if (ended && have != 0) rest(have);
      else if (ended) found();
      return false;
    }
    const p = BUFFER + <usize>head;
    const state = checkFileHeader(p);
    if (state != HeaderState.GOOD) {
      search(p, state);
      continue;
    }
    const length = headerLength(p);
    const inside = offset < rescanUntil;
    if (length > PACKET_CAPACITY) {
      if (inside) {
        search(p, HeaderState.NO_SYNC);
        continue;
      }
      const isText = headerType(p) == Type.TMATS,
        isCut = comesInPieces(headerType(p)),
        opening = isText ? OPENING : isCut ? bodyStart(<u32>load<u8>(p, 14)) + 4 : 0;
      if (have < opening) {
        if (fill()) continue;
        if (!ended) return false;
      }
      found();
      readHeader(k, p);
      k.offset = offset;
      k.held = 0;
      k.believed = 0;
      skipping = length;
      if (have < opening) return true;
      if (isText) openText(k, p);
      else if (isCut) openPieces(k);
      return true;
    }
    if (have < length) {
      if (fill()) continue;
      if (!ended) return false;
      if (inside) {
        search(p, HeaderState.NO_SYNC);
        continue;
      }
      deliver(k, p, 0);
      k.held = 0;
      report(C.TRUNCATED, <u32>k.channel, <u64>(length - have), offset);
      rescan(have); // what it lacks has been said: only what is found inside it changes anything
      return true;
    }
    const know = contents(p);
    if (know == Contents.RIGHT || (know == Contents.UNKNOWN && !inside)) {
      deliver(k, p, 1);
      advance(length);
      return true;
    }
    if (have < length + HEADER) {
      if (fill()) continue;
      if (!ended) return false;
    }
    const follows = have >= length + HEADER ? checkHeader(p + <usize>length) == HeaderState.GOOD : have == length;
    if (inside && !follows) {
      // a header inside a damaged packet that does not prove itself is none
      if (--budget == 0) {
        skipping = <u32>(rescanUntil - offset);
        rescanUntil = 0;
      } else search(p, HeaderState.NO_SYNC);
      continue;
    }
    deliver(k, p, know == Contents.UNKNOWN ? 1 : 0);
    if ((k.flags & 3) == 0) {
      // no checksum: with a header behind it the packet's frame is right, and its messages are read as far as they go
      if (follows) k.believed = 1;
      else
        report(
          C.MESSAGE_COUNT,
          <u32>k.channel,
          <u64>(load<u32>(p + <usize>bodyStart(<u32>k.flags)) & 0xffffff),
          offset,
        );
    }
    if (follows) advance(length);
    else rescan(length);
    return true;
  }
}

/** Types whose data, too long to be held, are handed out in pieces. */
@inline export function comesInPieces(type: u32): bool {
  return type == Type.MIL1553 || type == Type.ETHERNET;
}

/** Of a packet of text: all that is in front of it, and the two characters by which a new text is told. */
const OPENING: u32 = HEADER + 12 + 4 + 2;

/** The text of this packet, too long to be held, is read as it is passed over. */
function openText(k: Packet, p: usize): void {
  const start = textStart(<u32>k.flags);
  if (k.dataLength <= 4) return;
  if (load<u32>(p + <usize>start - 4) & TMATS_IS_XML) {
    report(C.TMATS_XML, <u32>k.channel, 0, offset);
    return;
  }
  beforeText = start;
  textLeft = k.dataLength - 4;
  openTmats(p + <usize>start, p + <usize>(start + 2), FILE_RECORDER, <u32>k.channel, <u32>k.sequence);
}

/** The data of this packet, too long to be held, are handed out in pieces. */
function openPieces(k: Packet): void {
  beginSum(k);
  k.inPieces = 1;
  k.believed = 1;
  beforeData = bodyStart(<u32>k.flags);
  dataLeft = k.dataLength;
}

function deliver(k: Packet, p: usize, believed: u8): void {
  found();
  readHeader(k, p);
  k.offset = offset;
  k.held = 1;
  k.believed = believed;
}

/**
 * A good header, or the end, ends a loss of sync. Of a damaged packet that had its full length only what follows
 * counts.
 */
function found(): void {
  if (!lost) return;
  lost = false;
  rescanUntil = 0;
  if (claimedEnd != 0 && offset >= claimedEnd) lostFrom = claimedEnd;
  claimedEnd = 0;
  if (offset > lostFrom) report(C.LOST_SYNC, NO_CHANNEL, offset - lostFrom, lostFrom);
}

/** The packet at head is damaged and nothing follows it where it should: look for the next header inside it. */
function rescan(length: u32): void {
  lost = true;
  lostFrom = offset;
  rescanUntil = claimedEnd = offset + <u64>length;
  budget = RESCAN_BUDGET;
  advance(HEADER);
}

/** No header at head: on to the next byte that could begin one. */
function search(p: usize, state: HeaderState): void {
  if (!lost) {
    lost = true;
    lostFrom = offset;
    if (state == HeaderState.CHECKSUM) report(C.HEADER_CHECKSUM, NO_CHANNEL, 0, offset);
    else if (state == HeaderState.LENGTH) report(C.HEADER_LENGTH, NO_CHANNEL, <u64>headerLength(p), offset);
  }
  let n: u32 = 1;
  const have = tail - head;
  while (n < have && load<u8>(p + <usize>n) != 0x25) ++n;
  advance(n);
}

/** The end came within a header. */
function rest(have: u32): void {
  if (!lost) report(C.TRUNCATED, NO_CHANNEL, <u64>(HEADER - have), offset);
  advance(have);
  found();
}
