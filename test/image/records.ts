// Records for replays, and what the test compartments make of them.
import { RecordKind } from "../../appliance/contract/abi.ts";
import { recordOf } from "../../appliance/contract/records.ts";

export interface TestRecord {
  kind: number;
  bytes: Uint8Array;
}

/** One record of the stream (appliance/contract/onboard/abi.ts). */
export function pack({ kind, bytes }: TestRecord, number: number): Uint8Array {
  const time = 1_700_000_000_000_000_000n + BigInt(number) * 1000n;
  return recordOf(bytes, { time, number: BigInt(number), kind });
}

/** The stream: these frames, then END. */
export function stream(frames: readonly Uint8Array[]): Buffer {
  const records = frames.map((bytes) => ({ kind: RecordKind.FRAME as number, bytes }));
  const all = [...records, { kind: RecordKind.END, bytes: new Uint8Array() }];
  return Buffer.concat(all.map((record, n) => pack(record, n + 1)));
}

/** A frame of this length whose first byte says what becomes of it, the rest a pattern of its own. */
export function frame(first: number, length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = (seed * 2654435761 + 1) >>> 0;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  if (length) bytes[0] = first;
  return bytes;
}
