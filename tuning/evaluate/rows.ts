/**
 * Labels by flow: each row names the two ends of a conversation, perhaps its protocol and when it was. CICFlowMeter writes
 * them so (CICIDS 2017 and later), and Zeek's conn.log with a label added (IoT-23).
 */
import { IP_PROTOCOL } from "../../captures/filter/names.ts";
import type { LabelTime } from "./clock.ts";

/** The port is 0 where the file has none. */
export type End = readonly [address: string, port: number];

export interface LabelledFlow {
  ends: [End, End];
  /** IP's number of it; undefined: the file does not say. */
  protocol?: number;
  begin?: LabelTime;
  /** Seconds. */
  duration?: number;
  /** "" = ambiguous; undefined: benign. */
  name?: string;
  line: number;
}

export interface FlowLabels {
  kind: "flows";
  file: string;
  form: string;
  unit: "packets";
  /** Rows have ports, protocols. */
  has: { ports: boolean; protocols: boolean };
  flows: LabelledFlow[];
}

/** Those of filters, and what flow meters and EVE write. */
const PROTOCOLS: Record<string, number> = { ...IP_PROTOCOL, icmpv6: 58, ospfigp: 89 };

/** The number of a protocol by its name or number. */
export function protocolOf(text: string): number | undefined {
  if (/^\d{1,3}$/.test(text)) return Number(text) <= 255 ? Number(text) : undefined;
  const name = text.toLowerCase();
  return Object.hasOwn(PROTOCOLS, name) ? PROTOCOLS[name] : undefined;
}
