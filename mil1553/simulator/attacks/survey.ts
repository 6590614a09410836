/** What an attacker who has listened for a while knows of a bus: its messages, its terminals, their answers. */
import {
  BROADCAST,
  BSW,
  type BusMessage,
  type Format,
  isMode,
  responders,
  subaddress,
  type Transaction,
  terminal,
  transaction,
  transmits,
} from "../message.ts";

/** A message that is sent again and again: same commands, same bus format. */
export interface Identity {
  key: string;
  format: Format;
  commands: readonly number[];
  /** Those recorded without an error and not touched by another attack, in the order of time. */
  messages: BusMessage[];
}

/** A terminal that has answered. */
export interface Station {
  address: number;
  /** Response times seen, 0.1 us. */
  gaps: number[];
  /** Its latest status word. */
  status: number;
  /** Subaddresses other than mode codes. */
  receives: Set<number>;
  transmits: Set<number>;
  /** Answers on bus A and on bus B. */
  onA: number;
  onB: number;
}

export class Survey {
  /** In the order in which they first appeared. */
  readonly identities: Identity[] = [];
  readonly stations: Station[] = [];
  /** Addresses in any command word at all, also those that never answered. */
  readonly addresses = new Set<number>();
  readonly #transactions = new Map<BusMessage, Transaction>();

  constructor(messages: readonly BusMessage[]) {
    const identities = new Map<string, Identity>();
    const stations = new Map<number, Station>();
    for (const message of messages) {
      if (message.words.length) this.addresses.add(terminal(message.words[0]!));
      const found = message.attack ? undefined : transaction(message);
      if (!found) continue;
      this.#transactions.set(message, found);
      const { format, commands } = found;
      const key = `${format} ${commands.join(" ")}`;
      let identity = identities.get(key);
      if (!identity) {
        identity = { key, format, commands, messages: [] };
        identities.set(key, identity);
        this.identities.push(identity);
      }
      identity.messages.push(message);
      for (const [i, address] of responders(format, commands).entries()) {
        let station = stations.get(address);
        if (!station) {
          station = { address, gaps: [], status: 0, receives: new Set(), transmits: new Set(), onA: 0, onB: 0 };
          stations.set(address, station);
          this.stations.push(station);
        }
        const gap = i === 0 ? message.gap1 : message.gap2;
        if (gap > 0) station.gaps.push(gap);
        station.status = found.statuses[i]!;
        if (message.blockStatus & BSW.BUS_B) station.onB++;
        else station.onA++;
      }
      for (const command of commands) {
        const station = stations.get(terminal(command));
        if (station && !isMode(command))
          (transmits(command) ? station.transmits : station.receives).add(subaddress(command));
      }
    }
  }

  /** A message taken apart; undefined when it was recorded with an error or is marked. */
  of(message: BusMessage): Transaction | undefined {
    return this.#transactions.get(message);
  }

  station(address: number): Station | undefined {
    return this.stations.find((station) => station.address === address);
  }

  /** Addresses 0-30 that no command has named. */
  unusedAddresses(): number[] {
    return Array.from({ length: BROADCAST }, (_, i) => i).filter((i) => !this.addresses.has(i));
  }
}

/** How one data word of an identity behaves. */
export interface Column {
  index: number;
  /** As two's complement, if that makes its range smaller. */
  signed: boolean;
  min: number;
  max: number;
  mean: number;
  /** Standard deviation. */
  sigma: number;
  distinct: number;
  /** Nearly every step is the same and not 0. */
  counts: boolean;
}

export const asNumber = (word: number, signed: boolean): number => (signed && word > 0x7fff ? word - 0x10000 : word);

/** The columns of equally long rows of data words. */
export function columnsOf(rows: readonly (readonly number[])[]): Column[] {
  return (rows[0] ?? []).map((_, index) => {
    const raw = rows.map((row) => row[index]!);
    const range = (signed: boolean): [number, number] => {
      let min = Number.POSITIVE_INFINITY;
      let max = Number.NEGATIVE_INFINITY;
      for (const word of raw) {
        min = Math.min(min, asNumber(word, signed));
        max = Math.max(max, asNumber(word, signed));
      }
      return [min, max];
    };
    const [umin, umax] = range(false);
    const [smin, smax] = range(true);
    const signed = smax - smin < umax - umin;
    const values = raw.map((word) => asNumber(word, signed));
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    const variance = values.reduce((sum, v) => sum + (v - mean) * (v - mean), 0) / values.length;
    const steps = new Map<number, number>();
    for (let i = 1; i < raw.length; i++) {
      const step = (raw[i]! - raw[i - 1]!) & 0xffff;
      steps.set(step, (steps.get(step) ?? 0) + 1);
    }
    const [step, often] = [...steps].sort((a, b) => b[1] - a[1])[0] ?? [0, 0];
    return {
      index,
      signed,
      min: signed ? smin : umin,
      max: signed ? smax : umax,
      mean,
      sigma: Math.sqrt(variance),
      distinct: new Set(raw).size,
      counts: step !== 0 && often >= 0.8 * (raw.length - 1),
    };
  });
}
