/** What the platform's results are compared with: the same made here, by this checkout. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeImage } from "../../appliance/build/describe.ts";
import { prebuiltImage, withPolicy } from "../../appliance/build/for.ts";
import { ARCHES, type Arch } from "../../appliance/contract/arch.ts";
import { whyNoImage } from "../../cli/image-replay.ts";
import { compilePolicy } from "../../diode/policy.ts";
import { ROOT } from "../../lib/asc.ts";

export const POLICY = "fixtures/policy.yaml";
export const REPLAY = ["bin/weir", "replay", "-r", "fixtures/site.pcap", "-c", POLICY, "-l"];
export const OUTPUTS = ["eve.json", "forwarded.pcap"];

const here = (folder: string) => join(folder, "here");
const imageHere = (folder: string, arch: Arch) => join(here(folder), `${arch}.elf`);

/** Makes them, in a folder of `folder`. */
export async function references(folder: string): Promise<void> {
  mkdirSync(here(folder));
  execFileSync(process.execPath, [...REPLAY, here(folder)], { cwd: ROOT, stdio: ["ignore", "ignore", "inherit"] });
  const policy = compilePolicy(join(ROOT, POLICY));
  for (const arch of ARCHES)
    if (!(await whyNoImage(arch)))
      writeFileSync(imageHere(folder, arch), withPolicy(await prebuiltImage(arch), policy));
}

/** Says how a replay's outputs in another folder differ; undefined when their bytes are the same. */
export function differingOutput(folder: string, other: string): string | undefined {
  const differing = OUTPUTS.find(
    (name) => !readFileSync(join(here(folder), name)).equals(readFileSync(join(other, name))),
  );
  return differing && `${differing} is not the same as here`;
}

/**
 * What an image that the platform built comes to beside the one built here. Its compartments must be the same WebAssembly. The whole must
 * be the same bytes when the same compiler made both; otherwise the text names both compilers.
 * @throws Error when it is not so
 */
export function imageBesideHere(folder: string, arch: Arch, path: string): string {
  const built = readFileSync(path);
  const { build, sha256 } = describeImage(built);
  const made = Object.entries(build!.tools).map((tool) => tool.join(" "));
  const text = `${built.length} bytes, ${made.filter((tool) => /^(clang|lld)/.test(tool)).join(", ")}`;
  if (!existsSync(imageHere(folder, arch))) return `${text}; none was built here`;
  const other = describeImage(readFileSync(imageHere(folder, arch)));
  const modules = (of: typeof build) => JSON.stringify(of!.compartments.map((each) => [each.name, each.sha256]));
  if (modules(build) !== modules(other.build)) throw new Error(`${text}: its compartments are not those made here`);
  const otherTools = Object.entries(other.build!.tools).map((tool) => tool.join(" "));
  if (sha256 === other.sha256) return `${text}, the same bytes as here`;
  if (made.join() === otherTools.join()) throw new Error(`${text}: not the same bytes as here, by the same compiler`);
  const differing = otherTools.filter((tool) => !made.includes(tool));
  return `${text}; here ${other.bytes} bytes by ${differing.join(", ")}; the same WebAssembly`;
}
