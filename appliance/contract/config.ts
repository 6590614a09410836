/** The ground's twin of onboard/config.ts, where the layouts are stated; config.test.ts compares the two. */
import { createHash } from "node:crypto";
import { align8 } from "./abi.ts";

export const FORMAT_VERSION = 1;
export const PART_HEADER = 48;
export const MAX_RULES = 128;
export const MAX_MTU = 9000;
export const NAME_SIZE = 32;
export const ANY_PROTOCOL = 255;
export const UNTAGGED = 4096;

export const Part = { INSPECT: 1, GUARD: 2, JOURNAL: 3 } as const;

export const Tag = {
  SETTINGS: 1,
  HOSTS: 2,
  SERVICES: 3,
  DETECTORS: 8,
  ALERTS: 9,
  ALERT_NETWORKS: 10,
  RULES: 16,
  NAMES: 17,
  NETWORKS: 18,
  RANGES: 19,
  PROTECTED: 20,
  FORMATS: 21,
  TABLES: 22,
  MESSAGES: 24,
  MESSAGE_NAMES: 25,
  CHECKS: 26,
  MESSAGE_TABLES: 27,
  TRANSFER: 28,
  BASELINE_1553: 32,
  FLOOD: 33,
  ARP: 34,
  PAIRS: 35,
  RATE: 36,
  BEACON: 37,
  SILENCE: 38,
  TUNNEL: 39,
  BASELINE_SHAPE: 40,
} as const;

/** Bytes of the structures in onboard/config.ts. */
export const SIZES = {
  network: 24,
  range: 4,
  inspect: 48,
  detector: 16,
  alertRule: 24,
  guard: 88,
  rule: 48,
  message: 32,
  dataCheck: 8,
  transfer: 224,
  journal: 104,
} as const;

export const InspectFlag = {
  IGNORE_CHECKSUMS: 1,
  KNOWN_HOSTS: 2,
  KNOWN_SERVICES: 4,
  LEARN: 8,
  UNGROUPED: 16,
  SCORES: 32,
} as const;
export const AlertKind = { SUPPRESS: 0, LIMIT: 1, THRESHOLD: 2, BOTH: 3, PASS: 4 } as const;
export const Track = { RULE: 0, SOURCE: 1, DESTINATION: 2, EITHER: 3, BOTH: 4 } as const;
export const MAX_ALERT_RULES = 128;
export const GuardFlag = { IGNORE_CHECKSUMS: 1, PADDING: 2 } as const;
export const JournalFlag = { KEYED: 1 } as const;
export const Action = {
  PASS: 0,
  DROP: 1,
  QUARANTINE_SOURCE: 2,
  QUARANTINE_FLOW: 3,
  QUARANTINE_TERMINAL: 4,
  QUARANTINE_MESSAGE: 5,
  TIGHTEN: 6,
} as const;
export const RuleAction = { DENY: 0, ALLOW: 1 } as const;
export const RulePayload = { ZERO: 0, COPY: 1, MIL1553: 2, TRANSFER: 3 } as const;
export const Check = { RANGE: 0, SIGNED: 1, MASK: 2, STEP: 3 } as const;
export const MAX_QUEUE = 1024;
export const MAX_MESSAGE_RULES = 64;
export const MAX_CHECKS = 512;

export interface Section {
  tag: number;
  bytes: Uint8Array;
}

/** Frames sections as the part of the policy for one compartment. */
export function packPart(part: number, sections: readonly Section[]): Uint8Array {
  const length = sections.reduce((sum, { bytes }) => sum + 8 + align8(bytes.length), PART_HEADER);
  const out = new Uint8Array(length);
  const view = new DataView(out.buffer);
  out.set([0x57, 0x45, 0x49, 0x52]); // WEIR
  view.setUint16(4, FORMAT_VERSION, true);
  view.setUint16(6, part, true);
  view.setUint32(8, length, true);
  let at = PART_HEADER;
  for (const { tag, bytes } of sections) {
    view.setUint32(at, tag, true);
    view.setUint32(at + 4, bytes.length, true);
    out.set(bytes, at + 8);
    at += 8 + align8(bytes.length);
  }
  out.set(createHash("sha256").update(out.subarray(0, 16)).update(out.subarray(PART_HEADER)).digest(), 16);
  return out;
}

/** What names a part in heartbeats and reports: the first 8 bytes of its digest, in hexadecimal. */
export function partName(part: Uint8Array): string {
  return Buffer.from(part.subarray(16, 24)).toString("hex");
}
