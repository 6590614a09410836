// The formats of captures, and how a file's is told from its first bytes.
import { chapter10, isChapter10 } from "./chapter10.ts";
import type { ReadRecords } from "./format.ts";
import type { Layer } from "./layer.ts";
import { isPcap, pcap } from "./pcap.ts";
import { isPcapng, pcapng } from "./pcapng.ts";
import type { FileSummary } from "./summary.ts";
import type { Window } from "./window.ts";

/** Bytes that tellFormat() wants to see, where there are as many. */
export const SNIFF = 24;

/** @param name the file's name: Chapter 10 that begins with damage is known by it only */
export function tellFormat(window: Window, name: string, file: FileSummary, layer: Layer): ReadRecords | undefined {
  if (isPcap(window)) return pcap(file, layer);
  if (isPcapng(window)) return pcapng(file);
  if (isChapter10(window, name)) return chapter10(file);
  return undefined;
}

/** The first bytes as `d4 c3 b2 a1`, for a message. */
export function firstBytes(window: Window): string {
  const bytes = window.bytes.subarray(window.at, Math.min(window.end, window.at + 4));
  return [...bytes].map((b) => b.toString(16).padStart(2, "0")).join(" ");
}
