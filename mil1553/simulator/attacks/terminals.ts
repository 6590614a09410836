/** The attacker answers, keeps others from answering, or is a terminal that should not be there. */
import { BSW, type BusMessage, command, dataCount, LEAST_GAP, responders, terminal, transmits } from "../message.ts";
import type { Attack } from "./attack.ts";
import type { Scene } from "./scene.ts";
import type { Identity } from "./survey.ts";

/** A message in which this terminal does not answer: its words end where its status word is due. */
export function silence(scene: Scene, message: BusMessage, address: number): void {
  const found = scene.survey.of(message);
  if (!found) return;
  const who = responders(found.format, found.commands).indexOf(address);
  if (who < 0) return;
  const first = transmits(found.commands.at(-1)!) ? found.commands.length : found.commands.length + found.data.length;
  const cut = who === 0 ? first : message.words.length - 1;
  scene.modify(message, {
    words: message.words.slice(0, cut),
    blockStatus: message.blockStatus | BSW.ERROR | BSW.TIMEOUT,
    gap1: who === 0 ? 0 : message.gap1,
    gap2: 0,
  });
}

/** Identities in which a terminal takes part, and the others: where a budget goes when the first are used up. */
function split(identities: readonly Identity[], address: number): [Identity[], Identity[]] {
  const hers = (i: Identity) => i.commands.some((c) => terminal(c) === address);
  return [identities.filter(hers), identities.filter((i) => !hers(i))];
}

const spoofing: Attack = {
  name: "terminal-spoofing",
  does: "Another device answers in a terminal's place, just before it, with data of its own; the terminal falls silent.",
  looks: "Well-formed answers with the right address, their response time off by 0.3 to 3 us, the data old or false.",
  levels: {
    low: "10 % of one message, 0.3 us off, data from an earlier transmission",
    medium: "30 % of one message, 1 us off, a quarter of the data words false",
    high: "all of two messages, 3 us off, all data false",
  },
  source: "Yahalom 2019 (terminal spoofing, response race); Stan 2020; OD1NF1ST fake status",
  run(scene) {
    const { survey, random } = scene;
    const answered = (m: BusMessage) => m.gap1 > 0;
    const targets = scene.targets((i) => i.format === "rt-bc" && i.messages.some(answered), "an RT-BC message");
    const shift = scene.of(3, 10, 30);
    for (const { identity, messages } of scene.choose(targets, scene.of(1, 1, 2), scene.of(0.1, 0.3, 1)))
      for (const message of messages) {
        const { data } = survey.of(message)!;
        const old = survey.of(random.pick(identity.messages))!.data;
        const places = data.map((_, k) => k);
        const forged = new Set(random.some(places, scene.of(0, Math.ceil(data.length / 4), data.length)));
        const earlier = old.length === data.length ? old : data;
        const said = scene.of(earlier, data, data).map((word, k) => (forged.has(k) ? random.bits() >>> 16 : word));
        // Earlier, as long as the standard allows it; else later
        const gap = message.gap1 - shift >= LEAST_GAP ? message.gap1 - shift : Math.min(255, message.gap1 + shift);
        scene.rewrite(message, { data: said }, gap);
      }
  },
};

const rogue: Attack = {
  name: "rogue-terminal",
  does: "A new device on the bus, at an address that nobody has, sends when an accomplice commands it.",
  looks: "Commands to an unknown terminal that answers, with response times of its own (10 us).",
  levels: {
    low: "1 message/s of one word",
    medium: "5 messages/s of 8 words",
    high: "25 messages/s of 32 words",
  },
  source: "Stan 2020 (rogue terminals); ISOT rogue RT0",
  run(scene) {
    const { random } = scene;
    const unused = scene.survey.unusedAddresses();
    if (!unused.length) scene.fail("an address that nobody has");
    const address = random.pick(unused);
    const word = command(address, true, 1 + random.below(30), scene.of(1, 8, 32));
    for (const time of scene.times(1, 5, 25))
      scene.insert(
        time,
        { format: "rt-bc", commands: [word], data: scene.randomWords(dataCount(word)), statuses: [address << 11] },
        { idle: true, gaps: [Math.max(LEAST_GAP, Math.round(100 + 5 * random.normal()))] },
      );
  },
};

const collision: Attack = {
  name: "collision",
  does: "The attacker transmits while others do: words are destroyed, terminals do not understand or are not understood.",
  looks: "Bursts of invalid words, sync and format errors; messages break off.",
  levels: {
    low: "2 % of one terminal's messages",
    medium: "20 % of one terminal's messages",
    high: "half of all messages",
  },
  source: "OD1NF1ST bus and RT collision; Stan 2017 (denial of service)",
  run(scene) {
    const { random } = scene;
    const all = scene.targets(() => true, "a message without error");
    const victim = terminal(random.pick(all).commands.at(-1)!);
    const [hers, others] = split(all, victim);
    const targets = [...hers, ...others];
    for (const { messages } of scene.choose(targets, scene.of(hers, hers, all).length, scene.of(0.02, 0.2, 0.5)))
      for (const message of messages) {
        const words = [...message.words];
        const at = random.below(words.length);
        words[at] = random.bits() >>> 16;
        // What follows the collision is lost as often as not
        const lost = random.chance(0.5);
        const kept = lost ? words.slice(0, at + 1) : words;
        const kinds = [BSW.WORD, BSW.SYNC, BSW.FORMAT | BSW.WORD, BSW.WORD | BSW.WORD_COUNT];
        const blockStatus = message.blockStatus | BSW.ERROR | random.pick(kinds) | (lost ? BSW.WORD_COUNT : 0);
        // A gap is measured only where the status came through
        scene.modify(message, { words: kept, blockStatus, ...(lost && { gap1: 0, gap2: 0 }) });
      }
  },
};

const deletion: Attack = {
  name: "message-deletion",
  does: "A black hole: messages are swallowed before anyone hears them.",
  looks:
    "Messages that are due do not come; nothing else changes. The label stands at the next message of the channel.",
  levels: {
    low: "5 % of one message",
    medium: "25 % of two messages",
    high: "all messages of one terminal",
  },
  source: "Stan 2017; mil1553 evaluation catalogue (suppression)",
  run(scene) {
    const all = scene.targets(() => true, "a message without error");
    const victim = terminal(scene.random.pick(all).commands[0]!);
    const [hers, others] = split(all, victim);
    const targets = scene.of(all, all, [...hers, ...others]);
    for (const { messages } of scene.choose(targets, scene.of(1, 2, hers.length), scene.of(0.05, 0.25, 1)))
      for (const message of messages) scene.remove(message);
  },
};

/** The median interval, if three of four are within a tenth of it; 0.1 us. */
function periodOf({ messages }: Identity): number | undefined {
  const intervals = messages.slice(1).map(({ time }, i) => time - messages[i]!.time);
  const period = [...intervals].sort((a, b) => a - b)[intervals.length >> 1] ?? 0;
  const near = intervals.filter((interval) => Math.abs(interval - period) <= period / 10).length;
  return intervals.length >= 2 && near >= 0.75 * intervals.length ? period : undefined;
}

const timing: Attack = {
  name: "timing-shift",
  does: "A message of the schedule is held back, by a program in the controller or a device between it and the bus.",
  looks: "The message is well-formed, its data right; its intervals are too long and too short in turn.",
  levels: {
    low: "30 % of one message, late by 5 % of its period",
    medium: "half of one message, late by 20 % of its period",
    high: "all of two messages in turn, late by a whole period",
  },
  source: "mil1553 evaluation catalogue (period shift); Genereux 2020 (MAIDENS)",
  run(scene) {
    const targets = scene.targets((i) => periodOf(i) !== undefined, "a periodic message");
    const share = scene.of(0.05, 0.2, 1);
    for (const { identity, messages } of scene.choose(targets, scene.of(1, 1, 2), scene.of(0.3, 0.5, 1))) {
      const period = periodOf(identity)!;
      for (const [i, message] of messages.entries())
        if (scene.of(true, true, i % 2 === 0)) scene.move(message, message.time + Math.round(share * period));
    }
  },
};

export const TERMINALS: readonly Attack[] = [spoofing, rogue, collision, deletion, timing];
