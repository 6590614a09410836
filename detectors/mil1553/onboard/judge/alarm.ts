// Findings of the 1553 detectors, one way of raising them.
import { keyed } from "../../../../lib/onboard/keyed";
import { Accused, Finding, Subject, raise, scaled } from "../../../onboard/finding";
import { busAt } from "../arena";
import { channelOf, command1, command2, key, time } from "../observed";

/** score > threshold as the operator scaled it. */
@inline export function exceeds(detector: u32, score: f64, threshold: f64): bool {
  return score > scaled(detector, threshold);
}

/**
 * A finding about the message at hand, which it accuses. `part`: what of it, findings of different parts are different
 * alerts.
 */
export function alarm(detector: u32, what: u32, part: u64, score: f64, threshold: f64): Finding {
  const f = about(detector, what, keyed(key, part), score, threshold);
  f.accused = Accused.MESSAGE;
  return f;
}

/** A part of what is known of a terminal on the bus of the message at hand: findings of each are one alert. */
@inline export function partOf(who: u32, part: u32): u64 {
  return (((key >> 40) & 0xffff) << 16) | (<u64>(((who & 31) << 8) | part));
}

/** A finding about a terminal of the message at hand. */
export function ofTerminal(detector: u32, what: u32, subject: u64, who: u32, score: f64, threshold: f64): Finding {
  const f = about(detector, what, subject, score, threshold);
  f.accused = Accused.TERMINAL;
  f.terminal = <u8>(who & 31);
  return f;
}

export function about(detector: u32, what: u32, subject: u64, score: f64, threshold: f64): Finding {
  const t = max<f64>(scaled(detector, threshold), 1e-9);
  return raise(detector, what, keyed((<u64>detector) << 8, subject), time, min<f64>(score, 100 * t), t);
}

/**
 * A finding about a message of the detectors' n-th bus that is not at hand: that nothing came accuses nobody.
 */
export function absent(detector: u32, what: u32, identity: u64, bus: u32, score: f64, threshold: f64): Finding {
  const f = about(detector, what, keyed(identity, 0), score, threshold);
  f.subject = Subject.COMMAND;
  f.bus = busAt(bus).entry;
  f.channel = <u16>channelOf(identity);
  f.cmd1 = <u16>command1(identity);
  f.cmd2 = <u16>command2(identity);
  return f;
}

/** A finding about the detectors' n-th bus: all that are on it have a part in it, and nobody is accused. */
export function ofBus(detector: u32, what: u32, channel: u32, bus: u32, score: f64, threshold: f64): Finding {
  const f = about(detector, what, ((<u64>channel) << 8) | what, score, threshold);
  f.subject = Subject.BUS;
  f.bus = busAt(bus).entry;
  f.channel = <u16>channel;
  return f;
}
