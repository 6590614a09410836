/** Memory that is bounded: of what was put in first, it goes first. */

interface Keyed<K> {
  readonly size: number;
  keys(): Iterable<K>;
  delete(key: K): boolean;
}

/** Forgets the oldest of a map or a set until there are `most` at most. */
export function atMost<K>(all: Keyed<K>, most: number): void {
  if (all.size <= most) return;
  for (const key of all.keys()) {
    all.delete(key);
    if (all.size <= most) return;
  }
}
