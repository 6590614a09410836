// A compartment that traps or breaks its contract, in a booted image: tiny compartments that do as a frame's first byte says.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { placePolicy } from "../../appliance/build/place.ts";
import { replayThroughImage } from "../../appliance/hosts/image.ts";
import { whyNoImage } from "../../cli/image-replay.ts";
import { Images, MEMORY, policy, prebuilt } from "../image/images.ts";
import { frame, stream } from "../image/records.ts";
import { Outcomes } from "./outcome.ts";

const reason = await whyNoImage();
if (reason) console.log(`skipped: traps in booted images: ${reason}`);

const FAULTS: [string, number, string][] = [
  ["inspect accesses what is outside of its memory", 0xf1, "INSPECT_TRAP"],
  ["inspect divides by zero", 0xf2, "INSPECT_TRAP"],
  ["guard comes to what cannot be reached", 0xf4, "GUARD_TRAP"],
  ["the journal comes to what cannot be reached", 0xf5, "JOURNAL_TRAP"],
  ["guard points outside of its memory", 0xf6, "CONTRACT"],
  ["guard's frame is longer than its buffer", 0xf7, "CONTRACT"],
  ["guard does not go on", 0xf8, "CONTRACT"],
];

describe.skipIf(reason)("a compartment that fails", () => {
  const outcomes = new Outcomes("5-traps");
  let images: Images;
  let image: string;
  beforeAll(async () => {
    images = await Images.open("x86_64");
    image = images.write("traps", placePolicy(await prebuilt("x86_64"), policy()));
  });
  afterAll(async () => {
    outcomes.write();
    await images?.close();
  });

  it.each(FAULTS)("%s: the image ends, and nothing is forwarded from then on", async (fault, first, name) => {
    const frames = [frame(0x11, 60, 1), frame(0x11, 60, 2), frame(first, 60, 3), frame(0x11, 60, 4)];
    const out: string[] = [];
    let leaked = 0;
    const { accelerator } = images;
    const exit = await replayThroughImage({
      ...{ image, memory: MEMORY, accelerator, records: [stream(frames)] },
      onOut: (bytes) => out.push(bytes.toString("hex")),
      onLog: () => {},
      onIn: () => leaked++,
    });
    expect(exit.name).toBe(name);
    const sent = frames.map((bytes) => Buffer.from(bytes).toString("hex"));
    // The journal is behind guard: what it ends with has been forwarded then
    const behind = name === "JOURNAL_TRAP" ? 3 : 2;
    for (const bytes of sent.slice(behind)) expect(out).not.toContain(bytes);
    expect(leaked).toBe(0);
    const on = `booted image, QEMU ${accelerator}`;
    const row = { detected: `console, exit code ${exit.name}`, forwarded: "nothing more", lost: "that batch" };
    outcomes.add({ fault, on, ...row, verdict: "fail closed", test: "traps.test.ts" });
  });
});
