/** Records, events and frames one behind the other, as compartments and hosts give them to each other. */
import { align8 } from "./abi.ts";
import { EventHeader, FrameHeader, RecordHeader, type RecordHeaderFields, RecordKind } from "./generated/record.ts";

/** Where the record behind this one starts. */
export const afterRecord = (record: RecordHeader): number => record.at + RecordHeader.SIZE + align8(record.captured);

/** Where the event behind this one starts. */
export const afterEvent = (event: EventHeader): number => event.at + EventHeader.SIZE + align8(event.json + event.text);

/** Where the frame behind this one starts. */
export const afterFrame = (frame: FrameHeader): number =>
  frame.at + FrameHeader.SIZE + align8(frame.length + frame.json + frame.text);

/** Bytes that a record with this many captured bytes takes. */
export const recordSize = (captured: number): number => RecordHeader.SIZE + align8(captured);

/**
 * Lays a record at target[at..]; returns where the next one goes.
 * @param fields what is not as in an Ethernet frame that came whole at time 0
 */
export function layRecord(
  target: Uint8Array,
  at: number,
  bytes: Uint8Array,
  fields: Partial<RecordHeaderFields> = {},
): number {
  const end = at + recordSize(bytes.length);
  new RecordHeader(target, at).write({
    ...{ time: 0n, number: 1n, captured: bytes.length, original: bytes.length },
    ...{ link: 1, kind: RecordKind.FRAME, source: 0, verdict: 0 },
    ...fields,
  });
  target.set(bytes, at + RecordHeader.SIZE);
  target.fill(0, at + RecordHeader.SIZE + bytes.length, end);
  return end;
}

/** A record by itself. */
export function recordOf(bytes: Uint8Array, fields: Partial<RecordHeaderFields> = {}): Uint8Array {
  const record = new Uint8Array(recordSize(bytes.length));
  layRecord(record, 0, bytes, fields);
  return record;
}
