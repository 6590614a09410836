/**
 * QEMU as a host of the image: its arguments, which accelerator works here, starting it, and what it came to. An x86-64
 * image gets a microvm with nothing in it but a console, three NICs and the debug-exit device that carries the exit code
 * out, or, when asked for, the same on a q35, whose NICs are on PCI; an aarch64 image the smallest `virt`, and says its exit
 * code in the last line of its console.
 */
import { spawnSync } from "node:child_process";
import { accessSync, closeSync, constants, existsSync, openSync, readSync } from "node:fs";
import { isElf } from "../build/elf.ts";
import { DISK_HEAD, isDisk } from "../build/iso.ts";
import { isFlatImage } from "../build/place.ts";
import { type Arch, HOST_ARCH } from "../contract/arch.ts";
import { type Appliance, type Description, quoted } from "./descriptions/appliance.ts";
import type { Accelerator, Host, Running, Watch } from "./host.ts";
import { startProgram } from "./program.ts";

export type { Accelerator, Running } from "./host.ts";

/** Machines for an x86-64 image: virtio-mmio without firmware, or virtio-pci as SeaBIOS leaves it. */
export const X86_MACHINES = ["microvm", "q35"] as const;
export type Machine = (typeof X86_MACHINES)[number];

export type Backend =
  /** QEMU connects to this Unix socket: each frame with four bytes of length in front, big-endian (stream.ts). */
  | { kind: "stream"; path: string }
  /** An existing tap device; never configured by a script. */
  | { kind: "tap"; name: string; vhost?: boolean }
  /** Nothing arrives, and what is sent goes nowhere. */
  | { kind: "none" };

export interface Nic {
  mac: string;
  backend: Backend;
  /** A capture file (pcap) of everything that passes this NIC, either way, made by QEMU. */
  dump?: string;
}

export interface Launch {
  image: string;
  /** Of an x86-64 image; microvm unless said. */
  machine?: Machine;
  /** Of the guest, MiB. */
  memory: number;
  accelerator: Accelerator;
  nics: readonly Nic[];
  /** The guest's command line: clock=frames, epoch=..., boot=... */
  append?: readonly string[];
  /** A file for the console, which is never slow, in place of the process's output: then nothing tells of it here. */
  console?: string;
  /** Further arguments for QEMU. */
  more?: readonly string[];
}

export interface StartOptions extends Launch, Watch {
  /**
   * A named pipe for the console, which a process of its own reads to its lines. Node reads a child's output from a socket, in which
   * QEMU's single bytes are full after 278 of them: an image whose Node does not get to read for 0.1 s would drop what comes then.
   */
  consolePipe?: string;
}

export const PROGRAMS: Record<Arch, string> = { x86_64: "qemu-system-x86_64", aarch64: "qemu-system-aarch64" };

/** What carries the exit code of an x86-64 image. */
const DEBUG_EXIT = ["-device", "isa-debug-exit,iobase=0xf4,iosize=4"];
const MACHINES: Record<Machine | "virt", { machine: string; more: readonly string[]; nic: string }> = {
  microvm: { machine: "microvm,acpi=off,rtc=off", more: DEBUG_EXIT, nic: "virtio-net-device" },
  // romfile: nothing is to be booted from there. ACPI's tables would take memory that the image has no use for.
  q35: { machine: "q35,acpi=off", more: DEBUG_EXIT, nic: "virtio-net-pci,disable-legacy=on,romfile=" },
  virt: { machine: "virt,gic-version=max", more: [], nic: "virtio-net-device" },
};

/** MAC addresses of an image that was built without naming others. */
export const MACS = { in: "52:54:00:77:00:01", out: "52:54:00:77:00:02", log: "52:54:00:77:00:03" } as const;

/** The CPU that an image is for, from its first bytes. What is no image passes for x86-64: QEMU says what is wrong with it. */
export function archOf(head: Uint8Array): Arch {
  const EM_AARCH64 = 183;
  return isFlatImage(head) || (isElf(head) && head[18] === EM_AARCH64 && head[19] === 0) ? "aarch64" : "x86_64";
}

export const archOfImage = (path: string): Arch => (existsSync(path) ? archOf(headOf(path)) : "x86_64");

/** Whether it is a disk of `weir build --disk`, which has its own command line. */
function isDiskFile(path: string): boolean {
  if (!existsSync(path)) return false;
  const fd = openSync(path, "r");
  const head = Buffer.alloc(DISK_HEAD);
  const length = readSync(fd, head, 0, DISK_HEAD, 0);
  closeSync(fd);
  return isDisk(head.subarray(0, length));
}

function headOf(path: string): Buffer {
  const head = Buffer.alloc(64);
  const fd = openSync(path, "r");
  readSync(fd, head, 0, head.length, 0);
  closeSync(fd);
  return head;
}

/** The program that starts the image. */
export const qemuProgram = (image: string): string => PROGRAMS[archOfImage(image)];

/** The arguments that start the image, without the program's name. */
export function qemuArguments(launch: Launch): string[] {
  const { image, memory, accelerator, nics, append = [], more = [] } = launch;
  const {
    machine,
    more: carrier,
    nic,
  } = MACHINES[archOfImage(image) === "aarch64" ? "virt" : (launch.machine ?? (isDiskFile(image) ? "q35" : "microvm"))];
  return [
    ...["-M", `${machine},accel=${accelerator}`, "-cpu", cpuFor(image, accelerator), ...carrier, "-m", String(memory)],
    ...["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"],
    ...["-chardev", launch.console ? `file,id=console,path=${doubled(launch.console)}` : "stdio,id=console,signal=off"],
    ...["-serial", "chardev:console"],
    // VIRTIO 1 only: version 2 of the transport's registers.
    ...["-global", "virtio-mmio.force-legacy=false"],
    ...(isDiskFile(image) ? disk(image) : ["-kernel", image, "-append", append.join(" ")]),
    ...nics.flatMap((one, n) => nicArguments(one, n, nic)),
    ...more,
  ];
}

/**
 * All that the CPU has. Under KVM on AMD without the model-specific register IA32_ARCH_CAPABILITIES, `max` offers it all the same, and QEMU
 * ends itself ("failed to set MSR 0x10a"). The image never reads it.
 */
const cpuFor = (image: string, accelerator: Accelerator) =>
  accelerator === "kvm" && archOfImage(image) === "x86_64" ? "max,-arch-capabilities" : "max";

function nicArguments({ mac, backend, dump }: Nic, n: number, device: string): string[] {
  const id = `n${n}`;
  return [
    ...["-netdev", `${netdev(backend, n)},id=${id}`],
    ...["-device", `${device},id=nic${n},netdev=${id},mac=${mac}`],
    ...(dump ? ["-object", `filter-dump,id=dump${n},netdev=${id},file=${doubled(dump)}`] : []),
  ];
}

function netdev(backend: Backend, n: number): string {
  switch (backend.kind) {
    case "stream":
      return `stream,server=off,addr.type=unix,addr.path=${doubled(backend.path)}`;
    case "tap":
      // No offloads are agreed on: without their header a dump has frames as they are.
      return `tap,ifname=${doubled(backend.name)},script=no,downscript=no,vnet_hdr=off${backend.vhost ? ",vhost=on" : ""}`;
    case "none":
      return `hubport,hubid=${n}`;
  }
}

/** The one thing to start from: UEFI firmware that may look further starts the NICs, and sends frames on all of them, `in` too. */
const disk = (path: string) => [
  ...["-drive", `if=none,id=disk,media=cdrom,readonly=on,file=${doubled(path)}`],
  ...["-device", "ide-cd,drive=disk,bootindex=0"],
];

/** A comma in QEMU's options is written twice. */
const doubled = (text: string): string => text.replaceAll(",", ",,");

/** Command line words for live operation: when it is (ms since 1970), and a number that tells this start from others. */
export function liveClock(now = Date.now(), boot: bigint | number = now): string[] {
  return [`epoch=${BigInt(now) * 1_000_000n}`, `boot=${boot}`];
}

/** Starts an image under QEMU, on any backend. Never throws: a program that cannot be started is an exit too. */
export function startImage(options: StartOptions): Running {
  const { consolePipe } = options;
  return startProgram(
    {
      program: qemuProgram(options.image),
      args: qemuArguments(consolePipe === undefined ? options : { ...options, console: consolePipe }),
      ...(consolePipe !== undefined && { console: consolePipe }),
      ignores: /: warning: hub \d+ is not connected to host network$/,
    },
    options,
  );
}

const troubles = new Map<Arch, Promise<string | undefined>>();

/**
 * KVM where this image starts under it (tried once in this process, for at most 10 s), else TCG. WEIR_ACCELERATOR in the
 * environment, kvm or tcg, settles it.
 */
export async function chooseAccelerator(image: string, memory: number): Promise<Accelerator> {
  const { WEIR_ACCELERATOR: asked } = process.env;
  if (asked === "kvm" || asked === "tcg") return asked;
  return (await whyNoKvm(image, memory)) === undefined ? "kvm" : "tcg";
}

/** Why images like this one are not started under KVM here; undefined: they are. Tried once in this process. */
export function whyNoKvm(image: string, memory: number): Promise<string | undefined> {
  const arch = archOfImage(image);
  const known = troubles.get(arch) ?? tryKvm(image, memory);
  troubles.set(arch, known);
  return known;
}

/** Without NICs every image of ours starts, and then refuses. A KVM that hangs or crashes does not get that far. */
export async function tryKvm(image: string, memory: number, device = "/dev/kvm"): Promise<string | undefined> {
  const arch = archOfImage(image);
  if (arch !== HOST_ARCH) return `the image is for ${arch}, this machine is ${HOST_ARCH}`;
  try {
    accessSync(device, constants.R_OK | constants.W_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return `${device} cannot be opened (${code})${code === "EACCES" ? ": add this user to the group kvm" : ""}`;
  }
  const running = startImage({ image, memory, accelerator: "kvm", nics: [], timeout: 10_000 });
  const { name, text } = await running.exit;
  if (name === "DEVICES" || name === "MEMORY") return undefined;
  return `the image did not start under it: ${running.complaints.at(-1) ?? text}`;
}

/**
 * Of QEMU itself, should it be taken over: no system calls that it has no use for, no processes of its own; and not root, once it has
 * opened the taps. The sandbox that denies changes of the user would deny that one, too.
 */
function confined(program: string): string[] {
  const isRoot = process.getuid?.() === 0;
  const denied = ["obsolete", ...(isRoot ? [] : ["elevateprivileges"]), "spawn", "resourcecontrol"];
  return ["-sandbox", `on,${denied.map((what) => `${what}=deny`).join(",")}`, ...(isRoot ? asNobody(program) : [])];
}

/** QEMU 9.1 has another option for it, and says that the old one will go. */
function asNobody(program: string): string[] {
  const { stdout } = spawnSync(program, ["-help"], { encoding: "utf8", timeout: 10_000 });
  return /^-run-with .*\buser=/m.test(stdout ?? "") ? ["-run-with", "user=nobody"] : ["-runas", "nobody"];
}

/** What weir run is told, as QEMU is. */
function launchOf({ image, memory, accelerator, append, nics, machine, vhost = false }: Appliance): Launch {
  const isKnown = machine === "microvm" || machine === "q35";
  if (machine && !isKnown) throw new Error(`--machine ${machine}: is not one of QEMU's`);
  return {
    ...{ image, memory, accelerator, append, ...(isKnown && { machine }), more: confined(qemuProgram(image)) },
    nics: nics.map(({ mac, tap }) => ({ mac, backend: { kind: "tap", name: tap, vhost } })),
  };
}

/** Its command line is its description. */
function describe(appliance: Appliance): Description {
  const launch = { ...launchOf(appliance), image: appliance.given ?? appliance.image };
  return {
    text: `${[qemuProgram(launch.image), ...qemuArguments(launch)].map(quoted).join(" ")}\n`,
    notes: [],
  };
}

export const qemu: Host = {
  name: "qemu",
  describe,
  starter: {
    programs: PROGRAMS,
    source: "Debian: qemu-system-x86, qemu-system-arm",
    machines: X86_MACHINES,
    accelerator: async (image, memory, asked) => asked ?? chooseAccelerator(image, memory),
    whyNoKvm,
    start: (appliance, watch) => startImage({ ...launchOf(appliance), ...watch }),
  },
};
