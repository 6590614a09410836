// A change of the contract that is not made everywhere is seen: each of these single changes, made in memory to one
// declaration or to one generated file, makes what is committed stale or is refused at once.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Declaration, enumeration, type Field, type Struct, struct, u16, u32 } from "./declare.ts";
import { findLayouts } from "./find.ts";
import { outputsOf, stale } from "./outputs.ts";
import type { Source } from "./text.ts";

const README = readFileSync("appliance/contract/README.md", "utf8");
const sources = await findLayouts();
const copy = (): Source[] => structuredClone(sources);

/** The only declaration of this name, or with this constant. */
function find(all: readonly Source[], wanted: (d: Declaration) => boolean): Declaration {
  const found = all.flatMap(({ layouts }) => layouts.declarations).filter(wanted);
  expect(found).toHaveLength(1);
  return found[0]!;
}
const named = (all: readonly Source[], name: string) =>
  find(all, (d) => "name" in d && d.name === name) as Struct & { members: { name: string; value: number }[] };
const fieldOf = (all: readonly Source[], name: string, field: string): Field =>
  named(all, name).fields.find((f) => f.name === field)!;
const constant = (all: readonly Source[], name: string) => {
  const d = find(all, (d) => d.kind === "constants" && d.members.some((m) => m.name === name)) as Struct & {
    members: { name: string; value: number }[];
  };
  return d.members.find((m) => m.name === name)!;
};
const member = (all: readonly Source[], name: string, value: string) =>
  named(all, name).members.find((m) => m.name === value)!;

function swap(all: readonly Source[], name: string, one: string, other: string): void {
  const { fields } = named(all, name);
  const [a, b] = [fields.findIndex((f) => f.name === one), fields.findIndex((f) => f.name === other)];
  const [first, second] = [fields[a]!, fields[b]!];
  fields[a] = { ...second, at: first.at };
  fields[b] = { ...first, at: second.at };
}

/** What each of these makes stale, by the end of its path. */
const declarations: [string, (all: Source[]) => void, RegExp[]][] = [
  ["another ABI version", (all) => constant(all, "ABI_VERSION").value++, [/onboard.*record\.ts/, /abi\.h/]],
  ["a shorter input", (all) => (constant(all, "INPUT_SIZE").value -= 8), [/onboard.*record\.ts/, /abi\.h/]],
  ["a longer packet", (all) => (constant(all, "MAX_CAPTURED").value += 8), [/onboard.*record\.ts/, /abi\.h/]],
  ["fewer verdicts", (all) => constant(all, "VERDICTS").value--, [/onboard.*record\.ts/, /abi\.h/]],
  ["two fields of a record's header swapped", (all) => swap(all, "RecordHeader", "captured", "original"), [/abi\.h/]],
  ["kind and source swapped", (all) => swap(all, "RecordHeader", "kind", "source"), [/abi\.h/, /onboard/]],
  [
    "a field of a record's header signed",
    (all) => (fieldOf(all, "RecordHeader", "verdict").scalar = "i32"),
    [/abi\.h/],
  ],
  ["two fields of a frame's header swapped", (all) => swap(all, "FrameHeader", "json", "text"), [/abi\.h/, /onboard/]],
  ["two fields of an event's header swapped", (all) => swap(all, "EventHeader", "json", "text"), [/onboard/]],
  ["a kind of record renumbered", (all) => (member(all, "RecordKind", "END").value = 4), [/abi\.h/, /onboard/]],
  ["an action renumbered", (all) => (member(all, "Action", "TIGHTEN").value = 7), [/onboard/]],
  [
    "a field of a verdict wider",
    (all) => (named(all, "Verdict").fields[1] as unknown as { bits: number }).bits++,
    [/onboard/],
  ],
  ["another format version", (all) => constant(all, "FORMAT_VERSION").value++, [/onboard.*policy\.ts/]],
  ["a tag renumbered", (all) => (member(all, "Tag", "TABLES").value = 23), [/onboard.*policy\.ts/]],
  ["two fields of a rule swapped", (all) => swap(all, "Rule", "fromAt", "fromCount"), [/onboard.*guard\.ts/]],
  ["two fields of guard's settings swapped", (all) => swap(all, "GuardSettings", "interval", "slack"), [/onboard/]],
  ["a setting of inspect an integer", (all) => (fieldOf(all, "InspectSettings", "theta0").scalar = "u64"), [/onboard/]],
  ["a larger structure", (all) => (named(all, "JournalSettings").size += 8), [/onboard.*journal\.ts/]],
  ["a flag renumbered", (all) => (member(all, "InspectFlag", "LEARN").value = 64), [/onboard.*inspect\.ts/]],
  [
    "an exit code renumbered",
    (all) => (member(all, "ExitCode", "STREAM").value = 35),
    [/generated\/image\.ts/, /abi\.h/],
  ],
  ["two fields of an interface swapped", (all) => swap(all, "Interface", "direction", "zero"), [/abi\.h/]],
  ["another version of the container", (all) => constant(all, "CONTAINER_VERSION").value++, [/abi\.h/]],
];

describe("a single change of a declaration makes what is committed stale", () => {
  it.each(declarations)("%s", (_, change, expected) => {
    const changed = copy();
    change(changed);
    const old = stale(outputsOf(changed, README));
    expect(old).toContain("appliance/contract/README.md");
    expect(old.some((path) => path.includes("/generated/"))).toBe(true);
    for (const path of expected) expect(old.join("\n")).toMatch(path);
  });
});

/** In a generated file as it is committed: what is replaced by what. */
const generated: [path: string, from: RegExp, to: string][] = [
  ["appliance/contract/abi.h", /WEIR_INPUT_SIZE 131072/, "WEIR_INPUT_SIZE 131064"],
  [
    "appliance/contract/abi.h",
    /uint32_t captured;(.*)\n(.*)uint32_t original;/,
    "uint32_t original;$1\n$2uint32_t captured;",
  ],
  ["appliance/contract/abi.h", /WEIR_RECORD_END = 3/, "WEIR_RECORD_END = 4"],
  ["appliance/contract/onboard/generated/record.ts", /RECORD_HEADER: u32 = 32/, "RECORD_HEADER: u32 = 40"],
  [
    "appliance/contract/onboard/generated/guard.ts",
    /fromAt: u16;(.*)\n {2}fromCount: u16;/,
    "fromCount: u16;$1\n  fromAt: u16;",
  ],
  ["appliance/contract/onboard/generated/policy.ts", /TABLES = 22/, "TABLES = 23"],
  ["appliance/contract/generated/record.ts", /getUint32\(this\.at \+ 16, true\)/, "getUint32(this.at + 20, true)"],
  ["appliance/contract/generated/guard.ts", /MAX_RULES = 128/, "MAX_RULES = 64"],
  ["appliance/contract/generated/policy.ts", /TABLES: 22/, "TABLES: 23"],
  ["appliance/contract/README.md", /\| 16 \| u32 \| captured/, "| 20 | u32 | captured"],
];

describe("a single change of a generated file is seen", () => {
  it.each(generated)("%s: %s", (changed, from, to) => {
    const read = (path: string) => readFileSync(path, "utf8");
    const text = read(changed).replace(from, to);
    expect(text).not.toBe(read(changed));
    const committed = (path: string) => (path === changed ? text : read(path));
    expect(stale(outputsOf(sources, committed("appliance/contract/README.md")), committed)).toEqual([changed]);
  });
});

describe("a declaration that cannot be is refused", () => {
  it("with a size that its fields do not have", () => {
    expect(() => struct("A", 8, "", { one: u32() })).toThrow("A: its fields are 4 bytes, expected 8");
  });
  it("with a field at no multiple of its size", () => {
    expect(() => struct("A", 6, "", { one: u16(), two: u32() })).toThrow("A.two: at 2, expected a multiple of 4");
  });
  it("with two names for a value", () => {
    expect(() => enumeration("A", "", { ONE: 1, TWO: 1 })).toThrow("A.TWO: 1 has another name already");
  });
});

/** What compartments and hosts exchange, without what is said of it. */
function exchanged(all: readonly Source[]): string {
  const { layouts } = all.find(({ layouts }) =>
    layouts.declarations.some((d) => "name" in d && d.name === "RecordHeader"),
  )!;
  const said = new Set(["doc", "words", "unit"]);
  const text = JSON.stringify(layouts.declarations, (key, value) => (said.has(key) ? undefined : value)).replace(
    /"name":"ABI_VERSION","value":\d+/,
    "",
  );
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** Whoever changes what is exchanged raises ABI_VERSION, so that a host refuses modules of before, and writes down both here. */
const EXCHANGED = [2, "f04107173f39a821"];

it("what compartments and hosts exchange changes with ABI_VERSION only", () => {
  expect([constant(sources, "ABI_VERSION").value, exchanged(sources)]).toEqual(EXCHANGED);
  const all = copy();
  fieldOf(all, "RecordHeader", "time").at++;
  expect(exchanged(all)).not.toBe(EXCHANGED[1]);
});
