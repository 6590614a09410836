// How a stream of records becomes frames, and whom an image is for.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { cut } from "./image.ts";
import { archOfImage, qemuProgram } from "./qemu.ts";

it.each([
  [0, []],
  [1, [1]],
  [2016, [2016]],
  [2017, [2016, 1]],
  [4033, [2016, 2016, 1]],
])("%i bytes of the stream: frames with so many of it", (length, parts) => {
  const stream = Uint8Array.from({ length }, (_, n) => n % 251);
  const frames = cut(stream);
  expect(frames.map((frame) => frame.length - 16)).toEqual(parts);
  expect(Buffer.concat(frames.map((frame) => frame.subarray(16))).equals(stream)).toBe(true);
});

const elf = (machine: number) => Buffer.from([0x7f, 0x45, 0x4c, 0x46, ...Array(14).fill(0), machine, 0]);

it.each([
  ["x86-64", elf(62), "x86_64"],
  ["aarch64", elf(183), "aarch64"],
  ["neither", Buffer.from("#!/bin/sh\n"), "x86_64"],
  ["aarch64, in a text", Buffer.concat([Buffer.alloc(18, " "), Buffer.of(183, 0)]), "x86_64"],
  ["nobody: it is empty", Buffer.alloc(0), "x86_64"],
])("an image for %s", (_, bytes, arch) => {
  const folder = mkdtempSync(join(tmpdir(), "weir-arch-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "image");
  writeFileSync(path, bytes);
  expect(archOfImage(path)).toBe(arch);
  expect(qemuProgram(path)).toBe(`qemu-system-${arch}`);
});
