// REQ-IMAGE-004
// The policy as it lies in an image: one part for each compartment, in one block that the kernel part can check and take
// apart without knowing what is in them. Its layout: appliance/contract/layouts/image.ts. What is in a part, and its own
// checksum, are the compartment's matter: configure() refuses it.

import type { Parts } from "../contract/abi.ts";
import { align8 } from "../contract/abi.ts";
import { CONTAINER_MAGIC, CONTAINER_VERSION, Container, MAX_CONTAINER } from "../contract/generated/image.ts";
import { COMPARTMENTS } from "./compartments.ts";

const HEADER = Container.SIZE;
const SPARE_AT = Container.AT.spare;
export const SPARE_SIZE = HEADER - SPARE_AT;

/**
 * @param spare one bit for each page that has no memory; by default all have
 * @throws Error when the parts are too large together.
 */
export function packContainer(parts: Parts, spare: Uint8Array = new Uint8Array(SPARE_SIZE)): Uint8Array {
  const bodies = COMPARTMENTS.map(({ name }) => parts[name]);
  const length = bodies.reduce((sum, body) => sum + align8(body.length), HEADER);
  if (length > MAX_CONTAINER) throw new Error(`the compiled policy is ${length} bytes; at most ${MAX_CONTAINER} fit`);
  const bytes = new Uint8Array(length);
  const header = new Container(bytes);
  header.write({ magic: CONTAINER_MAGIC, version: CONTAINER_VERSION, length, count: bodies.length, spare });
  let at = HEADER;
  bodies.forEach((body, n) => {
    header.parts(n).write({ offset: at, length: body.length });
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
  const header = new Container(bytes);
  const { magic, version, length: total, count } = header;
  if (magic !== CONTAINER_MAGIC) throw new Error("policy: does not begin with WPOL");
  if (version !== CONTAINER_VERSION) throw new Error(`policy: version ${version}, expected ${CONTAINER_VERSION}`);
  if (total !== bytes.length) throw new Error(`policy: its header says ${total} bytes, it has ${bytes.length}`);
  if (count !== COMPARTMENTS.length) throw new Error(`policy: ${count} parts, expected ${COMPARTMENTS.length}`);
  const part = (n: number, name: string) => {
    const { offset, length } = header.parts(n);
    if (offset % 8 || offset < HEADER || offset > bytes.length || length > bytes.length - offset)
      throw new Error(`policy: the part of ${name} is at ${offset}, ${length} bytes, outside the ${bytes.length}`);
    return bytes.subarray(offset, offset + length);
  };
  const [inspect, guard, journal] = COMPARTMENTS.map(({ name }, n) => part(n, name));
  return { inspect: inspect!, guard: guard!, journal: journal! };
}

/** The pages without memory, of a container that unpackContainer() takes: a view. */
export const spareOf = (container: Uint8Array): Uint8Array => container.subarray(SPARE_AT, HEADER);
