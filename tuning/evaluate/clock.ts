/** Times as label files write them. */
import { isDay } from "../../lib/timestamp.ts";

/** Seconds below are since the first record. */
const ABSOLUTE = 1e8;

export interface LabelTime {
  seconds: number;
  /** Since the first record, not since 1970. */
  relative: boolean;
  /** Seconds that the last digit stands for. */
  step: number;
  /** It says nothing of its zone: the capture's clock may be another. */
  zoneless?: boolean;
  /** It may be twelve hours later: hours are written up to 12, and nothing says which half of the day. */
  half?: boolean;
}

const stepOf = (fraction = ""): number => (fraction.length > 1 ? 10 ** (1 - fraction.length) : 1);

/** ISO 8601, or seconds: since 1970, or (below 10^8) since the first record. */
export function timeOf(text: string): LabelTime | undefined {
  const plain = /^\d+(\.\d*)?$/.exec(text);
  if (plain) return { seconds: Number(text), relative: Number(text) < ABSOLUTE, step: stepOf(plain[1]) };
  const iso = /^(\d{4}[-/]\d\d[-/]\d\d)[T ](\d\d:\d\d:\d\d)(\.\d+)?\s*(Z|[+-]\d\d:?\d\d)?$/.exec(text);
  if (!iso) return undefined;
  const zone = iso[4] && iso[4] !== "Z" ? `${iso[4].slice(0, 3)}:${iso[4].slice(-2)}` : "Z";
  const day = iso[1]!.replaceAll("/", "-");
  const whole = Date.parse(`${day}T${iso[2]}${zone}`);
  if (Number.isNaN(whole) || !isDay(day)) return undefined;
  const seconds = whole / 1000 + Number(iso[3] ?? 0);
  return { seconds, relative: false, step: stepOf(iso[3]), ...(!iso[4] && { zoneless: true }) };
}

const SLASHED = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d\d)(?::(\d\d)(\.\d+)?)?(?: ?([AP])M)?$/i;

/**
 * What reads the times of one file: those of timeOf(), and dates with slashes as flow meters of Java write them. Which of
 * the two numbers is the month follows from all: one that is above 12 is none; else the day comes first.
 */
export function clockOf(all: Iterable<string>): (text: string) => LabelTime | undefined {
  let [monthFirst, late] = [false, false];
  for (const text of all) {
    const found = SLASHED.exec(text);
    if (!found) continue;
    if (Number(found[2]) > 12) monthFirst = true;
    if (Number(found[4]) > 12 || found[4] === "0" || found[4] === "00" || found[8]) late = true;
  }
  return (text) => timeOf(text) ?? slashed(text, monthFirst, !late);
}

function slashed(text: string, monthFirst: boolean, half: boolean): LabelTime | undefined {
  const found = SLASHED.exec(text);
  if (!found) return undefined;
  const [first, second, year, hour, minute] = found.slice(1, 6).map(Number) as [number, number, number, number, number];
  const [day, month] = monthFirst ? [second, first] : [first, second];
  const noon = found[8] ? (hour % 12) + (found[8].toUpperCase() === "P" ? 12 : 0) : hour;
  const seconds = Date.UTC(year, month - 1, day, noon, minute, Number(found[6] ?? 0)) / 1000;
  if (month < 1 || month > 12 || new Date(seconds * 1000).getUTCDate() !== day || hour > 23 || minute > 59)
    return undefined;
  const step = found[6] === undefined ? 60 : stepOf(found[7]);
  return { seconds: seconds + Number(found[7] ?? 0), relative: false, step, zoneless: true, half };
}
