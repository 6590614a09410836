/** The unit that makes the wiring again after a reboot. It is the same for every appliance: `%i` is its name. */
import { existsSync, writeFileSync } from "node:fs";
import { run } from "./kernel.ts";

const UNITS = "/etc/systemd/system";
const UNIT = "weir-wiring@.service";

/** systemd splits at spaces and expands `%`, `$`. */
const word = (text: string) => `"${text.replace(/["\\]/g, "\\$&").replaceAll("%", "%%").replaceAll("$", "$$$$")}"`;

export const unitText = (program: readonly string[], folder: string): string => `# Written by: weir host setup
[Unit]
Description=Interfaces of the Weir appliance %i
Documentation=man:weir-host(1)
After=systemd-udevd.service systemd-sysctl.service
Before=weir@%i.service network-online.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=${[...program, "host", "setup", "--again", "--folder", folder].map(word).join(" ")} --name %i

[Install]
WantedBy=multi-user.target
`;

/** Whether systemd runs this host. */
export const hasSystemd = (): boolean => existsSync("/run/systemd/system");

export function enable(name: string, program: readonly string[], folder: string): void {
  writeFileSync(`${UNITS}/${UNIT}`, unitText(program, folder));
  run("systemctl", "daemon-reload");
  run("systemctl", "enable", UNIT.replace("@", `@${name}`));
}

export function disable(name: string): void {
  run("systemctl", "disable", UNIT.replace("@", `@${name}`));
}
