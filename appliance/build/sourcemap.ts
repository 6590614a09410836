// Source maps of WebAssembly modules (ECMA-426; WebAssembly "DWARF and source maps" tool conventions): one line, whose
// columns are byte offsets in the module. asc writes them; they say which place of an AssemblyScript file an instruction
// comes from, after inlining too.

export interface Place {
  /** As asc was given it: relative to the project's root; the compiler's library begins with `~lib/`. */
  file: string;
  /** Both from 1. */
  line: number;
  column: number;
}

/** From this byte of the module on, up to the next entry's. Without a place: code that the compiler made up. */
export interface Mapping {
  at: number;
  place?: Place;
}

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** The entries of a map's JSON text, by offset. @throws Error when it is not a map of a module. */
export function readSourceMap(text: string): Mapping[] {
  const { version, sources, mappings } = JSON.parse(text) as { version: number; sources: string[]; mappings: string };
  if (version !== 3 || !Array.isArray(sources) || typeof mappings !== "string" || mappings.includes(";"))
    throw new Error("not a source map of a WebAssembly module");
  const found: Mapping[] = [];
  let [at, file, line, column] = [0, 0, 0, 0];
  for (const segment of mappings.split(",")) {
    const fields = readNumbers(segment);
    at += fields[0] ?? 0;
    if (fields.length < 4) {
      if (fields.length === 1) found.push({ at });
      continue;
    }
    file += fields[1]!;
    line += fields[2]!;
    column += fields[3]!;
    const name = sources[file];
    if (name === undefined) throw new Error(`the source map names source ${file} of ${sources.length}`);
    found.push({ at, place: { file: name, line: line + 1, column: column + 1 } });
  }
  return found;
}

/** Base64 VLQ: five bits a digit, least first, bit 5 says that more follow; the lowest bit of all is the sign. */
function readNumbers(segment: string): number[] {
  const numbers: number[] = [];
  let [value, shift] = [0, 0];
  for (const letter of segment) {
    const digit = DIGITS.indexOf(letter);
    if (digit < 0) throw new Error(`a source map with an invalid character ${JSON.stringify(letter)}`);
    value += (digit & 31) * 2 ** shift;
    shift += 5;
    if (digit & 32) continue;
    numbers.push(value % 2 ? -(value - 1) / 2 : value / 2);
    [value, shift] = [0, 0];
  }
  return numbers;
}

/** The place of the instruction at this byte of the function that begins at `from`; code without one belongs to what is before it. */
export function placeAt(map: readonly Mapping[], offset: number, from = 0): Place | undefined {
  let low = 0;
  let high = map.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (map[middle]!.at <= offset) low = middle + 1;
    else high = middle;
  }
  for (let n = low - 1; n >= 0 && map[n]!.at >= from; n--) if (map[n]!.place) return map[n]!.place;
  return undefined;
}
