import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../../lib/asc.ts";
import { ABI_VERSION } from "../contract/abi.ts";
import { ARCHES } from "../contract/arch.ts";
import { COMPARTMENTS } from "./compartments.ts";
import { packContainer } from "./container.ts";
import { describeImage } from "./describe.ts";
import { buildImage, type Link } from "./image.ts";
import { linkImage } from "./link.ts";
import type { Interface } from "./manifest.ts";
import { placeManifest, placePolicy } from "./place.ts";

/** The project's sources in a folder of another name, where nothing was compiled yet. */
async function copied() {
  const copy = join(mkdtempSync(join(tmpdir(), "weir-elsewhere-")), "a-folder-of-another-name");
  for (const path of ["appliance", "lib", "package.json", "package-lock.json", "tsconfig.onboard.json"])
    cpSync(join(ROOT, path), join(copy, path), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
  const image = (await import(join(copy, "appliance/build/image.ts"))) as typeof import("./image.ts");
  const link = (await import(join(copy, "appliance/build/link.ts"))) as typeof import("./link.ts");
  return { copy, image, link };
}
let made: ReturnType<typeof copied> | undefined;
/** One for both CPUs: WebAssembly is compiled once. */
const elsewhere = () => (made ??= copied());
afterAll(async () => {
  if (made) rmSync(dirname((await made).copy), { recursive: true });
});

/** Files that a file imports, and those that they import, as TypeScript's own scanner sees it. */
function reached(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  for (const { fileName } of ts.preProcessFile(readFileSync(join(ROOT, file), "utf8")).importedFiles)
    reached(`${join(dirname(file), fileName).replace(/\.ts$/, "")}.ts`, found);
  return found;
}

/** The runtime's own small test compartments: they compile fast, and change rarely. */
const compartments = COMPARTMENTS.map((c) => ({ ...c, entry: `appliance/runtime/test/onboard/${c.name}.ts` }));

// REQ-IMAGE-017
describe.each(ARCHES)("the pipeline for %s", (arch) => {
  let folder: string;
  let out: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "weir-image-"));
    out = join(folder, "image.elf");
    expect(await buildImage({ arch, link: linkImage, compartments, out })).toBe(out);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("makes an image that says what is in it", () => {
    const { build, ...described } = describeImage(readFileSync(out));
    expect(described).toMatchObject({ machine: arch });
    expect(described).not.toHaveProperty("policy");
    expect(build).toMatchObject({ abi: ABI_VERSION, tools: { assemblyscript: "0.28.20", wabt: "1.0.39" } });
    expect(build!.compartments).toMatchObject(
      COMPARTMENTS.map(({ name, pages }) => ({ name, memoryBytes: pages * 65536, imports: 0 })),
    );
    expect(build!.compartments.every((c) => c.lines > 50 && c.functions > 5)).toBe(true);
    expect(build!.compartments.map((c) => c.files)).toEqual(compartments.map(({ entry }) => reached(entry).size));
    expect(build!.lines.c.kernel).toBeGreaterThan(100);
    // Written and executable memory never meet, and the policy cannot be written.
    expect(described.segments.map((s) => s.permissions)).toEqual(["r-x", "r--", "rw-", "r--"]);
  });

  it("gives a bound of the stack with its path", () => {
    const { stack } = describeImage(readFileSync(out)).build!;
    expect(stack.bytes).toBeGreaterThan(200);
    expect(stack.bytes).toBeLessThan(stack.given);
    expect(stack.path[0]!.name).toBe("user_main");
    const redZone = arch === "x86_64" ? 128 : 0;
    expect(stack.path.reduce((sum, frame) => sum + frame.bytes, redZone)).toBe(stack.bytes);
  });

  it("takes a policy and a manifest afterwards, and still says how it was built", () => {
    const prebuilt = readFileSync(out);
    const interfaces: Interface[] = [{ name: "in", direction: "receive", mac: "52:54:00:00:00:01" }];
    const part = Uint8Array.of(1, 2, 3);
    const container = packContainer({ inspect: part, guard: part, journal: part });
    const image = describeImage(placePolicy(placeManifest(prebuilt, interfaces), container));
    expect(image.interfaces).toEqual(interfaces);
    expect(image.policy).toMatchObject({ bytes: 4240, parts: { inspect: 3, guard: 3, journal: 3 } });
    expect(image.build).toEqual(describeImage(prebuilt).build);
    expect(image.segments.at(-1)).toMatchObject({ permissions: "r--", fileBytes: 4240, memoryBytes: 4240 });
    expect(image.sections.find((s) => s.name === ".policy")).toMatchObject({ fileBytes: 4240 });
  });

  it("does nothing when nothing has changed", async () => {
    const before = statSync(out).mtimeMs;
    const link: Link = () => Promise.reject(new Error("linked again"));
    await buildImage({ arch, link, compartments, out });
    expect(statSync(out).mtimeMs).toBe(before);
    await expect(buildImage({ arch, link, compartments: compartments.slice(1), out })).rejects.toThrow("linked again");
  });

  it.runIf(arch === "x86_64").each(["clang", "ld.lld"])("is made anew by another %s", async (tool) => {
    const shim = mkdtempSync(join(folder, "shim-"));
    const { PATH } = process.env;
    writeFileSync(join(shim, tool), "#!/bin/sh\necho version 99.0.1\n", { mode: 0o755 });
    process.env.PATH = `${shim}:${PATH}`;
    try {
      const link: Link = () => Promise.reject(new Error("linked again"));
      await expect(buildImage({ arch, link, compartments, out })).rejects.toThrow("linked again");
    } finally {
      process.env.PATH = PATH;
    }
  });

  // REQ-IMAGE-002
  it("refuses onboard code that could use more stack than there is, with the path", async () => {
    const link: Link = async (request) => ({
      ...(await linkImage(request)),
      stack: { entry: "user_main", bytes: 100 },
    });
    await expect(buildImage({ arch, link, compartments, out: join(folder, "small.elf") })).rejects.toThrow(
      /may use \d+ bytes of stack, but has 100:\n {2}user_main \d+\n/,
    );
  });

  // REQ-IMAGE-003
  it("makes the same bytes in another folder, compiled anew", async () => {
    const { copy, image, link } = await elsewhere();
    const other = join(copy, `${arch}.elf`);
    await image.buildImage({ arch, link: link.linkImage, compartments, out: other });
    expect(statSync(join(copy, "build", "wasm")).isDirectory()).toBe(true);
    for (const kept of ["", ".symbols"]) {
      const bytes = readFileSync(`${other}${kept}`);
      expect(bytes.equals(readFileSync(`${out}${kept}`)), kept).toBe(true);
      for (const path of [copy, ROOT]) expect(bytes.includes(path), kept).toBe(false);
    }
  });
});
