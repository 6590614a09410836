// The recorder's records once more, in this process, in the modules the image was made of: to the same trap, or to the
// finding that it takes more than what was kept.

import { type Mapping, placeAt } from "../appliance/build/sourcemap.ts";
import { readBodies, readWasm } from "../appliance/build/wasm.ts";
import type { Modules, Parts } from "../appliance/contract/abi.ts";
import { INPUT_SIZE, RecordHeader } from "../appliance/contract/abi.ts";
import { Appliance } from "../appliance/hosts/embedded/appliance.ts";
import type { Call } from "./chain.ts";
import { sizeOf } from "./record.ts";
import { moduleOf, type Symbols } from "./symbols.ts";

export interface Replay {
  /** Records that went in, the last one being the one that it trapped at. */
  records: number;
  /** The number of that record. */
  number?: number;
  /** What V8 says of the trap; undefined: there was none. */
  trap?: string;
  /** The chain of calls, innermost first. */
  calls: Call[];
}

const NAMES = ["inspect", "guard", "journal"] as const;

/** @throws Error when a module is missing, or refuses the policy. */
export function replay(records: readonly Uint8Array[], parts: Parts, symbols: Symbols): Replay {
  const kept = NAMES.map((name) => ({ name, ...moduleOf(symbols, name) }));
  const compiled = kept.map(({ name, wasm }) => [name, new WebAssembly.Module(wasm as BufferSource)]);
  const appliance = new Appliance(Object.fromEntries(compiled) as unknown as Modules, parts);
  let count = 0;
  for (const record of records) {
    if (record.length > INPUT_SIZE || record.length !== sizeOf(record)) continue;
    count++;
    appliance.input.set(record);
    try {
      appliance.run(record.length, { forwarded: () => {}, record: () => {} });
    } catch (error) {
      // A RangeError: what a compartment said was outside its memory; the contract, not a trap, so there is no chain.
      if (!(error instanceof WebAssembly.RuntimeError || error instanceof RangeError)) throw error;
      const number = Number(new RecordHeader(record).number);
      return { records: count, number, trap: error.message, calls: callsIn(error.stack ?? "", kept) };
    }
  }
  return { records: count, calls: [] };
}

type Kept = { name: (typeof NAMES)[number]; wasm: Uint8Array; map: Mapping[] };

/** V8's stack names functions and bytes, but not the module: it is the one whose functions have these names. */
function callsIn(stack: string, kept: readonly Kept[]): Call[] {
  const frames = [
    ...stack.matchAll(/^\s+at (.+) \(wasm:\/\/wasm\/[^)]*?:wasm-function\[(\d+)\]:0x([0-9a-f]+)\)$/gm),
  ].map(([, name, index, at]) => ({ name: name!, index: Number(index), at: Number.parseInt(at!, 16) }));
  for (const { name, wasm, map } of frames.length ? kept : []) {
    const { functions } = readWasm(wasm);
    if (!frames.every((frame) => functions.find((f) => f.index === frame.index)?.name === frame.name)) continue;
    const { bodies } = readBodies(wasm);
    return frames.map((frame) => {
      const body = bodies.find(({ from, to }) => from <= frame.at && frame.at < to);
      const place = placeAt(map, frame.at, body?.code);
      return { address: BigInt(frame.at), name: `${name}: ${frame.name}`, ...(place && { place }) };
    });
  }
  return [];
}
