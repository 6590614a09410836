import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { decodeExit, EXITS } from "../../appliance/hosts/exits.ts";
import { ROOT } from "../../lib/asc.ts";

it("the ground knows the image's exit codes by the same names", () => {
  const header = readFileSync(join(ROOT, "appliance", "runtime", "kernel", "kernel.h"), "utf8");
  const [, body] = /enum weir_exit \{([\s\S]*?)\n\};/.exec(header)!;
  const codes = [...body!.matchAll(/^ {2}EXIT_(\w+) = (\d+),/gm)].map(([, name, code]) => [name, Number(code)]);
  expect(codes).toEqual(Object.entries(EXITS).map(([name, [code]]) => [name, code]));
  expect(new Set(codes.map(([, code]) => code)).size).toBe(codes.length);
});

it("tells the image's end from the hypervisor's", () => {
  expect(decodeExit(3, null).name).toBe("DONE");
  expect(decodeExit(27, null).name).toBe("DEVICES");
  expect(decodeExit(0, null).name).toBe("STOPPED");
  expect(decodeExit(1, null).name).toBe("HYPERVISOR");
  expect(decodeExit(null, "SIGSEGV")).toEqual({ name: "HYPERVISOR", text: "the hypervisor ended with SIGSEGV" });
});
