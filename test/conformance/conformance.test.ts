// Layers 2 to 4 of every capture that the truth covers, packet by packet. Bar: 99.9 % agree, each disagreement is explained.
import { expect, it } from "vitest";
import { DISAGREEMENTS } from "./disagreements.ts";
import { report, runConformance } from "./run.ts";
import { hasTruth } from "./truth.ts";

// REQ-DECODE-004
it.skipIf(!hasTruth())("agrees with tshark", async () => {
  const result = await runConformance();
  console.log(report(result));
  expect(result.files).toBeGreaterThan(1000);
  const listed = new Map(DISAGREEMENTS.flatMap((d) => d.frames.map((f) => [`${d.file} ${f}`, d.fields.join()])));
  const found = new Map(
    result.disagreements.map((d) => [`${d.file} ${d.frame}`, d.differences.map((x) => x.field).join()]),
  );
  const missing = new Set(result.missing);
  for (const { file, frames } of DISAGREEMENTS)
    if (missing.has(file)) for (const frame of frames) listed.delete(`${file} ${frame}`);
  expect(found).toEqual(listed);
  expect(result.agreed / result.frames).toBeGreaterThanOrEqual(0.999);
  // the comparison is not an empty one
  for (const field of [
    "stack",
    "ip.src",
    "ipv6.src",
    "tcp.flags",
    "udp.length",
    "vlan.id",
    "ip.frag_offset",
    "tcp.len",
  ])
    expect(result.compared.get(field) ?? 0, field).toBeGreaterThan(1000);
});
