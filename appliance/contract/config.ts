/** A compartment's part of the policy, as the ground writes it: layouts/policy.ts, inspect.ts, guard.ts, journal.ts. */
import { createHash } from "node:crypto";
import { align8 } from "./abi.ts";
import {
  FORMAT_VERSION,
  PART_HEADER,
  PART_MAGIC,
  PartHeader,
  SECTION_HEADER,
  SectionHeader,
} from "./generated/policy.ts";

export * from "./generated/guard.ts";
export * from "./generated/inspect.ts";
export * from "./generated/journal.ts";
export * from "./generated/policy.ts";

export interface Section {
  tag: number;
  bytes: Uint8Array;
}

/** Frames sections as the part of the policy for one compartment. */
export function packPart(part: number, sections: readonly Section[]): Uint8Array {
  const length = sections.reduce((sum, { bytes }) => sum + SECTION_HEADER + align8(bytes.length), PART_HEADER);
  const out = new Uint8Array(length);
  const header = new PartHeader(out);
  header.write({ magic: PART_MAGIC, version: FORMAT_VERSION, part, length, zero: 0, digest: new Uint8Array(0) });
  let at = PART_HEADER;
  for (const { tag, bytes } of sections) {
    new SectionHeader(out, at).write({ tag, length: bytes.length });
    out.set(bytes, at + SECTION_HEADER);
    at += SECTION_HEADER + align8(bytes.length);
  }
  header.digest = createHash("sha256")
    .update(out.subarray(0, PartHeader.AT.digest))
    .update(out.subarray(PART_HEADER))
    .digest();
  return out;
}

// REQ-GROUND-026
/**
 * What names a policy everywhere: in what weir policy, build, inspect and run print, in an image's heartbeats (`inspect.policy`,
 * `guard.policy`), in metrics. It stands for all that is watched, found and let out; where the log goes, and its key, are not in it.
 */
export const policyName = ({ inspect, guard }: Record<"inspect" | "guard", Uint8Array>): string =>
  `${partName(inspect)}-${partName(guard)}`;

/** What names a part in heartbeats and reports: the first 8 bytes of its digest, in hexadecimal. */
export function partName(part: Uint8Array): string {
  return Buffer.from(new PartHeader(part).digest.subarray(0, 8)).toString("hex");
}
