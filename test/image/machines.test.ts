// An aarch64 image on other machines than the one that the other tests give it.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { flatImage } from "../../appliance/build/flat.ts";
import { placePolicy } from "../../appliance/build/place.ts";
import { smallImage } from "../../appliance/build/testing/image.ts";
import { replayThroughImage } from "../../appliance/hosts/image.ts";
import { ROOT } from "../../lib/asc.ts";
import { arches, Images, policy, prebuilt } from "./images.ts";
import { frame, stream } from "./records.ts";

const frames = Array.from({ length: 60 }, (_, n) => frame(n % 5 ? 0x11 : 0xdd, 60 + n, n));
const passed = frames.filter((bytes) => bytes[0] !== 0xdd).map((bytes) => Buffer.from(bytes).toString("hex"));

describe.runIf(arches.includes("aarch64"))("an aarch64 image", () => {
  let images: Images;
  let elf: string;
  let flat: string;
  beforeAll(async () => {
    images = await Images.open("aarch64");
    elf = images.write("machines", placePolicy(await prebuilt("aarch64"), policy()));
    flat = images.write("flat", flatImage(readFileSync(elf)));
  });
  afterAll(() => images.close());

  async function replays(image: string, memory: number, more: string[] = []): Promise<string[]> {
    const out: string[] = [];
    const onOut = (bytes: Buffer) => out.push(bytes.toString("hex"));
    const exit = await replayThroughImage({
      ...{ image, memory, accelerator: "tcg", records: [stream(frames)], onOut, more },
    });
    expect(exit.lines.at(-1)).toMatch(/^weir: done: 61 records/);
    expect(exit.name).toBe("DONE");
    expect(out).toEqual(passed);
    return exit.lines;
  }

  // REQ-IMAGE-017
  it.each(["cortex-a53", "cortex-a57", "cortex-a72", "neoverse-n1", "a64fx"])("runs on %s", async (cpu) => {
    await replays(elf, 4, ["-cpu", cpu]);
  });

  it.each(["2", "3"])("sleeps and wakes by a GICv%s", async (version) => {
    await replays(elf, 4, ["-M", `gic-version=${version}`]);
  });

  it("takes a machine with far more memory", async () => {
    expect((await replays(elf, 2048))[0]).toMatch(/, 2097152 KiB, clock cntfrq /);
  });

  it("boots as a flat Image, by Linux's protocol", async () => {
    expect(readFileSync(flat).length).toBeLessThan(readFileSync(elf).length);
    await replays(flat, 8);
  });

  // text_offset, which the loader adds to a boundary of 2 MiB
  it.each([0x300000, 0x1100000, 0x21_00000])("boots from elsewhere in memory: + 0x%s", async (offset) => {
    const bytes = readFileSync(flat);
    bytes.writeBigUInt64LE(BigInt(offset), 8);
    const path = `${flat}-${offset}`;
    writeFileSync(path, bytes);
    await replays(path, 64);
  });

  it("is made flat with its policy in it, and for this CPU only", async () => {
    expect(() => flatImage(smallImage())).toThrow("a flat image is for aarch64; this one is for x86_64");
    const bare = await prebuilt("aarch64");
    expect(() => flatImage(bare)).toThrow("the image has no policy");
  });

  // Hypervisors emulate an access to a register from the trap alone, which says nothing of one that also steps a pointer
  // (Arm ARM, ESR_EL2.ISV). TCG would not tell.
  it("accesses no device register by an instruction that changes the address too", async () => {
    const symbols = execFileSync(
      "llvm-objdump",
      ["-d", "--no-show-raw-insn", join(ROOT, "build", "test-image-aarch64.elf.symbols")],
      { encoding: "utf8", maxBuffer: 1 << 26 },
    );
    const bodies = new Map(
      symbols.split(/\n\n(?=[0-9a-f]{16} <)/).map((text) => [/<(.+)>:/.exec(text)?.[1] ?? "", text]),
    );
    const touching = [...bodies].filter(([name]) =>
      /^(network_(start|notify|interrupt|reset)|gic_|arch_(put|interrupts|idle)$|cpu_start$)/.test(name),
    );
    expect(touching.map(([name]) => name)).toEqual(
      expect.arrayContaining(["network_start", "network_notify", "gic_wait", "arch_put", "cpu_start"]),
    );
    const stepping = /\t(ld|st)\w+\tw\w+, \[(?!sp).*(\]!|\], )/; // registers have 32 bits, or 8
    for (const [name, text] of touching)
      expect(
        text.split("\n").filter((line) => stepping.test(line)),
        name,
      ).toEqual([]);
  });

  it("is switched off where it is entered with the rights of a hypervisor", async () => {
    const running = images.start({ ...images.options(elf), more: ["-M", "virtualization=on"] });
    expect((await running.exit).name).toBe("STOPPED");
    expect(running.lines).toEqual([]);
  });
});
