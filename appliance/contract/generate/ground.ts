// TypeScript of the ground: numbers, words, and for each struct a class that reads and writes it in memory.
import { posix } from "node:path";
import type { Bits, Declaration, Enumeration, Field, Scalar, Struct } from "./declare.ts";
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

const BASE = "appliance/contract/layout.ts";
const VIEW: Record<Scalar, [name: string, type: "number" | "bigint"]> = {
  u8: ["Uint8", "number"],
  u16: ["Uint16", "number"],
  u32: ["Uint32", "number"],
  u64: ["BigUint64", "bigint"],
  i8: ["Int8", "number"],
  i16: ["Int16", "number"],
  i32: ["Int32", "number"],
  i64: ["BigInt64", "bigint"],
  f32: ["Float32", "number"],
  f64: ["Float64", "number"],
};

export function ground(sources: readonly Source[]): Output[] {
  const homes = new Map<Struct, string>();
  for (const source of sources)
    for (const declared of source.layouts.declarations)
      if (declared.kind === "struct") homes.set(declared, outputOf(source));
  return sources.filter(({ layouts }) => layouts.targets.includes("ground")).map((source) => file(source, homes));
}

function outputOf(source: Source): string {
  const { room, name } = placeOf(source);
  return `${room}/generated/${name}.ts`;
}

function file(source: Source, homes: ReadonlyMap<Struct, string>): Output {
  const { doc, declarations } = source.layouts;
  const path = outputOf(source);
  const all = declarations.filter((d) => d.kind === "struct");
  const blocks = [
    [...lines(generatedFrom(source.path)), ...(doc ? ["//", ...lines(doc)] : []), ...imports(path, all, homes)],
    ...declarations.flatMap(declaration),
  ];
  return { path, text: `${blocks.map((block) => block.join("\n")).join("\n\n")}\n` };
}

function imports(path: string, structs: readonly Struct[], homes: ReadonlyMap<Struct, string>): string[] {
  if (!structs.length) return [];
  const arrays = structs.some(({ fields }) => fields.some(({ element }) => element));
  const from = new Map([[BASE, new Set(arrays ? ["Layout", "Scalars"] : ["Layout"])]]);
  for (const { struct } of structs.flatMap(({ fields }) => fields)) {
    const home = struct && homes.get(struct);
    if (home && home !== path) from.set(home, (from.get(home) ?? new Set()).add(struct.name));
  }
  return [...from].map(([file, names]) => {
    const relative = posix.relative(posix.dirname(path), file);
    return `import { ${[...names].sort().join(", ")} } from "${relative.startsWith(".") ? relative : `./${relative}`}";`;
  });
}

function declaration(d: Declaration): string[][] {
  if (d.kind === "struct") return [fieldsOf(d), classOf(d)];
  if (d.kind === "enumeration") return enumerationOf(d);
  if (d.kind === "bits") return [bitsOf(d)];
  return [
    [
      ...lines(d.doc).filter((line) => line !== "//"),
      ...d.members.flatMap(({ name, value, doc }) => commented(`export const ${name} = ${number(value)};`, doc)),
    ],
  ];
}

const typeOf = ({ scalar }: Field): string => (scalar ? VIEW[scalar][1] : "Uint8Array");
const settable = ({ kind }: Field): boolean => kind === "scalar" || kind === "bytes";

function fieldsOf({ name, fields }: Struct): string[] {
  if (!fields.some(settable)) return [`export type ${name}Fields = Record<never, never>;`];
  return [
    `export interface ${name}Fields {`,
    ...fields.filter(settable).flatMap((field) => commented(`  ${field.name}: ${typeOf(field)};`, meaning(field))),
    "}",
  ];
}

function classOf({ name, size, doc, fields }: Struct): string[] {
  const told = fields.filter(({ kind }) => kind !== "zero");
  const at = `  static readonly AT = { ${fields.map((field) => `${field.name}: ${field.at}`).join(", ")} } as const;`;
  return [
    ...docComment(`${size} bytes. ${doc}`.trim()),
    `export class ${name} extends Layout<${name}Fields> implements ${name}Fields {`,
    `  static readonly SIZE = ${size};`,
    ...(at.length <= 120
      ? [at]
      : ["  static readonly AT = {", ...fields.map((field) => `    ${field.name}: ${field.at},`), "  } as const;"]),
    ...told.flatMap(accessors),
    "}",
  ];
}

const plus = (at: number): string => (at ? `this.at + ${at}` : "this.at");

function accessors(field: Field): string[] {
  const { name, at, size, scalar, element, struct, kind, count } = field;
  if (element) {
    const [view, type] = VIEW[element];
    return [
      `  get ${name}(): Scalars<${type}> {`,
      `    return new Scalars(this.view, "${view}", ${plus(at)}, ${size / count}, ${count});`,
      "  }",
    ];
  }
  if (kind === "structs")
    return [
      `  /** The n-th of ${count}. */`,
      `  ${name}(n: number): ${struct!.name} {`,
      `    return new ${struct!.name}(this.view, ${plus(at)} + n * ${struct!.size});`,
      "  }",
    ];
  if (kind === "bytes")
    return [
      `  get ${name}(): Uint8Array {`,
      `    return this.bytesAt(${at}, ${size});`,
      "  }",
      `  set ${name}(value: Uint8Array) {`,
      `    this.setBytesAt(${at}, ${size}, value);`,
      "  }",
    ];
  const [view, type] = VIEW[scalar!];
  const order = size > 1 ? ", true" : "";
  return [
    `  get ${name}(): ${type} {`,
    `    return this.view.get${view}(${plus(at)}${order});`,
    "  }",
    `  set ${name}(value: ${type}) {`,
    `    this.view.set${view}(${plus(at)}, value${order});`,
    "  }",
  ];
}

function enumerationOf({ name, doc, members }: Enumeration): string[][] {
  const words = members.filter((member) => member.words !== undefined);
  const numbers = [
    ...docComment(doc),
    `export const ${name} = {`,
    ...members.flatMap((member) => commented(`  ${member.name}: ${number(member.value)},`, member.doc)),
    "} as const;",
  ];
  if (!words.length) return [numbers];
  return [
    numbers,
    [
      ...docComment(`What people are told of each ${name}.`),
      `export const ${name}Words = {`,
      ...words.map((member) => `  ${member.name}: ${JSON.stringify(member.words)},`),
      "} as const;",
    ],
  ];
}

/** From the lowest bit of each field, and its bits. */
function bitsOf({ name, doc, fields }: Bits): string[] {
  return [
    ...docComment(doc),
    `export const ${name} = {`,
    ...fields.flatMap(({ name, from, bits, doc }) =>
      commented(`  ${name}: { shift: ${from}, mask: ${number(2 ** bits - 1)} },`, doc),
    ),
    "} as const;",
  ];
}
