// REQ-IMAGE-019
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CaptureReader } from "../../captures/reader.ts";
import { recordStream } from "../../captures/records.ts";
import { compilePolicy } from "../../diode/policy.ts";
import { ROOT } from "../../lib/asc.ts";
import { embed } from "../hosts/node.ts";
import { describeImage } from "./describe.ts";
import { prebuiltImage, withPolicy } from "./for.ts";
import { sparePages } from "./spare.ts";

const PAGE = 4096;
const CAPTURES = ["fixtures/site.pcap", "fixtures/mil1553/stream.pcap", "fixtures/mil1553/collision.ch10"];
const folder = mkdtempSync(join(tmpdir(), "weir-spare-"));
const baseline = join(folder, "site.baseline");
beforeAll(async () => {
  await Promise.all([prebuiltImage("x86_64"), prebuiltImage("aarch64")]);
  const words = ["learn", "-r", "fixtures/normal.pcap", "-r", "fixtures/mil1553/clean.ch10", "-o", baseline];
  execFileSync(process.execPath, [join(ROOT, "bin", "weir"), ...words], { cwd: ROOT, stdio: "pipe" });
});
afterAll(() => rmSync(folder, { recursive: true }));

const key = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
/** What is different from fixtures/policy.yaml, and how many pages such an image needs no memory for. */
const cases: [name: string, sets: string[], known: boolean, learn: boolean, least: number, most: number][] = [
  ["nothing known, nothing learned", [], false, false, 855, 910],
  ["a queue", ["interfaces.out.rate=1000/s", "interfaces.out.queue=64"], false, false, 825, 880],
  ["a key for the log", [`interfaces.log.key=${key}`], false, false, 855, 910],
  ["a baseline of IP and 1553", [], true, false, 400, 475],
  ["learning", [], false, true, 375, 455],
];

describe.each(cases)("%s", (_, sets, known, learn, least, most) => {
  const policy = () =>
    compilePolicy(join(ROOT, "fixtures", "policy.yaml"), { sets, learn, ...(known && { baseline }) });

  it("leaves untouched what the compartments say it does, and uses what it does not", async () => {
    const { parts } = policy();
    const image = await prebuiltImage();
    const spare = sparePages(parts, describeImage(image).build);
    const touched = new Set<number>();
    for (const file of CAPTURES) {
      const appliance = await embed(parts);
      const reader = await CaptureReader.open([join(ROOT, file)]);
      for await (const chunk of recordStream(reader, appliance.input))
        appliance.run(chunk.length, { forwarded() {}, record() {} });
      let page = 0;
      for (const { memory } of Object.values(appliance.compartments))
        for (let at = 0; at < memory.buffer.byteLength; at += PAGE, page++)
          if (new Uint8Array(memory.buffer, at, PAGE).some((byte) => byte !== 0)) touched.add(page);
    }
    const bits = [...Array(spare.length * 8).keys()].filter((page) => (spare[page >> 3]! >> (page & 7)) & 1);
    expect(bits.filter((page) => touched.has(page))).toEqual([]);
    expect(bits.length).toBeGreaterThan(least);
    expect(bits.length).toBeLessThan(most);
  });

  it("is what the image says that it needs", async () => {
    const image = await prebuiltImage();
    const [all, some] = [describeImage(image), describeImage(withPolicy(image, policy()))];
    expect(some.memory!).toBeLessThan(all.memory!);
  });
});

// The goal that the tables were made for: ARCHITECTURE.md, "Memory".
it("4 MiB are enough for fixtures/policy.yaml", async () => {
  for (const arch of ["x86_64", "aarch64"] as const) {
    const image = withPolicy(await prebuiltImage(arch), compilePolicy(join(ROOT, "fixtures", "policy.yaml")));
    expect(describeImage(image).memory!).toBeLessThanOrEqual(4 << 20);
  }
});

it("gives everything memory where the image was made of other compartments", async () => {
  const build = structuredClone(describeImage(await prebuiltImage()).build!);
  build.compartments[1]!.sha256 = "0".repeat(64);
  const { parts } = compilePolicy(join(ROOT, "fixtures", "policy.yaml"));
  expect(sparePages(parts, build).some((byte) => byte !== 0)).toBe(false);
});
