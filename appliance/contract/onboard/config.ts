// REQ-FILTER-014
// A compartment's part of the policy: how it is framed, what is in it, and the check that it is whole.
//
//    0  u32 magic     the bytes "WEIR"
//    4  u16 version   FORMAT_VERSION
//    6  u16 part      Part: for which compartment
//    8  u32 length    of all, this header included; a multiple of 8
//   12  u32 zero
//   16  u8[32]        SHA-256 over the 16 bytes before and everything behind
//   48  sections, one behind the other to the very end: { u32 Tag, u32 length, bytes, zeros up to a multiple of 8 }
//
// Little-endian. Each compartment checks its part itself, in configure(): it believes neither the launcher nor the
// runtime. The digest finds damage (any changed bit); that the policy is the right one is told by its hash, which the
// heartbeat carries. The ground's twin is ../config.ts.
import { Refusal } from "./abi";
import { DIGEST, Sha256, sameDigest, sha256Begin, sha256End, sha256Update } from "../../../lib/onboard/sha256";

export const FORMAT_VERSION: u32 = 1;
export const PART_HEADER: u32 = 48;
export const SECTION_HEADER: u32 = 8;
const MAGIC: u32 = 0x52494557;
const DIGEST_AT: u32 = 16;

export const enum Part {
  INSPECT = 1,
  GUARD = 2,
  JOURNAL = 3,
}

const TAGS: u32 = 64; // tags are below

/** A section's tag; what SETTINGS means depends on the part. */
export const enum Tag {
  SETTINGS = 1, // InspectSettings, GuardSettings or JournalSettings
  HOSTS = 2, // inspect: Network[], whose addresses are known senders
  SERVICES = 3, // inspect: Network[] with protocol and port, what may be used where
  DETECTORS = 8, // inspect: DetectorSetting[]
  ALERTS = 9, // inspect: AlertRule[], which alerts leave
  ALERT_NETWORKS = 10, // inspect: Network[] that AlertRule refers to; port 1 = all but this
  RULES = 16, // guard: Rule[], the first that matches decides
  NAMES = 17, // guard: NAME_SIZE bytes for each rule, ASCII, zeros behind
  NETWORKS = 18, // guard: Network[], what the rules' from and to refer to
  RANGES = 19, // guard: Range[], what the rules' ports, source ports and VLANs refer to
  PROTECTED = 20, // guard: Network[], sources that are never quarantined
  FORMATS = 21, // guard, second checker: its program (diode/onboard/second.ts)
  TABLES = 22, // guard, second checker: its classification tables
  MESSAGES = 24, // guard: MessageRule[], for what RulePayload.MIL1553 lets out; the first that matches decides
  MESSAGE_NAMES = 25, // guard: NAME_SIZE bytes for each
  CHECKS = 26, // guard: DataCheck[]
  MESSAGE_TABLES = 27, // guard, second checker: its tables for 1553 messages (diode/onboard/messages/second.ts)
  TRANSFER = 28, // guard: TransferSettings, for what RulePayload.TRANSFER lets out
  BASELINE_1553 = 32, // inspect: what the baseline says of MIL-STD-1553 (detectors/mil1553/ground/section.ts)
  FLOOD = 33, // inspect, what the baseline says of IP (detectors/ip/section.ts): most in a second of each host
  ARP = 34, // MAC addresses of hosts, limits of MAC addresses
  PAIRS = 35, // who talks to whom about what
  RATE = 36, // packets and bytes of hosts and talks
  BEACON = 37, // regular connections that are known
  SILENCE = 38, // talks that are periodic
  TUNNEL = 39, // domains and echoes that are known
  BASELINE_SHAPE = 40, // inspect: model of the traffic's shape (detectors/shape/onboard/model.ts)
}

// ---- What sections hold ---------------------------------------------------------------------------------------------

/** 24 bytes. A network: the first `bits` of hi:lo count, the rest is zero. An IPv4 address has hi = 0, lo = its 32 bits. */
@unmanaged
export class Network {
  hi: u64;
  lo: u64;
  version: u8; // 4 or 6
  bits: u8;
  port: u16; // SERVICES only; 0 = any
  protocol: u8; // SERVICES only
  pad: u8;
  pad2: u16;
}

/** 4 bytes. first <= last, both included. */
@unmanaged
export class Range {
  first: u16;
  last: u16;
}

export const enum InspectFlag {
  IGNORE_CHECKSUMS = 1, // wrong checksums are no anomaly
  KNOWN_HOSTS = 2, // HOSTS is a list to hold sources against; without it every source is known
  KNOWN_SERVICES = 4, // the same of SERVICES
  LEARN = 8, // detectors that learn do so, and export what they learned as baseline entries
  UNGROUPED = 16, // every finding is an alert of its own (evaluation)
  SCORES = 32, // every finding is an event of kind SCORE too (evaluation)
}

/** 48 bytes. The scan detector's parameters are those of Jung et al. 2004: 0 < theta1 < theta0 < 1, 0 < alpha < power < 1. */
@unmanaged
export class InspectSettings {
  flags: u32; // InspectFlag
  anomaliesPerSecond: u32; // events; more are counted only
  theta0: f64; // share of a benign source's first contacts that succeed
  theta1: f64; // the same of a scanner's
  alpha: f64; // wanted false-positive probability
  power: f64; // wanted detection probability
  scanAction: u8; // an Action (abi.ts): what verdict a source called a scanner gets, beside the alert; never DROP
  hostAction: u8; // the same of a new host
  serviceAction: u8; // the same of a new service
  pad: u8;
  exportEvery: u32; // LEARN: seconds of record time between two exports; 0 = at the end only
}

/** 16 bytes. What the policy says of one detector; those it does not name alert at the thresholds they have. */
@unmanaged
export class DetectorSetting {
  detector: u8; // Detector (detectors/onboard/catalogue.ts)
  action: u8; // an Action (abi.ts): the verdict on what is found, beside the alert; never DROP
  pad: u16;
  pad2: u32;
  scale: f64; // factor on its thresholds, >= 0; Infinity = off
}

export const enum AlertKind {
  SUPPRESS = 0, // none of them leaves
  LIMIT = 1, // the first `count` in `seconds`
  THRESHOLD = 2, // every `count`-th in `seconds`
  BOTH = 3, // one in `seconds`, when `count` have come
  PASS = 4, // rate_filter, new_action pass: for `timeout` seconds none, once `count` came in `seconds`
}

export const enum Track {
  RULE = 0,
  SOURCE = 1,
  DESTINATION = 2,
  EITHER = 3,
  BOTH = 4,
}

export const MAX_ALERT_RULES: u32 = 128;

/** 24 bytes. A line of a threshold.config: what becomes of alerts, never of frames. */
@unmanaged
export class AlertRule {
  kind: u8; // AlertKind
  track: u8; // Track
  detector: u8; // 0 = of every detector
  pad: u8;
  networksAt: u16; // SUPPRESS: index into ALERT_NETWORKS, of the tracked address; an empty list matches all
  networksCount: u16;
  count: u32;
  seconds: u32;
  timeout: u32; // seconds
  line: u32; // of the file, for reports
}

export const enum GuardFlag {
  IGNORE_CHECKSUMS = 1, // frames with wrong checksums pass as others do; what leaves has right ones
  PADDING = 2, // `out` has a frame in each interval, all of one length: where there is none to send, padding
}

/** 88 bytes. */
@unmanaged
export class GuardSettings {
  outMac: u64; // 48 bits, first byte highest
  nextHopMac: u64;
  flags: u32; // GuardFlag
  mtu: u32; // longest IP packet on `out`, bytes; at most MAX_MTU
  ttl: u32; // time to live (hop limit) of what leaves, 1-255
  rules: u32; // how many: RULES and NAMES must agree
  quarantineTime: u64; // ns; how long a source stays shut out
  quarantineRate: u32; // new entries a minute at most; 0 = no quarantine
  protectedTerminals: u32; // bit n: terminal n is never quarantined
  interval: u64; // ns between frames on `out`; 0 = no limit
  slack: u64; // ns that a burst may run ahead of it
  tightened: u64; // ns between frames of a source whose rate is tightened; 0 = none is
  queue: u32; // frames that may wait for `out`'s rate, at most MAX_QUEUE; 0 = what is too early is dropped
  paddingPort: u32; // of padding: UDP port, and both addresses (IPv4)
  paddingFrom: u32;
  paddingTo: u32;
}

export const MAX_QUEUE: u32 = 1024;

export const MAX_RULES: u32 = 128;
export const MAX_MTU: u32 = 9000;
export const NAME_SIZE: u32 = 32;

export const enum RuleAction {
  DENY = 0,
  ALLOW = 1,
}

export const enum RulePayload {
  ZERO = 0, // the payload's length passes, its bytes become zeros
  COPY = 1,
  TRANSFER = 3, // frames of a transfer (transfer/onboard/sizes.ts): TRANSFER says what of it crosses, made anew
  MIL1553 = 2, // Chapter 10 over UDP: 1553 messages that MESSAGES allow and time packets pass, made anew
}

export const EXTENSIONS: u32 = 16;

/** 224 bytes. What may cross of files and streams (transfer/onboard). */
@unmanaged
export class TransferSettings {
  mostBytes: u64; // of a file
  ascii: u32; // 1: text only
  extensions: u32; // how many of EXTENSIONS, 0 = every name
  data: u32; // shards of data and of parity in a block, blocks that are interleaved
  parity: u32;
  interleave: u32;
  pad: u32;
  keyIn: u64; // 32 bytes
  keyIn1: u64;
  keyIn2: u64;
  keyIn3: u64;
  keyOut: u64; // 32 bytes
  keyOut1: u64;
  keyOut2: u64;
  keyOut3: u64;
  names: u64; // 8 bytes each, ASCII, zeros behind
  n1: u64;
  n2: u64;
  n3: u64;
  n4: u64;
  n5: u64;
  n6: u64;
  n7: u64;
  n8: u64;
  n9: u64;
  n10: u64;
  n11: u64;
  n12: u64;
  n13: u64;
  n14: u64;
  n15: u64;
}

export const ANY_PROTOCOL: u32 = 255; // reserved by IANA, so free to stand for every one
export const UNTAGGED: u32 = 4096; // in a Range of VLANs: no 802.1Q tag

/** 48 bytes. An empty list (count 0) matches everything; of a list with entries one must match. */
@unmanaged
export class Rule {
  action: u8; // RuleAction
  protocol: u8; // IP protocol number, or ANY_PROTOCOL
  payload: u8; // RulePayload
  pad: u8;
  sizeFirst: u16; // bytes of payload behind the transport header, both included
  sizeLast: u16;
  fromAt: u16; // index into NETWORKS
  fromCount: u16;
  toAt: u16;
  toCount: u16;
  portsAt: u16; // index into RANGES; destination port, or the type of an ICMP message
  portsCount: u16;
  sourcesAt: u16; // source port
  sourcesCount: u16;
  vlansAt: u16;
  vlansCount: u16;
  pad2: u32;
  interval: u64; // ns between frames of this rule; 0 = no limit
  slack: u64; // ns that a burst may run ahead of it
}

export const MAX_MESSAGE_RULES: u32 = 64;
export const MAX_CHECKS: u32 = 512;

/**
 * 32 bytes. Of transfers and mode commands between bus controller and terminals, terminal, subaddress, direction and
 * count are those of the command word; of a transfer between terminals those of the receive command, and the sender's
 * stand in from. Masks: bit n = n is matched.
 */
@unmanaged
export class MessageRule {
  action: u8; // RuleAction
  mode: u8; // 0: transfers, 1: mode commands
  directions: u8; // bit 0: the terminal receives, bit 1: it transmits
  buses: u8; // bit 0: A, bit 1: B
  terminals: u32;
  subaddresses: u32;
  counts: u32; // bit n & 31: n words; of mode commands bit c: mode code c
  fromTerminals: u32; // 0 = no transfers between terminals, else only those
  fromSubaddresses: u32;
  channelsAt: u16; // index into RANGES; an empty list matches every channel
  channelsCount: u16;
  checksAt: u16; // index into CHECKS; all must hold, or the message is dropped
  checksCount: u16;
}

export const enum Check {
  RANGE = 0, // low <= word <= high
  SIGNED = 1, // the same in two's complement
  MASK = 2, // word & low == high
  STEP = 3, // differs from the same word of the last message that passed by at most low, either way round 2^16
}

/** 8 bytes. */
@unmanaged
export class DataCheck {
  word: u8; // 0-31: which data word; a message that has none there fails
  kind: u8; // Check
  low: u16;
  high: u16;
  pad: u16;
}

export const enum JournalFlag {
  KEYED = 1,
  ALL = 1,
}

/** 104 bytes. */
@unmanaged
export class JournalSettings {
  boot: u64; // tells this start of the image from others in the log
  sourceMac: u64; // 48 bits, first byte highest
  collectorMac: u64;
  sourceIp: u32;
  collectorIp: u32; // 0 = no datagrams
  sourcePort: u16;
  collectorPort: u16;
  flags: u32; // JournalFlag
  hostname: u64; // 32 bytes, ASCII, zeros behind
  hostname1: u64;
  hostname2: u64;
  hostname3: u64;
  key: u64; // 32 bytes; zeros where not KEYED
  key1: u64;
  key2: u64;
  key3: u64;
}

// ---- Checking and reading ---------------------------------------------------------------------------------------------

const HASH: usize = memory.data(104, 8);
const FOUND: usize = memory.data(32, 8);

/** Whether p[0..length) is a whole part of the policy for this compartment. Untrusted until this said Refusal.NONE. */
export function verify(p: usize, length: u32, part: u32): u32 {
  if (length == 0) return Refusal.MISSING;
  if (length < PART_HEADER || load<u32>(p) != MAGIC) return Refusal.NOT_OURS;
  if (<u32>load<u16>(p, 4) != FORMAT_VERSION) return Refusal.VERSION;
  if (load<u32>(p, 8) != length || (length & 7) != 0) return Refusal.LENGTH;
  const s = changetype<Sha256>(HASH);
  sha256Begin(s);
  sha256Update(s, p, DIGEST_AT);
  sha256Update(s, p + PART_HEADER, length - PART_HEADER);
  sha256End(s, FOUND);
  if (!sameDigest(p + DIGEST_AT, FOUND, DIGEST)) return Refusal.DAMAGED;
  if (<u32>load<u16>(p, 6) != part || load<u32>(p, 12) != 0 || !wellFormed(p, length)) return Refusal.CONTENT;
  return Refusal.NONE;
}

/** Sections end exactly at the end; none is there twice. */
function wellFormed(p: usize, length: u32): bool {
  let at = PART_HEADER;
  let seen: u64 = 0;
  while (at < length) {
    if (length - at < SECTION_HEADER) return false;
    const tag = load<u32>(p + at),
      n = load<u32>(p + at, 4);
    if (n > length - at - SECTION_HEADER || tag >= TAGS || ((seen >> tag) & 1) != 0) return false;
    seen |= (<u64>1) << tag;
    at += SECTION_HEADER + ((n + 7) & ~7);
  }
  return at == length;
}

/** Where the bytes of the first section with this tag begin; 0 when there is none. Only of a verified part. */
export function section(p: usize, tag: u32): usize {
  const length = load<u32>(p, 8);
  for (let at = PART_HEADER; at < length; at += SECTION_HEADER + ((load<u32>(p + at, 4) + 7) & ~7)) {
    if (load<u32>(p + at) == tag) return p + at + SECTION_HEADER;
  }
  return 0;
}

/** Bytes of that section; 0 when there is none. */
export function sectionLength(p: usize, tag: u32): u32 {
  const at = section(p, tag);
  return at == 0 ? 0 : load<u32>(at - 4);
}

/** The first 8 bytes of the part's digest, first byte highest: names the policy in the heartbeat. */
export function policyName(p: usize): u64 {
  return bswap<u64>(load<u64>(p, DIGEST_AT));
}
