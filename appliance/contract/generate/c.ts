// C: one header for the runtime, with every struct's size and offsets asserted where it is compiled.
import type { Constants, Enumeration, Field, Member, Scalar, Struct } from "./declare.ts";
import { generatedFrom, lines, meaning, number, type Output, type Source, snake } from "./text.ts";

const HEADER = "appliance/contract/abi.h";
const ALIGN = "static inline uint32_t weir_align8(uint32_t n) { return (n + 7) & ~7u; }";
const TYPES: Record<Scalar, string> = {
  u8: "uint8_t",
  u16: "uint16_t",
  u32: "uint32_t",
  u64: "uint64_t",
  i8: "int8_t",
  i16: "int16_t",
  i32: "int32_t",
  i64: "int64_t",
  f32: "float",
  f64: "double",
};

export function c(sources: readonly Source[]): Output[] {
  const inC = sources.filter(({ layouts }) => layouts.targets.includes("c"));
  if (!inC.length) return [];
  const blocks = inC.flatMap(({ layouts }) => [
    lines(layouts.title),
    ...layouts.declarations.flatMap((d) =>
      d.kind === "struct"
        ? [structOf(d)]
        : d.kind === "enumeration" && d.c
          ? [enumOf(d)]
          : d.kind === "constants"
            ? [defines(d)]
            : [],
    ),
  ]);
  const head = [
    ...lines(generatedFrom(inC.map(({ path }) => path).join(", "))),
    "#ifndef WEIR_ABI_H",
    "#define WEIR_ABI_H",
    "",
    "#include <stddef.h>",
    "#include <stdint.h>",
  ];
  const text = [head, ...blocks, [ALIGN], ["#endif"]].map((block) => block.join("\n")).join("\n\n");
  return [{ path: HEADER, text: `${text}\n` }];
}

const comment = (code: string, doc: string): string => (doc ? `${code} // ${doc}` : code);

const defines = ({ members, prefix }: Constants): string[] =>
  members.map(({ name, value, doc }) => comment(`#define ${prefix}${name} ${number(value)}`, doc));

function enumOf({ doc, members, c: [tag, prefix] = ["", ""] }: Enumeration): string[] {
  return [
    ...lines(doc).filter((line) => line !== "//"),
    `enum ${tag} {`,
    ...members.map((member) => comment(`  ${prefix}${member.name} = ${number(member.value)},`, member.doc)),
    "};",
    ...words(tag, members),
  ];
}

/** Of values 0, 1, 2 ... that have words: what is in an array of them, each with BEFORE in front. */
function words(tag: string, members: readonly Member[]): string[] {
  if (!members.every((member, n) => member.value === n && member.words !== undefined)) return [];
  const all = members.map((member) => `BEFORE ${JSON.stringify(member.words)}`);
  return [`#define ${tag.toUpperCase()}_WORDS(BEFORE) \\`, `  { ${all.join(", \\\n    ")} }`];
}

const tagOf = ({ c: name, name: fallback }: Struct): string => name ?? `weir_${snake(fallback)}`;

function structOf(struct: Struct): string[] {
  const tag = `struct ${tagOf(struct)}`;
  const told = struct.fields.map(
    (field) => `_Static_assert(offsetof(${tag}, ${snake(field.name)}) == ${field.at}, "${struct.name}.${field.name}");`,
  );
  return [
    ...lines(struct.doc).filter((line) => line !== "//"),
    `${tag} {`,
    ...struct.fields.map((field) => comment(`  ${member(field)};`, meaning(field))),
    struct.packed ? "} __attribute__((packed));" : "};",
    `_Static_assert(sizeof(${tag}) == ${struct.size}, "${struct.name}");`,
    ...told,
  ];
}

function member({ name, kind, scalar, element, count, struct, isText }: Field): string {
  if (scalar) return `${TYPES[scalar]} ${snake(name)}`;
  if (element) return `${TYPES[element]} ${snake(name)}[${count}]`;
  if (kind === "structs") return `struct ${tagOf(struct!)} ${snake(name)}[${count}]`;
  if (count === 1) return `uint8_t ${snake(name)}`;
  return `${isText ? "char" : "uint8_t"} ${snake(name)}[${count}]`;
}
