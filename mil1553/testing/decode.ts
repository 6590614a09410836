// Runs the decoder of `weir decode` over bytes in memory, for tests. Each time inspect is given the same, and must name the same.
import { expect } from "vitest";
import { RecordKind } from "../../appliance/contract/abi.ts";
import {
  type DecodeOptions,
  type DecodeResult,
  decodeChapter10,
  type Finding,
  record,
} from "../../captures/mil1553/index.ts";
import { InFlight } from "../../ip/testing/compartment.ts";

export interface Row {
  timestamp: string | null;
  mil1553: Record<string, unknown>;
  anomalies?: string[];
  doubtful?: string[];
}

export interface Decoded {
  text: string;
  found: Finding[];
  result: DecodeResult;
}

/** `pieces`: records, or bytes of a Chapter 10 stream as they follow each other. */
export async function decodeBytes(pieces: Uint8Array[], options: DecodeOptions): Promise<Decoded> {
  const parts: Buffer[] = [];
  const found: Finding[] = [];
  let at = 0;
  const input = {
    file: "test",
    fill: async (target: Uint8Array) => {
      if (at === pieces.length) return 0;
      const bytes = record(pieces[at++]!, RecordKind.CHAPTER10);
      target.set(bytes);
      return bytes.length;
    },
  };
  const result = await decodeChapter10(
    input,
    options,
    (rows) => void parts.push(Buffer.from(rows)),
    (f) => void found.push(f),
  );
  if (!options.believeDamaged)
    expect((await InFlight.create()).containers(inRecords(pieces))).toEqual(found.map(({ anomaly }) => anomaly));
  return { text: Buffer.concat(parts).toString(), found, result };
}

/** Bytes of a record at most. */
const MOST = 60_000;

/** As the host cuts them. */
function inRecords(pieces: readonly Uint8Array[]): Uint8Array[] {
  return pieces.flatMap((piece) =>
    Array.from({ length: Math.ceil(piece.length / MOST) }, (_, n) =>
      record(piece.subarray(n * MOST, (n + 1) * MOST), RecordKind.CHAPTER10),
    ),
  );
}

export async function rowsOf(...packets: Uint8Array[]): Promise<{ rows: Row[]; found: [string, number][] }> {
  const whole = Buffer.concat(packets);
  const pieces = Array.from({ length: Math.ceil(whole.length / MOST) }, (_, n) =>
    whole.subarray(n * MOST, (n + 1) * MOST),
  );
  const { text, found } = await decodeBytes(pieces, { rows: "json" });
  return {
    rows: text.trim()
      ? text
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line) as Row)
      : [],
    found: found.map((f) => [f.anomaly, f.detail]),
  };
}

/** A UDP datagram in Ethernet/IPv4 frames of fragments, each of so many bytes but for the last. */
export function fragments(payload: Uint8Array, size: number, { id = 1, port = 2000, from = 1 } = {}): Buffer[] {
  const whole = frame(payload, port, from);
  const parts: Buffer[] = [];
  for (let at = 34; at < whole.length; at += size) {
    const part = Buffer.concat([whole.subarray(0, 34), whole.subarray(at, at + size)]);
    part.writeUInt16BE(part.length - 14, 16);
    part.writeUInt16BE(id, 18);
    part.writeUInt16BE((at + size < whole.length ? 0x2000 : 0) | ((at - 34) >> 3), 20);
    parts.push(part);
  }
  return parts;
}

/** A UDP datagram in an Ethernet/IPv4 frame. */
export function frame(payload: Uint8Array, port = 2000, from = 1, sourcePort = 40_000): Buffer {
  const out = Buffer.alloc(42 + payload.length);
  out.writeUInt16BE(0x0800, 12);
  out[14] = 0x45;
  out.writeUInt16BE(28 + payload.length, 16);
  out[22] = 64;
  out[23] = 17;
  out.writeUInt32BE(0x0a000000 + from, 26);
  out.writeUInt32BE(0x0a0000ff, 30);
  out.writeUInt16BE(sourcePort, 34);
  out.writeUInt16BE(port, 36);
  out.writeUInt16BE(8 + payload.length, 38);
  out.set(payload, 42);
  return out;
}
