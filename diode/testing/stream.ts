/** Chapter 10 over UDP as a simulated bus's recorder would send it, for tests of guard. */
import { readBus } from "../../mil1553/simulator/icd/read.ts";
import type { BusMessage } from "../../mil1553/simulator/message.ts";
import { COUNTER_START, simulate } from "../../mil1553/simulator/run.ts";
import { frame, STREAM } from "../../mil1553/writer/frame.ts";
import { recording } from "../../mil1553/writer/recording.ts";
import { type ReadMessage, readChapter10 } from "../../mil1553/writer/testing/reader.ts";
import { datagrams, type TransferFormat } from "../../mil1553/writer/transfer.ts";
import { policyWith, type RecordInit, SECOND } from "./guard.ts";

const payloadOf = (out: Buffer) => out.subarray(42, 34 + out.readUInt16BE(38));
/** Chapter 10 packets that guard let out, and the 1553 messages in them. */
export const packetsOf = (frames: { frame: Buffer }[]) =>
  readChapter10(Buffer.concat(frames.map(({ frame: out }) => payloadOf(out).subarray(4))));
export const messagesOf = (frames: { frame: Buffer }[]): ReadMessage[] => packetsOf(frames).flatMap((p) => p.messages);

export const RULES = `- { name: bus, action: allow, protocol: udp, from: 192.0.2.53, to: 239.255.0.10, ports: 2000, payload: mil1553 }
- { name: rest, action: deny, protocol: udp, from: 192.0.2.53 }`;
/** A policy with these rules for messages. */
export const under = (messages: string, more = "") =>
  policyWith(RULES, `messages:\n${messages.replace(/^/gm, "  ")}\n${more}`, ", mtu: 9000");

export const ATTITUDE = "- { name: attitude, action: allow, channel: 2, rt: 5, sa: 1, direction: transmit, words: 28 }";
export const RT_RT =
  "- { name: air, action: allow, rt: 3, sa: 4, direction: receive, words: 16, from: { rt: 6, sa: 2 } }";
export const SYNC = "- { name: sync, action: allow, rt: 31, direction: receive, mode: 17 }";
export const ALL = `- { name: plain, action: allow, rt: 0-31, sa: 1-30, direction: receive, words: 1-32 }
- { name: answers, action: allow, rt: 0-30, sa: 1-30, direction: transmit, words: 1-32 }
- { name: between, action: allow, rt: 0-31, sa: 1-30, direction: receive, words: 1-32, from: { rt: 0-30, sa: 1-30 } }
- { name: orders, action: allow, rt: 0-31, direction: receive, mode: any }
- { name: asks, action: allow, rt: 0-31, direction: transmit, mode: any }`;

/** What was said on the bus. */
export const bus = (seed = 77, seconds = 3): BusMessage[] => [
  ...simulate(readBus("fixtures/mil1553/avionics.yaml"), { seed, seconds }),
];

export interface StreamOptions {
  format?: TransferFormat;
  checksum?: 0 | 8 | 16 | 32;
  secondary?: boolean;
  of: Iterable<BusMessage>;
}

/** Datagrams of the bus, each of whole packets, as records. */
export function stream({ format = 1, checksum = 32, secondary = false, of }: StreamOptions): RecordInit[] {
  const packets = recording(of, {
    channels: [{ channel: 2, name: "AVIONICS" }],
    clock: { counter: COUNTER_START, ms: 1_772_438_400_000 },
    checksum,
    secondary,
    packetBytes: 1200,
  });
  let id = 0;
  // Format 3 is a stream of bytes: here each packet has a datagram of its own
  const payloads =
    format === 3
      ? [...packets].map(({ bytes }, n) => Buffer.concat([Buffer.from([3, 0, 0, 0, n & 255, n >> 8, 0, 0]), bytes]))
      : [...datagrams(packets, { format, size: 8000 })].map(({ payload }) => payload);
  return payloads.map((payload) => ({
    frame: frame(payload, STREAM, id++),
    time: SECOND + BigInt(id) * 1_000_000n,
  }));
}
