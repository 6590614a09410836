import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { makeOnce } from "./lock.ts";
import { until } from "./testing/until.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-lock-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A file that is made slowly: when it is told to go on. */
function making(path: string) {
  let goOn = () => {};
  const told = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const made: string[] = [];
  const make = (by: string) =>
    makeOnce(
      path,
      () => existsSync(path),
      async () => {
        made.push(by);
        await told;
        writeFileSync(path, by);
      },
    );
  return { make, made, goOn };
}

it("who comes second waits, and makes nothing", async () => {
  const path = join(folder, "one");
  const { make, made, goOn } = making(path);
  const first = make("first");
  await until(() => made.length === 1);
  const second = make("second");
  goOn();
  await Promise.all([first, second]);
  expect(made).toEqual(["first"]);
  expect(existsSync(`${path}.lock`)).toBe(false);
});

it("a maker that failed is followed by the next", async () => {
  const path = join(folder, "two");
  const failing = makeOnce(
    path,
    () => existsSync(path),
    () => Promise.reject(new Error("no room")),
  );
  await expect(failing).rejects.toThrow("no room");
  const { make, made, goOn } = making(path);
  goOn();
  await make("next");
  expect(made).toEqual(["next"]);
});

it("a maker that has died is not waited for", async () => {
  const path = join(folder, "three");
  const dead = spawnSync(process.execPath, ["-p", "process.pid"], { encoding: "utf8" }).stdout.trim();
  writeFileSync(`${path}.lock`, dead);
  const { make, made, goOn } = making(path);
  goOn();
  await make("heir");
  expect(made).toEqual(["heir"]);
});
