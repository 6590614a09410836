// REQ-IMAGE-016, REQ-IMAGE-025
/**
 * An image's signature: Ed25519 (RFC 8032) over all its bytes, 64 bytes in a file of its own beside it, IMAGE.sig. So other
 * tools can check it: openssl pkeyutl -verify -pubin -inkey KEY -rawin -in IMAGE -sigfile IMAGE.sig
 */
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { editionOf } from "./container.ts";
import { fileOfDisk, isDisk } from "./iso.ts";
import { policyIn } from "./place.ts";

/** Editions are from 1 to this. */
const LATEST = 0xffffffff;

/** @param what the option, for the message @throws Error */
export function readEdition(what: string, text: string): number {
  const edition = /^[1-9]\d{0,9}$/.test(text) ? Number(text) : 0;
  if (edition < 1 || edition > LATEST) throw new Error(`${what} ${text}: expected a number from 1 to ${LATEST}`);
  return edition;
}

export const SIGNATURE_SIZE = 64;
export const signaturePath = (image: string) => `${image}.sig`;

/** @param keyFile PEM, as openssl genpkey -algorithm ed25519 makes it @throws Error that names the file */
export function readSigner(keyFile: string): KeyObject {
  return readKey(keyFile, createPrivateKey, "an Ed25519 private key in PEM (openssl genpkey -algorithm ed25519)");
}

function readKey(path: string, make: (pem: Buffer) => KeyObject, expected: string): KeyObject {
  let pem: Buffer;
  try {
    pem = readFileSync(path);
  } catch (error) {
    throw new Error(`${path}: cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  }
  let key: KeyObject | undefined;
  try {
    key = make(pem);
  } catch {
    // told below
  }
  if (key?.asymmetricKeyType !== "ed25519") throw new Error(`${path}: expected ${expected}`);
  return key;
}

export const signatureOf = (image: Uint8Array, signer: KeyObject): Uint8Array => sign(null, image, signer);

/**
 * What the options --verify and --not-older-than ask for; undefined: nothing.
 * @throws Error
 */
export function signedAs(options: { verify?: string; notOlderThan?: string }): Signed | undefined {
  const { verify, notOlderThan } = options;
  if (verify === undefined && notOlderThan !== undefined)
    throw new Error("--not-older-than: expected --verify too: anybody can write a number");
  if (verify === undefined) return undefined;
  return { key: verify, oldest: notOlderThan === undefined ? 0 : readEdition("--not-older-than", notOlderThan) };
}

interface Signed {
  /** File of the public key. */
  key: string;
  /** The earliest edition that will do. */
  oldest: number;
}

/**
 * @param image path; its signature is beside it
 * @param keyFile PEM of the public key
 * @param oldest of all editions (weir build --edition) the first that will do: without it an older image that was signed, too, will
 * @param given its bytes, where they were read already: what was checked is then what is used
 * @returns what is wrong, undefined: it was signed with that key and is as it was then
 * @throws Error when the key or the image cannot be read
 */
export function verifyImage(image: string, keyFile: string, oldest = 0, given?: Uint8Array): string | undefined {
  const key = readKey(keyFile, createPublicKey, "an Ed25519 public key in PEM (openssl pkey -pubout)");
  const bytes = given ?? readFileSync(image);
  const path = signaturePath(image);
  let signature: Buffer;
  try {
    signature = readFileSync(path);
  } catch {
    return `no signature: ${path} cannot be read`;
  }
  if (signature.length !== SIGNATURE_SIZE) return `${path}: ${signature.length} bytes, expected ${SIGNATURE_SIZE}`;
  if (!verify(null, bytes, key, signature)) return "the file was changed, or was signed with another key";
  const policy = policyIn(isDisk(bytes) ? (fileOfDisk(bytes) ?? bytes) : bytes);
  const edition = policy ? editionOf(policy) : 0;
  if (edition >= oldest) return undefined;
  return `signed, but older than is allowed: edition ${edition || "not said"}, expected ${oldest} or later`;
}
