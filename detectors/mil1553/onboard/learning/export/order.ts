// Entries of the order: what came behind each identity.
import { Text, lit, unsigned } from "../../../../../lib/onboard/text";
import { transitionAt } from "../../arena";
import { TRANSITIONS } from "../../capacity";
import { BusOrder } from "../../generated/entries";
import { identities, keyAt } from "../../identities";
import { channelOf, command1, command2, isPair } from "../../observed";
import { nextFrom } from "../order";
import { writeCommands } from "./commands";
import { beginList, beginRow, end, member, next, nextSigned, separate } from "./json";
import { Progress, isFull, nextRow } from "./progress";

export function writeOrder(t: Text, p: Progress): bool {
  for (; p.row < identities(); nextRow(p, p.row + 1)) {
    let at = nextFrom(p.row, p.part);
    if (at == TRANSITIONS) continue;
    lit(t, BusOrder.detector);
    member(t, BusOrder.channel, channelOf(keyAt(p.row)));
    writeCommands(t, BusOrder.commands, keyAt(p.row));
    beginList(t, BusOrder.next);
    for (let n: u32 = 0; at != TRANSITIONS && !isFull(t, p); ++n) {
      const to = transitionAt(at);
      const key = keyAt(<u32>to.to);
      separate(t, n);
      beginRow(t);
      unsigned(t, command1(key));
      nextSigned(t, isPair(key) ? <i64>command2(key) : -1);
      next(t, to.count);
      end(t);
      p.part = at + 1;
      at = nextFrom(p.row, p.part);
    }
    end(t);
    return true;
  }
  return false;
}
