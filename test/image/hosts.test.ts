// What other hosts than QEMU's microvm and virt give an image, as far as QEMU can stand in for them: transports told by
// hand on the command line, as Firecracker tells them; no device that carries an exit code; NICs on PCI.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PT_NOTE, readElf } from "../../appliance/build/elf.ts";
import { flatImage } from "../../appliance/build/flat.ts";
import { prebuiltImage } from "../../appliance/build/for.ts";
import { placePolicy } from "../../appliance/build/place.ts";
import { interfacesOf } from "../../appliance/hosts/descriptions/manifest.ts";
import { decodeExit, exitLine } from "../../appliance/hosts/exits.ts";
import { embed } from "../../appliance/hosts/node.ts";
import { MACS, qemuArguments, qemuProgram } from "../../appliance/hosts/qemu.ts";
import { FrameStream } from "../../appliance/hosts/stream.ts";
import { CaptureReader } from "../../captures/reader.ts";
import { recordStream } from "../../captures/records.ts";
import { replayInImage } from "../../cli/image-replay.ts";
import { compilePolicy } from "../../diode/policy.ts";
import { until } from "../../lib/testing/until.ts";
import { Qmp, qmpArguments } from "../interference/qmp.ts";
import { garbage } from "./garbage.ts";
import { arches, Images, nics, policy, prebuilt } from "./images.ts";
import { frame } from "./records.ts";

const NAMES = ["in", "out", "log"] as const;

describe.runIf(arches.includes("x86_64"))("an x86-64 image", () => {
  let images: Images;
  let image: string;
  beforeAll(async () => {
    images = await Images.open("x86_64");
    image = images.write("hosts", placePolicy(await prebuilt("x86_64"), policy()));
  });
  afterAll(() => images.close());

  it("says in a PT_NOTE header where a PVH loader enters it: the one place where Firecracker looks", () => {
    const elf = readElf(readFileSync(image));
    const segments = elf.segments.filter(({ type }) => type === PT_NOTE);
    expect(segments).toHaveLength(1);
    expect(segments[0]!.align).toBe(4);
    const XEN_ELFNOTE_PHYS32_ENTRY = 18;
    const [first] = elf.notes;
    expect(first).toMatchObject({ owner: "Xen", type: XEN_ELFNOTE_PHYS32_ENTRY });
    expect(Buffer.from(first!.bytes).readBigUInt64LE()).toBe(elf.entry);
    expect(elf.entry).toBeGreaterThanOrEqual(0x100000n); // Firecracker loads nothing below 1 MiB
    for (const { type, physical, fileSize } of elf.segments)
      if (type === 1 && fileSize) expect(physical).toBeGreaterThanOrEqual(0x100000n);
  });

  /** Slots 7, 6, 5 of a microvm have the first three devices; its interrupt lines begin at 5. */
  const SLOTS = [7, 6, 5].map((slot) => ({ at: 0xfeb00000 + 512 * slot, line: 5 + slot }));
  const byHand = (tell: (slot: (typeof SLOTS)[number]) => string) => ({
    append: ["epoch=1700000000000000000", ...SLOTS.map(tell)],
    more: ["-M", "auto-kernel-cmdline=off"],
  });

  it("finds its devices where the command line says, as Firecracker and Linux write it", async () => {
    for (const tell of [
      ({ at, line }: (typeof SLOTS)[number]) => `virtio_mmio.device=4K@0x${at.toString(16)}:${line}`,
      ({ at, line }: (typeof SLOTS)[number]) => `virtio_mmio.device=0x200@${at}:${line}:7`,
    ]) {
      const running = images.start({ ...images.options(image), ...byHand(tell) });
      await running.ready;
      expect((await running.stop()).name).toBe("STOPPED");
    }
  });

  it("is woken by the interrupt line that the command line says", async () => {
    const got: number[] = [];
    const path = (name: string) => join(images.folder, `hand-${name}.sock`);
    const streams = {
      in: await FrameStream.listen(path("in"), () => {}),
      out: await FrameStream.listen(path("out"), (frame) => got.push(frame.length)),
      log: await FrameStream.listen(path("log"), () => {}),
    };
    const backend = (name: string) => ({ kind: "stream", path: path(name) }) as const;
    const running = images.start({
      ...images.options(image),
      nics: nics({ in: backend("in"), out: backend("out"), log: backend("log") }),
      ...byHand(({ at, line }) => `virtio_mmio.device=4K@0x${at.toString(16)}:${line}`),
    });
    await running.ready;
    for (let n = 0; n < 60; n++) {
      await streams.in.send([frame(0x11, 60, n)]);
      await until(() => got.length > n);
    }
    await running.stop();
    const ticks = running.lines.filter((line) => line === "pp").length;
    expect(ticks).toBeLessThan(30); // by its timer it would be one for each frame
    for (const stream of Object.values(streams)) stream.close();
  });

  it.each([
    ["half of one", "virtio_mmio.device=4K@0xfeb00e00", "the machine has fewer network devices than the manifest"],
    [
      "an address of memory",
      "virtio_mmio.device=4K@0x100000:5",
      "virtio_mmio.device= names an address no device can have",
    ],
    ["one that is no address", "virtio_mmio.device=4K", "virtio_mmio.device= names an address no device can have"],
    [
      "one far outside",
      "virtio_mmio.device=4K@0xffffffffffffffff:5",
      "virtio_mmio.device= names an address no device can have",
    ],
    [
      "one and the same thrice",
      Array(3).fill("virtio_mmio.device=4K@0xfeb00e00:12").join(" "),
      "no device has a MAC address of the manifest: 52:54:00:77:00:02",
    ],
  ])("refuses a command line with %s", async (_, words, why) => {
    const outcome = await images.outcome(image, { append: words.split(" "), more: ["-M", "auto-kernel-cmdline=off"] });
    expect(outcome.lines).toEqual([`weir: refused: ${why}`]);
  });

  // The machine "isapc" has no ACPI: its end is a reset. On a q35 with ACPI a reset would start the image again, for ever.
  it("says its exit code last of all where no device carries it out, and switches the machine off, or resets it", async () => {
    const launch = { ...images.options(image), accelerator: "tcg" as const, machine: "q35" as const };
    for (const [list, name, machine, ...more] of [
      [nics({}).slice(1), "DEVICES", "q35", "-action", "reboot=reset"],
      [nics({}), "POLICY_MISSING", "q35", "-action", "reboot=reset"],
      [[], "DEVICES", "isapc"],
    ] as const) {
      const bare = name === "DEVICES" ? image : images.write("bare", await prebuilt("x86_64"));
      const all = qemuArguments({ ...launch, image: bare, nics: list });
      const at = all.indexOf("isa-debug-exit,iobase=0xf4,iosize=4");
      const words = all.toSpliced(at - 1, 2).map((word) => word.replace(/^q35(,acpi=off)?(?=,)/, machine));
      const child = spawn(qemuProgram(bare), [...words, ...more], { stdio: ["ignore", "pipe", "ignore"] });
      let text = "";
      child.stdout.on("data", (bytes) => {
        text += bytes;
      });
      const [status, signal] = await new Promise<[number | null, string | null]>((resolve) =>
        child.on("close", (...how) => resolve(how)),
      );
      const lines = text.trimEnd().split(/\r?\n/);
      expect(decodeExit(status, signal, exitLine(lines.at(-1)!)).name).toBe(name);
    }
  });

  interface Device {
    features: string[];
    queues: { "vring-num": number; "vring-desc": number; "used-idx": number; inuse: number }[];
  }

  it("on PCI makes each NIC's own queue and an inert one, and agrees on nothing but MAC and VERSION_1, as QEMU itself has it", async () => {
    const path = (name: string) => join(images.folder, `q35-${name}.sock`);
    const qmp = await Qmp.listen(path("qmp"));
    const got = { in: 0, out: 0, log: 0 };
    const streams = await Promise.all(NAMES.map((name) => FrameStream.listen(path(name), () => got[name]++)));
    const running = images.start({
      ...{ ...images.options(image), machine: "q35", accelerator: "tcg" },
      nics: NAMES.map((name) => ({ mac: MACS[name], backend: { kind: "stream", path: path(name) } })),
      more: qmpArguments(path("qmp")),
    });
    await qmp.open();
    await running.ready;
    const sent = garbage(MACS.in, 7).filter((bytes) => bytes.length <= 2036);
    await streams[0]!.send(sent);
    await streams[1]!.send(garbage(MACS.out, 8));
    await streams[2]!.send(garbage(MACS.log, 9));
    await until(() => got.out >= sent.length);
    const status: Record<string, Device> = {};
    for (const [n, name] of NAMES.entries()) {
      const at = `/machine/peripheral/nic${n}/virtio-backend`;
      const device = await qmp.ask<{ "guest-features": Record<string, string[]> }>("x-query-virtio-status", {
        path: at,
      });
      status[name] = { features: Object.values(device["guest-features"]).flat(), queues: [] };
      for (let queue = 0; queue < 3; queue++)
        status[name].queues.push(await qmp.ask("x-query-virtio-queue-status", { path: at, queue }));
    }
    await running.stop();
    qmp.close();
    for (const stream of streams) stream.close();
    expect(got.in).toBe(0);
    for (const name of NAMES) {
      expect(status[name]!.features.map((text) => text.split(":")[0]).sort()).toEqual([
        "VIRTIO_F_VERSION_1",
        "VIRTIO_NET_F_MAC",
      ]);
      const made = status[name]!.queues.map((queue) => (queue["vring-desc"] ? queue["vring-num"] : 0));
      // Its own queue, and the inert one of two buffers, on which nothing ever moves; no third
      expect(made).toEqual(name === "in" ? [128, 2, 0] : [2, 256, 0]);
      const { "used-idx": used, inuse } = status[name]!.queues[name === "in" ? 1 : 0]!;
      expect([used, inuse]).toEqual([0, 0]);
    }
    expect(status.in!.queues[0]!["used-idx"]).toBe(sent.length);
  });

  const nic = (name: keyof typeof MACS, options = "") => [
    "-device",
    `virtio-net-pci,disable-legacy=on,romfile=,mac=${MACS[name]}${options}`,
  ];
  it.each([
    [
      "in three functions of one slot",
      [...nic("in", ",multifunction=on,addr=5.0"), ...nic("out", ",addr=5.3"), ...nic("log", ",addr=5.7")],
    ],
    [
      "that know the time before VIRTIO 1 too",
      NAMES.flatMap((name) => nic(name).map((text) => text.replace("legacy=on", "legacy=off"))),
    ],
    ["in the last slots", [...nic("in", ",addr=1e"), ...nic("out", ",addr=1d"), ...nic("log", ",addr=1c")]],
  ])("finds NICs on PCI %s", async (_, more) => {
    const running = images.start({ ...images.options(image), machine: "q35", accelerator: "tcg", nics: [], more });
    await running.ready;
    await running.stop();
  });

  it.each([
    [
      "behind a bridge",
      [...nic("in"), ...nic("out"), "-device", "pcie-root-port,id=bridge", ...nic("log", ",bus=bridge")],
      "the machine has fewer network devices than the manifest",
    ],
    [
      "without MSI-X",
      [...nic("in"), ...nic("out"), ...nic("log", ",vectors=0")],
      "a device on PCI is not of VIRTIO 1, or its registers are not where they can be",
    ],
    [
      "whose doorbells are pages apart",
      [...nic("in"), ...nic("out", ",page-per-vq=on"), ...nic("log")],
      "this device's doorbell or interrupt is not to be had: 52:54:00:77:00:02",
    ],
  ])("refuses a NIC on PCI %s", async (_, more, why) => {
    const outcome = await images.outcome(image, { machine: "q35", accelerator: "tcg", nics: [], more });
    expect(outcome.lines).toEqual([`weir: refused: ${why}`]);
  });

  it("refuses a machine that has its NICs on one transport and one more on the other", async () => {
    const launch = { machine: "q35", accelerator: "tcg", append: ["virtio_mmio.device=512@0xc0000000:5"] } as const;
    const outcome = await images.outcome(image, launch);
    expect(outcome.lines).toEqual(["weir: refused: a device is not virtio-mmio version 2"]);
  });
});

/** All that leaves an appliance, as text. */
function recorder() {
  const [frames, records]: [string[], string[]] = [[], []];
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
  const sink = {
    forwarded: (frame: Uint8Array) => frames.push(hex(frame)),
    record: (json: Uint8Array) => records.push(Buffer.from(json).toString()),
  };
  return { frames, records, sink };
}

describe.runIf(arches.includes("x86_64"))("the appliance", () => {
  beforeAll(() => prebuiltImage());

  it("gives the same bytes on q35 as in this process", async () => {
    const policy = compilePolicy("fixtures/policy.yaml");
    const open = () => CaptureReader.open(["fixtures/site.pcap"]);
    const [here, there] = [recorder(), recorder()];
    const appliance = await embed(policy.parts);
    for await (const chunk of recordStream(await open(), appliance.input)) appliance.run(chunk.length, here.sink);
    const facts = await replayInImage(await open(), policy, 8, there.sink, "x86_64", "q35");
    expect(facts).toMatchObject({ exit: "DONE", emittedOnIn: 0 });
    expect(there.frames.length).toBeGreaterThan(100);
    expect(there.frames).toEqual(here.frames);
    expect(there.records).toEqual(here.records);
  });
});

describe.runIf(arches.includes("aarch64"))("an aarch64 image", () => {
  it("has its manifest in it when it is flat, too", async () => {
    const elf = placePolicy(await prebuilt("aarch64"), policy());
    const flat = Buffer.from(flatImage(elf));
    expect(interfacesOf(flat, true)).toEqual(interfacesOf(Buffer.from(elf), false));
    expect(interfacesOf(flat, true).map(({ name }) => name)).toEqual(["in", "out", "log"]);
    expect(() => interfacesOf(Buffer.concat([flat, flat]), true)).toThrow("expected one manifest");
    expect(() => interfacesOf(flat.subarray(0, 4096), true)).toThrow("expected one manifest");
  });
});
