/** Captures through guard's own parser (onboard/survey.ts), gathered into services. */

import type { CaptureReader } from "../../captures/reader.ts";
import { REASONS } from "../../diode/policy/reasons.ts";
import { instantiateOnboard } from "../../lib/asc.ts";
import { Row } from "./generated/survey.ts";
import type { Survey } from "./propose.ts";
import { type Seen, Services } from "./services.ts";

/** Reads the captures to their end. */
export async function surveyOf(reader: CaptureReader, ignoreChecksums: boolean): Promise<Survey> {
  const module = (await instantiateOnboard("tuning/derive/onboard/survey.ts")).exports;
  const input = new Uint8Array(module.memory.buffer, module.inputAt(), module.inputSize());
  const services = new Services();
  const refused = new Map<string, number>();
  let frames = 0;
  for (let length = await reader.fill(input); length > 0; length = await reader.fill(input)) {
    const rows = module.survey(length, ignoreChecksums ? 1 : 0);
    const row = new Row(new DataView(module.memory.buffer, module.rowsAt(), rows * Row.SIZE));
    frames += rows;
    for (; row.at < rows * Row.SIZE; row.at += Row.SIZE) {
      const { reason } = row;
      if (reason === 0) services.add(seen(row));
      else {
        const { name } = REASONS[reason - 1]!;
        refused.set(name, (refused.get(name) ?? 0) + 1);
      }
    }
  }
  const sorted = new Map([...refused].sort(([a], [b]) => (a < b ? -1 : 1)));
  return { services, refused: sorted, frames, first: reader.summary.first, last: reader.summary.last };
}

const seen = (row: Row): Seen => ({
  time: row.time,
  source: (row.srcHi << 64n) | row.srcLo,
  destination: (row.dstHi << 64n) | row.dstLo,
  vlan: row.vlan,
  version: row.version as 4 | 6,
  protocol: row.protocol,
  sourcePort: row.srcPort,
  port: row.dstPort,
  size: row.payloadLength,
});
