import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { newTableKey, readTableKey } from "./table-key.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "weir-key-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

// REQ-DETECT-016
it("each start has another key, which is kept beside its number, for its owner alone", () => {
  const [first, second] = [newTableKey(folder, 7n), newTableKey(folder, 8n)];
  expect(first).toMatch(/^[0-9a-f]{32}$/);
  expect(second).not.toBe(first);
  expect(statSync(join(folder, "7.key")).mode & 0o777).toBe(0o600);
  expect(readTableKey(join(folder, "7.key"))).toEqual(readTableKey(first));
  expect(Buffer.from(readTableKey(first)).toString("hex")).toBe(first);
});

it("the keys of the last 64 starts stay", () => {
  for (let boot = 100n; boot < 170n; boot++) newTableKey(folder, boot);
  expect(existsSync(join(folder, "105.key"))).toBe(false);
  expect(readFileSync(join(folder, "106.key"), "latin1")).toMatch(/^[0-9a-f]{32}\n$/);
});

it("what is no key, and what others can read, is refused", () => {
  const path = join(folder, "spoilt");
  writeFileSync(path, "00".repeat(16), { mode: 0o600 });
  expect(readTableKey(path)).toEqual(Buffer.alloc(16));
  chmodSync(path, 0o640);
  expect(() => readTableKey(path)).toThrow(`${path}: holds a key and has mode 0640: expected 0600 (chmod 600)`);
  writeFileSync(join(folder, "short"), "00", { mode: 0o600 });
  expect(() => readTableKey(join(folder, "short"))).toThrow("expected a key of tables, 32 digits of base 16");
  writeFileSync(join(folder, "long"), "00".repeat(60), { mode: 0o600 });
  expect(() => readTableKey(join(folder, "long"))).toThrow("expected a file of at most 64 bytes");
});
