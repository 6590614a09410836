/** One channel of a recording while an attack is done to it: what is there to attack, and the ways to change it. */
import {
  BSW,
  type BusMessage,
  type Change,
  duration,
  endOf,
  LEAST_GAP,
  type Mark,
  responders,
  type Transaction,
  wireWords,
} from "../message.ts";
import type { Random } from "../random.ts";
import type { Edit } from "./settle.ts";
import { type Identity, type Station, Survey } from "./survey.ts";

export interface SceneOptions {
  /** All messages of the channel, in the order of time. */
  messages: readonly BusMessage[];
  /** 0.1 us of the counter: from <= time < to. */
  from: number;
  to: number;
  /** 0 low, 1 medium, 2 high. */
  level: number;
  /** How many messages are to be attack messages; undefined: as many as the intensity says. */
  budget: number | undefined;
  random: Random;
  mark: Omit<Mark, "change">;
}

export class Scene {
  readonly survey: Survey;
  readonly random: Random;
  readonly from: number;
  readonly to: number;
  readonly budget: number | undefined;
  /** Everything in the interval that no attack has touched, also what was recorded with an error. */
  readonly window: readonly BusMessage[];
  readonly edits: Edit[] = [];
  readonly #messages: readonly BusMessage[];
  readonly #inside: Map<Identity, BusMessage[]>;
  readonly #touched = new Set<BusMessage>();
  readonly #level: number;
  readonly #mark: Omit<Mark, "change">;

  constructor({ messages, from, to, level, budget, random, mark }: SceneOptions) {
    this.#messages = messages;
    this.from = from;
    this.to = to;
    this.random = random;
    this.budget = budget;
    this.#level = level;
    this.#mark = mark;
    this.survey = new Survey(messages);
    const inside = ({ time }: BusMessage) => time >= from && time < to;
    this.window = messages.filter((m) => inside(m) && !m.attack);
    this.#inside = new Map(this.survey.identities.map((identity) => [identity, identity.messages.filter(inside)]));
  }

  get seconds(): number {
    return (this.to - this.from) / 1e7;
  }

  /** The value for this intensity. */
  of<T>(low: T, medium: T, high: T): T {
    return [low, medium, high][this.#level] as T;
  }

  /** Attack messages that may still be made. */
  get left(): number {
    return this.budget === undefined ? Number.POSITIVE_INFINITY : this.budget - this.edits.length;
  }

  fail(needs: string): never {
    throw new Error(`${this.#mark.name}: nothing to attack: needs ${needs} in the interval`);
  }

  // ---- what to attack -------------------------------------------------------------------------------------------------

  /** Moments at a mean rate per second, spread over the interval; as many as the budget has when there is one. */
  times(low: number, medium: number, high: number): number[] {
    const count = this.budget ?? Math.max(1, Math.round(this.of(low, medium, high) * this.seconds));
    const step = (this.to - this.from) / count;
    return Array.from({ length: count }, (_, i) => Math.floor(this.from + (i + this.random.uniform()) * step));
  }

  /** Identities with messages in the interval, in random order; rare ones only if there are no others. */
  targets(fits: (identity: Identity) => boolean, needs: string): Identity[] {
    const there = this.survey.identities.filter((i) => this.inside(i).length > 0 && fits(i));
    const frequent = there.filter((i) => this.inside(i).length >= 4);
    const rare = there.filter((i) => this.inside(i).length < 4);
    if (!there.length) this.fail(needs);
    return [...this.random.shuffled(frequent), ...(frequent.length && this.budget === undefined ? [] : rare)];
  }

  /** An identity's messages in the interval. */
  inside(identity: Identity): BusMessage[] {
    return this.#inside.get(identity) ?? [];
  }

  /**
   * Of the first `count` identities a part of the messages each; with a budget, of as many identities as it takes.
   * @param contiguous one stretch of messages without holes
   */
  *choose(
    identities: readonly Identity[],
    count: number,
    part: number,
    contiguous = false,
  ): Generator<{ identity: Identity; messages: BusMessage[] }> {
    for (const identity of this.budget === undefined ? identities.slice(0, count) : identities) {
      if (this.left <= 0) return;
      const free = this.inside(identity).filter((m) => !this.#touched.has(m));
      const wanted = this.budget === undefined ? Math.max(1, Math.round(part * free.length)) : this.left;
      const n = Math.min(free.length, wanted);
      const start = contiguous && this.budget !== undefined ? this.random.below(free.length - n + 1) : 0;
      if (n > 0) yield { identity, messages: contiguous ? free.slice(start, start + n) : this.random.some(free, n) };
    }
  }

  /** A terminal that answers in the interval. */
  station(fits: (station: Station) => boolean = () => true): Station {
    const there = this.survey.stations.filter((s) => s.gaps.length > 0 && fits(s));
    if (!there.length) this.fail("a terminal that answers");
    return this.random.pick(there);
  }

  /** A response time such as this terminal has; 0.1 us. */
  gapOf(address: number): number {
    const gaps = this.survey.station(address)?.gaps;
    return gaps?.length ? this.random.pick(gaps) : LEAST_GAP + 20 + this.random.below(40);
  }

  statusOf(address: number): number {
    return this.survey.station(address)?.status ?? address << 11;
  }

  /** Random 16-bit words. */
  randomWords(n: number): number[] {
    return Array.from({ length: n }, () => this.random.bits() >>> 16);
  }

  // ---- what to do -----------------------------------------------------------------------------------------------------

  /**
   * Puts a transaction on the bus. Terminals answer as they always do, unless gaps are given.
   * @param options `idle`: wait for a pause that is long enough, so that nothing else is disturbed
   */
  insert(
    time: number,
    found: Omit<Transaction, "statuses"> & { statuses?: readonly number[] },
    options: { busB?: boolean; idle?: boolean; gaps?: readonly number[] } = {},
  ): void {
    const answering = responders(found.format, found.commands);
    const gaps = options.gaps ?? answering.map((address) => this.gapOf(address));
    const statuses = found.statuses ?? answering.map((address) => this.statusOf(address));
    const words = wireWords({ ...found, statuses });
    const blockStatus = (options.busB ? BSW.BUS_B : 0) | (found.commands.length > 1 ? BSW.RT_RT : 0);
    this.insertRecord(time, { blockStatus, gap1: gaps[0] ?? 0, gap2: gaps[1] ?? 0, words }, options.idle);
  }

  /** The same for a message as recorded. */
  insertRecord(
    time: number,
    record: Pick<BusMessage, "blockStatus" | "gap1" | "gap2" | "words">,
    idle: boolean | undefined = false,
  ): void {
    if (this.left <= 0) return;
    const { blockStatus, gap1, gap2, words } = record;
    const channel = this.#messages[0]!.channel;
    const at = idle ? this.#idle(time, duration(record)) : time;
    const message = { channel, time: at, blockStatus, gap1, gap2, words, attack: this.#marked("inserted") };
    this.edits.push({ kind: "insert", message });
  }

  /** Changes a message where it stands. Nothing happens, and nothing is marked, when that makes no difference. */
  modify(message: BusMessage, fields: Partial<Pick<BusMessage, "blockStatus" | "gap1" | "gap2" | "words">>): void {
    const changed = { ...message, ...fields, attack: this.#marked("modified") };
    const same =
      changed.blockStatus === message.blockStatus &&
      changed.gap1 === message.gap1 &&
      changed.gap2 === message.gap2 &&
      changed.words.length === message.words.length &&
      changed.words.every((word, i) => word === message.words[i]);
    if (!same && this.#touch(message)) this.edits.push({ kind: "modify", message, by: changed });
  }

  /** Changes data or statuses of a message that was recorded without an error. */
  rewrite(message: BusMessage, fields: Partial<Transaction>, gap1 = message.gap1): void {
    const found = this.survey.of(message);
    if (found) this.modify(message, { words: wireWords({ ...found, ...fields }), gap1 });
  }

  /** Sends a message at another time. */
  move(message: BusMessage, time: number): void {
    if (time !== message.time && this.#touch(message))
      this.edits.push({ kind: "modify", message, by: { ...message, time, attack: this.#marked("moved") } });
  }

  /** The message never was. The last one of a channel stays: a hole needs an end. */
  remove(message: BusMessage): void {
    if (message !== this.#messages.at(-1) && this.#touch(message))
      this.edits.push({ kind: "remove", message, mark: this.#marked("removed") });
  }

  #touch(message: BusMessage): boolean {
    if (this.#touched.has(message) || this.left <= 0) return false;
    this.#touched.add(message);
    return true;
  }

  #marked<const C extends Change | "removed">(change: C): Mark & { change: C } {
    return { ...this.#mark, change };
  }

  /** The first moment from `time` on at which the bus is idle for `length` and a gap on both sides. */
  #idle(time: number, length: number): number {
    let low = 0;
    for (let high = this.#messages.length; low < high; ) {
      const middle = (low + high) >> 1;
      if (this.#messages[middle]!.time <= time) low = middle + 1;
      else high = middle;
    }
    let at = time;
    for (let i = Math.max(0, low - 1); i < this.#messages.length; i++) {
      at = Math.max(at, endOf(this.#messages[i]!) + LEAST_GAP);
      const next = this.#messages[i + 1]?.time ?? Number.POSITIVE_INFINITY;
      if (at + length + LEAST_GAP <= next) return at;
    }
    return at;
  }
}
