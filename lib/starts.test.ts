import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import ts from "typescript";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nextStart } from "./starts.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "weir-starts-"));
});
afterEach(() => rmSync(folder, { recursive: true }));
const MOST = 1n << 53n;

// REQ-LOG-012
describe("the number of a start", () => {
  it("grows whatever the clock says", () => {
    const clock = [1_700_000_000_000n, 5n, 0n, 1_700_000_000_001n, 1_800_000_000_000n, 1_600_000_000_000n];
    const numbers = clock.map((now) => nextStart(join(folder, "made", "here"), now, MOST));
    expect(numbers).toEqual([
      ...[1_700_000_000_000n, 1_700_000_000_001n, 1_700_000_000_002n, 1_700_000_000_003n],
      ...[1_800_000_000_000n, 1_800_000_000_001n],
    ]);
    expect(readdirSync(join(folder, "made", "here"))).toHaveLength(4);
  });

  it("is taken once, by however many at the same time", async () => {
    const source = readFileSync(new URL("starts.ts", import.meta.url), "utf8");
    const { outputText } = ts.transpileModule(source, { compilerOptions: { module: ts.ModuleKind.ESNext } });
    const program = join(folder, "taker.mjs");
    writeFileSync(
      program,
      `${outputText}
      import { parentPort, workerData } from "node:worker_threads";
      parentPort.postMessage(Array.from({ length: 200 }, () => nextStart(workerData, 1n, 1n << 53n)));`,
    );
    const takers = Array.from({ length: 4 }, () => new Worker(program, { workerData: join(folder, "boots") }));
    const taken = await Promise.all(
      takers.map(
        (taker) => new Promise<bigint[]>((resolve, reject) => taker.once("message", resolve).once("error", reject)),
      ),
    );
    expect(new Set(taken.flat()).size).toBe(800);
    for (const numbers of taken) expect([...numbers].sort((a, b) => (a < b ? -1 : 1))).toEqual(numbers);
  });

  it("says why there is none", () => {
    writeFileSync(join(folder, "file"), "");
    expect(() => nextStart(join(folder, "file"), 1n, MOST)).toThrow(
      /file: the number of this start cannot be kept there \(E/,
    );
    mkdirSync(join(folder, "full"));
    writeFileSync(join(folder, "full", `${MOST}`), "");
    expect(() => nextStart(join(folder, "full"), 1n, MOST)).toThrow(
      /full: contains 9007199254740992, expected numbers below/,
    );
    writeFileSync(join(folder, "full", "README"), "");
    rmSync(join(folder, "full", `${MOST}`));
    expect(nextStart(join(folder, "full"), 3n, MOST)).toBe(3n);
  });
});
