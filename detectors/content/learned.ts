/** The ground's half of the content detector: limits of what is new, and the section of the policy. */
import { Section, type Talk, talkKey, talkOf, talkText } from "../ip/section.ts";
import type { Entry, LearnedDetector, Threshold } from "../learned.ts";
import { byName } from "../pair/learned.ts";
import { sayingsOf } from "./accept.ts";
import {
  allowing,
  CLASSES,
  capturesOf,
  keyOf,
  merge,
  missing,
  missingOf,
  type Octet,
  octetsOf,
  only,
  SCHEMAS,
  scoreOf,
  sideOf,
} from "./entries.ts";
import { withoutPoison } from "./votes.ts";

/** A limit is never less: nothing new for so many doublings of what was learned; nor more of functions, whatever was learned. */
const LEAST = [3, 4, 4, 5];
const MOST = [7, 20, 20, 20];
/** Above what the time learned can tell of, for each halving of the rate that would be needed to see it. */
const MARGIN = 0.25;
const PEAK_UNIT = 256;

// The section: onboard/known.ts
const STRIDE = 16;
const MARK = 65534;
const WHAT = { limits: 1, stream: 2, said: 3, object: 4, layout: 5, octets: 6 } as const;
const RECORDS = 2560;
const BYTES = 40_960;
const STREAMS = 64;
const SAYINGS = 2048;
const LAYOUTS = 256;
/** Octets that would score less are left out: no factor makes an alarm of them that anybody wants. */
const JUDGED = 2;
/** Objects of a side beyond which it is said to be about anything. */
const OBJECTS = 256;

/** Score of an octet that a person accepted with its value: another one is news, whatever the limit. */
const SURE = 255;
const NONE: Octet = { values: [], isRange: false, isCarried: false, latest: 0, share: 0 };

const quantity = (i: number) => `new ${CLASSES[i]}, doublings of the messages since the last`;

function limitOf(i: number, entry: Entry | undefined, rate: number): Threshold {
  const hours = ((entry?.seconds as number | undefined) ?? 0) / 3600;
  const largest = [...((entry?.largest as number[] | undefined) ?? [])].sort((x, y) => y - x);
  const allowed = (rate / CLASSES.length) * hours;
  const top = (largest[Math.floor(allowed)] ?? 0) / PEAK_UNIT;
  const beyond = MARGIN * Math.log2(1 / Math.min(1, Math.max(allowed, 1e-6)));
  const limit = Math.min(MOST[i]!, Math.max(LEAST[i]!, top) + beyond);
  const method = allowed >= 1 ? "rank" : "margin";
  return { detector: "content", key: "", quantity: quantity(i), limit, method, samples: largest.length, hours };
}

/** Members of entries of what is said. */
interface Said {
  app: number;
  kind: number;
  about?: string;
  octets?: string;
}

/** What is packed of a talk; records of what it says, each with how many it takes. */
interface Packed {
  talk: Talk;
  scores: number[];
  said: Entry[];
  objects: Entry[][];
  layouts: { entry: Entry; octets: Uint8Array }[];
}

const eighths = (score: number) => Math.min(255, Math.floor(8 * score));

function packedTalks(entries: readonly Entry[]): Packed[] {
  const talks = new Map<string, Packed>();
  const kept = new Set(byName(onePerTalk(entries)).map(talkKey));
  const of = (entry: Entry) => {
    const key = talkKey(entry);
    if (!kept.has(key)) return undefined;
    const own = talks.get(key) ?? {
      talk: talkOf(entry),
      scores: [0, 0, 0, 0],
      said: [],
      objects: [[], []],
      layouts: [],
    };
    talks.set(key, own);
    return own;
  };
  for (const entry of only(entries, "said")) {
    const own = of(entry);
    if (!own) continue;
    if (entry.about === undefined) own.said.push(entry);
    else own.objects[entry.side as number]!.push(entry);
  }
  const right = new Map<string, Entry[]>();
  for (const entry of only(entries, "right")) right.set(talkKey(entry), [...(right.get(talkKey(entry)) ?? []), entry]);
  for (const entry of only(entries, "layout")) {
    const octets = judgedOctets(entry, right.get(talkKey(entry)) ?? []);
    if (octets.length) of(entry)?.layouts.push({ entry, octets });
  }
  for (const list of right.values())
    for (const layout of acceptedLayouts(list, entries)) of(layout.entry)?.layouts.push(layout);
  for (const entry of only(entries, "")) {
    const own = talks.get(talkKey(entry));
    if (own) own.scores = scoresOf(entry, own);
  }
  for (const [key, own] of talks) allow(own, right.get(key) ?? []);
  return [...talks.values()];
}

/** Adds what a person said is right (weir accept) to what was said; it changes no score. */
function allow({ said, objects }: Packed, right: readonly Entry[]): void {
  for (const entry of right) {
    if (entry.shape !== undefined) continue;
    const list = entry.about === undefined ? said : objects[entry.side as number]!;
    if (!list.some((one) => isSame(one, entry))) list.push(entry);
  }
}

const SAME = ["side", "app", "kind"] as const;
const isSame = (a: Entry, b: Entry) => SAME.every((name) => a[name] === b[name]) && a.about === b.about;
const isOf = (right: Entry, layout: Entry) =>
  SAME.every((name) => right[name] === layout[name]) && right.shape === layout.shape;

/** One entry for each talk that there is any of, in the order of their keys. */
function onePerTalk(entries: readonly Entry[]): Entry[] {
  const talks = new Map<string, Entry>();
  for (const entry of entries)
    if (entry.client !== undefined && !talks.has(talkKey(entry))) talks.set(talkKey(entry), entry);
  return [...talks].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
}

/** New functions to the server and back, new objects to the server and back. */
function scoresOf(entry: Entry, { said, objects }: Packed): number[] {
  const captures = capturesOf(entry);
  const sides = (["to", "from"] as const).map((name, i) => {
    const [messages, ofFunctions, ofObjects] = sideOf(entry, name);
    const functions = said.filter((one) => one.side === i).map(capturesOf);
    const about =
      objects[i]!.length > OBJECTS ? 0 : scoreOf(messages, ofObjects, missing(captures, objects[i]!.map(capturesOf)));
    return [eighths(scoreOf(messages, ofFunctions, missing(captures, functions))), eighths(about)];
  });
  return [sides[0]![0]!, sides[1]![0]!, sides[0]![1]!, sides[1]![1]!];
}

/** Octets that a person accepted of messages of the same layout, by their places. */
const acceptedAt = (right: readonly Entry[], i: number): number[] =>
  right.flatMap((one) =>
    one.octet === i ? [one.value as number] : one.octets === undefined ? [] : [...hexOctets(one).subarray(i, i + 1)],
  );
const hexOctets = (entry: Entry) => Buffer.from(entry.octets as string, "hex");

/** Layouts that no capture has, of what a person accepted of a conversation: these octets, or what lies between them. */
function acceptedLayouts(right: readonly Entry[], entries: readonly Entry[]): Packed["layouts"] {
  const learned = only(entries, "layout");
  const isFirst = (one: Entry, i: number) => right.findIndex((other) => other.octets && isOf(other, one)) === i;
  return right.flatMap((one, i) => {
    const isLearned = learned.some((layout) => talkKey(layout) === talkKey(one) && isOf(one, layout));
    if (one.octets === undefined || !isFirst(one, i) || isLearned) return [];
    const own = right.filter((other) => isOf(other, one));
    const bytes = Array.from(hexOctets(one), (value, place) => {
      const { values, isRange } = allowing({ ...NONE, values: [value] }, acceptedAt(own, place));
      return [place, isRange ? 0 : values.length, SURE, 0, ...[...values, 0, 0, 0, 0].slice(0, 4)];
    }).flat();
    return [{ entry: { ...one, messages: Number.MAX_SAFE_INTEGER }, octets: inRecords(bytes) }];
  });
}

/** 8 bytes each: place, values (0 = a range), score, 0, the values. */
function judgedOctets(entry: Entry, right: readonly Entry[]): Uint8Array {
  const messages = entry.messages as number;
  const captures = capturesOf(entry);
  const bytes = octetsOf(entry).flatMap((octet, i) => {
    if (!octet.values.length || octet.isCarried) return [];
    const score = scoreOf(messages, octet.latest, missingOf(octet, captures));
    if (score < JUDGED) return [];
    const allowed = allowing(
      octet,
      acceptedAt(
        right.filter((one) => isOf(one, entry)),
        i,
      ),
    );
    const values = [...allowed.values, 0, 0, 0, 0].slice(0, 4);
    return [i, allowed.isRange ? 0 : allowed.values.length, eighths(score), 0, ...values];
  });
  return inRecords(bytes);
}

const inRecords = (bytes: number[]) =>
  Uint8Array.from(bytes.length % STRIDE ? [...bytes, ...new Array(8).fill(0)] : bytes);

const recordsOf = ({ octets }: { octets: Uint8Array }) => 2 + octets.length / STRIDE;

/** Leaves out what does not fit: first the layouts with fewest messages, then the objects of whoever has most of them. */
function fitted(talks: Packed[], taken: number): Packed[] {
  const hosts = new Set(talks.flatMap(({ talk }) => [talk.client, talk.server]));
  const bytes = 8 + [...hosts].reduce((sum, host) => sum + (host.includes(":") ? 16 : 4), 0);
  const room = Math.min(RECORDS, Math.floor((BYTES - bytes) / STRIDE)) - taken - talks.length;
  let sayings = talks.reduce(
    (sum, { said, objects }) => sum + said.length + objects[0]!.length + objects[1]!.length,
    0,
  );
  const sides = talks.flatMap((talk) => [0, 1].map((i) => ({ talk, i, count: talk.objects[i]!.length })));
  for (const { talk, i, count } of sides.sort((a, b) => b.count - a.count)) {
    if (count <= OBJECTS && sayings <= Math.min(room, SAYINGS)) break;
    talk.objects[i] = [];
    talk.scores[2 + i] = 0;
    sayings -= count;
  }
  const layouts = talks.flatMap((talk) => talk.layouts.map((layout) => ({ talk, layout })));
  layouts.sort((a, b) => (b.layout.entry.messages as number) - (a.layout.entry.messages as number));
  for (const { talk } of layouts) talk.layouts = [];
  let left = room - sayings;
  for (const { talk, layout } of layouts.slice(0, LAYOUTS)) {
    if (recordsOf(layout) > left) continue;
    talk.layouts.push(layout);
    left -= recordsOf(layout);
  }
  return talks;
}

function addSaid(section: Section, what: number, entry: Entry, number?: string): void {
  section.add((view) => {
    view.setUint16(0, MARK, true);
    view.setUint8(2, what);
    view.setUint8(3, (entry.app as number) | ((entry.side as number) << 7));
    view.setUint32(4, entry.kind as number, true);
    if (number !== undefined) view.setBigUint64(8, BigInt(`0x${number}`), true);
  });
}

export const content: LearnedDetector = {
  name: "content",
  tag: 45,
  entries: SCHEMAS,
  keyOf,
  merge,
  thresholds: (entries, { rate }) => {
    const peaks = only(entries, "peaks");
    return CLASSES.map((_, i) =>
      limitOf(
        i,
        peaks.find((entry) => entry.class === i),
        rate,
      ),
    );
  },
  pack(entries, thresholds) {
    const section = new Section("functions, objects and layouts of conversations", STRIDE);
    const streams = only(entries, "stream").slice(0, STREAMS);
    section.add((view) => {
      view.setUint16(0, MARK, true);
      view.setUint8(2, WHAT.limits);
      for (const i of CLASSES.keys()) {
        const limit = thresholds.find((one) => one.quantity === quantity(i))?.limit ?? MOST[i]!;
        view.setUint16(8 + 2 * i, Math.max(1, Math.min(0xffff, Math.ceil(limit * PEAK_UNIT))), true);
      }
    });
    for (const entry of streams)
      section.add((view) => {
        view.setUint16(0, MARK, true);
        view.setUint8(2, WHAT.stream);
        view.setUint8(3, entry.broken as number);
        view.setBigUint64(8, BigInt(`0x${entry.stream}`), true);
      });
    for (const { talk, scores, said, objects, layouts } of fitted(packedTalks(entries), 1 + streams.length)) {
      section.add((view) => {
        section.talk(view, talk);
        for (const [i, score] of scores.entries()) view.setUint8(8 + i, score);
      });
      for (const entry of said) addSaid(section, WHAT.said, entry);
      for (const entry of objects.flat()) addSaid(section, WHAT.object, entry, entry.about as string);
      for (const { entry, octets } of layouts) {
        addSaid(section, WHAT.layout, entry, entry.shape as string);
        section.add((view) => {
          view.setUint16(0, MARK, true);
          view.setUint8(2, WHAT.octets);
          view.setUint8(3, octets.length / STRIDE);
        });
        for (let at = 0; at < octets.length; at += STRIDE)
          section.add((view) => {
            for (let i = 0; i < STRIDE; i++) view.setUint8(i, octets[at + i]!);
          });
      }
    }
    return section.bytes(RECORDS);
  },
  things: (entry) => (entry.detector === "content.said" ? [{ name: keyOf(entry) }] : []),
  unspoilt: withoutPoison,
  accept: sayingsOf,
  show(entry, words) {
    const name = entry.detector.slice("content.".length);
    if (name === "peaks")
      return `new ${CLASSES[entry.class as number]}: ${(entry.largest as number[]).length} in ${entry.seconds} s`;
    if (name === "stream")
      return `stream ${entry.stream}: ${entry.frames} frames, rules broken 0x${(entry.broken as number).toString(16)}`;
    const talk = talkText(talkOf(entry));
    if (name === "")
      return `${talk}: ${sideOf(entry, "to")[0]} messages to the server, ${sideOf(entry, "from")[0]} back`;
    const from = `${talk}, ${entry.side ? "from" : "to"} the server`;
    const { app, kind, about, octets } = entry as unknown as Said;
    const numbers = `protocol ${app}, function 0x${kind.toString(16)}${about ? `, about ${about}` : ""}`;
    const what = words?.message(app, kind, about, octets) ?? numbers;
    if (name === "right") {
      if (octets !== undefined) return `${from}: ${what}, octets ${octets}: no others are right`;
      const octet = entry.octet === undefined ? "" : `, ${entry.value} in octet ${entry.octet}`;
      return `${from}: ${what}${octet} is right`;
    }
    return `${from}: ${what}${name === "layout" ? ", octets" : ""}, ${entry.messages} messages`;
  },
};
