// Alerts: what each detector's finding looks like in EVE and on the console. One function each: what was expected, what
// was seen. The numbers stand in alert.context, whose form Suricata's schema leaves open.
import { Text, byte, decimal, ipv4, ipv6, lit, timestamp, unsigned } from "../../../lib/onboard/text";
import * as scan from "../../../detectors/scan/onboard/scan";
import { openEvent, writeAddress, writeTransport } from "../../../ip/onboard/eve";
import { Flow } from "../../../ip/onboard/flow";
import { Packet, innermost } from "../../../ip/onboard/packet";
import * as events from "./events";

const enum Signature { SCAN = 7700001, NEW_HOST = 7700002, NEW_SERVICE = 7700003 }

const ALERT: u32 = 1; // syslog severities
const WARNING: u32 = 4;

let raised: u64 = 0;
export function alertsRaised(): u64 { return raised; }

// Opens `"alert":{...,"context":{"detector":"...",` behind the common fields.
function open(t: Text, id: u32, signature: string, category: string, severity: u32, detector: string): void {
  raised += 1;
  lit(t, ',"alert":{"action":"allowed","gid":1,"signature_id":'); unsigned(t, id);
  lit(t, ',"rev":1,"signature":"'); lit(t, signature);
  lit(t, '","category":"'); lit(t, category);
  lit(t, '","severity":'); unsigned(t, severity);
  lit(t, ',"context":{"detector":"'); lit(t, detector); byte(t, 34);
}

function address(t: Text, hi: u64, lo: u64): void {
  if (hi == 0 && lo >> 32 == 0) ipv4(t, <u32>lo); else ipv6(t, hi, lo);
}

/** A source that scans; not tied to the record at hand, whose time and number it carries. */
export function scanner(source: usize, time: u64, number: u64): void {
  const s = changetype<scan.Source>(source);
  const t = events.begin();
  lit(t, '{"timestamp":"'); timestamp(t, time);
  lit(t, '","pcap_cnt":'); unsigned(t, number);
  lit(t, ',"event_type":"alert","src_ip":"'); address(t, s.hi, s.lo); byte(t, 34);
  open(t, Signature.SCAN, "port or host scan", "Detection of a Network Scan", 2, "scan");
  lit(t, ',"score":'); decimal(t, s.walk, 4);
  lit(t, ',"threshold":'); decimal(t, scan.threshold(), 4);
  lit(t, ',"since":"'); timestamp(t, s.since);
  lit(t, '","attempts":'); unsigned(t, s.attempts);
  lit(t, ',"refused":'); unsigned(t, s.refused);
  lit(t, ',"unanswered":'); unsigned(t, s.silent);
  lit(t, ',"expected":"most first contacts of a source succeed","seen":"'); failures(t, s);
  lit(t, '"}}}');
  const short = events.text();
  lit(short, "ALERT scan "); address(short, s.hi, s.lo);
  lit(short, ": expected most first contacts to succeed, seen "); failures(short, s);
  events.end(ALERT);
}

function failures(t: Text, s: scan.Source): void {
  unsigned(t, s.refused + s.silent); lit(t, " of "); unsigned(t, s.attempts); lit(t, " failed ("); unsigned(t, s.refused);
  lit(t, " refused, "); unsigned(t, s.silent); lit(t, " unanswered)");
}

/** The packet's source is in no known network. */
export function newHost(k: Packet, flow: usize): void {
  const ip = innermost(k);
  const t = events.begin();
  openEvent(t, k, "alert", flow);
  open(t, Signature.NEW_HOST, "new host", "Misc activity", 2, "new-host");
  lit(t, ',"score":1,"threshold":1,"expected":"a source that the policy lists","seen":"');
  writeAddress(t, ip.version, ip.srcHi, ip.srcLo);
  lit(t, ' for the first time"}}}');
  const short = events.text();
  lit(short, "ALERT new-host "); writeAddress(short, ip.version, ip.srcHi, ip.srcLo);
  lit(short, ": expected a listed source, seen this one for the first time");
  events.end(WARNING);
  mark(flow);
}

/** The flow's server offers what is not listed. */
export function newService(k: Packet, flow: usize): void {
  const ip = innermost(k);
  const t = events.begin();
  openEvent(t, k, "alert", flow);
  open(t, Signature.NEW_SERVICE, "new service", "Misc activity", 2, "new-service");
  lit(t, ',"score":1,"threshold":1,"expected":"a service that the policy lists","seen":"');
  service(t, k);
  lit(t, ' used for the first time"}}}');
  const short = events.text();
  lit(short, "ALERT new-service "); service(short, k);
  lit(short, ": expected a listed service, seen this one used by ");
  writeAddress(short, ip.version, ip.srcHi, ip.srcLo);
  events.end(WARNING);
  mark(flow);
}

function service(t: Text, k: Packet): void {
  const ip = innermost(k);
  writeTransport(t, k.protocol); byte(t, 32);
  writeAddress(t, ip.version, ip.dstHi, ip.dstLo);
  lit(t, " port "); unsigned(t, k.destPort);
}

// @ts-ignore: decorator
@inline function mark(flow: usize): void { if (flow != 0) changetype<Flow>(flow).alerted = 1; }
