// REQ-IMAGE-016
/**
 * An image's signature: Ed25519 (RFC 8032) over all its bytes, 64 bytes in a file of its own beside it, IMAGE.sig. So other
 * tools can check it: openssl pkeyutl -verify -pubin -inkey KEY -rawin -in IMAGE -sigfile IMAGE.sig
 */
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { readFileSync } from "node:fs";

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
 * @param image path; its signature is beside it
 * @param keyFile PEM of the public key
 * @returns what is wrong, undefined: it was signed with that key and is as it was then
 * @throws Error when the key or the image cannot be read
 */
export function verifyImage(image: string, keyFile: string): string | undefined {
  const key = readKey(keyFile, createPublicKey, "an Ed25519 public key in PEM (openssl pkey -pubout)");
  const bytes = readFileSync(image);
  const path = signaturePath(image);
  let signature: Buffer;
  try {
    signature = readFileSync(path);
  } catch {
    return `no signature: ${path} cannot be read`;
  }
  if (signature.length !== SIGNATURE_SIZE) return `${path}: ${signature.length} bytes, expected ${SIGNATURE_SIZE}`;
  return verify(null, bytes, key, signature) ? undefined : "the file was changed, or was signed with another key";
}
