/** The ground's twin of appliance/compartments/journal/onboard/keys.ts, where the derivation is stated: any record's key in 32 steps. */
import { createHmac } from "node:crypto";
import { atMost } from "../lib/most.ts";

/** Records under one key. */
export const EPOCH = 64;
/** Steps from the root to a key. */
export const DEPTH = 32;
/** Records that a start of the appliance can number: 2^38. */
export const MOST_RECORDS = EPOCH * 2 ** DEPTH;

/** Keys that are remembered beside the way to the last: of so many records around it none is derived twice. */
const REMEMBERED = 4096;

const LEFT = Buffer.from([0]);
const RIGHT = Buffer.from([1]);

/** The keys of one start of the appliance. */
export class Keys {
  /** The way to the leaf that was asked for last: root, ..., leaf. */
  readonly #path: Buffer[];
  readonly #leaves = new Map<number, Buffer>();
  #epoch = -1;

  /**
   * @param key 32 bytes, the policy's
   * @param boot the number of this start
   */
  constructor(key: Uint8Array, boot: number) {
    const message = Buffer.alloc(18, "weir log 1", "latin1");
    message.writeBigUInt64BE(BigInt(boot), 10);
    this.#path = [createHmac("sha256", key).update(message).digest()];
  }

  /** The key of a record. @param sequence from 1 to MOST_RECORDS */
  of(sequence: number): Buffer {
    const epoch = Math.floor((sequence - 1) / EPOCH);
    const known = this.#leaves.get(epoch);
    if (known) return known;
    // Steps that both ways have in common are not done again. Bits are compared in numbers: 32 of them.
    const common = this.#epoch < 0 ? 0 : Math.clz32((epoch ^ this.#epoch) >>> 0);
    for (let depth = common; depth < DEPTH; depth++) {
      const side = (epoch >>> (DEPTH - 1 - depth)) & 1 ? RIGHT : LEFT;
      this.#path[depth + 1] = createHmac("sha256", this.#path[depth]!).update(side).digest();
    }
    this.#epoch = epoch;
    const leaf = this.#path[DEPTH]!;
    this.#leaves.set(epoch, leaf);
    atMost(this.#leaves, REMEMBERED);
    return leaf;
  }
}

/** The code of a record, 32 hexadecimal digits. @param parts the datagram without the digits of its code */
export function codeOf(key: Uint8Array, ...parts: readonly Uint8Array[]): string {
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest("hex").slice(0, 32);
}
