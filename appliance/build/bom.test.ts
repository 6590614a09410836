// The bill of materials against the standard's own schema, and against what the compiler says it compiled.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { compilePolicy } from "../../diode/policy.ts";
import { compileOnboard } from "../../lib/asc.ts";
import { sourcesOf } from "../../lib/sources.ts";
import { ARCHES } from "../contract/arch.ts";
import { billOfMaterials } from "./bom.ts";
import { COMPARTMENTS } from "./compartments.ts";
import { describeImage } from "./describe.ts";
import { prebuiltImage, prebuiltSymbols, withPolicy } from "./for.ts";
import { sha256 } from "./info.ts";
import { validator } from "./testing/cyclonedx.ts";

interface Component {
  type: string;
  name: string;
  version?: string;
  "bom-ref": string;
  hashes?: { content: string }[];
}
interface Bom {
  metadata: { component: Component; tools: { components: Component[] } };
  components: Component[];
}

/** Every file that something in the image was compiled from, by the line tables beside it. */
function compiledFrom(symbols: string): Set<string> {
  const dump = execFileSync("llvm-dwarfdump", ["--debug-line", symbols], { encoding: "utf8", maxBuffer: 1 << 28 });
  const files = dump.split("\ndebug_line[").flatMap((table) => {
    const folders = [...table.matchAll(/^include_directories\[ *\d+\] = "(.*)"$/gm)].map(([, folder]) => folder!);
    const names = table.matchAll(/^ +name: "(.*)"\n +dir_index: (\d+)$/gm);
    return [...names].map(([, name, folder]) => join(name!.startsWith("/") ? "" : folders[Number(folder)]!, name!));
  });
  return new Set(files);
}

/** Which component of the bill a file belongs to; nothing: the compiler's own headers, which are types alone. */
function componentsOf(file: string): string[] {
  if (/\/lib\/clang\/[\d.]+\/include\/(__)?std(int|def)\w*\.h$/.test(file)) return [];
  if (file.startsWith("~lib/")) return ["assemblyscript-std"];
  if (/^appliance\/(runtime|contract)\/.*\.[chS]$/.test(file)) return ["runtime"];
  if (file === "build-info.c") return ["runtime"]; // the note that the bill is read from
  const own = COMPARTMENTS.filter(({ name, entry }) =>
    /^\w+\.[ch]$/.test(file) ? file.startsWith(`${name}.`) : sourcesOf(entry).includes(file),
  );
  if (!own.length) throw new Error(`${file} is in the image, and nothing in its bill of materials stands for it`);
  return own.map(({ name }) => `compartment-${name}`);
}

describe.each(ARCHES)("the bill of materials of an image for %s", (arch) => {
  let image: Uint8Array;
  let bom: Bom;
  beforeAll(async () => {
    image = withPolicy(await prebuiltImage(arch), compilePolicy("fixtures/policy.yaml"));
    bom = billOfMaterials(describeImage(image)) as unknown as Bom;
  });

  it("is valid by the standard's own schema", () => {
    const valid = validator();
    expect(valid(bom), JSON.stringify(valid.errors)).toBe(true);
    const wrong = structuredClone(bom);
    wrong.components[0]!.type = "nothing";
    expect(valid(wrong)).toBe(false);
  });

  it("names all that was compiled into it, and nothing else", () => {
    const found = new Set([...compiledFrom(prebuiltSymbols(arch))].flatMap(componentsOf));
    expect([...found, "policy"].sort()).toEqual(bom.components.map((each) => each["bom-ref"]).sort());
  });

  it("names the image and the very modules that Node runs, with what made them", async () => {
    expect(bom.metadata.component.hashes).toEqual([{ alg: "SHA-256", content: sha256(image) }]);
    for (const { name, entry, pages } of COMPARTMENTS) {
      const module = sha256(readFileSync(await compileOnboard(entry, { pages })));
      expect(bom.components.find((each) => each.name === `weir-${name}`)!.hashes![0]!.content, name).toBe(module);
    }
    const version = /version (\S+)/.exec(execFileSync("clang", ["--version"], { encoding: "utf8" }))![1]!;
    const tools = Object.fromEntries(bom.metadata.tools.components.map((tool) => [tool.name, tool.version]));
    expect(Object.keys(tools).sort()).toEqual(["assemblyscript", "clang", "lld", "wabt"]);
    expect(version.startsWith(tools.clang!)).toBe(true);
  });
});
