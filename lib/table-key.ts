// REQ-DETECT-016
/**
 * The key under which inspect and guard place the records of their tables (lib/onboard/keyed.ts), as people and files have it: 32 digits
 * of base 16. Each live start has another; it is kept beside the number of the start, so that what an image saw can be replayed as it
 * was. Who knows it can choose traffic that displaces records, so only its owner may read it.
 */
import { randomBytes } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readSecret } from "./secrets.ts";
import { numbersIn } from "./starts.ts";

const BYTES = 16;
const DIGITS = /^[0-9a-f]{32}$/;
/** Keys of earlier starts that stay. */
const KEPT = 64;

/** A new key for start `boot`, kept as `folder`/`boot`.key. @returns 32 digits */
export function newTableKey(folder: string, boot: bigint): string {
  const digits = randomBytes(BYTES).toString("hex");
  writeFileSync(join(folder, `${boot}.key`), `${digits}\n`, { mode: 0o600, flag: "wx" });
  for (const old of numbersIn(folder, ".key").slice(KEPT)) rmSync(join(folder, `${old}.key`), { force: true });
  return digits;
}

/**
 * @param text 32 digits of base 16, or the name of a file that has them
 * @returns 16 bytes
 * @throws Error when it is neither, or others than its owner can read the file
 */
export function readTableKey(text: string): Uint8Array {
  const digits = DIGITS.test(text) ? text : readSecret(text, 64).trim();
  if (!DIGITS.test(digits)) throw new Error(`${text}: expected a key of tables, 32 digits of base 16`);
  return Buffer.from(digits, "hex");
}
