import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compileOnboard, ROOT } from "../../lib/asc.ts";
import { onboardSources } from "../../lib/sources.ts";
import { mark, withLines } from "./lines.ts";
import { NATIVE_FLAGS, NATIVE_INCLUDE, wasmToC } from "./native.ts";
import { scratchFolder } from "./scratch.ts";
import { placeAt, readSourceMap } from "./sourcemap.ts";
import { guardWat, wat } from "./testing/wat.ts";
import { readBodies, readWasm } from "./wasm.ts";

let folder: string;
let wasmPath: string;
beforeAll(async () => {
  folder = scratchFolder("lines");
  wasmPath = await compileOnboard("appliance/compartments/journal/onboard/index.ts", { pages: 4 });
});
afterAll(() => rmSync(folder, { recursive: true }));

it("a malformed source map, or one that names a source that it lacks", () => {
  const read = (mappings: string) => () => readSourceMap(JSON.stringify({ version: 3, sources: ["a.ts"], mappings }));
  expect(read("AAAA")()).toEqual([{ at: 0, place: { file: "a.ts", line: 1, column: 1 } }]);
  expect(read("AAAA,ACAA")).toThrow(new Error("the source map names source 1 of 1"));
  expect(read("AAAA;")).toThrow(new Error("not a source map of a WebAssembly module"));
});

const linesOf = (path: string) => readFileSync(join(ROOT, path), "utf8").split("\n");
const map = () => readFileSync(`${wasmPath}.map`, "utf8");

/** The journal's C, with lines or without, and its object without what is only for debuggers. */
async function journal(name: string, lines: boolean): Promise<{ c: string; object: Buffer }> {
  const at = join(folder, name);
  mkdirSync(at);
  const wasm = join(at, "module.wasm");
  writeFileSync(wasm, readFileSync(wasmPath));
  if (lines) writeFileSync(`${wasm}.map`, map());
  await wasmToC("journal", wasm, at);
  execFileSync("clang", [...NATIVE_FLAGS, "-g", "-I", NATIVE_INCLUDE, "-c", "journal.c", "-o", "journal.o"], {
    cwd: at,
  });
  execFileSync("llvm-objcopy", ["--strip-debug", "journal.o", "bare.o"], { cwd: at });
  return { c: readFileSync(join(at, "journal.c"), "utf8"), object: readFileSync(join(at, "bare.o")) };
}

describe("lines of AssemblyScript in the generated C", () => {
  it("are nearly everywhere, and change no byte of what is compiled", async () => {
    const [plain, lined] = [await journal("plain", false), await journal("lined", true)];
    const lines = lined.c.match(/^#line \d+ "(?!journal\.c)[^"]+"$/gm) ?? [];
    expect(lines.length).toBeGreaterThan(1000);
    expect(new Set(lines.map((line) => line.split('"')[1]))).toContain(
      "appliance/compartments/journal/onboard/datagram.ts",
    );
    expect(plain.c.includes('.ts"')).toBe(false);
    expect(lined.object.equals(plain.object)).toBe(true);
  });

  it("are told by the object's DWARF, with columns", async () => {
    const object = join(folder, "lined", "journal.o");
    const dump = execFileSync("llvm-dwarfdump", ["--debug-line", object], { encoding: "utf8", maxBuffer: 1 << 28 });
    const rows = [...dump.matchAll(/^0x[0-9a-f]{16} +(\d+) +(\d+) +(\d+) +\d+ +\d+ +(?:\d+ +)?is_stmt/gm)];
    const names = [...dump.matchAll(/^file_names\[ *(\d+)\]:\n +name: "([^"]+)"/gm)].map(
      ([, n, name]) => [n!, name!] as const,
    );
    const files = new Map(names);
    const places = new Set(
      readSourceMap(map()).flatMap(({ place }) => (place ? [`${place.file}:${place.line}:${place.column}`] : [])),
    );
    const told = rows
      .map(([, line, column, file]) => `${files.get(file!)}:${line}:${column}`)
      .filter((text) => text.includes(".ts:") && !text.includes(":0"));
    expect(told.length).toBeGreaterThan(400);
    // A line in a folder is named with it: `appliance/compartments/journal/onboard/` and `index.ts`.
    const known = told.filter((text) => [...places].some((place) => place.endsWith(text)));
    expect(known.length / told.length).toBeGreaterThan(0.97);
    // The others are where a function ends: its closing brace, or the line behind
    const sources = onboardSources();
    const texts = told
      .filter((text) => !known.includes(text))
      .flatMap((text) => {
        const [file, line, column] = text.split(":");
        const lines = sources
          .filter((path) => path.endsWith(`/${file}`))
          .map((path) => linesOf(path)[Number(line) - 1]);
        return lines.some((one) => column === "1" && /^\}?$/.test(one ?? "")) ? [] : [text];
      });
    expect(texts).toEqual([]);
  });

  it("marks leave the module as it is but for themselves", async () => {
    const wasm = readFileSync(wasmPath);
    const { wasm: marked, places } = mark(wasm, readSourceMap(map()));
    expect(WebAssembly.validate(marked as BufferSource)).toBe(true);
    expect(readWasm(marked).functions.map(({ name, calls }) => [name, calls])).toEqual(
      readWasm(wasm).functions.map(({ name, calls }) => [name, calls]),
    );
    const count = (bytes: Uint8Array) =>
      readBodies(bytes).bodies.reduce((sum, body) => sum + body.instructions.size, 0);
    expect(count(marked)).toBe(count(wasm) + 2 * places.length);
    expect(wasm.equals(mark(wasm, []).wasm)).toBe(true);
  });

  it("a constant that looks like a mark is not taken for a mark", async () => {
    const module = await wat(guardWat('(func (export "more") (result i64) (i64.const 0x5745495200000063))'));
    const c = "u64 f(void) {\n  var_j0 = 6288711281212981347ull;\n}\n";
    expect(mark(module, []).places).toEqual([]);
    expect(() => withLines(c, "x.c", [{ file: "a.ts", line: 1, column: 1 }])).toThrow(/none of 1 marks|mark is left/);
  });
});

it("source maps are read as Node reads them", () => {
  const ours = readSourceMap(map());
  const theirs = new SourceMap({ ...JSON.parse(map()), file: "", names: [], sourcesContent: [], sourceRoot: "" });
  let compared = 0;
  for (const { at, place } of ours) {
    if (!place) continue;
    const found = theirs.findEntry(0, at) as { originalSource: string; originalLine: number; originalColumn: number };
    expect({ file: found.originalSource, line: found.originalLine + 1, column: found.originalColumn + 1 }).toEqual(
      place,
    );
    expect(placeAt(ours, at)).toEqual(place);
    compared++;
  }
  expect(compared).toBeGreaterThan(1000);
  expect(() => readSourceMap('{"version":3,"sources":[],"mappings":"AA;AA"}')).toThrow(/not a source map/);
});
