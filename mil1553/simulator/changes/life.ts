/** What is in force on one channel at a time, of all that happens there. Times are in 0.1 us from the beginning. */
import type { Channel, Message, Terminal } from "../icd/model.ts";
import { minorFrames } from "../icd/schedule.ts";
import { TICKS_PER_SECOND } from "../message.ts";
import type { Happening } from "./happening.ts";

/** So long the controller tries bus A first: 0.1 s. */
const NOTICED = 1_000_000;

type Of<W extends Happening["what"]> = Extract<Happening, { what: W }> & { from: number; to: number };

export class Life {
  readonly #happenings: readonly (Happening & { from: number; to: number })[];
  readonly #usual: Message[][];
  readonly #others = new Map<Happening, Message[][]>();

  /** @throws Error for a name that the channel does not have, or an interval that does not fit its major frame */
  constructor(channel: Channel, happenings: readonly Happening[]) {
    this.#happenings = happenings
      .filter((one) => one.channel === channel.name)
      .map((one) => ({ ...one, from: ticks(one.at), to: ticks(one.at + one.seconds) }));
    this.#usual = minorFrames(channel);
    for (const one of this.#happenings) {
      if (one.what === "schedule") this.#others.set(one, framesOf(channel, one));
      if ("terminal" in one && one.terminal !== undefined)
        named(one.terminal, channel.terminals, `a terminal of ${channel.name}`);
    }
  }

  /** The messages of each minor frame of the schedule in force. */
  frames(time: number): Message[][] {
    const other = this.#now("schedule", time);
    return other ? this.#others.get(other)! : this.#usual;
  }

  /** When the next controller begins, if there is none now. */
  takeOver(time: number): number | undefined {
    return this.#now("take-over", time)?.to;
  }

  isSilent({ name }: Terminal, time: number, busB: boolean): boolean {
    if (this.#now("silent", time, name)) return true;
    return !busB && this.#now("bus-b", time, name) !== undefined;
  }

  isBusy({ name }: Terminal, time: number): boolean {
    return this.#now("busy", time, name) !== undefined;
  }

  /** The bus on which the controller tries first: `usual`, unless it has noticed that nobody answers there. */
  sideOf({ responders, busB }: Message, time: number): boolean {
    const moved = (name?: string) => {
      const one = this.#now("bus-b", time, name);
      return one !== undefined && time - one.from >= NOTICED;
    };
    return busB || (responders.length ? responders.some(({ name }) => moved(name)) : moved());
  }

  #now<W extends Happening["what"]>(what: W, time: number, terminal?: string): Of<W> | undefined {
    return this.#happenings.find(
      (one) =>
        one.what === what &&
        time >= one.from &&
        time < one.to &&
        (!("terminal" in one) || one.terminal === undefined || one.terminal === terminal),
    ) as Of<W> | undefined;
  }
}

const ticks = (seconds: number) => Math.round(seconds * TICKS_PER_SECOND);

function named<T extends { name: string }>(name: string, all: readonly T[], expected: string): T {
  const found = all.find((one) => one.name === name);
  if (!found) throw new Error(`${name}: expected ${expected}`);
  return found;
}

function framesOf(channel: Channel, { without, every }: Extract<Happening, { what: "schedule" }>): Message[][] {
  for (const name of [...without, ...Object.keys(every)]) named(name, channel.messages, `a message of ${channel.name}`);
  for (const [name, n] of Object.entries(every))
    if (!(n > 0 && channel.minorFrames % n === 0))
      throw new Error(`${name} every ${n}: expected a divisor of ${channel.minorFrames} minor frames`);
  return Array.from({ length: channel.minorFrames }, (_, n) =>
    channel.messages.filter((message) => {
      const interval = every[message.name] ?? message.every;
      return (
        message.aperiodic === undefined && !without.includes(message.name) && n % interval === message.phase % interval
      );
    }),
  );
}
