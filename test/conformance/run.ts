// Every capture that the truth covers, decoded and compared.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { CaptureReader } from "../../captures/reader.ts";
import { Decoder } from "../../ip/decode/decoder.ts";
import { compare, type Difference } from "./compare.ts";
import { CAPTURES, type Frame, readTruth } from "./truth.ts";

export interface Disagreement {
  file: string;
  frame: number;
  differences: Difference[];
  truth: Frame;
  anomalies: string[];
}

export interface Conformance {
  files: number;
  /** Files of the truth that are not there. */
  missing: string[];
  frames: number;
  agreed: number;
  disagreements: Disagreement[];
  /** How many values of each field were compared. */
  compared: Map<string, number>;
}

export async function runConformance(): Promise<Conformance> {
  const result: Conformance = { files: 0, missing: [], frames: 0, agreed: 0, disagreements: [], compared: new Map() };
  const decoder = await Decoder.create({ checksums: true });
  for (const [file, frames] of readTruth()) {
    const path = join(CAPTURES, file);
    if (!existsSync(path)) {
      result.missing.push(file);
      continue;
    }
    result.files++;
    await compareFile(file, path, frames, decoder, result);
  }
  return result;
}

async function compareFile(file: string, path: string, frames: Frame[], decoder: Decoder, result: Conformance) {
  const reader = await CaptureReader.open([path]);
  let number = 0;
  while (number < frames.length) {
    const length = await reader.fill(decoder.input);
    if (length === 0) break;
    for (const packet of decoder.decode(length)) {
      const truth = frames[number++];
      if (!truth) break;
      const differences = compare(packet, truth, result.compared);
      result.frames++;
      if (differences.length === 0) result.agreed++;
      else {
        const anomalies = packet.anomalies.map((a) => a.event);
        result.disagreements.push({ file, frame: number, differences, truth, anomalies });
      }
    }
  }
  await reader.close();
  for (; number < frames.length; number++) {
    result.frames++;
    const differences = [{ field: "frame", ours: "not read", theirs: "read" }];
    result.disagreements.push({ file, frame: number + 1, differences, truth: frames[number]!, anomalies: [] });
  }
}

/** What was compared, what agrees, and each disagreement. */
export function report(result: Conformance): string {
  const { files, missing, frames, agreed, disagreements, compared } = result;
  const lines = [
    `${files} captures, ${frames} packets: ${agreed} agree (${((100 * agreed) / frames).toFixed(3)} %), ${disagreements.length} do not`,
    `values compared: ${[...compared].map(([field, n]) => `${field} ${n}`).join(", ")}`,
  ];
  if (missing.length) lines.push(`${missing.length} captures of the truth are not there`);
  for (const { file, frame, differences } of disagreements)
    lines.push(`${file} ${frame}: ${differences.map((d) => `${d.field}: ${d.ours}, tshark ${d.theirs}`).join("; ")}`);
  return lines.join("\n");
}
