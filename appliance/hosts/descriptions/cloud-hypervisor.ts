/**
 * Cloud Hypervisor's command line (its docs and `cloud-hypervisor --help`). It enters an image by the PVH note and gives it its NICs
 * on PCI, beside an entropy source. Without --api-socket nobody can take a snapshot.
 */
import { onlyKvm } from "../here.ts";
import type { Host } from "../host.ts";
import { startProgram } from "../program.ts";
import { type Appliance, type Description, onlyPlainNames, quoted } from "./appliance.ts";

const PROGRAM = "cloud-hypervisor";

/** @throws Error when a device's name is one that Cloud Hypervisor takes apart, or the image is for another CPU */
function argumentsOf(appliance: Appliance): string[] {
  const { image, arch, memory, nics, append } = appliance;
  onlyPlainNames(appliance, "Cloud Hypervisor");
  if (arch !== "x86_64")
    throw new Error(`${image}: Cloud Hypervisor has NICs on PCI only, which an aarch64 image does not drive`);
  return [
    ...["--kernel", image, "--cmdline", append.join(" ")],
    ...["--cpus", "boot=1", "--memory", `size=${memory}M`],
    ...["--serial", "tty", "--console", "off"],
    ...nics.flatMap(({ name, mac, tap }) => ["--net", `tap=${tap},mac=${mac},id=${name}`]),
  ];
}

const describe = (appliance: Appliance): Description => ({
  text: `${[PROGRAM, ...argumentsOf(appliance)].map(quoted).join(" ")}\n`,
  notes: [
    "Cloud Hypervisor's exit code does not tell how the image ended; the console's last line does (weir: exit 0x...)",
  ],
});

export const cloudHypervisor: Host = {
  name: "cloud-hypervisor",
  describe,
  starter: {
    programs: { x86_64: PROGRAM },
    source: "https://github.com/cloud-hypervisor/cloud-hypervisor/releases: cloud-hypervisor-static",
    machines: [],
    accelerator: onlyKvm,
    start: (appliance, watch) =>
      startProgram(
        {
          program: PROGRAM,
          args: argumentsOf(appliance),
          ignores: /already exists\. IP configuration will not be overwritten/,
        },
        watch,
      ),
  },
};
