/** Why guard drops a frame, as people read it, in the order of the numbers from 1. */
import { ReasonWords } from "../generated/reasons.ts";

export const REASONS: readonly { name: string; meaning: string }[] = Object.entries(ReasonWords).map(
  ([name, meaning]) => ({ name: name.toLowerCase(), meaning }),
);

/** Names that no rule may have. */
export const RESERVED: ReadonlySet<string> = new Set([...REASONS.map(({ name }) => name), "none"]);
