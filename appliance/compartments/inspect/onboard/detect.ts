// The detectors of the appliance, called one after the other: the one list of who looks at packets, at 1553 messages, at
// the clock. detectors/README.md says what each offers.
import * as ip from "../../../../detectors/ip/onboard/index";
import * as mil1553 from "../../../../detectors/mil1553/onboard/mil1553";
import * as shape from "../../../../detectors/shape/onboard/index";
import { Text } from "../../../../lib/onboard/text";
import { mix } from "../../../../lib/onboard/bytes";
import { Packet } from "../../../../ip/onboard/packet";
import { Bus } from "../../../../mil1553/onboard/channels";
import { Message } from "../../../../mil1553/onboard/message";
import { InspectFlag, Tag, section, sectionLength } from "../../../contract/onboard/config";
import { has } from "./settings";

// Every packet has a score of its traffic's shape. Their digest is in the heartbeat, so that anyone can compare hosts:
// the same digest means the same bits of each score.
let scored: u64 = 0;
let scores: u64 = 0;
export function scoredPackets(): u64 {
  return scored;
}
export function scoresDigest(): u64 {
  return scores;
}
// @ts-ignore: decorator
@inline function score(s: f64): void {
  scored += 1;
  scores = mix(scores, reinterpret<u64>(s));
}

/** What detectors have forgotten because a table was full: an attack with many addresses shows here. */
export function evictions(): u64 {
  return ip.evictions() + shape.evictions();
}

let stage: u32 = 0; // of an export: whose entries are next

/** The baseline's sections of the policy part; false when one is malformed. */
export function configureDetectors(part: usize): bool {
  stage = 0;
  ip.reset();
  mil1553.reset();
  shape.reset();
  scored = 0;
  scores = 0;
  const model = section(part, Tag.BASELINE_SHAPE);
  if (model != 0 && !shape.configure(model, sectionLength(part, Tag.BASELINE_SHAPE))) return false;
  const bus = section(part, Tag.BASELINE_1553);
  if (bus != 0 && !mil1553.configure(bus, sectionLength(part, Tag.BASELINE_1553))) return false;
  for (let tag: u32 = Tag.FLOOD; tag <= <u32>Tag.TUNNEL; ++tag) {
    const at = section(part, tag);
    if (at != 0 && !ip.configure(tag, at, sectionLength(part, tag))) return false;
  }
  return true;
}

/** A decoded packet, its bytes at `p`, its Flow or 0. */
export function packetIn(k: Packet, p: usize, flow: usize): void {
  if (has(InspectFlag.LEARN)) {
    ip.learn(k, p, flow);
    score(shape.learn(k));
    return;
  }
  ip.check(k, p, flow);
  score(shape.check(k));
}

export function messageIn(m: Message, bus: Bus): void {
  if (has(InspectFlag.LEARN)) mil1553.learn(m, bus);
  else mil1553.check(m, bus);
}

/** Time went on. */
export function timePassed(time: u64): void {
  if (has(InspectFlag.LEARN)) return;
  ip.passing(time);
  mil1553.passing(time);
}

/** Writes the members of the next baseline entry; false when there is none left, and the next call begins anew. */
export function exportNext(t: Text): bool {
  if (stage == 0) {
    if (ip.exportNext(t)) return true;
    stage = 1;
  }
  if (stage == 1) {
    if (shape.exportNext(t)) return true;
    stage = 2;
  }
  if (stage == 2) {
    if (mil1553.exportNext(t)) return true;
    stage = 3;
  }
  stage = 0;
  return false;
}
