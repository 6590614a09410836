import { mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { compileAll, compileOnboard } from "./asc.ts";
import { moduleName, prebuilt } from "./sources.ts";

it("several entries compiled in one process are the bytes, and have the map, that each has of a process of its own", async () => {
  const entries = ["lib/onboard/text.probe.ts", "lib/onboard/sha256.probe.ts"];
  const alone = await Promise.all(entries.map((entry) => compileOnboard(entry)));
  const expected = alone.map((path) => [readFileSync(path), readFileSync(`${path}.map`, "utf8")]);
  // Out of the way, so that they are compiled again; back, whatever becomes of that
  const folder = mkdtempSync(join(tmpdir(), "weir-asc-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [n, path] of alone.entries()) renameSync(path, join(folder, `${n}.wasm`));
  onTestFinished(() => {
    for (const [n, path] of alone.entries()) renameSync(join(folder, `${n}.wasm`), path);
  });
  await compileAll(entries.map((entry) => [entry]));
  const together = alone.map((path) => [readFileSync(path), readFileSync(`${path}.map`, "utf8")]);
  expect(together).toEqual(expected);
});

it("an installation that lacks a file of the release says which, and what to do", () => {
  expect(() => prebuilt("lib-onboard-lost.wasm")).toThrow(
    "prebuilt/lib-onboard-lost.wasm: missing: this installation is not whole, install the package again",
  );
  expect(moduleName("a/onboard/index.ts", 4)).toBe("a-onboard-index-4.wasm");
});
