// Entries of terminals: status bits and failures.
import { Text, lit } from "../../../../../lib/onboard/text";
import { busAt, learnedTerminal } from "../../arena";
import { busCount } from "../../buses";
import { BusTerminal } from "../../generated/entries";
import { member, memberDecimal, writeBurst } from "./json";
import { Progress, nextRow } from "./progress";

export function writeTerminal(t: Text, p: Progress): bool {
  for (; p.row < busCount() << 5; nextRow(p, p.row + 1)) {
    const s = learnedTerminal(p.row);
    if (s.trials == 0 && s.statuses == 0) continue;
    lit(t, BusTerminal.detector);
    member(t, BusTerminal.channel, busAt(p.row >> 5).channel);
    member(t, BusTerminal.terminal, p.row & 31);
    member(t, BusTerminal.statuses, s.statuses);
    member(t, BusTerminal.bits, s.bits);
    member(t, BusTerminal.twice, s.twice);
    member(t, BusTerminal.trials, s.trials);
    member(t, BusTerminal.failures, s.failures);
    memberDecimal(t, BusTerminal.peak, s.peak);
    writeBurst(t, BusTerminal.burst, s.burstFailures, s.burstTrials);
    nextRow(p, p.row + 1);
    return true;
  }
  return false;
}
