// REQ-DECODE-019
// Chapter 10 bytes in, findings out, one at a time: the host of this folder feeds a record and calls next() until NONE.
//
//   stream(p, length)  datagram(p, length, ...)  tick(now)  end()
//   then: while ((found = next()) != Found.NONE) ...
//
// Nothing is called back and nothing is allocated. A finding is valid until next() is called again; what was fed must
// stay in place until NONE. Input of a file (CHAPTER10 records) and of UDP flows may alternate.

import { C } from "./anomalies";
import { PACKET_CAPACITY } from "./capacity";
import { Bus, CHANNEL_NOT_READ, busFor, busIndex, clearChannels, takeForgotten } from "./channels";
import { Message } from "./message";
import { count } from "./stats";
import { validate } from "./validate";
import { FILE_RECORDER, clearRecorders, recorderAt, recorderFor } from "./recorders";
import { Anomaly, NO_CHANNEL, anyWaiting, clearWaiting, report, takeWaiting } from "./waiting";
import { EthernetFrame, goOnWithFrames, isFrameCut, nextFrame, openFrames, readFrames } from "./chapter10/ethernetf0";
import {
  FLAG_OVERFLOW,
  FLAG_RTC_ERROR,
  FLAG_SECONDARY,
  HEADER,
  Packet,
  Type,
  bodyStart,
  isFormatNotRead,
  isRead,
  secondaryGood,
} from "./chapter10/header";
import { goOnWithMessages, isMessageCut, nextInPacket, openMessages, readMessages } from "./chapter10/mil1553f1";
import { takeWrongSum } from "./chapter10/passing";
import {
  clearStream,
  comesInPieces,
  feed,
  feedEnd,
  isPieceCut,
  passPiece,
  pieceAt,
  pieceLength,
  takePacket,
  takePiece,
} from "./chapter10/sync";
import { readNetworkTime } from "./chapter10/networktime";
import { readTime } from "./chapter10/time";
import { TMATS_IS_XML, clearTmats, closeTmats, feedTmats, openTmats, settleTmats } from "./chapter10/tmats";
import { clearUdp, feedDatagram, feedDatagramEnd, feedTick, takeDatagramPacket } from "./udp/udp";

export const enum Found {
  NONE = 0, // feed more
  PACKET = 1, // packet(): a Chapter 10 packet with a good header, before its contents
  MESSAGE = 2, // message(): a 1553 message of a packet that is believed
  ETHERNET = 3, // ethernet(): a frame for the IP decoder
  ANOMALY = 4, // anomaly()
}

const PACKET: usize = memory.data(64, 8);
const MESSAGE: usize = memory.data(96, 8);
const FRAME: usize = memory.data(48, 8);

@inline export function packet(): Packet {
  return changetype<Packet>(PACKET);
}

@inline export function message(): Message {
  return changetype<Message>(MESSAGE);
}

@inline export function ethernet(): EthernetFrame {
  return changetype<EthernetFrame>(FRAME);
}
let found: usize = 0;

@inline export function anomaly(): Anomaly {
  return changetype<Anomaly>(found);
}
/** The channel of the last PACKET or MESSAGE, with its name and statistics. */
@inline export function bus(): Bus {
  return changetype<Bus>(currentBus);
}

const enum Phase {
  SOURCE,
  OPEN,
  MESSAGES,
  FRAMES,
}
const enum Source {
  STREAM,
  UDP,
  BOTH_ENDED,
}

let phase: Phase = Phase.SOURCE;
let source: Source = Source.STREAM;
let recorder: u32 = 0; // index
let currentBus: usize = 0;
/** Messages of packets whose data checksum is wrong, all the same: for an analyst, never onboard. */
let believeAll: bool = false;

/** Forgets everything: as after boot. */
export function reset(): void {
  clearRecorders();
  resetButClocks();
}

/** Forgets all but the clocks: to read the beginning of a file again once its first time packet has been seen. */
export function resetButClocks(): void {
  clearStream();
  clearUdp();
  clearChannels();
  clearTmats();
  clearWaiting();
  phase = Phase.SOURCE;
  source = Source.STREAM;
  believeAll = false;
}

export function setBelieveAll(on: bool): void {
  believeAll = on;
}

/** The next bytes of a Chapter 10 file, cut anywhere. */
export function stream(p: usize, length: u32): void {
  source = Source.STREAM;
  recorder = recorderFor(FILE_RECORDER);
  feed(p, length);
}

/**
 * A UDP payload. `flow` identifies sender and receiver with their ports: one datagram sequence. `recorderKey`
 * identifies what has its counter and channel numbers (its address and port; not 0): several flows may share it.
 * `now`: record time, ns; it ages open packets and nothing else.
 */
export function datagram(p: usize, length: u32, flow: u64, recorderKey: u64, now: u64): void {
  giveUpPieces();
  source = Source.UDP;
  const which = feedDatagram(p, length, flow, now);
  recorder = recorderFor(recorderKey + <u64>which * 0x9e3779b97f4a7c15);
}

/** Where the datagram fed last came from. */
export function setSender(version: u32, hi: u64, lo: u64): void {
  const r = recorderAt(recorder);
  r.version = version;
  r.hi = hi;
  r.lo = lo;
}

export function tick(now: u64): void {
  feedTick(now);
}

/** Nothing will follow. */
export function end(): void {
  source = Source.BOTH_ENDED;
  recorder = recorderFor(FILE_RECORDER);
  feedEnd();
  feedDatagramEnd();
}

/** The next finding of what was fed. */
export function next(): Found {
  for (;;) {
    if (anyWaiting()) {
      found = changetype<usize>(takeWaiting());
      return Found.ANOMALY;
    }
    if (phase == Phase.MESSAGES) {
      const m = message();
      if (nextInPacket(m, packet(), recorderAt(recorder))) {
        const b = bus();
        m.bus = busIndex(b);
        validate(m, b);
        count(m, b);
        return Found.MESSAGE;
      }
      if (isMessageCut()) {
        const came = nextPiece(readMessages());
        goOnWithMessages(pieceAt(), pieceLength(), isPieceCut());
        if (came) continue;
        if (source == Source.STREAM) break;
      }
      if (packet().believed == 0) bus().hole = 1;
      phase = Phase.SOURCE;
    } else if (phase == Phase.FRAMES) {
      if (nextFrame(ethernet(), packet(), recorderAt(recorder))) return Found.ETHERNET;
      if (isFrameCut()) {
        const came = nextPiece(readFrames());
        goOnWithFrames(pieceAt(), pieceLength(), isPieceCut());
        if (came) continue;
        if (source == Source.STREAM) break;
      }
      phase = Phase.SOURCE;
    }
    if (anyWaiting()) continue;
    if (phase == Phase.OPEN) {
      open();
      return Found.PACKET;
    }
    const k = packet();
    // what was lost in front of a packet is fetched before it
    if (source == Source.UDP ? takeDatagramPacket(k) : takePacket(k)) {
      phase = Phase.OPEN;
      if (takeWrongSum()) bus().hole = 1; // it was the packet's in front of this one
    } else if (!anyWaiting()) break;
  }
  return Found.NONE;
}

/** So much of a packet in pieces was read: whether more of it is there now. */
function nextPiece(read: u32): bool {
  passPiece(read);
  return takePiece();
}

/** A datagram comes within a packet of a file: the rest of that is passed over. */
function giveUpPieces(): void {
  if (phase == Phase.SOURCE || phase == Phase.OPEN || packet().inPieces == 0) return;
  phase = Phase.SOURCE;
  bus().hole = 1;
  report(C.PACKET_TOO_LARGE, <u32>packet().channel, <u64>packet().length, packet().offset);
}

/** Looks into the packet at hand: its channel's sequence, its headers, and by type what its contents are. */
function open(): void {
  phase = Phase.SOURCE;
  const k = packet();
  const r = recorderAt(recorder);
  const channel = <u32>k.channel;
  if (k.type != Type.TMATS) settleTmats();
  const b = busFor(r.key, channel);
  currentBus = changetype<usize>(b);
  const forgotten = takeForgotten();
  if (forgotten != NO_CHANNEL) report(C.CHANNEL_FORGOTTEN, channel, <u64>forgotten, k.offset);
  sequence(k, b);
  b.packets += 1;
  const flags = <u32>k.flags;
  if (flags & FLAG_RTC_ERROR) report(C.RTC_SYNC_ERROR, channel, 0, k.offset);
  if (flags & FLAG_OVERFLOW) report(C.DATA_OVERFLOW, channel, 0, k.offset);
  if (isFormatNotRead(k.type) && (b.flags & (<u8>CHANNEL_NOT_READ)) == 0) {
    b.flags |= <u8>CHANNEL_NOT_READ;
    report(C.FORMAT_NOT_READ, channel, <u64>k.type, k.offset);
  }
  if (k.held == 0 && k.inPieces == 0) {
    b.hole = 1;
    // In a file these are read as they come (sync.ts)
    const isPassed = source != Source.UDP && (k.type == Type.TMATS || comesInPieces(k.type));
    if (k.length > PACKET_CAPACITY && isRead(<u32>k.type) && !isPassed)
      report(C.PACKET_TOO_LARGE, channel, <u64>k.length, k.offset);
    return;
  }
  const p = k.at;
  if (flags & FLAG_SECONDARY) {
    k.secondaryTime = load<u64>(p, HEADER);
    if (secondaryGood(p + HEADER)) k.dated = 1;
    else report(C.SECONDARY_CHECKSUM, channel, 0, k.offset);
  }
  if (k.believed == 0) {
    if ((flags & 3) != 0 && k.type == Type.TMATS) report(C.TMATS_CHECKSUM, channel, 0, k.offset);
    else {
      if (flags & 3) report(C.DATA_CHECKSUM, channel, 0, k.offset);
      b.hole = 1;
      if (!believeAll) return;
    }
  }
  if (k.inPieces) takePiece();
  const data = k.inPieces ? pieceAt() : p + <usize>bodyStart(flags),
    length = k.inPieces ? pieceLength() : k.dataLength,
    isCut = k.inPieces != 0 && isPieceCut();
  if (k.type == Type.MIL1553) {
    openMessages(data, length, k, isCut);
    phase = Phase.MESSAGES;
  } else if (k.type == Type.ETHERNET) {
    openFrames(data, length, k, isCut);
    phase = Phase.FRAMES;
  } else if (k.type == Type.TIME) readTime(data, k.dataLength, k, r);
  else if (k.type == Type.NETWORK_TIME) readNetworkTime(data, k.dataLength, k, r);
  else if (k.type == Type.TMATS && k.dataLength >= 4) {
    if (load<u32>(data) & TMATS_IS_XML) {
      report(C.TMATS_XML, channel, 0, k.offset);
      return;
    }
    const textEnd = data + <usize>k.dataLength;
    openTmats(data + 4, textEnd, r.key, channel, <u32>k.sequence);
    feedTmats(data + 4, textEnd);
    closeTmats();
    currentBus = changetype<usize>(busFor(r.key, channel));
    takeForgotten();
  }
}

function sequence(k: Packet, b: Bus): void {
  if (b.hasSequence) {
    const ahead = (<u32>k.sequence - <u32>b.lastSequence) & 255;
    if (ahead == 0) report(C.SEQUENCE_REPEAT, <u32>k.channel, <u64>k.sequence, k.offset);
    else if (ahead != 1) {
      report(C.SEQUENCE_GAP, <u32>k.channel, <u64>(ahead - 1), k.offset);
      b.hole = 1;
    }
  }
  b.hasSequence = 1;
  b.lastSequence = k.sequence;
}
