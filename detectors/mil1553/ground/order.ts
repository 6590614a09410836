/** From transitions to the order of messages that have a schedule. */
import { newness } from "./limits.ts";

/** How often `to` came right behind `from`; by number of the identity. */
export type Transitions = Map<number, Map<number, number>>;

export interface Row {
  /** Surprise of a follower that was never seen, bits. */
  unseen: number;
  /** Of those that were. */
  next: { to: number; bits: number }[];
}

/** A follower that was seen, however rarely, is never more surprising than this, bits. */
const SEEN = 4;

/**
 * Rows of the identities with a schedule. What has none is taken out: where it came between two messages, the second
 * follows the first.
 */
export function rowsOf(transitions: Transitions, regular: ReadonlySet<number>): Map<number, Row> {
  const rows = new Map<number, Row>();
  for (const from of regular) {
    const next = new Map<number, number>();
    // Through messages without a schedule, each at most once on the way
    const seen = new Set<number>();
    const open: { at: number; count: number }[] = [{ at: from, count: Number.POSITIVE_INFINITY }];
    for (let step = open.pop(); step; step = open.pop()) {
      for (const [to, count] of transitions.get(step.at) ?? []) {
        const n = Math.min(count, step.count);
        if (regular.has(to)) next.set(to, (next.get(to) ?? 0) + n);
        else if (!seen.has(to)) {
          seen.add(to);
          open.push({ at: to, count: n });
        }
      }
    }
    const counts = [...next.values()];
    const total = counts.reduce((sum, n) => sum + n, 0);
    const usual = counts.reduce((sum, n) => sum - (n / total) * Math.log2(n / total), 0);
    rows.set(from, {
      unseen: newness(total, counts.filter((n) => n === 1).length),
      next: [...next]
        .map(([to, n]) => ({ to, bits: Math.min(SEEN, Math.max(0, Math.log2(total / n) - usual - 2)) }))
        .sort((a, b) => a.to - b.to),
    });
  }
  return rows;
}
