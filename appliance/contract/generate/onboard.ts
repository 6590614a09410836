// AssemblyScript: a class for each struct (of a packed one: offsets), a const enum for each enumeration, constants.
import type { Bits, Declaration, Enumeration, Field, Struct } from "./declare.ts";
import {
  commented,
  docComment,
  generatedFrom,
  lines,
  meaning,
  number,
  type Output,
  placeOf,
  type Source,
} from "./text.ts";

export function onboard(sources: readonly Source[]): Output[] {
  return sources.filter(({ layouts }) => layouts.targets.includes("onboard")).map(file);
}

function file(source: Source): Output {
  const { room, name } = placeOf(source);
  const { doc, declarations } = source.layouts;
  const text = [
    lines(generatedFrom(source.path)),
    lines(`\n${doc}`.slice(doc ? 0 : 1)),
    ...declarations.map(declaration),
  ];
  return { path: `${room}/onboard/generated/${name}.ts`, text: join(text) };
}

/** The first two are one comment. */
const join = ([head, doc, ...rest]: string[][]): string =>
  `${[[...head!, ...doc!], ...rest].map((block) => block.join("\n")).join("\n\n")}\n`;

function declaration(d: Declaration): string[] {
  if (d.kind === "struct") return d.accessors ? accessors(d) : d.packed ? offsets(d) : unmanaged(d);
  if (d.kind === "enumeration") return constEnum(d);
  if (d.kind === "bits") return shifts(d);
  return [
    ...lines(d.doc).filter((line) => line !== "//"),
    ...d.members.flatMap(({ name, value, bits, doc }) =>
      commented(`export const ${name}: u${bits} = ${number(value)};`, doc),
    ),
  ];
}

function unmanaged({ name, size, doc, fields }: Struct): string[] {
  return [
    ...docComment(`${size} bytes. ${doc}`.trim()),
    "@unmanaged",
    `export class ${name} {`,
    ...fields.flatMap((field) =>
      pieces(field).flatMap((piece, n) => commented(`  ${piece};`, n === 0 ? meaning(field) : "")),
    ),
    "}",
  ];
}

/** AssemblyScript's classes hold no arrays: bytes become the largest integers that fit, NAME, NAME1, NAME2 ... */
function pieces({ name, scalar, at, size }: Pick<Field, "name" | "scalar" | "at" | "size">): string[] {
  if (scalar) return [`${name}: ${scalar}`];
  const out: string[] = [];
  for (let done = 0; done < size; ) {
    const piece = [8, 4, 2, 1].find((n) => (at + done) % n === 0 && n <= size - done)!;
    out.push(`${name}${out.length || ""}: u${piece * 8}`);
    done += piece;
  }
  return out;
}

function offsets({ name, size, doc, fields }: Struct): string[] {
  return [
    ...docComment(`Where the fields of its ${size} bytes are. ${doc}`.trim()),
    `export const enum ${name} {`,
    ...fields.flatMap((field) =>
      commented(`  ${field.name} = ${field.at},`, `${typeOf(field)} ${meaning(field)}`.trim()),
    ),
    `  SIZE = ${size},`,
    "}",
  ];
}

/**
 * A class whose getters and setters know the offsets. One of a packed struct has fields without meaning, so that it has the
 * struct's size and can be extended; one with arrays has none.
 */
function accessors(struct: Struct): string[] {
  const { name, size, doc, fields, packed } = struct;
  const room = packed ? pieces({ name: "room", at: 0, size }) : [];
  return [
    ...offsets({ ...struct, name: `${name}At`, doc: "" }),
    "",
    ...docComment(`${size} bytes, read and written where they lie. ${doc}`.trim()),
    "@unmanaged",
    `export class ${name} {`,
    ...room.map((piece) => `  ${piece};`),
    ...fields
      .filter(({ kind }) => kind !== "zero")
      .flatMap((field) => (field.scalar ? numberAt(field) : address(field))),
    "}",
  ];
}

const place = (at: number): string => (at ? `, ${at}` : "");

function numberAt({ name, scalar, at, ...field }: Field): string[] {
  return [
    ...docComment(meaning(field), "  "),
    "  @inline",
    `  get ${name}(): ${scalar} {`,
    `    return load<${scalar}>(changetype<usize>(this)${place(at)});`,
    "  }",
    `  set ${name}(value: ${scalar}) {`,
    `    store<${scalar}>(changetype<usize>(this), value${place(at)});`,
    "  }",
  ];
}

function address(field: Field): string[] {
  return [
    ...docComment(`Where its ${typeOf(field)} begin. ${meaning(field)}`.trim(), "  "),
    "  @inline",
    `  get ${field.name}(): usize {`,
    `    return changetype<usize>(this)${field.at ? ` + ${field.at}` : ""};`,
    "  }",
  ];
}

export const typeOf = ({ scalar, element, count, struct }: Field): string =>
  scalar ?? `${element ?? struct?.name ?? "u8"}[${count}]`;

function constEnum({ name, doc, members }: Enumeration): string[] {
  return [
    ...docComment(doc),
    `export const enum ${name} {`,
    ...members.flatMap((member) => commented(`  ${member.name} = ${number(member.value)},`, member.doc)),
    "}",
  ];
}

function shifts({ name, doc, fields }: Bits): string[] {
  const mask = (bits: number) => number(2 ** bits - 1);
  return [
    ...docComment(`${doc}\nThe lowest bit of each field.`.trim()),
    `export const enum ${name}Shift {`,
    ...fields.flatMap(({ name, from, doc }) => commented(`  ${name} = ${from},`, doc)),
    "}",
    "",
    ...docComment(`The bits of each field of ${name}Shift, once shifted down.`),
    `export const enum ${name}Mask {`,
    ...fields.map(({ name, bits }) => `  ${name} = ${mask(bits)},`),
    "}",
  ];
}
