/** Packs the section of the policy that ../onboard/section.ts states and reads. Little-endian. */
import type { Entry, Threshold } from "../../learned.ts";
import { type Profile, profileOf } from "./data.ts";
import type { BusEntry, DataEntry } from "./entries.ts";
import { newness, perHour, rateFor, SURPRISE } from "./limits.ts";
import { countOf, type Identity, type Model, modelOf } from "./model.ts";
import { rowsOf } from "./order.ts";
import { keyOfBus, keyOfTerminal, type Limits, limitsOf } from "./quantities.ts";
import { failureRates, isMute, isTested, timesOf } from "./terminals.ts";
import type { Word } from "./words.ts";

const MAGIC = 0x33353531;
const VERSION = 1;
/** Largest section, bytes. */
export const LARGEST = 60 * 1024;
const FLAG = { PAIR: 1, ON_A: 2, ON_B: 4, REGULAR: 8, NEVER_REPEATS: 16, FAILS: 32 };
const BUS_FLAG = { INCOMPLETE: 1, NO_ORDER: 2, NOISY: 4 };
/** As in ../onboard/learning/inventory.ts. */
const NOISY = 128;
const KNOWN = { STATUS: 1, FAILURES: 2, MUTE: 4 };
const HOLDS = { RANGE: 1, MOVES: 2, ONE_JUMP: 4, COUNTER: 8, RUN: 16, DRIFT: 32, FIXED: 64 };
/** ../onboard/capacity.ts */
const MOST = { buses: 32, identities: 1280, words: 12288, changing: 2560, successors: 6144, responses: 192 };

class Bytes {
  readonly out: number[] = [];
  u8(...values: number[]): this {
    for (const v of values) this.out.push(Math.max(0, Math.min(255, Math.round(v))));
    return this;
  }
  u16(...values: number[]): this {
    for (const v of values) this.out.push(v & 255, (v >> 8) & 255);
    return this;
  }
  u32(...values: number[]): this {
    for (const v of values) {
      const x = Math.max(-0x80000000, Math.min(0xffffffff, Math.round(v)));
      this.u16(x & 0xffff, (x >> 16) & 0xffff);
    }
    return this;
  }
  f32(...values: number[]): this {
    const view = new DataView(new ArrayBuffer(4));
    for (const v of values) {
      view.setFloat32(0, v, true);
      this.out.push(view.getUint8(0), view.getUint8(1), view.getUint8(2), view.getUint8(3));
    }
    return this;
  }
}

/** Bits of surprise in eighths. */
const eighths = (bits: number) => Math.max(0, Math.min(255, Math.round(8 * bits)));

/**
 * When it all does not fit into LARGEST bytes, data profiles are left out, those of the identities that were seen least
 * first; the inventory, its order and its times are never left out.
 * @throws RangeError that says what does not fit
 */
export function pack(entries: readonly Entry[], thresholds: readonly Threshold[]): Uint8Array {
  const model = modelOf(entries);
  const limit = limitsOf(thresholds);
  const identities = model.buses.flatMap((b) => b.identities);
  const responses = model.buses.reduce((sum, b) => sum + b.responses.length, 0);
  fits("buses", model.buses.length, MOST.buses);
  fits("message identities", identities.length, MOST.identities);
  fits("response-time profiles", responses, MOST.responses);
  const rate = rateFor(limit("novelty") ?? SURPRISE);
  const profiles = dataOf(identities, rate);
  const head = new Bytes();
  for (const i of model.buses.keys()) writeBus(head, model, i, limit, rate);
  const rows = ordersOf(model, identities);
  const fixed = identities.map((identity, i) => identityBytes(model, identity, rows[i]!));
  const tail = new Bytes();
  for (const [i, bus] of model.buses.entries())
    for (const r of bus.responses) {
      const { mean, deviation, least, most, tolerance, alone } = timesOf(r, bus.entry, rate / responses);
      tail
        .u16(i * 32 + r.terminal)
        .u8(r.answer, least, most, tolerance, alone ? 1 : 0)
        .f32(mean, deviation);
    }
  const length = (n: number) => 28 + head.out.length + tail.out.length + n;
  let used = fixed.reduce((sum, { before, after }) => sum + before.length + after.length + 1, 0);
  if (length(used) > LARGEST)
    throw new RangeError(
      `${identities.length} message identities on ${model.buses.length} buses take ${length(used)} bytes, expected at most ${LARGEST}`,
    );
  const kept = new Set<number>();
  let words = 0;
  let changing = 0;
  for (const { at } of identities
    .map(({ count }, at) => ({ at, count }))
    .sort((a, b) => b.count - a.count || a.at - b.at)) {
    const own = profiles[at];
    if (!own || length(used + own.bytes.length) > LARGEST) continue;
    if (words + own.words > MOST.words || changing + own.changing > MOST.changing) continue;
    kept.add(at);
    used += own.bytes.length;
    words += own.words;
    changing += own.changing;
  }
  const out = new Bytes();
  out.u32(MAGIC).u16(VERSION, model.buses.length, identities.length, responses).u32(length(used));
  out.f32(limit("novelty") ?? SURPRISE, limit("order") ?? SURPRISE, limit("responses") ?? 20);
  out.out.push(...head.out);
  const whole: number[] = out.out;
  fixed.forEach(({ before, after }, i) => {
    const own = kept.has(i) ? profiles[i]! : undefined;
    // The number of words stands between what is always there
    for (const b of before) whole.push(b);
    whole.push(own?.words ?? 0);
    for (const b of after) whole.push(b);
    for (const b of own?.bytes ?? []) whole.push(b);
  });
  for (const b of tail.out) whole.push(b);
  return Uint8Array.from(whole);
}

function fits(what: string, n: number, most: number): void {
  if (n > most) throw new RangeError(`${n} ${what}, expected at most ${most}`);
}

/** Periods in a row in which a message may not be understood, so that this is taken for its absence once in 100 / rate hours. */
function patience(b: BusEntry, rate: number): number {
  const lost = (b.untrusted + 1) / (b.messages + b.untrusted + 1);
  const wanted = rate / 100 / Math.max(1, perHour(b.messages, b));
  return Math.min(20, Math.ceil(Math.log(wanted) / Math.log(lost)));
}

function writeBus(to: Bytes, { buses }: Model, i: number, limit: Limits, rate: number): void {
  const bus = buses[i]!;
  const { entry: b, terminals } = bus;
  const key = keyOfBus(b.channel);
  const gap = limit("gap", key);
  const load = limit("load", key);
  const messages = limit("messages", key);
  const gapTolerance = gap === undefined ? 1 : b.lowestGaps[0]! - gap;
  const loadTolerance = load === undefined ? 1 : load - b.loadMax!;
  const countTolerance = messages === undefined ? 1 : messages - b.countMax!;
  const noisy = b.failures * NOISY > b.messages + b.untrusted ? BUS_FLAG.NOISY : 0;
  to.u16(b.channel);
  to.u8((b.identitiesLost ? BUS_FLAG.INCOMPLETE : 0) | (b.transitionsLost ? BUS_FLAG.NO_ORDER : 0) | noisy);
  to.u8(patience(b, rate), terminals.length);
  to.u32(gap === undefined ? -0x80000000 : b.lowestGaps[0]!, gapTolerance, b.silence);
  to.u32(...(load === undefined ? [0, 0] : [b.loadMin! * 1000, b.loadMax! * 1000]));
  to.u32(...(messages === undefined ? [0, 0] : [b.countMin!, b.countMax!]));
  to.u32(loadTolerance * 1000, countTolerance);
  const { newMessage, messageLeak, newMode, modeLeak, newTerminal, otherSide, sideLeak } = bus.novelty;
  to.f32(newMessage, messageLeak, newMode, modeLeak, newTerminal, otherSide, sideLeak);
  const rates = failureRates({ trials: b.messages + b.untrusted, failures: b.failures });
  const tested = isTested(b.messages, rates);
  const burst = { usual: rates.usual, wrong: Math.max(BURST, rates.wrong) };
  to.f32(...steps(tested, rates), ...steps(tested, burst), limit("busFailures", key) ?? 20);
  // Errors come and go: one of a new kind is not enough
  to.f32(Math.min(KIND, newness(b.messages + b.untrusted, ones(b.kinds & ~b.kindsTwice)))).u16(b.kinds);
  to.u32(bus.mask);
  for (const t of terminals) {
    const { usual, wrong } = failureRates(t);
    const tested = isTested(t.trials, { usual, wrong });
    const mute = isMute(t);
    const known = (t.statuses ? KNOWN.STATUS : 0) | (tested ? KNOWN.FAILURES : 0) | (mute ? KNOWN.MUTE : 0);
    to.u8(t.terminal, known).u16(t.bits);
    const once = ones(t.bits & ~t.twice);
    to.f32(mute ? Math.log2(t.trials + 1) : Math.max(0, Math.log2((t.statuses + 1) / (once + 0.5))));
    to.f32(...steps(tested, { usual, wrong }));
    to.f32(limit("terminalFailures", keyOfTerminal(b.channel, t.terminal)) ?? 20);
  }
}

/** Part of the messages that fail in a burst. */
const BURST = 0.6;
/** Bits at most that an error of a kind that was never seen adds. */
const KIND = 5;
/** What a failure adds to the sum and a success takes away, nats. */
const steps = (tested: boolean, { usual, wrong }: { usual: number; wrong: number }): [number, number] =>
  tested ? [Math.log(wrong / usual), Math.log((1 - wrong) / (1 - usual))] : [0, 0];

const ones = (v: number) => v.toString(2).replaceAll("0", "").length;

/** For each identity its row of the order, by numbers of identities. */
function ordersOf({ buses }: Model, identities: readonly Identity[]) {
  const numbers = new Map<Identity, number>(identities.map((identity, i) => [identity, i]));
  const rows = new Map<number, ReturnType<typeof rowsOf> extends Map<number, infer R> ? R : never>();
  for (const bus of buses) {
    const byName = new Map(
      bus.identities.map((i) => [`${i.entry.commands[0]} ${i.entry.commands[1] ?? -1}`, numbers.get(i)!]),
    );
    const transitions = new Map<number, Map<number, number>>();
    for (const i of bus.identities) {
      const row = new Map<number, number>();
      for (const [c, c2, n] of i.order?.next ?? []) {
        const to = byName.get(`${c} ${c2}`);
        if (to !== undefined) row.set(to, n);
      }
      transitions.set(numbers.get(i)!, row);
    }
    const regular = new Set(bus.identities.filter((i) => i.ranges).map((i) => numbers.get(i)!));
    for (const [from, row] of rowsOf(transitions, regular)) rows.set(from, row);
  }
  return identities.map((_, i) => rows.get(i));
}

function identityBytes(model: Model, identity: Identity, row: ReturnType<typeof ordersOf>[0]) {
  const { entry: m, ranges = [], bus, data } = identity;
  const next = (row?.next ?? []).slice(0, 255);
  const samples = Math.max(0, ...(data?.words ?? []).map((w) => (typeof w[1] === "object" ? (w[1]?.n ?? 0) : w[2]!)));
  const flags =
    (m.commands.length > 1 ? FLAG.PAIR : 0) |
    (m.a ? FLAG.ON_A : 0) |
    (m.b ? FLAG.ON_B : 0) |
    (identity.ranges ? FLAG.REGULAR : 0) |
    (m.repeats === 0 && samples >= 256 && repeatsNever(data) ? FLAG.NEVER_REPEATS : 0) |
    (m.damaged * 8 > identity.count ? FLAG.FAILS : 0);
  const before = new Bytes();
  before.u16(model.buses.indexOf(bus), m.commands[0]!, m.commands[1] ?? 0).u8(flags, ranges.length, next.length);
  const after = new Bytes();
  after.u16(Math.round(256 * (row?.unseen ?? 0)));
  const constant = (data?.words ?? []).filter((w) => typeof w[1] === "number").length;
  after.u8(eighths(samples ? Math.log2(samples) + model.constants - Math.log2(constant + 1) : 0));
  for (const r of ranges) after.u32(r.least, r.most, r.tolerance);
  for (const { to, bits } of next) after.u16(to).u8(eighths(bits), 0);
  return { before: before.out, after: after.out };
}

/**
 * Whether blocks of such words do not come again because of what they are, not because learning was too short: one word is
 * a steady noise, or all have been through their range.
 */
function repeatsNever(data: DataEntry | undefined): boolean {
  const changing = (data?.words ?? []).flatMap(([, w]) => (typeof w === "object" ? [w] : []));
  const profiles = changing.map((w) => (w ? profileOf(w, { rate: 1, values: 1e5 }) : undefined));
  return profiles.some((p) => p?.drift) || (profiles.length > 0 && profiles.every((p) => p?.range || p?.counter));
}

/** Data profiles by identity; undefined where nothing is worth its bytes. */
function dataOf(identities: readonly Identity[], rate: number) {
  const changing = identities.reduce(
    (sum, i) => sum + (i.data?.words.filter((w) => typeof w[1] === "object").length ?? 0),
    1,
  );
  return identities.map(({ data, bus, entry }) => {
    if (!data?.words.length || data.words.some(([index], i) => index !== i)) return undefined;
    const to = new Bytes();
    let profiles = 0;
    for (const word of data.words) {
      const rates = { rate: rate / 10 / changing, values: perHour(countOf(entry), bus.entry) };
      if (writeWord(to, word, rates)) profiles++;
    }
    return { bytes: to.out, words: data.words.length, changing: profiles };
  });
}

function writeWord(to: Bytes, word: Word, rates: { rate: number; values: number }): boolean {
  if (typeof word[1] === "number") {
    to.u8(0).u16(word[1]);
    return false;
  }
  const profile = word[1] && profileOf(word[1], rates);
  if (!profile || !Object.keys(profile).length) {
    to.u8(1);
    return false;
  }
  writeProfile(to, profile);
  return true;
}

function writeProfile(to: Bytes, p: Profile): void {
  const flags =
    (p.range ? HOLDS.RANGE : 0) |
    (p.moves ? HOLDS.MOVES : 0) |
    (p.moves?.single ? HOLDS.ONE_JUMP : 0) |
    (p.counter ? HOLDS.COUNTER : 0) |
    (p.longest ? HOLDS.RUN : 0) |
    (p.drift ? HOLDS.DRIFT : 0) |
    (p.fixed ? HOLDS.FIXED : 0);
  to.u8(2, flags).u16(p.longest ?? 0);
  if (p.range) to.u16(p.range.base, p.range.width, p.range.margin);
  if (p.moves) to.u16(p.moves.farthest);
  if (p.counter) to.u16(...p.counter);
  if (p.fixed) to.u16(p.fixed.mask, p.fixed.value);
  if (p.drift) to.f32(p.drift.mean, p.drift.deviation, p.drift.limit);
}
