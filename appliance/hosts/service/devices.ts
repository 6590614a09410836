/** Network devices of this host, as Linux lists them in the namespace of whoever asks. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const COUNTERS = "/proc/net/dev";
const DEVICES = "/sys/class/net";

/** Packets that a device has received, by the text of /proc/net/dev; of a tap: those that its guest has sent. undefined: unknown device */
export function receivedBy(device: string, text = readFileSync(COUNTERS, "utf8")): number | undefined {
  for (const line of text.split("\n")) {
    const [name, numbers] = split(line);
    if (name === device) return Number(numbers.trim().split(/\s+/)[1]);
  }
  return undefined;
}

/** A device's name may have a colon in it no more, so the first ends it. */
function split(line: string): [name: string, numbers: string] {
  const at = line.indexOf(":");
  return at < 0 ? ["", ""] : [line.slice(0, at).trim(), line.slice(at + 1)];
}

/** Why a hypervisor cannot open this as a tap device; undefined when it can. One that does not exist QEMU would make, as root. */
export function whyNoTap(device: string, folder = DEVICES): string | undefined {
  if (!existsSync(join(folder, device))) return "there is no such network device (weir host setup makes taps)";
  if (existsSync(join(folder, device, "tun_flags"))) return undefined;
  return "is a network device, but not a tap: an image is connected to taps only";
}

/** What there is to know of a tap: "mtu 1500, up". */
export function tapFacts(device: string, folder = DEVICES): string {
  const read = (name: string) => readFileSync(join(folder, device, name), "utf8").trim();
  try {
    const isUp = (Number(read("flags")) & 1) === 1;
    return `mtu ${read("mtu")}, ${isUp ? "up" : "DOWN: nothing passes it"}`;
  } catch {
    return "unknown";
  }
}
