// Ground-only WebAssembly entry: records (appliance/contract) with Chapter 10 bytes or frames in, CSV or JSON rows out.
// The decoder is the onboard one; only what is written differs. The host writes records, calls feed(length), then
// rows() until finished(); after the last record feedEnd() and the same again.

import { INPUT_SIZE, RECORD_HEADER, RecordHeader, RecordKind } from "../../../appliance/contract/onboard/abi";
import { datagramOf } from "../../../appliance/compartments/inspect/onboard/fragments";
import { isDatagram, isFragment, senderKey, sourceKey, streamKey } from "../../../ip/onboard/datagram";
import { Option, decode } from "../../../ip/onboard/decode";
import { PACKET_SIZE, Packet, innermost } from "../../../ip/onboard/packet";
import { align8, be16 } from "../../../lib/onboard/bytes";
import { Text, byte, hex16, hex8, lit, open, timestamp, unsigned } from "../../../lib/onboard/text";
import { C, anomalyName } from "../../../mil1553/onboard/anomalies";
import { Bus, busAt, busUsed } from "../../../mil1553/onboard/channels";
import { CHANNELS } from "../../../mil1553/onboard/capacity";
import { writeMessage, writeNames } from "../../../mil1553/onboard/eve";
import { TIME_UNKNOWN } from "../../../mil1553/onboard/message";
import {
  Found,
  anomaly,
  bus,
  datagram,
  end,
  message,
  next,
  packet,
  reset,
  resetButClocks,
  setBelieveAll,
  setSender,
  stream,
  tick,
} from "../../../mil1553/onboard/reader";
import { RECORDERS } from "../../../mil1553/onboard/capacity";
import { recorderAt } from "../../../mil1553/onboard/recorders";
import { keepFirstClock } from "../../../mil1553/onboard/chapter10/clock";
import { setYear } from "../../../mil1553/onboard/chapter10/time";
import { writeStats } from "../../../mil1553/onboard/stats";
import { isFlow } from "../../../mil1553/onboard/udp/flows";
import { datagramLength } from "../../../mil1553/onboard/udp/fragments";
import { provenFormat } from "../../../mil1553/onboard/udp/transfer";
import { NO_CHANNEL } from "../../../mil1553/onboard/waiting";
import { writeMeaning, writeWords } from "./columns";

const OUTPUT_SIZE: u32 = 393216;
const NOTES_SIZE: u32 = 65536;
/** Longest row: a message of 65,535 bytes in hexadecimal, twice, all its anomalies, and the columns. */
const LONGEST_ROW: u32 = 266240;
const LONGEST_NOTE: u32 = 256;

const INPUT: usize = memory.data(INPUT_SIZE, 8);
const OUTPUT: usize = memory.data(OUTPUT_SIZE, 8);
const NOTES: usize = memory.data(NOTES_SIZE, 8);
const MAX_PORTS: u32 = 64;
const PORTS: usize = memory.data(MAX_PORTS * 2, 8);
const PACKET: usize = memory.data(PACKET_SIZE, 8);
const TEXT: usize = memory.data(24, 8);
const NOTE: usize = memory.data(24, 8);

@inline function out(): Text {
  return changetype<Text>(TEXT);
}

@inline function note(): Text {
  return changetype<Text>(NOTE);
}

/** What rows() writes. */
const enum Rows {
  NOTHING = 0,
  MESSAGES_CSV = 1,
  PACKETS_CSV = 2,
  MESSAGES_JSON = 3,
}

let mode: u32 = Rows.MESSAGES_CSV;
let packets: u32 = 0; // rows of --packets so far
let messages: u64 = 0;
let openRow: bool = false; // --packets: the row's anomalies are still being gathered
let openRowNames: u32 = 0;
let openRowOffset: u64 = 0;
let done: bool = true;
let cursor: u32 = 0;
let fed: u32 = 0;
let ports: u32 = 0;
let datagrams: u64 = 0;

export function inputAt(): usize {
  return INPUT;
}
export function inputSize(): u32 {
  return INPUT_SIZE;
}
export function outputAt(): usize {
  return OUTPUT;
}
export function notesAt(): usize {
  return NOTES;
}
export function notesLength(): u32 {
  return <u32>(note().at - NOTES);
}
export function messageCount(): u64 {
  return messages;
}
export function packetCount(): u32 {
  return packets;
}
export function datagramCount(): u64 {
  return datagrams;
}

/** Why a file is read: as it comes, for its first time packet only, or again with that known. */
const enum Pass {
  PLAIN = 0,
  CLOCK = 1,
  AGAIN = 2,
}

/**
 * `kind`: Rows; `year` for times without one, 0 = the rule of time.ts; `believe` != 0: also packets with a wrong
 * checksum.
 */
export function begin(kind: u32, year: u32, believe: u32, pass: u32): void {
  if (pass == Pass.AGAIN) resetButClocks();
  else reset();
  keepFirstClock(pass == Pass.CLOCK);
  mode = kind;
  setYear(year);
  setBelieveAll(believe != 0);
  packets = 0;
  messages = 0;
  datagrams = 0;
  cursor = 0;
  fed = 0;
  openRow = false;
  done = true;
  open(note(), NOTES, NOTES_SIZE);
}

/** Whether any recorder's counter has been related to the time of day. */
export function clockKnown(): bool {
  for (let i: u32 = 0; i < RECORDERS; ++i) if (recorderAt(i).known) return true;
  return false;
}

/** UDP ports that carry Chapter 10, u16 each; without any, every flow that shows it. */
export function portsAt(): usize {
  return PORTS;
}
export function setPorts(n: u32): void {
  ports = min<u32>(n, MAX_PORTS);
}

/** Records in input[0..length). */
export function feed(length: u32): void {
  cursor = 0;
  fed = length;
  done = false;
  open(note(), NOTES, NOTES_SIZE);
}

/** Nothing will follow. */
export function feedEnd(): void {
  cursor = 0;
  fed = 0;
  end();
  done = false;
}

/** Hands the next record to the decoder; false when there is none. */
function feedRecord(): bool {
  if (fed - cursor < RECORD_HEADER) return false;
  const r = changetype<RecordHeader>(INPUT + <usize>cursor);
  const captured = r.captured;
  if (captured > fed - cursor - RECORD_HEADER) return false; // the host's mistake: nothing is read beyond what it wrote
  const p = INPUT + <usize>(cursor + RECORD_HEADER);
  cursor += RECORD_HEADER + align8(captured);
  if (r.kind == RecordKind.CHAPTER10) stream(p, captured);
  else if (r.kind != RecordKind.FRAME || !feedFrame(r, p)) tick(r.time);
  return true;
}

/** True when the frame (untrusted, at p) is UDP to one of the ports, or without ports Chapter 10. */
function feedFrame(r: RecordHeader, p: usize): bool {
  const k = changetype<Packet>(PACKET);
  k.time = r.time;
  decode(p, r.captured, r.original, <u32>r.link, Option.NO_CHECKSUMS, k);
  if (isDatagram(k)) return feedPayload(k, p + k.payloadOffset, k.payloadLength, k.sourcePort, k.destPort);
  if (!isFragment(k)) return false;
  const at = datagramOf(k, p);
  return at != 0 && feedPayload(k, at + 8, datagramLength() - 8, be16(at), be16(at + 2));
}

/** What a UDP datagram from one port to another carries. */
function feedPayload(k: Packet, at: usize, length: u32, from: u32, to: u32): bool {
  const sender = senderKey(k),
    flow = streamKey(k, sender, from, to);
  if (ports != 0 ? !isExpected(to) : !isFlow(flow) && provenFormat(at, length) == 0) return false;
  ++datagrams;
  datagram(at, length, flow, sourceKey(sender, from), k.time);
  const ip = innermost(k);
  setSender(ip.version, ip.srcHi, ip.srcLo);
  return true;
}

function isExpected(port: u32): bool {
  for (let i: u32 = 0; i < ports; ++i) if (<u32>load<u16>(PORTS + ((<usize>i) << 1)) == port) return true;
  return false;
}

/**
 * Writes rows until what was fed is used up or a buffer is nearly full; returns their bytes. Call again until
 * finished().
 */
export function rows(): u32 {
  const t = out();
  open(t, OUTPUT, OUTPUT_SIZE);
  open(note(), NOTES, NOTES_SIZE);
  while (!done && t.end - t.at > <usize>LONGEST_ROW && note().end - note().at > <usize>LONGEST_NOTE) {
    switch (next()) {
      case Found.NONE:
        done = !feedRecord();
        break;
      case Found.PACKET:
        packetRow(t);
        break;
      case Found.MESSAGE:
        ++messages;
        messageRow(t);
        break;
      case Found.ANOMALY:
        noteAnomaly(t);
        break;
    }
  }
  return <u32>(t.at - OUTPUT);
}

/** Nothing is left of what was fed; its last row of --packets may still be open until closeRows(). */
export function finished(): bool {
  return done;
}

/** Ends the last row of --packets; its line end goes to the output. */
export function closeRows(): u32 {
  const t = out();
  open(t, OUTPUT, OUTPUT_SIZE);
  endRow(t);
  return <u32>(t.at - OUTPUT);
}

/** One JSON line per 1553 channel seen: index counts from 0; 0 bytes when that entry has no messages. */
export function statsRow(index: u32): u32 {
  const t = out();
  open(t, OUTPUT, OUTPUT_SIZE);
  const b: Bus = busAt(index);
  if (!busUsed(b) || b.messages == 0) return 0;
  writeStats(t, b);
  byte(t, 10);
  return <u32>(t.at - OUTPUT);
}
export function statsRows(): u32 {
  return CHANNELS;
}

/** 2018-08-16T17:26:23.9837123+0000: the counter's 100 ns. */
function time(t: Text, ns: u64): void {
  if (ns == TIME_UNKNOWN) return;
  timestamp(t, ns);
  t.at -= 5; // +0000
  byte(t, 48 + <u32>((ns / 100) % 10));
  lit(t, "+0000");
}

function messageRow(t: Text): void {
  const m = message();
  if (mode == Rows.MESSAGES_JSON) {
    lit(t, '{"timestamp":');
    if (m.time == TIME_UNKNOWN) lit(t, "null");
    else {
      byte(t, 34);
      time(t, m.time);
      byte(t, 34);
    }
    lit(t, ',"mil1553":');
    writeMessage(t, m, bus(), true);
    if (m.anomalies) {
      lit(t, ',"anomalies":["');
      names(t, m.anomalies);
      lit(t, '"]');
    }
    if (m.doubtful) {
      lit(t, ',"doubtful":["');
      names(t, m.doubtful);
      lit(t, '"]');
    }
    lit(t, "}\n");
    return;
  }
  if (mode != Rows.MESSAGES_CSV) return;
  unsigned(t, <u64>m.channel);
  byte(t, 44);
  unsigned(t, m.rtc);
  byte(t, 44);
  hex16(t, <u32>m.blockStatus);
  byte(t, 44);
  byte(t, 65 + <u32>m.busB);
  byte(t, 44);
  unsigned(t, <u64>m.gap1);
  byte(t, 44);
  unsigned(t, <u64>m.gap2);
  byte(t, 44);
  unsigned(t, <u64>m.length);
  byte(t, 44);
  writeWords(t, m);
  const n = <u32>m.length;
  for (let i: u32 = 0; i + 1 < n; i += 2) hex16(t, <u32>load<u16>(m.words + <usize>i));
  byte(t, 44);
  time(t, m.time);
  byte(t, 44);
  writeNames(t, m.anomalies, 59);
  writeMeaning(t, m, bus());
  byte(t, 10);
}

// writeNames with `","` between them
function names(t: Text, set: u64): void {
  for (let rest = set; rest != 0; rest &= rest - 1) {
    if (rest != set) lit(t, '","');
    anomalyName(t, <u32>ctz<u64>(rest));
  }
}

function packetRow(t: Text): void {
  const k = packet();
  const number = packets++;
  if (mode != Rows.PACKETS_CSV) return;
  endRow(t);
  unsigned(t, <u64>number);
  byte(t, 44);
  unsigned(t, k.offset);
  byte(t, 44);
  unsigned(t, <u64>k.channel);
  byte(t, 44);
  unsigned(t, <u64>k.length);
  byte(t, 44);
  unsigned(t, <u64>k.dataLength);
  byte(t, 44);
  unsigned(t, <u64>k.version);
  byte(t, 44);
  unsigned(t, <u64>k.sequence);
  byte(t, 44);
  hex8(t, <u32>k.flags);
  byte(t, 44);
  hex8(t, <u32>k.type);
  byte(t, 44);
  unsigned(t, k.rtc);
  byte(t, 44);
  hex16(t, <u32>k.checksum);
  byte(t, 44);
  openRow = true;
  openRowNames = 0;
  openRowOffset = k.offset;
}

function endRow(t: Text): void {
  if (openRow) byte(t, 10);
  openRow = false;
}

// A row's own anomalies stand in its last column; all of them go to the notes
function noteAnomaly(t: Text): void {
  const a = anomaly();
  if (openRow && openRowNames < 8 && a.offset == openRowOffset && a.channel != NO_CHANNEL) {
    if (openRowNames++) byte(t, 59);
    anomalyName(t, a.id);
  }
  const n = note();
  lit(n, '{"anomaly":"');
  anomalyName(n, a.id);
  byte(n, 34);
  if (a.channel != NO_CHANNEL) {
    lit(n, ',"channel":');
    unsigned(n, <u64>a.channel);
  }
  lit(n, ',"offset":');
  unsigned(n, a.offset);
  lit(n, ',"detail":');
  unsigned(n, a.detail);
  lit(n, ',"damaged":');
  lit(n, isDamage(a.id) ? "true" : "false");
  lit(n, "}\n");
}

/** The input itself is damaged or cut, as against what is merely unusual in it. */
function isDamage(id: u32): bool {
  switch (id) {
    case C.LOST_SYNC:
    case C.HEADER_CHECKSUM:
    case C.HEADER_LENGTH:
    case C.DATA_CHECKSUM:
    case C.SECONDARY_CHECKSUM:
    case C.TRUNCATED:
    case C.MESSAGE_COUNT:
    case C.MESSAGE_LENGTH:
    case C.SHORT_DATA:
    case C.ETHERNET_LENGTH:
    case C.UDP_SHORT:
    case C.UDP_CONFLICT:
    case C.UDP_SIZE:
    case C.UDP_INCOMPLETE:
    case C.UDP_EVICTED:
    case C.UDP_PIECES:
      return true;
    default:
      return false;
  }
}
