/**
 * Firecracker's configuration (--config-file; its docs/getting-started.md and swagger file). It loads an x86-64 image by the
 * PVH note, an aarch64 one as a flat Image. Where the devices are it tells by itself: on x86-64 it appends
 * `virtio_mmio.device=4K@ADDRESS:LINE` for each interface to the command line, on Arm it writes a device tree.
 */

import type { Host } from "../host.ts";
import { type Appliance, type Description, quoted } from "./appliance.ts";

/** @throws Error when the image is not of the kind that Firecracker loads on this CPU */
function firecrackerDescription(appliance: Appliance): Description {
  const { name, image, arch, memory, nics, append, flat } = appliance;
  if (arch === "aarch64" && !flat)
    throw new Error(`${image}: Firecracker on Arm loads flat images, expected what weir build --flat writes`);
  const config = {
    "boot-source": { kernel_image_path: image, boot_args: append.join(" ") },
    drives: [],
    "machine-config": { vcpu_count: 1, mem_size_mib: memory, smt: false, track_dirty_pages: false },
    "network-interfaces": nics.map(({ name, mac, tap }) => ({ iface_id: name, guest_mac: mac, host_dev_name: tap })),
  };
  return {
    text: `${JSON.stringify(config, null, 2)}\n`,
    command: `firecracker --no-api --id ${quoted(name.replace(/[_.]/g, "-"))} --config-file FILE`,
    notes: [
      "the text contains the time to start with: make a new one for each start",
      "Firecracker's exit code does not tell how the image ended; the console's last line does (weir: exit 0x...)",
      ...(arch === "x86_64" ? ["needs Firecracker 1.12 or later, which enters an image by its PVH note"] : []),
    ],
  };
}

export const firecracker: Host = {
  name: "firecracker",
  describe: firecrackerDescription,
  starter: "weir run starts QEMU only; --print writes the configuration, which firecracker --config-file starts",
};
