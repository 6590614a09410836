// REQ-LOG-008
// What guard says: a drop now and then, its part of the heartbeat, and the counters of rules and reasons.
import { Action, EventKind, Measure, RecordHeader } from "../../../contract/onboard/abi";
import { writeDetector } from "../../../../detectors/onboard/catalogue";
import { MAX_MESSAGE_RULES, MAX_RULES, RuleAction } from "../../../contract/onboard/config";
import { Fields, Known } from "../../../../diode/onboard/fields";
import { messageRule } from "../../../../diode/onboard/messages/match";
import { deniedBy, malformed, others, refusedData, shut, unlisted } from "../../../../diode/onboard/messages/remake";
import { isOfBus, isOfFlow, isTightening, size as quarantined } from "../../../../diode/onboard/quarantine";
import { waiting } from "../../../../diode/onboard/queue";
import { writeReason } from "../../../../diode/onboard/generated/reason-names";
import { REASONS, Reason } from "../../../../diode/onboard/generated/reasons";
import { Text, byte, hex16, hex8, ipv4, ipv6, lit, mac, timestamp, unsigned } from "../../../../lib/onboard/text";
import {
  backwards,
  countSuppressed,
  dropped,
  forwarded,
  limited,
  ofMessage,
  ofReason,
  ofRule,
  suppressed,
} from "./counters";
import { Due, begin, end, text } from "./events";
import { paddings, slotsForgone } from "./output";
import { messageRuleCount, name, rule, ruleCount, settings, transferAt, writeMessageName, writeName } from "./policy";
import { relayed } from "./transfer";

const ALERT: u32 = 1,
  WARNING: u32 = 4,
  NOTICE: u32 = 5,
  INFORMATIONAL: u32 = 6; // RFC 5424 table 2
const SECOND: u64 = 1000000000;
const ENTRY: u32 = 160; // more than one counter takes in JSON

// A key is a reason, REASONS + the rule that denied or limited, or behind those a rule of 1553 messages.
const LAST: usize = memory.data((REASONS + MAX_RULES) * sizeof<u64>(), 8); // clock at the key's last event
const SAID: usize = memory.data(REASONS + MAX_RULES, 8); // whether it had one: the first also goes to the console
// counter when it was last reported
const REPORTED: usize = memory.data((REASONS + MAX_RULES + MAX_MESSAGE_RULES) * sizeof<u64>(), 8);

/** One drop event a second for each reason and rule; the others are counted as suppressed. */
export function reportDrop(r: RecordHeader, f: Fields, reason: u32, ruleIndex: i32, clock: u64): void {
  const key: u32 = ruleIndex >= 0 ? REASONS + <u32>ruleIndex : reason;
  const first = load<u8>(SAID + key) == 0;
  if (!first && clock - load<u64>(LAST + (key << 3)) < SECOND) {
    countSuppressed();
    return;
  }
  const t = begin();
  writeDrop(t, r, f, reason, ruleIndex);
  if (first) writeShort(text(), f, reason, ruleIndex);
  if (!end(reason == Reason.CHECKERS ? ALERT : NOTICE, EventKind.EVENT, Due.NOW)) {
    countSuppressed();
    return;
  }
  store<u8>(SAID + key, 1);
  store<u64>(LAST + (key << 3), clock);
}

/** EVE `drop` as Suricata's schema has it. */
function writeDrop(t: Text, r: RecordHeader, f: Fields, reason: u32, ruleIndex: i32): void {
  lit(t, '{"timestamp":"');
  timestamp(t, r.time);
  lit(t, '","pcap_cnt":');
  unsigned(t, r.number);
  lit(t, ',"event_type":"drop"');
  if (f.known != Known.NOTHING && f.vlan < 4096) {
    lit(t, ',"vlan":[');
    unsigned(t, f.vlan);
    byte(t, 93);
  }
  if (f.known >= Known.ADDRESSES) {
    lit(t, ',"src_ip":"');
    address(t, f.version, f.srcHi, f.srcLo);
    byte(t, 34);
    if (f.known >= Known.PORTS) {
      lit(t, ',"src_port":');
      unsigned(t, f.srcPort);
    }
    lit(t, ',"dest_ip":"');
    address(t, f.version, f.dstHi, f.dstLo);
    byte(t, 34);
    if (f.known >= Known.PORTS) {
      lit(t, ',"dest_port":');
      unsigned(t, f.dstPort);
    }
    lit(t, ',"proto":"');
    protocol(t, f.protocol);
    lit(t, '","ip_v":');
    unsigned(t, f.version);
  } else if (f.known == Known.MAC) {
    lit(t, ',"ether":{"src_mac":"');
    mac(t, f.macSrc);
    lit(t, '","dest_mac":"');
    mac(t, f.macDst);
    lit(t, '","ether_type":');
    unsigned(t, f.etherType);
    byte(t, 125);
  }
  lit(t, ',"drop":{"len":');
  unsigned(t, r.original);
  lit(t, ',"reason":"');
  cause(t, reason, ruleIndex);
  lit(t, '"}}');
}

/** `default`, `rule:no-telnet`, `rate:telemetry` */
function cause(t: Text, reason: u32, ruleIndex: i32): void {
  if (ruleIndex < 0) {
    writeReason(t, reason);
    return;
  }
  lit(t, reason == Reason.RATE ? "rate:" : "rule:");
  writeName(t, <u32>ruleIndex);
}

function writeShort(t: Text, f: Fields, reason: u32, ruleIndex: i32): void {
  lit(t, "drop ");
  cause(t, reason, ruleIndex);
  if (f.known >= Known.ADDRESSES) {
    byte(t, 32);
    address(t, f.version, f.srcHi, f.srcLo);
    if (f.known >= Known.PORTS) {
      byte(t, 32);
      unsigned(t, f.srcPort);
    }
    lit(t, " -> ");
    address(t, f.version, f.dstHi, f.dstLo);
    if (f.known >= Known.PORTS) {
      byte(t, 32);
      unsigned(t, f.dstPort);
    }
    byte(t, 32);
    protocol(t, f.protocol);
  } else if (f.known == Known.MAC) {
    byte(t, 32);
    mac(t, f.macSrc);
    lit(t, " -> ");
    mac(t, f.macDst);
    lit(t, " ethertype 0x");
    hex16(t, f.etherType);
  }
  lit(t, " (first of its kind)");
}

function address(t: Text, version: u32, hi: u64, lo: u64): void {
  if (version == 4) ipv4(t, <u32>lo);
  else ipv6(t, hi, lo);
}

function protocol(t: Text, number: u32): void {
  switch (number) {
    case 1:
      lit(t, "ICMP");
      break;
    case 2:
      lit(t, "IGMP");
      break;
    case 6:
      lit(t, "TCP");
      break;
    case 17:
      lit(t, "UDP");
      break;
    case 58:
      lit(t, "IPv6-ICMP");
      break;
    default:
      if (number < 100) byte(t, 48);
      if (number < 10) byte(t, 48);
      unsigned(t, number);
  }
}

/** Somebody was put into quarantine; the record with which inspect asked for it may be somebody else's. */
export function reportQuarantine(r: RecordHeader, m: Measure, until: u64): void {
  const action = <u32>m.action;
  const flow = isOfFlow(action),
    bus = isOfBus(action);
  const t = begin();
  lit(t, '{"timestamp":"');
  timestamp(t, r.time);
  lit(t, '","pcap_cnt":');
  unsigned(t, r.number);
  lit(t, ',"event_type":"weir_quarantine","src_ip":"');
  address(t, m.version, m.srcHi, m.srcLo);
  if (flow) {
    lit(t, '","src_port":');
    unsigned(t, m.srcPort);
    lit(t, ',"dest_ip":"');
    address(t, m.version, m.dstHi, m.dstLo);
    lit(t, '","dest_port":');
    unsigned(t, m.dstPort);
    lit(t, ',"proto":"');
    protocol(t, m.protocol);
  }
  lit(t, '","quarantine":{"of":"');
  whom(t, action);
  lit(t, '","until":"');
  timestamp(t, until);
  lit(t, '","detector":"');
  writeDetector(t, m.detector);
  byte(t, 34);
  if (m.mac != 0) {
    lit(t, ',"mac":"');
    mac(t, m.mac);
    byte(t, 34);
  }
  if (bus) {
    byte(t, 44);
    terminal(t, m, '"channel":', ',"rt":', ',"tr":', ',"sa":');
  }
  lit(t, "}}");
  const s = text();
  lit(s, isTightening(action) ? "tightened " : "quarantine ");
  address(s, m.version, m.srcHi, m.srcLo);
  if (m.mac != 0) {
    lit(s, " at ");
    mac(s, m.mac);
  }
  if (flow) {
    lit(s, " -> ");
    address(s, m.version, m.dstHi, m.dstLo);
  }
  if (bus) {
    byte(s, 32);
    terminal(s, m, "channel ", " terminal ", " tr ", " subaddress ");
  }
  lit(s, " until ");
  timestamp(s, until);
  end(WARNING, EventKind.EVENT, Due.NOW);
}

function whom(t: Text, action: u32): void {
  switch (action) {
    case Action.QUARANTINE_FLOW:
      lit(t, "flow");
      break;
    case Action.QUARANTINE_TERMINAL:
      lit(t, "terminal");
      break;
    case Action.QUARANTINE_MESSAGE:
      lit(t, "message");
      break;
    case Action.TIGHTEN:
    case Action.TIGHTEN_FLOW:
      lit(t, "rate");
      break;
    default:
      lit(t, "source");
  }
}

/** Channel and terminal; of a message transmit (1) or receive (0) and subaddress. */
function terminal(t: Text, m: Measure, channel: string, rt: string, tr: string, sa: string): void {
  const command = <u32>m.command;
  lit(t, channel);
  unsigned(t, m.channel);
  lit(t, rt);
  unsigned(t, command >> 11);
  if (<u32>m.action != Action.QUARANTINE_MESSAGE) return;
  lit(t, tr);
  unsigned(t, (command >> 10) & 1);
  lit(t, sa);
  unsigned(t, (command >> 5) & 31);
}

/** guard's part of the heartbeat (abi.ts, STATS). */
export function reportStats(clock: u64): void {
  const t = begin();
  const passed = forwarded(),
    stopped = dropped();
  lit(t, '"guard":{"policy":"');
  for (let i: i32 = 56; i >= 0; i -= 8) hex8(t, (<u32>(name() >> i)) & 255);
  lit(t, '","frames":');
  unsigned(t, passed + stopped);
  lit(t, ',"forwarded":');
  unsigned(t, passed);
  lit(t, ',"dropped":');
  unsigned(t, stopped);
  lit(t, ',"quarantined":');
  unsigned(t, quarantined(clock));
  lit(t, ',"suppressed":');
  unsigned(t, suppressed);
  lit(t, ',"backwards":');
  unsigned(t, backwards);
  if (settings().queue != 0) {
    lit(t, ',"waiting":');
    unsigned(t, waiting());
    lit(t, ',"padding":');
    unsigned(t, paddings());
    lit(t, ',"slots_forgone":');
    unsigned(t, slotsForgone());
  }
  if (transferAt != 0) {
    lit(t, ',"relayed":');
    unsigned(t, relayed);
  }
  if (messageRuleCount != 0) {
    lit(t, ',"messages_malformed":');
    unsigned(t, malformed);
    lit(t, ',"messages_unlisted":');
    unsigned(t, unlisted);
    lit(t, ',"messages_data":');
    unsigned(t, refusedData);
    lit(t, ',"messages_quarantined":');
    unsigned(t, shut);
    lit(t, ',"packets_other":');
    unsigned(t, others);
  }
  byte(t, 125);
  end(INFORMATIONAL, EventKind.STATS, Due.ALWAYS);
}

/** Counters of rules and reasons that changed since they were last reported; all of them, `last` of all. */
export function reportRules(time: u64, last: bool): void {
  let key: u32 = 1;
  const keys = REASONS + ruleCount + messageRuleCount;
  while (key < keys) {
    const t = begin();
    lit(t, '{"timestamp":"');
    timestamp(t, time);
    lit(t, '","event_type":"weir_rules","rules":[');
    const start = t.at;
    const from = key;
    for (; key < keys && t.end - t.at > ENTRY; ++key) {
      const count = countOf(key);
      if (count == 0 || (!last && count == load<u64>(REPORTED + (key << 3)))) continue;
      if (t.at != start) byte(t, 44);
      writeCounter(t, key);
    }
    if (t.at == start) return;
    lit(t, "]}");
    // they stay unreported: the next heartbeat has them
    if (!end(INFORMATIONAL, EventKind.EVENT, last ? Due.ALWAYS : Due.SOMETIME)) return;
    markReported(from, key);
  }
}

function markReported(from: u32, to: u32): void {
  for (let key = from; key < to; ++key) store<u64>(REPORTED + (key << 3), countOf(key));
}

function countOf(key: u32): u64 {
  if (key < REASONS) return ofReason(key);
  const i = key - REASONS;
  return i < ruleCount ? ofRule(i) + limited(i) : ofMessage(i - ruleCount) + deniedBy(i - ruleCount);
}

function writeCounter(t: Text, key: u32): void {
  lit(t, '{"rule":"');
  if (key < REASONS) {
    writeReason(t, key);
    lit(t, '","action":"drop","frames":');
    unsigned(t, ofReason(key));
  } else if (key >= REASONS + ruleCount) {
    const i = key - REASONS - ruleCount;
    writeMessageName(t, i);
    lit(
      t,
      messageRule(i).action == RuleAction.ALLOW ? '","action":"allow","messages":' : '","action":"deny","messages":',
    );
    unsigned(t, countOf(key));
  } else {
    const i = key - REASONS;
    writeName(t, i);
    lit(t, rule(i).action == RuleAction.ALLOW ? '","action":"allow","frames":' : '","action":"deny","frames":');
    unsigned(t, ofRule(i));
    if (limited(i) != 0) {
      lit(t, ',"limited":');
      unsigned(t, limited(i));
    }
  }
  byte(t, 125);
}
