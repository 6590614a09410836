// What lies beside an image (appliance/build/symbols.ts): its symbols, its code, and the modules it was made of.
import { type Elf, readElf, SHT_NOBITS } from "../appliance/build/elf.ts";
import { type Mapping, readSourceMap } from "../appliance/build/sourcemap.ts";
import { moduleSection } from "../appliance/build/symbols.ts";
import { fnv1a } from "./record.ts";

export interface Symbol {
  name: string;
  address: bigint;
  size: bigint;
}

export interface Symbols {
  path: string;
  elf: Elf;
  /** Functions by address. */
  functions: Symbol[];
  /** Every name's first address and size. */
  named: Map<string, Symbol>;
  /** Where the user part's code is when the image is where it was linked for. */
  base: bigint;
  /** FNV-1a of the user part's code, as a crash record has it. */
  text: string;
}

const SYMBOL = 24; // bytes of an Elf64_Sym
const FUNCTION = 2;

/** @param path where it is, for tools that read it themselves. @throws Error when it is no such file. */
export function readSymbols(path: string, bytes: Uint8Array): Symbols {
  const elf = readElf(bytes);
  const table = section(elf, ".symtab");
  const strings = section(elf, ".strtab");
  if (!table || !strings) throw new Error("no symbols: expected the .debug file that weir build writes");
  const view = new DataView(table.buffer, table.byteOffset, table.length);
  const named = new Map<string, Symbol>();
  const functions: Symbol[] = [];
  for (let at = SYMBOL; at + SYMBOL <= table.length; at += SYMBOL) {
    const start = view.getUint32(at, true);
    const name = Buffer.from(strings.subarray(start, strings.indexOf(0, start))).toString("latin1");
    const symbol = { name, address: view.getBigUint64(at + 8, true), size: view.getBigUint64(at + 16, true) };
    if (!named.has(name)) named.set(name, symbol);
    if ((view.getUint8(at + 4) & 15) === FUNCTION) functions.push(symbol);
  }
  functions.sort((a, b) => Number(a.address - b.address));
  const [from, to] = [named.get("user_text"), named.get("user_text_end")];
  if (!from || !to) throw new Error("the symbols are not those of an image: user_text is missing");
  const text = fnv1a(codeAt(elf, from.address, to.address))
    .toString(16)
    .padStart(16, "0");
  return { path, elf, functions, named, base: from.address, text };
}

export function section(elf: Elf, name: string): Uint8Array | undefined {
  const found = elf.sections.find((s) => s.name === name && s.type !== SHT_NOBITS);
  return found && elf.bytes.subarray(found.offset, found.offset + found.size);
}

/** The function that has this address in it. */
export function functionAt({ functions }: Symbols, address: bigint): Symbol | undefined {
  const found = functions.findLast((f) => f.address <= address);
  return found && address < found.address + (found.size || 1n) ? found : undefined;
}

function codeAt(elf: Elf, from: bigint, to: bigint): Uint8Array {
  const segment = elf.segments.find((s) => s.virtual <= from && to <= s.virtual + BigInt(s.fileSize));
  if (!segment) throw new Error(`no code at 0x${from.toString(16)}: expected the .debug file that weir build writes`);
  const at = segment.offset + Number(from - segment.virtual);
  return elf.bytes.subarray(at, at + Number(to - from));
}

/** A compartment's module and its source map. @throws Error when they are not there. */
export function moduleOf({ elf }: Symbols, name: string): { wasm: Uint8Array; map: Mapping[] } {
  const [wasm, map] = (["wasm", "map"] as const).map((kind) => section(elf, moduleSection(name, kind)));
  if (!wasm || !map) throw new Error(`the module ${name} is missing`);
  return { wasm, map: readSourceMap(Buffer.from(map).toString("utf8")) };
}
