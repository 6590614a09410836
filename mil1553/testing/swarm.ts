// Bus traffic of which much is not as it should be, from a seed: a simulated bus whose messages are left out, sent twice, moved, changed
// in each of their parts; and commands drawn at random, over more channels and terminals than tables have room for.
import { generator } from "../../ip/testing/seeds.ts";
import { BSW, type BusMessage, command, dataCount, LEAST_GAP } from "../simulator/message.ts";

/** In how many of so many messages something is different; 0: in none. */
export interface Disturbed {
  seed: number;
  oneIn: number;
}

const ERRORS = [
  BSW.ERROR,
  BSW.ERROR | BSW.FORMAT,
  BSW.ERROR | BSW.TIMEOUT,
  BSW.ERROR | BSW.WORD_COUNT,
  BSW.ERROR | BSW.SYNC,
];
const MORE_ERRORS = [BSW.ERROR | BSW.WORD, BSW.WORD, BSW.TIMEOUT, 1, 0x8000];

export function disturbed(messages: Iterable<BusMessage>, { seed, oneIn }: Disturbed): BusMessage[] {
  const random = generator(seed * 69069 + 1);
  for (let n = 0; n < 8; n++) random();
  const below = (n: number) => random() % n;
  const of = <T>(list: readonly T[]): T => list[below(list.length)]!;
  const out: BusMessage[] = [];
  /** A message, and for how many more the same is done to it and its like. */
  let lasting = 0;
  let change = 0;
  for (const message of messages) {
    const { words, gap1, gap2, blockStatus, time } = message;
    const copy = { ...message, words: [...words] };
    if (lasting > 0) lasting--;
    else if (below(oneIn) === 0) {
      change = below(20);
      lasting = below(4) === 0 ? 1 + below(60) : 0;
    } else {
      out.push(message);
      continue;
    }
    const word = () => below(words.length);
    const more: BusMessage[] = [];
    if (change === 0) continue;
    if (change === 1) more.push({ ...copy, time: time + of([400, 5000, 7000, 200_000]) });
    if (change === 2) copy.words[word()]! ^= 1 << below(16);
    if (change === 3) copy.words[words.length - 1] = of([0, 0xffff, 0x8000, 0x7fff, below(65536)]);
    if (change === 4) copy.words[word()] = (words[word()]! + of([1, 2, -1, 100, 5000])) & 0xffff;
    if (change === 5) Object.assign(copy, { blockStatus: blockStatus | of(ERRORS) });
    if (change === 6)
      Object.assign(copy, { blockStatus: blockStatus ^ of([BSW.BUS_B, BSW.BUS_B, BSW.RT_RT, ...MORE_ERRORS]) });
    if (change === 7) Object.assign(copy, { gap1: of([0, 1, 20, 39, 40, gap1 + 10, gap1 + 30, 140, 255]) });
    if (change === 8) Object.assign(copy, { gap2: of([0, 20, gap2 + 20, 140, 255]), gap1: Math.max(0, gap1 - 8) });
    if (change === 9) copy.words.length = 1 + word();
    if (change === 10) copy.words.push(below(65536));
    if (change === 11) copy.words[0] = command(below(32), below(2) === 0, below(32), below(32));
    if (change === 12) copy.words[0] = (words[0]! & 0xfc1f) | (of([0, 31, 1, 30]) << 5);
    if (change === 13) Object.assign(copy, { time: time + of([-300, -60, 300, 3000, 40_000]) });
    if (change === 14 && out.length)
      copy.words.splice(0, words.length, ...out[Math.max(0, out.length - 1 - below(30))]!.words);
    if (change === 15) Object.assign(copy, { channel: of([message.channel, 7, 8]) });
    if (change === 16) copy.words.splice(1, 1);
    if (change === 17 && words.length > 1) copy.words[1] = words[1]! | (1 << below(11));
    if (change === 18)
      for (let n = 0; n < 3; n++)
        more.push({
          ...copy,
          time: time + 900 * (n + 1),
          words: [command(below(31), true, 1 + below(30), 1 + below(31))],
        });
    if (change === 19) copy.words.fill(of([0, 0x1234]), Math.min(2, words.length - 1));
    out.push(copy, ...more);
  }
  return out.sort((a, b) => a.time - b.time);
}

/** Whatever a monitor can record, on so many channels, as dense as a bus allows or with pauses up to some seconds. */
export function anything({
  seed,
  messages,
  channels,
}: {
  seed: number;
  messages: number;
  channels: number;
}): BusMessage[] {
  const random = generator(seed * 1597334677 + 3);
  for (let n = 0; n < 8; n++) random();
  const below = (n: number) => random() % n;
  const of = <T>(list: readonly T[]): T => list[below(list.length)]!;
  let time = 600_000_000;
  return Array.from({ length: messages }, () => {
    const [to, from] = [below(8) ? below(32) : 31, below(32)];
    const first = command(to, below(2) === 0, below(32), below(32));
    const isPair = below(6) === 0;
    const n = dataCount(first);
    const data = Array.from({ length: below(8) ? n : below(34) }, () => (below(3) ? below(4) : below(65536)));
    const status = (address: number) => (address << 11) | (below(5) ? 0 : 1 << below(11));
    const second = command(below(20) ? from : to, below(12) !== 0, below(32), below(12) ? first & 31 : below(32));
    const plain = first & 0x400 ? [first, status(to), ...data] : [first, ...data, status(to)];
    const words = isPair ? [first & ~0x400, second, status(from), ...data, status(to)] : plain;
    if (below(8) === 0) words.length = below(words.length + 1);
    time += of([0, 300, LEAST_GAP + 700, 7000, 7000, 20_000, 200_000, below(40) ? 900 : 30_000_000]);
    return {
      channel: 2 + below(channels),
      time,
      blockStatus:
        (isPair ? BSW.RT_RT : 0) | (below(2) ? BSW.BUS_B : 0) | (below(6) ? 0 : of([...ERRORS, ...MORE_ERRORS])),
      gap1: of([0, 40, 50, 60, 120, 140, 141, 255, below(256)]),
      gap2: isPair ? of([0, 40, 60, 120, below(256)]) : 0,
      words,
    };
  });
}
