import { expect, it } from "vitest";
import { promiseText } from "./promise.ts";

it("promises what was wanted from as many hours on as show it, and before what they do", () => {
  expect(promiseText(0.1, 29.96)).toBe("for 0.1 false alarms per hour and detector");
  expect(promiseText(0.1, 29.95)).toBe(
    "that promise at most 0.1 false alarms per hour and detector: 0.1 need 30 hours of clean traffic",
  );
  expect(promiseText(0.1, 1)).toBe(
    "that promise at most 3 false alarms per hour and detector: 0.1 need 30 hours of clean traffic",
  );
  expect(promiseText(1, 60 / 3600)).toBe(
    "that promise at most 180 false alarms per hour and detector: 1 need 3 hours of clean traffic",
  );
  expect(promiseText(0.1, 0)).toBe("that promise nothing: 0.1 need 30 hours of clean traffic");
});
