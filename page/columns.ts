/** Columns of numbers that grow. */
type Column = Uint8Array | Uint16Array | Float64Array | BigUint64Array;

/** A copy with room for more. */
export function grown<T extends Column>(from: T, room: number): T {
  const to = new (from.constructor as new (length: number) => T)(room);
  to.set(from as never);
  return to;
}
