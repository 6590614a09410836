/**
 * Keys in a machine's memory. Each is looked for as it is, as SHA-256 has it in words, as one of the two blocks that an HMAC begins with,
 * as digits, and as what an HMAC has made of it, which is as good as the key: in halves, so that half a key is found too.
 */
import { createHash, createHmac } from "node:crypto";
import { sha256 } from "@noble/hashes/sha2.js";
import { DEPTH, EPOCH } from "../../log/keys.ts";

const secret = (of: string, bytes = 32) => createHash("sha256").update(`weir test: ${of}`).digest().subarray(0, bytes);

/** Of the policy under test. */
export const SECRETS = {
  log: secret("log"),
  in: secret("transfer in"),
  out: secret("transfer out"),
  tables: secret("tables", 16),
} as const;

const swapped = (bytes: Uint8Array) => Buffer.from(bytes).swap32();
const masked = (key: Uint8Array, mask: number) => Buffer.from(key.map((byte) => byte ^ mask));

/** A key in each shape in which it was given, or hashing could leave it. */
function shapes(key: Uint8Array): Buffer[] {
  const plain = [Buffer.from(key), masked(key, 0x36), masked(key, 0x5c)];
  return [...plain, ...plain.map(swapped), Buffer.from(Buffer.from(key).toString("hex"))];
}

/** What SHA-256 holds behind the block that an HMAC begins with: whoever has both can sign as who has the key. */
function begun(key: Uint8Array): Buffer[] {
  return [0x36, 0x5c].map((mask) => {
    const block = Buffer.alloc(64);
    Buffer.from(key).copy(block);
    const state = sha256.create().update(masked(block, mask)) as unknown as { get(): number[] };
    const words = Buffer.alloc(32);
    for (const [n, word] of state.get().entries()) words.writeInt32LE(word | 0, 4 * n);
    return words;
  });
}

const halves = (bytes: Buffer) => [bytes.subarray(0, bytes.length / 2), bytes.subarray(bytes.length / 2)];

/** Many stretches of bytes, looked for at once. */
class Search {
  /** By their first two bytes. */
  readonly #by: Buffer[][] = Array.from({ length: 1 << 16 });
  readonly #names = new Map<Buffer, string>();

  add(name: string, all: readonly Buffer[]): void {
    for (const bytes of all.flatMap(halves)) {
      this.#names.set(bytes, name);
      const first = bytes.readUInt16LE();
      this.#by[first] ??= [];
      this.#by[first]!.push(bytes);
    }
  }

  /** How often something of each name is there. */
  in(ram: Buffer): Map<string, number> {
    const found = new Map<string, number>();
    for (let at = 0; at + 1 < ram.length; at++)
      for (const bytes of this.#by[ram[at]! | (ram[at + 1]! << 8)] ?? []) {
        if (bytes.compare(ram, at, at + bytes.length) !== 0) continue;
        const name = this.#names.get(bytes)!;
        found.set(name, (found.get(name) ?? 0) + 1);
      }
    return found;
  }
}

/** The nodes from the root of a start's log keys to the key of an epoch. */
function wayTo(epoch: number, boot: number): Buffer[] {
  const message = Buffer.alloc(18, "weir log 1", "latin1");
  message.writeBigUInt64BE(BigInt(boot), 10);
  const way = [createHmac("sha256", SECRETS.log).update(message).digest()];
  for (let bit = DEPTH - 1; bit >= 0; bit--)
    way.push(
      createHmac("sha256", way.at(-1)!)
        .update(Buffer.of(Math.floor(epoch / 2 ** bit) & 1))
        .digest(),
    );
  return way;
}

/** What is found of keys that must not be there, and what is not of those that must, once `sequence` records were numbered. */
export function keysWrong(ram: Buffer, boot: number, sequence: number): string[] {
  const search = new Search();
  const current = Math.floor((sequence - 1) / EPOCH);
  for (const name of ["log", "in", "out"] as const) search.add(`the key ${name}`, shapes(SECRETS[name]));
  search.add("what the log's key signs with", begun(SECRETS.log));
  for (let epoch = 0; epoch <= current; epoch++)
    for (const [depth, node] of wayTo(epoch, boot).entries())
      if (depth < DEPTH) search.add(`a key that those of epoch ${epoch} follow from`, [node, swapped(node)]);
      else if (epoch < current) search.add(`the key of epoch ${epoch}`, [...shapes(node), ...begun(node)]);
      else search.add("the current epoch's key", [node]);
  for (const name of ["in", "out"] as const) search.add(`what ${name} signs with`, begun(SECRETS[name]));
  search.add("the tables' key", [SECRETS.tables]);
  search.add("the tables' key, as digits", [Buffer.from(SECRETS.tables.toString("hex"))]);
  const found = search.in(ram);
  // In halves. The tables' key is in both compartments that have tables; a sign is made with two states
  const used = {
    "the current epoch's key": 2,
    "what in signs with": 4,
    "what out signs with": 4,
    "the tables' key": 4,
  };
  for (const [name, times] of Object.entries(used)) found.set(name, (found.get(name) ?? 0) - times);
  return [...found]
    .filter(([, times]) => times !== 0)
    .map(([name, times]) => `${name}: ${times} halves more than are used`);
}
