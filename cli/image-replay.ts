/** A replay through the booted image, with what is worth telling of it. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { prebuiltImage, withPolicy } from "../appliance/build/for.ts";
import { INPUT_SIZE } from "../appliance/contract/abi.ts";
import { type Arch, HOST_ARCH } from "../appliance/contract/arch.ts";
import { parseDatagram } from "../appliance/hosts/datagram.ts";
import type { Sink } from "../appliance/hosts/embedded/appliance.ts";
import { replayThroughImage } from "../appliance/hosts/image.ts";
import { chooseAccelerator, type Machine, PROGRAMS, X86_MACHINES } from "../appliance/hosts/qemu.ts";
import type { CaptureReader } from "../captures/reader.ts";
import { recordStream } from "../captures/records.ts";
import { journalPart } from "../diode/policy/pack.ts";
import type { CompiledPolicy } from "../diode/policy.ts";
import { isRelease } from "../lib/sources.ts";

export interface ImageFacts {
  bytes: number;
  /** MiB. */
  memory: number;
  hypervisor: string;
  /** From exec of the hypervisor to the image's `ready`, and from its entry point. */
  readyMs: number;
  guestUs: number;
  /** Frames that left through `in`: none, ever. */
  emittedOnIn: number;
  exit: string;
  exitText: string;
}

/** Why the image cannot be built or started here, or undefined when it can. */
export async function whyNoImage(arch: Arch = HOST_ARCH): Promise<string | undefined> {
  const missing: string[] = [];
  for (const tool of [...(isRelease ? [] : ["clang", "ld.lld"]), PROGRAMS[arch]])
    await promisify(execFile)(tool, ["--version"]).catch(() => {
      missing.push(tool);
    });
  return missing.length ? `not installed: ${missing.join(", ")}` : undefined;
}

/** The machine that `--machine` names; undefined without it. @throws Error when there is none, or no image to start on it */
export function machineFor(arch: Arch, { image, machine }: { image?: boolean; machine?: string }): Machine | undefined {
  if (machine === undefined) return undefined;
  const found = X86_MACHINES.find((one) => one === machine);
  if (!found) throw new Error(`--machine ${machine}: expected ${X86_MACHINES.join(" or ")}`);
  if (!image || arch !== "x86_64") throw new Error(`--machine ${machine}: goes with --image, for an x86-64 image`);
  return found;
}

/** Builds the image for the policy, boots it, and feeds it the captures. */
export async function replayInImage(
  reader: CaptureReader,
  policy: CompiledPolicy,
  memory: number,
  sink: Sink,
  arch: Arch = HOST_ARCH,
  machine?: Machine,
  key?: Uint8Array,
): Promise<ImageFacts> {
  const folder = mkdtempSync(join(tmpdir(), "weir-image-"));
  try {
    const image = join(folder, "weir.elf");
    writeFileSync(image, withPolicy(await prebuiltImage(arch), logging(policy)));
    // A KVM that interprets firmware takes seconds for it.
    const accelerator = machine === "q35" ? "tcg" : await chooseAccelerator(image, memory);
    const facts = { emittedOnIn: 0, readyMs: 0, guestUs: 0 };
    const started = performance.now();
    const exit = await replayThroughImage({
      ...{ image, memory, accelerator, ...(machine && { machine }), ...(key && { key }) },
      records: recordStream(reader, new Uint8Array(INPUT_SIZE)),
      macs: Object.fromEntries(policy.interfaces.map(({ name, mac }) => [name, mac])) as Record<
        "in" | "out" | "log",
        string
      >,
      onOut: (frame) => sink.forwarded(frame),
      onLog: (frame) => sink.record(parseDatagram(frame).json, new Uint8Array(), frame),
      onIn: () => {
        facts.emittedOnIn++;
      },
      onLine: (line) => {
        if (line === "weir: ready") facts.readyMs = Math.round(performance.now() - started);
        facts.guestUs = Number(/^weir: booted in (\d+) us/.exec(line)?.[1] ?? facts.guestUs);
      },
    });
    const hypervisor = `${await qemuVersion(arch)}, ${arch === "x86_64" ? "" : `${arch}, `}${accelerator}`;
    return { ...facts, bytes: readFileSync(image).length, memory, hypervisor, exit: exit.name, exitText: exit.text };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Events leave the image on `log` only, so there is a collector, whether or not the policy names one. */
function logging(compiled: CompiledPolicy): CompiledPolicy {
  const { policy, parts } = compiled;
  const collector = policy.log.collector ?? { address: 0x7f000001, mac: 0x525400000001n, port: 514 };
  return {
    ...compiled,
    parts: { ...parts, journal: journalPart({ ...policy, log: { ...policy.log, collector } }, 0n) },
  };
}

export async function qemuVersion(arch: Arch): Promise<string> {
  const { stdout } = await promisify(execFile)(PROGRAMS[arch], ["--version"]);
  return `QEMU ${/version (\S+)/.exec(stdout)?.[1] ?? "of unknown version"}`;
}
