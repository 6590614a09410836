/** Builds the image with one file of the runtime changed; the compartments, which take longest, are compiled once. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, extname, join, relative, resolve } from "node:path";
import asc from "assemblyscript/asc";
import { COMPARTMENTS, type CompartmentName } from "../../appliance/build/compartments.ts";
import { linkImage } from "../../appliance/build/link.ts";
import { wasmToC } from "../../appliance/build/native.ts";
import { scratchFolder } from "../../appliance/build/scratch.ts";
import { compileOnboard, FLAGS, ROOT } from "../../lib/asc.ts";
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
    const folder = scratchFolder("spoilt");
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

/** A compartment's module with one place of one onboard source changed; compiled as the others are. */
export async function spoiltModule(
  which: CompartmentName,
  mutant: Omit<Mutant, "claims">,
): Promise<WebAssembly.Module> {
  const { entry, pages } = COMPARTMENTS.find(({ name }) => name === which)!;
  let wasm: Uint8Array | undefined;
  let found = 0;
  const { error, stderr } = await asc.main(
    [entry, "-o", "spoilt.wasm", ...FLAGS, `--initialMemory=${pages}`, `--maximumMemory=${pages}`],
    {
      readFile: (name, folder) => {
        const path = resolve(ROOT, folder, name);
        if (!existsSync(path)) return null;
        const source = readFileSync(path, "utf8");
        if (relative(ROOT, path) !== mutant.file) return source;
        found = source.split(mutant.from).length - 1;
        return source.replace(mutant.from, () => mutant.to);
      },
      writeFile: (name, contents) => {
        if (name === "spoilt.wasm") wasm = contents as Uint8Array;
      },
      listFiles: () => null,
    },
  );
  if (error || !wasm) throw new Error(`${mutant.name} does not compile: ${stderr.toString()}`);
  if (found !== 1) throw new Error(`${mutant.name}: ${mutant.file} has ${found} times: ${mutant.from}`);
  return new WebAssembly.Module(new Uint8Array(wasm));
}
