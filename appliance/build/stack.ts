// REQ-IMAGE-002
// How much stack onboard code can use at most, from the linked program itself. WebAssembly has no pointers to functions
// here (the gate refuses tables), so who calls whom is known; without a cycle the deepest path is a sum of frames.
//   frames   clang's -fstack-usage: `file.c:line:function<TAB>bytes<TAB>static`, saved registers included
//   calls    llvm-objdump -d: every call or jump to another function's address; a tail call counts as a call
// Not in clang's number, so added: the return address, arguments that are pushed, and once the red zone.
// An upper bound: functions that were inlined are in their caller's frame; same-named functions count as the largest.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import type { Module } from "./wasm.ts";

export interface Frame {
  name: string;
  bytes: number;
}

export interface StackBound {
  /** Bytes on the deepest path. */
  bytes: number;
  /** That path, from the entry down. */
  path: Frame[];
}

/** @throws Error naming the cycle, in AssemblyScript's names, when a function can reach itself. */
export function assertAcyclic(compartment: string, module: Module): void {
  const functions = new Map(module.functions.map((f) => [f.index, f]));
  const cycle = findCycle(
    module.functions.map((f) => f.index),
    (index) => functions.get(index)?.calls ?? [],
  );
  if (!cycle) return;
  const names = cycle.map((index) => functions.get(index)?.name ?? `function ${index}`).join(" -> ");
  throw new Error(`${compartment}: recursion, so its stack has no bound: ${names}`);
}

/**
 * The most stack that `entry` and all it calls can take.
 * @param elf a linked program with symbols
 * @param usage .su files of all its sources; clang writes none for a source without functions
 * @throws Error naming the function when it recurses, calls through a pointer, has a frame of variable size, or none known
 */
export async function stackBound(elf: string, usage: readonly string[], entry: string): Promise<StackBound> {
  const listing = await promisify(execFile)("llvm-objdump", ["-d", "--no-show-raw-insn", elf], { maxBuffer: 1 << 28 });
  const functions = readListing(listing.stdout);
  const frames = readUsage(
    (await Promise.all(usage.filter(existsSync).map((file) => readFile(file, "utf8")))).join("\n"),
  );
  if (!functions.has(entry)) throw new Error(`stack bound: no function ${entry} in ${elf}`);
  const calls = (name: string) => [...(functions.get(name)?.calls ?? [])];
  const reached = reach(entry, calls);
  const cycle = findCycle([...reached], calls);
  if (cycle) throw new Error(`stack bound: recursion: ${cycle.join(" -> ")}`);
  const deepest = new Map<string, StackBound>();
  const bound = (name: string): StackBound => {
    const known = deepest.get(name);
    if (known) return known;
    const own: Frame = { name, bytes: frameOf(name, functions.get(name), frames) };
    const below = calls(name)
      .map(bound)
      .reduce((a, b) => (b.bytes > a.bytes ? b : a), { bytes: 0, path: [] });
    const result = { bytes: own.bytes + below.bytes, path: [own, ...below.path] };
    deepest.set(name, result);
    return result;
  };
  const { bytes, path } = bound(entry);
  return { bytes: bytes + (listing.stdout.includes("x86-64") ? RED_ZONE : 0), path };
}

/** What a leaf function may use below the stack pointer without moving it (System V ABI for AMD64, 3.2.2). */
const RED_ZONE = 128;

interface Code {
  calls: Set<string>;
  /** Bytes beyond clang's number: return address and pushed arguments. */
  more: number;
  /** Why no bound can be given for it. */
  trouble?: string;
  /** It changes the stack pointer by more than pushes. */
  movesStack: boolean;
}

/** A line of a listing: mnemonic, operands, and the disassembler's comment. */
const INSTRUCTION_X86 = /^\s*[0-9a-f]+:\s+(\S+)\s*([^#]*?)\s*(# .*)?$/;
const INSTRUCTION_ARM = /^\s*[0-9a-f]+:\s+(\S+)\s*(.*?)\s*(\/\/ .*)?$/;

/** llvm-objdump -d, for x86-64 and AArch64. */
export function readListing(listing: string): Map<string, Code> {
  const functions = new Map<string, Code>();
  const x86 = listing.includes("x86-64");
  let name = "";
  let code: Code | undefined;
  let prologue = true;
  let tables = new JumpTables(0);
  for (const line of listing.split("\n")) {
    const head = line.match(/^[0-9a-f]+ <(.+)>:$/);
    if (head) {
      tables.end(head[0], code);
      tables = new JumpTables(Number.parseInt(head[0], 16));
      name = head[1]!;
      code = functions.get(name) ?? { calls: new Set(), more: x86 ? 8 : 0, movesStack: false };
      functions.set(name, code);
      prologue = true;
      continue;
    }
    const instruction = line.match(x86 ? INSTRUCTION_X86 : INSTRUCTION_ARM);
    if (!code || !instruction) continue;
    const [, mnemonic, operands] = instruction as unknown as string[] as [string, string, string];
    if (!x86) tables.take(line, mnemonic, operands, code);
    const push = /^push/.test(mnemonic);
    prologue &&= push || (/^mov/.test(mnemonic) && operands === "%rsp, %rbp");
    if (push && !prologue) code.more += 8;
    if (/%rsp$/.test(operands) && !/^(push|pop|mov|cmp|test)/.test(mnemonic)) code.movesStack = true;
    if (/^(call|jmp|j[a-z]+|bl?|b\..*|cbn?z|tbn?z)q?$/.test(mnemonic)) {
      const target = operands.startsWith("*") ? null : operands.match(/<([^<>]+?)(\+0x[0-9a-f]+)?>/);
      if (target && target[1] !== name) code.calls.add(target[1]!);
      else if (target && !target[2])
        code.calls.add(name); // its own first byte: calls itself
      // A jump through a table of addresses stays inside its function; any other goes who knows where.
      else if (!target && !/^jmpq?$/.test(mnemonic)) code.trouble = `calls through a pointer (${mnemonic} ${operands})`;
      else if (!target && !/^\*-?(0x)?[0-9a-f]+\(,%r\w+,8\)/.test(operands))
        code.trouble = `jumps through a pointer (${mnemonic} ${operands})`;
    } else if (/^(blr|blraa?z?)$/.test(mnemonic)) code.trouble = `calls through a pointer (${mnemonic} ${operands})`;
  }
  return functions;
}

/**
 * AArch64 jumps through a table by `adr` of a place in the function, `add` of what the table says, `br`: the place must be
 * in the function. Any other `br` goes who knows where.
 */
class JumpTables {
  readonly #start: number;
  readonly #places = new Map<string, number>();
  readonly #used: number[] = [];
  constructor(start: number) {
    this.#start = start;
  }

  take(line: string, mnemonic: string, operands: string, code: Code): void {
    const [to, from] = operands.split(/,\s*/) as [string, string | undefined];
    if (mnemonic === "adr") this.#places.set(to, Number.parseInt(line, 16) + Number(from!.slice(1)));
    else if (mnemonic === "br") {
      const place = this.#places.get(to);
      if (place === undefined) code.trouble = `jumps through a pointer (br ${operands})`;
      else this.#used.push(place);
    } else if (!(mnemonic === "add" && to === from)) this.#places.delete(to.replace(/^w/, "x"));
  }

  /** @param next the line that begins the next function */
  end(next: string, code: Code | undefined): void {
    const end = Number.parseInt(next, 16);
    for (const place of this.#used)
      if (code && (place < this.#start || place >= end))
        code.trouble = `jumps through a table of another function (0x${place.toString(16)})`;
  }
}

/** .su lines: bytes by function name; Infinity for a frame whose size is not known. */
export function readUsage(text: string): Map<string, number> {
  const frames = new Map<string, number>();
  for (const line of text.split("\n")) {
    if (!line.trim()) continue;
    const found = line.match(/^.*:([^:\t]+)\t(\d+)\t(\S+)/);
    if (!found) throw new Error(`stack usage: not a line of clang's -fstack-usage: ${line}`);
    const [, name, bytes, kind] = found as unknown as [string, string, string, string];
    const size = kind === "static" ? Number(bytes) : Number.POSITIVE_INFINITY;
    frames.set(name, Math.max(size, frames.get(name) ?? 0));
  }
  return frames;
}

function frameOf(name: string, code: Code | undefined, frames: Map<string, number>): number {
  if (!code) throw new Error(`stack bound: ${name} is called but missing in the program`);
  if (code.trouble) throw new Error(`stack bound: ${name} ${code.trouble}`);
  const size = frames.get(name) ?? (code.movesStack ? undefined : 64); // assembly that only pushes, at most 8 registers
  if (size === undefined) throw new Error(`stack bound: the size of ${name}'s frame is unknown`);
  if (!Number.isFinite(size)) throw new Error(`stack bound: ${name}'s frame has no fixed size`);
  return size + code.more;
}

function reach(from: string, next: (name: string) => string[]): Set<string> {
  const reached = new Set([from]);
  for (const name of reached) for (const called of next(name)) reached.add(called);
  return reached;
}

/** A cycle, its first node repeated at the end; undefined when there is none. */
function findCycle<T>(nodes: readonly T[], next: (node: T) => readonly T[]): T[] | undefined {
  const done = new Set<T>();
  const path: T[] = [];
  const visit = (node: T): T[] | undefined => {
    const at = path.indexOf(node);
    if (at >= 0) return [...path.slice(at), node];
    if (done.has(node)) return undefined;
    path.push(node);
    for (const called of next(node)) {
      const cycle = visit(called);
      if (cycle) return cycle;
    }
    path.pop();
    done.add(node);
    return undefined;
  };
  for (const node of nodes) {
    const cycle = visit(node);
    if (cycle) return cycle;
  }
  return undefined;
}
