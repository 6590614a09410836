/** The catalogue of ordinary life: changes that happen on a bus and are no attack. */
import type { Channel, Message, Terminal } from "../icd/model.ts";
import { Random } from "../random.ts";
import type { Happening } from "./happening.ts";

/** When a change begins, how long it lasts, and what is chosen by chance. */
export interface When {
  at: number;
  seconds: number;
  random: Random;
}

export interface Change {
  readonly name: string;
  /** What happens. */
  readonly does: string;
  /** What it looks like on the bus. */
  readonly looks: string;
  /** Seconds that it lasts, least and most. */
  readonly lasts: readonly [number, number];
  /** @throws Error when the channel has nothing that this could happen to */
  plan(channel: Channel, when: When): Happening[];
}

const periodic = ({ messages }: Channel): Message[] => messages.filter(({ aperiodic }) => aperiodic === undefined);

function pick<T>(from: readonly T[], random: Random, needed: string): T {
  if (!from.length) throw new Error(`expected ${needed}`);
  return random.pick(from);
}

/** A terminal that takes part in two messages of the schedule at least. */
function busyTerminal(channel: Channel, random: Random): Terminal {
  const parts = (t: Terminal) => periodic(channel).filter(({ responders }) => responders.includes(t)).length;
  return pick(
    channel.terminals.filter((t) => parts(t) > 1),
    random,
    `a terminal of two messages on ${channel.name}`,
  );
}

/** What happens to one terminal. */
const ofTerminal =
  (what: "silent" | "busy" | "bus-b"): Change["plan"] =>
  (channel, { at, seconds, random }) => [
    { what, channel: channel.name, at, seconds, terminal: busyTerminal(channel, random).name },
  ];

/** The same messages at each change: what a phase is does not change with the seed. */
function phase(channel: Channel): { without: string[]; every: Record<string, number> } {
  const all = periodic(channel);
  const slower = all.filter(({ every, format }) => every === 2 && format === "bc-rt");
  const faster = all.filter(({ every, format }) => every >= 4 && every < 8 && format === "rt-bc");
  const gone = all.filter(({ every, format }) => every === 2 && format === "rt-bc");
  if (!slower.length || !gone.length) throw new Error(`expected messages every 2 minor frames on ${channel.name}`);
  const every = Object.fromEntries([
    ...slower.slice(0, faster.length ? 1 : 2).map(({ name }) => [name, 4]),
    ...faster.slice(0, 1).map(({ name }) => [name, 2]),
  ]);
  return { without: [gone[0]!.name], every };
}

export const CHANGES: readonly Change[] = [
  {
    name: "flight-phase",
    does: "Another phase of the flight: the controller sends one message no longer, and two at other intervals.",
    looks: "All three at the same moment, and back at the same moment.",
    lasts: [60, 90],
    plan: (channel, { at, seconds }) => [{ what: "schedule", channel: channel.name, at, seconds, ...phase(channel) }],
  },
  {
    name: "terminal-reboot",
    does: "A terminal starts again and does not answer for two seconds.",
    looks: "Its messages fail on both buses, then go on.",
    lasts: [1.8, 2.2],
    plan: ofTerminal("silent"),
  },
  {
    name: "terminal-to-bus-b",
    does: "A terminal does not answer on bus A any more; the controller tries bus B, and stays there.",
    looks: "Messages fail once and are repeated on bus B; then they come there at once.",
    lasts: [60, 90],
    plan: ofTerminal("bus-b"),
  },
  {
    name: "bus-to-bus-b",
    does: "Bus A is broken: nobody answers there, and all messages go to bus B.",
    looks: "The same of all terminals.",
    lasts: [60, 90],
    plan: (channel, { at, seconds }) => [{ what: "bus-b", channel: channel.name, at, seconds }],
  },
  {
    name: "controller-take-over",
    does: "The bus controller fails, and after 0.2 s the backup controller begins with the first minor frame.",
    looks: "The bus is silent, then its schedule begins anew at another moment.",
    lasts: [0.18, 0.22],
    plan: (channel, { at, seconds }) => [{ what: "take-over", channel: channel.name, at, seconds }],
  },
  {
    name: "terminal-standby",
    does: "A terminal is in standby: the controller goes on asking it, and it does not answer.",
    looks: "All its messages fail, on both buses, for minutes.",
    lasts: [60, 90],
    plan: ofTerminal("silent"),
  },
  {
    name: "terminal-busy",
    does: "A terminal is in standby and says so: it answers with its busy bit and without data.",
    looks: "Status words with another bit, and messages without data words.",
    lasts: [60, 90],
    plan: ofTerminal("busy"),
  },
  {
    name: "terminal-off",
    does: "A terminal is switched off, and the controller does not ask it any more.",
    looks: "All messages in which it takes part end at the same moment, and begin again at the same moment.",
    lasts: [60, 90],
    plan: (channel, { at, seconds, random }) => {
      const terminal = busyTerminal(channel, random);
      const without = periodic(channel)
        .filter(({ responders }) => responders.includes(terminal))
        .map(({ name }) => name);
      return [{ what: "schedule", channel: channel.name, at, seconds, without, every: {} }];
    },
  },
];

/**
 * The change `times` times, spread over the recording, each at another moment, all to the same terminal: the one that
 * `subject` stands for. @throws Error when it does not fit */
export function changes(
  change: Change,
  channel: Channel,
  { times, seconds, random, subject }: { times: number; seconds: number; random: Random; subject: number },
): Happening[] {
  const [least, most] = change.lasts;
  const part = seconds / times;
  if (part < most + 20)
    throw new Error(`${change.name} ${times} times in ${seconds} s, expected ${most + 20} s for each`);
  return Array.from({ length: times }, (_, i) => {
    const lasts = least + random.uniform() * (most - least);
    const at = i * part + 10 + random.uniform() * (part - lasts - 20);
    return change.plan(channel, { at, seconds: lasts, random: new Random(subject, change.name) });
  }).flat();
}
