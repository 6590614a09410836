// Entries of response times.
import { Text, lit, unsigned } from "../../../../../lib/onboard/text";
import { busAt, learnedResponse, times } from "../../arena";
import { BusResponse } from "../../generated/entries";
import { FIRST_TIME, TIMES } from "../state";
import { responseCount } from "../terminals";
import { beginList, beginRow, end, member, next, separate } from "./json";
import { Progress, isFull, nextRow } from "./progress";

export function writeResponse(t: Text, p: Progress): bool {
  for (; p.row < responseCount(); nextRow(p, p.row + 1)) {
    if (p.part >= TIMES) continue;
    const r = learnedResponse(p.row);
    const who = r.place >> 2;
    lit(t, BusResponse.detector);
    member(t, BusResponse.channel, busAt(who >> 5).channel);
    member(t, BusResponse.terminal, who & 31);
    member(t, BusResponse.answer, r.place & 3);
    // Sums go with the first entry
    const first = p.part == 0;
    member(t, BusResponse.count, first ? r.count : 0);
    member(t, BusResponse.sum, first ? r.sum : 0);
    member(t, BusResponse.squares, first ? r.squares : 0);
    beginList(t, BusResponse.times);
    let written: u32 = 0;
    for (; p.part < TIMES && !isFull(t, p); ++p.part) {
      const count = <u32>load<u16>(times(r, p.part));
      if (count == 0) continue;
      separate(t, written++);
      beginRow(t);
      unsigned(t, FIRST_TIME + p.part);
      next(t, count);
      end(t);
    }
    end(t);
    return true;
  }
  return false;
}
