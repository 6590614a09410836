/** Learning on the ground: each capture through the very compartments that fly, in learning mode, from a fresh start. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { embed } from "../../appliance/hosts/node.ts";
import { Hints } from "../../captures/hints.ts";
import { CaptureReader } from "../../captures/reader.ts";
import { recordStream } from "../../captures/records.ts";
import type { Learned } from "../../detectors/baseline/file.ts";
import type { Entry } from "../../detectors/learned.ts";
import type { CompiledPolicy } from "../../diode/policy.ts";
import type { Clock } from "./clock.ts";
import { SurveyedSource } from "./survey.ts";

/** What is in a `weir_baseline` event. */
export interface Exported {
  /** From 1: which export of this start of the appliance. */
  export: number;
  /** From 1: which entry of it. */
  n: number;
  entry?: Entry;
  /** The last one instead says how many entries there were, and of what. */
  end?: { entries: number; packets: number; messages: number; evictions: number; seconds: number };
}

const MARK = Buffer.from('"event_type":"weir_baseline"');
const decoder = new TextDecoder();

/** The members of a `weir_baseline` event; undefined for every other record. */
export function exportedOf(json: Uint8Array): Exported | undefined {
  if (!Buffer.from(json.buffer, json.byteOffset, json.length).includes(MARK)) return undefined;
  return (JSON.parse(decoder.decode(json)) as { baseline: Exported }).baseline;
}

export interface Lesson {
  capture: Learned;
  entries: Entry[];
  /** Records that a full table forgot while learning: what they held is missing in the entries. */
  evictions: number;
  /** What was damaged in the capture: good packets were learned all the same. */
  reader: CaptureReader;
  /** What the capture looks like, where it was not taken on the wire. */
  hints: string[];
  /** Of its frames. */
  clock: Clock;
}

/**
 * @param path a capture, or `-`
 * @param policy in learning mode
 * @param other is given every other record of the log
 */
export async function learnCapture(
  path: string,
  policy: CompiledPolicy,
  progress: (reader: CaptureReader) => { stop(): void },
  other?: (json: Uint8Array) => void,
): Promise<Lesson> {
  const hints = await Hints.create(policy.policy.ignoreChecksums);
  const reader = await CaptureReader.open([path], { hints });
  const source = new SurveyedSource(reader);
  const appliance = await embed(policy.parts);
  const entries: Entry[] = [];
  let end: Exported["end"];
  const shown = progress(reader);
  try {
    for await (const chunk of recordStream(source, appliance.input))
      appliance.run(chunk.length, {
        forwarded: () => undefined,
        record: (json) => {
          const exported = exportedOf(json);
          if (!exported) other?.(json);
          if (exported?.entry) entries.push(exported.entry);
          if (exported?.end) end = exported.end;
        },
      });
  } finally {
    shown.stop();
    await reader.close();
  }
  if (!end) throw new Error(`${path}: the log has no end of what the appliance learned`);
  const { summary } = reader;
  const { records, clock } = source.surveyed();
  const capture: Learned = {
    name: path,
    sha256: path === "-" ? "" : await sha256Of(path),
    records,
    bytes: summary.bytes + summary.chapter10,
    packets: end.packets,
    messages: end.messages,
    first: iso(summary.first),
    last: iso(summary.last),
    // A recording's messages have times of their own
    seconds: summary.chapter10 > 0 ? end.seconds : Math.min(end.seconds, Math.floor(clock.seconds)),
  };
  return { capture, entries, evictions: end.evictions, reader, hints: hints.texts(), clock };
}

const iso = (time: bigint | undefined) => (time === undefined ? "" : new Date(Number(time / 1_000_000n)).toISOString());

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
