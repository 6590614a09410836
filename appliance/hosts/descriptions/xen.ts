/**
 * Xen's domain configuration (xl.cfg(5)). Xen's loader takes the image, by the PVH note on x86-64 and as a flat Image on Arm,
 * but gives a PVH domain no virtio network device: its interfaces are netfront over grants, event channels and xenstore, which
 * the image has no driver for. So the domain starts and refuses; it is written down so that this can be seen.
 */

import type { Host } from "../host.ts";
import type { Appliance, Description } from "./appliance.ts";

/** Why a Xen domain does not come to forward anything. */
const WHY_NOT_XEN =
  "a PVH domain of Xen has netfront interfaces only, and the image drives virtio: it would refuse to start (no devices)";

/** @throws Error when a path has both kinds of quotes, which no string of xl.cfg can, or the image is not flat on Arm */
function xenDescription(appliance: Appliance): Description {
  const { name, image, arch, memory, nics, append, flat } = appliance;
  if (arch === "aarch64" && !flat)
    throw new Error(`${image}: Xen on Arm loads flat images, expected what weir build --flat writes`);
  const vifs = nics.map(({ mac, tap, name: role }) => {
    if (/[,'"]/.test(tap))
      throw new Error(`--${role} ${tap}: has a comma or a quote, which a name in xl.cfg cannot have`);
    return string(`mac=${mac},vifname=${tap},type=vif`);
  });
  const lines = [
    `# ${WHY_NOT_XEN}.`,
    "# Xen names the back ends of its interfaces itself, by vifname: they must not exist before.",
    "# This text contains the time and the number of one start: make a new one for each start.",
    ...(arch === "x86_64" ? ['type = "pvh"'] : []),
    `name = ${string(name)}`,
    `kernel = ${string(image)}`,
    `cmdline = ${string(append.join(" "))}`,
    `memory = ${memory}`,
    "vcpus = 1",
    `vif = [${vifs.join(", ")}]`,
    'on_poweroff = "destroy"',
    'on_reboot = "destroy"',
    'on_crash = "destroy"',
    'on_watchdog = "destroy"',
  ];
  return { text: `${lines.join("\n")}\n`, command: "xl create -c FILE", notes: [WHY_NOT_XEN] };
}

/** A string has no escapes: it ends at its quote or at the end of the line (xen/tools/libs/util/libxlu_cfg_l.l). */
function string(text: string): string {
  const quote = ['"', "'"].find((q) => !text.includes(q));
  if (!quote) throw new Error(`${text}: has both kinds of quotes, which xl.cfg cannot express`);
  return `${quote}${text}${quote}`;
}

export const xen: Host = {
  name: "xen",
  describe: xenDescription,
  starter: `${WHY_NOT_XEN}; --print shows the configuration`,
};
