// What is kept beside an image, and not in it: the same program with symbols and DWARF, whose lines are those of the
// AssemblyScript (lines.ts), and the compartments' modules with their source maps, so that `weir debug` can replay what an
// image did with nothing but this file. ELF sections .weir.NAME.wasm and .weir.NAME.map, in no segment.
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

export const moduleSection = (name: string, kind: "wasm" | "map"): string => `.weir.${name}.${kind}`;

/**
 * The bytes of the linked program with the modules it was made of. Runs llvm-objcopy on a copy.
 * @param modules of each compartment the path of its .wasm; its source map is beside it
 */
export async function withModules(
  elf: string,
  modules: readonly { wasm: string; info: { name: string } }[],
): Promise<Uint8Array> {
  const sections = modules.flatMap(({ wasm, info }) => [
    `--add-section=${moduleSection(info.name, "wasm")}=${wasm}`,
    `--add-section=${moduleSection(info.name, "map")}=${wasm}.map`,
  ]);
  await promisify(execFile)("llvm-objcopy", [...sections, elf, `${elf}.debug`]);
  return readFile(`${elf}.debug`);
}
