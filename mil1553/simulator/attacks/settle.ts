// After an attack the bus must still be a bus: one message at a time. What an attack put there, changed or moved keeps
// others waiting, which come later but are otherwise as they were; what was not affected is not touched, so that a
// recording with faults of its own keeps them.
import { BSW, type BusMessage, CROSSING, endOf, LEAST_GAP, type Mark } from "../message.ts";

export type Edit =
  | { kind: "insert"; message: BusMessage }
  | { kind: "modify"; message: BusMessage; by: BusMessage }
  | { kind: "remove"; message: BusMessage; mark: Mark };

/** The attacker gives up an insertion that the bus has kept waiting for so long: 2 ms, in 0.1 us. */
const PATIENCE = 20_000;
/** From the end of a message without an answer to the next: the least no-response timeout (4.3.3.9). */
const TIMEOUT = 140 - CROSSING;

interface Entry {
  message: BusMessage;
  /** Its time or its duration is the attack's doing. */
  affected: boolean;
}

/**
 * @param messages of one channel, in the order of time
 * @returns the channel's messages after the edits, in the order of time
 */
export function settle(messages: readonly BusMessage[], edits: readonly Edit[]): BusMessage[] {
  const changed = new Map<BusMessage, BusMessage>();
  const removed = new Set<BusMessage>();
  const entries: Entry[] = [];
  for (const edit of edits) {
    if (edit.kind === "modify") changed.set(edit.message, edit.by);
    else if (edit.kind === "remove") removed.add(edit.message);
    else entries.push({ message: edit.message, affected: true });
  }
  const inserted = entries.length;
  for (const message of messages) {
    const by = changed.get(message);
    const affected = by !== undefined && (by.time !== message.time || endOf(by) !== endOf(message));
    if (!removed.has(message)) entries.push({ message: by ?? message, affected });
  }
  // Of equal times the attacker's message is first: who was there first is the controller's problem
  if (inserted || changed.size) entries.sort((a, b) => a.message.time - b.message.time);

  const out: BusMessage[] = [];
  let before: Entry | undefined;
  for (const entry of entries) {
    let { message, affected } = entry;
    if (before && (affected || before.affected)) {
      const timeout = (before.message.blockStatus & BSW.TIMEOUT) !== 0;
      const free = endOf(before.message) + (timeout ? TIMEOUT : LEAST_GAP - CROSSING);
      if (message.time < free) {
        if (message.attack?.change === "inserted" && free - message.time > PATIENCE) continue;
        message = { ...message, time: free };
        affected = true;
      }
    }
    out.push(message);
    before = { message, affected };
  }
  return out;
}
