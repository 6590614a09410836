// bus-response: what the response times of all terminals of a bus have in common. Cold, warmth, a cable or another
// recorder move all of them; an intruder moves those of his own terminal. So the shift that three quarters of the
// terminals share is one finding about the bus, which accuses nobody, and is subtracted before each terminal is judged.
//
// A quarter of the terminals that do not follow are enough to undo it, and of two or three terminals one is. So nobody
// hides his terminal's shift behind it, unless he moves three quarters of them; then the finding about the bus is what
// there is. It follows up to FARTHEST: who is farther off is judged by himself again.
import { Detector } from "../../../onboard/catalogue";
import { responseModel, responsePlaces, terminalModel } from "../arena";
import { Behind, BusModel, BusState } from "../bus";
import { apart, start } from "../observed";
import { exceeds, ofBus } from "./alarm";
import { TerminalModel, Time } from "./state";

/** Times are in 0.1 us, the step of the recorder's counter (RCC 106-17 10.6.1.1), by which response times are told. */
export const STEP: f32 = 1;
/** A drift that is more than one step, rounded either way. */
const LIMIT: f64 = 1.5;
/** It is over when less is left. */
const OVER: f32 = 1;
/** The largest that is taken for one of all terminals: 1 us. */
export const FARTHEST: f32 = 10;

/** Answers of a terminal of which its shift is made, and without so many it is not known. */
const ANSWERS: u8 = 16;
const ENOUGH: u8 = 4;
/** Of a deviation: the mean of so few answers is off by chance, and less than this is no shift. Below SLACK there. */
const CHANCE: f32 = 0.3;
const EIGHTHS: f32 = 8;
/** Looks in a row at a drift, which are a second of a busy bus, before it is said. */
const LASTING: u8 = 16;
/** One that was said is over after so many more looks in a row at less than OVER: half a minute of a busy bus. */
const SAID: u8 = 255;
/** Messages of a bus after which its drift is looked at again; and after which a terminal that is silent has none. */
const EVERY: u32 = 64;
const SILENT: u32 = 4096;
/** 1 s, after which a bus has settled though few of its terminals answer. */
const SETTLING: i64 = 10000000;

const shifts: usize = memory.data(32 * 4, 8); // f32, ascending

/** Whether a drift can be told from one terminal's shift. */
@inline export function hasCompany(s: BusModel): bool {
  return s.responders > 1;
}

/** An answer that came so much later than learned, where times spread by `deviation`. */
export function noteShift(t: TerminalModel, b: BusState, late: f32, deviation: f32): void {
  if (t.answers < ANSWERS) t.answers += 1;
  const far = FARTHEST + FARTHEST;
  t.shift += (min<f32>(max<f32>(late, -far), far) - t.shift) / <f32>t.answers;
  t.chance = <u8>min<f32>(EIGHTHS * CHANCE * deviation, 255);
  t.heard = b.messages;
}

/** Before the message is judged. `bus`: the detectors' number. */
export function judgeDrift(b: BusState, s: BusModel, bus: u32): void {
  // Behind a pause the recorder, or the weather, may be another. Behind a hole it is not: who makes holes hides nothing
  if (s.answersFrom == 0 || (b.resumed != 0 && b.behind == <u8>Behind.PAUSE)) begin(s, bus);
  if (!hasCompany(s) || b.messages - s.driftAt < EVERY) return;
  s.driftAt = b.messages;
  const n = gather(b, bus);
  if (s.isSettled == 0) {
    if (4 * n < 3 * <u32>s.responders && apart(start, s.answersFrom) < SETTLING) return;
    s.isSettled = 1;
  }
  follow(s, bus, n < 2 ? 0 : shared(n));
  say(b, s, bus);
}

function begin(s: BusModel, bus: u32): void {
  s.answersFrom = start | 1;
  s.isSettled = 0;
  s.responders = 0;
  for (let i: u32 = 0; i < 32; ++i) {
    terminalModel((bus << 5) | i).answers = 0;
    if (load<u64>(responsePlaces + ((<usize>((bus << 5) | i)) << 3)) != 0) s.responders += 1; // any of four answers
  }
}

/** Puts the shifts of the terminals that are heard in order; how many. */
function gather(b: BusState, bus: u32): u32 {
  let n: u32 = 0;
  for (let i: u32 = 0; i < 32; ++i) {
    const t = terminalModel((bus << 5) | i);
    if (t.answers < ENOUGH || b.messages - t.heard > SILENT) continue;
    const sure = max<f32>(abs<f32>(t.shift) - <f32>t.chance / EIGHTHS, 0),
      shift = t.shift < 0 ? -sure : sure;
    let at = n;
    for (; at != 0 && shiftAt(at - 1) > shift; --at) putShift(at, shiftAt(at - 1));
    putShift(at, shift);
    n += 1;
  }
  return n;
}

@inline function shiftAt(i: u32): f32 {
  return load<f32>(shifts + ((<usize>i) << 2));
}
@inline function putShift(i: u32, shift: f32): void {
  store<f32>(shifts + ((<usize>i) << 2), shift);
}

/** What at least three quarters of n > 1 have, all the same way: the least of it. */
function shared(n: u32): f32 {
  const later = shiftAt(n >> 2),
    earlier = shiftAt(n - 1 - (n >> 2));
  if (later > 0) return min<f32>(later, FARTHEST);
  return earlier < 0 ? max<f32>(earlier, -FARTHEST) : 0;
}

/** Half a step is none. What was summed up under another drift says nothing under this one. */
function follow(s: BusModel, bus: u32, drift: f32): void {
  if (abs<f32>(drift - s.drift) <= STEP / 2) return;
  s.drift = drift;
  for (let place = bus << 7; place < (bus + 1) << 7; ++place) {
    const i = <u32>load<u16>(responsePlaces + ((<usize>place) << 1));
    if (i == 0) continue;
    const t = responseModel(i - 1);
    t.up = t.down = 0;
    t.over = 0;
  }
}

/** Once, until it is over. */
function say(b: BusState, s: BusModel, bus: u32): void {
  const size = abs<f32>(s.drift);
  if (s.driftLooks >= LASTING) {
    if (size >= OVER) s.driftLooks = SAID;
    else if (--s.driftLooks < LASTING) s.driftLooks = 0;
    return;
  }
  if (!exceeds(Detector.BUS_RESPONSE, <f64>size, LIMIT)) {
    s.driftLooks = 0;
    return;
  }
  s.driftLooks += 1;
  if (s.driftLooks != LASTING) return;
  s.driftLooks = SAID;
  ofBus(Detector.BUS_RESPONSE, Time.DRIFT, <u32>b.channel, bus, <f64>size, LIMIT).a = <f64>s.drift;
}
