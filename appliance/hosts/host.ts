/**
 * What a hypervisor is to Weir. Each can be described: a configuration, or a command. Those that can start images from here do
 * so behind the same interface; a new one is a file and a line in hosts.ts.
 */
import type { ChildProcess } from "node:child_process";
import type { Arch } from "../contract/arch.ts";
import type { Appliance, Description } from "./descriptions/appliance.ts";
import type { Exit } from "./exits.ts";

export interface Host {
  readonly name: string;
  /** @throws Error naming what cannot be written down for this host, and why */
  describe(appliance: Appliance): Description;
  /** What starts images, or why nothing is started from here. */
  readonly starter: Starter | string;
}

export interface Starter {
  /** What must be installed for images of a CPU. */
  readonly programs: Readonly<Record<Arch, string>>;
  /** The machines that an x86-64 image can be given. @throws Error for any other */
  machineOf(text: string): Machine;
  /** The best accelerator under which this image starts here. */
  accelerator(image: string, memory: number): Promise<Accelerator>;
  /** Starts an image: Running.exit waits for its end, Running.stop() ends it. Never throws: what cannot start is an exit too. */
  start(options: StartOptions): Running;
}

/** Machines for an x86-64 image: virtio-mmio without firmware, or virtio-pci as SeaBIOS leaves it. */
export type Machine = "microvm" | "q35";
export type Accelerator = "kvm" | "tcg";

export type Backend =
  /** QEMU connects to this Unix socket: each frame with four bytes of length in front, big-endian (stream.ts). */
  | { kind: "stream"; path: string }
  /** An existing tap device; never configured by a script. */
  | { kind: "tap"; name: string }
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

export interface StartOptions extends Launch {
  /** Milliseconds after which it is killed; none: never. */
  timeout?: number;
  /** Each line of the console. */
  onLine?: (line: string) => void;
}

export interface Running {
  process: ChildProcess;
  /** When the image can receive. Rejects when it ends before. */
  ready: Promise<void>;
  /** When the process is gone. */
  exit: Promise<Exit>;
  /** The console's last lines, and what QEMU itself complained about. */
  lines: string[];
  complaints: string[];
  /** Ends it from outside. */
  stop(): Promise<Exit>;
}
