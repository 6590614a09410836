/** C9: the policy's tables as they lie in a machine's memory. */

import { COMPARTMENTS, type CompartmentName } from "../../appliance/build/compartments.ts";
import { packContainer, spareOf, unpackContainer, withoutKeys } from "../../appliance/build/container.ts";
import { align8 } from "../../appliance/contract/abi.ts";
import { PART_HEADER } from "../../appliance/contract/config.ts";
import { loadModules } from "../../appliance/hosts/node.ts";
import { POLICY } from "./image.ts";

export interface Place {
  of: string;
  at: number;
  bytes: Uint8Array;
}

const PAGE = 4096;
/** Shorter ones, and those of zeros, would be found anywhere. */
const TELLING = 16;

/** What configure() is given, section by section. */
function sections(part: Uint8Array): Uint8Array[] {
  const view = new DataView(part.buffer, part.byteOffset, part.length);
  const found: Uint8Array[] = [];
  for (let at = PART_HEADER; at < part.length; ) {
    const length = view.getUint32(at + 4, true);
    found.push(part.subarray(at + 8, at + 8 + length));
    at += 8 + align8(length);
  }
  return found.filter((bytes) => bytes.length >= TELLING && bytes.some((byte) => byte !== 0));
}

/** Where a compartment is given things: records lie there later. */
async function inputs(): Promise<Record<CompartmentName, [number, number]>> {
  const modules = await loadModules();
  const of = (name: CompartmentName): [number, number] => {
    const { inputAt, inputSize } = new WebAssembly.Instance(modules[name], {}).exports as Record<string, () => number>;
    return [inputAt!(), inputSize!()];
  };
  return { inspect: of("inspect"), guard: of("guard"), journal: of("journal") };
}

/** Where the compartments' memories lie: behind the policy, page by page, but for those that have none. */
function physical(container: Buffer, at: number): Record<CompartmentName, number[]> {
  const spare = spareOf(container);
  let next = at + Math.ceil(container.length / PAGE) * PAGE;
  let n = 0;
  const all = COMPARTMENTS.map(({ name, pages }) => {
    const places = Array.from({ length: (pages * 65536) / PAGE }, () => {
      const none = (spare[n >> 3]! >> (n++ & 7)) & 1;
      if (none) return -1;
      next += PAGE;
      return next - PAGE;
    });
    return [name, places] as const;
  });
  return Object.fromEntries(all) as Record<CompartmentName, number[]>;
}

/** A machine's memory, and the address at which it begins. */
type Memory = { ram: Buffer; ramAt: number };

/** Every copy of every section of the policy in its compartment's memory, and the container it came in. */
export async function tablesIn({ ram, ramAt }: Memory, symbols: ReadonlyMap<string, number>): Promise<Place[]> {
  const places: Place[] = [];
  const given = await inputs();
  const at = symbols.get("policy")! - ramAt;
  const container = ram.subarray(at, at + ram.readUInt32LE(at + 8));
  const pages = physical(container, at);
  const parts = unpackContainer(container); // its keys are gone
  for (const { name } of COMPARTMENTS) {
    const [from, size] = given[name];
    const isInput = (place: number) => {
      const page = pages[name].indexOf(place & -PAGE);
      const offset = page * PAGE + (place & (PAGE - 1));
      return offset >= from && offset < from + size;
    };
    const [first, last] = [pages[name].find((place) => place >= 0)!, pages[name].findLast((place) => place >= 0)!];
    // The journal's start number is the host's, and its key is erased once the first of those that evolve is made of it
    const lasting = (section: Uint8Array) => (name === "journal" ? section.subarray(8, 72) : section);
    for (const [n, bytes] of sections(parts[name]).map(lasting).entries())
      for (
        let place = ram.indexOf(bytes, first);
        place >= 0 && place < last + PAGE;
        place = ram.indexOf(bytes, place + 1)
      )
        if (!isInput(place)) places.push({ of: `${name} ${n}`, at: place, bytes });
  }
  const placed = withoutKeys(packContainer(POLICY.parts, spareOf(container)));
  if (Buffer.from(placed).equals(withoutKeys(container)))
    places.push({ of: "container", at, bytes: Buffer.from(container) });
  return places;
}

/** What of these is no longer as it was. */
export const tablesChanged = (ram: Buffer, places: readonly Place[]): string[] =>
  places
    .filter(({ at, bytes }) => !ram.subarray(at, at + bytes.length).equals(bytes))
    .map(({ of }) => `the policy's section ${of} was changed in memory`);
