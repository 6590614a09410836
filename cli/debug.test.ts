import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { placePolicy } from "../appliance/build/place.ts";
import { ROOT } from "../lib/asc.ts";
import { policy, prebuilt } from "../test/image/images.ts";

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "weir-debug-"));
  writeFileSync(join(folder, "weir.elf"), placePolicy(await prebuilt("x86_64"), policy()));
  copyFileSync(join(ROOT, "build", "test-image-x86_64.elf.symbols"), join(folder, "weir.elf.debug"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const weir = (...words: string[]) =>
  spawnSync(process.execPath, [join(ROOT, "bin", "weir"), "debug", ...words], { cwd: folder, encoding: "utf8" });

it("a log without a crash record is damaged input", () => {
  writeFileSync(join(folder, "quiet.log"), "weir: ready\n");
  const { status, stderr, stdout } = weir("quiet.log");
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(/^weir: quiet\.log: no crash record in the log: expected a line/);
});

it("what was cut is told as far as it goes, and is not the same trap", () => {
  const lines = [
    "weir: trap: inspect: unreachable",
    "weir: crash: 1 at 103000 text 0000000000000000 policy 0000000000000000",
    "weir: crash: registers rip=10",
  ];
  writeFileSync(join(folder, "cut.log"), `${lines.join("\n")}\n`);
  const told = weir("cut.log");
  expect(told.status).toBe(2);
  expect(told.stdout).toContain("crash        trap: inspect: unreachable\n");
  expect(told.stdout).toMatch(/^doubt {8}the symbols are of another image/m);
  expect(weir("cut.log", "--replay").status).toBe(3);
  expect(JSON.parse(weir("cut.log", "--json").stdout).crash.registers).toEqual({ rip: "0x10" });
});

it("says how the recorder is copied, and refuses what has none", () => {
  expect(weir("--memory").stdout).toMatch(/^monitor {3}pmemsave 0x[0-9a-f]+ 32800 recorder\.bin$/m);
  expect(weir("--memory", "weir.elf").stderr).toMatch(/no flight recorder in the dump/);
});

it("writes scripts for gdb", () => {
  const { stdout } = weir("--gdb", "localhost:9", "--trace", "receive,send");
  expect(stdout).toMatch(/^target remote localhost:9$/m);
  expect(stdout.match(/^hbreak .*$/gm)).toEqual(["hbreak *receive", "hbreak *send"]);
  expect(weir("--gdb", "--trace", "nowhere")).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/unknown trace point nowhere/),
  });
  expect(weir("--gdb", "--break", "guard:nothing")).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/no function guard:nothing in the image: expected COMPARTMENT:NAME/),
  });
});

it("usage: a log, or what to do instead; symbols must be there", () => {
  expect(weir()).toMatchObject({ status: 1, stderr: expect.stringMatching(/expected a log/) });
  expect(weir("x.log", "--image", "other.elf").stderr).toMatch(
    /other\.elf\.debug: file not found; weir build -o other\.elf writes it/,
  );
  expect(weir("weir.elf", "--symbols", "weir.elf")).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/no symbols/),
  });
  expect(readFileSync(join(folder, "weir.elf")).length).toBeGreaterThan(0);
});
