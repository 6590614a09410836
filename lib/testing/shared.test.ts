import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { ROOT } from "../asc.ts";
import { sources } from "./sources.ts";

afterEach(() => vi.unstubAllEnvs());

async function withFolder(folder: string) {
  vi.stubEnv("WEIR_SHARED", folder);
  vi.resetModules();
  return import("./shared.ts");
}

it("captures of others are looked for in the folder that WEIR_SHARED names", async () => {
  const { sharedPath } = await withFolder("elsewhere");
  expect(sharedPath("mil1553", "1553.c10")).toBe(join(ROOT, "elsewhere", "captures", "mil1553", "1553.c10"));
});

it("says what is missing", async () => {
  const { hasShared } = await withFolder("elsewhere");
  const said = vi.spyOn(console, "log").mockImplementation(() => {});
  expect(hasShared("eve")).toBe(false);
  expect(said).toHaveBeenCalledWith("skipped: no elsewhere/captures/eve");
});

it("no other file knows where they are", () => {
  const places = sources().filter((file) =>
    /["/]\.\.["/, ]+shared\b|"shared", "captures"/.test(readFileSync(join(ROOT, file), "utf8")),
  );
  expect(places).toEqual(["lib/testing/shared.test.ts", "lib/testing/shared.ts"]);
});
