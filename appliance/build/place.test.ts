import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compilePolicyText } from "../../diode/policy.ts";
import { policyWith } from "../../diode/testing/guard.ts";
import { Container, Keys } from "../contract/generated/image.ts";
import { packContainer, unpackContainer, withoutKeys, withTablesKey } from "./container.ts";
import { readElf } from "./elf.ts";
import { type Interface, manifestNote, packManifest, unpackManifest } from "./manifest.ts";
import { placeManifest, placePolicy, policyOf } from "./place.ts";
import { SEGMENTS, smallImage } from "./testing/image.ts";

const parts = (inspect: number[], guard: number[], journal: number[]) => ({
  inspect: Uint8Array.from(inspect),
  guard: Uint8Array.from(guard),
  journal: Uint8Array.from(journal),
});
const SOME = packContainer(parts([1, 2, 3], [], [4, 5, 6, 7, 8, 9, 10, 11, 12]));
const SECRETS = ["a1", "b2", "c3"].map((byte) => byte.repeat(32));
const compiled = compilePolicyText(
  `${policyWith("- { name: files, action: allow, protocol: udp, from: 10.0.0.6, to: 10.0.1.9, ports: 6100, payload: transfer }")}
transfer: { in: { key: ${SECRETS[0]} }, out: { key: ${SECRETS[1]} } }
`,
  "policy.yaml",
  { sets: [`interfaces.log.key=${SECRETS[2]}`] },
);
const INTERFACES: Interface[] = [
  { name: "in", direction: "receive", mac: "52:54:00:77:00:01" },
  { name: "out", direction: "transmit", mac: "52:54:00:77:00:02" },
];

describe("the policy's container", () => {
  it("gives back the parts", () => {
    const part = fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 40 });
    fc.assert(
      fc.property(part, part, part, (a, b, c) => {
        expect(unpackContainer(packContainer(parts(a, b, c)))).toEqual(parts(a, b, c));
      }),
      { seed: 1 },
    );
  });
  it("has the layout that the kernel part reads", () => {
    expect(Buffer.from(SOME.subarray(0, 328)).toString("hex")).toBe(
      `${"57504f4c" + "03000000" + "90100000" + "03000000"}${"30010000" + "03000000" + "38010000" + "00000000"}` +
        `${"38010000" + "09000000"}${"00".repeat(256)}${"00100000" + "00000000"}` +
        `${"0102030000000000"}${"0405060708090a0b" + "0c00000000000000"}`,
    );
    expect(SOME.subarray(328).every((byte) => byte === 0)).toBe(true);
    expect(SOME.length).toBe(4096 + 144);
  });
  // REQ-LOG-003
  it("has keys at the end, on a page of their own, and gives them back where they belong", () => {
    const { parts } = compiled;
    const container = packContainer(parts);
    expect(unpackContainer(container)).toEqual(parts);
    const at = new Container(container).keys;
    expect([at % 4096, container.length - at]).toEqual([0, Keys.SIZE]);
    expect(new Keys(container, at).count).toBe(3);
    const table = Buffer.alloc(16, 0xd4);
    const started = withTablesKey(container, table);
    expect(unpackContainer(started)).toEqual(parts);
    for (const key of [...SECRETS, table.toString("hex")]) {
      const found = Buffer.from(started).indexOf(Buffer.from(key, "hex"));
      expect(found).toBeGreaterThanOrEqual(at);
      expect(Buffer.from(withoutKeys(started)).includes(Buffer.from(key, "hex"))).toBe(false);
    }
    expect(withoutKeys(started)).toEqual(withoutKeys(container)); // a crash names its policy, whatever the start
  });
  it.each([
    [0, 4, /4 keys, expected at most 3/],
    [24, 4, /key 1 is for byte \d+ of part 4/],
    [24, 0, /key 1 is for byte \d+ of part 0/],
    [28, 0xffffffff, /key 1 is for byte 4294967295 of part 2/],
  ])("refuses word %i of the keys being %i", (at, value, expected) => {
    const bytes = packContainer(compiled.parts);
    new DataView(bytes.buffer).setUint32(new Container(bytes).keys + at, value, true);
    expect(() => unpackContainer(bytes)).toThrow(expected);
  });
  it.each([
    [0, 1, /WPOL/],
    [4, 2, /policy: version 2, expected 3/],
    [8, 63, /says 63 bytes, it has 4240/],
    [12, 2, /2 parts, expected 3/],
    [16, 41, /part of inspect is at 41/],
    [16, 8, /part of inspect is at 8/],
    [28, 0xffffffff, /part of guard is at 312, 4294967295 bytes/],
    [36, 0xffffffff, /part of journal/],
    [32, 0xfffffff8, /part of journal/],
    [296, 0, /its keys are at 0/],
    [296, 8192, /its keys are at 8192/],
    [296, 4104, /its keys are at 4104/],
  ])("refuses word %i being %i", (at, value, expected) => {
    const bytes = Uint8Array.from(SOME);
    new DataView(bytes.buffer).setUint32(at, value, true);
    expect(() => unpackContainer(bytes)).toThrow(expected);
  });
});

describe("the manifest", () => {
  it("gives back the interfaces", () => {
    expect(unpackManifest(packManifest(INTERFACES)).interfaces).toEqual(INTERFACES);
    expect(Buffer.from(packManifest(INTERFACES).subarray(0, 24)).toString("hex")).toBe(
      `${"02000000" + "02000000"}${"696e000000000000" + "01" + "00" + "525400770001"}`,
    );
  });
  it("gives back the settings", () => {
    const settings = { oneQueue: true, logSilence: 30 };
    const bytes = packManifest(INTERFACES, settings);
    expect(unpackManifest(bytes)).toEqual({ interfaces: INTERFACES, ...settings });
    expect(Buffer.from(bytes.subarray(-8)).toString("hex")).toBe("01000000" + "1e000000");
    expect(unpackManifest(packManifest(INTERFACES))).toMatchObject({ oneQueue: false, logSilence: 0 });
  });
  it("refuses unknown flags, and a silence that is too short or too long", () => {
    for (const logSilence of [1, 14, 3601, 15.5, Number.NaN])
      expect(() => packManifest(INTERFACES, { logSilence })).toThrow(/s without `log`, expected 15 to 3600, or 0/);
    for (const logSilence of [15, 3600])
      expect(unpackManifest(packManifest(INTERFACES, { logSilence })).logSilence).toBe(logSilence);
    const bytes = packManifest(INTERFACES);
    const view = new DataView(bytes.buffer);
    for (let bit = 1; bit < 32; bit++) {
      view.setUint32(bytes.length - 8, 2 ** bit, true);
      expect(() => unpackManifest(bytes)).toThrow(`manifest: unknown flags 0x${(2 ** bit).toString(16)}`);
    }
    view.setBigUint64(bytes.length - 8, 14n << 32n, true);
    expect(() => unpackManifest(bytes)).toThrow(/14 s without/);
  });
  it("refuses two interfaces that nobody could tell apart", () => {
    const [a, b] = INTERFACES as [Interface, Interface];
    expect(() => packManifest([a, { ...b, mac: a.mac }])).toThrow(/two interfaces with the mac 52:54:00:77:00:01/);
    expect(() => packManifest([a, { ...b, name: "in" }])).toThrow(/two interfaces with the name in/);
  });
  it("refuses an invalid name, MAC address or direction", () => {
    const [a] = INTERFACES as [Interface];
    expect(() => packManifest([{ ...a, name: "ingress-1" }])).toThrow(/expected 1 to 8 letters and digits/);
    expect(() => packManifest([{ ...a, mac: "52-54-00-77-00-01" }])).toThrow(/is not a MAC address/);
    const bytes = packManifest(INTERFACES);
    bytes[16] = 3;
    expect(() => unpackManifest(bytes)).toThrow(/direction 3, expected 1 or 2/);
    expect(() => unpackManifest(packManifest(INTERFACES).subarray(0, 30))).toThrow(/do not fit/);
  });
});

describe("placing", () => {
  // REQ-IMAGE-014
  it("puts the container into the last segment and changes nothing else", () => {
    const before = smallImage();
    const placed = placePolicy(before, SOME);
    const elf = readElf(placed);
    expect(Buffer.from(policyOf(elf)!)).toEqual(Buffer.from(SOME));
    expect(elf.segments.at(-1)).toMatchObject({ offset: 0x2000, fileSize: 4240, memorySize: 4240, virtual: 0x103000n });
    expect(elf.sections[2]).toMatchObject({ name: ".policy", type: 1, offset: 0x2000, size: 4240 });
    expect(policyOf(readElf(before))).toBeUndefined();
    const restored = Uint8Array.from(placed.subarray(0, before.length));
    restored.set(before.subarray(SEGMENTS[2], SEGMENTS[2] + 56), SEGMENTS[2]);
    restored.set(before.subarray(0x1280, 0x12c0), 0x1280);
    expect(restored).toEqual(before);
  });
  it("takes the place of an earlier policy", () => {
    const large = packContainer(parts(Array(5000).fill(7), [], []));
    expect(placePolicy(placePolicy(smallImage(), large), SOME)).toEqual(placePolicy(smallImage(), SOME));
  });
  it("writes the manifest in place", () => {
    const placed = placeManifest(smallImage(), INTERFACES);
    expect(unpackManifest(manifestNote(readElf(placed)).bytes).interfaces).toEqual(INTERFACES);
    expect(placed.length).toBe(smallImage().length);
  });

  const broken = (change: (view: DataView) => void) => {
    const image = smallImage();
    change(new DataView(image.buffer));
    return image;
  };
  it.each([
    ["another file", new Uint8Array(100), /not an ELF file/],
    ["a foreign ELF", broken((v) => v.setUint8(0x20c, 0x41)), /not a Weir image: 0 manifests/],
    ["a cut one", smallImage().subarray(0, 0x150), /outside the file/],
    [
      "a writable last segment",
      broken((v) => v.setUint32(SEGMENTS[2] + 4, 6, true)),
      /not the policy's: expected read-only/,
    ],
    ["one in the middle of a page", broken((v) => v.setUint32(SEGMENTS[2] + 16, 0x103010, true)), /start of a page/],
    ["code that reaches into it", broken((v) => v.setUint32(SEGMENTS[0] + 40, 0x9000, true)), /another one reaches/],
    ["a note past its segment", broken((v) => v.setUint32(0x204, 0xffffff00, true)), /reach past its segment/],
    ["headers outside", broken((v) => v.setUint32(32, 0x7fffffff, true)), /program headers: 168 bytes at 2147483647/],
    ["headers at the end of numbers", broken((v) => v.setBigUint64(32, 2n ** 64n - 1n, true)), /are outside the file/],
    [
      "more in the file than in memory",
      broken((v) => v.setUint32(SEGMENTS[0] + 40, 1, true)),
      /16 bytes in the file, 1 in/,
    ],
  ])("refuses %s", (_, image, expected) => {
    expect(() => placePolicy(image, SOME)).toThrow(expected);
  });

  // REQ-GROUND-015
  it("ends in an Error or an image, whatever the bytes", () => {
    const image = placePolicy(smallImage(), SOME);
    fc.assert(
      fc.property(fc.nat(0x1300), fc.uint8Array({ minLength: 1, maxLength: 8 }), (at, noise) => {
        const bytes = Uint8Array.from(image);
        bytes.set(noise, at);
        try {
          const elf = readElf(bytes);
          unpackManifest(manifestNote(elf).bytes);
          policyOf(elf);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
          expect(error).not.toBeInstanceOf(RangeError);
          expect(error).not.toBeInstanceOf(TypeError);
        }
      }),
      { seed: 3, numRuns: 3000 },
    );
  });
});
