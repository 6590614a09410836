import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { packContainer } from "../appliance/build/container.ts";
import { MANIFEST_SIZE } from "../appliance/build/manifest.ts";
import { placeManifest, placePolicy } from "../appliance/build/place.ts";
import { smallImage } from "../appliance/build/testing/image.ts";
import { command } from "./inspect.ts";
import { commandConsole } from "./testing/console.ts";

const seen = commandConsole("inspect");

const inspect = async (image: Uint8Array, ...options: string[]) => {
  writeFileSync(join(seen.folder, "weir.elf"), image);
  await command().parseAsync([join(seen.folder, "weir.elf"), ...options], { from: "user" });
};

describe("weir inspect", () => {
  const part = Uint8Array.of(1, 2, 3);
  const container = packContainer({ inspect: part, guard: part, journal: part });
  const interfaces = [
    { name: "in", direction: "receive", mac: "52:54:00:77:00:01" },
    { name: "out", direction: "transmit", mac: "52:54:00:77:00:02" },
  ] as const;
  const image = placePolicy(placeManifest(smallImage(), interfaces), container);

  // REQ-IMAGE-015
  it("lists interfaces, segments and the policy", async () => {
    await inspect(image);
    expect(seen.out).toMatch(/^ {2}in {9}receive only {3}52:54:00:77:00:01$/m);
    expect(seen.out).toMatch(/^ {2}out {8}transmit only {2}52:54:00:77:00:02$/m);
    expect(seen.out).toMatch(/^ {2}0x101000 {3}r-x {10}16 {7}16$/m);
    expect(seen.out).toMatch(
      /^policy {7}4,240 bytes: inspect 3, guard 3, journal 3\n {2}named 0102030000000000-0000000000000000, sha256 [0-9a-f]{64}$/m,
    );
    expect(process.exitCode).toBeUndefined();
  });

  it("says what the manifest says beside the interfaces", async () => {
    await inspect(image);
    expect(seen.out).not.toMatch(/one queue|takes nothing/);
    await inspect(placeManifest(image, interfaces, { oneQueue: true, logSilence: 30 }));
    expect(seen.out).toContain(
      "one queue for each, no inert one\n  ends when the device of log takes nothing for 30 s\n",
    );
    seen.out = "";
    await inspect(placeManifest(image, interfaces, { oneQueue: true, logSilence: 30 }), "--json");
    expect(JSON.parse(seen.out)).toMatchObject({ oneQueue: true, logSilence: 30 });
  });

  it("--verify: 3 for an image that nobody signed, and nothing is listed", async () => {
    const { publicKey } = generateKeyPairSync("ed25519");
    const key = join(seen.folder, "key.pem");
    writeFileSync(key, publicKey.export({ type: "spki", format: "pem" }));
    await inspect(image, "--verify", key);
    expect([process.exitCode, seen.out]).toEqual([3, ""]);
    expect(seen.talk).toContain("no signature");
  });

  it("says so when there is no policy", async () => {
    await inspect(smallImage());
    expect(seen.out).toContain("none: the image will refuse to start");
    expect(seen.out).toContain("none: this image has no policy yet");
  });

  it("gives the same as JSON", async () => {
    await inspect(image, "--json");
    expect(JSON.parse(seen.out)).toMatchObject({
      machine: "x86_64",
      policy: { bytes: 4240, parts: { inspect: 3, guard: 3, journal: 3 } },
    });
  });

  it("refuses a file that is not an image with exit code 2 and nothing on stdout", async () => {
    await inspect(image.subarray(0, 300));
    expect([process.exitCode, seen.out]).toEqual([2, ""]);
    expect(seen.talk).toMatch(/^weir: .*weir\.elf: ELF .* outside the file of 300/);
  });

  // REQ-GROUND-007
  it("prints nothing that an image could write to a terminal with", async () => {
    // The manifest's note made into a note of type 2, which says how an image was built.
    const hostile = smallImage();
    const text = Buffer.from('{"weir":"\\u001b[2J"}');
    const second = 0x200 + 20 + MANIFEST_SIZE;
    const view = new DataView(hostile.buffer);
    [5, text.length, 2].forEach((word, n) => {
      view.setUint32(second + n * 4, word, true);
    });
    hostile.set(Buffer.from("Weir\0"), second + 12);
    hostile.set(text, second + 20);
    const noteSegment = 120;
    view.setUint32(noteSegment + 32, 400, true);
    view.setUint32(noteSegment + 40, 400, true);
    await inspect(hostile);
    expect([process.exitCode, seen.out]).toEqual([2, ""]);
    expect(seen.talk).toContain('"Weir" 2 (how it was built) is not what weir build writes');
  });
});
