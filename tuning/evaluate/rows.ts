/**
 * Labels by flow: each row names the two ends of a conversation, perhaps its protocol and when it was. CICFlowMeter writes
 * them so (CICIDS 2017 and later), and Zeek's conn.log with a label added (IoT-23).
 */
import type { LabelTime } from "./clock.ts";

export interface LabelledFlow {
  /** Address, and where the file has them `port`, of both ends. */
  ends: [string, string];
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

const PROTOCOLS: Record<string, number> = {
  ...{ icmp: 1, igmp: 2, tcp: 6, udp: 17, gre: 47, esp: 50, ah: 51, icmp6: 58, icmpv6: 58, "ipv6-icmp": 58, sctp: 132 },
};

/** The number of a protocol by its name or number. */
export function protocolOf(text: string): number | undefined {
  if (/^\d{1,3}$/.test(text)) return Number(text) <= 255 ? Number(text) : undefined;
  return PROTOCOLS[text.toLowerCase()];
}
