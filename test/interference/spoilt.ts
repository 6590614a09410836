/** Builds the image with one file of the runtime changed; the compartments, which take longest, are compiled once. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { compileOnboard, ROOT } from "../../appliance/build/asc.ts";
import { COMPARTMENTS } from "../../appliance/build/compartments.ts";
import { linkImage } from "../../appliance/build/link.ts";
import { wasmToC } from "../../appliance/build/native.ts";
import type { Mutant } from "./mutants.ts";

export class Workshop {
  readonly folder: string;
  readonly #sources: string[];
  #made = 0;

  private constructor(folder: string, sources: string[]) {
    this.folder = folder;
    this.#sources = sources;
  }

  static async open(): Promise<Workshop> {
    mkdirSync(join(ROOT, "build"), { recursive: true });
    const folder = mkdtempSync(join(ROOT, "build", "spoilt-"));
    const made = COMPARTMENTS.map(async ({ name, entry, pages }) =>
      wasmToC(name, await compileOnboard(entry, { pages }), folder),
    );
    return new Workshop(
      folder,
      (await Promise.all(made)).map(({ c }) => c),
    );
  }

  /**
   * The image without a policy, and where its symbols are; without a mutant it is as it should be.
   * @throws Error when the mutant's place is not in the file, or there more than once
   */
  async build(mutant?: Mutant): Promise<{ bare: Uint8Array; symbols: string }> {
    const n = this.#made++;
    const out = join(this.folder, `image-${n}.elf`);
    const replace: Record<string, string> = {};
    if (mutant) {
      const { file, from, to, name } = mutant;
      const source = readFileSync(join(ROOT, "appliance", "runtime", file), "utf8");
      if (source.split(from).length !== 2) throw new Error(`${name}: ${file} does not have once: ${from}`);
      // A name of its own: objects are kept by it.
      const path = join(this.folder, `${basename(file, extname(file))}-${n}${extname(file)}`);
      writeFileSync(
        path,
        source.replace(from, () => to),
      );
      replace[file] = path;
    }
    const { stripped } = await linkImage({ sources: this.#sources, folder: this.folder, out, replace });
    return { bare: readFileSync(stripped), symbols: out };
  }

  close(): void {
    rmSync(this.folder, { recursive: true });
  }
}
