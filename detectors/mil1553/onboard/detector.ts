// The MIL-STD-1553 detectors as the dispatch calls them; mil1553.ts has what they do.
import { spareTables } from "./arena";

export { check, configure, exportNext, learn, passing, reset } from "./mil1553";
export { expected, seen } from "./words";

/** Tables that stay untouched where there is no section, and nothing is learned. */
export function spare(configured: bool, learns: bool): void {
  if (!learns && !configured) spareTables();
}
