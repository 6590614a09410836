// What was learned, as baseline entries: one line of JSON each, at most 900 bytes. Their members:
// ../../../ground/entries.ts. Entries with the same detector and subject add up, also within one export: rows that are
// too long continue in the next entry.
import { Text } from "../../../../../lib/onboard/text";
import { writeBus } from "./bus";
import { writeClock, writePauses } from "./controller";
import { writeData } from "./data";
import { writeMessage } from "./message";
import { writeOrder } from "./order";
import { Progress, Stage, enter } from "./progress";
import { writeResponse } from "./response";
import { writeTerminal } from "./terminal";

const state: usize = memory.data(<i32>offsetof<Progress>(), 8);

export function beginExport(): void {
  enter(changetype<Progress>(state), Stage.BUS);
}

/** Writes the members of the next entry; false when there is none left, and the next call begins anew. */
export function exportNext(t: Text): bool {
  const p = changetype<Progress>(state);
  p.begun = t.at;
  for (; p.stage != Stage.END; enter(p, p.stage + 1)) if (write(t, p)) return true;
  beginExport();
  return false;
}

/** The next entry of the stage; false when it has none left. */
function write(t: Text, p: Progress): bool {
  switch (p.stage) {
    case Stage.BUS:
      return writeBus(t, p);
    case Stage.MESSAGE:
      return writeMessage(t, p);
    case Stage.ORDER:
      return writeOrder(t, p);
    case Stage.TERMINAL:
      return writeTerminal(t, p);
    case Stage.RESPONSE:
      return writeResponse(t, p);
    case Stage.PAUSES:
      return writePauses(t, p);
    case Stage.CLOCK:
      return writeClock(t, p);
    default:
      return writeData(t, p);
  }
}
