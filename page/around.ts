/** The records around one of them, decoded: what an analyst wants to see behind an alert. */
import { RECORD_HEADER, RecordHeader } from "../appliance/contract/abi.ts";
import { afterRecord } from "../appliance/contract/records.ts";
import { decodeChapter10 } from "../captures/mil1553/index.ts";
import { CaptureReader } from "../captures/reader.ts";
import { Decoder } from "../ip/decode/decoder.ts";
import { toJson } from "../ip/decode/format.ts";

export interface Around {
  /** From 1. */
  number: number;
  /** What weir decode says of it. */
  decoded: Record<string, unknown>;
  /** The frame's bytes; none for a 1553 message, whose words are in `decoded`. */
  bytes: Uint8Array | undefined;
}

/** @param number of the packet, from 1 @param side records before and behind */
export async function framesAround(captures: readonly string[], number: number, side: number): Promise<Around[]> {
  const reader = await CaptureReader.open([...captures]);
  const decoder = await Decoder.create();
  const found: Around[] = [];
  const last = number + side;
  for (let done = 0; done < last; ) {
    const length = await reader.fill(decoder.input);
    if (length === 0) break;
    done = reader.progress.packets;
    if (done < number - side) continue;
    const { buffer, byteOffset } = decoder.input;
    const bytes = new Map<number, Uint8Array>();
    for (const record = new RecordHeader(decoder.input); record.at < length; record.at = afterRecord(record)) {
      const n = Number(record.number);
      const start = byteOffset + record.at + RECORD_HEADER;
      if (Math.abs(n - number) <= side) bytes.set(n, new Uint8Array(buffer, start, record.captured).slice());
    }
    for (const packet of decoder.decode(length)) {
      const n = Number(packet.u64("number"));
      if (Math.abs(n - number) <= side)
        found.push({ number: n, decoded: JSON.parse(toJson(packet)), bytes: bytes.get(n) });
    }
  }
  await reader.close();
  return found;
}

/** The same for 1553 messages, counted over all buses. */
export async function messagesAround(captures: readonly string[], number: number, side: number): Promise<Around[]> {
  const reader = await CaptureReader.open([...captures]);
  const text = new TextDecoder("latin1");
  const found: Around[] = [];
  let done = 0;
  let rest = "";
  await decodeChapter10(reader, { rows: "json" }, (piece) => {
    const lines = (rest + text.decode(piece)).split("\n");
    rest = lines.pop()!;
    for (const line of lines)
      if (Math.abs(++done - number) <= side)
        found.push({ number: done, decoded: JSON.parse(line) as Record<string, unknown>, bytes: undefined });
  });
  await reader.close();
  return found;
}
