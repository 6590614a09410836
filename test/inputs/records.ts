/** What an input of the fuzzers says (test/fuzz/native/items.h, appliance.c), as records of the ABI. */
import { createHash } from "node:crypto";
import { PART_HEADER } from "../../appliance/contract/config.ts";
import { end, type RecordInit } from "../../diode/testing/guard.ts";
import { sealChapter10, sealFrame } from "./seal.ts";

const EPOCH = 1_772_438_400_000_000_000n;
const MOST_ITEMS = 48;
const LINKS = [0, 1, 12, 101, 113, 108, 228, 229, 276, 105];
const [TICK, CHAPTER10] = [1, 2];
const STEPS = [
  ...[0n, 100n, 1000n, 20_000n, 500_000n, 5_000_000n, 40_000_000n, 250_000_000n, 1_000_000_000n, 3_000_000_000n],
  ...[30_000_000_000n, 600_000_000_000n, 3_600_000_000_000n, 86_400_000_000_000n, -1_000_000n, -5_000_000_000n],
];

interface Item {
  what: number;
  /** ns. */
  later: bigint;
  bytes: Buffer;
}

/** A list of items behind the first byte; what is cut ends it. */
function itemsOf(input: Buffer): Item[] {
  const items: Item[] = [];
  for (let at = 1; items.length < MOST_ITEMS && at + 4 <= input.length; ) {
    const length = Math.min(input.readUInt16LE(at + 2), input.length - at - 4);
    const code = input[at + 1]!;
    const later = STEPS[code & 15]! * BigInt(1 + (code >> 4));
    items.push({ what: input[at]!, later, bytes: Buffer.from(input.subarray(at + 4, at + 4 + length)) });
    at += 4 + length;
  }
  return items;
}

function frameOf({ what, bytes }: Item): RecordInit | undefined {
  const frame = bytes.subarray(0, 2036);
  if ((what & 3) === 1) sealFrame(frame);
  if ((what & 3) < 2) return { frame };
  if ((what & 3) === 2) return { kind: TICK, link: 0 };
  if (frame.length < 2) return undefined;
  const rest = frame.subarray(2);
  return { frame: rest, link: LINKS[frame[0]! % 10]!, original: rest.length + frame[1]! * 7 };
}

function datagramOf({ what, bytes }: Item): RecordInit {
  if (what & 16) return { kind: TICK, link: 0 };
  const payload = bytes.subarray(0, 1900);
  if (what & 4) sealChapter10(payload);
  const header = Buffer.alloc(what & 8 ? 54 : 34);
  header.write("01005e7f000a020000001553", 0, "hex");
  if (what & 8) {
    header.writeUInt16BE(0x86dd, 12);
    header.set([0x60, 0, 0, 0, (8 + payload.length) >> 8, (8 + payload.length) & 255, 17, 64, 0xfd], 14);
    header[14 + 23] = 1 + (what & 3);
    header[14 + 24] = 0xfd;
    header[14 + 31] = 1;
    header[14 + 39] = 9;
  } else {
    header.write("08004500", 12, "hex");
    header.writeUInt16BE(28 + payload.length, 16);
    header.set([0x40, 0, 64, 17], 20);
    header.set([192, 0, 2, 0x35 + (what & 3), 239, 255, 0, 10], 26);
  }
  const udp = Buffer.alloc(8);
  for (const [n, word] of [40153, what & 32 ? 2001 : 2000, 8 + payload.length].entries())
    udp.writeUInt16BE(word, 2 * n);
  const frame = Buffer.concat([header, udp, payload]);
  sealFrame(frame);
  return { frame };
}

function timed(records: Iterable<[RecordInit | undefined, bigint]>): RecordInit[] {
  let now = EPOCH;
  const all: RecordInit[] = [];
  for (const [record, later] of records) {
    now += later;
    if (record) all.push({ ...record, time: now, number: BigInt(all.length + 1) });
  }
  return [...all, { ...end(now), number: BigInt(all.length + 1) }];
}

export const framesOf = (input: Buffer): RecordInit[] =>
  timed(itemsOf(input).map((item) => [frameOf(item), item.later]));
export const datagramsOf = (input: Buffer): RecordInit[] =>
  timed(itemsOf(input).map((item) => [datagramOf(item), item.later]));

/** A Chapter 10 file, in pieces of at most 60,000 bytes, or cut anywhere. */
export function fileOf(input: Buffer, cut: number): RecordInit[] {
  const file = Buffer.from(input.subarray(2));
  if (input[1]! & 1) sealChapter10(file);
  const pieces: [RecordInit, bigint][] = [];
  let state = input[1]!;
  for (let at = 0; at < file.length; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const n = cut ? 1 + ((state >>> 8) % cut) : 60_000;
    pieces.push([{ kind: CHAPTER10, link: 0, frame: file.subarray(at, at + n) }, 0n]);
    at += n;
  }
  return timed(pieces);
}

/** Blocks of items, each with its length in front: what a policy is tried with. */
export function trafficOf(blocks: Buffer): RecordInit[] {
  const records: [RecordInit | undefined, bigint][] = [];
  for (let at = 0; at < blocks.length; at += 4 + blocks.readUInt32LE(at))
    for (const item of itemsOf(blocks.subarray(at + 4, at + 4 + blocks.readUInt32LE(at))))
      records.push([item.what === 255 ? { kind: CHAPTER10, link: 0, frame: item.bytes } : frameOf(item), item.later]);
  return timed(records);
}

export const PART_NAMES = ["inspect", "guard", "journal"] as const;

/** A compartment's part: as it is, or its sections behind a header that is right but for version and part, if those are wrong. */
export function partOf(input: Buffer): { name: (typeof PART_NAMES)[number]; part: Buffer; wrong: boolean } {
  const how = input[0]!;
  const which = (how & 3) % 3;
  const name = PART_NAMES[which]!;
  const body = input.subarray(1);
  if (how & 4) return { name, part: Buffer.from(body), wrong: false };
  const part = Buffer.alloc(PART_HEADER + ((body.length + 7) & ~7));
  part.write("WEIR");
  part.writeUInt16LE(how & 8 ? 2 : 1, 4);
  part.writeUInt16LE(which + 1 + ((how >> 4) & 1), 6);
  part.writeUInt32LE(part.length, 8);
  body.copy(part, PART_HEADER);
  const digest = createHash("sha256").update(part.subarray(0, 16)).update(part.subarray(PART_HEADER)).digest();
  digest.copy(part, 16);
  return { name, part, wrong: (how & 24) !== 0 };
}
