/** A file through the booted image: `weir send` on one side, a network that loses frames, `weir receive` on the other. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { prebuiltImage, withPolicy } from "../../appliance/build/for.ts";
import { chooseAccelerator, liveClock, MACS, type Running, startImage } from "../../appliance/hosts/qemu.ts";
import { whyNoImage } from "../../cli/image-replay.ts";
import { compilePolicyText } from "../../diode/policy.ts";
import { ROOT } from "../../lib/asc.ts";
import { until } from "../../lib/testing/until.ts";
import { Segment, whyNot } from "./segment.ts";

const reason = whyNot(["ip", "sysctl"]) ?? (await whyNoImage());
if (reason) console.log(`skipped: transfer through the image: ${reason}`);

const folder = mkdtempSync(join(tmpdir(), "weir-live-transfer-"));
const weir = join(ROOT, "bin", "weir");

describe.skipIf(reason)("a transfer through the image", () => {
  let segment: Segment;
  let image: Running;

  beforeAll(async () => {
    for (const name of ["in.key", "out.key"]) writeFileSync(join(folder, name), randomBytes(32).toString("hex"));
    const policy = compilePolicyText(
      `weir: 1
interfaces: { out: { next-hop: 52:54:00:77:00:12 } }
rules:
  - { name: files, action: allow, protocol: udp, from: 10.0.0.5, to: 10.0.1.9, ports: 5000, payload: transfer }
transfer: { in: { key-file: in.key }, out: { key-file: out.key }, extensions: [bin], largest: 100000000 }
`,
      join(folder, "policy.yaml"),
    );
    const path = join(folder, "weir.elf");
    writeFileSync(path, withPolicy(await prebuiltImage(), policy));
    const accelerator = await chooseAccelerator(path, 8);
    segment = new Segment();
    const nics = (["source", "destination", "collector"] as const).map((side, n) => ({
      mac: [MACS.in, MACS.out, MACS.log][n]!,
      backend: { kind: "tap", name: segment.tap(side) } as const,
    }));
    image = startImage({ image: path, memory: 8, accelerator, nics, append: liveClock() });
    await image.ready;
    segment.attach("source", "02:00:00:00:00:05", "10.0.0.5/24");
    segment.attach("destination", "52:54:00:77:00:12", "10.0.1.9/24");
    segment.route("source", "10.0.1.0/24", "10.0.0.1", "02:00:00:00:00:01");
  }); // it may have to build the image first

  afterAll(async () => {
    await image?.stop();
    segment?.remove();
    rmSync(folder, { recursive: true });
  });

  it("arrives byte for byte though 5 % of it is lost on the way in; another extension does not", async () => {
    const [good, bad] = [join(folder, "image.bin"), join(folder, "image.exe")];
    const data = randomBytes(4_000_000);
    writeFileSync(good, data);
    writeFileSync(bad, data.subarray(0, 100_000));
    const out = join(folder, "incoming");
    const printed = segment.start(
      "destination",
      ...[
        "timeout",
        "60",
        process.execPath,
        weir,
        "receive",
        "--listen",
        "10.0.1.9:5000",
        "--key-file",
        join(folder, "out.key"),
      ],
      ...["-o", out, "--expect", "1"],
    );
    const impair = join(ROOT, "dist", "transfer", "testing", "impair.js");
    segment.start("source", process.execPath, impair, "6000", "10.0.1.9:5000", JSON.stringify({ seed: 4, drop: 0.05 }));
    await Promise.all([segment.listening("destination", 5000), segment.listening("source", 6000)]);
    segment.run(
      "source",
      ...[process.execPath, weir, "send", bad, good, "--to", "127.0.0.1:6000", "--key-file", join(folder, "in.key")],
      ...["--rate", "15"],
    );
    await until(() => printed().includes("\n"));
    const lines = printed()
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as { name: string; whole: boolean });
    expect(lines).toMatchObject([{ name: "image.bin", whole: true, size: data.length, missing: [] }]);
    expect(readFileSync(join(out, "image.bin")).equals(data)).toBe(true);
  });
});
