/** What every detector said of the records of captures: the appliance in this process, findings one by one. */

import { RecordHeader, RecordKind } from "../../appliance/contract/abi.ts";
import type { Alert as AlertEvent, Mil1553AnomalyEvent } from "../../appliance/contract/generated/events.ts";
import { afterRecord } from "../../appliance/contract/records.ts";
import { embed } from "../../appliance/hosts/node.ts";
import { decodeChapter10 } from "../../captures/mil1553/index.ts";
import { CaptureReader } from "../../captures/reader.ts";
import { type RecordSource, recordStream } from "../../captures/records.ts";
import type { CompiledPolicy } from "../../diode/policy.ts";
import { secondsOf } from "../../lib/timestamp.ts";
import type { Unit } from "./labels.ts";

export interface Alert {
  /** What the number counts. */
  unit: Unit;
  /** Of the record at hand, from 1; beyond the last one: raised when the capture had ended. */
  number: number;
  /** Seconds since 1970, of what was found. */
  time: number;
  detector: string;
  /** score / threshold; alarm from 1 on. */
  ratio: number;
  /** Addresses that it is about, of IP and of Ethernet; without any it is about all, or a bus. */
  about?: readonly string[];
}

type Event = AlertEvent | Mil1553AnomalyEvent;

const ALERT = Buffer.from('"event_type":"alert"');
const ANOMALY = Buffer.from('"event_type":"anomaly"');
const decoder = new TextDecoder();

export interface ScoreOptions {
  /** The factor on all thresholds that the policy was compiled with: ratios are those of the thresholds before it. */
  factor?: number;
  /** Anomalies of the decoders count as alerts of a detector `anomaly`, at twice its threshold. */
  anomalies?: boolean;
  /** Called for each packet, in order, with its time in seconds since 1970. */
  onPacket?: (time: number) => void;
}

/**
 * Runs captures through a fresh appliance.
 * @param policy compiled with `ungrouped`
 */
export async function* scoreRecords(
  reader: RecordSource,
  policy: CompiledPolicy,
  { factor = 1, anomalies = false, onPacket }: ScoreOptions = {},
): AsyncGenerator<Alert> {
  const appliance = await embed(policy.parts);
  let alerts: Alert[] = [];
  const record = (json: Uint8Array) => {
    const bytes = Buffer.from(json.buffer, json.byteOffset, json.length);
    if (!bytes.includes(ALERT) && !(anomalies && bytes.includes(ANOMALY))) return;
    const alert = alertOf(JSON.parse(decoder.decode(json)) as Event, factor);
    if (alert) alerts.push(alert);
  };
  for await (const chunk of recordStream(reader, appliance.input)) {
    if (onPacket) for (const time of packetTimes(chunk)) onPacket(time);
    appliance.run(chunk.length, { forwarded: () => undefined, record });
    yield* alerts;
    alerts = [];
  }
}

function alertOf(event: Event, factor: number): Alert | undefined {
  if ("chapter10" in event) return undefined; // of the container, not of a message
  const { timestamp, pcap_cnt = 0, mil1553 } = event;
  const about = "src_ip" in event || "ether" in event ? aboutOf(event as AlertEvent) : [];
  const place = {
    ...{ unit: (mil1553 ? "messages" : "packets") as Unit, number: pcap_cnt, time: secondsOf(timestamp) },
    ...(about.length && { about }),
  };
  if (event.event_type === "anomaly") return { ...place, detector: "anomaly", ratio: 2 };
  const { detector, score, threshold } = event.alert.context;
  return { ...place, detector, ratio: (score / threshold) * factor };
}

const aboutOf = ({ src_ip, dest_ip, ether }: AlertEvent): string[] =>
  [src_ip, dest_ip, ether?.src_mac, ether?.dest_mac].filter((address) => address !== undefined);

/** Seconds since 1970 of the frames in a batch. */
export function packetTimes(batch: Uint8Array): number[] {
  const record = new RecordHeader(batch);
  const times: number[] = [];
  for (; record.at + RecordHeader.SIZE <= batch.length; record.at = afterRecord(record))
    if (record.kind === RecordKind.FRAME) times.push(Number(record.time / 1000n) / 1e6);
  return times;
}

/** When each 1553 message of a capture was: seconds since 1970, or of the recorder's counter while that is all there is. */
export async function messageTimes(path: string): Promise<number[]> {
  const reader = await CaptureReader.open([path]);
  const times: number[] = [];
  let rest = "";
  await decodeChapter10(reader, { rows: "json" }, (piece) => {
    const lines = (rest + decoder.decode(piece)).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      const { timestamp, mil1553 } = JSON.parse(line) as { timestamp?: string; mil1553: { rtc: number } };
      times.push(timestamp ? secondsOf(timestamp) : mil1553.rtc / 1e7);
    }
  });
  await reader.close();
  return times;
}
