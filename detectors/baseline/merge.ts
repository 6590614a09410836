// REQ-DETECT-003
/** Baselines as sets of entries that compose, over all detectors that learn. */
import type { Entry, LearnedDetector, Wanted } from "../learned.ts";
import { type Accepted, type Baseline, hoursOf, sameCapture } from "./file.ts";
import { DETECTORS } from "./registry.ts";
import { mergedOnce, normalOf } from "./votes.ts";

/** @throws RangeError for an entry of a detector that this version does not have */
export function detectorOf(entry: Entry): LearnedDetector {
  const found = DETECTORS.find(({ name }) => entry.detector === name || entry.detector.startsWith(`${name}.`));
  if (!found) throw new RangeError(`entry of "${entry.detector}", a detector that this version does not have`);
  return found;
}

/** Entries of the same thing become one. In the order of the detectors, then of their keys: the same set, the same list. */
export function mergeEntries(entries: readonly Entry[]): Entry[] {
  const merged = new Map<LearnedDetector, Map<string, Entry>>(DETECTORS.map((detector) => [detector, new Map()]));
  for (const entry of entries) {
    const detector = detectorOf(entry);
    const own = merged.get(detector)!;
    const key = `${entry.detector} ${detector.keyOf(entry)}`;
    const before = own.get(key);
    own.set(key, before ? mergedOnce(before, entry, detector.merge(before, entry), detectorOf) : entry);
  }
  return [...merged.values()].flatMap((own) => [...own].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry));
}

/** Everything that follows from captures and entries. */
export function baselineOf(
  captures: Baseline["captures"],
  entries: readonly Entry[],
  wanted: Wanted,
  accepted: readonly Accepted[] = [],
): Baseline {
  const merged = mergeEntries(entries);
  const hours = hoursOf({ captures });
  const thresholds = DETECTORS.flatMap((detector) =>
    detector.thresholds(
      merged.filter((entry) => detectorOf(entry) === detector),
      wanted,
      hours,
    ),
  );
  return {
    ...{ captures, falseAlarmsPerHour: wanted.rate, thresholds, entries: merged },
    ...(accepted.length && { accepted: [...accepted] }),
  };
}

/** As if their captures had been learned together. A capture that is in several is refused. */
export function mergeBaselines(baselines: readonly Baseline[], wanted: Wanted): Baseline {
  const captures = baselines.flatMap((baseline) => baseline.captures);
  captures.sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : a.sha256 < b.sha256 ? -1 : 1));
  for (const [i, one] of captures.entries()) {
    const same = sameCapture(captures.slice(0, i), one);
    const number = one.sha256 || one.records;
    if (same) throw new RangeError(`${one.name} (sha256 ${number!.slice(0, 16)}...) was learned twice`);
  }
  return baselineOf(
    captures,
    baselines.flatMap(({ entries }) => entries),
    wanted,
    baselines.flatMap(({ accepted = [] }) => accepted).sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)),
  );
}

/** Its entries without what came once. */
export const normalEntries = ({ entries }: Pick<Baseline, "entries">): Entry[] => normalOf(entries, detectorOf);

/** The sections of inspect's part of the policy. @throws RangeError that says what does not fit */
export function packBaseline({ entries: all, thresholds }: Baseline): { tag: number; bytes: Uint8Array }[] {
  const entries = normalOf(all, detectorOf);
  return DETECTORS.flatMap((detector) => {
    const own = entries.filter((entry) => detectorOf(entry) === detector);
    if (!own.length) return [];
    const { name } = detector;
    const limits = thresholds.filter((t) => t.detector === name || t.detector.startsWith(`${name}.`));
    return [{ tag: detector.tag, bytes: detector.pack(own, limits) }];
  });
}
