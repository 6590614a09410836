// REQ-DIODE-001
// The manifest: which interfaces an image has, and which way each one works. An ELF note (owner "Weir", type 1), so that
// the launcher reads it without starting anything, and the kernel part makes exactly these queues and no other. The link
// leaves room for MAX_INTERFACES; `weir build` writes the policy's interfaces into it.
// Its layout: appliance/contract/layouts/image.ts.
import {
  Direction as Code,
  Interface as Entry,
  ManifestFlag as Flag,
  Manifest as Layout,
  MANIFEST_VERSION,
  MAX_INTERFACES,
  MAX_LOG_SILENCE,
  MIN_LOG_SILENCE,
} from "../contract/generated/image.ts";
import type { Elf } from "./elf.ts";

export const NOTE_OWNER = "Weir";
export const NOTE_MANIFEST = 1;
export const NOTE_BUILD = 2;
export const MANIFEST_SIZE = Layout.SIZE;

export type Direction = "receive" | "transmit";

export interface Interface {
  name: string;
  direction: Direction;
  /** Lower case, with colons. */
  mac: string;
}

/** What the manifest says beside the interfaces. */
export interface Settings {
  /** Each NIC has the one queue that is used, and no inert one. */
  oneQueue: boolean;
  /** Seconds after which the image ends when the device of `log` takes nothing; 0: never. */
  logSilence: number;
}
export interface Manifest extends Settings {
  interfaces: Interface[];
}

const DIRECTIONS: Record<number, Direction> = { [Code.RECEIVE_ONLY]: "receive", [Code.TRANSMIT_ONLY]: "transmit" };
const INTERFACES_AT = Layout.AT.interfaces;

/** @returns MANIFEST_SIZE bytes. @throws Error naming the interface and what is wrong with it. */
export function packManifest(interfaces: readonly Interface[], settings: Partial<Settings> = {}): Uint8Array {
  const { oneQueue = false, logSilence = 0 } = settings;
  if (interfaces.length > MAX_INTERFACES) throw new Error(`${interfaces.length} interfaces, at most ${MAX_INTERFACES}`);
  const bytes = new Uint8Array(MANIFEST_SIZE);
  const manifest = new Layout(bytes).write({
    ...{ version: MANIFEST_VERSION, count: interfaces.length },
    ...{ flags: oneQueue ? Flag.ONE_QUEUE : 0, logSilence },
  });
  interfaces.forEach(({ name, direction, mac }, n) => {
    if (!/^[a-z][a-z0-9]{0,7}$/.test(name))
      throw new Error(`interface name ${name}: expected 1 to 8 letters and digits`);
    if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(mac)) throw new Error(`interface ${name}: ${mac} is not a MAC address`);
    manifest.interfaces(n).write({
      name: Buffer.from(name),
      direction: direction === "receive" ? Code.RECEIVE_ONLY : Code.TRANSMIT_ONLY,
      mac: Uint8Array.from(mac.split(":"), (octet) => Number.parseInt(octet, 16)),
    });
  });
  check(interfaces);
  checkSilence(logSilence);
  return bytes;
}

/** @throws Error saying what is wrong; the bytes are untrusted. */
export function unpackManifest(bytes: Uint8Array): Manifest {
  if (bytes.length < INTERFACES_AT)
    throw new Error(`manifest: ${bytes.length} bytes, expected at least ${INTERFACES_AT}`);
  const manifest = new Layout(bytes);
  const { version, count } = manifest;
  if (version !== MANIFEST_VERSION) throw new Error(`manifest: version ${version}, expected ${MANIFEST_VERSION}`);
  if (count > MAX_INTERFACES || MANIFEST_SIZE > bytes.length)
    throw new Error(`manifest: ${count} interfaces do not fit into its ${bytes.length} bytes`);
  const interfaces = Array.from({ length: count }, (_, n): Interface => {
    const entry = manifest.interfaces(n);
    const direction = DIRECTIONS[entry.direction];
    if (!direction || bytes[entry.at + Entry.AT.zero])
      throw new Error(`manifest: interface ${n} has direction ${entry.direction}, expected 1 or 2`);
    const name = Buffer.from(entry.name).toString("latin1").replace(/\0+$/, "");
    if (!/^[a-z][a-z0-9]*$/.test(name)) throw new Error(`manifest: interface ${n} has an invalid name`);
    const mac = [...entry.mac].map((octet) => octet.toString(16).padStart(2, "0")).join(":");
    return { name, direction, mac };
  });
  check(interfaces);
  const { flags, logSilence } = manifest;
  if (flags & ~Flag.ONE_QUEUE) throw new Error(`manifest: unknown flags 0x${flags.toString(16)}`);
  checkSilence(logSilence);
  return { interfaces, oneQueue: flags === Flag.ONE_QUEUE, logSilence };
}

/** NICs are told apart by MAC address alone, so two with the same one are no manifest. */
function check(interfaces: readonly Interface[]): void {
  for (const key of ["name", "mac"] as const) {
    const twice = interfaces.find((i, n) => interfaces.findIndex((other) => other[key] === i[key]) !== n);
    if (twice) throw new Error(`manifest: two interfaces with the ${key} ${twice[key]}`);
  }
}

function checkSilence(seconds: number): void {
  if (seconds !== 0 && !(Number.isInteger(seconds) && seconds >= MIN_LOG_SILENCE && seconds <= MAX_LOG_SILENCE))
    throw new Error(`manifest: ${seconds} s without \`log\`, expected ${MIN_LOG_SILENCE} to ${MAX_LOG_SILENCE}, or 0`);
}

/** The manifest's note of an image. @throws Error when the file is not a Weir image. */
export function manifestNote(elf: Elf) {
  const notes = elf.notes.filter((note) => note.owner === NOTE_OWNER && note.type === NOTE_MANIFEST);
  if (notes.length !== 1)
    throw new Error(`not a Weir image: ${notes.length} manifests, expected one ELF note "Weir" 1`);
  return notes[0]!;
}
