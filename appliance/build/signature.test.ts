import { execFileSync, spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { command as buildCommand } from "../../cli/build.ts";
import { command as inspectCommand } from "../../cli/inspect.ts";
import { command as runCommand } from "../../cli/run.ts";
import { ROOT } from "../../lib/asc.ts";
import { Container } from "../contract/generated/image.ts";
import { packContainer } from "./container.ts";
import { placePolicy } from "./place.ts";
import { readEdition, signatureOf, verifyImage } from "./signature.ts";
import { smallImage } from "./testing/image.ts";

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
    text: `weir: ${image}: the file was changed, or was signed with another key\n`,
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

// REQ-IMAGE-025
describe("an older image that was signed, too", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const part = Uint8Array.of(1);
  const image = (name: string, edition: number, change = (bytes: Uint8Array) => bytes): string => {
    const bytes = placePolicy(
      smallImage(),
      packContainer({ inspect: part, guard: part, journal: part }, undefined, edition),
    );
    writeFileSync(at("editions.pub"), publicKey.export({ type: "spki", format: "pem" }));
    writeFileSync(at(`${name}.sig`), signatureOf(bytes, privateKey));
    writeFileSync(at(name), change(Uint8Array.from(bytes)));
    return at(name);
  };
  const older = (edition: number | string, oldest: number) =>
    `signed, but older than is allowed: edition ${edition}, expected ${oldest} or later`;
  it.each([
    [0, 0, undefined],
    [7, 0, undefined],
    [7, 7, undefined],
    [8, 7, undefined],
    [0xffffffff, 0xffffffff, undefined],
    [6, 7, older(6, 7)],
    [0, 1, older("not said", 1)],
  ])("edition %i where the operator wants %i or later: %s", (edition, oldest, why) => {
    expect(verifyImage(image("edition", edition), at("editions.pub"), oldest)).toBe(why);
  });

  it("cannot be made a later one, nor say that it has no policy", () => {
    const changed = "the file was changed, or was signed with another key";
    const at296 =
      new Container(packContainer({ inspect: part, guard: part, journal: part })).length - Container.AT.edition;
    for (const [n, byte] of [9, 255].entries()) {
      const path = image(`later-${n}`, 6, (bytes) => {
        bytes[bytes.length - at296] = byte;
        return bytes;
      });
      expect(verifyImage(path, at("editions.pub"), 7)).toBe(changed);
    }
    const none = at("none.elf");
    writeFileSync(none, smallImage());
    writeFileSync(`${none}.sig`, signatureOf(smallImage(), privateKey));
    expect(verifyImage(none, at("editions.pub"), 7)).toBe(older("not said", 7));
  });

  it("is not started, nor called verified; a number that nobody signed is not believed", async () => {
    const path = image("started", 6);
    const words = ["--in", "a", "--out", "b", "--log", "c", "--print", "--not-older-than"];
    const run = (...more: string[]) => runCommand().parseAsync([path, ...words, ...more], { from: "user" });
    await expect(run("7", "--verify", at("editions.pub"))).rejects.toThrow(`${path}: ${older(6, 7)}`);
    await expect(run("7")).rejects.toThrow("--not-older-than: expected --verify too: anybody can write a number");
    await expect(inspectCommand().parseAsync([path, "--not-older-than", "7"], { from: "user" })).rejects.toThrow(
      "--not-older-than: expected --verify too",
    );
    for (const wrong of ["0", "-1", "1.5", "x", "4294967296"])
      expect(() => readEdition("--edition", wrong)).toThrow(
        `--edition ${wrong}: expected a number from 1 to 4294967295`,
      );
    await expect(buildCommand().parseAsync(["--edition", "7"], { from: "user" })).rejects.toThrow(
      "--edition: expected a policy too (-c)",
    );
  });
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
