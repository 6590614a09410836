/** Writes fields one behind the other, as an @unmanaged class lays them out; zeros fill the rest. */
export class Struct {
  readonly #view: DataView;
  #at = 0;
  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }
  #next(size: number): number {
    const at = this.#at;
    this.#at += size;
    return at;
  }
  u8(value: number): this {
    this.#view.setUint8(this.#next(1), value);
    return this;
  }
  u16(value: number): this {
    this.#view.setUint16(this.#next(2), value, true);
    return this;
  }
  u32(value: number): this {
    this.#view.setUint32(this.#next(4), value, true);
    return this;
  }
  u64(value: bigint): this {
    this.#view.setBigUint64(this.#next(8), value, true);
    return this;
  }
  f64(value: number): this {
    this.#view.setFloat64(this.#next(8), value, true);
    return this;
  }
  bytes(value: Uint8Array): this {
    for (const byte of value) this.u8(byte);
    return this;
  }
}

export function struct(size: number, write: (s: Struct) => void): Uint8Array {
  const bytes = new Uint8Array(size);
  write(new Struct(bytes));
  return bytes;
}
