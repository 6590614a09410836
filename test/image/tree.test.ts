// The reader of device trees, on QEMU's own and on spoilt ones, under sanitizers.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PROGRAMS } from "../../appliance/hosts/qemu.ts";
import { ROOT } from "../../lib/asc.ts";
import { SANITIZED } from "../sanitized.ts";
import { arches } from "./images.ts";

const runtime = join(ROOT, "appliance", "runtime");
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "weir-tree-"));
  const include = [join(runtime, "arch", "aarch64"), runtime, join(ROOT, "appliance", "contract")].flatMap((path) => [
    "-I",
    path,
  ]);
  const files = [join(runtime, "test", "hosted", "tree.c"), "-o", join(folder, "tree")];
  execFileSync("clang", ["-std=gnu11", ...SANITIZED, ...include, ...files]);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The tree that QEMU makes for this machine. */
function dump(machine: string, ...more: string[]): string {
  const file = join(folder, "tree.dtb");
  spawnSync(PROGRAMS.aarch64, ["-M", `${machine},dumpdtb=${file}`, "-nodefaults", "-display", "none", ...more]);
  return file;
}

/** What is understood of that tree, and how many of the spoilt copies are still trees. */
function read(machine: string, ...more: string[]): { lines: string[]; wholes: number } {
  return understood(dump(machine, ...more));
}

function understood(file: string, copies = 20_000): { lines: string[]; wholes: number } {
  const lines = execFileSync(join(folder, "tree"), [file, "7", String(copies)], { encoding: "utf8" })
    .trimEnd()
    .split("\n");
  return { lines: lines.slice(0, -1), wholes: Number.parseInt(lines.at(-1)!, 10) };
}

describe.runIf(arches.includes("aarch64"))("a device tree", () => {
  const devices = ["device a003a00 77", "device a003c00 78", "device a003e00 79"];

  it("tells of GICv2, firmware by hvc, and the command line", () => {
    const { lines, wholes } = read(
      "virt,gic-version=2",
      "-m",
      "8",
      "-append",
      "clock=frames epoch=1",
      "-kernel",
      "/dev/null",
    );
    expect(lines[0]).toBe("whole, console 9000000, gic 2 8000000 8010000, psci hvc");
    expect(lines[1]).toBe("memory 40000000 40800000");
    expect(lines.slice(2, -1).sort()).toEqual(devices);
    expect(lines.at(-1)).toBe("command line clock=frames epoch=1");
    expect(wholes).toBeGreaterThan(1000);
    expect(wholes).toBeLessThan(19_000);
  });

  it("tells of a 16550 for the console, as Firecracker's does, and of a PL011 before that where there are both", () => {
    const bytes = readFileSync(dump("virt", "-m", "8"));
    const swap = (from: string, to: string) => {
      expect(to.length).toBe(from.length);
      const at = bytes.indexOf(from);
      expect(at).toBeGreaterThan(0);
      bytes.write(to, at, "latin1");
      const file = join(folder, "16550.dtb");
      writeFileSync(file, bytes);
      return understood(file, 0).lines[0];
    };
    expect(swap("arm,pl011\0arm,primecell", "ns16550a\0\0arm,primecell")).toMatch(/console 9000000 \(16550\), /);
    // The clock, a PL031, made into a PL011
    expect(swap("arm,pl031\0arm,primecell", "arm,pl011\0arm,primecell")).toMatch(/console 9010000, /);
  });

  it("tells of GICv3, firmware by smc, and memory in pieces", () => {
    const nodes = [
      "-smp",
      "2",
      "-object",
      "memory-backend-ram,id=a,size=64M",
      "-object",
      "memory-backend-ram,id=b,size=192M",
    ];
    const { lines } = read(
      "virt,gic-version=3,virtualization=on",
      ...nodes,
      "-m",
      "256",
      ...["-numa", "node,memdev=a"],
      ...["-numa", "node,memdev=b"],
    );
    expect(lines[0]).toBe("whole, console 9000000, gic 3 8000000 80a0000, psci smc");
    expect(lines.slice(1, 3).sort()).toEqual(["memory 40000000 44000000", "memory 44000000 50000000"]);
    expect(lines.slice(3, -1).sort()).toEqual(devices);
    expect(lines.at(-1)).toBe("command line none");
  });
});
