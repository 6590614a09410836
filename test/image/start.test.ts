// A machine or an image that is not what it must be: one line that says so, an exit code, and nothing else.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packContainer } from "../../appliance/build/container.ts";
import { placeManifest, placePolicy } from "../../appliance/build/place.ts";
import { MACS, type Nic } from "../../appliance/hosts/qemu.ts";
import { Images, MEMORY, machines, nics, policy, prebuilt } from "./images.ts";

describe.each(machines)("$name", ({ arch, machine }) => {
  let images: Images;
  let bare: Uint8Array;
  let good: string;
  beforeAll(async () => {
    images = await Images.open(arch, machine);
    bare = await prebuilt(arch);
    good = images.write("good", placePolicy(bare, policy()));
  });
  afterAll(() => images.close());

  const none = { kind: "none" } as const;

  describe("an image on the machine it is for", () => {
    it("says what it is and what it has, then that it is ready, once", async () => {
      const running = images.start(images.options(good));
      await running.ready;
      const { name } = await running.stop();
      expect(name).toBe("STOPPED");
      expect(running.complaints.filter((line) => !line.includes("terminating on signal"))).toEqual([]);
      // "pp" is a tick, the test compartments say; the end may come in the midst of one
      expect(running.lines.filter((line) => line !== "pp" && line !== "p").slice(4)).toEqual([]);
      expect(running.lines[0]).toMatch(
        /^weir: \d+\.\d+\.\d+, \d+ KiB, clock (kvm-clock|cpuid|8254|cntfrq) \d+ MHz, in receives 52:54:00:77:00:01, out sends 52:54:00:77:00:02, log sends 52:54:00:77:00:03$/,
      );
      expect(running.lines[1]).toMatch(
        /^weir: tables: a key of the (CPU's random numbers|clock alone, which can be guessed: .*)$/,
      );
      expect(running.lines[2]).toMatch(/^weir: booted in \d+ us, \d+ cycles$/);
      expect(running.lines[3]).toBe("weir: ready");
      expect(Number(/(\d+) KiB/.exec(running.lines[0]!)![1])).toBeLessThanOrEqual(MEMORY * 1024);
    });

    // REQ-DIODE-002
    it("finds its NICs by their addresses, in whatever order they are plugged", async () => {
      const running = images.start({ ...images.options(good), nics: nics({}).reverse() });
      await running.ready;
      await running.stop();
    });
  });

  describe("an image refuses", () => {
    const ENTROPY = "weir: not used: entropy source (virtio 0x4)";
    const wrong = (index: number, mac: string): Nic[] =>
      nics({}).map((nic, n) => (n === index ? { ...nic, mac } : nic));
    const devices: [string, Nic[], string[], string][] = [
      ["no NIC", [], [], "the machine has fewer network devices than the manifest"],
      ["a NIC less", nics({}).slice(0, 2), [], "the machine has fewer network devices than the manifest"],
      [
        "a NIC more",
        [...nics({}), { mac: "52:54:00:77:00:04", backend: none }],
        [],
        "the machine has more network devices than the manifest",
      ],
      [
        "a NIC with another address",
        wrong(2, "52:54:00:77:00:09"),
        [],
        "no device has a MAC address of the manifest: 52:54:00:77:00:03",
      ],
      [
        "two NICs with the same address",
        wrong(1, MACS.in),
        [],
        "no device has a MAC address of the manifest: 52:54:00:77:00:02",
      ],
      [
        "a device that is no NIC",
        nics({}).slice(0, 2),
        ["-device", machine === "q35" ? "virtio-rng-pci" : "virtio-rng-device"],
        "the machine has fewer network devices than the manifest",
      ],
      machine === "q35"
        ? [
            "a device of before VIRTIO 1",
            nics({}).slice(0, 2),
            ["-device", `virtio-net-pci,disable-modern=on,disable-legacy=off,romfile=,mac=${MACS.log}`],
            "a device on PCI is not of VIRTIO 1, or its registers are not where they can be",
          ]
        : [
            "devices of before VIRTIO 1",
            nics({}),
            ["-global", "virtio-mmio.force-legacy=true"],
            "a device is not virtio-mmio version 2",
          ],
    ];
    it("no device of another kind: it is named and left alone", async () => {
      const more = ["-device", machine === "q35" ? "virtio-rng-pci" : "virtio-rng-device"];
      const outcome = await images.outcome(images.write("beside", bare), { nics: nics({}), more });
      expect(outcome.lines).toContain(ENTROPY);
      expect(outcome.name).toBe("POLICY_MISSING");
    });
    it.each(devices)("%s", async (_, list, more, why) => {
      const outcome = await images.outcome(good, { nics: list, more });
      const others = more.some((word) => word.startsWith("virtio-rng")) ? [ENTROPY] : [];
      expect(outcome.lines).toEqual([...others, `weir: refused: ${why}`]);
      expect(outcome.name).toBe("DEVICES");
    });

    it.each([
      ["too long", "x".repeat(4000), "the command line is too long"],
      [
        "with a device in its own memory",
        `virtio_mmio.device=512@${arch === "aarch64" ? "0x40101000" : "0x101000"}:5`,
        "virtio_mmio.device= names an address no device can have",
      ],
    ])("a command line %s", async (_, append, why) => {
      const outcome = await images.outcome(good, { append: [append] });
      expect(outcome.lines).toEqual([`weir: refused: ${why}`]);
      expect(outcome.name).toBe("COMMAND_LINE");
    });

    // REQ-DIODE-001
    it("a manifest that would have it send on `in`", async () => {
      const manifest = (["in", "out", "log"] as const).map((name) => ({
        name,
        direction: "transmit" as const,
        mac: MACS[name],
      }));
      const image = images.write("manifest", placePolicy(placeManifest(bare, manifest), policy()));
      const outcome = await images.outcome(image);
      expect(outcome.lines).toEqual([
        "weir: refused: the manifest is not `in` receive-only, `out` and `log` transmit-only",
      ]);
      expect(outcome.name).toBe("MANIFEST");
    });

    const tooLittle = [
      expect.stringMatching(/^weir: memory is missing: 0x[0-9a-f]+ to 0x[0-9a-f]+$/),
      "weir: refused: too little memory for the image and its policy",
    ];

    // REQ-IMAGE-005
    it("too little memory for itself", async () => {
      const outcome = await images.outcome(good, { memory: 2 });
      expect(outcome.lines).toEqual(tooLittle);
      expect(outcome.name).toBe("MEMORY");
    });

    // REQ-IMAGE-005
    it.each(arch === "aarch64" ? [350] : [350, 4096])("too little memory for its policy: 3 x %i KiB", async (size) => {
      const part = new Uint8Array(size << 10);
      const image = images.write(
        "large",
        placePolicy(bare, packContainer({ inspect: part, guard: part, journal: part })),
      );
      const outcome = await images.outcome(image);
      expect(outcome.lines).toEqual(tooLittle);
      expect(outcome.name).toBe("MEMORY");
    });
  });

  // REQ-IMAGE-004
  describe("a policy is refused", () => {
    const part = Uint8Array.of(0);
    const changed = (change: (view: DataView) => void) => {
      const bytes = placePolicy(bare, policy());
      const length = policy().length;
      change(new DataView(bytes.buffer, bytes.length - length, length));
      return bytes;
    };
    const cases: [string, () => Uint8Array, string, string][] = [
      ["that is not there", () => bare, "POLICY_MISSING", "no policy in this image"],
      [
        "of another version",
        () => changed((view) => view.setUint32(4, 1, true)),
        "POLICY_DAMAGED",
        "policy: of another version",
      ],
      [
        "that is longer than it can be",
        () => changed((view) => view.setUint32(8, 1 << 30, true)),
        "POLICY_DAMAGED",
        "policy: damaged",
      ],
      ["with two parts", () => changed((view) => view.setUint32(12, 2, true)), "POLICY_DAMAGED", "policy: damaged"],
      [
        "with a part outside it",
        () => changed((view) => view.setUint32(24, 0xfffffff8, true)),
        "POLICY_DAMAGED",
        "policy: damaged: the part of guard",
      ],
      [
        "with no memory for what a compartment uses",
        () => changed((view) => view.setUint8(40 + (20 >> 3), 1 << (20 % 8))),
        "POLICY_DAMAGED",
        "policy: no memory for what it uses of inspect",
      ],
      [
        "with a part that is too long",
        () => placePolicy(bare, packContainer({ inspect: part, guard: part, journal: new Uint8Array(131073) })),
        "POLICY_DAMAGED",
        "policy: damaged: the part of journal",
      ],
      [
        "with an empty part, by the compartment",
        () => placePolicy(bare, packContainer({ inspect: part, guard: part, journal: new Uint8Array() })),
        "POLICY_REFUSED",
        "policy of journal: missing",
      ],
      [
        "made for another version, by the compartment",
        () => placePolicy(bare, packContainer({ inspect: Uint8Array.of(0xee), guard: part, journal: part })),
        "POLICY_REFUSED",
        "policy of inspect: made for another version",
      ],
    ];
    it.each(cases)("%s", async (what, make, name, why) => {
      const outcome = await images.outcome(images.write(what.replaceAll(/\W/g, "-"), make()));
      expect(outcome.lines.at(-1)).toBe(`weir: refused: ${why}`);
      expect(outcome.lines).not.toContain("weir: ready");
      expect(outcome.name).toBe(name);
    });
  });
});
