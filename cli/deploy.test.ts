// What weir deploy takes for an image, and what it refuses; the supervisor is a line of shell. With real images: test/live/deploy.
import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { packContainer } from "../appliance/build/container.ts";
import { placeManifest, placePolicy } from "../appliance/build/place.ts";
import { signatureOf } from "../appliance/build/signature.ts";
import { smallImage } from "../appliance/build/testing/image.ts";
import { compilePolicyText } from "../diode/policy.ts";
import { command } from "./deploy.ts";
import { commandConsole } from "./testing/console.ts";

const seen = commandConsole("deploy");
const { publicKey, privateKey } = generateKeyPairSync("ed25519");
const POLICY = `weir: 1
interfaces:
  in: { mac: 52:54:00:77:00:01 }
  out: { mac: 52:54:00:77:00:02, next-hop: 52:54:00:77:00:12 }
  log: { mac: 52:54:00:77:00:03 }
rules: []
`;

/** An image with a policy of this edition, which has no collector; signed. */
function image(name: string, edition: number): string {
  const { parts, interfaces } = compilePolicyText(POLICY, "policy.yaml");
  const bytes = placePolicy(placeManifest(smallImage(), interfaces), packContainer(parts, undefined, edition));
  const path = join(seen.folder, name);
  writeFileSync(path, bytes);
  writeFileSync(`${path}.sig`, signatureOf(bytes, privateKey));
  return path;
}

const STARTS = `cd "$FOLDER"; n=$(( $(cat n 2>/dev/null || echo 0) + 1 )); echo $n > n
printf '{"version":1,"state":"ready","sha256":"%s","boot":"%s","beats":0}' "$(sha256sum < images/current.elf | cut -c1-64)" $n > status.json`;

async function deploy(...words: string[]): Promise<number> {
  const at = (name: string) => join(seen.folder, name);
  const more = ["--folder", at("images"), "--status", at("status.json"), "--patience", "5"];
  const restart = words.includes("--restart") ? [] : ["--restart", STARTS.replace("$FOLDER", seen.folder)];
  await command().parseAsync([...words, ...more, ...restart], { from: "user" });
  return process.exitCode as number;
}

beforeEach(() => writeFileSync(join(seen.folder, "verify.pem"), publicKey.export({ type: "spki", format: "pem" })));

// REQ-GROUND-025
it("an image is deployed when it starts; without a collector no more is asked of it; its signature is kept", async () => {
  expect(await deploy(image("a.elf", 3), "--verify", join(seen.folder, "verify.pem"))).toBe(0);
  expect(seen.out).toBe(
    "the policy has no collector: the image sends no heartbeat, so only its start is waited for\n1.elf runs: start 1, 0 signs of life\n",
  );
  await deploy("--list");
  expect(seen.out).toMatch(/\n1\.elf sha256 [0-9a-f]{64}, runs\n$/);
});

it("with a key, an edition before that of the image that runs is refused, unless it is named", async () => {
  const verify = ["--verify", join(seen.folder, "verify.pem")];
  await deploy(image("a.elf", 3), ...verify);
  const old = image("old.elf", 2);
  await expect(deploy(old, ...verify)).rejects.toThrow(
    "signed, but older than is allowed: edition 2, expected 3 or later",
  );
  expect(await deploy(old, ...verify, "--not-older-than", "2")).toBe(0);
  writeFileSync(`${old}.sig`, "x".repeat(64));
  await expect(deploy(old, ...verify, "--not-older-than", "2")).rejects.toThrow("was signed with another key");
});

it("a supervisor that complains is quoted; the image that was no good is not kept", async () => {
  expect(await deploy(image("a.elf", 1))).toBe(0);
  const path = image("b.elf", 2);
  expect(await deploy(path, "--restart", "echo no such unit >&2; exit 5")).toBe(4);
  expect(seen.out).toContain(
    "2.elf: it was not started: no such unit\ngoing back to 1.elf\n1.elf: it was not started: no such unit\n",
  );
  seen.out = "";
  expect(await deploy(path, "--restart", "exit 5")).toBe(4);
  expect(seen.out).toContain("exit 5: exit code 5");
  await deploy("--list");
  expect(seen.out).not.toContain("2.elf sha256");
});
