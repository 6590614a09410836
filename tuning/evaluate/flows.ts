// REQ-GROUND-004
/** Labels by flow (rows.ts) brought together with captures: they become labels of packets. */

import { listInputs } from "../../captures/inputs.ts";
import { ip } from "../../ip/decode/addresses.ts";
import type { PacketView } from "../../ip/decode/decoder.ts";
import { eachPacket } from "./decoded.ts";
import type { LabelledRecord, Labels, OwnLabels, RecordLabels } from "./labels.ts";
import type { End, FlowLabels, LabelledFlow } from "./rows.ts";
import { checkPairs } from "./truth.ts";

const ICMP = new Set([1, 58]);
const HALF_DAY = 43_200;
/** Zones differ by quarters of an hour. */
const QUARTER = 900;
const MOST_ZONE = 14 * 3600;
/** Seconds without a packet behind which a conversation begins anew. */
const IDLE = 60;

/** One that some row may be about. */
interface Packet {
  number: number;
  seconds: number;
  /** Rows about the ends of its headers, the innermost first. */
  rows: Rows[];
}

/** Of one key, in the file's order. */
type Rows = readonly LabelledFlow[];

function keyOf({ has }: FlowLabels, protocol: number | undefined, both: readonly End[]): string {
  const ported = has.ports && !(protocol !== undefined && ICMP.has(protocol));
  const ends = both.map(([address, port]) => (ported ? `${address} ${port}` : address)).sort();
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
    const ends: End[] = [
      [ip(version, srcHi, srcLo), source],
      [ip(version, dstHi, dstLo), target],
    ];
    return [keyOf(labels, protocol, ends)];
  });
}

interface Captured {
  packets: Packet[];
  /** Seconds since 1970 of the first packet of IP. */
  onset: number;
  /** How many there are, and of IP. */
  all: number;
  ofIp: number;
}

async function packetsOf(labels: FlowLabels, flows: ReadonlyMap<string, Rows>, captures: Captures): Promise<Captured> {
  const captured: Captured = { packets: [], onset: 0, all: 0, ofIp: 0 };
  await eachPacket(captures.paths, captures.recursive, (packet, number) => {
    captured.all = number;
    const keys = keysOf(labels, packet);
    if (!keys.length) return;
    const seconds = Number(packet.u64("time") / 1000n) / 1e6;
    if (captured.ofIp++ === 0) captured.onset = seconds;
    const rows = keys.flatMap((key) => {
      const found = flows.get(key);
      return found ? [found] : [];
    });
    if (rows.length) captured.packets.push({ number, seconds, rows });
  });
  return captured;
}

/** Rows by what they share with packets. */
function byKey(labels: FlowLabels): Map<string, LabelledFlow[]> {
  const map = new Map<string, LabelledFlow[]>();
  for (const flow of labels.flows) {
    const key = keyOf(labels, flow.protocol, flow.ends);
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
function shiftOf(flows: readonly Rows[], packets: readonly Packet[], onset: number): number {
  if (!flows.some((rows) => rows.some(({ begin }) => begin?.zoneless))) return 0;
  const starts = new Map<Rows, { all: number[]; last: number }>();
  for (const { rows, seconds } of packets)
    for (const key of rows) {
      const own = starts.get(key) ?? { all: [], last: -Infinity };
      if (seconds - own.last > IDLE) own.all.push(seconds);
      own.last = seconds;
      starts.set(key, own);
    }
  const votes = new Map<number, number>([[0, 0]]);
  for (const rows of flows)
    for (const row of rows) {
      const zones = new Set<number>();
      for (const from of row.begin?.zoneless ? beginsOf(row, onset, 0) : [])
        for (const start of starts.get(rows)?.all ?? []) {
          const zone = Math.round((start - from) / QUARTER) * QUARTER;
          if (Math.abs(zone) <= MOST_ZONE && Math.abs(start - from - zone) <= 2 * row.begin!.step) zones.add(zone);
        }
      for (const zone of zones) votes.set(zone, (votes.get(zone) ?? 0) + 1);
    }
  return [...votes].sort(([a, n], [b, m]) => m - n || Math.abs(a) - Math.abs(b))[0]![0];
}

/** As CaptureReader.open takes them. */
export interface Captures {
  paths: readonly string[];
  recursive: boolean;
}

/**
 * Labels of flows as labels of the packets of these captures; others as they are. As in truth.ts, one file that labels records is about
 * all captures, as many as captures are about one each.
 * @param warn what was assumed, for people
 * @throws Error when no packet belongs to any row; RangeError when files and captures do not pair
 */
export async function resolvedLabels(
  files: readonly Labels[],
  captures: Captures,
  warn: (text: string) => void,
): Promise<OwnLabels[]> {
  const paired = files.filter(({ kind }) => kind !== "times");
  const isEach = paired.length > 1 && paired.some(({ kind }) => kind === "flows");
  const each = isEach ? await listInputs([...captures.paths], captures.recursive, []) : [];
  if (isEach) checkPairs(paired.length, each.length);
  const labels: OwnLabels[] = [];
  // One after the other: what is said comes in the order of the files
  for (const file of files) {
    const own = isEach ? { paths: [each[paired.indexOf(file)]?.name ?? ""], recursive: false } : captures;
    labels.push(file.kind === "flows" ? await resolved(file, own, warn) : file);
  }
  return labels;
}

async function resolved(file: FlowLabels, captures: Captures, warn: (text: string) => void): Promise<RecordLabels> {
  const flows = byKey(file);
  const { packets, onset, all, ofIp } = await packetsOf(file, flows, captures);
  const shift = shiftOf([...flows.values()], packets, onset);
  if (shift)
    warn(`${file.file}: its clock is ${hours(-shift)} from the captures' (a zone of its own): taken into account`);
  const records: LabelledRecord[] = [];
  let known = 0;
  for (const { number, seconds, rows } of packets) {
    const row = rowOf(rows[0]!, seconds, onset, shift);
    known += Number(row !== undefined);
    if (row?.name !== undefined) records.push({ number, name: row.name, line: row.line });
  }
  if (!known)
    throw new Error(
      `${file.file}: none of the ${all} packets is in one of its ${file.flows.length} flows: ` +
        (packets.length ? "addresses and ports are there, at other times" : "other addresses or ports"),
    );
  if (known < ofIp) warn(`${file.file}: ${ofIp - known} of ${ofIp} IP packets are in none of its flows: benign`);
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
