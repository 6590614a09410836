import { afterEach, expect, it, vi } from "vitest";
import { steady } from "./clock.ts";

afterEach(() => void vi.useRealTimers());

it("time goes on when the clock is put back", () => {
  const before = steady();
  expect(Math.abs(before - Date.now())).toBeLessThan(60_000);
  vi.useFakeTimers({ toFake: ["Date"], now: 1_000_000 });
  expect(Date.now()).toBe(1_000_000);
  expect(steady()).toBeGreaterThanOrEqual(before);
});
