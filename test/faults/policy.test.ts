// Every single-bit flip of a small policy: in what the compartments take, in the container as the runtime reads it, and of some
// in an image that is booted. Refused, or the same bytes reach the compartments.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packContainer, spareOf, unpackContainer } from "../../appliance/build/container.ts";
import { placePolicy } from "../../appliance/build/place.ts";
import { startCompartment } from "../../appliance/contract/abi.ts";
import { Container, Keys, PartKey } from "../../appliance/contract/generated/image.ts";
import { loadModules } from "../../appliance/hosts/node.ts";
import { whyNoImage } from "../../cli/image-replay.ts";
import { compilePolicyText } from "../../diode/policy.ts";
import { policyWith } from "../../diode/testing/guard.ts";
import { Images, prebuilt, policy as testPolicy } from "../image/images.ts";
import { Hosted } from "./hosted.ts";
import { Outcomes } from "./outcome.ts";

const { parts } = compilePolicyText(
  policyWith("- { name: one, action: allow, protocol: udp, from: 10.0.0.5, to: 10.0.1.9, ports: 5000 }"),
  "policy.yaml",
  { sets: [`interfaces.log.key=${"3c".repeat(32)}`] },
);
const PARTS = ["inspect", "guard", "journal"] as const;
const container = packContainer(parts);
const header = new Container(container);
/** What nobody reads: between the parts and the keys' page. */
const between = header.keys - header.parts(2).offset - header.parts(2).length;
/** The tables' key, which no part has, and places for more keys than this policy has. */
const UNUSED = Keys.SIZE - Keys.AT.keys - PartKey.SIZE + 24;
const hosted = new Hosted();
const outcomes = new Outcomes("3-policy");
afterAll(() => {
  outcomes.write();
  hosted.remove();
});
const test = "policy.test.ts";
const flipped = (bytes: Uint8Array, bit: number) => {
  const copy = Uint8Array.from(bytes);
  copy[bit >> 3]! ^= 1 << (bit & 7);
  return copy;
};

/** What compartments that are never accepted by make of bytes: 0 = accepted. */
async function judges(): Promise<Record<(typeof PARTS)[number], (bytes: Uint8Array) => number>> {
  const modules = await loadModules();
  const judge = (name: (typeof PARTS)[number]) => {
    const fresh = () => startCompartment(modules[name]);
    let exports = fresh();
    return (bytes: Uint8Array) => {
      new Uint8Array(exports.memory.buffer, exports.inputAt(), exports.inputSize()).set(bytes);
      const refusal = exports.configure(bytes.length);
      if (refusal === 0) exports = fresh();
      return refusal;
    };
  };
  return { inspect: judge("inspect"), guard: judge("guard"), journal: judge("journal") };
}

describe("a bit of a policy", () => {
  it("changed in a compartment's part is refused by it, whichever it is", async () => {
    const judge = await judges();
    for (const name of PARTS) {
      const bits = parts[name].length * 8;
      let refused = 0;
      for (let bit = 0; bit < bits; bit++) if (judge[name](flipped(parts[name], bit)) !== 0) refused++;
      expect([name, refused]).toEqual([name, bits]);
      expect(judge[name](parts[name])).toBe(0);
      outcomes.add({
        fault: `one bit of ${name}'s part of the policy`,
        on: `${name}, every bit`,
        detected: `refused, ${refused} of ${bits}`,
        forwarded: "nothing",
        lost: "nothing",
        verdict: "refused",
        test,
      });
    }
  });

  it("changed in the container is refused, or gives the compartments the same bytes", async () => {
    const read = await hosted.program("container");
    const path = join(hosted.folder, "policy.bin");
    writeFileSync(path, container);
    // As many bytes can be read behind it as there are to the end of a page
    const mapped = (container.length + 4095) & ~4095;
    const lines = (await read(path, String(mapped))).trim().split("\n");
    const bits = (container.length - between) * 8;
    expect(lines).toHaveLength(bits + 1);
    const judge = await judges();
    const counts = { runtime: 0, compartment: 0, same: 0 };
    const page = Buffer.alloc(mapped);
    for (const line of lines) {
      const [bit, code, ...places] = line.split(" ");
      if (Number(code) !== 0) {
        expect([16, 17]).toContain(Number(code)); // POLICY_MISSING, POLICY_DAMAGED
        counts.runtime++;
        continue;
      }
      page.fill(0).set(Number(bit) < 0 ? container : flipped(container, Number(bit)));
      const given = places.map((place) => {
        const [at, length] = place.split(",").map(Number) as [number, number];
        return Buffer.from(page.subarray(at, at + length));
      });
      const keys = new Keys(page, header.keys);
      for (let n = 0; n < keys.count; n++) given[keys.keys(n).part - 1]?.set(keys.keys(n).key, keys.keys(n).offset);
      if (PARTS.every((name, n) => given[n]!.equals(parts[name]))) counts.same++;
      else {
        expect(
          PARTS.some((name, n) => !given[n]!.equals(parts[name]) && judge[name](given[n]!) !== 0),
          `bit ${bit}`,
        ).toBe(true);
        counts.compartment++;
      }
    }
    expect(counts.same).toBeGreaterThanOrEqual(1); // the container as it is
    expect(counts.runtime + counts.compartment + counts.same).toBe(bits + 1);
    outcomes.add({
      fault: "one bit of the policy's container",
      on: "the runtime under sanitizers, every bit",
      detected: `refused by the runtime ${counts.runtime}, by a compartment ${counts.compartment}, of ${bits}`,
      forwarded: "nothing; with the other bits, lengths and padding that nobody reads, as ever",
      lost: `nothing; ${counts.same - 1} bits give the compartments the same bytes`,
      verdict: "refused",
      test,
    });
  });

  it("changed in the container is refused on the ground too, or it reads the same", () => {
    let same = 0;
    for (let bit = 0; bit < container.length * 8; bit++) {
      if (bit >> 3 >= header.keys - between && bit >> 3 < header.keys) continue;
      try {
        const read = unpackContainer(flipped(container, bit));
        // A page less, or more: the image holds that against what the compartments say
        if (!Buffer.from(spareOf(flipped(container, bit))).equals(spareOf(container))) continue;
        if (PARTS.every((name) => Buffer.from(read[name]).equals(parts[name]))) same++;
      } catch {
        // refused
      }
    }
    expect(same).toBeLessThan((64 + UNUSED) * 8); // padding
  });
});

const reason = await whyNoImage();
if (reason) console.log(`skipped: spoilt policies in booted images: ${reason}`);
describe.skipIf(reason)("a bit of the policy in an image", () => {
  let images: Images;
  let bare: Uint8Array;
  beforeAll(async () => {
    images = await Images.open("x86_64");
    bare = await prebuilt("x86_64");
  });
  afterAll(() => images?.close());

  // The test image's compartments take one byte each, which they do not check: of the container's 40 bytes in front
  it("is refused when it starts, with its reason", async () => {
    const placed = placePolicy(bare, testPolicy());
    const at = (placed.length - testPolicy().length) * 8;
    const bits = [0, 31, 32, 70, 95, 96, 110, 128 + 31, 160 + 30, 192 + 29, 224 + 20, 288 + 31];
    const found: string[] = [];
    for (const bit of bits) {
      const outcome = await images.outcome(images.write(`bit-${bit}`, flipped(placed, at + bit)));
      expect(outcome.lines).not.toContain("weir: ready");
      found.push(outcome.name);
    }
    expect(new Set(found)).toEqual(new Set(["POLICY_MISSING", "POLICY_DAMAGED"]));
    outcomes.add({
      fault: "one bit of the container's header, in an image",
      on: `booted images, ${bits.length} bits`,
      detected: `${found.filter((name) => name === "POLICY_DAMAGED").length} POLICY_DAMAGED, ${found.filter((name) => name === "POLICY_MISSING").length} POLICY_MISSING`,
      forwarded: "nothing",
      lost: "nothing",
      verdict: "refused",
      test,
    });
  });
});
