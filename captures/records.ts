/** Captures as the stream of records that hosts take: batches from the reader, then one END record. */
import { RecordKind } from "../appliance/contract/abi.ts";
import { layRecord } from "../appliance/contract/records.ts";

/** What lays out records: CaptureReader, or a part of what it reads. */
export interface RecordSource {
  /** Lays the next records into the target; returns their bytes, 0 at the end. */
  fill(target: Uint8Array): Promise<number>;
  /** Of what was laid out; complete at the end. */
  readonly summary: { readonly packets: number; readonly last?: bigint | undefined };
}

/**
 * Yields batches laid into `buffer` (INPUT_SIZE bytes): views of it, valid until the next is asked for. The END record
 * carries the time of the last packet, so that what is reported at the end belongs to the capture's own time.
 */
export async function* recordStream(reader: RecordSource, buffer: Uint8Array): AsyncGenerator<Uint8Array> {
  for (;;) {
    const length = await reader.fill(buffer);
    if (length === 0) break;
    yield buffer.subarray(0, length);
  }
  const { last = 0n, packets } = reader.summary;
  const end = { time: last, number: BigInt(packets + 1), link: 0, kind: RecordKind.END };
  yield buffer.subarray(0, layRecord(buffer, 0, new Uint8Array(0), end));
}
