/** Data words of an identity, with the profiles of those that change. */
import { packed } from "../../../../appliance/contract/layout.ts";
import {
  ChangingWord,
  ConstantWord,
  CounterOfWord,
  DriftOfWord,
  FixedOfWord,
  Holds,
  MovesOfWord,
  RangeOfWord,
  WordKind,
} from "../../generated/section.ts";
import { type Profile, profileOf } from "../data.ts";
import { perHour } from "../limits.ts";
import { countOf, type Identity } from "../model.ts";
import { isConstant, type Word } from "../words.ts";

export interface Words {
  bytes: Uint8Array;
  words: number;
  /** How many of them have a profile. */
  profiles: number;
}

/** By identity; undefined where nothing is worth its bytes. @param rate wanted false alarms per hour */
export function wordsOf(identities: readonly Identity[], rate: number): (Words | undefined)[] {
  const changing = identities.reduce((sum, i) => sum + (i.data?.words.filter((w) => !isConstant(w)).length ?? 0), 1);
  return identities.map(({ data, bus, entry }) => {
    if (!data?.words.length || data.words.some(([index], i) => index !== i)) return undefined;
    const rates = { rate: rate / 10 / changing, values: perHour(countOf(entry), bus.entry) };
    const written = data.words.map((word) => wordBytes(word, rates));
    const profiles = written.filter(([kind]) => kind === WordKind.CHANGING).length;
    return { bytes: Buffer.concat(written), words: written.length, profiles };
  });
}

function wordBytes(word: Word, rates: Parameters<typeof profileOf>[1]): Uint8Array {
  if (isConstant(word)) return packed(ConstantWord, { kind: WordKind.CONSTANT, value: word[1] });
  const profile = word[1] && profileOf(word[1], rates);
  if (!profile || !Object.keys(profile).length) return Uint8Array.of(WordKind.UNKNOWN);
  return profileBytes(profile);
}

function profileBytes({ range, moves, counter, longest, fixed, drift }: Profile): Uint8Array {
  const flags =
    (range ? Holds.RANGE : 0) |
    (moves ? Holds.MOVES : 0) |
    (moves?.single ? Holds.ONE_JUMP : 0) |
    (counter ? Holds.COUNTER : 0) |
    (longest ? Holds.RUN : 0) |
    (drift ? Holds.DRIFT : 0) |
    (fixed ? Holds.FIXED : 0);
  return Buffer.concat([
    packed(ChangingWord, { kind: WordKind.CHANGING, flags, longest: longest ?? 0 }),
    range ? packed(RangeOfWord, range) : NOTHING,
    moves ? packed(MovesOfWord, { farthest: moves.farthest }) : NOTHING,
    counter ? packed(CounterOfWord, { stepA: counter[0], stepB: counter[1] }) : NOTHING,
    fixed ? packed(FixedOfWord, fixed) : NOTHING,
    drift ? packed(DriftOfWord, drift) : NOTHING,
  ]);
}

const NOTHING = new Uint8Array(0);
