/**
 * Images for tests: the real runtime around three tiny compartments (appliance/runtime/test/onboard), long before and apart
 * from the appliance's own, so what fails here is the runtime. Built once, kept in build/.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Compartment } from "../../appliance/build/compartments.ts";
import { packContainer, unpackContainer } from "../../appliance/build/container.ts";
import { buildImage } from "../../appliance/build/image.ts";
import { linkImage } from "../../appliance/build/link.ts";
import { placePolicy } from "../../appliance/build/place.ts";
import { ARCHES, type Arch } from "../../appliance/contract/arch.ts";
import { Appliance } from "../../appliance/hosts/embedded/appliance.ts";
import type { Exit } from "../../appliance/hosts/exits.ts";
import {
  type Accelerator,
  type Backend,
  chooseAccelerator,
  MACS,
  type Machine,
  type Nic,
  PROGRAMS,
  type Running,
  type StartOptions,
  startImage,
} from "../../appliance/hosts/qemu.ts";
import { compileOnboard, ROOT } from "../../lib/asc.ts";

const entry = (name: string) => `appliance/runtime/test/onboard/${name}.ts`;
const COMPARTMENTS: readonly Compartment[] = [
  { name: "inspect", id: 1, entry: entry("inspect"), pages: 24 },
  { name: "guard", id: 2, entry: entry("guard"), pages: 4 },
  { name: "journal", id: 3, entry: entry("journal"), pages: 4 },
];

/** MiB that test images get. */
export const MEMORY = 4;

/** The CPUs that there is a QEMU for here. */
export const arches: readonly Arch[] = ARCHES.filter((arch) => {
  const there = spawnSync(PROGRAMS[arch], ["--version"]).status === 0;
  if (!there) console.log(`skipped: images for ${arch}: no ${PROGRAMS[arch]}`);
  return there;
});

/** A machine for an image, and what it is called in tests. */
export interface Target {
  name: string;
  arch: Arch;
  machine?: Machine;
}

/** Those machines that the same tests run on. */
export const machines: readonly Target[] = arches.flatMap((arch): Target[] =>
  arch === "x86_64"
    ? [
        { name: arch, arch },
        { name: "x86_64 on q35", arch, machine: "q35" },
      ]
    : [{ name: arch, arch }],
);

/** The test image without a policy. */
export async function prebuilt(arch: Arch): Promise<Uint8Array> {
  const out = join(ROOT, "build", `test-image-${arch}.elf`);
  return readFileSync(await buildImage({ arch, link: linkImage, compartments: COMPARTMENTS, out }));
}

/** The test compartments in this process. */
export async function embedded(part = 0): Promise<Appliance> {
  const module = async ({ entry, pages }: Compartment) =>
    new WebAssembly.Module(readFileSync(await compileOnboard(entry, { pages })));
  const [inspect, guard, journal] = await Promise.all(COMPARTMENTS.map(module));
  return new Appliance({ inspect: inspect!, guard: guard!, journal: journal! }, unpackContainer(policy(part)));
}

/** A policy that the test compartments accept; the guard stops early after each `part`th frame, 0: never. */
export const policy = (part = 0) => {
  const byte = Uint8Array.of(part);
  return packContainer({ inspect: byte, guard: byte, journal: byte });
};

export class Images {
  readonly folder: string;
  readonly accelerator: Accelerator;
  /** What further tells of the machine: for startImage() and replayThroughImage(). */
  readonly machine: { machine?: Machine };
  readonly #running: Running[] = [];
  private constructor(folder: string, accelerator: Accelerator, machine?: Machine) {
    this.folder = folder;
    this.accelerator = accelerator;
    this.machine = machine ? { machine } : {};
  }

  /** A folder for images of one test file, and what to start them with. */
  static async open(arch: Arch, machine?: Machine): Promise<Images> {
    const folder = await mkdtemp(join(tmpdir(), "weir-test-"));
    const images = new Images(folder, "tcg");
    const trial = images.write("trial", placePolicy(await prebuilt(arch), policy()));
    // A KVM that interprets firmware takes seconds for it.
    const accelerator = machine === "q35" ? "tcg" : await chooseAccelerator(trial, MEMORY);
    return new Images(folder, accelerator, machine);
  }

  write(name: string, bytes: Uint8Array): string {
    const path = join(this.folder, `${name}.elf`);
    writeFileSync(path, bytes);
    return path;
  }

  /** Starts an image on NICs that lead nowhere; resolves when it has ended by itself. */
  async outcome(image: string, options: Partial<StartOptions> = {}): Promise<Exit & { lines: string[] }> {
    const running = this.start({ ...this.options(image), ...options });
    return { ...(await running.exit), lines: running.lines };
  }

  options(image: string): StartOptions {
    const { accelerator, machine } = this;
    return { image, memory: MEMORY, accelerator, ...machine, nics: nics({}) };
  }

  /** Starts an image that is stopped by close() at the latest, whatever becomes of the test. */
  start(options: StartOptions): Running {
    const running = startImage(options);
    this.#running.push(running);
    return running;
  }

  async close(): Promise<void> {
    await Promise.all(this.#running.map((running) => running.stop()));
    await rm(this.folder, { recursive: true });
  }
}

/** The manifest's three NICs, those that are not named on nothing. */
export function nics(backends: Partial<Record<keyof typeof MACS, Backend>>): Nic[] {
  return (["in", "out", "log"] as const).map((name) => ({
    mac: MACS[name],
    backend: backends[name] ?? { kind: "none" },
  }));
}
