/** Labels brought together with what was captured: which record is part of which attack. */
import { basename } from "node:path";
import { type Problem, Problems } from "../../lib/yaml.ts";
import { type LabelledTime, type OwnLabels, type RecordLabels, type TimeLabels, UNNAMED, type Unit } from "./labels.ts";

export interface Attack {
  name: string;
  /** Which capture it is in, by its first record; the first one when it has none. */
  capture: number;
  /** Seconds since 1970: of its first and last record, or as its label says. */
  from: number;
  to: number;
  /** Numbers of its records, rising. Records of an attack that took some away are the next ones that were left. */
  records: number[];
}

export interface Truth {
  unit: Unit;
  /** Seconds since 1970 of each record. */
  times: Float64Array;
  /** Of each record: 1 attack, 0 benign, -1 left out. */
  labels: Int8Array;
  /** In the order of their beginning. */
  attacks: Attack[];
  /** First and last time of each capture, seconds since 1970. */
  spans: { from: number; to: number }[];
  /** What is odd about the labels, for people. */
  warnings: string[];
}

export interface Recorded {
  unit: Unit;
  /** Seconds since 1970 of each record of the run. */
  times: readonly number[];
  /** Records of each capture, in the order of the run. */
  perCapture: readonly { name: string; records: number }[];
}

/** Seconds between a strike's time and a record of its name that still belongs to it. */
const NEAR = 1;

/**
 * @param gap  records of one name at most this many seconds apart are one attack
 * @throws Problems when labels speak of records that are not there; RangeError when files and captures do not pair
 */
export function truthOf(recorded: Recorded, files: readonly OwnLabels[], gap: number): Truth {
  const { unit, times, perCapture } = recorded;
  const warnings: string[] = [];
  const labels = new Int8Array(times.length);
  const named = placed(
    recorded,
    files.filter((f) => f.kind === "records"),
    warnings,
  );
  for (const { number, name } of named) labels[number - 1] = name === "" ? -1 : 1;
  const strikes = files.filter((f): f is TimeLabels => f.kind === "times").flatMap((f) => f.times);
  const onset = times.length ? times[0]! : 0;
  const attacks = strikes.map((s): Attack & { strike: LabelledTime } => {
    const shift = s.relative ? onset : 0;
    return { name: s.name, capture: 0, from: s.from + shift, to: s.to + shift, records: [], strike: s };
  });
  const recordsLabelled = files.some((f) => f.kind === "records");
  if (!recordsLabelled) byTime(attacks, times, labels);
  const rest = recordsLabelled ? unclaimed(named, attacks, times) : [];
  const all: Attack[] = [...attacks.map(({ strike: _, ...attack }) => attack), ...grouped(rest, times, gap)];
  for (const { strike, records } of attacks)
    if (!records.length)
      warnings.push(`${strike.name}: contains none of the ${times.length} ${unit} (line ${strike.line})`);
  if (perCapture.length && !labels.includes(1)) warnings.push("no record is labelled as an attack");
  const { spans, captureOf } = spansOf(recorded);
  for (const attack of all) attack.capture = attack.records.length ? captureOf(attack.records[0]!) : 0;
  all.sort((a, b) => a.capture - b.capture || a.from - b.from || (a.name < b.name ? -1 : 1));
  return { unit, times: Float64Array.from(times), labels, attacks: all, spans, warnings };
}

function spansOf({ times, perCapture }: Recorded): { spans: Truth["spans"]; captureOf: (number: number) => number } {
  const ends: number[] = [];
  const spans = perCapture.map(({ records }) => {
    const begin = ends.at(-1) ?? 0;
    ends.push(begin + records);
    let [from, to] = [Infinity, -Infinity];
    for (let i = begin; i < begin + records; i++) [from, to] = [Math.min(from, times[i]!), Math.max(to, times[i]!)];
    return records ? { from, to } : { from: 0, to: 0 };
  });
  return {
    spans,
    captureOf: (number) =>
      Math.max(
        0,
        ends.findIndex((end) => number <= end),
      ),
  };
}

interface Named {
  /** In the run, from 1. */
  number: number;
  name: string;
}

/** @throws RangeError when it is not one file for the whole run, nor one for each capture */
export function checkPairs(files: number, captures: number): void {
  if (files > 1 && files !== captures)
    throw new RangeError(
      `${files} label files for ${captures} captures: expected one for the whole run, or one for each`,
    );
}

/** Records in the numbers of the run. One file speaks of the whole run, as many as captures of a capture each. */
function placed({ unit, times, perCapture }: Recorded, files: readonly RecordLabels[], warnings: string[]): Named[] {
  checkPairs(files.length, perCapture.length);
  const problems: Problem[] = [];
  let before = 0;
  const named = files.flatMap((file, i) => {
    const there = files.length > 1 ? perCapture[i]!.records : times.length;
    const shift = before;
    before += there;
    if (file.last > there)
      problems.push({
        file: file.file,
        line: file.lastLine,
        column: 1,
        path: "",
        what: `record ${file.last}, but the captures have ${there} ${unit}`,
      });
    if (file.unit && file.unit !== unit)
      throw new RangeError(`${file.file}: labels of ${file.unit}, but ${unit} are evaluated`);
    if (file.amongOthers && file.last !== there)
      throw new RangeError(
        `${file.file}: ${file.last} rows without a number for ${there} ${unit}: expected one for each, ` +
          "or a column number, or both addresses of a flow",
      );
    if (file.complete && file.last < there)
      warnings.push(`${file.file}: ends at ${file.last} of ${there} ${unit}: the rest counts as benign`);
    const unnamed = files.length > 1 ? `${UNNAMED} in ${basename(perCapture[i]!.name)}` : UNNAMED;
    return file.records.map(({ number, name }) => ({
      number: number + shift,
      name: name === UNNAMED ? unnamed : name,
    }));
  });
  if (problems.length) throw new Problems(problems);
  return named;
}

/** Everything in an attack's time is its own, where nothing else is known. */
function byTime(attacks: Attack[], times: readonly number[], labels: Int8Array): void {
  for (const attack of attacks)
    for (const [i, time] of times.entries())
      if (time >= attack.from && time <= attack.to) {
        attack.records.push(i + 1);
        labels[i] = 1;
      }
}

/** Gives records to the attack of their name that is nearest in time; returns those that none is near to. */
function unclaimed(named: readonly Named[], attacks: Attack[], times: readonly number[]): Named[] {
  return named.filter(({ number, name }) => {
    if (name === "") return false;
    const time = times[number - 1]!;
    let best: Attack | undefined;
    let least = NEAR;
    for (const attack of attacks) {
      if (attack.name !== name) continue;
      const away = Math.max(0, attack.from - time, time - attack.to);
      if (away < least) [best, least] = [attack, away];
    }
    best?.records.push(number);
    return !best;
  });
}

/** Records of one name near each other are one attack. */
function grouped(named: readonly Named[], times: readonly number[], gap: number): Attack[] {
  const attacks: Attack[] = [];
  const open = new Map<string, Attack>();
  for (const { number, name } of [...named].sort((a, b) => a.number - b.number)) {
    const time = times[number - 1]!;
    let attack = open.get(name);
    if (!attack || Math.abs(time - attack.to) > gap) {
      attack = { name, capture: 0, from: time, to: time, records: [] };
      open.set(name, attack);
      attacks.push(attack);
    }
    if (attack.records.at(-1) !== number) attack.records.push(number);
    attack.to = Math.max(attack.to, time);
  }
  return attacks;
}
