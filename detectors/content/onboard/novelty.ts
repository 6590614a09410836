// How surprising something new is, by how long nothing was. Of n messages the `latest`-th was the last that brought
// something new: score = log2((n + 1) / (latest + 1)). It needs no model: what goes on bringing new things scores
// little, what said all it has to say in the first of a thousand messages scores 9. While learning each new thing is
// scored by what came before it, so the limit (../learned.ts) comes from scores of things that were new, on traffic not
// learned yet (prequential: Dawid, J. R. Statist. Soc. A 147 (1984); the rate of new things: Good, Biometrika 40
// (1953)).
import { coarseLog2 } from "../../onboard/numeric";

/** What is new, by kinds that have limits of their own. */
export const enum Class {
  FUNCTION = 0, // a function that this side of a conversation never used
  OBJECT = 1, // an object or register that it was never about
  VALUE = 2, // an octet outside of its values, in a message of a known layout
  OTHER = 3, // the same of a protocol that is not known
}
export const CLASSES: u32 = 4;

@inline export function novelty(messages: u32, latest: u32): f64 {
  return max<f64>(0, coarseLog2(<f64>messages + 1) - coarseLog2(<f64>latest + 1));
}

const UNIT: f64 = 1024;

/** A number of messages in 16 bits, within a thousandth; and its logarithm again. */
@inline export function folded(messages: u32): u16 {
  return <u16>(coarseLog2(<f64>messages + 1) * UNIT);
}
@inline export function logOf(code: u32): f64 {
  return <f64>code / UNIT;
}
/** The number of messages again, within a thousandth. */
export function unfolded(code: u32): u32 {
  const log = logOf(code),
    whole = floor<f64>(log);
  return <u32>nearest<f64>(<f64>((<u64>1) << (<u64>whole)) * (1 + log - whole)) - 1;
}
