/** The closing summary of a replay, for people. */

import { counts, type Report } from "../appliance/hosts/report.ts";
import { linkName } from "../captures/links.ts";
import type { CaptureReader } from "../captures/reader.ts";
import type { ImageFacts } from "./image-replay.ts";

export interface Outcome {
  reader: CaptureReader;
  report: Report;
  facts: ImageFacts | undefined;
  /** Frames that a filter left out; undefined without one. */
  filtered?: number | undefined;
  seconds: number;
}

const SHOWN = 20; // alert lines

export function printSummary(to: NodeJS.WritableStream, { reader, report, facts, filtered, seconds }: Outcome): void {
  const { summary } = reader;
  const line = (label: string, text: string) => to.write(`${label.padEnd(12)} ${text}\n`);
  if (facts) {
    line("image", `${facts.bytes} bytes, ${facts.memory} MiB of memory, ${facts.hypervisor}`);
    line(
      "boot",
      `${facts.readyMs} ms from exec to ready, of them ${(facts.guestUs / 1000).toFixed(1)} ms in the image`,
    );
  }
  for (const alert of report.alerts.slice(0, SHOWN)) line("ALERT", alert);
  if (report.alerts.length > SHOWN) line("", `... ${report.alerts.length - SHOWN} more in the events`);
  const span = summary.first !== undefined && summary.last !== undefined;
  if (span) line("capture", `${time(summary.first!)} to ${time(summary.last!)}`);
  const frames = summary.packets > 0 || summary.chapter10 === 0;
  if (frames)
    line(
      "frames in",
      `${summary.packets} (${summary.wireBytes} bytes${links(summary.links)})${rate(summary.packets, seconds, facts)}`,
    );
  if (filtered !== undefined) line("filter", `${summary.packets - filtered} of them match`);
  if (summary.snapped) line("", `${summary.snapped} were cut by the capture`);
  if (summary.chapter10) line("chapter 10", `${summary.chapter10} bytes`);
  const messages = report.heartbeat?.inspect.messages_1553;
  if (messages) line("1553", `${messages} messages`);
  line("alerts", counts(report.byDetector));
  line("anomalies", counts(report.byAnomaly));
  if (frames || report.flows) line("flows", String(report.flows));
  if (frames) line("passed", `${report.forwarded}${rules(report.rules, "allow")}`);
  const dropped = summary.packets - (filtered ?? 0) - report.forwarded;
  if (frames) line("dropped", `${dropped}${rules(report.rules, "deny", "drop")}`);
  if (report.messageRules.size) line("1553 passed", rules(report.messageRules, "allow").slice(2));
  if (facts) line("out of `in`", `${facts.emittedOnIn} frames`);
  if (summary.damages) line("damage", `${summary.damages} places, ${summary.unread} bytes not read`);
}

function rules(of: Report["rules"], ...actions: string[]): string {
  const found = [...of].filter(([, { action }]) => actions.includes(action));
  const text = counts(new Map(found.map(([name, { frames }]) => [name, frames])));
  return text === "none" ? "" : `: ${text}`;
}

function links(seen: Map<number, number>): string {
  return [...seen.keys()].map((link) => `, ${linkName(link)}`).join("");
}

/** A rate means something only where this process did the work. */
function rate(packets: number, seconds: number, facts: ImageFacts | undefined): string {
  return facts || seconds < 1 ? "" : `, ${Math.round(packets / seconds)}/s`;
}

const time = (ns: bigint) => new Date(Number(ns / 1_000_000n)).toISOString();
