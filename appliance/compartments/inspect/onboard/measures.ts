// REQ-DETECT-015
// From a finding to what guard is asked to do about it. A finding accuses somebody, or nobody (Accused); the policy
// says of its detector what is to be done (Action); what guard gets names its subject. Whoever's packet is at hand does
// not matter. What is done is never wider than who is accused:
//
//   policy says            accused: SOURCE   FLOW           TERMINAL, MESSAGE
//   quarantine             source            flow           their recorder
//   quarantine-flow        flow at hand      flow           -
//   quarantine-terminal    -                 -              terminal
//   quarantine-message     -                 -              message (of a terminal the one at hand)
//   tighten                source            flow           their recorder
//
// "Flow at hand" is that of the packet at hand, and nobody's where that is not the accused's own. NOBODY: nothing.
//
// guard sees the outermost packet only. Of what a tunnel of the policy carries, the frame at hand is dropped where it
// is the accused's own, and what else he sends where he sends it without the tunnel; the tunnel's ends are not accused.
//
// Rule when full: a record has at most ROOM measures, each once; one that asks for more is dropped itself (it fails
// closed), and counted. run() stops where MEASURES has no ROOM left.
import { Action, MEASURES, Measure } from "../../../contract/onboard/abi";
import { Accused, Finding, actionOf } from "../../../../detectors/onboard/finding";
import { accuses } from "../../../../detectors/onboard/catalogue";
import { Is, Packet, innermost, outermost } from "../../../../ip/onboard/packet";
import { Bus } from "../../../../mil1553/onboard/channels";
import { Message } from "../../../../mil1553/onboard/message";
import { Recorder, recorderOf } from "../../../../mil1553/onboard/recorders";

const ROOM: u32 = 32;
const LIST: usize = memory.data(MEASURES * offsetof<Measure>(), 8);
const NEXT: usize = memory.data(offsetof<Measure>(), 8);
let count: u32 = 0;
let ofRecord: u32 = 0; // the first of the record at hand
let record: u32 = 0;
let lost: u64 = 0;
// Frames in a recording came to somebody else: nothing is done about who sent them, nor when they time out behind it.
let recorded: bool = false;

@inline function measure(i: u32): Measure {
  return changetype<Measure>(LIST + <usize>i * offsetof<Measure>());
}

export function measuresAt(): usize {
  return LIST;
}
export function measuresLength(): u32 {
  return count;
}
export function measuresLost(): u64 {
  return lost;
}

/** Before a run(): forgets all but those of a record that is still under way. */
export function clearMeasures(underWay: bool): void {
  const kept = underWay ? count - ofRecord : 0;
  memory.copy(LIST, changetype<usize>(measure(ofRecord)), <usize>kept * offsetof<Measure>());
  count = kept;
  ofRecord = 0;
}
@inline export function roomForMeasures(): bool {
  return MEASURES - count >= ROOM;
}
/** A record begins, at this offset of the input; whether it is a piece of a recording. */
export function startMeasures(offset: u32, isRecording: bool): void {
  record = offset;
  recorded = recorded || isRecording;
  ofRecord = count;
}

/**
 * Asks for what the policy says is to be done about a finding. `k`, `m`, `b`: what is at hand, or 0. Returns the Action
 * for the record at hand: PASS or DROP.
 */
export function measureFor(f: Finding, k: usize, m: usize, b: usize): u32 {
  const action = actionOf(f.detector);
  if (action <= <u32>Action.DROP || f.accused == Accused.NOBODY) return Action.PASS;
  if (((accuses(f.detector) >> f.accused) & 1) == 0) return Action.PASS;
  if (recorded && (f.accused == Accused.SOURCE || f.accused == Accused.FLOW)) return Action.PASS;
  if (f.accused == Accused.SOURCE) return ofSource(f, action, k);
  if (f.accused == Accused.FLOW) {
    if (action == Action.QUARANTINE_SOURCE || action == Action.QUARANTINE_FLOW)
      return ofFlow(f, Action.QUARANTINE_FLOW, k);
    return action == Action.TIGHTEN ? ofFlow(f, Action.TIGHTEN_FLOW, k) : <u32>Action.PASS;
  }
  return m != 0 && b != 0 ? ofBus(f, action, changetype<Message>(m), changetype<Bus>(b)) : <u32>Action.PASS;
}

function ofSource(f: Finding, action: u32, k: usize): u32 {
  if (f.version != 4 && f.version != 6) return Action.PASS;
  const own = isSender(f, k);
  if (action == Action.QUARANTINE_FLOW) return own ? ofFlow(f, action, k) : <u32>Action.PASS;
  if (action != Action.QUARANTINE_SOURCE && action != Action.TIGHTEN) return Action.PASS;
  const n = begin(action, f.detector);
  n.version = f.version;
  n.srcHi = f.srcHi;
  n.srcLo = f.srcLo;
  n.mac = f.mac;
  const verdict = end();
  return own && action == Action.QUARANTINE_SOURCE && changetype<Packet>(k).ips > 1 ? <u32>Action.DROP : verdict;
}

/** Whether the packet at hand bears the accused's address, as the detectors saw it. */
function isSender(f: Finding, k: usize): bool {
  if (k == 0 || changetype<Packet>(k).ips == 0) return false;
  const ip = innermost(changetype<Packet>(k));
  return ip.version == f.version && ip.srcHi == f.srcHi && ip.srcLo == f.srcLo;
}

/** Of the packet at hand. */
function ofFlow(f: Finding, action: u32, at: usize): u32 {
  if (at == 0 || changetype<Packet>(at).ips == 0) return Action.PASS;
  const k = changetype<Packet>(at),
    ip = outermost(k);
  if (k.ips > 1) return action == Action.QUARANTINE_FLOW ? <u32>Action.DROP : <u32>Action.PASS;
  const n = begin(action, f.detector);
  n.version = ip.version;
  n.srcHi = ip.srcHi;
  n.srcLo = ip.srcLo;
  n.dstHi = ip.dstHi;
  n.dstLo = ip.dstLo;
  n.protocol = k.protocol;
  if (k.flags & Is.PORTS) {
    n.srcPort = k.sourcePort;
    n.dstPort = k.destPort;
  } else if (k.protocol == 1 || k.protocol == 58) n.dstPort = k.icmpType;
  return end();
}

function ofBus(f: Finding, action: u32, m: Message, b: Bus): u32 {
  const r = recorderOf(b.recorder);
  if (r == 0 || changetype<Recorder>(r).version == 0) return Action.PASS; // a file: guard never sees it
  if (action == Action.QUARANTINE_FLOW) return Action.PASS;
  const n = begin(action, f.detector);
  n.version = <u8>changetype<Recorder>(r).version;
  n.srcHi = changetype<Recorder>(r).hi;
  n.srcLo = changetype<Recorder>(r).lo;
  if (action == Action.QUARANTINE_TERMINAL || action == Action.QUARANTINE_MESSAGE) {
    n.channel = b.channel;
    n.command = f.accused == Accused.TERMINAL ? commandTo(m, f.terminal) : m.cmd1;
  }
  return end();
}

/** The command word of the message at hand that is for this terminal; of another terminal one that names only it. */
function commandTo(m: Message, terminal: u32): u16 {
  if ((<u32>m.cmd1) >> 11 == terminal) return m.cmd1;
  return (<u32>m.cmd2) >> 11 == terminal ? m.cmd2 : <u16>(terminal << 11);
}

function begin(action: u32, detector: u32): Measure {
  memory.fill(NEXT, 0, offsetof<Measure>());
  const n = changetype<Measure>(NEXT);
  n.record = record;
  n.action = <u8>action;
  n.detector = <u8>detector;
  return n;
}

/** Adds what was begun, unless the record has it already. */
function end(): u32 {
  for (let i = ofRecord; i < count; ++i)
    if (memory.compare(changetype<usize>(measure(i)), NEXT, offsetof<Measure>()) == 0) return Action.PASS;
  if (count - ofRecord == ROOM) {
    lost += 1;
    return Action.DROP;
  }
  memory.copy(changetype<usize>(measure(count)), NEXT, offsetof<Measure>());
  count += 1;
  return Action.PASS;
}
