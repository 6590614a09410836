// REQ-IMAGE-008
// WebAssembly -> C. wabt's wasm2c translates; what it writes for any module on any host is then cut down to what a
// compartment is: one memory of constant address and size, no tables, no imports, no growth. wasm2c's preamble (700
// lines) gives way to runtime/wasm/wasm-ops.h. Every cut asserts that it found what it was written for, and the end of
// wasmToC() that nothing of the general runtime is left, so another version of wasm2c is an error here, not a surprise.
//
// The C is freestanding, and compiles as it is on Linux too, for fuzzing, coverage and measuring:
//   clang ${NATIVE_FLAGS} -I appliance/runtime/wasm -I FOLDER FOLDER/inspect.c yours.c
// where yours.c has weir_trap(). What inspect.c then offers (inspect.h):
//   w2c_inspect                          its globals; one object, the caller's, zero or not
//   wasm2c_inspect_instantiate(&it)      sets the globals and copies the data segments; memory must be zero before
//   w2c_inspect_run(&it, from, to)       an export
//   weir_memory_inspect[]                its linear memory, in section .bss.memory.inspect, at a page's start
// An AssemblyScript function a/b/name is called w2c_inspect_a0x2Fb0x2Fname in it.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "../../lib/asc.ts";
import { COMPARTMENTS } from "./compartments.ts";
import { mark, withLines } from "./lines.ts";
import { readSourceMap } from "./sourcemap.ts";

/**
 * What the generated C must be compiled with. No contraction: a fused multiply-add rounds once where WebAssembly rounds
 * twice, and the image would score differently from Node. No errno: square root is an instruction, not a call.
 */
export const NATIVE_FLAGS: readonly string[] = [
  ...["-std=gnu11", "-O2", "-ffp-contract=off", "-fno-math-errno"],
  ...["-mllvm", "-inline-threshold=60"], // asc has inlined what is worth it; 120 KiB less, as fast
];

/** Where wasm-rt.h and wasm-ops.h are; the include path of the generated C. */
export const NATIVE_INCLUDE = join(ROOT, "appliance", "runtime", "wasm");

/** SHA-256 of the preamble of wabt 1.0.39 that wasm-ops.h was written to take the place of. */
const PREAMBLE = "e7833c2ffedc08ae4bfc45c6dd3f6a9bd5f7d445c9b6567ef82d253f8226eb6d";

/**
 * Translates a compartment to `folder`/`name`.c and .h, and returns their paths. Where there is a source map beside the
 * module (`wasmPath`.map), its lines are in the C.
 * @throws Error when the module uses what a compartment may not, or wasm2c is not the version these edits are for.
 */
export async function wasmToC(name: string, wasmPath: string, folder: string): Promise<{ c: string; h: string }> {
  if (!/^[a-z][a-z0-9]*$/.test(name)) throw new Error(`a compartment's name is lower-case letters and digits: ${name}`);
  await mkdir(folder, { recursive: true });
  const c = join(folder, `${name}.c`);
  const h = join(folder, `${name}.h`);
  const wasm2c = join(ROOT, "node_modules", "wabt", "bin", "wasm2c");
  const map = existsSync(`${wasmPath}.map`) ? readSourceMap(await readFile(`${wasmPath}.map`, "utf8")) : [];
  const wasm = await readFile(wasmPath);
  const marked = map.length ? mark(wasm, map) : { wasm, places: [] };
  await writeFile(join(folder, `${name}.wasm`), marked.wasm);
  const files = [`${name}.wasm`, "-o", `${name}.c`];
  await promisify(execFile)(process.execPath, [wasm2c, "-n", name, ...files], { cwd: folder });
  const [source, header] = [await readFile(c, "utf8"), await readFile(h, "utf8")];
  await Promise.all([rm(c), rm(h)]); // so that nothing unreduced stays behind an error
  const id = COMPARTMENTS.find((compartment) => compartment.name === name)?.id ?? 0;
  const reduced = reduceSource(source, name, id);
  await writeFile(c, withLines(reduced.source, `${name}.c`, marked.places));
  await writeFile(h, reduceHeader(header, name, reduced.bytes));
  return { c, h };
}

function reduceSource(written: string, name: string, id: number): { source: string; bytes: number } {
  const edit = editor(`${name}.c`, written);
  const [, memory, least, most] = edit.match(
    /\n {2}wasm_rt_allocate_memory\(&instance->(\w+), (\d+), (\d+), 0, 65536\);/,
  );
  if (least !== most) throw new Error(`${name}: its memory may grow from ${least} to ${most} pages; it must be fixed`);
  const bytes = Number(least) * 65536;

  edit.replace(/^[\s\S]*?(#define IS_SINGLE_UNSHARED_MEMORY 1\n)/, 1, "$1");
  edit.replace(
    /^#define IS_SINGLE_UNSHARED_MEMORY 1\n[\s\S]*?#define WEAK_FUNC_DECL[\s\S]*?#endif\n/,
    1,
    (preamble) => {
      const hash = createHash("sha256").update(preamble).digest("hex");
      if (hash !== PREAMBLE) throw new Error(`${name}.c: wasm2c's preamble is not the one of wabt 1.0.39 (${hash})`);
      return opening(name, id, bytes);
    },
  );
  edit.replace(/^FUNC_TYPE_T\(.*\n/gm, "any", "");
  edit.replace(/\nwasm_rt_func_type_t wasm2c_\w+_get_func_type\([\s\S]*?\n}\n/, 1, "");
  edit.replace(/\nvoid wasm2c_\w+_free\([\s\S]*?\n}\n/, 1, "");
  edit.replace(/\n\/\* export: '[^']*' \*\/\nwasm_rt_memory_t\* [\s\S]*?\n}\n/, "any", "");
  edit.replace(/^#if WASM_RT_USE_SEGUE_FOR_THIS_MODULE\n(#if [\s\S]*?#endif\n)?[^#]*?#endif\n/gm, "some", "");
  edit.replace(/^#if WASM_RT_USE_SEGUE_FOR_THIS_MODULE && [\s\S]*?#endif\n/gm, "some", "");
  edit.replace(/^ {2}assert\(wasm_rt_is_initialized\(\)\);\n/m, 1, "");
  edit.replace(/\n {2}wasm_rt_allocate_memory\(.*\);/, 1, "");
  edit.replace(/^ {2}FUNC_(PROLOGUE|EPILOGUE);\n/gm, "any", "");
  edit.replace(new RegExp(`LOAD_DATA\\(instance->${memory}, `, "g"), "any", "LOAD_DATA(");
  edit.replace(new RegExp(`instance->${memory}\\.pages`, "g"), "any", "(WEIR_MEMORY_SIZE / 65536u)");
  edit.replace(new RegExp(`&instance->${memory}, `, "g"), "any", "");
  edit.refuse(new RegExp(`wasm_rt_|WASM_RT_|\\b${memory}\\b|CALL_INDIRECT|memory_init|_table_|init_instance_import`));
  return { source: edit.text(), bytes };
}

function reduceHeader(written: string, name: string, bytes: number): string {
  const edit = editor(`${name}.h`, written);
  edit.replace(/^ {2}wasm_rt_memory_t \w+;\n/m, 1, "");
  edit.replace(/typedef struct \w+ {\n}/, "any", `typedef struct w2c_${name} {\n  u8 w2c_no_globals;\n}`);
  edit.replace(/^void wasm2c_\w+_free\(.*\n/m, 1, "");
  edit.replace(
    /^wasm_rt_func_type_t .*\n/m,
    1,
    `\n#define WEIR_MEMORY_SIZE_${name} ${bytes}u\nextern u8 weir_memory_${name}[WEIR_MEMORY_SIZE_${name}];\n`,
  );
  edit.replace(/\/\* export: '[^']*' \*\/\nwasm_rt_memory_t\* .*\n\n/, "any", "");
  edit.refuse(/wasm_rt_/);
  return edit.text();
}

/** The first lines of a generated file, up to where the module's own code begins. */
function opening(name: string, id: number, bytes: number): string {
  return `// Written by wasm2c (wabt 1.0.39) from the compartment ${name}, then reduced by appliance/build/native.ts.
#include "${name}.h"

#define WEIR_COMPARTMENT ${id}u
#define WEIR_MEMORY weir_memory_${name}
#define WEIR_MEMORY_SIZE ${bytes}u

u8 weir_memory_${name}[${bytes}] __attribute__((section(".bss.memory.${name}"), aligned(4096)));

// A stack machine's temporaries: what is set and never read is the translator's, not a mistake.
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wunused-variable"
#pragma GCC diagnostic ignored "-Wunused-but-set-variable"
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wunused-label"
#pragma GCC diagnostic ignored "-Wunused-value"

#include "wasm-ops.h"
`;
}

type Count = 1 | "some" | "any";

/** A text and edits on it that say how often they must match. */
function editor(file: string, original: string) {
  let text = original;
  return {
    text: () => text,
    match(pattern: RegExp): RegExpMatchArray {
      const found = text.match(pattern);
      if (!found)
        throw new Error(`${file}: ${pattern} is missing: not what wasm2c of wabt 1.0.39 writes for a compartment`);
      return found;
    },
    replace(pattern: RegExp, count: Count, by: string | ((found: string) => string)): void {
      const found = text.match(new RegExp(pattern, `${pattern.flags.replace("g", "")}g`))?.length ?? 0;
      if (count === 1 ? found !== 1 : count === "some" && found === 0)
        throw new Error(`${file}: ${found} times ${pattern}, expected ${count}: is this wabt 1.0.39?`);
      text = typeof by === "string" ? text.replace(pattern, by) : text.replace(pattern, by);
    },
    refuse(pattern: RegExp): void {
      const line = text.split("\n").find((l) => pattern.test(l));
      if (line) throw new Error(`${file}: a compartment cannot have this: ${line.trim()}`);
    },
  };
}
