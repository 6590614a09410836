/**
 * C7: when `in` gets its buffers back. Under load the image takes a batch of at most 64 frames, gives their buffers back,
 * works through them, and takes the next: so the time between two batches is what whoever sends on `in` can see of the work
 * in between. Each batch has a frame with an anomaly, whose record carries the batch's time.
 */
import { readFileSync } from "node:fs";
import { compilePolicyText } from "../../diode/policy.ts";
import type { Evidence } from "./rig.ts";
import { type Script, telemetry } from "./script.ts";

export const BATCH = 64;

/** One long burst: allowed frames, all of which want to go out, and one in each 32 that is an anomaly. */
export function load(batches: number): Script {
  const frames = Array.from({ length: BATCH * batches }, (_, n) => {
    const frame = telemetry(n, 4 + ((n * 197) % 509));
    if (n % 32 === 0) frame[6] = 3; // sent by a group: no address of a sender
    return frame;
  });
  return { bursts: [{ at: 700_000, frames }], end: 9_000_000 };
}

/** Microseconds of the virtual clock at which each of so many batches was taken, since the first. */
export function batchTimes(e: Evidence, batches: number): number[] {
  const times = e.records
    .filter(({ event_type }) => event_type === "anomaly")
    .map(({ timestamp }) => String(timestamp))
    .map((text) => Date.parse(text.replace(/\.(\d{3})\d{3}\+0000$/, ".$1Z")) * 1000 + Number(text.slice(23, 26)));
  const distinct = [...new Set(times)].sort((a, b) => a - b).slice(0, batches);
  return distinct.map((time) => time - distinct[0]!);
}

export const gaps = (times: readonly number[]) => times.slice(1).map((time, n) => time - times[n]!);

/** How much later or earlier than in the reference a batch's buffers may come back, of the time that a batch takes there. */
export const BOUND = 0.1;

export const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!;

/** The largest difference of two runs' gaps, microseconds, and of which part of a batch that is. */
export function difference(is: readonly number[], reference: readonly number[]): { us: number; part: number } {
  const [a, b] = [gaps(is), gaps(reference)];
  const us = Math.max(...a.map((gap, n) => Math.abs(gap - b[n]!)));
  return { us, part: us / median(b) };
}

/** The policy with all anomalies told of: each batch needs one. */
export function policy(): ReturnType<typeof compilePolicyText> {
  const text = readFileSync("fixtures/policy.yaml", "utf8");
  const more = text.replace("\ndetectors:\n", "\ndetectors:\n  anomalies: { per-second: 1000000 }\n");
  return compilePolicyText(more, "fixtures/policy.yaml");
}

/** As text: how many gaps are of which length, in `width` microseconds. */
export function histogram(values: readonly number[], width: number): string {
  const bins = new Map<number, number>();
  for (const value of values) bins.set(Math.floor(value / width), (bins.get(Math.floor(value / width)) ?? 0) + 1);
  return [...bins]
    .sort(([a], [b]) => a - b)
    .map(([bin, count]) => `${bin * width}-${(bin + 1) * width}: ${count}`)
    .join(", ");
}
