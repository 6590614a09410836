// REQ-DECODE-013
/** Filter words over batches of records: parsed and compiled here, run by onboard/bpf.ts. */
import { readFileSync } from "node:fs";
import { compileOnboard } from "../../lib/asc.ts";
import { type ExportsOf, exportsOf } from "../../lib/exports.ts";
import { linkName } from "../links.ts";
import type { Totals } from "../summary.ts";
import { type Instruction, MOST } from "./bpf.ts";
import { LINK, LINKS } from "./link.ts";
import { parseFilter } from "./parse.ts";
import { compile } from "./program.ts";
import { FilterError } from "./words.ts";

type Exports = ExportsOf<"captures/filter/onboard/bpf.ts">;

let module: Promise<WebAssembly.Module> | undefined;
const load = async () => new WebAssembly.Module(readFileSync(await compileOnboard("captures/filter/onboard/bpf.ts")));

export class Filter {
  readonly #e: Exports;
  readonly #memory: Uint8Array;
  /** Link types that do not have what the words ask for, and what that is. */
  readonly #lacking = new Map<number, string>();
  readonly #links = new Set<number>();
  /** Frames that did not match. */
  dropped = 0;

  private constructor(e: Exports) {
    this.#e = e;
    this.#memory = new Uint8Array(e.memory.buffer, e.inputAt(), e.inputSize());
  }

  /**
   * @param words as on the command line, joined with blanks
   * @throws FilterError when they are not in the grammar (README.md)
   */
  static async create(words: string): Promise<Filter> {
    const test = parseFilter(words);
    const programs: [number, Instruction[]][] = [];
    const lacking: [number, string][] = [];
    for (const link of LINKS) {
      try {
        programs.push([link, compile(test, link)]);
      } catch (error) {
        if (link === LINK.ETHERNET || !(error instanceof FilterError)) throw error;
        lacking.push([link, error.message]);
      }
    }
    const filter = await Filter.of(programs);
    for (const [link, why] of lacking) filter.#lacking.set(link, why);
    return filter;
  }

  /**
   * @param programs a program for each link type; frames of other link types do not match
   * @throws RangeError for a program that onboard code refuses
   */
  static async of(programs: readonly (readonly [link: number, program: readonly Instruction[]])[]): Promise<Filter> {
    module ??= load();
    const e = exportsOf<"captures/filter/onboard/bpf.ts">(await module);
    const filter = new Filter(e);
    for (const [link, program] of programs) {
      if (program.length > MOST) throw new RangeError(`a filter program has at most ${MOST} instructions`);
      const view = new DataView(e.memory.buffer, e.programAt(), 8 * program.length);
      for (const [i, { code, jt, jf, k }] of program.entries()) {
        view.setUint16(8 * i, code, true);
        view.setUint8(8 * i + 2, jt);
        view.setUint8(8 * i + 3, jf);
        view.setUint32(8 * i + 4, k, true);
      }
      if (!e.add(link, program.length)) throw new RangeError("a filter program that is malformed");
      filter.#links.add(link);
    }
    return filter;
  }

  /**
   * Leaves the records of target[0..length) that match in place; returns how many bytes they take.
   * @param length bytes of whole records (appliance/contract), at most INPUT_SIZE
   */
  run(target: Uint8Array, length: number): number {
    const memory = this.#memory;
    if (length > memory.length) throw new RangeError(`a filter takes ${memory.length} bytes of records at once`);
    memory.set(target.subarray(0, length));
    const gone = this.#e.run(length);
    if (gone === 0) return length;
    this.dropped += gone;
    const left = this.#e.left();
    target.set(memory.subarray(0, left));
    return left;
  }

  /** What in the captures the filter could not look at: a line for each kind, to be told at the end. */
  notes({ links, chapter10 }: Pick<Totals, "links" | "chapter10">): string[] {
    const notes: string[] = [];
    for (const [link, frames] of links)
      if (!this.#links.has(link)) {
        const why = this.#lacking.get(link) ?? `only ${LINKS.map(linkName).join(", ")} are known`;
        notes.push(`filter: ${frames} ${linkName(link)} frames left out: ${why}`);
      }
    if (chapter10) notes.push("the filter is for frames: Chapter 10 recordings went in whole");
    return notes;
  }
}
