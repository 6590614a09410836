import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "./asc.ts";
import type { Compartment } from "./compartments.ts";
import { packContainer } from "./container.ts";
import { describeImage } from "./describe.ts";
import { buildImage } from "./image.ts";
import { placeManifest, placePolicy } from "./place.ts";
import { standIn } from "./testing/link.ts";

const ECHO: Compartment = { name: "guard", id: 2, entry: "appliance/build/testing/onboard/echo.probe.ts", pages: 3 };

describe("the pipeline", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "weir-image-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("makes an image that says what is in it", async () => {
    const out = join(folder, "image.elf");
    expect(await buildImage({ link: standIn(4096), compartments: [ECHO], out })).toBe(out);
    const prebuilt = readFileSync(out);
    const { build, ...described } = describeImage(prebuilt);
    expect(described).toMatchObject({ machine: "x86_64", interfaces: [] });
    expect(described).not.toHaveProperty("policy");
    expect(build).toMatchObject({
      abi: 1,
      tools: { assemblyscript: "0.28.20", wabt: "1.0.39" },
      lines: { c: { standin: 20 } },
    });
    expect(build!.compartments).toMatchObject([{ name: "guard", memoryBytes: 196608, imports: 0, files: 2 }]);
    expect(build!.stack.bytes).toBeLessThan(600);
    expect(build!.stack.path[0]!.name).toBe("user_main");

    const part = Uint8Array.of(1, 2, 3);
    const mac = "52:54:00:77:00:01";
    const withManifest = placeManifest(prebuilt, [{ name: "in", direction: "receive", mac }]);
    const image = describeImage(
      placePolicy(withManifest, packContainer({ inspect: part, guard: part, journal: part })),
    );
    expect(image.interfaces).toEqual([{ name: "in", direction: "receive", mac }]);
    expect(image.policy).toMatchObject({ parts: { inspect: 3, guard: 3, journal: 3 } });
    expect(image.build).toEqual(build);
    expect(image.segments.at(-1)).toMatchObject({ permissions: "r--", fileBytes: 64, memoryBytes: 64 });
  });

  it("does nothing when nothing has changed", async () => {
    const out = join(folder, "image.elf");
    await buildImage({ link: standIn(4096), compartments: [ECHO], out });
    const before = statSync(out).mtimeMs;
    const link = () => Promise.reject(new Error("linked again"));
    await buildImage({ link, compartments: [ECHO], out });
    expect(statSync(out).mtimeMs).toBe(before);
    await expect(buildImage({ link, compartments: [{ ...ECHO, pages: 4 }], out })).rejects.toThrow("linked again");
  });

  it("refuses onboard code that could use more stack than there is, with the path", async () => {
    const options = { link: standIn(100), compartments: [ECHO], out: join(folder, "small.elf") };
    await expect(buildImage(options)).rejects.toThrow(
      /may use \d+ bytes of stack, there are 100:\n {2}user_main \d+\n {2}guard: /,
    );
  });

  it("makes the same bytes in another folder", async () => {
    const copy = join(folder, "a-folder-of-another-name");
    for (const path of ["appliance", "lib", "package.json", "package-lock.json", "tsconfig.onboard.json"])
      cpSync(join(ROOT, path), join(copy, path), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
    const there = (await import(join(copy, "appliance/build/image.ts"))) as typeof import("./image.ts");
    const link = (await import(join(copy, "appliance/build/testing/link.ts"))) as typeof import("./testing/link.ts");
    const out = join(copy, "copy.elf");
    await there.buildImage({ link: link.standIn(4096), compartments: [ECHO], out });
    expect(statSync(join(copy, "build", "wasm")).isDirectory()).toBe(true);
    const here = join(folder, "again.elf");
    await buildImage({ link: standIn(4096), compartments: [ECHO], out: here });
    expect(readFileSync(out).equals(readFileSync(here))).toBe(true);
    expect(readFileSync(out).includes(folder)).toBe(false);
  });
});
