import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ROOT } from "../../lib/asc.ts";
import { verifyImage } from "./signature.ts";

let folder: string;
const at = (name: string) => join(folder, name);
const weir = (...words: string[]) => {
  const { status, stderr, stdout } = spawnSync(process.execPath, ["bin/weir", ...words], {
    cwd: ROOT,
    encoding: "utf8",
  });
  return { status, text: stdout + stderr };
};
const openssl = (...words: string[]) => spawnSync("openssl", words, { encoding: "utf8" });
const has = openssl("version").status === 0;
if (!has) console.log("skipped: signatures: no openssl");

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "weir-sign-"));
  if (!has) return;
  for (const name of ["sign", "other"]) {
    execFileSync("openssl", ["genpkey", "-algorithm", "ed25519", "-out", at(`${name}.pem`)]);
    execFileSync("openssl", ["pkey", "-in", at(`${name}.pem`), "-pubout", "-out", at(`${name}.pub`)]);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

// REQ-IMAGE-016
it.skipIf(!has)("an image is signed, and any other bytes or key are refused", () => {
  const image = at("site.elf");
  expect(weir("build", "-c", "fixtures/policy.yaml", "-o", image, "--sign", at("sign.pem")).status).toBe(0);
  expect(weir("inspect", image, "--verify", at("sign.pub"))).toEqual({
    status: 0,
    text: `${image}: signed with ${at("sign.pub")}, and unchanged\n`,
  });
  // As somebody else's tool sees it
  const words = ["pkeyutl", "-verify", "-pubin", "-inkey", at("sign.pub"), "-rawin", "-in", image, "-sigfile"];
  expect(openssl(...words, `${image}.sig`).stdout).toContain("Verified Successfully");

  expect(weir("inspect", image, "--verify", at("other.pub"))).toEqual({
    status: 3,
    text: `${image}: the file was changed, or was signed with another key\n`,
  });
  const bytes = readFileSync(image);
  for (const place of [0, bytes.length >> 1, bytes.length - 1]) {
    const changed = Buffer.from(bytes);
    changed[place]! ^= 1;
    writeFileSync(image, changed);
    expect(weir("inspect", image, "--verify", at("sign.pub"))).toMatchObject({ status: 3 });
  }
  writeFileSync(image, Buffer.concat([bytes, Buffer.alloc(1)]));
  expect(weir("inspect", image, "--verify", at("sign.pub")).status).toBe(3);
  // Built anew without a key: the old signature is gone
  expect(weir("build", "-c", "fixtures/policy.yaml", "-o", image).status).toBe(0);
  expect(weir("inspect", image, "--verify", at("sign.pub")).text).toMatch(/no signature/);
});

it.skipIf(!has)("malformed keys are refused", () => {
  writeFileSync(at("none.pem"), "not a key\n");
  for (const [key, why] of [
    ["none.pem", /none\.pem: expected an Ed25519 private key in PEM/],
    ["sign.pub", /sign\.pub: expected an Ed25519 private key/],
    ["nowhere.pem", /nowhere\.pem: cannot be read \(ENOENT\)/],
  ] as const) {
    const { status, text } = weir("build", "-o", at("x.elf"), "--sign", at(key));
    expect(status).toBe(1);
    expect(text).toMatch(why);
  }
  expect(() => verifyImage("fixtures/policy.yaml", at("none.pem"))).toThrow(
    `${at("none.pem")}: expected an Ed25519 public key in PEM (openssl pkey -pubout)`,
  );
});
