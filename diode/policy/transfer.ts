/** `transfer`: files and streams through the diode. Keys stand in files of their own, or in the policy. */
import { dirname, resolve } from "node:path";
import { z } from "zod";
import { SIZES } from "../../appliance/contract/config.ts";
import { readText } from "../../lib/files.ts";
import { described, integer, object, oneOf, parsed } from "../../lib/yaml.ts";
import { PROFILES, type ProfileName } from "../../transfer/endpoint.ts";
import { struct } from "./struct.ts";

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
    context.addIssue({ code: "custom", path: [], message: "expected one of key and key-file" });
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
    .max(16, { error: "too many, expected at most 16" })
    .optional(),
  content: oneOf("bytes", "ascii").optional(),
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
}

export const transferOf = (file: z.output<typeof transferSchema>): Transfer => ({
  profile: file.profile ?? "files",
  in: file.in,
  out: file.out,
  largest: file.largest ?? 2 ** 40,
  extensions: file.extensions ?? [],
  content: file.content ?? "bytes",
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
  return struct(SIZES.transfer, (s) => {
    s.u64(BigInt(transfer.largest)).u32(transfer.content === "ascii" ? 1 : 0);
    s.u32(transfer.extensions.length).u32(data).u32(parity).u32(interleave).u32(0);
    s.bytes(keyOf(transfer.in, folder)).bytes(keyOf(transfer.out, folder));
    for (const extension of transfer.extensions) {
      const bytes = new Uint8Array(8);
      bytes.set(Buffer.from(extension, "latin1"));
      s.bytes(bytes);
    }
  });
}
