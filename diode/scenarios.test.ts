// The scenarios that mutation.test.ts tells guard from its mutants by, through guard itself: whatever they hold, a policy
// out of range is refused, what leaves is as the policy has it, and no batch makes a difference.
import { expect, it } from "vitest";
import { Measure } from "../appliance/contract/abi.ts";
import { Guard, type Output } from "./testing/guard.ts";
import { type Scenario, scenarios } from "./testing/scenarios.ts";

const all = await scenarios();
const REFUSED = /^damaged|without its section$/;

type One = Scenario["batches"][number];

/** The records of a batch, each by itself, with the measures that are of it. */
function records(batch: One): One[] {
  const { bytes, measures } = batch;
  const found: One[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = 32 + ((bytes.readUInt32LE(at + 16) + 7) & ~7);
    const own: Buffer[] = [];
    for (let n = 0; n < measures.length; n += Measure.SIZE)
      if (measures.readUInt32LE(n) === at) own.push(moved(measures.subarray(n, n + Measure.SIZE)));
    found.push({ bytes: bytes.subarray(at, at + length), measures: Buffer.concat(own) });
    at += length;
  }
  return found;
}

/** Of a record that is the first of its batch. */
function moved(measure: Buffer): Buffer {
  const copy = Buffer.from(measure);
  copy.writeUInt32LE(0, 0);
  return copy;
}

const essence = ({ frames, events }: Output) => ({
  frames: frames.map(({ frame }) => frame.toString("latin1")),
  events: events.map(({ raw, text, severity, kind }) => `${kind} ${severity} ${raw} ${text}`),
});

async function outcome(part: Uint8Array, batches: readonly One[]) {
  const guard = await Guard.under(part);
  const outputs = batches.map((batch) => essence(guard.runBytes(batch.bytes, batch.measures)));
  return { frames: outputs.flatMap(({ frames }) => frames), events: outputs.flatMap(({ events }) => events) };
}

// REQ-FILTER-015
it.each(all.filter(({ name }) => REFUSED.test(name)))("refuses $name", async ({ part }) => {
  expect((await Guard.bare()).configure(part)).toBe("out of range");
});

// REQ-IMAGE-011, REQ-FILTER-005
it.each(all.filter(({ name }) => !REFUSED.test(name)))(
  "$name: the same record by record",
  async ({ part, batches }) => {
    const together = await outcome(part, batches);
    expect(await outcome(part, batches.flatMap(records))).toEqual(together);
    for (const frame of together.frames) {
      const bytes = Buffer.from(frame, "latin1");
      expect(bytes.toString("hex", 0, 6)).toBe("525400770012");
      expect([0x0800, 0x86dd]).toContain(bytes.readUInt16BE(12));
    }
  },
);
