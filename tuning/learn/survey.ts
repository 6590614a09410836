/** What a capture holds, whatever file it is in: which records, and of what times. */
import { createHash } from "node:crypto";
import { RECORD_HEADER, RecordHeader, RecordKind } from "../../appliance/contract/abi.ts";
import { afterRecord } from "../../appliance/contract/records.ts";
import { CaptureReader } from "../../captures/reader.ts";
import type { RecordSource } from "../../captures/records.ts";
import { type Clock, Times } from "./clock.ts";

export interface Surveyed {
  /** SHA-256 of the records: the same of copies, compressed or not, and of what comes by standard input; "" of none. */
  records: string;
  clock: Clock;
}

/** Hands records on, and looks at them. */
export class SurveyedSource implements RecordSource {
  readonly #source: RecordSource;
  readonly #hash = createHash("sha256");
  readonly #times = new Times();
  #isEmpty = true;

  constructor(source: RecordSource) {
    this.#source = source;
  }

  get summary() {
    return this.#source.summary;
  }

  async fill(target: Uint8Array): Promise<number> {
    const length = await this.#source.fill(target);
    if (length > 0) this.#look(target, length);
    return length;
  }

  #look(target: Uint8Array, length: number): void {
    this.#isEmpty = false;
    const record = new RecordHeader(target);
    const { view } = record;
    let whole = 0; // up to where records are not hashed yet
    while (record.at < length) {
      const { at } = record;
      if (record.kind === RecordKind.CHAPTER10) {
        // A file comes in pieces as it is read: their headers are not the recording's
        if (at > whole) this.#hash.update(target.subarray(whole, at));
        this.#hash.update(target.subarray(at + RECORD_HEADER, at + RECORD_HEADER + record.captured));
        whole = afterRecord(record);
      } else if (record.kind === RecordKind.FRAME)
        this.#times.add((view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true)) / 1e9);
      record.at = afterRecord(record);
    }
    if (length > whole) this.#hash.update(target.subarray(whole, length));
  }

  /** Of what was handed on; once. */
  surveyed(): Surveyed {
    return { records: this.#isEmpty ? "" : this.#hash.digest("hex"), clock: this.#times.clock() };
  }
}

/** @param path of a capture; not `-` */
export async function surveyOf(path: string): Promise<Surveyed> {
  const reader = await CaptureReader.open([path]);
  const source = new SurveyedSource(reader);
  const target = new Uint8Array(131072);
  while (await source.fill(target));
  await reader.close();
  return source.surveyed();
}
