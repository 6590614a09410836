// The bootable disk: GRUB starts the image in it under BIOS and under UEFI, and frames pass as they do when a host starts it directly.
import { execFileSync } from "node:child_process";
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { checkDisk, diskWith, missingForDisk } from "../../appliance/build/disk.ts";
import { fileOfDisk } from "../../appliance/build/iso.ts";
import { verifyImage } from "../../appliance/build/signature.ts";
import { HOST_ARCH } from "../../appliance/contract/arch.ts";
import { parseDatagram } from "../../appliance/hosts/datagram.ts";
import { embed } from "../../appliance/hosts/node.ts";
import { FrameStream } from "../../appliance/hosts/stream.ts";
import { CaptureReader } from "../../captures/reader.ts";
import { recordStream } from "../../captures/records.ts";
import { compilePolicy } from "../../diode/policy.ts";
import { ROOT } from "../../lib/asc.ts";
import { until } from "../../lib/testing/until.ts";
import { SANITIZED } from "../sanitized.ts";
import { arches, Images, nics } from "./images.ts";

const missing = missingForDisk();
if (missing.length) console.log(`skipped: bootable disks: apt-get install ${missing.join(" ")}`);
const OVMF = "/usr/share/ovmf/OVMF.fd";
const noUefi = !existsSync(OVMF);
if (noUefi) console.log("skipped: bootable disks under UEFI: apt-get install ovmf");

/** Frames of a pcap file. */
function framesOf(path: string): Buffer[] {
  const [file, frames] = [readFileSync(path), [] as Buffer[]];
  for (let at = 24; at < file.length; at += 16 + frames.at(-1)!.length)
    frames.push(file.subarray(at + 16, at + 16 + file.readUInt32LE(at + 8)));
  return frames;
}

const hex = (frames: readonly Uint8Array[]) => frames.map((bytes) => Buffer.from(bytes).toString("hex"));

// As hostile as a loader can be: information that is cut, or whose words are anything
it.runIf(HOST_ARCH === "x86_64")("the information of a Multiboot2 loader is read as it is written, or refused", () => {
  const folder = mkdtempSync(join(tmpdir(), "weir-multiboot-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const runtime = join(ROOT, "appliance", "runtime");
  const from = [join(runtime, "arch", "x86_64"), runtime, join(ROOT, "appliance", "contract")];
  const [source, program] = [join(runtime, "test", "hosted", "multiboot.c"), join(folder, "multiboot")];
  execFileSync("clang", ["-std=gnu11", ...SANITIZED, ...from.flatMap((path) => ["-I", path]), source, "-o", program]);
  const spoilt = Number.parseInt(execFileSync(program, ["7", "20000"], { encoding: "utf8" }), 10);
  expect(spoilt).toBeGreaterThan(1000);
  expect(spoilt).toBeLessThan(19_000);
});

// REQ-IMAGE-024
describe.skipIf(missing.length || !arches.includes("x86_64"))("a disk", () => {
  let images: Images;
  let image: Buffer;
  let disk: string;
  let key: string;
  const expected: Uint8Array[] = [];
  beforeAll(async () => {
    images = await Images.open("x86_64", "q35");
    disk = join(images.folder, "site.iso");
    key = join(images.folder, "sign.pem");
    writeFileSync(key, generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }));
    const elf = join(images.folder, "site.elf");
    const words = ["bin/weir", "build", "--arch", "x86_64", "-c", "fixtures/policy.yaml", "-o", elf, "--disk", disk];
    execFileSync(process.execPath, [...words, "--sign", key], { cwd: ROOT, stdio: "pipe" });
    image = readFileSync(elf);
    const policy = compilePolicy("fixtures/policy.yaml");
    const appliance = await embed(policy.parts);
    const sink = { forwarded: (frame: Uint8Array) => expected.push(Uint8Array.from(frame)), record: () => {} };
    const reader = await CaptureReader.open(["fixtures/site.pcap"]);
    for await (const chunk of recordStream(reader, appliance.input)) appliance.run(chunk.length, sink);
  });
  afterAll(() => images.close());

  it("has the image in it byte for byte, is signed, and is the same bytes when it is made again", async () => {
    const bytes = readFileSync(disk);
    expect(image.equals(fileOfDisk(bytes)!)).toBe(true);
    expect(bytes.equals(await diskWith(image))).toBe(true);
    const open = join(images.folder, "verify.pem");
    writeFileSync(open, createPublicKey(readFileSync(key)).export({ type: "spki", format: "pem" }));
    expect(verifyImage(disk, open)).toBeUndefined();
    expect(verifyImage(join(images.folder, "site.elf"), open)).toBeUndefined();
  });

  it("is not made where something is missing: what to install is said", () => {
    const { PATH } = process.env;
    process.env.PATH = images.folder;
    try {
      expect(() => checkDisk("x86_64", "site.yaml")).toThrow(
        /^--disk: needs Debian's .*grub-common, xorriso, mtools: apt-get install --no-install-recommends .*grub-common xorriso mtools$/,
      );
    } finally {
      process.env.PATH = PATH;
    }
    expect(() => checkDisk("aarch64", "site.yaml")).toThrow("a disk is for x86_64");
    expect(() => checkDisk("x86_64", undefined)).toThrow("--disk: the image has no policy, and would refuse to start");
  });

  const cases: [string, number, string[]][] = [
    ["BIOS", 64, []],
    ...(noUefi ? [] : [["UEFI", 256, ["-bios", OVMF]] as [string, number, string[]]]),
  ];
  it.each(cases)(
    "starts under %s; frames pass as elsewhere, and the log has the time of the machine's clock",
    async (_, memory, more) => {
      const got = { in: [] as Buffer[], out: [] as Buffer[], log: [] as Buffer[] };
      const path = (name: string) => join(images.folder, `${name}-${memory}.sock`);
      const listen = (name: keyof typeof got) =>
        FrameStream.listen(path(name), (bytes) => got[name].push(Buffer.from(bytes)));
      const streams = { in: await listen("in"), out: await listen("out"), log: await listen("log") };
      const backend = (name: string) => ({ kind: "stream", path: path(name) }) as const;
      const running = images.start({
        ...{ image: disk, memory, accelerator: "tcg", more: [...more, "-rtc", "base=2028-02-29T23:59:30"] },
        nics: nics({ in: backend("in"), out: backend("out"), log: backend("log") }),
      });
      await running.ready.catch((error) => {
        throw error;
      });
      await Promise.all(Object.values(streams).map((stream) => stream.connected()));
      await streams.in.send(framesOf("fixtures/site.pcap"));
      await until(() => got.out.length >= expected.length);
      await until(() => got.log.length > 0);
      await running.stop();
      await Promise.all(Object.values(streams).map((stream) => stream.ended));
      for (const stream of Object.values(streams)) stream.close();
      expect(hex(got.out)).toEqual(hex(expected));
      expect(got.in).toEqual([]);
      const { boot, json } = parseDatagram(got.log[0]!);
      const { timestamp } = JSON.parse(Buffer.from(json).toString()) as { timestamp: string };
      expect(timestamp).toMatch(/^2028-(02-29T23:59|03-01T00:0\d)/);
      const start = new Date(Number(boot)).toISOString();
      expect(start).toMatch(/^2028-(02-29T23:59|03-01T00:0\d)/);
      expect(Date.parse(timestamp)).toBeGreaterThanOrEqual(Number(boot));
    },
  );
});
