// REQ-DETECT-001
// What detectors find. A detector raises findings while a record is worked on; whoever called it takes them from here,
// groups and limits them, and writes alerts. Detectors know nothing of events, the writer of alerts nothing of
// statistics: it asks the detector's expected() and seen() for the words.
//
// Rule when full: FINDINGS of one record are kept, the rest is counted in lost().
import { ACTIONS, Action } from "../../appliance/contract/onboard/abi";
import { DETECTORS, Detector } from "./catalogue";

const FINDINGS: u32 = 16;

/** Whom a finding is about. */
export const enum Subject {
  RECORD = 0, // the packet, or the 1553 message, at hand
  HOSTS = 1, // the addresses in the finding; the packet at hand may be somebody else's
  COMMAND = 2, // the 1553 message that channel, cmd1 and cmd2 name, which is not at hand
  BUS = 3, // a 1553 bus
}

/**
 * On whom what the policy says is done (appliance/compartments/inspect/onboard/measures.ts): somebody of whom this is
 * sure enough (detectors/README.md, "Who is accused"). A detector's declaration lists what its findings may say.
 */
export const enum Accused {
  NOBODY = 0, // time alone shows it, or several may have caused it, or somebody else could
  SOURCE = 1, // the address srcHi, srcLo of `version`; with RECORD that of the packet at hand
  FLOW = 2, // the packet at hand with its addresses, protocol and ports, this way round
  TERMINAL = 3, // `terminal` of the bus of the 1553 message at hand
  MESSAGE = 4, // the 1553 message at hand
}

/** 160 bytes. */
@unmanaged
export class Finding {
  key: u64; // findings of one detector with the same key are one alert, which is counted
  time: u64; // ns
  since: u64; // ns, when what was seen began; 0 = now
  srcHi: u64; // HOSTS; an IPv4 address has hi = 0
  srcLo: u64;
  dstHi: u64;
  dstLo: u64;
  score: f64; // finite, >= 0
  threshold: f64; // finite, > 0; alarm when score > threshold
  a: f64; // numbers for the detector's own words
  b: f64;
  c: f64;
  d: f64;
  detector: u32; // Detector
  subject: u32; // Subject
  what: u32; // which of the detector's findings
  bus: u16; // COMMAND, BUS: index of the channel's entry (mil1553/onboard/channels.ts)
  channel: u16; // COMMAND, BUS: its number, which stays right when the entry was given to another channel
  cmd1: u16; // COMMAND
  cmd2: u16;
  port: u16; // HOSTS; 0 = none
  protocol: u8; // HOSTS; IP protocol number, 0 = none
  version: u8; // HOSTS; 4 or 6
  hasDest: u8; // HOSTS; dstHi and dstLo count
  terminal: u8; // TERMINAL
  again: u8; // Again
  pad: u8;
  accused: u32; // Accused
  mac: u64; // SOURCE: only with this MAC address as its sender; 0 = with any. Otherwise a number as a to d
  group: u64; // findings of one group are one alert, whichever detector's; 0 = of one detector and key
  parts: u16; // of the group: different things that were found so far
  terminals: u16; // of a bus, that have to do with them
  pad2: u32;
}

/** What became of the finding when it was made before. */
export const enum Again {
  NEW = 0,
  DONE = 1, // an alert has said it: it is about what the policy says is to be done only
  SAID = 2, // the same, but it has a score of its own, for those who want each one's (evaluation)
}

export const FINDING: u32 = 160;
const list: usize = memory.data((FINDINGS + 1) * FINDING, 8); // the last one takes what has no place
const scales: usize = memory.data(DETECTORS * 8, 8);
const actions: usize = memory.data(DETECTORS, 8); // an Action for each detector
let used: u32 = 0;
let lostCount: u64 = 0;

export function found(): u32 {
  return used;
}
export function finding(i: u32): Finding {
  return changetype<Finding>(list + <usize>(i * FINDING));
}
export function lost(): u64 {
  return lostCount;
}
export function clearFindings(): void {
  used = 0;
}

/** A new finding, zeros but for what is given here; fill in the rest. Never 0. */
export function raise(detector: u32, what: u32, key: u64, time: u64, score: f64, threshold: f64): Finding {
  const f = finding(min<u32>(used, FINDINGS));
  memory.fill(changetype<usize>(f), 0, FINDING);
  f.detector = detector;
  f.what = what;
  f.key = key;
  f.time = time;
  f.score = score;
  f.threshold = threshold;
  if (used < FINDINGS) used += 1;
  else lostCount += 1;
  return f;
}

/** The same where an alert has said it before: only for what the policy says is to be done. */
export function raiseAgain(detector: u32): Finding {
  const f = raise(detector, 0, 0, 0, 0, 1);
  f.again = <u8>Again.DONE;
  return f;
}

/** Back to what holds without a policy: every detector on, its thresholds as they are. */
export function resetScales(): void {
  for (let i: u32 = 0; i < DETECTORS; ++i) store<f64>(scales + ((<usize>i) << 3), 1);
  memory.fill(actions, 0, DETECTORS);
}

/**
 * What the policy does about what a detector found. False when it cannot: a score is no proof, it drops nothing.
 * `listed`: what it finds is no score, but not on a list of the policy's.
 */
export function setAction(detector: u32, action: u32, listed: bool = false): bool {
  if (detector >= DETECTORS || action >= ACTIONS || action == Action.TIGHTEN_FLOW) return false;
  if (action == Action.DROP && !listed) return false;
  store<u8>(actions + detector, <u8>action);
  return true;
}

@inline export function actionOf(detector: u32): u32 {
  return detector < DETECTORS ? load<u8>(actions + detector) : <u32>Action.PASS;
}

/** The operator's factor on a detector's threshold, >= 0; Infinity = the detector is off. */
export function setScale(detector: u32, factor: f64): void {
  if (detector < DETECTORS) store<f64>(scales + ((<usize>detector) << 3), factor);
}

@inline export function scaled(detector: Detector, threshold: f64): f64 {
  return threshold * load<f64>(scales + ((<usize>detector) << 3));
}

@inline export function isOff(detector: Detector): bool {
  return load<f64>(scales + ((<usize>detector) << 3)) == Infinity;
}
