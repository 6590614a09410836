// REQ-DETECT-009
// Which findings become alerts: the lines of a threshold.config, in the order of the file. A finding that one of them
// holds back is counted under that line and goes no further; the verdict on its frame stays what it is.
//
// Windows as Suricata has them: they begin with the first finding, on record time. Of TRACKED counters the one used
// longest ago makes room when all are taken (detectors/onboard/table.ts): its window begins anew.
import {
  AlertKind,
  AlertRule,
  MAX_ALERT_RULES,
  Network,
  Tag,
  Track,
  section,
  sectionLength,
} from "../../../contract/onboard/config";
import { byte, lit, timestamp, unsigned } from "../../../../lib/onboard/text";
import * as events from "./events";
import * as keyed from "../../../../lib/onboard/keyed";
import { isInside, isNetwork } from "../../../../lib/onboard/networks";
import { addressKey } from "../../../../ip/onboard/address";
import { HEADER, Table, find, open } from "../../../../detectors/onboard/table";
import { Finding } from "../../../../detectors/onboard/finding";

const INFORMATIONAL: u32 = 6;
export const TRACKED: u32 = 1024;
export const STRIDE: u32 = HEADER + 24;
const SECOND: u64 = 1000000000;
const MAX_NETWORKS: u32 = 256;

/** Rules, networks and how often each rule matched and held back; one behind the other. */
export const LISTS: usize = memory.data(
  MAX_ALERT_RULES * (offsetof<AlertRule>() + 16) + MAX_NETWORKS * offsetof<Network>(),
  8,
);
export const LISTS_SIZE: u32 =
  MAX_ALERT_RULES * (<u32>offsetof<AlertRule>() + 16) + MAX_NETWORKS * <u32>offsetof<Network>();
const RULES: usize = LISTS;
const NETWORKS: usize = RULES + <usize>MAX_ALERT_RULES * offsetof<AlertRule>();
const MATCHED: usize = NETWORKS + <usize>MAX_NETWORKS * offsetof<Network>();
const HELD: usize = MATCHED + <usize>MAX_ALERT_RULES * 8;
export const counters: usize = memory.data(TRACKED * STRIDE, 8);
const TABLE_AT: usize = memory.data(40, 8);
let count: u32 = 0;
let networks: u32 = 0;
let suppressed: u64 = 0;

@unmanaged
class Counter {
  key: u64; // as in table.ts
  check: u64;
  touch: u64;
  start: u64; // ns, of the window
  until: u64; // ns, PASS: held back until then
  seen: u32; // findings in the window
  used: u32;
}

@inline function rule(i: u32): AlertRule {
  return changetype<AlertRule>(RULES + <usize>i * offsetof<AlertRule>());
}

function matchedBy(i: u32): u64 {
  return load<u64>(MATCHED + (i << 3));
}
function heldBy(i: u32): u64 {
  return load<u64>(HELD + (i << 3));
}
export function findingsSuppressed(): u64 {
  return suppressed;
}

/** Takes the policy's lines; false when one is out of range. */
export function configureSuppression(part: usize): bool {
  const bytes = sectionLength(part, Tag.ALERTS),
    more = sectionLength(part, Tag.ALERT_NETWORKS);
  const size = <u32>offsetof<AlertRule>(),
    each = <u32>offsetof<Network>();
  if (bytes % size || more % each || bytes / size > MAX_ALERT_RULES || more / each > MAX_NETWORKS) return false;
  count = bytes / size;
  networks = more / each;
  if (bytes) memory.copy(RULES, section(part, Tag.ALERTS), bytes);
  if (more) memory.copy(NETWORKS, section(part, Tag.ALERT_NETWORKS), more);
  if (bytes) memory.fill(MATCHED, 0, MAX_ALERT_RULES * 16);
  if (count != 0) open(changetype<Table>(TABLE_AT), counters, TRACKED, STRIDE); // else it stays untouched
  suppressed = 0;
  for (let i: u32 = 0; i < count; ++i) {
    const r = rule(i);
    if (<i32>r.kind > AlertKind.PASS || <i32>r.track > Track.BOTH || <u32>r.networksAt + r.networksCount > networks)
      return false;
    if (<i32>r.kind != AlertKind.SUPPRESS && (r.count == 0 || r.seconds == 0)) return false;
  }
  for (let i: u32 = 0; i < networks; ++i) {
    const n = changetype<Network>(NETWORKS + i * each);
    if (!isNetwork(n.version, n.bits)) return false;
  }
  return true;
}

/** Whether the finding may become an alert. `f` has its addresses (alerts.ts, keep()). */
export function admitFinding(f: Finding): bool {
  for (let i: u32 = 0; i < count; ++i) {
    const r = rule(i);
    if (r.detector != 0 && <u32>r.detector != f.detector) continue;
    if (<i32>r.kind == AlertKind.SUPPRESS && r.networksCount != 0 && !listed(r, f)) continue;
    store<u64>(MATCHED + (i << 3), matchedBy(i) + 1);
    if (<i32>r.kind != AlertKind.SUPPRESS && admits(r, i, f)) continue;
    store<u64>(HELD + (i << 3), heldBy(i) + 1);
    suppressed += 1;
    return false;
  }
  return true;
}

/** Whether an address that the rule tracks is in its list. A finding without addresses is in none. */
function listed(r: AlertRule, f: Finding): bool {
  if (f.version == 0) return false;
  const track = <i32>r.track;
  if (track != Track.DESTINATION && holds(r, f.version, f.srcHi, f.srcLo)) return true;
  return track != Track.SOURCE && f.hasDest != 0 && holds(r, f.version, f.dstHi, f.dstLo);
}

/** In one of the networks, and in none of those marked with a not. */
function holds(r: AlertRule, version: u32, hi: u64, lo: u64): bool {
  let found: bool = false;
  for (let i: u32 = 0; i < <u32>r.networksCount; ++i) {
    const n = changetype<Network>(NETWORKS + <usize>(r.networksAt + i) * offsetof<Network>());
    if (!isInside(n.version, n.bits, n.hi, n.lo, version, hi, lo)) continue;
    if (n.port != 0) return false;
    found = true;
  }
  return found;
}

function admits(r: AlertRule, i: u32, f: Finding): bool {
  const c = counter(r, i, f);
  const length = <u64>r.seconds * SECOND;
  if (c.used == 0 || f.time >= c.start + length || f.time + length < c.start) {
    c.used = 1;
    c.start = f.time;
    c.seen = 0;
  }
  c.seen += 1;
  switch (<i32>r.kind) {
    case AlertKind.LIMIT:
      return c.seen <= r.count;
    case AlertKind.THRESHOLD: {
      if (c.seen < r.count) return false;
      c.seen = 0;
      return true;
    }
    case AlertKind.BOTH:
      return c.seen == r.count;
    default: {
      if (f.time < c.until) return false;
      if (c.seen < r.count) return true;
      c.until = f.time + <u64>r.timeout * SECOND;
      return false;
    }
  }
}

/** The counter of what the rule tracks. Detectors count apart, as signatures do. */
function counter(r: AlertRule, i: u32, f: Finding): Counter {
  const track = <i32>r.track;
  const source = track == Track.SOURCE || track == Track.BOTH ? addressKey(f.version, f.srcHi, f.srcLo) : 0;
  const dest = track == Track.DESTINATION || track == Track.BOTH ? addressKey(f.version, f.dstHi, f.dstLo) : 0;
  const key = keyed.wide3(source, dest, ((<u64>i) << 32) | f.detector);
  return changetype<Counter>(find(changetype<Table>(TABLE_AT), key, keyed.more));
}

const ENTRY: u32 = 90; // more than one line takes in JSON

/** At the end: what each line did, a `weir_thresholds` event for as many as fit in one. */
export function reportSuppression(time: u64): void {
  let i: u32 = 0;
  while (i < count) {
    const t = events.begin();
    lit(t, '{"timestamp":"');
    timestamp(t, time);
    lit(t, '","event_type":"weir_thresholds","lines":[');
    const start = t.at;
    for (; i < count && t.end - t.at > <usize>ENTRY; ++i) {
      if (t.at != start) byte(t, 44);
      lit(t, '{"line":');
      unsigned(t, rule(i).line);
      lit(t, ',"matched":');
      unsigned(t, matchedBy(i));
      lit(t, ',"held":');
      unsigned(t, heldBy(i));
      byte(t, 125);
    }
    lit(t, "]}");
    events.end(INFORMATIONAL);
  }
}
