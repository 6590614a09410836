// What raises an anomaly of a 1553 message or of what carries it, and its nearest neighbour, as the tables beside this file give them.

/** Bytes of a recording, or datagrams one after the other. */
export type Given = Buffer | Datagram[];
export interface Datagram {
  frame: Buffer;
  /** Nanoseconds since the first one. */
  at?: bigint;
}

/** `bad` raises the anomaly; `good` is the same but for one field, or one byte, and does not. */
export interface Pair {
  bad: Given;
  good: Given;
  /** Names that `bad` raises besides, and those that `good` raises; of each kind once. */
  also: readonly string[];
  left: readonly string[];
  /** What was put in for each. */
  values: string;
}

/** By the name behind `mil1553.` or `chapter10.`. */
export type Pairs = Readonly<Record<string, Pair | Pair[]>>;

/** What `make` makes of a value that is wrong, and of one that is right. */
export function pair<Value>(
  make: (value: Value) => Given,
  bad: Value,
  good: Value,
  { also = [], left = [] }: { also?: string[]; left?: string[] } = {},
): Pair {
  return { bad: make(bad), good: make(good), also, left, values: `${bad}, not ${good}` };
}
