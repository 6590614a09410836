/** Captures, learned again in slices of time: what came once only is told by which of them have it (detectors/baseline/votes.ts). */
import { RecordHeader, RecordKind } from "../../appliance/contract/abi.ts";
import { afterRecord, layRecord } from "../../appliance/contract/records.ts";
import type { Appliance } from "../../appliance/hosts/embedded/appliance.ts";
import { embed } from "../../appliance/hosts/node.ts";
import { CaptureReader } from "../../captures/reader.ts";
import { detectorOf, mergeEntries } from "../../detectors/baseline/merge.ts";
import { DETECTORS } from "../../detectors/baseline/registry.ts";
import { PARTS, VOTING, voted } from "../../detectors/baseline/votes.ts";
import type { Entry } from "../../detectors/learned.ts";
import type { CompiledPolicy } from "../../diode/policy.ts";
import type { Clock } from "./clock.ts";
import { exportedOf, type Lesson } from "./learn.ts";

/** Slices that are learned at a time: records out of order find theirs open. */
const OPEN = 4;

/** Appliances that learn slices of one capture, each from a fresh start. */
class Learners {
  readonly #policy: CompiledPolicy;
  readonly #entries: Entry[][];
  /** By slice, the one used last behind the others. */
  readonly #open = new Map<number, { appliance: Appliance; last: bigint; packets: bigint }>();

  /** @param entries of each slice: what is learned is added */
  constructor(policy: CompiledPolicy, entries: Entry[][]) {
    this.#policy = policy;
    this.#entries = entries;
  }

  /** Learns records of a slice, the last of which has this time and number. */
  async take(slice: number, records: Uint8Array, last: bigint, packets: bigint): Promise<void> {
    const found = this.#open.get(slice);
    this.#open.delete(slice);
    if (!found && this.#open.size === OPEN) this.#close(this.#open.keys().next().value!);
    const one = found ?? { appliance: await embed(this.#policy.parts), last, packets };
    this.#open.set(slice, one);
    one.last = last > one.last ? last : one.last;
    one.packets = packets;
    one.appliance.input.set(records);
    this.#run(slice, one.appliance, records.length);
  }

  #close(slice: number): void {
    const { appliance, last, packets } = this.#open.get(slice)!;
    this.#open.delete(slice);
    const end = { time: last, number: packets + 1n, link: 0, kind: RecordKind.END };
    this.#run(slice, appliance, layRecord(appliance.input, 0, new Uint8Array(0), end));
  }

  #run(slice: number, appliance: Appliance, length: number): void {
    const record = (json: Uint8Array) => {
      const { entry } = exportedOf(json) ?? {};
      if (entry) this.#entries[slice]!.push(entry);
    };
    appliance.run(length, { forwarded: () => undefined, record });
  }

  end(): void {
    for (const slice of [...this.#open.keys()]) this.#close(slice);
  }
}

/** Learns a capture's frames, which begin at `start` of the line, in slices of so many seconds. */
async function learnSlices(
  { name, clock, start }: { name: string; clock: Clock; start: number },
  seconds: number,
  policy: CompiledPolicy,
  slices: Entry[][],
): Promise<void> {
  const reader = await CaptureReader.open([name]);
  const learners = new Learners(policy, slices);
  const target = new Uint8Array(131072);
  const record = new RecordHeader(target);
  for (let length = await reader.fill(target); length; length = await reader.fill(target)) {
    record.at = 0;
    while (record.at < length) {
      const begin = record.at;
      let [slice, last, packets] = [-1, 0n, 0n];
      for (; record.at < length; record.at = afterRecord(record)) {
        const position = start + clock.at(Number(record.time) / 1e9);
        const own = Math.min(slices.length - 1, Math.floor(position / seconds));
        if (slice !== -1 && own !== slice) break;
        [slice, last, packets] = [own, record.time > last ? record.time : last, record.number];
      }
      await learners.take(slice, target.subarray(begin, record.at), last, packets);
    }
  }
  learners.end();
  await reader.close();
}

/**
 * What captures that follow each other have taught, voted on; as it is where they are short in all, are of a bus, or come from
 * standard input.
 */
export async function votedEntries(
  lessons: readonly Pick<Lesson, "capture" | "entries" | "clock">[],
  policy: CompiledPolicy,
  begins: () => void,
): Promise<Entry[]> {
  const entries = lessons.flatMap((lesson) => lesson.entries);
  let total = 0;
  const line = lessons.map(({ capture: { name }, clock }) => {
    total += clock.seconds;
    return { name, clock, start: total - clock.seconds };
  });
  if (total < VOTING || line.some(({ name }) => name === "-")) return entries;
  if (!entries.some((entry) => detectorOf(entry).things)) return entries;
  const slices: Entry[][] = Array.from({ length: PARTS }, () => []);
  begins();
  for (const one of line) await learnSlices(one, total / PARTS, policy, slices);
  const parts = lessons.length > 1 ? slices.map(mergeEntries) : slices;
  const all = voted(lessons.length > 1 ? mergeEntries(entries) : entries, parts, detectorOf);
  return DETECTORS.reduce((spoilt, { unspoilt }) => unspoilt?.(spoilt, parts) ?? spoilt, all);
}
