/** What the generated classes of the ground have in common: a place in memory, and the fields that are there. */

type Memory = Uint8Array | DataView;

const viewOf = (memory: Memory): DataView =>
  memory instanceof DataView ? memory : new DataView(memory.buffer, memory.byteOffset, memory.byteLength);

export abstract class Layout<Fields> {
  readonly view: DataView;
  /** Where the struct starts in the view; may be moved. */
  at: number;

  constructor(memory: Memory, at = 0) {
    this.view = viewOf(memory);
    this.at = at;
  }

  /** Sets all fields; what is zero is left alone. */
  write(fields: Fields): this {
    return Object.assign(this, fields);
  }

  /** Not a copy. */
  protected bytesAt(at: number, size: number): Uint8Array {
    return new Uint8Array(this.view.buffer, this.view.byteOffset + this.at + at, size);
  }

  /** Zeros fill the rest. @throws RangeError when the value is longer than the field */
  protected setBytesAt(at: number, size: number, value: Uint8Array): void {
    const field = this.bytesAt(at, size);
    field.set(value);
    field.fill(0, value.length);
  }
}

type Kind<T> = T extends bigint
  ? "BigUint64" | "BigInt64"
  : "Uint8" | "Uint16" | "Uint32" | "Int8" | "Int16" | "Int32" | "Float32" | "Float64";

/** Numbers of a struct that lie one behind the other. */
export class Scalars<T extends number | bigint> {
  readonly length: number;
  readonly #view: DataView;
  readonly #kind: Kind<T>;
  readonly #at: number;
  readonly #size: number;

  constructor(view: DataView, kind: Kind<T>, at: number, size: number, length: number) {
    this.#view = view;
    this.#kind = kind;
    this.#at = at;
    this.#size = size;
    this.length = length;
  }

  #place(n: number): number {
    if (!(n >= 0 && n < this.length)) throw new RangeError(`number ${n} of ${this.length}`);
    return this.#at + n * this.#size;
  }

  get(n: number): T {
    return this.#view[`get${this.#kind}`](this.#place(n), true) as T;
  }

  set(n: number, value: T): void {
    this.#view[`set${this.#kind}`](this.#place(n), value as never, true);
  }

  /** From the first on. @throws RangeError when there are more values than places */
  write(values: Iterable<T>): void {
    let n = 0;
    for (const value of values) this.set(n++, value);
  }
}

interface LayoutClass<Fields> {
  readonly SIZE: number;
  new (memory: Memory, at?: number): Layout<Fields>;
}

/** A struct as bytes of its own. */
export function packed<Fields>(Struct: LayoutClass<Fields>, fields: Fields): Uint8Array {
  const bytes = new Uint8Array(Struct.SIZE);
  new Struct(bytes).write(fields);
  return bytes;
}
