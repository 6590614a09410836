// REQ-DETECT-016
// An adversary on `in` against each detector: the rows of rows.ts, and the document that is written from them.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { REGISTRY } from "../../detectors/registry.ts";
import { ROOT } from "../../lib/asc.ts";
import { outcome, policyOf } from "../framing/scene.ts";
import { documentOf, KINDS, ROWS } from "./rows.ts";

describe("an adversary", () => {
  it.each(ROWS.flatMap(({ scene, ...row }) => (scene ? [{ ...row, ...scene }] : [])))(
    "$detector, $kind: $tried",
    async ({ frames, alert, policy = "" }) => {
      const { alerts } = await outcome(policyOf(policy), frames());
      expect(alerts).toContain(alert);
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

  it("is named a test by each row, which is there", () => {
    const named = ROWS.flatMap(({ scene, test }) => (scene ? [] : [test ?? "none"]));
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it("is told of by docs/ADVERSARY.md", async () => {
    await expect(documentOf(ROWS)).toMatchFileSnapshot("../../docs/ADVERSARY.md");
  });
});
