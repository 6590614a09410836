// Attacks into a list of messages, simulated or recorded. The list is not changed; what comes back shares the messages that
// nothing happened to.
import { INTENSITIES, type Intensity } from "./attacks/attack.ts";
import { attackNamed } from "./attacks/catalogue.ts";
import { Scene } from "./attacks/scene.ts";
import { settle } from "./attacks/settle.ts";
import type { BusMessage, Change, Mark } from "./message.ts";
import { Random } from "./random.ts";

export interface Strike {
  /** Name of an attack of the catalogue. */
  attack: string;
  /** Seconds from the first message of the list. */
  at: number;
  /** Seconds that it lasts; to the end of the list without it. */
  seconds?: number;
  /** medium without it. */
  intensity?: Intensity;
  /** The channel that is attacked; the busiest one without it. */
  channel?: number;
  /**
   * Part of all messages of the list that are to be attack messages (Yahalom 2019: 0.0001, 0.001, 0.01): how many, instead
   * of as many as the intensity says; how strong each is remains the intensity's. At least one. Fewer where the interval
   * does not have as many that could be attacked.
   */
  share?: number;
}

/** A message that is no longer there. */
export interface Removed {
  message: BusMessage;
  mark: Mark;
}

/** A strike as it was done. */
export interface Done {
  attack: string;
  intensity: Intensity;
  channel: number;
  /** The interval, 0.1 us of the counter. */
  from: number;
  to: number;
  counts: Record<Change | "removed", number>;
}

export interface Injected {
  /** In the order of time. Attack messages carry `attack`; all others have the words, gaps and block status they had. */
  messages: BusMessage[];
  removed: Removed[];
  strikes: Done[];
}

/**
 * Does the strikes one after the other, each to what the one before it left; no message is attacked twice.
 * @param messages in the order of time (per channel)
 * @param seed the same list, strikes and seed give the same result
 * @throws Error for an unknown attack or channel, an empty interval, or when there is nothing to attack
 */
export function inject(messages: readonly BusMessage[], strikes: readonly Strike[], seed: number): Injected {
  const channels = new Map<number, BusMessage[]>();
  for (const message of messages) {
    const list = channels.get(message.channel);
    if (list) list.push(message);
    else channels.set(message.channel, [message]);
  }
  const removed: Removed[] = [];
  const done: Done[] = [];
  let begin = Number.POSITIVE_INFINITY;
  let end = Number.NEGATIVE_INFINITY;
  for (const { time } of messages) {
    begin = Math.min(begin, time);
    end = Math.max(end, time + 1);
  }
  for (const [n, strike] of strikes.entries()) {
    const { attack: name, at, seconds, intensity = "medium", share } = strike;
    const attack = attackNamed(name);
    const from = begin + Math.round(at * 1e7);
    const to = seconds === undefined ? end : Math.min(end, from + Math.round(seconds * 1e7));
    const channel = strike.channel ?? busiest(channels, from, to);
    const list = channels.get(channel ?? -1);
    if (channel === undefined || !list || !(from < to))
      throw new Error(
        `${name}: no messages${strike.channel === undefined ? "" : ` on channel ${strike.channel}`} from ${at} s on`,
      );
    const scene = new Scene({
      messages: list,
      from,
      to,
      level: INTENSITIES.indexOf(intensity),
      budget: share === undefined ? undefined : Math.max(1, Math.round(share * messages.length)),
      random: new Random(seed, `${n} ${name}`),
      mark: { name, strike: n },
    });
    attack.run(scene);
    const after = settle(list, scene.edits);
    channels.set(channel, after);
    for (const edit of scene.edits)
      if (edit.kind === "remove") removed.push({ message: edit.message, mark: edit.mark });
    const counts = { inserted: 0, modified: 0, moved: 0, removed: 0 };
    for (const { attack: mark } of after) if (mark?.strike === n) counts[mark.change]++;
    counts.removed = removed.filter(({ mark }) => mark.strike === n).length;
    done.push({ attack: name, intensity, channel, from, to, counts });
  }
  return { messages: merged([...channels.values()]), removed, strikes: done };
}

function busiest(channels: ReadonlyMap<number, BusMessage[]>, from: number, to: number): number | undefined {
  let most = 0;
  let found: number | undefined;
  for (const [channel, list] of channels) {
    const count = list.filter(({ time }) => time >= from && time < to).length;
    if (count > most) {
      most = count;
      found = channel;
    }
  }
  return found;
}

/** Of equal times the earlier list is first. */
function merged(lists: BusMessage[][]): BusMessage[] {
  return lists.length === 1 ? lists[0]! : lists.flat().sort((a, b) => a.time - b.time);
}
