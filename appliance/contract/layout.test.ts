// The ground's generated classes read and write what the declarations say, where they say.
import { describe, expect, it } from "vitest";
import type { Field, Scalar, Struct } from "./generate/declare.ts";
import { findLayouts } from "./generate/find.ts";
import { Container, Interface } from "./generated/image.ts";
import { RecordHeader, RecordKind } from "./generated/record.ts";
import { type Layout, packed } from "./layout.ts";
import { afterRecord, layRecord, recordOf, recordSize } from "./records.ts";

type Fields = Record<string, number | bigint | Uint8Array>;
type Class = {
  new (memory: Uint8Array, at?: number): Layout<unknown> & Fields;
  SIZE: number;
  AT: Record<string, number>;
};

/** A value for a field, and the bytes that stand for it. */
function example({ kind, scalar, size }: Field): [value: number | bigint | Uint8Array, bytes: Uint8Array] {
  const bytes = Uint8Array.from({ length: size }, (_, n) => 0x41 + n);
  if (kind === "bytes") return [bytes, bytes];
  const view = new DataView(bytes.buffer);
  const values: Record<Scalar, () => number | bigint> = {
    u8: () => view.getUint8(0),
    u16: () => view.getUint16(0, true),
    u32: () => view.getUint32(0, true),
    u64: () => view.getBigUint64(0, true),
    i8: () => view.getInt8(0),
    i16: () => view.getInt16(0, true),
    i32: () => view.getInt32(0, true),
    i64: () => view.getBigInt64(0, true),
    f32: () => view.getFloat32(0, true),
    f64: () => view.getFloat64(0, true),
  };
  return [values[scalar!](), bytes];
}

function check(declared: Struct, Generated: Class): void {
  expect(Generated.SIZE, declared.name).toBe(declared.size);
  for (const field of declared.fields) {
    expect(Generated.AT[field.name], `${declared.name}.${field.name}`).toBe(field.at);
    if (field.kind !== "scalar" && field.kind !== "bytes") continue;
    const memory = new Uint8Array(declared.size + 8);
    const [value, bytes] = example(field);
    const struct = new Generated(memory, 8);
    (struct as Fields)[field.name] = value;
    expect(struct[field.name]).toEqual(value);
    expect(memory.subarray(8 + field.at, 8 + field.at + field.size)).toEqual(bytes);
    memory.fill(0, 8 + field.at, 8 + field.at + field.size);
    expect(
      memory.every((byte) => byte === 0),
      `${declared.name}.${field.name} alone`,
    ).toBe(true);
  }
}

const sources = (await findLayouts()).filter(({ layouts }) => layouts.targets.includes("ground"));

describe("each declared struct", () => {
  it.each(sources)("of $path", async ({ path, layouts }) => {
    const generated = `../../${path.replace("/layouts/", "/generated/")}`;
    const module = (await import(/* @vite-ignore */ generated)) as Record<string, Class>;
    for (const declared of layouts.declarations)
      if (declared.kind === "struct") check(declared, module[declared.name]!);
  });
});

describe("bytes of a field", () => {
  it("are followed by zeros, and refused when they are too long", () => {
    const fields = { name: Buffer.from("in"), direction: 1, mac: new Uint8Array(6) };
    const bytes = packed(Interface, fields);
    expect([...bytes.subarray(0, 9)]).toEqual([0x69, 0x6e, 0, 0, 0, 0, 0, 0, 1]);
    expect(() => packed(Interface, { ...fields, name: new Uint8Array(9) })).toThrow(RangeError);
  });
  it("structs in a struct are where the struct has them", () => {
    const memory = new Uint8Array(Container.SIZE + 4);
    new Container(memory, 4).parts(2).write({ offset: 7, length: 9 });
    expect([memory[4 + 32], memory[4 + 36]]).toEqual([7, 9]);
  });
});

describe("records", () => {
  it("one behind the other", () => {
    const target = new Uint8Array(256).fill(0xff);
    const second = layRecord(target, 0, Uint8Array.from([1, 2, 3]), { time: 5n, original: 60 });
    const end = layRecord(target, second, new Uint8Array(0), { kind: RecordKind.END, number: 2n });
    expect([second, end]).toEqual([recordSize(3), recordSize(3) + 32]);
    const record = new RecordHeader(target);
    expect([record.time, record.captured, record.original, record.link, afterRecord(record)]).toEqual([
      5n,
      3,
      60,
      1,
      second,
    ]);
    expect([...target.subarray(32, 40)]).toEqual([1, 2, 3, 0, 0, 0, 0, 0]);
    record.at = afterRecord(record);
    expect([record.kind, record.number, target[end]]).toEqual([RecordKind.END, 2n, 0xff]);
    expect(recordOf(Uint8Array.from([9]))).toHaveLength(40);
  });
});
