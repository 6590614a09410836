// REQ-DETECT-004
// The alert: how a finding of any detector leaves as an EVE event and as a line on the console. What was expected, what
// was seen and the numbers stand in alert.context, whose form Suricata's schema leaves open.
import { Score } from "../../../contract/onboard/abi";
import { Text, byte, decimal, lit, timestamp, unsigned } from "../../../../lib/onboard/text";
import { describe, locate } from "../../../../detectors/ip/onboard/locate";
import {
  FIRST_SIGNATURE,
  ofBus,
  writeCategory,
  writeDetector,
  writeSignature,
} from "../../../../detectors/onboard/catalogue";
import { writeContext, writeExpected, writeSeen } from "../../../../detectors/onboard/dispatch";
import { FINDING, Finding, Subject } from "../../../../detectors/onboard/finding";
import { openEvent, writeAddress, writeTransport } from "../../../../ip/onboard/eve";
import { Flow, Mark } from "../../../../ip/onboard/flow";
import { Packet, innermost } from "../../../../ip/onboard/packet";
import { Bus, busAt, busUsed } from "../../../../mil1553/onboard/channels";
import { writeBus, writeCommand, writeMessage } from "../../../../mil1553/onboard/eve";
import { Message } from "../../../../mil1553/onboard/message";
import { admitAlert, admitLine, linesLeftOut } from "./budget";
import * as events from "./events";

const ALERT: u32 = 1; // syslog severity

let raised: u64 = 0;
export function alertsRaised(): u64 {
  return raised;
}

// What is at hand: a packet and its flow, or a 1553 message and its bus. 0 = none.
let packet: usize = 0;
let flow: usize = 0;
let message: usize = 0;
let bus: usize = 0;
let number: u64 = 0; // of the record, or of the message on its bus

export function atHand(k: usize, f: usize, n: u64): void {
  packet = k;
  flow = f;
  message = 0;
  bus = 0;
  number = n;
}
export function messageAtHand(m: usize, b: usize, n: u64): void {
  packet = 0;
  flow = 0;
  message = m;
  bus = b;
  number = n;
}

/** Keeps a copy of a finding that makes sense when its packet or message is gone. */
export function keep(f: Finding, to: Finding): void {
  memory.copy(changetype<usize>(to), changetype<usize>(f), FINDING);
  if (f.subject != Subject.RECORD) return;
  if (packet != 0) describe(to, changetype<Packet>(packet));
  else if (message != 0) {
    const m = changetype<Message>(message);
    to.subject = Subject.COMMAND;
    to.bus = <u16>m.bus;
    to.channel = m.channel;
    to.cmd1 = m.cmd1;
    to.cmd2 = m.cmd2;
  }
}

/** The addresses of the packet at hand in a finding that is about it. */
export function locateFinding(f: Finding): void {
  if (f.subject == Subject.RECORD && packet != 0) locate(f, changetype<Packet>(packet));
}

/** What is at hand, 0 = none: a Packet, or a Message and its Bus. */
export function packetAtHand(): usize {
  return packet;
}
export function messageOf(): usize {
  return message;
}
export function busAtHand(): usize {
  return bus;
}

/** The same, when the detector's budget has room for it; whether it had. */
export function alertWithin(f: Finding, count: u32, since: u64, window: u32): bool {
  if (!admitAlert(f.detector)) return false;
  alert(f, count, since, window);
  return true;
}

/**
 * Writes the alert of a finding, or of `count` findings since `since`, of which this is the strongest. `window`: of
 * maintenance, in which all of them came; it may be over by now. 0: none.
 */
export function alert(f: Finding, count: u32, since: u64, window: u32): void {
  raised += 1;
  const t = events.begin();
  open(t, f);
  lit(t, ',"alert":{"action":"allowed","gid":1,"signature_id":');
  unsigned(t, FIRST_SIGNATURE + f.detector);
  lit(t, ',"rev":1,"signature":"');
  writeSignature(t, f.detector);
  lit(t, '","category":"');
  writeCategory(t, f.detector);
  lit(t, window ? '","severity":3,"context":{"detector":"' : '","severity":2,"context":{"detector":"');
  writeDetector(t, f.detector);
  lit(t, '","score":');
  decimal(t, f.score, 6);
  lit(t, ',"threshold":');
  decimal(t, f.threshold, 6);
  if (count > 1) {
    lit(t, ',"count":');
    unsigned(t, count);
  }
  if (f.parts > 1) {
    lit(t, ',"parts":');
    unsigned(t, f.parts);
    lit(t, ',"terminals":');
    unsigned(t, f.terminals);
  }
  if (since != 0) {
    lit(t, ',"since":"');
    timestamp(t, since);
    byte(t, 34);
  }
  lit(t, ',"expected":"');
  writeExpected(t, f);
  lit(t, '","seen":"');
  writeSeen(t, f);
  byte(t, 34);
  if (window) {
    lit(t, ',"maintenance":');
    unsigned(t, window);
  }
  writeContext(t, f);
  lit(t, "}}}");
  if (admitLine()) writeLine(events.text(), f, count, window);
  events.end(ALERT);
  if (flow != 0 && f.subject == Subject.RECORD) changetype<Flow>(flow).marks |= <u8>Mark.ALERTED;
}

/** For the console. */
function writeLine(short: Text, f: Finding, count: u32, window: u32): void {
  const leftOut = linesLeftOut();
  if (leftOut != 0) {
    byte(short, 40);
    unsigned(short, leftOut);
    lit(short, " alerts not shown here) ");
  }
  if (window) {
    lit(short, "maintenance ");
    unsigned(short, window);
    lit(short, ": ");
  }
  lit(short, "ALERT ");
  writeDetector(short, f.detector);
  byte(short, 32);
  subject(short, f);
  lit(short, ": expected ");
  writeExpected(short, f);
  lit(short, "; seen ");
  writeSeen(short, f);
  if (count > 1) {
    lit(short, ", ");
    unsigned(short, count);
    lit(short, " times");
  }
  if (f.parts > 1) {
    lit(short, ", one of ");
    unsigned(short, f.parts);
    lit(short, " changes that came together, terminals: ");
    unsigned(short, f.terminals);
  }
}

/** The numbers of a finding, for evaluation: no words, no rounding. */
export function score(f: Finding): void {
  const s = changetype<Score>(events.score());
  s.time = f.time;
  s.number = number;
  s.key = f.key;
  s.score = f.score;
  s.threshold = f.threshold;
  s.detector = f.detector;
  s.pad = 0;
}

/** The event up to the alert. */
function open(t: Text, f: Finding): void {
  if (f.subject == Subject.RECORD && packet != 0) {
    openEvent(t, changetype<Packet>(packet), "alert", flow);
    return;
  }
  lit(t, '{"timestamp":"');
  timestamp(t, f.time);
  if (number != 0) {
    lit(t, '","pcap_cnt":');
    unsigned(t, number);
  } else byte(t, 34);
  lit(t, ',"event_type":"alert"');
  if (f.subject == Subject.HOSTS && f.version != 0) {
    lit(t, ',"src_ip":"');
    writeAddress(t, f.version, f.srcHi, f.srcLo);
    byte(t, 34);
    if (f.hasDest) {
      lit(t, ',"dest_ip":"');
      writeAddress(t, f.version, f.dstHi, f.dstLo);
      byte(t, 34);
    }
    if (f.port) {
      lit(t, ',"dest_port":');
      unsigned(t, f.port);
    }
    if (f.protocol) {
      lit(t, ',"proto":"');
      writeTransport(t, f.protocol);
      byte(t, 34);
    }
  } else if (ofBus(f.detector)) {
    lit(t, ',"mil1553":');
    if (f.subject == Subject.RECORD && message != 0)
      writeMessage(t, changetype<Message>(message), changetype<Bus>(bus), false);
    else if (f.subject == Subject.COMMAND) writeCommand(t, f.channel, entryOf(f), f.cmd1, f.cmd2);
    else writeBus(t, f.channel, entryOf(f));
  }
}

/** The entry of the finding's channel, for its name; 0 when it was given to another channel since. */
function entryOf(f: Finding): usize {
  const b = busAt(f.bus);
  return busUsed(b) && b.channel == f.channel ? changetype<usize>(b) : 0;
}

/** Whom it is about, for the console. */
function subject(t: Text, f: Finding): void {
  let version = <u32>f.version,
    hi = f.srcHi,
    lo = f.srcLo;
  if (f.subject == Subject.RECORD && packet != 0 && changetype<Packet>(packet).ips != 0) {
    const ip = innermost(changetype<Packet>(packet));
    version = ip.version;
    hi = ip.srcHi;
    lo = ip.srcLo;
  }
  if (ofBus(f.detector)) {
    lit(t, "channel ");
    unsigned(t, f.subject == Subject.RECORD && bus != 0 ? changetype<Bus>(bus).channel : f.channel);
  } else if (version != 0) writeAddress(t, version, hi, lo);
  else lit(t, "no address");
}
