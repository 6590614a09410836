// REQ-IMAGE-004
// The policy as it lies in an image: one part for each compartment, in one block that the kernel part can check and take
// apart without knowing what is in them.
//
//    0  u32 magic      the bytes "WPOL"
//    4  u32 version    2
//    8  u32 length     of all, this header included
//   12  u32 parts      3: inspect, guard, journal, in this order
//   16  parts x { u32 offset from the start, a multiple of 8; u32 length }
//   40  256 bytes      a bit for each 4 KiB page of the three linear memories, one behind the other, lowest bit first: 1 = this
//                      policy leaves it untouched (spare.ts), and it has no memory behind it. The image holds it against what
//                      the compartments say
//  296  the parts, each behind the other, zeros up to multiples of 8 between and behind
//
// Little-endian. What is in a part, and its own checksum, are the compartment's matter: configure() refuses it.

import type { Parts } from "../contract/abi.ts";
import { align8 } from "../contract/abi.ts";
import { COMPARTMENTS } from "./compartments.ts";

export const CONTAINER_MAGIC = 0x4c4f5057;
export const CONTAINER_VERSION = 2;
const SPARE_AT = 16 + COMPARTMENTS.length * 8;
export const SPARE_SIZE = 256;
const HEADER = SPARE_AT + SPARE_SIZE;

/** More than any policy needs; a larger one is a mistake, and would eat the guest's memory. */
export const MAX_CONTAINER = 16 << 20;

/**
 * @param spare one bit for each page that has no memory; by default all have
 * @throws Error when the parts are too large together.
 */
export function packContainer(parts: Parts, spare: Uint8Array = new Uint8Array(SPARE_SIZE)): Uint8Array {
  const bodies = COMPARTMENTS.map(({ name }) => parts[name]);
  const length = bodies.reduce((sum, body) => sum + align8(body.length), HEADER);
  if (length > MAX_CONTAINER) throw new Error(`the compiled policy is ${length} bytes; at most ${MAX_CONTAINER} fit`);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  [CONTAINER_MAGIC, CONTAINER_VERSION, length, bodies.length].forEach((word, n) => {
    view.setUint32(n * 4, word, true);
  });
  bytes.set(spare, SPARE_AT);
  let at = HEADER;
  bodies.forEach((body, n) => {
    view.setUint32(16 + n * 8, at, true);
    view.setUint32(20 + n * 8, body.length, true);
    bytes.set(body, at);
    at += align8(body.length);
  });
  return bytes;
}

/**
 * Takes a container apart; untrusted bytes, as the kernel part sees them. The parts are views, not copies.
 * @throws Error saying which field is not what it must be.
 */
export function unpackContainer(bytes: Uint8Array): Parts {
  if (bytes.length < HEADER) throw new Error(`policy: ${bytes.length} bytes, expected at least ${HEADER}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const word = (at: number) => view.getUint32(at, true);
  if (word(0) !== CONTAINER_MAGIC) throw new Error("policy: does not begin with WPOL");
  if (word(4) !== CONTAINER_VERSION) throw new Error(`policy: version ${word(4)}, expected ${CONTAINER_VERSION}`);
  if (word(8) !== bytes.length) throw new Error(`policy: says ${word(8)} bytes, has ${bytes.length}`);
  if (word(12) !== COMPARTMENTS.length) throw new Error(`policy: ${word(12)} parts, expected ${COMPARTMENTS.length}`);
  const part = (n: number, name: string) => {
    const [offset, length] = [word(16 + n * 8), word(20 + n * 8)];
    if (offset % 8 || offset < HEADER || offset > bytes.length || length > bytes.length - offset)
      throw new Error(`policy: the part of ${name} is at ${offset}, ${length} bytes, outside the ${bytes.length}`);
    return bytes.subarray(offset, offset + length);
  };
  const [inspect, guard, journal] = COMPARTMENTS.map(({ name }, n) => part(n, name));
  return { inspect: inspect!, guard: guard!, journal: journal! };
}

/** The pages without memory, of a container that unpackContainer() takes: a view. */
export const spareOf = (container: Uint8Array): Uint8Array => container.subarray(SPARE_AT, HEADER);
