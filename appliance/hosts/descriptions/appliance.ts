/**
 * What a hypervisor must be told to start an image, whichever hypervisor it is; and what is refused before any description is
 * written, because one hypervisor or another would understand it as something else than it says.
 */
import { isAbsolute } from "node:path";
import type { Interface } from "../../build/manifest.ts";
import type { Arch } from "../../contract/arch.ts";

/** An interface of the image's manifest, and the tap device that it is to be on. */
export interface Attached extends Interface {
  tap: string;
}

export interface Appliance {
  /** What the hypervisor calls it. */
  name: string;
  /** Absolute path. */
  image: string;
  /** The same as it was written, for a command in a shell of the same folder. */
  given?: string;
  arch: Arch;
  /** An Image of Linux's boot protocol for arm64, not an ELF file (build/flat.ts). */
  flat: boolean;
  /** Of the guest, MiB. */
  memory: number;
  accelerator: "kvm" | "tcg";
  /** Of an x86-64 image. QEMU: virtio-mmio without firmware, or virtio-pci as SeaBIOS leaves it. Firecracker: either transport. */
  machine?: "microvm" | "q35" | "mmio" | "pci";
  /** QEMU: the host's kernel moves the frames (vhost-net), not QEMU. */
  vhost?: boolean;
  /** Those of the manifest, in its order. */
  nics: readonly Attached[];
  /** Words of the guest's command line: qemu.ts, liveClock(). */
  append: readonly string[];
}

export interface Description {
  /** The whole text, its last line ended. */
  text: string;
  /** How to start it, for people: a shell's line, with FILE where the text was put. Without: the text is the command. */
  command?: string;
  /** What to know before that. */
  notes: readonly string[];
}

/**
 * Refuses what no description may have in it: it would end a line, a string or an option, or be a pattern.
 * @throws Error naming the option and what is wrong with it
 */
export function checkAppliance({ name, image, nics, append }: Appliance): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/.test(name))
    throw new Error(`--name ${shown(name)}: expected 1 to 64 letters, digits, _ . or -`);
  if (!isAbsolute(image)) throw new Error(`${shown(image)}: expected an absolute path`);
  if (UNPRINTABLE.test(image)) throw new Error(`${shown(image)}: a path with control characters`);
  for (const word of append)
    if (!/^[\w=.:@-]+$/.test(word)) throw new Error(`${shown(word)}: not a word of the image's command line`);
  for (const { name: role, tap } of nics) {
    // Linux, dev_valid_name(): at most 15 bytes, no slash, colon or space; and a % is a pattern for names.
    if (!/^[!-~]{1,15}$/.test(tap) || /[/:%]/.test(tap) || tap === "." || tap === "..")
      throw new Error(`--${role} ${shown(tap)}: expected the name of a network device`);
    const twice = nics.find((other) => other.name !== role && other.tap === tap);
    if (twice) throw new Error(`--${role} ${tap}: is also that of --${twice.name}, expected one device for each`);
  }
}

/** For hosts whose options are lists: a name with a separator would be read as more than a name. @throws Error */
export function onlyPlainNames({ nics }: Appliance, host: string): void {
  for (const { name: role, tap } of nics)
    if (!/^[\w.-]+$/.test(tap)) throw new Error(`--${role} ${tap}: ${host} takes letters, digits, _ . and - only`);
}

/** Control characters, halves of surrogate pairs, and what no XML can have (XML 1.0, 2.2). */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\ufffe\uffff]/u;

/** Text for a terminal, of whoever typed it. */
const shown = (text: string): string => JSON.stringify(text).replace(/[\u007f-\u009f]/g, "?");

/** A word as a shell takes it. */
export const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
