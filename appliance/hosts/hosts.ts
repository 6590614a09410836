/** The hypervisors: a new one is its file and a line here. */
import { alioth } from "./descriptions/alioth.ts";
import { type Appliance, checkAppliance, type Description } from "./descriptions/appliance.ts";
import { cloudHypervisor } from "./descriptions/cloud-hypervisor.ts";
import { firecracker } from "./descriptions/firecracker.ts";
import { libvirt } from "./descriptions/libvirt.ts";
import { xen } from "./descriptions/xen.ts";
import type { Host, Starter } from "./host.ts";
import { qemu } from "./qemu.ts";

/** The first is used where none is asked for. */
export const HOSTS: readonly Host[] = [qemu, libvirt, firecracker, cloudHypervisor, alioth, xen];

/** @throws Error when there is no such host */
export function hostOf(text: string): Host {
  const found = HOSTS.find(({ name }) => name === text);
  const names = HOSTS.map(({ name }) => name);
  if (!found) throw new Error(`--host ${text}: expected ${names.slice(0, -1).join(", ")} or ${names.at(-1)}`);
  return found;
}

/** @throws Error that says why this host starts no images from here */
export function starterOf({ name, starter }: Host): Starter {
  if (typeof starter === "string") throw new Error(`--host ${name}: ${starter}`);
  return starter;
}

/** @throws Error naming what cannot be written down for this host, and why */
export function describeFor(host: string, appliance: Appliance): Description {
  checkAppliance(appliance);
  return hostOf(host).describe(appliance);
}
