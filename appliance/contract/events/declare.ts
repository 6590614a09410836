// The words in which events are declared (events.ts): members of JSON objects with their types, units and meanings.

export interface Member {
  /** JSON schema (draft 7) of the value. */
  schema: Record<string, unknown>;
  /** The same in TypeScript. */
  type: string;
  doc: string;
  unit: string;
  optional: boolean;
  /** Of an object, or of a list of such. */
  object?: ObjectType;
}

/** An object with exactly these members. */
export interface ObjectType {
  /** The interface in TypeScript, the definition in the schema. */
  name: string;
  doc: string;
  members: Record<string, Member>;
  /** Sets of members of which one must be there; without it all that are not optional are. */
  oneOf: readonly (readonly string[])[];
}

/** A kind of event: what stands beside its timestamp. */
export interface EventType extends ObjectType {
  /** event_type */
  word: string;
}

const member = (schema: Member["schema"], type: string, doc: string, unit = ""): Member => ({
  schema,
  type,
  doc,
  unit,
  optional: false,
});

/** How many, 0 and up. */
export const count = (doc: string, unit = ""): Member => member({ type: "integer", minimum: 0 }, "number", doc, unit);
export const integer = (minimum: number, maximum: number, doc: string, unit = ""): Member =>
  member({ type: "integer", minimum, ...(maximum < Infinity && { maximum }) }, "number", doc, unit);
/** Not negative. */
export const real = (doc: string, unit = ""): Member => member({ type: "number", minimum: 0 }, "number", doc, unit);
export const text = (doc: string, pattern?: string): Member =>
  member({ type: "string", ...(pattern && { pattern }) }, "string", doc);
export const flag = (doc: string): Member => member({ const: true }, "true", doc);
/** So many hexadecimal digits. */
export const hex = (digits: number, doc: string): Member => text(doc, `^[0-9a-f]{${digits}}$`);
export const word = (words: readonly string[], doc: string): Member =>
  member({ enum: words }, words.map((one) => JSON.stringify(one)).join(" | "), doc);
/** UTC, microseconds. */
export const time = (doc: string): Member => text(doc, "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{6}\\+0000$");
/** Whose members are declared elsewhere: those named here are there, at least. */
export const open = (required: readonly string[], doc: string): Member =>
  member({ type: "object", required }, "Record<string, unknown>", doc);

export const of = (object: ObjectType, doc = object.doc): Member => ({
  ...member({ $ref: `#/definitions/${object.name}` }, object.name, doc),
  object,
});
/** At least one. */
export const list = (item: Member, doc: string): Member => ({
  ...item,
  schema: { type: "array", minItems: 1, items: item.schema },
  type: item.type.includes(" ") ? `(${item.type})[]` : `${item.type}[]`,
  doc,
});
export const optional = (of: Member): Member => ({ ...of, optional: true });

export const object = (
  name: string,
  doc: string,
  members: Record<string, Member>,
  oneOf: ObjectType["oneOf"] = [],
): ObjectType => ({ name, doc, members, oneOf });

export const event = (
  word: string,
  name: string,
  doc: string,
  members: Record<string, Member>,
  oneOf: ObjectType["oneOf"] = [],
): EventType => ({ word, ...object(name, doc, members, oneOf) });
