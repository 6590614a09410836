/** C9: the policy's tables as they lie in a machine's memory. */
import { align8 } from "../../appliance/abi/abi.ts";
import { PART_HEADER } from "../../appliance/abi/config.ts";
import { COMPARTMENTS, type CompartmentName } from "../../appliance/build/compartments.ts";
import { packContainer } from "../../appliance/build/container.ts";
import { loadModules } from "../../appliance/hosts/node.ts";
import { POLICY } from "./image.ts";

export interface Place {
  of: string;
  at: number;
  bytes: Uint8Array;
}

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

/** Every copy of every section of the policy in its compartment's memory, and the container it came in. */
export async function tablesIn(ram: Buffer, symbols: ReadonlyMap<string, number>): Promise<Place[]> {
  const places: Place[] = [];
  const given = await inputs();
  for (const { name, pages } of COMPARTMENTS) {
    const base = symbols.get(`${name}_memory`)!;
    const memory = ram.subarray(base, base + pages * 65536);
    const [from, size] = given[name];
    // The journal's start number is the host's, and its key is erased once the first of those that evolve is made of it
    const lasting = (section: Uint8Array) => (name === "journal" ? section.subarray(8, 72) : section);
    for (const [n, bytes] of sections(POLICY.parts[name]).map(lasting).entries())
      for (let at = memory.indexOf(bytes); at >= 0; at = memory.indexOf(bytes, at + 1))
        if (at + bytes.length <= from || at >= from + size) places.push({ of: `${name} ${n}`, at: base + at, bytes });
  }
  const container = packContainer(POLICY.parts);
  const at = symbols.get("policy")!;
  if (ram.subarray(at, at + container.length).equals(container)) places.push({ of: "container", at, bytes: container });
  return places;
}

/** What of these is no longer as it was. */
export const tablesChanged = (ram: Buffer, places: readonly Place[]): string[] =>
  places
    .filter(({ at, bytes }) => !ram.subarray(at, at + bytes.length).equals(bytes))
    .map(({ of }) => `the policy's section ${of} was changed in memory`);
