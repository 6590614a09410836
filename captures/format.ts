// What every format's reader is to the capture reader.
import type { RecordBatch } from "./batch.ts";
import type { Window } from "./window.ts";

/** The batch has no room for the next record. */
export const FULL = 0;
/** The file has been read to its end, or to damage behind which nothing can be trusted. */
export const STOP = -1;

/**
 * Untrusted: everything in the window. Moves window.at behind what it has read, lays packets out in the batch and counts
 * them in the summary. Returns FULL, STOP, or how many bytes from window.at it needs; never asks when window.ended.
 */
export type ReadRecords = (window: Window, batch: RecordBatch) => number;
