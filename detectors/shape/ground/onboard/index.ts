// Ground only (learning, evaluation, tests): records in, scores out. Not a compartment, and in no image; but decoder,
// features, model and learning are the image's very own.
//
//   inputAt(), inputSize()    records as in appliance/abi are written there
//   run(from, to, mode)       works through the records; mode 0 scores them, 1 learns them (and scores with what is known
//                             so far), 2 extracts features only; + 4: and explains. Returns where it stopped
//   count(), resultsAt()      a Result for each frame of the last run()
//   modelAt(), modelSize()    the model (../../onboard/model.ts); configure(n) takes one from input
//   learningAt(), learningSize(), begin(), finish(), merge()   ../../onboard/learn.ts; merge takes another's from input
//   vectorAt()                features of the last frame
//
//   Result, 40 bytes    +0 f64 score    +8 f64 seen    +16 f64 expected    +24 f64 deviations    +32 u32 feature
import { INPUT_SIZE, RECORD_HEADER, RecordHeader, RecordKind } from "../../../../appliance/abi/onboard/abi";
import { align8 } from "../../../../lib/onboard/bytes";
import { Option, decode } from "../../../../ip/onboard/decode";
import { Packet } from "../../../../ip/onboard/packet";
import { FEATURES, evictions as evicted, update, vector } from "../../onboard/features";
import { LEARNING, learn, learning, merge as mergeLearning } from "../../onboard/learn";
import { MODEL } from "../../onboard/model";
import * as shape from "../../onboard/shape";

const RESULTS: u32 = 4096; // as many as records fit into input
const input: usize = memory.data(131072, 8);
const results: usize = memory.data(4096 * 40, 8);
const packet: usize = memory.data(536, 8);
let made: u32 = 0;

@unmanaged
class Result {
  score: f64;
  seen: f64;
  expected: f64;
  deviations: f64;
  feature: u32;
  pad: u32;
}

export function inputAt(): usize { return input; }
export function inputSize(): u32 { return INPUT_SIZE; }
export function count(): u32 { return made; }
export function resultsAt(): usize { return results; }
export function modelAt(): usize { return shape.model; }
export function modelSize(): u32 { return MODEL; }
export function learningAt(): usize { return learning; }
export function learningSize(): u32 { return LEARNING; }
export function vectorAt(): usize { return vector; }
export function featureCount(): u32 { return FEATURES; }
export function evictions(): u64 { return evicted(); }
export function configure(bytes: u32): bool { return shape.configure(input, bytes); }
export function merge(): void { mergeLearning(input); }
export { begin, finish } from "../../onboard/learn";
export { reset } from "../../onboard/shape";

export function run(from: u32, to: u32, mode: u32): u32 {
  made = 0;
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
    const out = changetype<Result>(results + <usize>made * 40);
    if (mode & 2) update(k);
    out.score = mode & 2 ? 0 : mode & 1 ? learn(k) : shape.score(k);
    made += 1;
    if (!(mode & 4)) continue;
    const i = shape.strangest();
    out.feature = i;
    out.seen = shape.seen(i);
    out.expected = shape.expected();
    out.deviations = shape.deviations();
  }
  return at;
}
