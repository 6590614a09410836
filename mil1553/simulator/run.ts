// The bus controller's day: minor frames one after the other, in each its messages in the order of the file, one at a time
// on the wire (MIL-STD-1553B 4.3.3). What a terminal answers, and when, what goes wrong and is tried again.
import { type Behaviour, behaviourOf } from "./behaviour.ts";
import type { Happening } from "./changes/happening.ts";
import { Life } from "./changes/life.ts";
import { type Bus, type Channel, type Message, type Terminal, widthOf } from "./icd/model.ts";
import { expectedDuration } from "./icd/schedule.ts";
import { BSW, type BusMessage, CROSSING, endOf, LEAST_GAP, layout, STATUS, transmits, wireWords } from "./message.ts";
import { Random } from "./random.ts";

/** The counter at the beginning of a simulation: the recorder has been on for a minute. */
export const COUNTER_START = 600_000_000;

export interface RunOptions {
  /** A whole number from 0 to 2^53 - 1. The same file and seed give the same messages. */
  seed: number;
  seconds: number;
  /** What changes on the bus meanwhile, though nobody attacks it. */
  happenings?: readonly Happening[];
}

/** All messages of all channels in the order of time, lazily: a day of traffic needs no memory. */
export function* simulate(bus: Bus, { seed, seconds, happenings = [] }: RunOptions): Generator<BusMessage> {
  const runs = bus.channels.map((channel) =>
    run(channel, new Life(channel, happenings), { seed, length: Math.round(seconds * 1e7) }),
  );
  const heads = runs.map((r) => r.next());
  for (;;) {
    let first = -1;
    for (const [i, head] of heads.entries())
      if (!head.done && (first < 0 || head.value.time < (heads[first]!.value as BusMessage).time)) first = i;
    if (first < 0) return;
    yield heads[first]!.value as BusMessage;
    heads[first] = runs[first]!.next();
  }
}

/** One channel's messages that begin within `length` (0.1 us). */
function* run(channel: Channel, life: Life, { seed, length }: { seed: number; length: number }): Generator<BusMessage> {
  const random = new Random(seed, `${channel.channel} bus`);
  const senders = new Map(channel.messages.map((message) => [message, new Sender(channel, message, life, seed)]));
  const queue = new Arrivals(channel, seed);
  // Mid-parity to mid-sync; what the controller adds behind the end of a message
  const pause = () => Math.max(LEAST_GAP, Math.round(channel.gap + channel.gapSpread * random.normal())) - CROSSING;
  let free = 0; // the first moment at which the next message may begin
  let origin = 0; // when the controller began with its first minor frame
  for (let n = 0; origin + n * channel.minorFrame < length; n++) {
    const begin = origin + n * channel.minorFrame + Math.max(0, Math.round(channel.jitter * (2 + random.normal())));
    const end = origin + (n + 1) * channel.minorFrame;
    let at = Math.max(begin, free);
    const frames = life.frames(at);
    for (const message of frames[n % frames.length]!) {
      if (life.takeOver(at) !== undefined) break;
      for (const sent of senders.get(message)!.send(at, pause)) {
        if (sent.message.time - COUNTER_START >= length) return;
        yield sent.message;
        free = sent.free;
      }
      at = free;
    }
    const next = life.takeOver(at) ?? life.takeOver(end);
    if (next !== undefined) {
      origin = next;
      n = -1;
      continue;
    }
    // Aperiodic messages wait for a pause that is long enough, at most until the next minor frame's are through
    for (;;) {
      const next = queue.first();
      if (!next || next.time >= end) break;
      const start = Math.max(at, next.time);
      if (start + expectedDuration(next.message) + channel.timeout > end && next.waited < 1) {
        queue.later();
        break;
      }
      queue.take();
      for (const sent of senders.get(next.message)!.send(start, pause)) {
        if (sent.message.time - COUNTER_START >= length) return;
        yield sent.message;
        free = sent.free;
      }
      at = free;
    }
  }
}

interface Arrival {
  message: Message;
  time: number;
  waited: number;
}

/** Poisson arrivals of the aperiodic messages, earliest first. */
class Arrivals {
  #next: { arrival: Arrival; random: Random; mean: number }[];

  constructor(channel: Channel, seed: number) {
    this.#next = channel.messages
      .filter(({ aperiodic }) => aperiodic !== undefined)
      .map((message) => {
        const random = new Random(seed, `${channel.channel} arrivals ${message.name}`);
        const mean = 1e7 / message.aperiodic!;
        return { arrival: { message, time: Math.round(random.exponential() * mean), waited: 0 }, random, mean };
      });
    this.#sort();
  }

  #sort(): void {
    this.#next.sort((a, b) => a.arrival.time - b.arrival.time);
  }

  first(): Arrival | undefined {
    return this.#next[0]?.arrival;
  }

  /** The first one is put off to the next minor frame. */
  later(): void {
    this.#next[0]!.arrival.waited++;
  }

  take(): void {
    const first = this.#next[0]!;
    const { message, time } = first.arrival;
    first.arrival = { message, time: time + 1 + Math.round(first.random.exponential() * first.mean), waited: 0 };
    this.#sort();
  }
}

interface Sent {
  message: BusMessage;
  /** When the next message may begin. */
  free: number;
}

/** Sends one message of the file again and again. Its random numbers are its own. */
class Sender {
  #channel: Channel;
  #message: Message;
  #life: Life;
  #random: Random;
  #words: { at: number; fill: Behaviour }[] = [];

  constructor(channel: Channel, message: Message, life: Life, seed: number) {
    this.#channel = channel;
    this.#message = message;
    this.#life = life;
    const name = `${channel.channel} ${message.name}`;
    this.#random = new Random(seed, name);
    let at = 0;
    for (const word of message.data) {
      this.#words.push({ at, fill: behaviourOf(word, new Random(seed, `${name} ${at}`)) });
      at += widthOf(word);
    }
  }

  /** The message at `at` (0.1 us since the beginning) and, when it fails, its repetitions on the other bus in turn. */
  *send(at: number, pause: () => number): Generator<Sent> {
    const { words } = this.#message;
    const data = new Array<number>(words).fill(0);
    for (const { at: i, fill } of this.#words) fill(data, i, at);
    let start = at;
    let side = this.#life.sideOf(this.#message, at);
    for (let attempt = 0; attempt <= this.#channel.retries; attempt++) {
      const { message, timeout } = this.#transmit(COUNTER_START + start, side, data);
      const free = endOf(message) - COUNTER_START + (timeout ? this.#channel.timeout - CROSSING : 0) + pause();
      yield { message, free };
      if ((message.blockStatus & BSW.ERROR) === 0) return;
      start = free;
      side = !side;
    }
  }

  #transmit(time: number, busB: boolean, data: number[]): { message: BusMessage; timeout: boolean } {
    const { format, commands, responders } = this.#message;
    const { invalidWord } = this.#channel;
    const random = this.#random;
    const life = this.#life;
    const now = time - COUNTER_START;
    const rtRt = commands.length > 1;
    const busy = responders.map((t) => life.isBusy(t, now));
    const statuses = responders.map((t, i) => this.#status(t) | (busy[i] ? STATUS.BUSY : 0));
    const gaps = responders.map((t) => response(t, random));
    const silent = responders.findIndex(
      (t) => random.chance(t.noResponse ?? this.#channel.noResponse) || life.isSilent(t, now, busB),
    );
    let words = wireWords({ format, commands, data, statuses });
    let blockStatus = (busB ? BSW.BUS_B : 0) | (rtRt ? BSW.RT_RT : 0);
    const at = layout(format, data.length);
    // Words in front of the first status come from the controller: a terminal does not answer to an invalid one (4.4.3.3)
    const spoiled = random.chance(invalidWord) ? random.below(words.length) : -1;
    if (spoiled >= 0) blockStatus |= BSW.ERROR | BSW.WORD;
    let cut = silent < 0 ? -1 : silent === 0 ? at.status1 : at.status2;
    if (spoiled >= 0 && at.status1 >= 0 && spoiled < at.status1) cut = at.status1;
    else if (spoiled >= 0 && at.status2 >= 0 && spoiled < at.status2 && (cut < 0 || cut > spoiled)) cut = at.status2;
    if (spoiled >= 0 && (cut < 0 || spoiled < cut)) words[spoiled]! ^= 1 << random.below(16);
    if (cut >= 0) {
      words = words.slice(0, cut);
      blockStatus |= BSW.ERROR | BSW.TIMEOUT;
    } else if (busy[0] && transmits(commands.at(-1)!)) {
      // No data behind its status; the receiver of an RT-RT transfer gets none, and does not answer (4.3.3.5.3.8)
      words = words.slice(0, at.status1 + 1);
      if (at.status2 >= 0) blockStatus |= BSW.ERROR | BSW.TIMEOUT;
    }
    const gap1 = at.status1 >= 0 && words.length > at.status1 ? gaps[0]! : 0;
    const gap2 = at.status2 >= 0 && words.length > at.status2 ? gaps[1]! : 0;
    return {
      message: { channel: this.#channel.channel, time, blockStatus, gap1, gap2, words },
      timeout: cut >= 0,
    };
  }

  #status({ address, serviceRequest }: Terminal): number {
    return (address << 11) | (this.#random.chance(serviceRequest) ? STATUS.SERVICE_REQUEST : 0);
  }
}

/** 0.1 us, within what 4.3.3.8 allows. */
function response({ response, spread }: Terminal, random: Random): number {
  return Math.min(120, Math.max(LEAST_GAP, Math.round(response + spread * random.normal())));
}
