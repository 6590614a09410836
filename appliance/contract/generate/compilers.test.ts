// What the generators write means to each compiler what the declarations say: offsets, sizes, values.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { main as asc } from "assemblyscript/asc";
import { expect, it } from "vitest";
import { c } from "./c.ts";
import {
  bytes,
  constants,
  enumeration,
  type Field,
  f64,
  layouts,
  type Struct,
  scalars,
  struct,
  structs,
  u8,
  u16,
  u32,
  u64,
  zero,
} from "./declare.ts";
import { findLayouts } from "./find.ts";
import { onboard } from "./onboard.ts";
import type { Source } from "./text.ts";

/** Numbers that AssemblyScript's compiler makes of expressions over one generated file. */
async function evaluate(
  generated: string,
  names: readonly string[],
  expressions: readonly string[],
): Promise<number[]> {
  const body = expressions.map((expression, n) => `export function value${n}(): u32 { return <u32>${expression}; }`);
  const files: Record<string, string> = {
    "layout.ts": generated,
    "probe.ts": [`import { ${names.join(", ")} } from "./layout";`, ...body].join("\n"),
  };
  let wasm: Uint8Array | undefined;
  const { error, stderr } = await asc(["probe.ts", "-o", "probe.wasm", "--runtime", "stub", "--initialMemory", "4"], {
    readFile: (name) => files[name] ?? null,
    writeFile: (_, contents) => {
      wasm = contents as Uint8Array;
    },
    listFiles: () => [],
  });
  if (error) throw new Error(`${error.message}\n${stderr}`);
  const { exports } = await WebAssembly.instantiate(await WebAssembly.compile(wasm as BufferSource), {
    env: { abort: () => {} },
  });
  return expressions.map((_, n) => (exports[`value${n}`] as () => number)() >>> 0);
}

/** Each field of a struct: how AssemblyScript names its offset, and the offset that was declared. */
function expectedOf({ name, packed, accessors, size, fields }: Struct): [string, number][] {
  if (accessors)
    return [
      [`${name}At.SIZE`, size],
      [`offsetof<${name}>()`, packed ? size : 0],
      ...fields.flatMap((field) => accessed(name, field)),
    ];
  return packed
    ? [[`${name}.SIZE`, size], ...fields.map(({ name: field, at }): [string, number] => [`${name}.${field}`, at])]
    : [
        [`offsetof<${name}>()`, size],
        ...fields.map(({ name: field, at }): [string, number] => [`offsetof<${name}>("${field}")`, at]),
      ];
}

/** What a getter reads of memory that is 1 at the field's place, what its setter writes there, where an array is. */
function accessed(name: string, { name: field, kind, scalar, at }: Field): [string, number][] {
  const told: [string, number][] = [[`${name}At.${field}`, at]];
  const it = `changetype<${name}>(64)`;
  if (kind !== "zero" && !scalar) told.push([`(${it}.${field} - 64)`, at]);
  if (scalar)
    told.push(
      [`(store<${scalar}>(64, 0, ${at}), ${it}.${field} = 3, load<${scalar}>(64, ${at}))`, 3],
      [`(store<${scalar}>(64, 5, ${at}), ${it}.${field})`, 5],
    );
  return told;
}

async function checkOnboard(source: Source): Promise<void> {
  const [output] = onboard([source]);
  const expected = source.layouts.declarations.flatMap((d): [string, number][] => {
    if (d.kind === "struct") return expectedOf(d);
    if (d.kind === "enumeration") return d.members.map(({ name, value }) => [`${d.name}.${name}`, value]);
    if (d.kind === "bits")
      return d.fields.flatMap(({ name, from, bits }): [string, number][] => [
        [`${d.name}Shift.${name}`, from],
        [`${d.name}Mask.${name}`, 2 ** bits - 1],
      ]);
    return d.members.map(({ name, value }) => [name, value]);
  });
  const names = source.layouts.declarations.flatMap((d) =>
    d.kind === "constants"
      ? d.members.map(({ name }) => name)
      : d.kind === "bits"
        ? [`${d.name}Shift`, `${d.name}Mask`]
        : d.kind === "struct" && d.accessors
          ? [d.name, `${d.name}At`]
          : [d.name],
  );
  const found = await evaluate(
    output!.text,
    names,
    expected.map(([expression]) => expression),
  );
  expect(found.map((value, n) => [expected[n]![0], value])).toEqual(expected);
}

function clang(text: string, target: string): string {
  const options = [
    "-std=c11",
    "-ffreestanding",
    "-Wall",
    "-Wno-unused-function",
    "-Werror",
    "-fsyntax-only",
    "-target",
    target,
    "-x",
    "c",
    "-",
  ];
  return spawnSync("clang", options, { input: text, encoding: "utf8" }).stderr;
}

const TARGETS = ["x86_64-linux-gnu", "aarch64-linux-gnu"];

it("AssemblyScript's compiler lays every declared struct out as declared", async () => {
  const sources = (await findLayouts()).filter(({ layouts }) => layouts.targets.includes("onboard"));
  expect(sources.length).toBeGreaterThan(0);
  for (const source of sources) await checkOnboard(source);
});

it("clang lays every declared struct out as declared, on both CPUs", () => {
  const header = readFileSync("appliance/contract/abi.h", "utf8");
  for (const target of TARGETS) expect(clang(header, target)).toBe("");
});

it("every kind of declaration, field and alignment", async () => {
  const Inner = struct("Inner", 8, "", { first: u16(), second: u16(), third: u32() });
  const Outer = struct("Outer", 64, "Text | with a bar.", {
    name: bytes(6, "a name"),
    direction: u8(),
    gap: zero(1),
    key: bytes(16),
    share: f64("of all", "%"),
    inner: structs(Inner, 2),
    count: u32(),
    port: u16(),
    rest: zero(10),
  });
  const Packed = struct("Packed", 13, "", { kind: u8(), when: u64(), length: u32("", "bytes") }, { packed: true });
  const Read = struct(
    "Read",
    27,
    "",
    { kind: u8(), when: u64(), counts: scalars(u16, 4), inner: structs(Inner, 1), share: u8(), gap: zero(1) },
    { packed: true, accessors: true },
  );
  const Counts = struct("Counts", 12, "", { all: scalars(u32, 2), some: scalars(u16, 2) });
  const values = constants("Limits.", { MOST: 7, LARGE: 0xfedcba98 });
  const Kind = enumeration("Kind", "", { A: 0, B: [5, "five"] }, ["weir_kind", "KIND_"]);
  const source: Source = {
    path: "appliance/contract/layouts/example.ts",
    layouts: layouts("Example", "", ["onboard", "c"], [values, Kind, Inner, Outer, Packed, Read, Counts]),
  };
  await checkOnboard(source);
  const [header] = c([source]);
  for (const target of TARGETS) expect(clang(header!.text, target)).toBe("");
  const wrong = header!.text.replace("sizeof(struct weir_outer) == 64", "sizeof(struct weir_outer) == 72");
  expect(clang(wrong, TARGETS[0]!)).toContain("Outer");
});
