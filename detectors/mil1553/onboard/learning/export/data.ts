// Entries of data words.
import { Text, byte, lit, unsigned } from "../../../../../lib/onboard/text";
import { learnedIdentity, learnedWord, moves, wordAt } from "../../arena";
import { NONE } from "../../capacity";
import { BusData, Change } from "../../generated/entries";
import { identities, keyAt } from "../../identities";
import { UNKNOWN, Word } from "../../judge/state";
import { channelOf } from "../../observed";
import { LearnedWord, MOVES } from "../state";
import { writeCommands } from "./commands";
import { beginList, beginRow, end, member, next, nextSigned, separate } from "./json";
import { Progress, isFull, nextRow } from "./progress";

/** Bytes that a word's profile may take. */
const PROFILE: usize = 120;

export function writeData(t: Text, p: Progress): bool {
  for (; p.row < identities(); nextRow(p, p.row + 1)) {
    const k = learnedIdentity(p.row);
    if (<u32>k.wordsAt == NONE || p.part >= <u32>k.wordCount) continue;
    lit(t, BusData.detector);
    member(t, BusData.channel, channelOf(keyAt(p.row)));
    writeCommands(t, BusData.commands, keyAt(p.row));
    beginList(t, BusData.words);
    for (let n: u32 = 0; p.part < <u32>k.wordCount && !isFull(t, p, PROFILE); ++p.part, ++n) {
      separate(t, n);
      beginRow(t);
      unsigned(t, p.part);
      writeWord(t, wordAt(<u32>k.wordsAt + p.part), k.samples);
      end(t);
    }
    end(t);
    return true;
  }
  return false;
}

/** [value, how often], or [profile], behind the word's index. */
function writeWord(t: Text, w: Word, samples: u32): void {
  const profile = <u32>w.profile;
  if (profile == UNKNOWN) lit(t, ",null");
  else if (profile == NONE) {
    next(t, w.value);
    next(t, samples);
  } else writeChange(t, learnedWord(profile));
}

function writeChange(t: Text, c: LearnedWord): void {
  lit(t, ",{");
  member(t, Change.n, c.count);
  member(t, Change.sum, c.sum);
  member(t, Change.squares, c.squares);
  member(t, Change.negative, c.negative);
  member(t, Change.negativeSum, c.negativeSum);
  beginList(t, Change.range);
  unsigned(t, c.least);
  next(t, c.most);
  nextSigned(t, c.signedLeast);
  nextSigned(t, c.signedMost);
  end(t);
  member(t, Change.ones, c.ones);
  member(t, Change.zeros, c.zeros);
  member(t, Change.longest, c.longest);
  member(t, Change.swings, c.swings);
  member(t, Change.peak, c.peak);
  beginList(t, Change.steps);
  if (c.stepA) writeStep(t, c.stepA, c.countA);
  if (c.stepB) {
    separate(t, 1);
    writeStep(t, c.stepB, c.countB);
  }
  end(t);
  beginList(t, Change.moves);
  let used = MOVES;
  while (used > 0 && load<u32>(moves(c, used - 1)) == 0) --used;
  for (let k: u32 = 0; k < used; ++k) {
    separate(t, k);
    unsigned(t, load<u32>(moves(c, k)));
  }
  end(t);
  byte(t, 125);
}

function writeStep(t: Text, step: u16, count: u32): void {
  beginRow(t);
  unsigned(t, step);
  next(t, count);
  end(t);
}
