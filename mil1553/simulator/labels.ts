// Ground truth beside a recording. Two CSV files:
//
//   NAME.labels.csv    number,label,name,channel,rtc48,change      a row for each message that is not clean
//     number   the message's place in the file, from 1: the n-th row that `weir decode` writes, over all channels
//     label    1 (messages without a row are 0)
//     name     the attack;   change: inserted, modified, moved (sent at another time), removed
//     removed  the message is not there: number, channel and time are those of the next message on its channel, the first
//              that can tell. As many rows as messages were removed, so several may have the same number.
//
//   NAME.attacks.csv   strike,name,intensity,channel,begin_rtc48,end_rtc48,begin,end,inserted,modified,moved,removed
//     a row for each attack: its interval (end excluded) on the counter and in time of day, and how many messages it cost
import type { Clock } from "../writer/recording.ts";
import type { Done, Removed } from "./inject.ts";
import type { BusMessage } from "./message.ts";

export const LABEL_COLUMNS = "number,label,name,channel,rtc48,change";
export const STRIKE_COLUMNS =
  "strike,name,intensity,channel,begin_rtc48,end_rtc48,begin,end,inserted,modified,moved,removed";

/** Numbers messages as they are written. */
export class Labels {
  readonly rows: string[] = [];
  /** Attack messages met so far; of the removed only those that have found their number. */
  attacks = 0;
  messages = 0;
  /** Per channel, the latest last. */
  readonly #removed = new Map<number, Removed[]>();

  constructor(removed: readonly Removed[] = []) {
    for (const one of [...removed].sort((a, b) => b.message.time - a.message.time)) {
      const { channel } = one.message;
      const list = this.#removed.get(channel);
      if (list) list.push(one);
      else this.#removed.set(channel, [one]);
    }
  }

  /** The next message of the file. */
  add(message: BusMessage): void {
    this.messages++;
    const waiting = this.#removed.get(message.channel);
    while (waiting?.length && waiting.at(-1)!.message.time <= message.time) {
      this.#row(message, waiting.pop()!.mark.name, "removed");
    }
    if (message.attack) this.#row(message, message.attack.name, message.attack.change);
  }

  #row({ channel, time }: BusMessage, name: string, change: string): void {
    this.attacks++;
    this.rows.push(`${this.messages},1,${name},${channel},${time % 2 ** 48},${change}`);
  }

  csv(): string {
    return `${[LABEL_COLUMNS, ...this.rows].join("\n")}\n`;
  }
}

export function strikesCsv(strikes: readonly Done[], clock: Clock): string {
  const iso = (counter: number) => new Date(clock.ms + (counter - clock.counter) / 10_000).toISOString();
  const rows = strikes.map(({ attack, intensity, channel, from, to, counts }, i) => {
    const { inserted, modified, moved, removed } = counts;
    const interval = [from % 2 ** 48, to % 2 ** 48, iso(from), iso(to)];
    return [i, attack, intensity, channel, ...interval, inserted, modified, moved, removed].join(",");
  });
  return `${[STRIKE_COLUMNS, ...rows].join("\n")}\n`;
}
