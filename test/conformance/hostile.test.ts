// Every capture there is, of every link type, whole: decoder, fragments and flows end without a trap, and every event they
// write is EVE as Suricata's schema has it. Much of it is fuzzers' output that made other tools crash.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import { expect, it } from "vitest";
import { CaptureReader } from "../../captures/reader.ts";
import { record } from "../../ip/testing/frames.ts";
import { Inspection } from "../../ip/testing/inspection.ts";
import { hasShared, sharedPath } from "../../lib/testing/shared.ts";
import { CAPTURES, hasTruth } from "./truth.ts";

const SCHEMA = ["eve", "suricata-schema.json"] as const;

class Validator {
  readonly validate: ValidateFunction;
  readonly seen = new Map<string, number>();
  lines = 0;

  constructor() {
    const schema = JSON.parse(readFileSync(sharedPath(...SCHEMA), "utf8")) as object;
    this.validate = new Ajv({ strict: false, logger: false }).compile(schema);
  }

  take(text: string): void {
    for (const line of text.split("\n")) {
      if (line === "") continue;
      this.lines++;
      const event = JSON.parse(line) as { event_type: string; anomaly?: { event: string }; proto?: string };
      const kind = `${event.event_type} ${event.anomaly?.event ?? event.proto}`;
      this.seen.set(kind, (this.seen.get(kind) ?? 0) + 1);
      if (!this.validate(event)) throw new Error(`${line}\n${JSON.stringify(this.validate.errors)}`);
    }
  }
}

// REQ-GROUND-011
it.skipIf(!hasTruth() || !hasShared(...SCHEMA))("every capture ends, and its events fit the schema", async () => {
  const inspection = await Inspection.create();
  const validator = new Validator();
  const folders = readdirSync(CAPTURES, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const reader = await CaptureReader.open(folders.map((folder) => join(CAPTURES, folder.name)).sort());
  const started = performance.now();
  for (;;) {
    const length = await reader.fill(inspection.input);
    if (length === 0) break;
    validator.take(inspection.run(length));
  }
  const end = record(new Uint8Array(0), { kind: 3, time: 2n ** 63n });
  inspection.input.set(end);
  validator.take(inspection.run(end.length));
  const { packets, damages, links, files } = reader.summary;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const anomalies = [...validator.seen.keys()].filter((kind) => kind.startsWith("anomaly"));
  console.log(
    `${files.length} captures, ${packets} packets, ${links.size} link types, ${damages} damaged places; ` +
      `${validator.lines} events of ${anomalies.length} anomalies fit the schema; ${seconds} s`,
  );
  expect(packets).toBeGreaterThan(100_000);
  expect(inspection.e.openFlowCount()).toBe(0);
  expect(anomalies.length).toBeGreaterThan(50);
});
