/** Alert events as rows: for the page, and for the live view. */
import type { Alert } from "../appliance/contract/generated/events.ts";
import { secondsOf } from "../lib/timestamp.ts";

/** An alert as the appliance wrote it, and what is needed to sort and draw it. */
export interface AlertRow {
  /** Seconds since 1970. */
  time: number;
  detector: string;
  /** Score and threshold as the event has them. */
  score: number;
  threshold: number;
  /** Findings that it stands for. */
  count: number;
  /** The record at hand, from 1; 0 = none. */
  number: number;
  signature: string;
  who: string;
  expected: string;
  seen: string;
  event: Record<string, unknown>;
}

export function alertOf(event: Alert): AlertRow {
  const { timestamp, pcap_cnt = 0, src_ip, dest_ip, dest_port, proto, mil1553, alert } = event;
  const { detector, score, threshold, count = 1, expected, seen } = alert.context;
  const target = dest_ip ? ` > ${dest_ip}${dest_port ? `:${dest_port}` : ""}` : "";
  const host = src_ip && !mil1553 ? `${src_ip}${target}${proto ? ` ${proto}` : ""}` : "";
  const bus = mil1553
    ? `channel ${mil1553.channel}${mil1553.rt === undefined ? "" : ` RT ${mil1553.rt} SA ${mil1553.sa} ${mil1553.direction}`}`
    : "";
  return {
    time: secondsOf(timestamp),
    detector,
    score,
    threshold,
    count,
    number: pcap_cnt,
    signature: alert.signature,
    who: host || bus,
    expected,
    seen,
    event: event as unknown as Record<string, unknown>,
  };
}
