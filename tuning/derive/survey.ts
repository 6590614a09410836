/** Captures through guard's own parser (onboard/survey.ts), gathered into services. */

import type { CaptureReader } from "../../captures/reader.ts";
import { REASONS } from "../../diode/policy/reasons.ts";
import { instantiateOnboard } from "../../lib/asc.ts";
import type { Survey } from "./propose.ts";
import { type Seen, Services } from "./services.ts";

interface Module {
  memory: WebAssembly.Memory;
  inputAt(): number;
  inputSize(): number;
  rowsAt(): number;
  survey(length: number, ignoreChecksums: number): number;
}

const ROW = 64;

/** Reads the captures to their end. */
export async function surveyOf(reader: CaptureReader, ignoreChecksums: boolean): Promise<Survey> {
  const module = (await instantiateOnboard("tuning/derive/onboard/survey.ts")).exports as unknown as Module;
  const input = new Uint8Array(module.memory.buffer, module.inputAt(), module.inputSize());
  const services = new Services();
  const refused = new Map<string, number>();
  let frames = 0;
  for (let length = await reader.fill(input); length > 0; length = await reader.fill(input)) {
    const rows = module.survey(length, ignoreChecksums ? 1 : 0);
    const view = new DataView(module.memory.buffer, module.rowsAt(), rows * ROW);
    frames += rows;
    for (let at = 0; at < view.byteLength; at += ROW) {
      const reason = view.getUint32(at + 40, true);
      if (reason === 0) services.add(rowAt(view, at));
      else {
        const { name } = REASONS[reason - 1]!;
        refused.set(name, (refused.get(name) ?? 0) + 1);
      }
    }
  }
  const sorted = new Map([...refused].sort(([a], [b]) => (a < b ? -1 : 1)));
  return { services, refused: sorted, frames, first: reader.summary.first, last: reader.summary.last };
}

function rowAt(view: DataView, at: number): Seen {
  const address = (offset: number) =>
    (view.getBigUint64(at + offset, true) << 64n) | view.getBigUint64(at + offset + 8, true);
  return {
    time: view.getBigUint64(at, true),
    source: address(8),
    destination: address(24),
    vlan: view.getUint16(at + 44, true),
    version: view.getUint8(at + 46) as 4 | 6,
    protocol: view.getUint8(at + 47),
    sourcePort: view.getUint16(at + 48, true),
    port: view.getUint16(at + 50, true),
    size: view.getUint32(at + 52, true),
  };
}
