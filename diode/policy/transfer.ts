/** `transfer`: files and streams through the diode. Keys stand in files of their own, or in the policy. */
import { dirname, resolve } from "node:path";
import { z } from "zod";
import { EXTENSION, EXTENSIONS, TransferSettings } from "../../appliance/contract/config.ts";
import { packed } from "../../appliance/contract/layout.ts";
import { duration } from "../../lib/addresses.ts";
import { readText } from "../../lib/files.ts";
import { described, integer, object, oneOf, parsed, wrongAt } from "../../lib/yaml.ts";
import { PROFILES, type ProfileName } from "../../transfer/endpoint.ts";

const KEY = /^[0-9a-fA-F]{64}$/;
const key = parsed<string>("64 hexadecimal digits", (value) =>
  typeof value === "string" && KEY.test(value) ? value.toLowerCase() : undefined,
);
export const keyMembers = {
  key: key.optional(),
  "key-file": z.string({ error: (issue) => `${described(issue.input)}, expected the path of a key` }).optional(),
};
const keySchema = object(keyMembers).superRefine((value, context) => {
  if ((value.key === undefined) === (value["key-file"] === undefined))
    wrongAt(context, [], "expected one of key and key-file");
});
const extension = parsed<string>("a file name's extension of 1 to 8 letters and digits", (value) =>
  typeof value === "string" && /^[A-Za-z0-9]{1,8}$/.test(value) ? value : undefined,
);

export const transferSchema = object({
  profile: oneOf("files", "records").optional(),
  in: keySchema,
  out: keySchema,
  largest: integer(1, Number.MAX_SAFE_INTEGER).optional(),
  extensions: z
    .array(extension, { error: (issue) => `${described(issue.input)}, expected a list of extensions` })
    .max(EXTENSIONS, { error: `too many, expected at most ${EXTENSIONS}` })
    .optional(),
  content: oneOf("bytes", "ascii").optional(),
  total: integer(1, Number.MAX_SAFE_INTEGER).optional(),
  tolerance: duration("24h").optional(),
});

export type KeyFile = z.output<typeof keySchema>;
export interface Transfer {
  profile: ProfileName;
  in: KeyFile;
  out: KeyFile;
  /** Bytes of a file. */
  largest: number;
  /** Empty: every name. */
  extensions: string[];
  content: "bytes" | "ascii";
  /** Bytes of all files, and of their names, since the image started. */
  total: number;
  /** Nanoseconds that the sender's clock may be away from the appliance's. */
  tolerance: bigint;
}

const TOLERANCE = 600_000_000_000n;

export const transferOf = (file: z.output<typeof transferSchema>): Transfer => ({
  profile: file.profile ?? "files",
  in: file.in,
  out: file.out,
  largest: file.largest ?? 2 ** 40,
  extensions: file.extensions ?? [],
  content: file.content ?? "bytes",
  total: file.total ?? Number.MAX_SAFE_INTEGER,
  tolerance: file.tolerance ?? TOLERANCE,
});

/** Reads a key: 64 hexadecimal digits, in a file of their own or here. @throws Error */
export function keyOf(key: KeyFile, folder: string): Buffer {
  if (key.key !== undefined) return Buffer.from(key.key, "hex");
  return readKeyFile(resolve(folder, key["key-file"]!), "file");
}

/** @throws Error that names the file */
export function readKeyFile(path: string, from?: "file"): Buffer {
  const text = readText(path, 4096, from).trim();
  if (!KEY.test(text)) throw new Error(`${path}: expected 64 hexadecimal digits (openssl rand -hex 32)`);
  return Buffer.from(text, "hex");
}

/** guard's section. @param file the policy's, which paths are relative to. @throws Error */
export function packTransfer(transfer: Transfer, file: string): Uint8Array {
  const { data, parity, interleave } = PROFILES[transfer.profile];
  const folder = dirname(file);
  return packed(TransferSettings, {
    mostBytes: BigInt(transfer.largest),
    ascii: transfer.content === "ascii" ? 1 : 0,
    extensions: transfer.extensions.length,
    ...{ data, parity, interleave },
    total: BigInt(transfer.total),
    tolerance: transfer.tolerance,
    keyIn: keyOf(transfer.in, folder),
    keyOut: keyOf(transfer.out, folder),
    names: Buffer.concat(transfer.extensions.map((name) => Buffer.alloc(EXTENSION).fill(name, 0, name.length))),
  });
}
