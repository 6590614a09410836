// A reader of WebAssembly modules (Core Specification 2.0, chapter 5), for what the gate and the stack bound ask: which
// sections there are, what is imported and exported, who calls whom. The modules come from our own compiler, yet every
// read is checked: an instruction or a section it does not know is an error, never skipped.

export interface Limits {
  least: number;
  most?: number;
}

export interface Module {
  imports: { module: string; name: string; kind: Kind }[];
  exports: { name: string; kind: Kind; index: number }[];
  memories: Limits[];
  tables: number;
  elements: number;
  start?: number;
  functions: Function[];
}

export type Kind = "function" | "table" | "memory" | "global" | "tag";
const KINDS: readonly Kind[] = ["function", "table", "memory", "global", "tag"];

export interface Function {
  index: number;
  /** AssemblyScript's name (the name section's), or `function 12`. */
  name: string;
  /** Indexes of the functions it calls, each once. */
  calls: number[];
  /** Names of instructions in it that no compartment may use: memory.grow, call_indirect, ref.func... */
  forbidden: string[];
}

/** @throws Error saying what is wrong at which byte. */
export function readWasm(bytes: Uint8Array): Module {
  const at = new Reader(bytes, 0, bytes.length);
  if (at.u32le() !== 0x6d736100 || at.u32le() !== 1) throw new Error("not a WebAssembly 1 module");
  const module: Module = { imports: [], exports: [], memories: [], tables: 0, elements: 0, functions: [] };
  let names = new Map<number, string>();
  while (!at.done()) {
    const id = at.byte();
    const section = at.part(at.u32());
    if (id === 0) {
      if (section.name() === "name") names = readNames(section);
    } else if (id === 2) section.times(() => module.imports.push(readImport(section)));
    else if (id === 4) module.tables = section.u32();
    else if (id === 5) section.times(() => module.memories.push(readLimits(section)));
    else if (id === 7)
      section.times(() => {
        module.exports.push({ name: section.name(), kind: section.kind(), index: section.u32() });
      });
    else if (id === 8) module.start = section.u32();
    else if (id === 9) module.elements = section.u32();
    else if (id === 10) {
      const first = module.imports.filter((i) => i.kind === "function").length;
      section.times((n) => module.functions.push(readBody(section.part(section.u32()), first + n)));
    } else if (![1, 3, 6, 11, 12].includes(id)) throw new Error(`unknown section ${id} before byte ${at.position}`);
  }
  for (const f of module.functions) f.name = names.get(f.index) ?? f.name;
  return module;
}

export interface Body {
  /** Bytes of the module: its locals begin, its instructions begin, it ends. */
  from: number;
  code: number;
  to: number;
  /** Where each instruction begins. */
  instructions: Set<number>;
}

/** The code section, whole, and the functions' bodies in it. @throws Error when there is none. */
export function readBodies(bytes: Uint8Array): { section: { from: number; to: number }; bodies: Body[] } {
  const at = new Reader(bytes, 8, bytes.length);
  while (!at.done()) {
    const from = at.position;
    const id = at.byte();
    const section = at.part(at.u32());
    if (id !== 10) continue;
    const bodies: Body[] = [];
    section.times(() => bodies.push(readInstructions(section.part(section.u32()))));
    return { section: { from, to: at.position }, bodies };
  }
  throw new Error("the module has no code");
}

function readInstructions(at: Reader): Body {
  const from = at.position;
  at.times(() => {
    at.u32();
    at.byte();
  });
  const code = at.position;
  const instructions = new Set<number>();
  while (!at.done()) {
    instructions.add(at.position);
    readInstruction(at, new Set(), new Set());
  }
  return { from, code, to: at.position, instructions };
}

function readImport(at: Reader): Module["imports"][number] {
  const [module, name, kind] = [at.name(), at.name(), at.kind()];
  if (kind === "function") at.u32();
  else if (kind === "table") {
    at.byte();
    readLimits(at);
  } else if (kind === "memory") readLimits(at);
  else at.skip(2);
  return { module, name, kind };
}

function readLimits(at: Reader): Limits {
  const flags = at.byte();
  if (flags > 1) throw new Error(`a shared or 64-bit memory at byte ${at.position}`);
  const least = at.u32();
  return flags === 1 ? { least, most: at.u32() } : { least };
}

function readNames(section: Reader): Map<number, string> {
  const names = new Map<number, string>();
  while (!section.done()) {
    const id = section.byte();
    const part = section.part(section.u32());
    if (id === 1) part.times(() => names.set(part.u32(), part.name()));
  }
  return names;
}

function readBody(at: Reader, index: number): Function {
  at.times(() => {
    at.u32();
    at.byte();
  });
  const calls = new Set<number>();
  const forbidden = new Set<string>();
  while (!at.done()) readInstruction(at, calls, forbidden);
  return { index, name: `function ${index}`, calls: [...calls], forbidden: [...forbidden] };
}

const FORBIDDEN: Record<number, string> = {
  17: "call_indirect",
  18: "return_call",
  19: "return_call_indirect",
  37: "table.get",
  38: "table.set",
  64: "memory.grow",
  208: "ref.null",
  209: "ref.is_null",
  210: "ref.func",
};

/** Steps over one instruction (5.4), noting calls. Memory arguments, block types and constants are all LEB128 or fixed. */
function readInstruction(at: Reader, calls: Set<number>, forbidden: Set<string>): void {
  const position = at.position;
  const op = at.byte();
  const name = FORBIDDEN[op];
  if (name) forbidden.add(name);
  if (op === 16) calls.add(at.u32());
  else if (op === 17 || op === 19) at.leb(2);
  else if (op >= 2 && op <= 4)
    at.leb(1); // block, loop, if: the block type, an s33
  else if (op === 12 || op === 13 || op === 18)
    at.leb(1); // br, br_if
  else if (op === 14)
    at.leb(at.u32() + 1); // br_table
  else if (op === 28)
    at.skip(at.u32()); // select with types
  else if (op >= 32 && op <= 38)
    at.leb(1); // local.*, global.*, table.*
  else if (op >= 40 && op <= 62)
    at.leb(2); // loads and stores: alignment, offset
  else if (op === 63 || op === 64)
    at.skip(1); // memory.size, memory.grow
  else if (op === 65 || op === 66)
    at.leb(1); // i32.const, i64.const
  else if (op === 67) at.skip(4);
  else if (op === 68) at.skip(8);
  else if (op === 208 || op === 210) at.leb(1);
  else if (op === 252) readExtended(at, forbidden);
  else if (op === 253) throw new Error(`a vector instruction at byte ${position}: compartments have none`);
  else if (
    !(op <= 1 || op === 5 || op === 11 || op === 15 || op === 26 || op === 27 || (op >= 69 && op <= 196)) &&
    op !== 209
  )
    throw new Error(`unknown instruction 0x${op.toString(16)} at byte ${position}`);
}

function readExtended(at: Reader, forbidden: Set<string>): void {
  const op = at.u32();
  if (op <= 7) return; // saturating conversions
  if (op === 8 || op === 9) forbidden.add(op === 8 ? "memory.init" : "data.drop");
  else if (op >= 12 && op <= 17) forbidden.add(`table instruction 0xfc ${op}`);
  else if (op !== 10 && op !== 11) throw new Error(`unknown instruction 0xfc ${op} at byte ${at.position}`);
  at.leb(op === 8 || op === 10 || op === 12 || op === 14 ? 2 : 1);
}

class Reader {
  position: number;
  readonly #bytes: Uint8Array;
  readonly #end: number;

  constructor(bytes: Uint8Array, from: number, end: number) {
    this.#bytes = bytes;
    this.position = from;
    this.#end = end;
  }
  done(): boolean {
    return this.position >= this.#end;
  }
  skip(n: number): void {
    if (n > this.#end - this.position) throw new Error(`truncated at byte ${this.#end}`);
    this.position += n;
  }
  byte(): number {
    this.skip(1);
    return this.#bytes[this.position - 1]!;
  }
  u32le(): number {
    return (this.byte() | (this.byte() << 8) | (this.byte() << 16) | (this.byte() << 24)) >>> 0;
  }
  /** An unsigned LEB128 of at most 32 bits (5.2.2). */
  u32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 128) {
        if (value > 0xffffffff) break;
        return value;
      }
    }
    throw new Error(`a number too long before byte ${this.position}`);
  }
  /** Steps over `count` LEB128 numbers of any width. */
  leb(count: number): void {
    for (let n = 0; n < count; n++) while (this.byte() >= 128);
  }
  name(): string {
    const length = this.u32();
    this.skip(length);
    return new TextDecoder("utf-8", { fatal: true }).decode(
      this.#bytes.subarray(this.position - length, this.position),
    );
  }
  kind(): Kind {
    const kind = KINDS[this.byte()];
    if (!kind) throw new Error(`unknown kind of import or export before byte ${this.position}`);
    return kind;
  }
  part(length: number): Reader {
    this.skip(length);
    return new Reader(this.#bytes, this.position - length, this.position);
  }
  times(each: (n: number) => void): void {
    const count = this.u32();
    for (let n = 0; n < count; n++) each(n);
  }
}
