/**
 * Alioth's command line (`alioth boot --help`). It enters an image by the PVH note, in x2APIC mode, and gives it its NICs on PCI.
 * It wants a terminal on stdin, which script(1) makes; nobody can take a snapshot.
 */
import { onlyKvm } from "../here.ts";
import type { Host } from "../host.ts";
import { startProgram } from "../program.ts";
import { type Appliance, type Description, onlyPlainNames, quoted } from "./appliance.ts";

const PROGRAM = "alioth";
/** Of each interface: the image takes frames of Ethernet. */
const MTU = 1500;

/** @throws Error when a device's name is one that Alioth takes apart, or the image is for another CPU */
function commandOf(appliance: Appliance): string {
  const { image, arch, memory, nics, append } = appliance;
  onlyPlainNames(appliance, "Alioth");
  if (arch !== "x86_64")
    throw new Error(`${image}: Alioth has NICs on PCI only, which an aarch64 image does not drive`);
  return [
    ...[PROGRAM, "boot", "--pvh", image, "--cmdline", append.join(" ")],
    ...["--cpu", "count=1", "--memory", `size=${memory}M`],
    ...nics.flatMap(({ mac, tap }) => ["--net", `tap,if=${tap},mac=${mac},mtu=${MTU}`]),
  ]
    .map(quoted)
    .join(" ");
}

const describe = (appliance: Appliance): Description => ({
  text: `${commandOf(appliance)}\n`,
  notes: [
    "Alioth wants a terminal on stdin (else: script -qec COMMAND /dev/null)",
    "Alioth's exit code does not tell how the image ended; the console's last line does (weir: exit 0x...)",
  ],
});

export const alioth: Host = {
  name: "alioth",
  // Its memory below 640 KiB ends at 512 KiB, where the rings do not fit: they go above the image.
  moreMemory: 1,
  describe,
  starter: {
    programs: { x86_64: PROGRAM },
    source: "cargo install alioth-cli",
    machines: [],
    accelerator: onlyKvm,
    start: (appliance, watch) =>
      startProgram(
        {
          program: "script",
          args: ["-qec", `exec ${commandOf(appliance)}`, "/dev/null"],
          // On a terminal its own words and the image's console are one stream.
          speaks: /^(ERROR|WARN|INFO) \[|^Error: |^thread '|^sh: \d+: |^Session terminated/,
          ignores: /^Session terminated/,
        },
        watch,
      ),
  },
};
