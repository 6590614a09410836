// REQ-DIODE-001
// The manifest: which interfaces an image has, and which way each one works. An ELF note (owner "Weir", type 1), so that
// the launcher reads it without starting anything, and the kernel part makes exactly these queues and no other. The link
// leaves room for MAX_INTERFACES; `weir build` writes the policy's interfaces into it.
//
//   0  u32 version    1
//   4  u32 count      interfaces that follow; 0 in an image without a policy
//   8  count x 16 bytes
//        0  name[8]   ASCII, zeros behind
//        8  u8        direction: 1 receive only, 2 transmit only
//        9  u8        zero
//       10  mac[6]
import type { Elf } from "./elf.ts";

export const NOTE_OWNER = "Weir";
export const NOTE_MANIFEST = 1;
export const NOTE_BUILD = 2;
export const MANIFEST_VERSION = 1;
export const MAX_INTERFACES = 8;
export const MANIFEST_SIZE = 8 + 16 * MAX_INTERFACES;

export type Direction = "receive" | "transmit";

export interface Interface {
  name: string;
  direction: Direction;
  /** Lower case, with colons. */
  mac: string;
}

const DIRECTIONS: Record<number, Direction> = { 1: "receive", 2: "transmit" };

/** @returns MANIFEST_SIZE bytes. @throws Error naming the interface and what is wrong with it. */
export function packManifest(interfaces: readonly Interface[]): Uint8Array {
  if (interfaces.length > MAX_INTERFACES) throw new Error(`${interfaces.length} interfaces, at most ${MAX_INTERFACES}`);
  const bytes = new Uint8Array(MANIFEST_SIZE);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MANIFEST_VERSION, true);
  view.setUint32(4, interfaces.length, true);
  interfaces.forEach(({ name, direction, mac }, n) => {
    if (!/^[a-z][a-z0-9]{0,7}$/.test(name))
      throw new Error(`interface name ${name}: expected 1 to 8 letters and digits`);
    if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(mac)) throw new Error(`interface ${name}: ${mac} is not a MAC address`);
    const entry = bytes.subarray(8 + n * 16, 24 + n * 16);
    entry.set(Buffer.from(name));
    entry[8] = direction === "receive" ? 1 : 2;
    entry.set(
      mac.split(":").map((octet) => Number.parseInt(octet, 16)),
      10,
    );
  });
  check(interfaces);
  return bytes;
}

/** @throws Error saying what is wrong; the bytes are untrusted. */
export function unpackManifest(bytes: Uint8Array): Interface[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < 8) throw new Error(`manifest: ${bytes.length} bytes, expected at least 8`);
  const [version, count] = [view.getUint32(0, true), view.getUint32(4, true)];
  if (version !== MANIFEST_VERSION) throw new Error(`manifest: version ${version}, expected ${MANIFEST_VERSION}`);
  if (count > MAX_INTERFACES || 8 + count * 16 > bytes.length)
    throw new Error(`manifest: ${count} interfaces do not fit into its ${bytes.length} bytes`);
  const interfaces = Array.from({ length: count }, (_, n): Interface => {
    const entry = bytes.subarray(8 + n * 16, 24 + n * 16);
    const direction = DIRECTIONS[entry[8]!];
    if (!direction || entry[9]) throw new Error(`manifest: interface ${n} has direction ${entry[8]}, expected 1 or 2`);
    const name = Buffer.from(entry.subarray(0, 8)).toString("latin1").replace(/\0+$/, "");
    if (!/^[a-z][a-z0-9]*$/.test(name)) throw new Error(`manifest: interface ${n} has no proper name`);
    const mac = [...entry.subarray(10, 16)].map((octet) => octet.toString(16).padStart(2, "0")).join(":");
    return { name, direction, mac };
  });
  check(interfaces);
  return interfaces;
}

/** NICs are told apart by MAC address alone, so two with the same one are no manifest. */
function check(interfaces: readonly Interface[]): void {
  for (const key of ["name", "mac"] as const) {
    const twice = interfaces.find((i, n) => interfaces.findIndex((other) => other[key] === i[key]) !== n);
    if (twice) throw new Error(`manifest: two interfaces with the ${key} ${twice[key]}`);
  }
}

/** The manifest's note of an image. @throws Error when the file is not a Weir image. */
export function manifestNote(elf: Elf) {
  const notes = elf.notes.filter((note) => note.owner === NOTE_OWNER && note.type === NOTE_MANIFEST);
  if (notes.length !== 1)
    throw new Error(`not a Weir image: ${notes.length} manifests, expected one ELF note "Weir" 1`);
  return notes[0]!;
}
