// Entries of buses.
import { Text, lit, signed } from "../../../../../lib/onboard/text";
import { busAt, learnedBus, lowestGaps } from "../../arena";
import { LOWEST } from "../../bus";
import { busCount } from "../../buses";
import { Bus } from "../../generated/entries";
import { beginList, end, member, memberDecimal, separate, writeBurst } from "./json";
import { Progress } from "./progress";

export function writeBus(t: Text, p: Progress): bool {
  if (p.row == busCount()) return false;
  const i = p.row++;
  const s = learnedBus(i);
  lit(t, Bus.detector);
  member(t, Bus.channel, busAt(i).channel);
  member(t, Bus.messages, s.messages);
  member(t, Bus.untrusted, s.untrusted);
  member(t, Bus.span, s.span);
  member(t, Bus.failures, s.failures);
  memberDecimal(t, Bus.peak, s.peak);
  member(t, Bus.kinds, s.kinds);
  member(t, Bus.kindsTwice, s.kindsTwice);
  member(t, Bus.silence, s.silence);
  member(t, Bus.breaks, s.breaks);
  member(t, Bus.longestBreak, s.longestBreak);
  writeBurst(t, Bus.burst, s.burstFailures, s.burstTrials);
  member(t, Bus.windows, s.windows);
  if (s.windows != 0) {
    member(t, Bus.loadMin, s.loadMin);
    member(t, Bus.loadMax, s.loadMax);
    member(t, Bus.loadSum, s.loadSum);
    member(t, Bus.loadSquares, s.loadSquares);
    member(t, Bus.countMin, s.countMin);
    member(t, Bus.countMax, s.countMax);
  }
  member(t, Bus.gaps, s.gaps);
  beginList(t, Bus.lowestGaps);
  for (let k: u32 = 0; k < min<u32>(s.gaps, LOWEST); ++k) {
    separate(t, k);
    signed(t, load<i32>(lowestGaps(i) + ((<usize>k) << 2)));
  }
  end(t);
  member(t, Bus.identitiesLost, s.identitiesLost);
  member(t, Bus.wordsLost, s.wordsLost);
  member(t, Bus.changesLost, s.changesLost);
  member(t, Bus.transitionsLost, s.transitionsLost);
  return true;
}
