// Learning what a bus is like as a whole: its load, its pauses, its shortest gaps.
//
// Of gaps the 16 lowest are kept: their number is bounded, the 16 lowest of two captures are found from the 16 lowest
// of each, and their spread says how much lower the next ones may be.
import { Message } from "../../../../mil1553/onboard/message";
import { learnedBus, lowestGaps } from "../arena";
import { Behind, BusState, Eighth, LOWEST, LearnedBus } from "../bus";
import { countLoad } from "../buses";
import { apart, damaged, start, trusted } from "../observed";
import { learnPause } from "./controller";

export function learnTraffic(m: Message, bus: u32, b: BusState, dead: i64): void {
  const s = learnedBus(bus);
  if (trusted) s.messages += 1;
  else s.untrusted += 1;
  if (b.resumed != 0 && b.behind == <u8>Behind.BREAK) {
    s.breaks += 1;
    s.longestBreak = max<u32>(s.longestBreak, <u32>dead);
  }
  if (!b.resumed) {
    const moved = apart(start, b.lastStart);
    if (moved > 0) s.span += <u64>moved;
    if (dead > <i64>s.silence) s.silence = <u32>dead;
    if (!b.lastDamaged && !damaged && b.lastBusB == m.busB) {
      gap(lowestGaps(bus), s, <i32>max<i64>(dead, -1000000));
      learnPause(bus, dead);
    }
  }
  const second = countLoad(b, m);
  if (second !== null) learnSecond(s, second);
}

function gap(list: usize, s: LearnedBus, dead: i32): void {
  const n = min<u32>(s.gaps, LOWEST);
  s.gaps += 1;
  if (n == LOWEST && dead >= load<i32>(list + 4 * (LOWEST - 1))) return;
  let i = min<u32>(n, LOWEST - 1);
  for (; i > 0 && load<i32>(list + ((<usize>(i - 1)) << 2)) > dead; --i)
    store<i32>(list + ((<usize>i) << 2), load<i32>(list + ((<usize>(i - 1)) << 2)));
  store<i32>(list + ((<usize>i) << 2), dead);
}

function learnSecond(s: LearnedBus, second: Eighth): void {
  const share = second.busy / 1000; // 1/10,000
  if (s.windows == 0 || share < s.loadMin) s.loadMin = share;
  if (share > s.loadMax) s.loadMax = share;
  if (s.windows == 0 || second.messages < s.countMin) s.countMin = second.messages;
  if (second.messages > s.countMax) s.countMax = second.messages;
  s.loadSum += <u64>share;
  s.loadSquares += <u64>share * share;
  s.windows += 1;
}
