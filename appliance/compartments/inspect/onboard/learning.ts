// Learning mode: the detectors that learn do so instead of judging, and what they learned leaves as `weir_baseline`
// events, an entry each: at the end, and live each time the policy's interval has passed. An export is whole when its
// last event says how many entries there were; a later one holds everything of those before.
//
// While an export is under way nothing else is worked on, so its entries belong together.
import { InspectFlag } from "../../../contract/onboard/config";
import { Text, lit, timestamp, unsigned } from "../../../../lib/onboard/text";
import { evictions, exportNext } from "../../../../detectors/onboard/dispatch";
import * as events from "./events";
import { has, settings } from "./settings";

const INFORMATIONAL: u32 = 6;
const SECOND: u64 = 1000000000;

let exports: u32 = 0;
let entries: u32 = 0; // of the export under way
let exporting: bool = false;
let next: u64 = 0; // ns, when the next export is due
let first: u64 = 0;
let last: u64 = 0;
let packets: u64 = 0;
let messages: u64 = 0;

@inline export function learning(): bool {
  return has(InspectFlag.LEARN);
}

export function beginLearning(): void {
  exports = 0;
  exporting = false;
  next = first = last = packets = messages = 0;
}

/** A packet or, with `ofBus`, a 1553 message was learned. */
export function learned(time: u64, ofBus: bool): void {
  if (ofBus) messages += 1;
  else packets += 1;
  if (first == 0 || time < first) first = time;
  if (time > last) last = time;
}

/** Whether an export is due at this time, or under way. */
export function exportDue(time: u64): bool {
  const every = <u64>settings().exportEvery * SECOND;
  if (!learning() || every == 0) return false;
  if (next == 0) next = time + every;
  return exporting || time >= next;
}

/** Writes what was learned; false when there is no room left: call again. */
export function exportAll(time: u64): bool {
  if (!exporting) {
    exporting = true;
    exports += 1;
    entries = 0;
  }
  while (events.roomForRecord()) {
    const t = open(time);
    lit(t, ',"entry":{');
    if (!exportNext(t)) {
      end(time);
      return true;
    }
    lit(t, "}}}");
    entries += 1;
    events.end(INFORMATIONAL);
  }
  return false;
}

function end(time: u64): void {
  const t = open(time); // in place of the entry that was begun
  lit(t, ',"end":{"entries":');
  unsigned(t, entries);
  lit(t, ',"packets":');
  unsigned(t, packets);
  lit(t, ',"messages":');
  unsigned(t, messages);
  lit(t, ',"evictions":');
  unsigned(t, evictions());
  lit(t, ',"seconds":');
  unsigned(t, (last - first) / SECOND);
  lit(t, "}}}");
  events.end(INFORMATIONAL);
  exporting = false;
  next = time + <u64>settings().exportEvery * SECOND;
}

function open(time: u64): Text {
  const t = events.begin();
  lit(t, '{"timestamp":"');
  timestamp(t, time);
  lit(t, '","event_type":"weir_baseline","baseline":{"export":');
  unsigned(t, exports);
  lit(t, ',"n":');
  unsigned(t, entries + 1);
  return t;
}
