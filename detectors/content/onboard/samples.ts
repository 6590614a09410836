// What messages that were found carried: the octets that a profile would be of, so that a person who says that a write
// was right says it of just what was written (../accept.ts). A finding refers to one by its place and number.
//
// Rule when full: the oldest goes; an alert that was held back for longer has no octets.
import { App, AppMessage } from "../../../ip/onboard/application/message";
import { Text, hex8, lit } from "../../../lib/onboard/text";
import { Finding } from "../../onboard/finding";
import { BODY } from "./capacity";

const SAMPLES: u32 = 64;

@unmanaged
class Sample {
  number: u32; // from 1
  length: u32;
  octets: u64; // BODY of them
  octets1: u64;
  octets2: u64;
  octets3: u64;
  octets4: u64;
  octets5: u64;
  octets6: u64;
}

const samples: usize = memory.data(SAMPLES * offsetof<Sample>(), 8);
let count: u32 = 0;

@inline function sampleAt(number: u32): Sample {
  return changetype<Sample>(samples + <usize>(number & (SAMPLES - 1)) * offsetof<Sample>());
}
@inline function octetsAt(s: Sample): usize {
  return changetype<usize>(s) + offsetof<Sample>("octets");
}

export function forgetSamples(): void {
  memory.fill(samples, 0, SAMPLES * offsetof<Sample>());
  count = 0;
}

/** Keeps what the message of a finding carries, where all that is looked at of it is at hand. */
export function sample(f: Finding, m: AppMessage): void {
  if (m.app == App.NONE || m.isCut != 0 || m.body >= m.end) return;
  count = count == u32.MAX_VALUE ? 1 : count + 1;
  const s = sampleAt(count);
  s.number = count;
  s.length = min<u32>(<u32>(m.end - m.body), BODY);
  memory.copy(octetsAt(s), m.body, s.length);
  f.mac = m.shape;
  f.cmd1 = <u16>count;
  f.cmd2 = <u16>(count >> 16);
}

/** Writes them in hexadecimal behind `name`; false where there are none. */
export function writeSample(t: Text, name: string, f: Finding): bool {
  const number = (<u32>f.cmd1) | ((<u32>f.cmd2) << 16),
    s = sampleAt(number);
  if (number == 0 || s.number != number) return false;
  lit(t, name);
  for (let i: u32 = 0; i < s.length; ++i) hex8(t, load<u8>(octetsAt(s) + i));
  lit(t, '"');
  return true;
}
