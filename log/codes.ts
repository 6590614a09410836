/**
 * Which records have come, by their codes: the first half of a record's code, which its successor carries, too. By it an altered copy
 * is known to be one, and a second record of the same number to be another one.
 *
 * Memory is bounded: the codes of the last MEMORY records, and beyond these one in SAMPLE of the last SAMPLES * SAMPLE.
 */
import { atMost } from "../lib/most.ts";

const MEMORY = 65536;
const SAMPLE = 64;
const SAMPLES = 16384;
/** Of the latest, those that a state holds. */
const SAVED = 2048;

export interface Owner {
  boot: number;
  sequence: number;
  /** The record itself has come; else only its successor. */
  came: boolean;
}

/** `boot sequence code`, an x behind it where the record itself has not come. */
export type SavedCode = string;

export class Codes {
  /** By code. */
  readonly #owners = new Map<string, Owner>();
  /** By `boot sequence`: of two records of one number, the code of the first. */
  readonly #codes = new Map<string, string>();
  readonly #samples = new Map<string, string>();

  constructor(saved: readonly SavedCode[] = []) {
    for (const text of saved) {
      const [boot, sequence, code, mark] = text.split(" ") as [string, string, string, string?];
      this.add(Number(boot), Number(sequence), code, mark === undefined);
    }
  }

  owner(code: string): Owner | undefined {
    return this.#owners.get(code);
  }

  /** The code of a number that came, or was announced; undefined: nothing is known of it any more. */
  of(boot: number, sequence: number): string | undefined {
    const name = `${boot} ${sequence}`;
    return this.#codes.get(name) ?? this.#samples.get(name);
  }

  /** @param came the record itself has; else its successor names it. @returns whether the code is new here */
  add(boot: number, sequence: number, code: string, came: boolean): boolean {
    const known = this.#owners.get(code);
    if (known) {
      known.came ||= came;
      return false;
    }
    this.#owners.set(code, { boot, sequence, came });
    atMost(this.#owners, MEMORY);
    const name = `${boot} ${sequence}`;
    if (this.of(boot, sequence) !== undefined) return true;
    this.#codes.set(name, code);
    atMost(this.#codes, MEMORY);
    if (sequence % SAMPLE === 1) this.#samples.set(name, code);
    atMost(this.#samples, SAMPLES);
    return true;
  }

  get state(): SavedCode[] {
    const saved = new Map<string, SavedCode>();
    const save = (name: string, code: string, came = true) => saved.set(code, `${name} ${code}${came ? "" : " x"}`);
    for (const [name, code] of this.#samples) save(name, code, this.owner(code)?.came);
    for (const [code, { boot, sequence, came }] of [...this.#owners].slice(-SAVED))
      save(`${boot} ${sequence}`, code, came);
    return [...saved.values()];
  }
}
