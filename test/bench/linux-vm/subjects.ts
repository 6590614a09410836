/** What is compared: a way to start each as a machine between two taps, and to know when it forwards. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { COMPARTMENTS } from "../../../appliance/build/compartments.ts";
import { packContainer } from "../../../appliance/build/container.ts";
import { prebuiltImage, withPolicy } from "../../../appliance/build/for.ts";
import { buildImage } from "../../../appliance/build/image.ts";
import { linkImage } from "../../../appliance/build/link.ts";
import { placeManifest, placePolicy } from "../../../appliance/build/place.ts";
import { type Accelerator, liveClock, MACS, qemuArguments } from "../../../appliance/hosts/qemu.ts";
import { compilePolicyText } from "../../../diode/policy.ts";
import { ROOT } from "../../../lib/asc.ts";
import { buildGuest } from "./guest.ts";

export interface Subject {
  name: string;
  /** Arguments of qemu-system-x86_64. */
  arguments(taps: { in: string; out: string }, memory: number, accelerator: Accelerator): string[];
  /** MiB to start with. */
  memory: number;
  /** Bytes that are loaded: image, or kernel and initramfs. */
  bytes: number;
  /** On the console, when it forwards. */
  ready: RegExp;
}

const POLICY = `weir: 1
interfaces: { out: { next-hop: 52:54:00:77:00:12 } }
rules:
  - { name: telemetry, action: allow, protocol: udp, from: 10.0.0.5, to: 10.0.1.9, ports: 5000 }
`;

/** The image as it is, and one whose inspect says "pass" of everything: guard alone. */
export async function weirSubjects(folder: string): Promise<Subject[]> {
  const policy = compilePolicyText(POLICY, "policy.yaml");
  const whole = join(folder, "weir.elf");
  writeFileSync(whole, withPolicy(await prebuiltImage(), policy));
  const trivial = "test/bench/linux-vm/onboard/pass.probe.ts";
  const compartments = COMPARTMENTS.map((c) => (c.name === "inspect" ? { ...c, entry: trivial, pages: 4 } : c));
  const out = join(ROOT, "build", "guard-alone.elf");
  const image = readFileSync(await buildImage({ link: linkImage, compartments, out }));
  const alone = join(folder, "guard.elf");
  const parts = { ...policy.parts, inspect: Uint8Array.of(0) };
  writeFileSync(alone, placePolicy(placeManifest(image, policy.interfaces), packContainer(parts)));
  const subject = (name: string, image: string): Subject => ({
    name,
    memory: 8,
    bytes: readFileSync(image).length,
    ready: /^weir: ready/m,
    arguments: (taps, memory, accelerator) =>
      qemuArguments({
        image,
        memory,
        accelerator,
        append: liveClock(),
        nics: [
          { mac: MACS.in, backend: { kind: "tap", name: taps.in } },
          { mac: MACS.out, backend: { kind: "tap", name: taps.out } },
          { mac: MACS.log, backend: { kind: "none" } },
        ],
      }),
  });
  return [subject("weir: guard alone", alone), subject("weir: inspect and guard", whole)];
}

export function linuxSubjects(folder: string): Subject[] {
  return [false, true].map((monitor) => {
    const { kernel, initrd } = buildGuest(folder, monitor);
    return {
      name: monitor ? "linux: bridge, nftables, tcpdump" : "linux: bridge, nftables",
      memory: 256,
      bytes: readFileSync(kernel).length + readFileSync(initrd).length,
      ready: /linux: ready/,
      arguments: (taps, memory, accelerator) => [
        ...["-M", `microvm,acpi=on,rtc=on,accel=${accelerator}`, "-cpu", "max", "-m", String(memory)],
        ...["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-serial", "stdio"],
        ...["-global", "virtio-mmio.force-legacy=false"],
        ...[
          "-kernel",
          kernel,
          "-initrd",
          initrd,
          "-append",
          `console=ttyS0 quiet panic=-1${accelerator === "tcg" ? " tsc_early_khz=2000000" : ""}`,
        ],
        ...[taps.in, taps.out].flatMap((tap, n) => [
          ...["-netdev", `tap,ifname=${tap},script=no,downscript=no,id=n${n}`],
          ...["-device", `virtio-net-device,netdev=n${n},mac=${n ? MACS.out : MACS.in}`],
        ]),
      ],
    };
  });
}

export interface Machine {
  process: ChildProcess;
  /** ms from start to when it said that it forwards. */
  booted: number;
}

/** Starts it on CPU 0; undefined when it is not ready within `patience` ms. */
export function start(args: string[], ready: RegExp, patience: number): Promise<Machine | undefined> {
  const begin = performance.now();
  const child = spawn("taskset", ["-c", "0", "qemu-system-x86_64", ...args], { stdio: ["ignore", "pipe", "ignore"] });
  return new Promise((resolve) => {
    let printed = "";
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      resolve(undefined);
    }, patience);
    child.stdout.on("data", (data: Buffer) => {
      printed += data.toString("latin1");
      if (!ready.test(printed)) return;
      clearTimeout(timer);
      resolve({ process: child, booted: performance.now() - begin });
    });
    child.on("exit", () => {
      clearTimeout(timer);
      resolve(undefined);
    });
  });
}
