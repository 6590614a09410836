/**
 * Firecracker's jailer (its docs/jailer.md): a chroot with nothing in it but Firecracker, the image, the configuration, /dev/kvm and
 * /dev/net/tun, under a user of its own. It is for root, who alone can make one.
 */
import { chmodSync, copyFileSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Appliance } from "./descriptions/appliance.ts";
import { installed } from "./here.ts";

/** The jailer's own default. Not below /tmp or /run: device nodes must work there. */
const BASE = "/srv/jailer";
/** The user nobody, where the taps have no owner. */
const NOBODY = 65534;

/** Why Firecracker is not started by its jailer here; undefined when it is. */
export function whyNoJail(): string | undefined {
  if (process.getuid?.() !== 0) return "only root can use it";
  return installed("jailer") ? undefined : "jailer is not installed";
}

export interface Jail {
  program: string;
  args: string[];
  /** The image's path in there. */
  image: string;
  /** Puts /config.json in there. */
  config(text: string): void;
  tidy(): void;
}

export function jail({ image, nics }: Appliance, id: string): Jail {
  const firecracker = installed("firecracker") ?? "firecracker";
  const folder = join(BASE, basename(installed("firecracker") ? realpathSync(firecracker) : firecracker), id);
  const root = join(folder, "root");
  const put = (name: string, write: (path: string) => void) => {
    write(join(root, name));
    chmodSync(join(root, name), 0o444);
  };
  // The image may have keys in it: nobody but its user and root comes here. What a killed run of the same number left is in the way.
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(root, { recursive: true, mode: 0o700 });
  put("image", (path) => copyFileSync(image, path));
  const user = owner(nics[0]?.tap, "owner");
  const group = owner(nics[0]?.tap, "group");
  return {
    program: "jailer",
    args: [
      ...["--id", id, "--exec-file", firecracker, "--uid", String(user), "--gid", String(group)],
      ...["--chroot-base-dir", BASE],
    ],
    image: "/image",
    config: (text) => put("config.json", (path) => writeFileSync(path, text)),
    tidy: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Who may open a tap; -1 in the file: anybody. */
function owner(tap: string | undefined, what: "owner" | "group"): number {
  try {
    const found = Number(readFileSync(`/sys/class/net/${tap}/${what}`, "utf8"));
    return found >= 0 ? found : NOBODY;
  } catch {
    return NOBODY; // no such device: Firecracker says so
  }
}
