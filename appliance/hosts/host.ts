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
  /** MiB that an image needs here beyond what it says itself. */
  readonly moreMemory?: number;
  /** @throws Error naming what cannot be written down for this host, and why */
  describe(appliance: Appliance): Description;
  /** What starts images, or why nothing is started from here. */
  readonly starter: Starter | string;
}

export interface Starter {
  /** What must be installed for images of a CPU; none: it starts no such images. */
  readonly programs: Readonly<Partial<Record<Arch, string>>>;
  /** Where these programs come from, for people. */
  readonly source: string;
  /** What an x86-64 image can be given, where there is more than one; the first unless said. */
  readonly machines: readonly Machine[];
  /** The accelerator that was asked for, else the best under which this image starts here. @throws Error when there is none */
  accelerator(image: string, memory: number, asked?: Accelerator): Promise<Accelerator>;
  /** Of a host that also runs without KVM: why it does; undefined: it need not. */
  whyNoKvm?(image: string, memory: number): Promise<string | undefined>;
  /**
   * Starts an image on its tap devices: Running.exit waits for its end, Running.stop() ends it. What cannot start is an exit too.
   * @throws Error only for what describe() refuses
   */
  start(appliance: Appliance, watch?: Watch): Running;
}

export type Machine = NonNullable<Appliance["machine"]>;
export type Accelerator = Appliance["accelerator"];

export interface Watch {
  /** Milliseconds after which it is killed; none: never. */
  timeout?: number;
  /** Each line of the console. */
  onLine?: (line: string) => void;
}

export interface Running {
  process: ChildProcess;
  /** When the image can receive. Rejects when it ends before. */
  ready: Promise<void>;
  /** When the process is gone, and all that was made for it. */
  exit: Promise<Exit>;
  /** The console's last lines, and what the hypervisor itself complained about. */
  lines: string[];
  complaints: string[];
  /** What to know of how it was started. */
  notes: readonly string[];
  /** Ends it from outside. */
  stop(): Promise<Exit>;
}
