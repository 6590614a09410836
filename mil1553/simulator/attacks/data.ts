/** The attacker changes what is said, not who says it to whom and when: data words. */
import type { BusMessage } from "../message.ts";
import type { Attack } from "./attack.ts";
import type { Scene } from "./scene.ts";
import { asNumber, type Column, columnsOf, type Identity } from "./survey.ts";

const dataOf = (scene: Scene, message: BusMessage) => scene.survey.of(message)!.data;
const hasData = (scene: Scene) => (i: Identity) => dataOf(scene, i.messages[0]!).length > 0;
const columns = (scene: Scene, identity: Identity) => columnsOf(identity.messages.map((m) => dataOf(scene, m)));

/** The words of an identity that carry a measurement, the liveliest first. */
function measurements(scene: Scene, identity: Identity): Column[] {
  const live = columns(scene, identity).filter((c) => c.distinct > 2 && !c.counts);
  return live.sort((a, b) => b.distinct - a.distinct || b.sigma - a.sigma);
}

/** Identities with a measurement; if there is none on the bus, with any data. */
function measured(scene: Scene): Identity[] {
  const targets = scene.targets(hasData(scene), "a message with data words");
  const live = targets.filter((i) => measurements(scene, i).length > 0);
  return live.length ? live : targets;
}

/** A value back into a word of 16 bits, held at the ends of the range. */
function asWord(value: number, signed: boolean): number {
  const [least, most] = signed ? [-32768, 32767] : [0, 65535];
  return Math.min(most, Math.max(least, Math.round(value))) & 0xffff;
}

/** Lets `change` have one measurement of each chosen message. */
function manipulate(
  scene: Scene,
  parts: { count: number; part: number; contiguous: boolean },
  change: (value: number, column: Column, time: number) => number,
): void {
  for (const { identity, messages } of scene.choose(measured(scene), parts.count, parts.part, parts.contiguous)) {
    const column = measurements(scene, identity)[0] ?? columns(scene, identity)[0]!;
    for (const message of messages) {
      const data = [...dataOf(scene, message)];
      const value = asNumber(data[column.index]!, column.signed);
      data[column.index] = asWord(change(value, column, message.time), column.signed);
      scene.rewrite(message, { data });
    }
  }
}

/** A column's scale: its standard deviation, or 1,000 where nothing ever moved. */
const scale = ({ sigma }: Column) => sigma || 1000;

const bias: Attack = {
  name: "data-bias",
  does: "A measurement is moved by a constant, in every message from the beginning of the attack to its end.",
  looks: "One step at each end; between them the values move as ever.",
  levels: {
    low: "by half of its standard deviation",
    medium: "by twice its standard deviation",
    high: "by six times its standard deviation",
  },
  source: "Stan 2017 (data manipulation); mil1553 evaluation catalogue",
  run(scene) {
    const times = scene.of(0.5, 2, 6);
    manipulate(scene, { count: 1, part: 1, contiguous: true }, (value, c) => value + Math.max(1, times * scale(c)));
  },
};

const freeze: Attack = {
  name: "data-freeze",
  does: "Data words keep the value that they had when the attack began.",
  looks: "A measurement without its noise, a counter that stands.",
  levels: {
    low: "the liveliest word of one message",
    medium: "all words of one message",
    high: "all words of four messages",
  },
  source: "Stan 2017; mil1553 evaluation catalogue (constant)",
  run(scene) {
    const wanted = scene.of(1, 1, 4);
    for (const { identity, messages } of scene.choose(measured(scene), wanted, 1, true)) {
      // As in the message in front of the attack; only its first when there is none
      const frozen = dataOf(scene, identity.messages[identity.messages.indexOf(messages[0]!) - 1] ?? messages[0]!);
      const word = measurements(scene, identity)[0]?.index ?? 0;
      for (const message of messages) {
        const data = dataOf(scene, message).map((w, i) => (scene.of(i === word, true, true) ? frozen[i]! : w));
        scene.rewrite(message, { data });
      }
    }
  },
};

const drift: Attack = {
  name: "data-drift",
  does: "A measurement is led away slowly, so that no two values in a row look wrong.",
  looks: "No step anywhere; after a while values where there were none.",
  levels: {
    low: "0.2 standard deviations a second",
    medium: "1 standard deviation a second",
    high: "5 standard deviations a second",
  },
  source: "mil1553 evaluation catalogue (ramp)",
  run(scene) {
    const slope = scene.of(0.2, 1, 5);
    manipulate(
      scene,
      { count: 1, part: 1, contiguous: true },
      (value, c, time) => value + (slope * scale(c) * (time - scene.from)) / 1e7,
    );
  },
};

const range: Attack = {
  name: "data-out-of-range",
  does: "Single values far from anything that this word ever held.",
  looks: "Spikes: beyond the least or the greatest value seen.",
  levels: {
    low: "2 % of one message, just beyond its range",
    medium: "10 % of one message, a range beyond it",
    high: "half of two messages, at the end of what 16 bits hold",
  },
  source: "Stan 2017; mil1553 evaluation catalogue (out of range)",
  run(scene) {
    const { random } = scene;
    const far = scene.of(0.1, 1, 1000);
    manipulate(
      scene,
      { count: scene.of(1, 1, 2), part: scene.of(0.02, 0.1, 0.5), contiguous: false },
      (_, { min, max, signed }) => {
        const beyond = Math.max(1, far * (max - min || 1000));
        const most = signed ? 32767 : 65535;
        const least = signed ? -32768 : 0;
        const up = max < most && (min <= least || random.chance(0.5));
        return up ? max + beyond : min - beyond;
      },
    );
  },
};

const covert: Attack = {
  name: "covert-data",
  does: "A message from inside is hidden in the low bits of data words that are sent anyway.",
  looks: "Nothing new on the bus; low bits that were still, or followed a measurement, are random.",
  levels: {
    low: "the lowest bit of the liveliest word, in half of one message",
    medium: "the two lowest bits of the stillest word, in 80 % of one message",
    high: "the four lowest bits of all words, in all of two messages",
  },
  source: "Stan 2017 (data leakage)",
  run(scene) {
    const bits = scene.of(1, 3, 15);
    const targets = scene.targets(hasData(scene), "a message with data words");
    for (const { identity, messages } of scene.choose(targets, scene.of(1, 1, 2), scene.of(0.5, 0.8, 1))) {
      const sorted = columns(scene, identity).sort((a, b) => b.distinct - a.distinct || a.index - b.index);
      const chosen = scene.of(sorted.slice(0, 1), sorted.slice(-1), sorted);
      for (const message of messages) {
        const data = [...dataOf(scene, message)];
        for (const { index } of chosen) data[index] = (data[index]! & ~bits) | (scene.random.bits() & bits);
        scene.rewrite(message, { data });
      }
    }
  },
};

export const DATA: readonly Attack[] = [bias, freeze, drift, range, covert];
