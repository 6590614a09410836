/** node:crypto's createHash for the worker, which cannot wait for crypto.subtle. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

export function createHash(name: string) {
  if (name !== "sha256") throw new Error(`${name}: only sha256 is available in the browser`);
  const hash = sha256.create();
  const self = {
    update(bytes: Uint8Array | string) {
      hash.update(typeof bytes === "string" ? new TextEncoder().encode(bytes) : Uint8Array.from(bytes));
      return self;
    },
    digest(encoding?: "hex") {
      const digest = hash.digest();
      return encoding ? bytesToHex(digest) : digest;
    },
  };
  return self;
}
