// REQ-DECODE-009, REQ-DECODE-010
// pcap files (draft-ietf-opsawg-pcap): a header of 24 bytes, then packet records. In either byte order, with microseconds
// or nanoseconds, and in Kuznetsov's variant (old Red Hat and SuSE), whose record headers have 8 bytes more.
import { MAX_CAPTURED, RecordKind } from "../appliance/contract/abi.ts";
import type { RecordBatch } from "./batch.ts";
import { FULL, type ReadRecords, STOP } from "./format.ts";
import type { Layer } from "./layer.ts";
import { linkOfHeader } from "./links.ts";
import type { FileSummary } from "./summary.ts";
import type { Window } from "./window.ts";

const MICROSECONDS = 0xa1b2c3d4;
const NANOSECONDS = 0xa1b23c4d;
const KUZNETSOV = 0xa1b2cd34;
const FILE_HEADER = 24;

/** Longer records are damage, as they are to libpcap (MAXIMUM_SNAPLEN): no frame is, and a wrong length often looks so. */
export const MAX_RECORD = 262144;

const known = (magic: number) => magic === MICROSECONDS || magic === NANOSECONDS || magic === KUZNETSOV;

export function isPcap({ view, at, end }: Window): boolean {
  return end - at >= 4 && (known(view.getUint32(at, true)) || known(view.getUint32(at, false)));
}

export function pcap(file: FileSummary, layer: Layer): ReadRecords {
  file.format = "pcap";
  let little = true;
  let recordHeader = 0; // until the file header is read
  let scale = 1;
  let limit = 1_000_000_000;
  let link = 0;
  let minor = 4;
  // The last whole second, and its nanoseconds since 1970 as halves: it changes rarely.
  let second = 0;
  let baseLow = 0;
  let baseHigh = 0;

  /** Returns whether records can be read. */
  function header(window: Window): boolean {
    const { view, at, end } = window;
    if (end - at < FILE_HEADER) {
      file.damaged(window.offset(), "pcap header cut", `${FILE_HEADER} bytes expected, ${end - at} found`);
      return false;
    }
    little = known(view.getUint32(at, true));
    const magic = view.getUint32(at, little);
    const major = view.getUint16(at + 4, little);
    minor = view.getUint16(at + 6, little);
    if (major !== 2 || minor > 4) {
      file.damaged(window.offset(at + 4), `pcap version ${major}.${minor}`, "2.0 to 2.4 expected");
      return false;
    }
    if (magic !== NANOSECONDS) {
      scale = 1000;
      limit = 1_000_000;
    }
    link = linkOfHeader(view.getUint32(at + 20, little));
    recordHeader = magic === KUZNETSOV ? 24 : 16;
    window.at += FILE_HEADER;
    return true;
  }

  return (window: Window, batch: RecordBatch): number => {
    if (recordHeader === 0) {
      if (window.end - window.at < FILE_HEADER && !window.ended) return FILE_HEADER;
      if (!header(window)) return STOP;
    }
    const { bytes, view, end } = window;
    let at = window.at;
    let packets = 0;
    let result = FULL;
    for (;;) {
      // Before version 2.4 lengths need a second look
      if (minor === 4) {
        window.at = at;
        layer.pcap(window, batch, file, { header: recordHeader, little, scale, link });
        at = window.at;
      }
      if (end - at < recordHeader) {
        if (!window.ended) result = recordHeader;
        else {
          if (at < end)
            file.damaged(
              window.offset(at),
              "packet record header cut",
              `${recordHeader} bytes expected, ${end - at} left`,
            );
          at = end;
          result = STOP;
        }
        break;
      }
      let length = view.getUint32(at + 8, little);
      let original = view.getUint32(at + 12, little);
      // Before version 2.3 the lengths stood the other way round, in 2.3 either way (libpcap, sf-pcap.c).
      if (minor < 4 && (minor < 3 || length > original)) [length, original] = [original, length];
      if (length > MAX_RECORD) {
        file.damaged(
          window.offset(at + 8),
          "packet record length",
          `at most ${MAX_RECORD} expected, ${length} announced`,
        );
        result = STOP;
        break;
      }
      if (end - at < recordHeader + length) {
        if (!window.ended) result = recordHeader + length;
        else {
          const left = end - at - recordHeader;
          file.damaged(window.offset(at), "packet record cut", `${length} bytes announced, ${left} left`);
          at = end;
          result = STOP;
        }
        break;
      }
      const captured = Math.min(length, MAX_CAPTURED);
      if (!batch.fits(captured)) break;
      if (original < length) {
        file.oddLengths++;
        original = length;
      }
      if (captured < length) file.cut++;

      const seconds = view.getUint32(at, little);
      const fraction = view.getUint32(at + 4, little);
      if (fraction >= limit) file.oddTimes++;
      if (seconds !== second) {
        // seconds * 10^9 in halves, exact: each product is below 2^53.
        const upper = (seconds >>> 16) * 1_000_000_000;
        const lower = (upper % 65536) * 65536 + (seconds & 0xffff) * 1_000_000_000;
        second = seconds;
        baseLow = lower % 4294967296;
        baseHigh = Math.floor(upper / 65536) + Math.floor(lower / 4294967296);
      }
      let low = baseLow + fraction * scale;
      let high = baseHigh;
      if (low >= 4294967296) {
        high += Math.floor(low / 4294967296);
        low %= 4294967296;
      }
      file.time(high, low);
      file.count(captured, original);
      batch.put(bytes, view, at + recordHeader, captured, original, low, high, link, RecordKind.FRAME, 0);
      packets++;
      at += recordHeader + length;
    }
    window.at = at;
    file.link(link, packets);
    return result;
  };
}
