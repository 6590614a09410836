// REQ-GROUND-025
/**
 * Images of a service: N.elf for each that was deployed, the last of them, and a link `current.elf` to the one that starts. The link changes in
 * one step, so a power failure leaves one image or the other.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { writeWhole } from "../../../lib/files.ts";
import { written } from "../../../lib/starts.ts";

export const CURRENT = "current.elf";
const NAME = /^([1-9]\d{0,9})\.elf$/;

export class ImageStore {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Their names, the latest first. */
  names(): string[] {
    const number = (name: string) => Number(NAME.exec(name)?.[1] ?? 0);
    const names = existsSync(this.folder) ? readdirSync(this.folder) : [];
    return names.filter((name) => number(name)).sort((a, b) => number(b) - number(a));
  }

  /** The name of the image that starts; undefined: none yet. @throws Error when the link is not one of these */
  current(): string | undefined {
    let name: string;
    try {
      name = readlinkSync(join(this.folder, CURRENT));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw new Error(`${join(this.folder, CURRENT)}: expected a link to an image beside it, or nothing`);
    }
    if (!NAME.test(name) || !existsSync(join(this.folder, name)))
      throw new Error(`${join(this.folder, CURRENT)}: leads to ${name}, expected an image beside it`);
    return name;
  }

  read(name: string): Buffer {
    return readFileSync(join(this.folder, name));
  }

  /** Keeps an image, and what else belongs beside it by its ending (".debug", ".sig"). @returns its name */
  add(image: Uint8Array, beside: Readonly<Record<string, Uint8Array>> = {}): string {
    mkdirSync(this.folder, { recursive: true, mode: 0o750 });
    const last = Number(NAME.exec(this.names()[0] ?? "")?.[1] ?? 0);
    const name = `${last + 1}.elf`;
    // Its keys let whoever reads them forge the log: for the owner and the service's group.
    const options = { mode: 0o640, lasting: true };
    for (const [end, bytes] of Object.entries(beside)) writeWhole(join(this.folder, name + end), bytes, options);
    writeWhole(join(this.folder, name), image, options);
    return name;
  }

  /** From now on this one starts; undefined: none. */
  use(name: string | undefined): void {
    const link = join(this.folder, CURRENT);
    if (name === undefined) rmSync(link, { force: true });
    else {
      rmSync(`${link}.part`, { force: true });
      symlinkSync(name, `${link}.part`);
      renameSync(`${link}.part`, link);
    }
    written(this.folder);
  }

  remove(name: string): void {
    for (const file of readdirSync(this.folder).filter((file) => file === name || file.startsWith(`${name}.`)))
      rmSync(join(this.folder, file));
  }

  /** Leaves the last `kept`, and the one that starts. @returns what it removed */
  prune(kept: number): string[] {
    const current = this.current();
    const old = this.names().filter((name, n) => n >= kept && name !== current);
    for (const name of old) this.remove(name);
    return old;
  }
}
