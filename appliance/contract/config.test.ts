import { createHash } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { instantiateOnboard } from "../../lib/asc.ts";
import type { ExportsOf } from "../../lib/exports.ts";
import { REFUSALS } from "./abi.ts";
import * as config from "./config.ts";
import { Part, PartHeader, packPart, partName, SectionHeader, Tag } from "./config.ts";

type Probe = ExportsOf<"appliance/contract/onboard/config.probe.ts">;
let e: Probe;

beforeAll(async () => {
  e = (await instantiateOnboard("appliance/contract/onboard/config.probe.ts")).exports;
});

function check(bytes: Uint8Array, part: number): string {
  new Uint8Array(e.memory.buffer).set(bytes, e.at());
  return REFUSALS[e.check(bytes.length, part)]!;
}

const small = () =>
  packPart(Part.GUARD, [
    { tag: Tag.SETTINGS, bytes: Uint8Array.from([1, 2, 3]) },
    { tag: Tag.RULES, bytes: new Uint8Array(0) },
    { tag: Tag.NAMES, bytes: Buffer.from("telemetry") },
  ]);

describe("a part of the policy", () => {
  it("is accepted whole, and its sections are found", () => {
    const part = small();
    expect(check(part, Part.GUARD)).toBe("accepted");
    expect([e.sectionAt(Tag.SETTINGS), e.sectionBytes(Tag.SETTINGS)]).toEqual([56, 3]);
    expect([e.sectionAt(Tag.RULES), e.sectionBytes(Tag.RULES)]).toEqual([72, 0]);
    expect([e.sectionAt(Tag.NAMES), e.sectionBytes(Tag.NAMES)]).toEqual([80, 9]);
    expect([e.sectionAt(Tag.HOSTS), e.sectionBytes(Tag.HOSTS)]).toEqual([-1, 0]);
    expect(BigInt.asUintN(64, e.name()).toString(16).padStart(16, "0")).toBe(partName(part));
  });

  // REQ-FILTER-014
  it("is refused after a change of any one bit", () => {
    const part = small();
    for (let bit = 0; bit < part.length * 8; bit++) {
      const changed = part.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(check(changed, Part.GUARD), `bit ${bit}`).not.toBe("accepted");
    }
  });

  it("is refused with the same section twice, or one of a tag that cannot be", () => {
    const one = { tag: Tag.RULES, bytes: Uint8Array.from([1]) };
    expect(check(packPart(Part.GUARD, [one, one]), Part.GUARD)).toBe("out of range");
    expect(check(packPart(Part.GUARD, [{ ...one, tag: 64 }]), Part.GUARD)).toBe("out of range");
    expect(check(packPart(Part.GUARD, [{ ...one, tag: 63 }]), Part.GUARD)).toBe("accepted");
  });

  it("is refused at every other length", () => {
    const part = small();
    for (let n = 0; n < part.length; n++) expect(check(part.subarray(0, n), Part.GUARD)).not.toBe("accepted");
    expect(check(Buffer.concat([part, new Uint8Array(8)]), Part.GUARD)).toBe("of another length than it says");
  });

  it("is refused by name", () => {
    expect(check(new Uint8Array(0), Part.GUARD)).toBe("missing");
    expect(check(new Uint8Array(48), Part.GUARD)).toBe("not a Weir policy");
    const later = small();
    later[4] = 2;
    expect(check(later, Part.GUARD)).toBe("made for another version");
    const damaged = small();
    damaged[60]! ^= 1;
    expect(check(damaged, Part.GUARD)).toBe("damaged: its checksum does not match");
    expect(check(small(), Part.INSPECT)).toBe("out of range"); // another compartment's
  });

  it("is refused when a section runs past the end, though the checksum is right", () => {
    const outer = packPart(Part.GUARD, [{ tag: Tag.SETTINGS, bytes: new Uint8Array(16) }]);
    const section = new SectionHeader(outer, config.PART_HEADER);
    for (const claimed of [17, 24, 0x7fffffff, 0xfffffff0, 0xffffffff]) {
      section.length = claimed;
      expect(check(resealed(outer), Part.GUARD), String(claimed)).toBe("out of range");
    }
  });
});

/** The same bytes with a digest that is right. */
function resealed(bytes: Uint8Array): Uint8Array {
  const out = Uint8Array.from(bytes);
  const { digest } = PartHeader.AT;
  new PartHeader(out).digest = createHash("sha256")
    .update(out.subarray(0, digest))
    .update(out.subarray(config.PART_HEADER))
    .digest();
  return out;
}
