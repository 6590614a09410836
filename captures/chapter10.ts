// IRIG 106 Chapter 10 recordings are not parsed on the ground: their bytes are handed on in pieces, cut anywhere.
import { RecordKind } from "../appliance/contract/abi.ts";
import type { RecordBatch } from "./batch.ts";
import { FULL, type ReadRecords, STOP } from "./format.ts";
import type { FileSummary } from "./summary.ts";
import type { Window } from "./window.ts";

const PIECE = 16384;
const PACKET_HEADER = 24;

/**
 * The sync pattern 0xEB25 is two bytes only: it counts when the checksum of the packet header (106-17 section 10.6.1.1: the
 * sum of its first eleven words) is right too, or the file is called .ch10 or .c10. The name alone does for a recording
 * whose beginning is damaged.
 */
export function isChapter10({ view, at, end }: Window, name: string): boolean {
  if (end > at && /\.(ch10|c10)(\.gz)?$/i.test(name)) return true;
  if (end - at < PACKET_HEADER || view.getUint16(at, true) !== 0xeb25) return false;
  let sum = 0;
  for (let i = 0; i < PACKET_HEADER - 2; i += 2) sum += view.getUint16(at + i, true);
  return (sum & 0xffff) === view.getUint16(at + PACKET_HEADER - 2, true);
}

export function chapter10(file: FileSummary): ReadRecords {
  file.format = "chapter10";
  return (window: Window, batch: RecordBatch): number => {
    for (;;) {
      const length = Math.min(window.end - window.at, PIECE);
      if (length < PIECE && !window.ended) return PIECE;
      if (length === 0) return STOP;
      if (!batch.fits(length)) return FULL;
      batch.put(window.bytes, window.view, window.at, length, length, 0, 0, 0, RecordKind.CHAPTER10, 0);
      file.chapter10 += length;
      window.at += length;
    }
  };
}
