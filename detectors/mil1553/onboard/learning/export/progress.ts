// How far an export has come: entries leave one by one, and a row too long for one entry continues in the next.
import { Text } from "../../../../../lib/onboard/text";

/** What entries are about, in the order in which they leave. */
export const enum Stage {
  BUS,
  MESSAGE,
  ORDER,
  TERMINAL,
  RESPONSE,
  PAUSES,
  CLOCK,
  DATA,
  END,
}

@unmanaged
export class Progress {
  stage: u32; // Stage
  row: u32; // of the stage's table
  part: u32; // of the row's list: where the next entry begins
  begun: usize; // where the text of the entry at hand begins
}

/** Bytes of an entry behind which no further item of a list is begun. */
const FULL: usize = 640;

/** Whether an item of up to `room` bytes, or of a few, is to wait for the next entry. */
export function isFull(t: Text, p: Progress, room: usize = 0): bool {
  return t.at - p.begun > FULL - room;
}

export function enter(p: Progress, stage: u32): void {
  p.stage = stage;
  nextRow(p, 0);
}
export function nextRow(p: Progress, row: u32): void {
  p.row = row;
  p.part = 0;
}
