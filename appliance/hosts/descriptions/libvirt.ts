/**
 * libvirt's domain XML (libvirt.org/formatdomain.html) for QEMU: on x86-64 a q35 with virtio-pci, since libvirt knows no
 * microvm; on aarch64 a virt with virtio-mmio. Every device that libvirt would add by itself is said not to be there, and the
 * addresses are given: what starts is what is written.
 */

import { execFileSync } from "node:child_process";
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Host, Running, Watch } from "../host.ts";
import { startProgram } from "../program.ts";
import { chooseAccelerator, PROGRAMS } from "../qemu.ts";
import { type Appliance, type Attached, type Description, onlyPlainNames, quoted } from "./appliance.ts";

/**
 * The domain. Its console is a terminal that virsh console shows, or the named pipes CONSOLE.in and CONSOLE.out.
 * @throws Error when a device's name is none that libvirt takes
 */
function domainOf(appliance: Appliance, console?: string): string {
  const { name, image, arch, memory, accelerator, nics, append } = appliance;
  onlyPlainNames(appliance, "libvirt");
  const isArm = arch === "aarch64";
  const devices = [
    tag("emulator", {}, `/usr/bin/${PROGRAMS[arch]}`),
    tag("controller", { type: "usb", model: "none" }),
    tag("controller", { type: "pci", index: 0, model: "pcie-root" }),
    ...nics.map((nic, n) => networkInterface(nic, isArm ? MMIO : pciSlot(FIRST_SLOT + n))),
    tag(
      "serial",
      { type: console === undefined ? "pty" : "pipe" },
      ...(console === undefined ? [] : [tag("source", { path: console })]),
      isArm
        ? tag("target", { type: "system-serial", port: 0 }, tag("model", { name: "pl011" }))
        : tag("target", { type: "isa-serial", port: 0 }, tag("model", { name: "isa-serial" })),
    ),
    ...(console === undefined ? [tag("console", { type: "pty" }, tag("target", { type: "serial", port: 0 }))] : []),
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
    // Where the CPU's clock does not stop, QEMU then refuses to save the machine's state: a copy would repeat sequence numbers.
    tag("cpu", accelerator === "kvm" ? { mode: "host-passthrough", migratable: "off" } : { mode: "maximum" }),
    // Its end is an end: what stopped must not come back by itself (fail closed).
    ...["on_poweroff", "on_reboot", "on_crash"].map((event) => tag(event, {}, "destroy")),
    tag("devices", {}, ...devices),
    // Without it QEMU's virtio-mmio is that of before VIRTIO 1, which the image refuses. libvirt has no word for it.
    ...(isArm ? [tag("qemu:commandline", {}, ...["-global", MODERN].map((value) => tag("qemu:arg", { value })))] : []),
  );
  return `<!-- This text contains the time and the number of one start: make a new one for each start. -->\n${rendered(domain)}`;
}

const describe = (appliance: Appliance): Description => ({
  text: domainOf(appliance),
  command: `virsh create FILE && virsh console ${quoted(appliance.name)}`,
  notes: [
    "libvirt does not say how the image ended; the console's last line does (weir: exit 0x...)",
    "NEVER save, snapshot or restore this domain: the copy repeats sequence numbers and key streams of the log",
  ],
});

/**
 * Without a daemon, and out of virsh's reach, so that nobody can save it: virt-qemu-run(1). It ends when the domain does, and ends the
 * domain when it is asked to; when it is killed QEMU is left over.
 */
function start(appliance: Appliance, watch?: Watch): Running {
  const folder = mkdtempSync(join(tmpdir(), "weir-libvirt-"));
  const [file, console, root] = ["domain.xml", "console", "root"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  // QEMU is another user, who has to get to the console and to its own files.
  chmodSync(folder, 0o711);
  writeFileSync(file, domainOf(appliance, console), { mode: 0o600 });
  // What libvirt has found out of each QEMU, once for all runs: else each takes it half a minute.
  mkdirSync(root);
  chmodSync(root, 0o711);
  mkdirSync(join(root, "etc"));
  // Else libvirt asks for virtlogd, a daemon.
  writeFileSync(join(root, "etc", "qemu.conf"), 'stdio_handler = "file"\n');
  if (isWritable(CACHE)) symlinkSync(CACHE, join(root, "cache"));
  const pipes = ["in", "out"].map((end) => `${console}.${end}`);
  execFileSync("mkfifo", ["-m", "600", ...pipes]);
  return startProgram(
    {
      ...{ program: RUNNER, args: ["-r", root, file], console: pipes[1]! },
      tidy: () => {
        endLeft(join(root, "run", "qemu"));
        rmSync(folder, { recursive: true, force: true });
      },
    },
    watch,
  );
}

const RUNNER = "virt-qemu-run";
/** libvirt's own, by its name in Debian; it checks itself what is in there. */
const CACHE = "/var/cache/libvirt";

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Kills the processes whose numbers are in the files of a folder. */
function endLeft(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const pid = name.endsWith(".pid") ? Number(readFileSync(join(folder, name), "utf8")) : 0;
    try {
      if (pid > 1) process.kill(pid, "SIGKILL");
    } catch {
      // it has ended
    }
  }
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
  describe,
  starter: {
    programs: { x86_64: RUNNER, aarch64: RUNNER },
    source: "Debian: libvirt-daemon-system, qemu-system-x86, qemu-system-arm",
    machines: [],
    accelerator: async (image, memory, asked) => asked ?? chooseAccelerator(image, memory),
    start,
  },
};
