/**
 * libvirt's domain XML (libvirt.org/formatdomain.html) for QEMU: on x86-64 a q35 with virtio-pci, since libvirt knows no
 * microvm; on aarch64 a virt with virtio-mmio. Every device that libvirt would add by itself is said not to be there, and the
 * addresses are given: what starts is what is written.
 */

import type { Host } from "../host.ts";
import { PROGRAMS } from "../qemu.ts";
import { type Appliance, type Attached, type Description, quoted } from "./appliance.ts";

/** @throws Error when a device's name is none that libvirt takes */
function libvirtDescription(appliance: Appliance): Description {
  const { name, image, arch, memory, accelerator, nics, append } = appliance;
  for (const { name: role, tap } of nics)
    if (!/^[\w.-]+$/.test(tap)) throw new Error(`--${role} ${tap}: libvirt takes letters, digits, _ . and - only`);
  const isArm = arch === "aarch64";
  const devices = [
    tag("emulator", {}, `/usr/bin/${PROGRAMS[arch]}`),
    tag("controller", { type: "usb", model: "none" }),
    tag("controller", { type: "pci", index: 0, model: "pcie-root" }),
    ...nics.map((nic, n) => networkInterface(nic, isArm ? MMIO : pciSlot(FIRST_SLOT + n))),
    tag(
      "serial",
      { type: "pty" },
      isArm
        ? tag("target", { type: "system-serial", port: 0 }, tag("model", { name: "pl011" }))
        : tag("target", { type: "isa-serial", port: 0 }, tag("model", { name: "isa-serial" })),
    ),
    tag("console", { type: "pty" }, tag("target", { type: "serial", port: 0 })),
    tag("audio", { id: 1, type: "none" }),
    tag("memballoon", { model: "none" }),
  ];
  const domain = tag(
    "domain",
    { type: accelerator === "kvm" ? "kvm" : "qemu", "xmlns:qemu": isArm && QEMU_NAMESPACE },
    tag("name", {}, name),
    tag("memory", { unit: "MiB" }, String(memory)),
    tag("vcpu", { placement: "static" }, "1"),
    tag(
      "os",
      {},
      tag("type", { arch, machine: isArm ? "virt" : "q35" }, "hvm"),
      tag("kernel", {}, image),
      tag("cmdline", {}, append.join(" ")),
    ),
    tag("features", {}, isArm ? tag("gic", { version: accelerator === "kvm" ? "host" : 3 }) : tag("apic", {})),
    tag("cpu", { mode: accelerator === "kvm" ? "host-passthrough" : "maximum" }),
    // Its end is an end: what stopped must not come back by itself (fail closed).
    ...["on_poweroff", "on_reboot", "on_crash"].map((event) => tag(event, {}, "destroy")),
    tag("devices", {}, ...devices),
    // Without it QEMU's virtio-mmio is that of before VIRTIO 1, which the image refuses. libvirt has no word for it.
    ...(isArm ? [tag("qemu:commandline", {}, ...["-global", MODERN].map((value) => tag("qemu:arg", { value })))] : []),
  );
  return {
    text: `<!-- This text contains the time to start with: make a new one for each start. -->\n${rendered(domain)}`,
    command: `virsh create FILE && virsh console ${quoted(name)}`,
    notes: ["libvirt does not say how the image ended; the console's last line does (weir: exit 0x...)"],
  };
}

const QEMU_NAMESPACE = "http://libvirt.org/schemas/domain/qemu/1.0";
const MODERN = "virtio-mmio.force-legacy=false";
/** Of PCI's bus 0: the host bridge is slot 0, and libvirt puts a display into slot 1. */
const FIRST_SLOT = 2;
const MMIO = { type: "virtio-mmio" };
const pciSlot = (slot: number) => ({ type: "pci", domain: 0, bus: 0, slot, function: 0 });

/** The tap exists and stays as it is (managed="no"); QEMU itself serves it, not vhost: that is what was tried. */
function networkInterface({ name, mac, tap }: Attached, address: Attributes): Tag {
  return tag(
    "interface",
    { type: "ethernet" },
    tag("mac", { address: mac }),
    tag("target", { dev: tap, managed: "no" }),
    tag("model", { type: "virtio" }),
    tag("driver", { name: "qemu" }),
    tag("alias", { name: `ua-${name}` }),
    tag("rom", { enabled: address.type === "pci" && "no" }),
    tag("address", address),
  );
}

// ---- XML ----------------------------------------------------------------------------------------------------------------

type Attributes = Record<string, string | number | false>;
interface Tag {
  name: string;
  attributes: Attributes;
  children: (Tag | string)[];
}

const tag = (name: string, attributes: Attributes, ...children: (Tag | string)[]): Tag => ({
  name,
  attributes,
  children,
});

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" };
const escaped = (text: string): string => text.replace(/[&<>"']/g, (c) => ENTITIES[c]!);

/** Elements one to a line, indented; text in the line of its element. An attribute that is false is left out. */
function rendered({ name, attributes, children }: Tag, indent = ""): string {
  const given = Object.entries(attributes).filter(([, value]) => value !== false);
  const open = `${indent}<${name}${given.map(([key, value]) => ` ${key}="${escaped(String(value))}"`).join("")}`;
  if (!children.length) return `${open}/>\n`;
  if (children.every((child) => typeof child === "string")) return `${open}>${escaped(children.join(""))}</${name}>\n`;
  const inner = children.filter((child) => typeof child !== "string").map((child) => rendered(child, `${indent}  `));
  return `${open}>\n${inner.join("")}${indent}</${name}>\n`;
}

export const libvirt: Host = {
  name: "libvirt",
  describe: libvirtDescription,
  starter: "weir run starts QEMU only; --print writes the domain, which virsh create starts",
};
