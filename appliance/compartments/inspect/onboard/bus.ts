// MIL-STD-1553 in inspect: Chapter 10 bytes, from a file or from UDP, become messages; what is wrong with them, events.
//
// One record can hold hundreds of messages. drain() stops when the events buffer is full and goes on where it was when
// run() is called for the same record again.
//
// Of UDP only recorders are believed that the policy names (recorders.ts); nobody else's datagrams reach the reader,
// whose tables they would fill. A recorder's clock dates its events and drives what is held against its own buses,
// nothing else: the appliance's time is that of the records. The Ethernet that a recorder sends over UDP is reported,
// and never judged.
//
// Events carry the recorder's time. Until its first time packet that is the counter alone, as if it had begun in 1970.
import { stricter } from "../../../contract/onboard/abi";
import { Text, byte, lit, timestamp, unsigned } from "../../../../lib/onboard/text";
import { messageIn } from "../../../../detectors/onboard/dispatch";
import { be16 } from "../../../../lib/onboard/bytes";
import { isDatagram, isFragment, senderKey, sourceKey, streamKey } from "../../../../ip/onboard/datagram";
import { Packet, innermost } from "../../../../ip/onboard/packet";
import { anomalyName } from "../../../../mil1553/onboard/anomalies";
import { CHANNELS } from "../../../../mil1553/onboard/capacity";
import { Bus, busAt, busUsed } from "../../../../mil1553/onboard/channels";
import { writeContainer, writeMessage } from "../../../../mil1553/onboard/eve";
import { EthernetFrame } from "../../../../mil1553/onboard/chapter10/ethernetf0";
import { setYear } from "../../../../mil1553/onboard/chapter10/time";
import { Message, TIME_UNKNOWN } from "../../../../mil1553/onboard/message";
import { FILE_RECORDER, Recorder, recorderOf } from "../../../../mil1553/onboard/recorders";
import * as reader from "../../../../mil1553/onboard/reader";
import { statsReset, statsSpan, writeStats } from "../../../../mil1553/onboard/stats";
import { isFlow } from "../../../../mil1553/onboard/udp/flows";
import { datagramLength } from "../../../../mil1553/onboard/udp/fragments";
import { provenFormat } from "../../../../mil1553/onboard/udp/transfer";
import { messageAtHand } from "./alerts";
import { budgetTime } from "./budget";
import * as events from "./events";
import { datagramOf } from "./fragments";
import { takeFindings } from "./findings";
import { learned, learning } from "./learning";
import { admit } from "./limit";
import { isChannel, isRecorder, isRecorderAddress } from "./recorders";
import { settings } from "./settings";
import { frame, hearsay } from "./traffic";

const NOTICE: u32 = 5;
const INFORMATIONAL: u32 = 6;
const ETHERNET_LINK: u32 = 1;
const INTERVAL: u64 = 10000000; // bus time between two statistics of a bus, 100 ns

let verdict: u32 = 0; // on what the last record held
let messages: u64 = 0;
let frames: u64 = 0; // of recorded Ethernets
let latest: u64 = 0; // time of the last message, ns
let ofFile: u64 = 0; // latest time of what came from a file
let reported: u32 = 0; // buses whose last statistics have been written, at the end

export function messagesSeen(): u64 {
  return messages;
}
export function framesRecorded(): u64 {
  return frames;
}
/** Of a file: datagrams come at the time of their records. */
export function latestTime(): u64 {
  return ofFile;
}

/** The verdict on the messages drained since it was last taken. */
export function takeVerdict(): u32 {
  const v = verdict;
  verdict = 0;
  return v;
}

/** Before the first record. */
export function begin(): void {
  reader.reset();
  const year = <u32>settings().year;
  setYear(year != 0 ? 1969 + year : 0);
}

/** The next bytes of a Chapter 10 file. Then drain(). */
export function stream(p: usize, length: u32): void {
  reader.stream(p, length);
}

/** A decoded frame: whether it carries Chapter 10, which is then taken in. Then drain(). `p`: its first byte. */
export function datagram(k: Packet, p: usize): bool {
  if (isDatagram(k)) return payload(k, p + k.payloadOffset, k.payloadLength, k.sourcePort, k.destPort);
  if (!isFragment(k)) return false;
  const ip = innermost(k);
  if (!isRecorderAddress(ip.version, ip.srcHi, ip.srcLo)) return false;
  const at = datagramOf(k, p);
  return at != 0 && payload(k, at + 8, datagramLength() - 8, be16(at), be16(at + 2));
}

/** What a UDP datagram from one port to another carries. */
function payload(k: Packet, at: usize, length: u32, from: u32, to: u32): bool {
  const ip = innermost(k);
  if (!isRecorder(ip.version, ip.srcHi, ip.srcLo, to)) return false;
  const sender = senderKey(k),
    flow = streamKey(k, sender, from, to);
  if (!isFlow(flow) && provenFormat(at, length) == 0) return false;
  reader.datagram(at, length, flow, sourceKey(sender, from), k.time);
  reader.setSender(ip.version, ip.srcHi, ip.srcLo);
  return true;
}

export function tick(now: u64): void {
  reader.tick(now);
}
export function end(): void {
  reader.end();
  reported = 0;
}

/** Reports what was fed; false when there is no room left, and more to report. `now`: time of the record. */
export function drain(now: u64): bool {
  while (events.roomForRecord()) {
    const found = reader.next();
    if (found == reader.Found.NONE) return true;
    if (found == reader.Found.MESSAGE) message(reader.message(), reader.bus(), now);
    else if (found == reader.Found.ANOMALY) container(now);
    else if (found == reader.Found.ETHERNET) ethernet(reader.ethernet(), now);
  }
  return false;
}

/** `now`: time of the record. */
function message(m: Message, bus: Bus, now: u64): void {
  messages += 1;
  latest = m.time == TIME_UNKNOWN ? m.rtc * 100 : m.time;
  if (isFile(bus)) ofFile = latest;
  const time = isFile(bus) ? latest : now;
  if (isFile(bus)) budgetTime(time);
  if (m.anomalies != 0 && admit(time)) {
    const t = events.begin();
    open(t, latest, "anomaly");
    lit(t, ',"anomaly":{"type":"decode","event":"');
    anomalyName(t, <u32>ctz<u64>(m.anomalies));
    lit(t, '","layer":"mil1553"},"mil1553":');
    writeMessage(t, m, bus, false);
    lit(t, ',"anomalies":[');
    for (let rest = m.anomalies; rest != 0; rest &= rest - 1) {
      byte(t, 34);
      anomalyName(t, <u32>ctz<u64>(rest));
      byte(t, 34);
      if (rest & (rest - 1)) byte(t, 44);
    }
    lit(t, "]}");
    events.end(NOTICE);
  }
  if (isJudged(bus)) {
    messageAtHand(changetype<usize>(m), changetype<usize>(bus), messages);
    if (learning()) learned(time, true);
    messageIn(m, bus);
    verdict = stricter(verdict, takeFindings());
  }
  if (statsSpan(bus) >= INTERVAL) statistics(bus);
}

/** Whether the policy names this channel of its recorder; of a file all are judged. */
function isJudged(bus: Bus): bool {
  if (isFile(bus)) return true;
  const at = recorderOf(bus.recorder);
  if (at == 0) return false;
  const r = changetype<Recorder>(at);
  return isChannel(r.version, r.hi, r.lo, bus.channel);
}

@inline function isFile(bus: Bus): bool {
  return bus.recorder == FILE_RECORDER;
}

/** A frame that the recorder took from an Ethernet: to the IP decoder, numbered among its like. */
function ethernet(f: EthernetFrame, now: u64): void {
  frames += 1;
  if (!isFile(reader.bus())) {
    hearsay(f.at, f.length, ETHERNET_LINK, now, frames);
    return;
  }
  const time = f.time == TIME_UNKNOWN ? f.rtc * 100 : f.time;
  latest = max<u64>(latest, time);
  ofFile = latest;
  budgetTime(time);
  verdict = stricter(verdict, stricter(frame(f.at, f.length, f.length, ETHERNET_LINK, time, frames), takeFindings()));
}

/** What is wrong with the container: the recording or the stream of datagrams. */
function container(now: u64): void {
  const time = now != 0 ? now : latest;
  if (!admit(time)) return;
  const a = reader.anomaly();
  const t = events.begin();
  open(t, time, "anomaly");
  lit(t, ',"anomaly":{"type":"decode","event":"');
  anomalyName(t, a.id);
  lit(t, '","layer":"chapter10"},"chapter10":');
  writeContainer(t, a);
  byte(t, 125);
  events.end(NOTICE);
}

function statistics(bus: Bus): void {
  const t = events.begin();
  open(t, latest, "mil1553_stats");
  lit(t, ',"mil1553":');
  writeStats(t, bus);
  byte(t, 125);
  events.end(INFORMATIONAL);
  statsReset(bus);
}

/** At the end: the statistics of each bus since its last; false when there is no room left. */
export function closeBuses(): bool {
  for (; reported < CHANNELS; ++reported) {
    if (!events.roomForRecord()) return false;
    const bus = busAt(reported);
    if (busUsed(bus) && bus.messages != 0) statistics(bus);
  }
  return true;
}

function open(t: Text, time: u64, type: string): void {
  lit(t, '{"timestamp":"');
  timestamp(t, time);
  lit(t, '","pcap_cnt":');
  unsigned(t, messages);
  lit(t, ',"event_type":"');
  lit(t, type);
  byte(t, 34);
}
