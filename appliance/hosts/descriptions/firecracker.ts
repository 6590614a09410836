/**
 * Firecracker's configuration (--config-file; its docs/getting-started.md and swagger file). It loads an x86-64 image by the
 * PVH note, an aarch64 one as a flat Image. Where the devices are it tells by itself: on x86-64 it appends
 * `virtio_mmio.device=4K@ADDRESS:LINE` for each interface to the command line, on Arm it writes a device tree. Without its API
 * (--no-api) nobody can take a snapshot.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onlyKvm } from "../here.ts";
import type { Host, Running, Watch } from "../host.ts";
import { jail, whyNoJail } from "../jail.ts";
import { startProgram } from "../program.ts";
import { type Appliance, type Description, quoted } from "./appliance.ts";

const PROGRAM = "firecracker";

/** @throws Error when the image is not of the kind that Firecracker loads on this CPU */
function configOf({ image, arch, memory, nics, append, flat }: Appliance): string {
  if (arch === "aarch64" && !flat)
    throw new Error(`${image}: Firecracker on Arm loads flat images, expected what weir build --flat writes`);
  const config = {
    "boot-source": { kernel_image_path: image, boot_args: append.join(" ") },
    drives: [],
    "machine-config": { vcpu_count: 1, mem_size_mib: memory, smt: false, track_dirty_pages: false },
    "network-interfaces": nics.map(({ name, mac, tap }) => ({ iface_id: name, guest_mac: mac, host_dev_name: tap })),
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** Letters, digits and hyphens. */
const idOf = (name: string) => name.replace(/[_.]/g, "-");

function argumentsOf({ name, machine }: Appliance, config: string): string[] {
  if (machine === "microvm" || machine === "q35") throw new Error(`--machine ${machine}: is not one of Firecracker's`);
  return ["--no-api", "--id", idOf(name), ...(machine === "pci" ? ["--enable-pci"] : []), "--config-file", config];
}

const describe = (appliance: Appliance): Description => ({
  text: configOf(appliance),
  command: [PROGRAM, ...argumentsOf(appliance, "FILE")].map(quoted).join(" "),
  notes: [
    "the text contains the time and the number of one start: make a new one for each start",
    "Firecracker's exit code does not tell how the image ended; the console's last line does (weir: exit 0x...)",
    ...(appliance.arch === "x86_64" ? ["needs Firecracker 1.12 or later, which enters an image by its PVH note"] : []),
  ],
});

/** Its log is on stdout, beside the console, unless told otherwise; each line begins with a time. */
const SPEAKS = /^\d{4}-\d\d-\d\dT[\d:.]+ \[/;
const QUIET = ["--level", "Error"];

function start(appliance: Appliance, watch?: Watch): Running {
  const why = whyNoJail();
  if (why === undefined) {
    const { program, args, image, config, tidy } = jail(
      appliance,
      `${idOf(appliance.name).slice(0, 50)}-${process.pid}`,
    );
    config(configOf({ ...appliance, image }));
    const inside = argumentsOf(appliance, "/config.json").filter(
      (word, n, all) => word !== "--id" && all[n - 1] !== "--id",
    );
    const notes = ["Firecracker runs in its jailer's chroot, as the user who owns the taps (none: nobody)"];
    return startProgram({ program, args: [...args, "--", ...inside, ...QUIET], speaks: SPEAKS, notes, tidy }, watch);
  }
  const folder = mkdtempSync(join(tmpdir(), "weir-firecracker-"));
  const file = join(folder, "config.json");
  writeFileSync(file, configOf(appliance));
  return startProgram(
    {
      ...{ program: PROGRAM, args: [...argumentsOf(appliance, file), ...QUIET], speaks: SPEAKS },
      notes: [`Firecracker runs without its jailer: ${why}`],
      tidy: () => rmSync(folder, { recursive: true, force: true }),
    },
    watch,
  );
}

export const firecracker: Host = {
  name: "firecracker",
  describe,
  starter: {
    programs: { x86_64: PROGRAM, aarch64: PROGRAM },
    source: "https://github.com/firecracker-microvm/firecracker/releases: firecracker, and jailer for root",
    machines: ["mmio", "pci"],
    accelerator: onlyKvm,
    start,
  },
};
