// Ground only (learning, evaluation, tests): records in, scores out. Not a compartment, and in no image; but decoder,
// features, model and learning are the image's very own.
//
//   inputAt(), inputSize()    records as in appliance/contract are written there, or a section for configure()
//   run(from, to, mode)       works through the records; mode 0 scores them, 1 learns them (and scores with what is
//                             known so far), 2 extracts features only, 3 decodes only; + 4: and explains. Returns where
//                             it stopped
//   count(), resultsAt()      a Result for each frame of the last run()
//   configure(n), reset()     of the detector; forgetTraffic() leaves the model
//   exportEntry()             the next baseline entry, to text: its length, 0 = none left
//   learningAt(), finish()    ../../layouts/learning.ts: a state can be put there, and the model made of it
//   headAt(), descriptionsAt()   of the model: ../../layouts/model.ts
//   vectorAt()                features of the last frame
//
//   Result                    ../layouts/result.ts
import { INPUT_SIZE, RECORD_HEADER, RecordHeader, RecordKind } from "../../../../appliance/contract/onboard/abi";
import { align8 } from "../../../../lib/onboard/bytes";
import { Text, byte, open } from "../../../../lib/onboard/text";
import { Option, decode } from "../../../../ip/onboard/decode";
import { PACKET_SIZE, Packet } from "../../../../ip/onboard/packet";
import { clearFindings, finding, found, resetScales, setScale } from "../../../onboard/finding";
import { reset as forget, update, vector } from "../../onboard/features";
import * as shape from "../../onboard/index";
import { begin as beginLearning, learning } from "../../onboard/learn";
import { Result } from "./generated/result";
import { descriptions, head, limit } from "../../onboard/model";
import { deviations, expectedOf, seenOf, strangest } from "../../onboard/score";

const RESULTS: u32 = 4096; // as many as records fit into input
const TEXT: u32 = 2048;
const input: usize = memory.data(INPUT_SIZE, 8);
const results: usize = memory.data(<i32>(RESULTS * offsetof<Result>()), 8);
const packet: usize = memory.data(PACKET_SIZE, 8);
const text: usize = memory.data(TEXT, 8);
const writer: usize = memory.data(24, 8);
let made: u32 = 0;
let raised: u32 = 0;

export function inputAt(): usize {
  return input;
}
export function inputSize(): u32 {
  return INPUT_SIZE;
}
export function count(): u32 {
  return made;
}
export function resultsAt(): usize {
  return results;
}
export function textAt(): usize {
  return text;
}
export function headAt(): usize {
  return head;
}
export function descriptionsAt(): usize {
  return descriptions;
}
export function learningAt(): usize {
  return learning;
}
export function vectorAt(): usize {
  return vector;
}
export function alarmLimit(): f64 {
  return limit();
}
export function evictions(): u64 {
  return shape.evictions();
}
export function reset(): void {
  resetScales();
  clearFindings();
  shape.reset();
  forget();
  beginLearning();
}
export function forgetTraffic(): void {
  forget();
}
export function configure(bytes: u32): bool {
  return shape.configure(input, bytes);
}
export function scale(detector: u32, factor: f64): void {
  setScale(detector, factor);
}
export { finish } from "../../onboard/learn";

/** Findings of the last run(); the words of the last one are in text from wordsOf() on. */
export function findings(): u32 {
  return raised;
}

export function exportEntry(): u32 {
  const t = begin();
  byte(t, 123);
  if (!shape.exportNext(t)) return 0;
  byte(t, 125);
  return t.overflow ? 0 : <u32>(t.at - text);
}

/** What the last frame's finding says: what was expected, a line end, what was seen. Its length; 0 = there was none. */
export function words(): u32 {
  if (found() == 0) return 0;
  const t = begin();
  shape.expected(t, finding(0));
  byte(t, 10);
  shape.seen(t, finding(0));
  return <u32>(t.at - text);
}

function begin(): Text {
  const t = changetype<Text>(writer);
  open(t, text, TEXT);
  return t;
}

export function run(from: u32, to: u32, mode: u32): u32 {
  made = 0;
  raised = 0;
  let at = from;
  while (at + RECORD_HEADER <= to && made < RESULTS) {
    const r = changetype<RecordHeader>(input + at);
    const size = RECORD_HEADER + align8(r.captured);
    if (size > to - at) break;
    at += size;
    if (r.kind != RecordKind.FRAME) continue;
    const k = changetype<Packet>(packet);
    k.time = r.time;
    k.number = r.number;
    decode(input + at - size + RECORD_HEADER, r.captured, r.original, r.link, Option.NO_CHECKSUMS, k);
    clearFindings();
    const out = changetype<Result>(results + <usize>made * offsetof<Result>());
    const how = mode & 3;
    if (how == 2) update(k);
    out.score = how == 0 ? shape.check(k) : how == 1 ? shape.learn(k) : 0;
    raised += found();
    made += 1;
    if (!(mode & 4)) continue;
    const i = strangest();
    out.feature = i;
    out.seen = seenOf(i);
    out.expected = expectedOf();
    out.deviations = deviations();
  }
  return at;
}
