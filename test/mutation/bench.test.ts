import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { Bench } from "./bench.ts";

/** A bench whose runner does as it is told: tests are lines of JavaScript. */
function bench(limits: { quick: number; slow: number; idle: number }): Bench {
  const folder = mkdtempSync(join(tmpdir(), "weir-bench-"));
  mkdirSync(join(folder, "dist", "test", "mutation"), { recursive: true });
  const body = `const answer = (passed) => process.send({ passed, message: "" });
process.on("message", ({ test }) => eval(test));
process.send("ready");`;
  writeFileSync(join(folder, "dist", "test", "mutation", "runner.js"), body);
  const made = new Bench(folder, limits);
  onTestFinished(async () => {
    await made.close();
    rmSync(folder, { recursive: true });
  });
  return made;
}

it("an answer comes through, and the next test runs in the same process", async () => {
  const one = bench({ quick: 60, slow: 60, idle: 1000 });
  expect(await one.run("globalThis.seen = true; answer(true)", [])).toEqual({ passed: true, message: "" });
  expect((await one.run("answer(globalThis.seen !== true)", [])).passed).toBe(false);
});

it("what does not end is ended by what it uses, also where a child of it does; the next test runs", async () => {
  const one = bench({ quick: 1, slow: 2, idle: 1000 });
  expect((await one.run("for (;;);", [])).message).toBe("does not end");
  const child = 'require("node:child_process").spawn(process.execPath, ["-e", "for (;;);"])';
  expect((await one.run(child, [])).message).toBe("does not end");
  expect(one.spent).toBeGreaterThan(1.5);
  const spent = one.spent;
  expect((await one.run("for (;;);", [], "slow")).message).toBe("does not end");
  expect(one.spent - spent).toBeGreaterThan(1.5);
  expect((await one.run("answer(true)", [])).passed).toBe(true);
});

it("what waits for ever, and what is gone, has not passed", async () => {
  const one = bench({ quick: 60, slow: 60, idle: 4 });
  expect((await one.run("", [])).message).toBe("waits for ever");
  expect((await one.run("process.exit(0)", [])).message).toBe("the runner has ended");
  expect((await one.run("answer(true)", [])).passed).toBe(true);
});
