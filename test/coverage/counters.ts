/**
 * What an image has counted, read from its memory: clang's records (compiler-rt, InstrProfData.inc), of which each names a
 * function by the MD5 of its name, and tells where its counters are from where it is itself.
 */
import { createHash } from "node:crypto";
import { inflateSync } from "node:zlib";
import { MAGIC } from "./tree.ts";

export interface Counted {
  name: string;
  /** Of the function's structure: tells apart two that have the same name. */
  hash: bigint;
  counters: bigint[];
}

/** Bytes of a record of clang 14 to 16: name, hash, counters, function, values, number of counters, numbers of sites. */
const RECORD = 48;

/** All functions of images whose mark is in memory[from..to); none where there is no image, or one that does not count. */
export function readCounters(memory: Buffer, from = 0, to = memory.length): Counted[] {
  const found: Counted[] = [];
  for (let at = memory.indexOf(MAGIC, from); at >= 0 && at < to; at = memory.indexOf(MAGIC, at + 1)) {
    if (at % 16) continue;
    const [data, dataEnd, names, namesEnd] = [16, 24, 32, 40].map((n) => at - Number(memory.readBigUInt64LE(at + n)));
    if (!(data! >= 0 && data! <= dataEnd! && names! <= namesEnd! && namesEnd! <= at)) continue;
    const known = readNames(memory.subarray(names, namesEnd));
    for (let record = data!; record + RECORD <= dataEnd!; record += RECORD) {
      const name = known.get(memory.readBigUInt64LE(record));
      if (name === undefined) throw new Error(`a function without a name: another clang than its records are read for`);
      const first = record + Number(memory.readBigInt64LE(record + 16));
      const count = memory.readUInt32LE(record + 40);
      const counters = [...Array(count).keys()].map((n) => memory.readBigUInt64LE(first + 8 * n));
      found.push({ name, hash: memory.readBigUInt64LE(record + 8), counters });
    }
  }
  return found;
}

/** One piece for each object: two lengths in LEB128 (plain, packed or 0), and names with \x01 between them. */
function readNames(bytes: Buffer): Map<bigint, string> {
  const names = new Map<bigint, string>();
  let at = 0;
  const number = () => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++]!;
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const [plain, packed] = [number(), number()];
    if (!plain) continue; // filled up with zeros
    const piece = bytes.subarray(at, at + (packed || plain));
    at += piece.length;
    for (const name of (packed ? inflateSync(piece) : piece).toString("latin1").split("\x01"))
      names.set(createHash("md5").update(name, "latin1").digest().readBigUInt64LE(0), name);
  }
  return names;
}

/** The sums over many runs, as the text that llvm-profdata reads. */
export class Sums {
  readonly #functions = new Map<string, Counted>();

  add(counted: readonly Counted[]): void {
    for (const one of counted) {
      const key = `${one.name}\n${one.hash}`;
      const sum = this.#functions.get(key);
      if (!sum) this.#functions.set(key, { ...one, counters: [...one.counters] });
      else for (const [n, count] of one.counters.entries()) sum.counters[n]! += count;
    }
  }

  text(): string {
    const parts = [...this.#functions.values()].map(({ name, hash, counters }) =>
      [name, hash, counters.length, ...counters, ""].join("\n"),
    );
    return parts.join("\n");
  }
}
