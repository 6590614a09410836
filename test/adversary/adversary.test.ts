// REQ-DETECT-016
// An adversary on `in` against each detector: the rows of rows.ts, and the document that is written from them.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Declaration } from "../../detectors/declaration.ts";
import { REGISTRY } from "../../detectors/registry.ts";
import { ROOT } from "../../lib/asc.ts";
import { outcome, policyOf } from "../framing/scene.ts";
import { documentOf, KINDS, ROWS } from "./rows.ts";

describe("an adversary", () => {
  it.each(ROWS.flatMap(({ scene, ...row }) => (scene ? [{ ...row, ...scene }] : [])))(
    "$detector, $kind: $tried",
    async ({ frames, alert, policy = "" }) => {
      const { alerts } = await outcome(policyOf(policy), frames());
      if (alert.startsWith("!")) expect(alerts).not.toContain(alert.slice(1));
      else expect(alerts).toContain(alert);
    },
  );

  it("has tried each of evasion, framing, eviction and exhaustion on each detector", () => {
    for (const detector of REGISTRY)
      for (const kind of KINDS)
        expect(
          ROWS.some((row) => row.detector === detector && row.kind === kind),
          `${detector}, ${kind}`,
        ).toBe(true);
  });

  it.each(ROWS.filter(({ scene }) => !scene))("is named a test that speaks of it: $detector, $kind", async (row) => {
    expect(row.test).toMatch(/\.test\.ts$/);
    const { alerts } = (await import(`../../detectors/${row.detector}/detector.ts`)).default as Declaration;
    const names = [row.detector, ...alerts.map(({ name }) => name)].join("|");
    expect(readFileSync(join(ROOT, row.test!), "utf8")).toMatch(new RegExp(`\\b(${names})\\b`));
  });

  it("is told of by docs/ADVERSARY.md", async () => {
    await expect(documentOf(ROWS)).toMatchFileSnapshot("../../docs/ADVERSARY.md");
  });
});
