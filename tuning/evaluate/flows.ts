// REQ-GROUND-004
/** Labels by flow (rows.ts) brought together with captures: they become labels of packets. */

import { INPUT_SIZE } from "../../appliance/contract/generated/record.ts";
import { CaptureReader } from "../../captures/reader.ts";
import { recordStream } from "../../captures/records.ts";
import { ip } from "../../ip/decode/addresses.ts";
import { Decoder, type PacketView } from "../../ip/decode/decoder.ts";
import type { LabelledRecord, Labels, OwnLabels, RecordLabels } from "./labels.ts";
import type { FlowLabels, LabelledFlow } from "./rows.ts";

const ICMP = new Set([1, 58]);
const HALF_DAY = 43_200;
/** Zones differ by quarters of an hour. */
const QUARTER = 900;
const MOST_ZONE = 14 * 3600;
/** Seconds without a packet behind which a conversation begins anew. */
const IDLE = 60;

interface Packet {
  number: number;
  seconds: number;
  keys: string[];
}

function keyOf({ has }: FlowLabels, protocol: number | undefined, a: [string, number], b: [string, number]): string {
  const ported = has.ports && !(protocol !== undefined && ICMP.has(protocol));
  const ends = [a, b].map(([address, port]) => (ported ? `${address} ${port}` : address)).sort();
  return `${has.protocols ? protocol : ""}|${ends.join("|")}`;
}

/** Keys of the packet's headers, the innermost first. */
function keysOf(labels: FlowLabels, packet: PacketView): string[] {
  const { inner, outer } = packet;
  const ports: [number, number] = [packet.u16("sourcePort"), packet.u16("destPort")];
  return [inner, outer].flatMap((header, i) => {
    if (!header || (i === 1 && header.srcLo === inner!.srcLo && header.dstLo === inner!.dstLo)) return [];
    const { version, srcHi, srcLo, dstHi, dstLo } = header;
    const protocol = i === 0 ? packet.u8("protocol") : header.protocol;
    const [source, target] = i === 0 ? ports : [0, 0];
    return [keyOf(labels, protocol, [ip(version, srcHi, srcLo), source], [ip(version, dstHi, dstLo), target])];
  });
}

async function packetsOf(labels: FlowLabels, captures: readonly string[]): Promise<{ packets: Packet[]; all: number }> {
  const decoder = await Decoder.create({ checksums: false });
  const reader = await CaptureReader.open([...captures]);
  const packets: Packet[] = [];
  let all = 0;
  for await (const batch of recordStream(reader, new Uint8Array(INPUT_SIZE))) {
    decoder.input.set(batch);
    for (const packet of decoder.decode(batch.length)) {
      all++;
      const keys = keysOf(labels, packet);
      if (keys.length) packets.push({ number: all, seconds: Number(packet.u64("time") / 1000n) / 1e6, keys });
    }
  }
  await reader.close();
  return { packets, all };
}

/** Rows by what they share with packets. */
function byKey(labels: FlowLabels): Map<string, LabelledFlow[]> {
  const map = new Map<string, LabelledFlow[]>();
  for (const flow of labels.flows) {
    const [a, b] = flow.ends.map((end) => {
      const [address, port] = end.split(" ");
      return [address!, Number(port ?? 0)] as [string, number];
    }) as [[string, number], [string, number]];
    const key = keyOf(labels, flow.protocol, a, b);
    const list = map.get(key);
    if (list) list.push(flow);
    else map.set(key, [flow]);
  }
  return map;
}

/** Seconds since 1970 at which a row can begin. */
function beginsOf({ begin }: LabelledFlow, onset: number, shift: number): number[] {
  if (!begin) return [];
  const from = begin.seconds + (begin.relative ? onset : 0) + (begin.zoneless ? shift : 0);
  return begin.half ? [from, from + HALF_DAY] : [from];
}

/** The row that a packet belongs to: of those about its ends the one in whose time it is, or the latest that had begun. */
function rowOf(rows: readonly LabelledFlow[], seconds: number, onset: number, shift: number): LabelledFlow | undefined {
  let best: LabelledFlow | undefined;
  let latest = -Infinity;
  for (const row of rows) {
    if (!row.begin) return row;
    for (const from of beginsOf(row, onset, shift)) {
      const { step } = row.begin;
      const to = row.duration === undefined ? Infinity : from + row.duration;
      if (seconds >= from - step && seconds <= to + 2 * step && from > latest) [best, latest] = [row, from];
    }
  }
  return best;
}

/**
 * How far the file's clock is behind the capture's, seconds: times without a zone are in some place's. Each row votes for
 * the zones in which it begins where a conversation of its ends does.
 */
function shiftOf(flows: ReadonlyMap<string, LabelledFlow[]>, packets: readonly Packet[], onset: number): number {
  const starts = new Map<string, { all: number[]; last: number }>();
  for (const { keys, seconds } of packets)
    for (const key of keys) {
      const own = starts.get(key) ?? { all: [], last: -Infinity };
      if (seconds - own.last > IDLE) own.all.push(seconds);
      own.last = seconds;
      starts.set(key, own);
    }
  const votes = new Map<number, number>([[0, 0]]);
  for (const [key, rows] of flows)
    for (const row of rows) {
      const zones = new Set<number>();
      for (const from of row.begin?.zoneless ? beginsOf(row, onset, 0) : [])
        for (const start of starts.get(key)?.all ?? []) {
          const zone = Math.round((start - from) / QUARTER) * QUARTER;
          if (Math.abs(zone) <= MOST_ZONE && Math.abs(start - from - zone) <= 2 * row.begin!.step) zones.add(zone);
        }
      for (const zone of zones) votes.set(zone, (votes.get(zone) ?? 0) + 1);
    }
  return [...votes].sort(([a, n], [b, m]) => m - n || Math.abs(a) - Math.abs(b))[0]![0];
}

/**
 * Labels of flows as labels of the packets of these captures; others as they are.
 * @param warn what was assumed, for people
 * @throws Error when no packet belongs to any row
 */
export async function resolvedLabels(
  files: readonly Labels[],
  captures: readonly string[],
  warn: (text: string) => void,
): Promise<OwnLabels[]> {
  return Promise.all(
    files.map((file, i) =>
      file.kind === "flows" ? resolved(file, files.length > 1 ? captures.slice(i, i + 1) : captures, warn) : file,
    ),
  );
}

async function resolved(
  file: FlowLabels,
  captures: readonly string[],
  warn: (text: string) => void,
): Promise<RecordLabels> {
  const { packets, all } = await packetsOf(file, captures);
  const flows = byKey(file);
  const onset = packets[0]?.seconds ?? 0;
  const shift = shiftOf(flows, packets, onset);
  if (shift)
    warn(`${file.file}: its clock is ${hours(-shift)} from the captures' (a zone of its own): taken into account`);
  const records: LabelledRecord[] = [];
  let [known, near] = [0, 0];
  for (const { number, seconds, keys } of packets) {
    const rows = keys.map((key) => flows.get(key)).find((list) => list !== undefined);
    const row = rows && rowOf(rows, seconds, onset, shift);
    near += Number(rows !== undefined);
    known += Number(row !== undefined);
    if (row?.name !== undefined) records.push({ number, name: row.name, line: row.line });
  }
  if (!known)
    throw new Error(
      `${file.file}: none of the ${all} packets is in one of its ${file.flows.length} flows: ` +
        (near ? "addresses and ports are there, at other times" : "other addresses or ports"),
    );
  if (known < packets.length)
    warn(`${file.file}: ${packets.length - known} of ${packets.length} IP packets are in none of its flows: benign`);
  return {
    kind: "records",
    file: file.file,
    form: file.form,
    unit: "packets",
    records,
    last: 0,
    lastLine: 1,
    complete: false,
  };
}

const hours = (seconds: number) => `${seconds < 0 ? "-" : "+"}${Number((Math.abs(seconds) / 3600).toFixed(2))} h`;
