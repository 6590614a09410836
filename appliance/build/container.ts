// REQ-IMAGE-004
// The policy as it lies in an image: one part for each compartment, in one block that the kernel part can check and take
// apart without knowing what is in them. Its layout: appliance/contract/layouts/image.ts. What is in a part, and its own
// checksum, are the compartment's matter: configure() refuses it.

import type { Parts } from "../contract/abi.ts";
import { align8, alignPage, PAGE } from "../contract/abi.ts";
import {
  JournalSettings,
  PART_HEADER,
  PART_MAGIC,
  PartHeader,
  SectionHeader,
  Tag,
  TransferSettings,
} from "../contract/config.ts";
import {
  CONTAINER_KEYS,
  CONTAINER_MAGIC,
  CONTAINER_VERSION,
  Container,
  Keys,
  MAX_CONTAINER,
} from "../contract/generated/image.ts";
import { COMPARTMENTS, type CompartmentName } from "./compartments.ts";

const HEADER = Container.SIZE;
const SPARE_AT = Container.AT.spare;
export const SPARE_SIZE = Container.AT.keys - SPARE_AT;
const KEY_SIZE = 32;

/** Where parts have keys: in which section, at which byte of it. */
const SECRETS: readonly { of: CompartmentName; tag: number; at: number }[] = [
  { of: "guard", tag: Tag.TRANSFER, at: TransferSettings.AT.keyIn },
  { of: "guard", tag: Tag.TRANSFER, at: TransferSettings.AT.keyOut },
  { of: "journal", tag: Tag.SETTINGS, at: JournalSettings.AT.key },
];

/**
 * @param spare one bit for each page that has no memory; by default all have
 * @param edition what weir build --edition says
 * @throws Error when the parts are too large together.
 */
export function packContainer(parts: Parts, spare: Uint8Array = new Uint8Array(SPARE_SIZE), edition = 0): Uint8Array {
  const bodies = COMPARTMENTS.map(({ name }) => Uint8Array.from(parts[name]));
  const secrets = SECRETS.flatMap(({ of, tag, at }) => {
    const n = COMPARTMENTS.findIndex(({ name }) => name === of);
    const offset = sectionAt(bodies[n]!, tag) + at;
    const key = bodies[n]!.slice(offset, offset + KEY_SIZE);
    if (offset === at || !key.some((byte) => byte !== 0)) return [];
    bodies[n]!.fill(0, offset, offset + KEY_SIZE);
    return [{ part: n + 1, offset, key }];
  });
  const end = bodies.reduce((sum, body) => sum + align8(body.length), HEADER);
  const keysAt = alignPage(end);
  const length = keysAt + Keys.SIZE;
  if (length > MAX_CONTAINER) throw new Error(`the compiled policy is ${length} bytes; at most ${MAX_CONTAINER} fit`);
  const bytes = new Uint8Array(length);
  const header = new Container(bytes);
  header.write({
    magic: CONTAINER_MAGIC,
    version: CONTAINER_VERSION,
    length,
    count: bodies.length,
    spare,
    keys: keysAt,
    edition,
  });
  let at = HEADER;
  bodies.forEach((body, n) => {
    header.parts(n).write({ offset: at, length: body.length });
    bytes.set(body, at);
    at += align8(body.length);
  });
  const keys = new Keys(bytes, keysAt);
  keys.count = secrets.length;
  secrets.forEach((secret, n) => {
    keys.keys(n).write(secret);
  });
  return bytes;
}

/** Where the bytes of a section begin; 0 without that section, or of what is no part. */
function sectionAt(part: Uint8Array, tag: number): number {
  if (part.length < PART_HEADER || new PartHeader(part).magic !== PART_MAGIC) return 0;
  for (let at = PART_HEADER; at + SectionHeader.SIZE <= part.length; ) {
    const section = new SectionHeader(part, at);
    at += SectionHeader.SIZE;
    if (section.length > part.length - at) return 0;
    if (section.tag === tag) return at;
    at += align8(section.length);
  }
  return 0;
}

/**
 * Takes a container apart; untrusted bytes, as the kernel part sees them. The parts have their keys, and those without any are views.
 * @throws Error saying which field is not what it must be.
 */
export function unpackContainer(bytes: Uint8Array): Parts {
  if (bytes.length < HEADER) throw new Error(`policy: ${bytes.length} bytes, expected at least ${HEADER}`);
  const header = new Container(bytes);
  const { magic, version, length: total, count, keys } = header;
  if (magic !== CONTAINER_MAGIC) throw new Error("policy: does not begin with WPOL");
  if (version !== CONTAINER_VERSION) throw new Error(`policy: version ${version}, expected ${CONTAINER_VERSION}`);
  if (total !== bytes.length) throw new Error(`policy: its header says ${total} bytes, it has ${bytes.length}`);
  if (count !== COMPARTMENTS.length) throw new Error(`policy: ${count} parts, expected ${COMPARTMENTS.length}`);
  if (keys % PAGE || keys < HEADER || keys + Keys.SIZE !== total)
    throw new Error(`policy: its keys are at ${keys}, outside the ${total} or not at a page of their own`);
  const parts = COMPARTMENTS.map(({ name }, n) => {
    const { offset, length } = header.parts(n);
    if (offset % 8 || offset < HEADER || offset > keys || length > keys - offset)
      throw new Error(`policy: the part of ${name} is at ${offset}, ${length} bytes, outside the ${keys}`);
    return bytes.subarray(offset, offset + length);
  });
  putKeys(parts, new Keys(bytes, keys));
  const [inspect, guard, journal] = parts;
  return { inspect: inspect!, guard: guard!, journal: journal! };
}

function putKeys(parts: Uint8Array[], keys: Keys): void {
  if (keys.count > CONTAINER_KEYS) throw new Error(`policy: ${keys.count} keys, expected at most ${CONTAINER_KEYS}`);
  for (let n = 0; n < keys.count; n++) {
    const { part, offset, key } = keys.keys(n);
    const body = parts[part - 1];
    if (!body || offset > body.length || KEY_SIZE > body.length - offset)
      throw new Error(`policy: key ${n + 1} is for byte ${offset} of part ${part}, which is outside of it`);
    const whole = Uint8Array.from(body);
    whole.set(key, offset);
    parts[part - 1] = whole;
  }
}

/** Whether the journal with this part sends anything on `log`: heartbeats and events. */
export function sendsLog({ journal }: Parts): boolean {
  const part = Uint8Array.from(journal);
  const at = sectionAt(part, Tag.SETTINGS);
  return at > 0 && new JournalSettings(part, at).collectorIp !== 0;
}

/** Of a container that unpackContainer() takes. */
export const editionOf = (container: Uint8Array): number => new Container(container).edition;

/** What of a container stays in the machine's memory: all but its keys. A view. */
export const withoutKeys = (container: Uint8Array): Uint8Array =>
  container.length < HEADER ? container : container.subarray(0, new Container(container).keys);

/** A copy of bytes that end with a container, an image or a flat one, whose tables have this key of 16 bytes (lib/table-key.ts). */
export function withTablesKey(image: Uint8Array, key: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(image);
  const keys = new Keys(copy, copy.length - Keys.SIZE);
  keys.isTablesGiven = 1;
  keys.tables = key;
  return copy;
}

/** The pages without memory, of a container that unpackContainer() takes: a view. */
export const spareOf = (container: Uint8Array): Uint8Array => container.subarray(SPARE_AT, SPARE_AT + SPARE_SIZE);
