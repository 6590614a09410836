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
