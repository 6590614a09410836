// AssemblyScript's lines in the generated C, so that the DWARF of the image speaks of .ts files: in gdb, in llvm-symbolizer,
// in `weir debug`. wasm2c does not say which C is from which instruction, so the instructions say it themselves: in a copy
// of the module, in front of the first instruction of each place, there is a constant that is dropped again (mark()). In
// the C it is an assignment of a number that nothing else has, which gives way to #line (withLines()).
//
// What is compiled otherwise does not change: the constants are gone, and lines.test.ts compares the rest.
import type { Mapping, Place } from "./sourcemap.ts";
import { type Body, readBodies } from "./wasm.ts";

/** The upper half of the constants: "WEIR". The lower half counts the places. */
const MARK = 0x57454952n << 32n;

/** The module with its marks, and the places that they stand for. @throws Error when it has such a constant already. */
export function mark(wasm: Uint8Array, map: readonly Mapping[]): { wasm: Uint8Array; places: Place[] } {
  const places: Place[] = [];
  const { section, bodies } = readBodies(wasm);
  let next = 0;
  const marked = bodies.map((body) => {
    while (next < map.length && map[next]!.at < body.code) next++;
    const pieces: Uint8Array[] = [wasm.subarray(body.from, body.code)];
    let from = body.code;
    let last: Place | undefined;
    for (; next < map.length && map[next]!.at < body.to; next++) {
      const { at, place } = map[next]!;
      if (!place || same(place, last) || !body.instructions.has(at)) continue;
      pieces.push(wasm.subarray(from, at), constant(MARK + BigInt(places.push(place) - 1)));
      from = at;
      last = place;
    }
    const bytes = Buffer.concat([...pieces, wasm.subarray(from, body.to)]);
    return Buffer.concat([unsigned(bytes.length), bytes]);
  });
  const contents = Buffer.concat([unsigned(bodies.length), ...marked]);
  const [before, after] = [wasm.subarray(0, section.from), wasm.subarray(section.to)];
  return { wasm: Buffer.concat([before, [10], unsigned(contents.length), contents, after].map(bytesOf)), places };
}

const bytesOf = (part: Uint8Array | number[]) => Uint8Array.from(part);
const same = (a: Place, b?: Place) => a.file === b?.file && a.line === b.line && a.column === b.column;

/** i64.const, drop. */
function constant(value: bigint): Uint8Array {
  const bytes = [0x42];
  let rest = value;
  for (;;) {
    const digit = Number(rest & 0x7fn);
    rest >>= 7n;
    if (rest === 0n && !(digit & 0x40)) return Uint8Array.from([...bytes, digit, 0x1a]);
    bytes.push(digit | 0x80);
  }
}

function unsigned(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 128) return Uint8Array.from([...bytes, rest]);
    bytes.push((rest & 0x7f) | 0x80);
  }
}

/**
 * The generated C of a marked module, with #line in place of the marks. All that is from one place is on one line of the
 * C, in a macro call at the place's column: so the compiler has that column for all of it.
 * @param file what the rest of the C, which is from no line of AssemblyScript, is said to be from
 */
export function withLines(c: string, file: string, places: readonly Place[]): string {
  const out = ["#define AT(...) __VA_ARGS__"];
  const own = () => out.push(`#line ${out.length + 2} "${file}"`);
  own();
  let used = 0;
  for (const each of c.split(/^(?=\w[^;\n]*\) \{\n)/m)) {
    const part = withoutUnused(each, places);
    const end = part.indexOf("\n}\n") + 1;
    const lines = part.slice(0, end).split("\n").slice(0, -1);
    const marks = lines.map((line) => markIn(line, places));
    const first = marks.find((place) => place !== undefined);
    if (!end || !first) {
      out.push(...part.split("\n").slice(0, -1));
      continue;
    }
    const put = (place: Place, text: string[]) => {
      const joined = text.map((line) => line.trim()).join(" ");
      if (joined) out.push(`#line ${place.line} "${place.file}"`, `${" ".repeat(place.column - 1)}AT(${joined})`);
    };
    // The function is said to be where its first instruction is from.
    out.push(`#line ${first.line} "${first.file}"`, lines[0]!);
    let [place, text] = [first, [] as string[]];
    for (const [n, line] of lines.entries()) {
      const next = marks[n];
      if (n && !next) text.push(line);
      if (!next) continue;
      used++;
      put(place, text);
      [place, text] = [next, []];
    }
    put(place, text);
    out.push("}");
    own();
    out.push(
      ...part
        .slice(end + 2)
        .split("\n")
        .slice(0, -1),
    );
  }
  const text = `${out.join("\n")}\n`;
  if (places.length && !used) throw new Error(`${file}: contains none of ${places.length} marks`);
  if (text.includes(String((MARK >> 32n) << 32n).slice(0, 9))) throw new Error(`${file}: a mark is left`);
  return text;
}

/** Without the variables that only the marks were assigned to: their number shows in what clang makes of it. */
function withoutUnused(part: string, places: readonly Place[]): string {
  const rest = part.split("\n").filter((line) => !markIn(line, places));
  const used = new Set(
    rest
      .filter((line) => !DECLARED.test(`${line}\n`))
      .join("\n")
      .match(/\bvar_j\d+\b/g),
  );
  return part.replace(DECLARED, (_, names: string) => {
    const kept = names.split(/,\s+/).filter((name) => used.has(name));
    return kept.length ? `  u64 ${kept.join(", ")};\n` : "";
  });
}

const DECLARED = /^ {2}u64 (var_j\d+(?:,\s+var_j\d+)*);\n/m;

/** wasm2c's C of a mark. Code that is never reached has none. */
function markIn(line: string, places: readonly Place[]): Place | undefined {
  const found = /^\s*var_j\d+ = (\d+)ull;$/.exec(line);
  const value = found ? BigInt(found[1]!) : 0n;
  return value >> 32n === MARK >> 32n ? places[Number(value - MARK)] : undefined;
}

export type { Body };
