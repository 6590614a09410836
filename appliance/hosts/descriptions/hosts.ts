/** The hypervisors that an image can be described for. QEMU needs no description: its command line is one (qemu.ts). */
import { type Appliance, checkAppliance, type Description } from "./appliance.ts";
import { firecrackerDescription } from "./firecracker.ts";
import { libvirtDescription } from "./libvirt.ts";
import { xenDescription } from "./xen.ts";

export const HOSTS = ["qemu", "firecracker", "xen", "libvirt"] as const;
export type Host = (typeof HOSTS)[number];

/** @throws Error when there is no such host */
export function hostOf(text: string): Host {
  const found = HOSTS.find((host) => host === text);
  if (!found) throw new Error(`--host ${text}: expected ${HOSTS.slice(0, -1).join(", ")} or ${HOSTS.at(-1)}`);
  return found;
}

const DESCRIBE: Record<Exclude<Host, "qemu">, (appliance: Appliance) => Description> = {
  firecracker: firecrackerDescription,
  xen: xenDescription,
  libvirt: libvirtDescription,
};

/** @throws Error naming what cannot be written down for this host, and why */
export function describeFor(host: Exclude<Host, "qemu">, appliance: Appliance): Description {
  checkAppliance(appliance);
  return DESCRIBE[host](appliance);
}
