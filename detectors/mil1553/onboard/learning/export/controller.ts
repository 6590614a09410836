// Entries of what gives a bus controller away: its pauses and its clock.
import { Text, lit, unsigned } from "../../../../../lib/onboard/text";
import { busAt, controllerAt } from "../../arena";
import { busCount } from "../../buses";
import { CONTROLLERS } from "../../capacity";
import { BusClock, BusPause } from "../../generated/entries";
import { GAP_RANGES } from "../../generated/section";
import { keyAt } from "../../identities";
import { writeCommands } from "./commands";
import { beginList, beginRow, end, member, memberDecimal, next, separate } from "./json";
import { Progress, nextRow } from "./progress";

export function writePauses(t: Text, p: Progress): bool {
  for (; p.row < min<u32>(busCount(), CONTROLLERS); nextRow(p, p.row + 1)) {
    if (p.part != 0) continue;
    const c = controllerAt(p.row);
    let written: u32 = 0;
    for (let i: u32 = 0; i < GAP_RANGES; ++i) {
      const r = c.range(i);
      if (r.windows == 0) continue;
      if (written == 0) {
        lit(t, BusPause.detector);
        member(t, BusPause.channel, busAt(p.row).channel);
        beginList(t, BusPause.means);
      }
      separate(t, written++);
      beginRow(t);
      unsigned(t, i);
      next(t, r.windows);
      next(t, r.least);
      next(t, r.most);
      end(t);
    }
    if (written == 0) continue;
    end(t);
    p.part = 1;
    return true;
  }
  return false;
}

export function writeClock(t: Text, p: Progress): bool {
  while (p.row < min<u32>(busCount(), CONTROLLERS)) {
    const i = p.row++;
    const c = controllerAt(i);
    if (c.windows == 0) continue;
    lit(t, BusClock.detector);
    member(t, BusClock.channel, busAt(i).channel);
    writeCommands(t, BusClock.commands, keyAt(<u32>c.anchor - 1));
    member(t, BusClock.segments, c.windows);
    memberDecimal(t, BusClock.least, c.least);
    memberDecimal(t, BusClock.most, c.most);
    memberDecimal(t, BusClock.step, c.step);
    return true;
  }
  return false;
}
