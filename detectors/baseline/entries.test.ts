import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { isForeign } from "./entries.ts";

it("every entry that onboard code writes is known here", () => {
  const sources = readdirSync("detectors", { recursive: true, encoding: "utf8" }).filter((path) =>
    /onboard\/.*\.ts$/.test(path),
  );
  const written = sources.flatMap((path) =>
    [...readFileSync(join("detectors", path), "utf8").matchAll(/"detector":"([a-z][a-z0-9.-]*)/g)].map(
      ([, name]) => name!,
    ),
  );
  expect(written.length).toBeGreaterThan(12);
  expect(written.filter((detector) => isForeign({ detector }))).toEqual([]);
  for (const detector of ["rate.talk", "tunnel", "scan", "constructor", "__proto__"])
    expect(isForeign({ detector })).toBe(true);
});
