/** Filter words over batches of records: parsed and compiled here, run by onboard/bpf.ts. */
import { readFileSync } from "node:fs";
import { compileOnboard } from "../../appliance/build/asc.ts";
import type { Instruction } from "./emitter.ts";
import { parseFilter } from "./parse.ts";
import { compile } from "./program.ts";

/** Link types that filters know: Ethernet, raw IP, Linux cooked v1 and v2, BSD loopback. Frames of others do not match. */
export const LINKS = [1, 101, 113, 276, 0, 108];

interface Exports {
  memory: WebAssembly.Memory;
  inputAt(): number;
  programAt(i: number): number;
  left(): number;
  add(link: number, length: number): number;
  run(length: number): number;
}

export class Filter {
  readonly #e: Exports;
  /** Frames that did not match. */
  dropped = 0;

  private constructor(e: Exports) {
    this.#e = e;
  }

  /**
   * @param words as on the command line, joined with blanks
   * @throws FilterError when they are not in the grammar (README.md)
   */
  static async create(words: string): Promise<Filter> {
    const test = parseFilter(words);
    const programs: [number, Instruction[]][] = [];
    for (const link of LINKS) {
      try {
        programs.push([link, compile(test, link)]);
      } catch (error) {
        // What only Ethernet has matches nothing elsewhere
        if (link === 1) throw error;
      }
    }
    return Filter.of(programs);
  }

  /** @throws RangeError for a program that onboard code refuses */
  static async of(programs: readonly (readonly [number, readonly Instruction[]])[]): Promise<Filter> {
    const module = new WebAssembly.Module(readFileSync(await compileOnboard("captures/filter/onboard/bpf.ts")));
    const e = new WebAssembly.Instance(module, {}).exports as unknown as Exports;
    for (const [n, [link, program]] of programs.entries()) {
      const view = new Uint32Array(e.memory.buffer, e.programAt(n), 4 * Math.min(program.length, 4096));
      for (const [i, { op, yes, no, k }] of program.slice(0, 4096).entries()) view.set([op, yes, no, k], 4 * i);
      if (!e.add(link, program.length)) throw new RangeError("a filter program that cannot be run");
    }
    return new Filter(e);
  }

  /** Leaves the records of target[0..length) that match in place; how many bytes they take. */
  run(target: Uint8Array, length: number): number {
    const memory = new Uint8Array(this.#e.memory.buffer, this.#e.inputAt());
    memory.set(target.subarray(0, length));
    const gone = this.#e.run(length);
    if (gone === 0) return length;
    this.dropped += gone;
    const left = this.#e.left();
    target.set(memory.subarray(0, left));
    return left;
  }
}
