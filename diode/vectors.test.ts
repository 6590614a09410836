import { expect, it } from "vitest";
import { REASONS } from "./policy/reasons.ts";
import { Guard, SECOND } from "./testing/guard.ts";
import { VECTOR_POLICY, VECTORS } from "./testing/vectors.ts";

// REQ-FILTER-001
it("gives every frame its due", async () => {
  const guard = await Guard.under(VECTOR_POLICY);
  // Two seconds apart, so that no event is suppressed.
  const records = VECTORS.map((vector, n) => ({ ...vector, time: BigInt(2 * n + 2) * SECOND }));
  for (const [n, vector] of records.entries()) {
    const got = guard.one(vector.frame, vector);
    expect(typeof got === "string" ? got : "passes", `${n}: ${vector.name}`).toBe(vector.expected);
  }
});

// REQ-FILTER-004
it("has a frame for every reason that a single frame can cause", () => {
  const seen = new Set(VECTORS.map(({ expected }) => expected));
  // need more than one frame, or a broken checker, or Chapter 10 (messages.test.ts)
  const dynamic = ["rate", "shaping", "quarantine", "checkers", "chapter10", "messages", "tightened", "transfer"];
  expect(REASONS.map(({ name }) => name).filter((name) => !seen.has(name))).toEqual(dynamic);
});
