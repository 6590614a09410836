import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ARCHES } from "../appliance/contract/arch.ts";
import { ROOT } from "../lib/asc.ts";
import { prebuilt } from "../test/image/images.ts";
import { Frames } from "./frames.ts";
import { readSymbols } from "./symbols.ts";

// llvm-dwarfdump's rows: `0x10301d: CFA=RSP+16: RIP=[CFA-8]`
describe.each(ARCHES)("call frames of %s", (arch) => {
  it("are those that llvm-dwarfdump finds, at every instruction where they change", async () => {
    await prebuilt(arch);
    const path = join(ROOT, "build", `test-image-${arch}.elf.symbols`);
    const frames = new Frames(readSymbols(path, readFileSync(path)));
    const dump = execFileSync("llvm-dwarfdump", ["--debug-frame", path], { encoding: "utf8", maxBuffer: 1 << 28 });
    const [stackPointer, returns] = arch === "x86_64" ? ["RSP", "RIP"] : ["WSP", "W30"];
    let rows = 0;
    for (const [, at, register, offset, rest] of dump.matchAll(/^ {2}(0x[0-9a-f]+): CFA=(\w+)\+?(\d*)(.*)$/gm)) {
      expect(register).toBe(stackPointer);
      const size = Number(offset || 0);
      const saved = new RegExp(`\\b${returns}=\\[CFA-(\\d+)\\]`).exec(rest!)?.[1];
      expect(frames.at(BigInt(at!)), at).toEqual({
        size,
        returnAt: saved === undefined ? undefined : size - Number(saved),
      });
      rows++;
    }
    expect(rows).toBeGreaterThan(100);
    expect(frames.at(0x10n)).toBeUndefined();
  });
});
