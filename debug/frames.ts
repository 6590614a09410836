// Call frames without frame pointers, from DWARF's .debug_frame (DWARF 5, 6.4): where the return address is, seen from the
// stack pointer, at any instruction. Nothing for this is in the image, nor done in it.
import { type Symbols, section } from "./symbols.ts";

interface Rules {
  /** DWARF number of the register that the canonical frame address (CFA) is counted from, and how far. */
  register: number;
  offset: number;
  /** Where registers were put, counted from the CFA. */
  saved: Map<number, number>;
}

interface Table {
  from: bigint;
  to: bigint;
  common: Common;
  program: Uint8Array;
}

interface Common {
  codeStep: number;
  dataStep: number;
  returns: number;
  program: Uint8Array;
}

/** DWARF numbers of the stack pointer, by ELF machine (System V ABIs). */
const STACK_POINTER: Record<number, number> = { 62: 7, 183: 31 };

export class Frames {
  readonly #tables: Table[] = [];
  readonly #stackPointer: number;

  /** @throws Error when .debug_frame is missing or not of a shape that clang writes. */
  constructor(symbols: Symbols) {
    const bytes = section(symbols.elf, ".debug_frame");
    const stackPointer = STACK_POINTER[symbols.elf.machine];
    if (!bytes || stackPointer === undefined)
      throw new Error("no .debug_frame: expected the .debug file that weir build writes");
    this.#stackPointer = stackPointer;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const commons = new Map<number, Common>();
    for (let at = 0; at + 8 <= bytes.length; ) {
      const end = at + 4 + view.getUint32(at, true);
      const id = view.getUint32(at + 4, true);
      if (end > bytes.length || end <= at + 8) throw new Error("damaged: .debug_frame");
      if (id === 0xffffffff) commons.set(at, readCommon(bytes.subarray(at + 8, end)));
      else {
        const common = commons.get(id);
        if (!common) throw new Error("damaged: .debug_frame");
        const from = view.getBigUint64(at + 8, true);
        const to = from + view.getBigUint64(at + 16, true);
        this.#tables.push({ from, to, common, program: bytes.subarray(at + 24, end) });
      }
      at = end;
    }
  }

  /**
   * Bytes from the stack pointer to the word with the return address, and to the caller's stack pointer, when `pc` is about
   * to run. `returnAt` undefined: it is still in the link register.
   */
  at(pc: bigint): { returnAt: number | undefined; size: number } | undefined {
    const table = this.#tables.find(({ from, to }) => from <= pc && pc < to);
    if (!table) return undefined;
    const rules = run(table, Number(pc - table.from));
    const saved = rules.saved.get(table.common.returns);
    if (rules.register !== this.#stackPointer) return undefined;
    return { returnAt: saved === undefined ? undefined : rules.offset + saved, size: rules.offset };
  }
}

function readCommon(bytes: Uint8Array): Common {
  const at = { bytes, position: 0 };
  const version = byte(at);
  const augmentation = byte(at);
  if (augmentation !== 0 || version !== 4) throw new Error(`.debug_frame of version ${version}, expected 4`);
  at.position += 2; // sizes of an address, of a segment
  return { codeStep: unsigned(at), dataStep: signed(at), returns: unsigned(at), program: bytes.subarray(at.position) };
}

/** Call frame instructions (6.4.2) up to `distance` bytes into the function. */
function run({ common, program }: Table, distance: number): Rules {
  let rules: Rules = { register: 0, offset: 0, saved: new Map() };
  const stack: Rules[] = [];
  const copy = (r: Rules) => ({ ...r, saved: new Map(r.saved) });
  let initial = copy(rules);
  for (const part of [common.program, program]) {
    const at = { bytes: part, position: 0 };
    let place = 0;
    while (at.position < part.length) {
      const op = byte(at);
      const low = op & 63;
      let step = 0;
      if (op >> 6 === 1) step = low;
      else if (op >> 6 === 2) rules.saved.set(low, unsigned(at) * common.dataStep);
      else if (op >> 6 === 3) restore(rules, initial, low);
      else if (op === 2) step = byte(at);
      else if (op === 3) step = byte(at) + byte(at) * 256;
      else if (op === 4) step = byte(at) + byte(at) * 256 + byte(at) * 65536 + byte(at) * 2 ** 24;
      else if (op === 0x05) rules.saved.set(unsigned(at), unsigned(at) * common.dataStep);
      else if (op === 0x06) restore(rules, initial, unsigned(at));
      else if (op === 0x0a) stack.push(copy(rules));
      else if (op === 0x0b) rules = stack.pop() ?? rules;
      else if (op === 0x0c) [rules.register, rules.offset] = [unsigned(at), unsigned(at)];
      else if (op === 0x0d) rules.register = unsigned(at);
      else if (op === 0x0e) rules.offset = unsigned(at);
      else if (op !== 0 && op !== 0x2d) throw new Error(`call frame instruction 0x${op.toString(16)} is not known`);
      place += step * common.codeStep;
      if (place > distance) return rules;
    }
    if (part === common.program) initial = copy(rules);
  }
  return rules;
}

function restore(rules: Rules, initial: Rules, register: number): void {
  const before = initial.saved.get(register);
  if (before === undefined) rules.saved.delete(register);
  else rules.saved.set(register, before);
}

interface Cursor {
  bytes: Uint8Array;
  position: number;
}

function byte(at: Cursor): number {
  const value = at.bytes[at.position++];
  if (value === undefined) throw new Error("damaged: .debug_frame");
  return value;
}

function unsigned(at: Cursor): number {
  let [value, scale] = [0, 1];
  for (;;) {
    const digit = byte(at);
    value += (digit & 127) * scale;
    scale *= 128;
    if (digit < 128) return value;
  }
}

function signed(at: Cursor): number {
  let [value, scale] = [0, 1];
  for (;;) {
    const digit = byte(at);
    value += (digit & 127) * scale;
    scale *= 128;
    if (digit < 128) return digit & 64 ? value - scale : value;
  }
}
