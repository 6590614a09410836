// The Modbus captures of Lemay and Fernandez, "Providing SCADA Network Data Sets for Intrusion Detection Research",
// CSET 2016, with labels for each packet, as one run: five files one behind the other, each starting 1 s after the last.
// Kitsune's scores of the same run lie beside them. The captures are not part of this project.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { CaptureReader } from "../../captures/reader.ts";
import { sharedPath } from "../../lib/testing/shared.ts";

/** Of the captures of others (lib/testing/shared.ts). */
export const LEMAY = ["labelled", "lemay-modbus"] as const;
export const FILES = [
  "send_a_fake_command_modbus_6RTU_with_operate",
  "moving_two_files_modbus_6RTU",
  "CnC_uploading_exe_modbus_6RTU_with_operate",
  "exploit_ms08_netapi_modbus_6RTU_with_operate",
  "characterization_modbus_6RTU_with_operate",
];
/** Packets to learn from, all benign; the rest is scored. */
export const TRAINING = 4701;

export interface Labelled {
  /** One record (appliance/contract) for each packet. */
  records: Uint8Array[];
  /** 1 attack, 0 benign. */
  labels: Uint8Array;
  /** Index of the packet's file. */
  file: Uint8Array;
  kitsune: Float64Array;
}

export async function lemay(): Promise<Labelled> {
  const records: Uint8Array[] = [];
  const labels: number[] = [];
  const file: number[] = [];
  let last = -1_000_000_000n;
  for (const [i, name] of FILES.entries()) {
    const reader = await CaptureReader.open([sharedPath(...LEMAY, `${name}.pcap`)]);
    const target = new Uint8Array(131072);
    let shift: bigint | undefined;
    for (let length = await reader.fill(target); length; length = await reader.fill(target)) {
      for (let at = 0; at < length; ) {
        const view = new DataView(target.buffer, at);
        const size = 32 + ((view.getUint32(16, true) + 7) & ~7);
        const record = target.slice(at, at + size);
        at += size;
        if (record[26] !== 0) continue;
        const time = view.getBigUint64(0, true);
        shift ??= last + 1_000_000_000n - time;
        last = time + shift;
        new DataView(record.buffer).setBigUint64(0, last + 10_000_000_000n, true);
        records.push(record);
        file.push(i);
      }
    }
    const text = readFileSync(sharedPath(...LEMAY, `${name}_labeled.csv`), "utf8").trim();
    labels.push(...text.split(/\r?\n/).map((line) => Number(line.split(";")[1])));
  }
  const kitsune = gunzipSync(readFileSync(sharedPath(...LEMAY, "concat.kitsune_rmse.csv.gz")))
    .toString()
    .trim()
    .split("\n");
  return {
    records,
    labels: Uint8Array.from(labels),
    file: Uint8Array.from(file),
    kitsune: Float64Array.from(kitsune.slice(1), (line) => Number(line.split(",")[3])),
  };
}

/**
 * The baseline that any detector has to be compared with: 1 for a packet whose (pair of hosts, service) was not seen in
 * training, else 0. The service is the lower port; without ports the protocol; without IP the pair of MAC addresses.
 */
export function allowlist(records: readonly Uint8Array[], training: number): Float64Array {
  const known = new Set<string>();
  return Float64Array.from(records, (record, i) => {
    const key = talkers(Buffer.from(record.subarray(32)));
    if (i < training) known.add(key);
    return known.has(key) ? 0 : 1;
  });
}

function talkers(f: Buffer): string {
  const type = f.readUInt16BE(12);
  if (type !== 0x0800) return [f.toString("hex", 0, 6), f.toString("hex", 6, 12)].sort().join() + type;
  const transport = 14 + (f[14]! & 15) * 4;
  const protocol = f[23]!;
  const port =
    protocol === 6 || protocol === 17 ? Math.min(f.readUInt16BE(transport), f.readUInt16BE(transport + 2)) : 0;
  return `${[f.toString("hex", 26, 30), f.toString("hex", 30, 34)].sort().join()} ${protocol} ${port}`;
}

/** Records of [from, to) in batches that fit a compartment's input. */
export function* batchesOf(records: readonly Uint8Array[], from = 0, to = records.length): Generator<Uint8Array> {
  for (let i = from; i < to; ) {
    let size = 0;
    const begin = i;
    while (i < to && size + records[i]!.length <= 131072) size += records[i++]!.length;
    yield Buffer.concat(records.slice(begin, i));
  }
}
