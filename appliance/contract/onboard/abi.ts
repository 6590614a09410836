// The contract between a compartment and whatever hosts it: the image's runtime (C), Node, or the browser.
//
// A compartment is one WebAssembly module with one linear memory of fixed size and no imports. There are three:
//   inspect  records in  -> a verdict for each record, events out        (parses untrusted bytes, large)
//   guard    records in  -> frames for `out`, events out                 (parses untrusted bytes, small on purpose)
//   journal  events in   -> datagrams for `log`, console lines out       (holds the log key, parses nothing untrusted)
// The host copies between them; none can reach another's memory. What each exports:
//
//   abi(): u32                    ABI_VERSION of this module. The host refuses any other.
//   inputAt(), inputSize()        where the host writes, and how much fits
//   configure(length): u32        input[0..length) is this compartment's part of the policy; 0, or why it was refused
//                                 (Refusal). Must be called once, before run(). A compartment that has not been
//                                 configured, or refused, processes nothing: run() traps.
//   key(a, b)                     inspect and guard: the key of their tables (lib/onboard/keyed.ts), 128 bits, at most
//                                 once and before configure(). Without it: the key of replays, which anybody knows
//   run(from, to): u32            works through the records (journal: events) in input[from..to), both multiples of 8.
//                                 Returns where it stopped: `to`, or earlier when an output buffer has no room left.
//                                 The host then takes the outputs and calls run(stopped, to) again. With empty outputs
//                                 at least one record is always finished, so this ends. Only inspect may return `from`
//                                 itself, with events: that record has more to say than fits, call again.
//   eventsAt(), eventsLength()    events of the last run(); valid until the next one
//   framesAt(), framesLength()    frames of the last run(); valid until the next one (inspect: none)
//   verdictsAt(), verdictsLength()  inspect only: a u32 for each record of the last run(), in order, and how many; at
//                                 most VERDICTS: then run() stops early
//   measuresAt(), measuresLength()  inspect only: a Measure for each subject that it asks guard to shut out or to slow
//                                 down, in the order of their records, and how many; at most MEASURES
//   measuresAt()                  guard only: where the host writes a MeasureList before guard runs over those records
//   countersAt()                  journal only: COUNTERS u64s that the host keeps up to date. For the heartbeat: frames
//                                 lost because `in` overran, because `out` was full, because `log` was full. Then the
//                                 number that tells this start from others in the log, larger each time: read once, at
//                                 the first run(); 0 = the policy's
//   spare(i): u64                 once configured: the i-th stretch of memory that run() is not going to touch; its
//                                 offset in the lower half, its bytes, which may reach beyond the end, in the upper;
//                                 0 = no more. Stretches do not overlap. The image has nothing behind the whole pages
//                                 in them
//   tick(): u64                   guard only, once configured: ns between two TICK records that a live host gives it at
//                                 least, evenly, beginning with the first record of all, and a TICK before the frames
//                                 that came later; 0 = one a second, when nothing else comes, is enough
//
// The host's round: inspect.run over what it has -> verdicts into guard's copies of just those records, measures into
// guard's list -> guard.run over just those, as often as it stops early, its events put one behind another -> both
// event buffers to the journal.
//
// How records are batched never changes what comes out: run() over two batches gives the bytes that run() over one
// gives. Time comes with the records and nowhere else; it may repeat or go backwards, and every user of it says what it
// does then. A trap in any compartment ends the appliance: nothing more is forwarded (fail closed).
//
// The journal's input is the two buffers of events one behind the other: u32 length of inspect's, u32 length of
// guard's, inspect's events, guard's events. Events of one record keep their order, inspect's first. Its run() takes
// this whole block. Of a heartbeat (EventKind.STATS) inspect's part opens the object with
// `{"timestamp":...,"event_type":"heartbeat","inspect":{...}`, guard's follows with `"guard":{...}`, the journal adds
// its own and the closing brace. Scores (EventKind.SCORE) are taken from inspect by the host that asks for them; the
// journal passes over them.
//
// All integers are little-endian. All structures start at multiples of 8; ../layouts/record.ts states them. Of a record
// the bytes are untrusted. The header in front, which the host wrote, is trusted; yet `captured` is checked against
// `to`.
import { Action, VerdictMask, VerdictShift } from "./generated/record";
export * from "./generated/record";

/** A verdict on a record: PASS or DROP. */
export function verdictOf(action: u32, detector: u32): u32 {
  return action | ((detector & VerdictMask.detector) << VerdictShift.detector);
}

/** The stricter of two verdicts; of two that are as strict, the first. */
export function stricter(a: u32, b: u32): u32 {
  return (a & VerdictMask.action) == Action.PASS ? b : a;
}
