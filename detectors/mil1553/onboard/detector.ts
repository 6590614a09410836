// The MIL-STD-1553 detectors as the dispatch calls them; mil1553.ts has what they do.
import { addSpare } from "../../../appliance/contract/onboard/spare";
import { BUS, SHARED, blocks, buses, keys, places, responsePlaces, shared, terminals, words } from "./arena";
import { BLOCKS, BUSES, IDENTITIES, TERMINALS, WORDS } from "./capacity";

export { check, configure, exportNext, learn, passing, reset } from "./mil1553";
export { expected, seen } from "./words";

/** Tables that stay untouched where there is no section, and nothing is learned. */
export function spare(configured: bool, learns: bool): void {
  if (learns || configured) return;
  addSpare(buses, BUSES * BUS);
  addSpare(keys, IDENTITIES * 8);
  addSpare(places, 4096 * 2);
  addSpare(words, WORDS * 4);
  addSpare(terminals, TERMINALS * 40);
  addSpare(blocks, BLOCKS * 4);
  addSpare(responsePlaces, 4096 * 2);
  addSpare(shared, SHARED);
}
