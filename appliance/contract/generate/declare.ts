// The words in which a layout is declared: see ../layouts for what they are used for, main.ts for what becomes of them.
//
// All integers are little-endian. A struct's fields lie one behind the other; each starts at a multiple of its own size
// (checked, nothing is padded silently) unless the struct is packed. Offsets are computed, `size` is stated and checked.

export type Scalar = "u8" | "u16" | "u32" | "u64" | "i8" | "i16" | "i32" | "i64" | "f32" | "f64";

export interface FieldType {
  /** A number, bytes that are copied whole, bytes that are zero, or numbers or structs one behind the other. */
  kind: "scalar" | "bytes" | "zero" | "scalars" | "structs";
  scalar?: Scalar;
  /** What "scalars" consist of. */
  element?: Scalar;
  /** Bytes, or of "scalars" and "structs" how many there are. */
  count: number;
  struct?: Struct;
  /** Of "bytes": characters. */
  isText?: boolean;
  doc: string;
  /** "ns", "bytes", or the enumeration that a number is of. */
  unit: string;
}

export interface Field extends FieldType {
  name: string;
  /** Offset from the start of the struct, bytes. */
  at: number;
  size: number;
}

export interface Struct {
  kind: "struct";
  name: string;
  size: number;
  doc: string;
  fields: Field[];
  /** Fields start anywhere: onboard code gets offsets in place of a class. */
  packed: boolean;
  /** Onboard code gets a class that reads and writes fields where they lie, also in a packed struct, and addresses of arrays. */
  accessors: boolean;
  /** Name in C; undefined: derived from `name`. */
  c?: string | undefined;
}

export interface Member {
  name: string;
  value: number;
  doc: string;
  /** What people are told, where that is not the name. */
  words?: string | undefined;
}

export interface Enumeration {
  kind: "enumeration";
  name: string;
  doc: string;
  members: Member[];
  /** In C: the enum's tag, and what stands before each name. */
  c?: readonly [tag: string, prefix: string] | undefined;
}

export interface Constants {
  kind: "constants";
  doc: string;
  /** What stands before each name in C. */
  prefix: string;
  members: (Member & { bits: 32 | 64 })[];
}

/** Fields of a few bits in one number, lowest first. */
export interface Bits {
  kind: "bits";
  name: string;
  doc: string;
  fields: { name: string; from: number; bits: number; doc: string }[];
}

export type Declaration = Struct | Enumeration | Constants | Bits;
export type Target = "onboard" | "ground" | "c";

/** A file of declarations, in the order in which they are shown. */
export interface Layouts {
  title: string;
  doc: string;
  /** Languages that need it. */
  targets: readonly Target[];
  declarations: Declaration[];
}

const SIZES: Record<Scalar, number> = { u8: 1, u16: 2, u32: 4, u64: 8, i8: 1, i16: 2, i32: 4, i64: 8, f32: 4, f64: 8 };

const scalar =
  (type: Scalar) =>
  (doc = "", unit = ""): FieldType => ({ kind: "scalar", scalar: type, count: SIZES[type], doc, unit });

export const u8 = scalar("u8");
export const u16 = scalar("u16");
export const u32 = scalar("u32");
export const u64 = scalar("u64");
export const i8 = scalar("i8");
export const i16 = scalar("i16");
export const i32 = scalar("i32");
export const i64 = scalar("i64");
export const f32 = scalar("f32");
export const f64 = scalar("f64");

/** Bytes that are taken over whole: a name, a key, a digest. */
export const bytes = (count: number, doc = "", unit = ""): FieldType => ({ kind: "bytes", count, doc, unit });

/** The same, of characters. */
export const text = (count: number, doc = ""): FieldType => ({ ...bytes(count, doc), isText: true });

/** Bytes that are zero. */
export const zero = (count: number): FieldType => ({ kind: "zero", count, doc: "zero", unit: "" });

/** Numbers of a type one behind the other: scalars(u16, 8). */
export const scalars = (type: () => FieldType, count: number, doc = "", unit = ""): FieldType => ({
  kind: "scalars",
  element: type().scalar!,
  count,
  doc,
  unit,
});

/** Structs one behind the other. */
export const structs = (struct: Struct, count: number, doc = ""): FieldType => ({
  kind: "structs",
  struct,
  count,
  doc,
  unit: "",
});

/** @throws Error when the fields are not `size` bytes together, or one does not start at a multiple of its size */
export function struct(
  name: string,
  size: number,
  doc: string,
  fields: Record<string, FieldType>,
  options: { packed?: boolean; accessors?: boolean; c?: string } = {},
): Struct {
  let at = 0;
  const placed = Object.entries(fields).map(([field, type]) => {
    const bytes = type.count * (type.struct ? type.struct.size : type.element ? SIZES[type.element] : 1);
    const unit = unitOf(type);
    if (!options.packed && at % unit !== 0)
      throw new Error(`${name}.${field}: at ${at}, expected a multiple of ${unit}`);
    at += bytes;
    return { ...type, name: field, at: at - bytes, size: bytes };
  });
  if (at !== size) throw new Error(`${name}: its fields are ${at} bytes, expected ${size}`);
  const { packed = false, accessors = false, c } = options;
  return { kind: "struct", name, size, doc, fields: placed, packed, accessors, c };
}

/** A field starts at a multiple of it. */
function unitOf({ scalar, element, struct }: FieldType): number {
  const type = scalar ?? element;
  return type ? SIZES[type] : struct ? alignment(struct) : 1;
}

/** The largest of its scalars: where an array of them may start. */
export const alignment = ({ fields, packed }: Struct): number => (packed ? 1 : Math.max(1, ...fields.map(unitOf)));

/** name: value, or [value, what it means], or [value, what it means, what people are told]. */
type Values = Record<string, number | readonly [value: number, doc: string, words?: string]>;

const membersOf = (values: Values): Member[] =>
  Object.entries(values).map(([name, said]) =>
    typeof said === "number" ? { name, value: said, doc: "" } : { name, value: said[0], doc: said[1], words: said[2] },
  );

/** Names for the values that a number may have, or for its bits. @throws Error when two have the same value */
export function enumeration(name: string, doc: string, values: Values, c?: Enumeration["c"]): Enumeration {
  const members = membersOf(values);
  const twice = members.find(({ value }, n) => members.findIndex((other) => other.value === value) !== n);
  if (twice) throw new Error(`${name}.${twice.name}: ${twice.value} has another name already`);
  return { kind: "enumeration", name, doc, members, c };
}

/** @param prefix before each name in C */
export const constants = (doc: string, values: Values, prefix = "WEIR_"): Constants => ({
  kind: "constants",
  doc,
  prefix,
  members: membersOf(values).map((member) => ({ ...member, bits: member.value > 0xffffffff ? 64 : 32 })),
});

/** Fields of some bits each, lowest first: name: [bits, what it means]. @throws Error when they are not 8, 16 or 32 */
export function bits(name: string, doc: string, fields: Record<string, readonly [bits: number, doc: string]>): Bits {
  let from = 0;
  const placed = Object.entries(fields).map(([field, [bits, doc]]) => {
    from += bits;
    return { name: field, from: from - bits, bits, doc };
  });
  if (![8, 16, 32].includes(from)) throw new Error(`${name}: its fields are ${from} bits, expected 8, 16 or 32`);
  return { kind: "bits", name, doc, fields: placed };
}

export const layouts = (
  title: string,
  doc: string,
  targets: readonly Target[],
  declarations: Declaration[],
): Layouts => ({ title, doc, targets, declarations });
