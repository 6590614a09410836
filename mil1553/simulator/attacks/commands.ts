/** The attacker speaks as the bus controller: commands that the controller never gave, or gave otherwise. */
import {
  BROADCAST,
  BSW,
  type BusMessage,
  command,
  dataCount,
  endOf,
  subaddress,
  terminal,
  transmits,
} from "../message.ts";
import type { Attack } from "./attack.ts";
import type { Scene } from "./scene.ts";
import type { Identity } from "./survey.ts";

const busB = (message: BusMessage) => (message.blockStatus & BSW.BUS_B) !== 0;

/** The latest message of an identity in front of a moment; its first when there is none. */
function latest(identity: Identity, time: number): BusMessage {
  return identity.messages.findLast((m) => m.time < time) ?? identity.messages[0]!;
}

const impersonation: Attack = {
  name: "bc-impersonation",
  does: "A second bus controller sends commands that the terminals know, with data of its own, while the bus is idle.",
  looks: "Known commands outside their schedule; the terminals answer as always. Data partly foreign.",
  levels: {
    low: "1 command/s, one data word changed",
    medium: "5 commands/s, half of the data words changed",
    high: "25 commands/s, all data words changed",
  },
  source: "Stan 2017 (spoofing 1); ISOT attack set",
  run(scene) {
    const wants = (format: string) => (i: Identity) => i.format === format;
    const receives = scene.survey.identities.some(wants("bc-rt"));
    const targets = scene.targets(wants(receives ? "bc-rt" : "rt-bc"), "a BC-RT or RT-BC message");
    for (const time of scene.times(1, 5, 25)) {
      const model = latest(scene.random.pick(targets), time);
      const { format, commands, data } = scene.survey.of(model)!;
      const forged = new Set(
        scene.random.some(
          data.map((_, i) => i),
          scene.of(1, Math.ceil(data.length / 2), data.length),
        ),
      );
      const words = data.map((word, i) => (forged.has(i) ? scene.random.bits() >>> 16 : word));
      scene.insert(time, { format, commands, data: words }, { busB: busB(model), idle: true });
    }
  },
};

const replay: Attack = {
  name: "message-replay",
  does: "Messages that were recorded on this bus are sent again, word for word, while the bus is idle.",
  looks: "A message comes twice in its period; counters and other data go back to what they were.",
  levels: { low: "1 message/s", medium: "5 messages/s", high: "25 messages/s" },
  source: "Stan 2017; ISOT attack 3; DeepAnomalyDetection",
  run(scene) {
    const identities = scene.targets((i) => i.messages.length > 0, "a message without error");
    const known = identities.flatMap((i) => i.messages).sort((a, b) => a.time - b.time);
    for (const time of scene.times(1, 5, 25)) {
      const old = known.filter((m) => m.time < time - 1_000_000);
      scene.insertRecord(time, scene.random.pick(old.length ? old : known), true);
    }
  },
};

const tampering: Attack = {
  name: "command-tampering",
  does: "The controller's command word is overwritten on its way: another subaddress, another word count, T/R flipped.",
  looks: "A command that was never seen in the place of one that is due; after a false count or direction no answer.",
  levels: {
    low: "2 % of one message",
    medium: "10 % of two messages",
    high: "50 % of four messages",
  },
  source: "Stan 2017 (manipulation of WC, T/R, TA); OD1NF1ST command invalidation",
  run(scene) {
    const targets = scene.targets((i) => i.format === "bc-rt" || i.format === "rt-bc", "a BC-RT or RT-BC message");
    for (const { messages } of scene.choose(targets, scene.of(1, 2, 4), scene.of(0.02, 0.1, 0.5)))
      for (const message of messages) tamper(scene, message);
  },
};

function tamper(scene: Scene, message: BusMessage): void {
  const [word, ...rest] = message.words as [number, ...number[]];
  const { random } = scene;
  const [address, transmit, sub, n] = [terminal(word), transmits(word), subaddress(word), dataCount(word)];
  const side = message.blockStatus & BSW.BUS_B;
  const kind = random.below(3);
  if (kind === 0) {
    const other = 1 + ((sub - 1 + 1 + random.below(29)) % 30);
    scene.modify(message, { words: [command(address, transmit, other, n), ...rest] });
  } else if (kind === 1) {
    const count = 1 + ((n - 1 + 1 + random.below(31)) % 32);
    const forged = command(address, transmit, sub, count);
    if (transmit) {
      // The terminal does as it is told: so many words, what it has and zeros
      const data = Array.from({ length: count }, (_, i) => rest[1 + i] ?? 0);
      scene.modify(message, { words: [forged, rest[0]!, ...data] });
    } else {
      const blockStatus = side | BSW.ERROR | BSW.WORD_COUNT | BSW.TIMEOUT;
      scene.modify(message, { words: [forged, ...rest.slice(0, n)], blockStatus, gap1: 0 });
    }
  } else {
    // The terminal waits for data that the controller does not send, or both send at once
    const forged = command(address, !transmit, sub, n);
    if (transmit)
      scene.modify(message, { words: [forged], blockStatus: side | BSW.ERROR | BSW.WORD_COUNT | BSW.TIMEOUT, gap1: 0 });
    else {
      const words = [forged, ...scene.randomWords(1 + random.below(n))];
      scene.modify(message, { words, blockStatus: side | BSW.ERROR | BSW.FORMAT | BSW.WORD, gap1: 0 });
    }
  }
}

const hijack: Attack = {
  name: "rt-rt-hijack",
  does: "A transfer between terminals is led to another receiver; without any, a terminal is made to send to another.",
  looks: "An RT-RT transfer with a receiver it never had; the intended one goes without its data.",
  levels: {
    low: "10 % of the RT-RT transfers (or 1 new one/s)",
    medium: "30 % of them (or 5/s)",
    high: "all of them (or 25/s)",
  },
  source: "Stan 2017; OD1NF1ST man in the middle",
  run(scene) {
    const { survey, random } = scene;
    // Another terminal; on a bus that has none, the attacker's own
    const other = (...not: number[]): { address: number; receives: Set<number> } => {
      const there = survey.stations.filter((s) => !not.includes(s.address));
      return there.length
        ? random.pick(there)
        : { address: random.pick(survey.unusedAddresses()), receives: new Set() };
    };
    if (survey.identities.some((i) => i.format === "rt-rt" && scene.inside(i).length)) {
      const targets = scene.targets((i) => i.format === "rt-rt", "an RT-RT transfer");
      for (const { identity, messages } of scene.choose(targets, targets.length, scene.of(0.1, 0.3, 1))) {
        const [receive, transmit] = identity.commands as [number, number];
        const thief = other(terminal(receive), terminal(transmit));
        const forged = command(thief.address, false, subaddress(receive), dataCount(receive));
        for (const message of messages) {
          const statuses = [survey.of(message)!.statuses[0]!, scene.statusOf(thief.address)];
          const found = { ...survey.of(message)!, commands: [forged, transmit], statuses };
          const words = [...found.commands, statuses[0]!, ...found.data, statuses[1]!];
          scene.modify(message, { words, gap2: scene.gapOf(thief.address) });
        }
      }
      if (scene.budget === undefined || scene.left <= 0) return;
    }
    const sources = scene.targets((i) => i.format === "rt-bc", "an RT-BC message");
    for (const time of scene.times(1, 5, 25)) {
      const identity = random.pick(sources);
      const transmit = identity.commands[0]!;
      const thief = other(terminal(transmit));
      const into = thief.receives.size ? random.pick([...thief.receives]) : 1 + random.below(30);
      const commands = [command(thief.address, false, into, dataCount(transmit)), transmit];
      const model = latest(identity, time);
      const { data } = survey.of(model)!;
      scene.insert(time, { format: "rt-rt", commands, data }, { busB: busB(model), idle: true });
    }
  },
};

const broadcast: Attack = {
  name: "broadcast-abuse",
  does: "Data are broadcast to all terminals at once; nobody answers a broadcast, so nobody notices.",
  looks: "BC-RTs messages to terminal 31 that are not in the schedule, with foreign data.",
  levels: { low: "1 broadcast/s", medium: "5 broadcasts/s", high: "25 broadcasts/s" },
  source: "Stan 2017 (spoofing 2); ISOT attack 2",
  run(scene) {
    const { random } = scene;
    const known = scene.survey.identities.filter((i) => i.format === "broadcast");
    for (const time of scene.times(1, 5, 25)) {
      // In low intensity as a broadcast that exists, if there is one
      const as = known.length && scene.of(true, false, false) ? random.pick(known).commands[0]! : undefined;
      const word = as ?? command(BROADCAST, false, 1 + random.below(30), 1 + random.below(32));
      const data = scene.randomWords(dataCount(word));
      scene.insert(time, { format: "broadcast", commands: [word], data }, { idle: true });
    }
  },
};

const flooding: Attack = {
  name: "flooding",
  does: "The bus is filled with long commands to one terminal, whether or not the controller wants to speak.",
  looks: "Load rises, one terminal is commanded far more often, the controller's messages come late.",
  levels: {
    low: "100 messages/s (7 % of the bus)",
    medium: "400 messages/s (28 %)",
    high: "1,200 messages/s: all that is left of it",
  },
  source: "ISOT attacks 1 and 2 (targeted and multi-target denial of service); Stan 2017",
  run(scene) {
    const { random, budget } = scene;
    const victim = scene.station();
    const into = victim.receives.size ? random.pick([...victim.receives]) : 1 + random.below(30);
    const word = command(victim.address, false, into, 32);
    const rate = scene.of(100, 400, 1200);
    const step = 1e7 / rate;
    const most = Math.max(1, Math.floor((scene.to - scene.from) / step));
    const count = Math.min(budget ?? most, most);
    const begin = scene.from + random.below(Math.max(1, Math.floor((most - count + 1) * step)));
    for (let i = 0; i < count; i++) {
      const time = Math.floor(begin + (i + random.uniform() / 2) * step);
      scene.insert(time, { format: "bc-rt", commands: [word], data: scene.randomWords(32) }, { busB: false });
    }
  },
};

const schedule: Attack = {
  name: "schedule-change",
  does: "The controller's own program is changed: messages of a minor frame go out in another order, or late.",
  looks: "All messages are there, known and well-formed; who follows whom is not as it was.",
  levels: {
    low: "in 10 % of the minor frames two neighbours change places",
    medium: "half of the minor frames are shuffled",
    high: "all minor frames are shuffled, each second one begins up to 3 ms late",
  },
  source: "Stan 2017 (order of messages); Genereux 2020 (MAIDENS)",
  run(scene) {
    const bursts = burstsOf(scene.window).filter((burst) => burst.length >= 2);
    if (!bursts.length) scene.fail("two messages one behind the other");
    const { random } = scene;
    const share = scene.of(0.1, 0.5, 1);
    const wanted = scene.budget === undefined ? Math.max(1, Math.round(share * bursts.length)) : bursts.length;
    const chosen = scene.budget === undefined ? random.some(bursts, wanted) : random.shuffled(bursts);
    for (const [n, burst] of chosen.entries()) {
      if (scene.left <= 0) break;
      let order = burst;
      if (scene.of(true, false, false)) {
        const i = random.below(burst.length - 1);
        order = [...burst];
        [order[i], order[i + 1]] = [burst[i + 1]!, burst[i]!];
      } else order = random.shuffled(burst);
      const late = scene.of(0, 0, 1) && n % 2 ? random.below(30_000) : 0;
      // The same pauses between other messages
      let time = burst[0]!.time + late;
      for (const [i, message] of order.entries()) {
        if (late || message !== burst[i]) scene.move(message, time);
        const pause = i + 1 < burst.length ? burst[i + 1]!.time - endOf(burst[i]!) : 0;
        time += endOf(message) - message.time + Math.max(20, pause);
      }
    }
  },
};

/** Messages that follow each other within 0.5 ms: what a controller sends in one minor frame. */
function burstsOf(messages: readonly BusMessage[]): BusMessage[][] {
  const bursts: BusMessage[][] = [];
  for (const message of messages) {
    const last = bursts.at(-1)?.at(-1);
    if (last && message.time - endOf(last) <= 5000) bursts.at(-1)!.push(message);
    else bursts.push([message]);
  }
  return bursts;
}

/** A hidden channel out of the aircraft needs somebody who carries it: a subaddress that nobody uses. */
const covertSubaddress: Attack = {
  name: "covert-subaddress",
  does: "Data leave a terminal through a subaddress that the interface-control document does not name.",
  looks: "Few transmit commands to a known terminal, an unknown subaddress; the data look random (they are encrypted).",
  levels: { low: "1 word, once a second", medium: "8 words, 5 times a second", high: "32 words, 25 times a second" },
  source: "Stan 2017 (data leakage)",
  run(scene) {
    const station = scene.station();
    const unused = Array.from({ length: 30 }, (_, i) => i + 1).filter((sub) => !station.transmits.has(sub));
    if (!unused.length) scene.fail("a terminal with an unused subaddress");
    const word = command(station.address, true, scene.random.pick(unused), scene.of(1, 8, 32));
    for (const time of scene.times(1, 5, 25))
      scene.insert(
        time,
        { format: "rt-bc", commands: [word], data: scene.randomWords(dataCount(word)) },
        { busB: station.onB > station.onA, idle: true },
      );
  },
};

export const COMMANDS: readonly Attack[] = [
  impersonation,
  flooding,
  replay,
  tampering,
  hijack,
  broadcast,
  covertSubaddress,
  schedule,
];
