// Entries of messages: the inventory with its intervals.
import { Text, lit, unsigned } from "../../../../../lib/onboard/text";
import { learnedIdentity, learnedInterval } from "../../arena";
import { RANGES } from "../../capacity";
import { findBus } from "../../buses";
import { BusMessage } from "../../generated/entries";
import { identities, keyAt } from "../../identities";
import { channelOf } from "../../observed";
import { longestOf, peakOf } from "../rate";
import { LearnedIdentity, PEAKS } from "../state";
import { writeCommands } from "./commands";
import { beginList, beginRow, end, member, memberDecimal, next, separate } from "./json";
import { Progress } from "./progress";

export function writeMessage(t: Text, p: Progress): bool {
  if (p.row == identities()) return false;
  const i = p.row++;
  const k = learnedIdentity(i);
  lit(t, BusMessage.detector);
  member(t, BusMessage.channel, channelOf(keyAt(i)));
  writeCommands(t, BusMessage.commands, keyAt(i));
  member(t, BusMessage.format, k.format);
  member(t, BusMessage.a, k.onA);
  member(t, BusMessage.b, k.onB);
  member(t, BusMessage.again, k.again);
  member(t, BusMessage.damaged, k.damaged);
  member(t, BusMessage.repeats, k.repeats);
  member(t, BusMessage.irregular, k.irregular);
  member(t, BusMessage.disturbed, k.disturbed);
  if (<u32>k.kinds == RANGES) writeRate(t, k, findBus(channelOf(keyAt(i))));
  beginList(t, BusMessage.intervals);
  for (let n: u32 = 0; n < <u32>k.kinds; ++n) {
    const interval = learnedInterval(i, n);
    separate(t, n);
    beginRow(t);
    unsigned(t, interval.countAndKind & 255);
    next(t, interval.countAndKind >> 8);
    next(t, interval.least);
    next(t, interval.most);
    end(t);
  }
  end(t);
  return true;
}

/** Of one that may have no schedule. */
function writeRate(t: Text, k: LearnedIdentity, bus: u32): void {
  member(t, BusMessage.longest, longestOf(k, bus));
  memberDecimal(t, BusMessage.squares, k.squares);
  beginList(t, BusMessage.peaks);
  for (let n: u32 = 0; n < PEAKS && peakOf(k, n) != 0; ++n) {
    separate(t, n);
    unsigned(t, peakOf(k, n));
  }
  end(t);
}
