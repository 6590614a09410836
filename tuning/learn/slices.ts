/** The same capture, learned in slices of time: what only one of them has was seen once (detectors/baseline/votes.ts). */
import { detectorOf } from "../../detectors/baseline/merge.ts";
import { DETECTORS } from "../../detectors/baseline/registry.ts";
import { SLICES, VOTING, voted } from "../../detectors/baseline/votes.ts";
import type { Entry } from "../../detectors/learned.ts";
import type { CompiledPolicy } from "../../diode/policy.ts";
import { type Recording, windowsOf } from "../tune/blocks.ts";
import { learnWindow } from "../tune/replay.ts";
import type { Lesson } from "./learn.ts";

/** Its entries, voted on; as they are where the capture is short, is of a bus, or comes from standard input. */
export async function votedEntries(
  { capture, entries, reader }: Pick<Lesson, "capture" | "entries" | "reader">,
  policy: CompiledPolicy,
  begins: () => void,
): Promise<Entry[]> {
  const { name, sha256, seconds, packets, messages } = capture;
  const { first } = reader.summary;
  if (sha256 === "" || seconds < VOTING || packets === 0 || first === undefined) return entries;
  if (!entries.some((entry) => detectorOf(entry).things)) return entries;
  const recording: Recording = {
    ...{ name, sha256, start: 0, seconds, first: Number(first) / 1e9, packets, messages, layout: undefined },
  };
  const slices: Entry[][] = [];
  begins();
  for (const window of windowsOf({ seconds }, SLICES))
    slices.push((await learnWindow([recording], window, policy)).entries);
  // A clock that jumped puts all into one slice: nothing follows from that
  if (slices.filter((slice) => slice.length).length < SLICES / 2) return entries;
  const all = voted(entries, slices, detectorOf);
  return DETECTORS.reduce((spoilt, { unspoilt }) => unspoilt?.(spoilt, slices) ?? spoilt, all);
}
