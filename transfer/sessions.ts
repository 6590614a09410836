// REQ-TRANSFER-011
/**
 * What a receiver must not forget when it is started again: up to which session of the appliance, and which frame of it, it has taken
 * what came. Otherwise a recording of an old session, which needs no key, would bring old files again. And, for as long as it runs, of
 * which session and stream each file is.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readText, writeWhole } from "../lib/files.ts";
import { atMost } from "../lib/most.ts";

const NAME = ".weir-received.json";
/** Files whose origins are remembered; of more the one that came first is forgotten. */
const FILES = 65536;

export interface Floor {
  boot: bigint;
  sequence: bigint;
}

export class Sessions {
  readonly path: string;
  #saved: Floor | undefined;
  readonly #files = new Map<string, [boot: bigint, stream: number]>();

  /** @param folder what is received into */
  constructor(folder: string) {
    this.path = join(folder, NAME);
  }

  /** What an earlier receiver has taken. @throws Error when the file is there and not as one writes it */
  load(): Floor | undefined {
    if (!existsSync(this.path)) return undefined;
    const [, boot, sequence] =
      /^\{"boot":"(\d{1,20})","sequence":"(\d{1,20})"\}\n$/.exec(readText(this.path, 4096, "file")) ?? [];
    const floor = { boot: BigInt(boot ?? 0), sequence: BigInt(sequence ?? 0) };
    if (boot === undefined || floor.boot >= 1n << 64n || floor.sequence >= 1n << 64n)
      throw new Error(
        `${this.path}: not the state of a receiver; remove it to receive recordings of old sessions, too`,
      );
    this.#saved = floor;
    return floor;
  }

  /** Before anything that came is given its name. @throws Error when it cannot be written */
  save({ boot, sequence }: Floor): void {
    if (this.#saved?.boot === boot && this.#saved.sequence === sequence) return;
    writeWhole(this.path, `{"boot":"${boot}","sequence":"${sequence}"}\n`, { lasting: true });
    this.#saved = { boot, sequence };
  }

  /** Whether a file of this name came later than that stream was begun. */
  isNewer(name: string, boot: bigint, stream: number): boolean {
    const known = this.#files.get(name);
    return known !== undefined && (known[0] > boot || (known[0] === boot && known[1] > stream));
  }

  came(name: string, boot: bigint, stream: number): void {
    this.#files.delete(name);
    this.#files.set(name, [boot, stream]);
    atMost(this.#files, FILES);
  }
}
