/** What `npm run test:hosts` tries: hosts, each with its machines and accelerators; and which of them are here. */
import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { type Arch, HOST_ARCH } from "../../appliance/contract/arch.ts";
import { installed } from "../../appliance/hosts/here.ts";
import type { Accelerator, Machine } from "../../appliance/hosts/host.ts";
import { hostOf, starterOf } from "../../appliance/hosts/hosts.ts";
import { PROGRAMS } from "../../appliance/hosts/qemu.ts";

export interface Subject {
  host: string;
  arch: Arch;
  accelerator: Accelerator;
  machine?: Machine;
  /** Of the table: what the host gives the image. */
  shown: string;
}

const x86 = (host: string, shown: string, accelerator: Accelerator, machine?: Machine): Subject => ({
  ...{ host, arch: "x86_64", accelerator, shown, ...(machine && { machine }) },
});

export const SUBJECTS: readonly Subject[] = [
  x86("qemu", "microvm", "kvm", "microvm"),
  x86("qemu", "microvm", "tcg", "microvm"),
  x86("qemu", "q35", "kvm", "q35"),
  x86("qemu", "q35", "tcg", "q35"),
  { host: "qemu", arch: "aarch64", accelerator: "tcg", shown: "virt" },
  x86("libvirt", "q35", "kvm"),
  x86("libvirt", "q35", "tcg"),
  { host: "libvirt", arch: "aarch64", accelerator: "tcg", shown: "virt" },
  x86("firecracker", "virtio-mmio", "kvm", "mmio"),
  x86("firecracker", "virtio-pci", "kvm", "pci"),
  x86("cloud-hypervisor", "virtio-pci", "kvm"),
  x86("alioth", "virtio-pci", "kvm"),
];

export const nameOf = ({ host, shown, accelerator }: Subject): string => `${host}, ${shown}, ${accelerator}`;

/** Why this one cannot be tried here, and how that changes; undefined when it can. */
export function whyNot({ host, arch, accelerator }: Subject): string | undefined {
  const { programs, source } = starterOf(hostOf(host));
  const needed = [programs[arch]!, ...(host === "libvirt" ? [PROGRAMS[arch]] : [])];
  const missing = needed.filter((program) => !installed(program));
  if (missing.length) return `not installed: ${missing.join(", ")} (${source})`;
  if (accelerator === "kvm" && (arch !== HOST_ARCH || !hasKvm())) return "/dev/kvm cannot be opened here";
  return undefined;
}

/** What the host calls its version; and, by what `weir run` said, in what it runs. */
export function versionOf({ host, arch }: Subject, lines: readonly string[]): string {
  const version = (program: string) => {
    const { stdout } = spawnSync(program, ["--version"], { encoding: "utf8" });
    return /\d+\.\d+[\w.-]*/.exec(stdout ?? "")?.[0] ?? "?";
  };
  const own = version(host === "libvirt" ? "virsh" : starterOf(hostOf(host)).programs[arch]!);
  if (lines.some((line) => line.includes("in its jailer"))) return `${own}, jailer`;
  return host === "libvirt" ? `${own}, QEMU ${version(PROGRAMS[arch])}` : own;
}

function hasKvm(): boolean {
  try {
    accessSync("/dev/kvm", constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
