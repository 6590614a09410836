// The flight recorder on demand: the hypervisor copies it from the guest's memory while the image runs on.

import { withoutKeys } from "../appliance/build/container.ts";
import { readElf } from "../appliance/build/elf.ts";
import { policyOf } from "../appliance/build/place.ts";
import { type Crash, fnv1a, sizeOf } from "./record.ts";
import type { Symbols } from "./symbols.ts";

/** Of struct recorder (appliance/runtime/user/runtime.h): magic, size, from, to; the ring behind. */
const HEADER = 32;
const MAGIC = "WEIRREC1";
/** No image has a larger one. */
const MOST = 1 << 20;

/** What to tell QEMU, for people: virtual addresses are physical ones. @throws Error when there is no recorder. */
export function memoryCommand({ named }: Symbols): string {
  const recorder = named.get("weir_recorder");
  if (!recorder) throw new Error("the image has no flight recorder");
  const [at, size] = [`0x${recorder.address.toString(16)}`, Number(recorder.size)];
  return `monitor   pmemsave ${at} ${size} recorder.bin
QMP       {"execute": "pmemsave", "arguments": {"val": ${recorder.address}, "size": ${size}, "filename": "recorder.bin"}}
Between stop and cont, for a copy of one moment. The whole memory (dump-guest-memory) will do as well.
`;
}

/**
 * The records in a dump that has the recorder anywhere in it, as if a crash had told them.
 * @throws Error when it is not there, or what it says of itself cannot be
 */
export function recordsInMemory(dump: Uint8Array, symbols: Symbols, image: Uint8Array | undefined): Crash {
  const bytes = Buffer.from(dump.buffer, dump.byteOffset, dump.length);
  const policy = image && policyOf(readElf(image));
  for (let at = bytes.indexOf(MAGIC); at >= 0; at = bytes.indexOf(MAGIC, at + 1)) {
    const records = ring(bytes.subarray(at));
    if (!records) continue;
    return {
      reason: "none: the flight recorder was read from memory",
      base: symbols.base,
      text: symbols.text,
      policy: policy ? fnv1a(withoutKeys(policy)).toString(16).padStart(16, "0") : "",
      registers: new Map(),
      calls: new Map(),
      records,
      damage: [],
    };
  }
  throw new Error("no flight recorder in the dump");
}

function ring(bytes: Buffer): Uint8Array[] | undefined {
  if (bytes.length < HEADER) return undefined;
  const [size, from, to] = [8, 16, 24].map((at) => Number(bytes.readBigUInt64LE(at))) as [number, number, number];
  if (size > MOST || size % 8 || size > bytes.length - HEADER || from > to || to - from > size) return undefined;
  const kept = Buffer.from(Array.from({ length: to - from }, (_, n) => bytes[HEADER + ((from + n) % size)]!));
  const records: Uint8Array[] = [];
  for (let at = 0; at < kept.length; ) {
    const record = kept.subarray(at, at + sizeOf(kept.subarray(at)));
    if (record.length !== sizeOf(record)) return undefined;
    records.push(Uint8Array.from(record));
    at += record.length;
  }
  return records;
}
