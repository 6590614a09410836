/** Which captures belong together: a recorder that begins a new file each few minutes writes one capture, in pieces. */
import { VOTING } from "../../detectors/baseline/votes.ts";
import type { Surveyed } from "./survey.ts";

/** Seconds between the end of a file and the beginning of the next; and how far the two may overlap. */
const APART = 600;
const OVERLAP = 1;

/**
 * Files in groups that vote together: of files that follow each other as many as make an hour. A rest that is too short goes
 * with the group before it. Groups come in the order of their first files, as given; those of a group in that of their times.
 */
export function groupsOf<T extends { survey: Surveyed }>(files: readonly T[]): T[][] {
  const timeOf = ({ survey }: T) => survey.clock.longest;
  const lengthOf = (group: readonly T[]) => group.reduce((sum, { survey }) => sum + survey.clock.seconds, 0);
  const joinRest = (all: T[][], from: number) => {
    if (all.length < from + 2 || lengthOf(all.at(-1)!) >= VOTING) return;
    const rest = all.pop()!;
    all.at(-1)!.push(...rest);
  };
  const inTime = [...files].sort((a, b) => timeOf(a).from - timeOf(b).from);
  const groups: T[][] = [];
  let before: T | undefined;
  let first = 0; // group of the files that follow each other
  for (const file of inTime) {
    const apart = before === undefined ? Infinity : timeOf(file).from - timeOf(before).to;
    const follows = apart >= -OVERLAP && apart <= APART;
    if (!follows) {
      joinRest(groups, first);
      first = groups.length;
    }
    const last = groups.at(-1);
    if (follows && last && lengthOf(last) < VOTING) last.push(file);
    else groups.push([file]);
    before = file;
  }
  joinRest(groups, first);
  const places = new Map(files.map((file, i) => [file, i]));
  const placeOf = (group: readonly T[]) => Math.min(...group.map((file) => places.get(file)!));
  return groups.sort((a, b) => placeOf(a) - placeOf(b));
}
