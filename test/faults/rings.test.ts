// Devices that fail, at the code of the rings: each fault by itself, 200 times, at every place of rings that wrap.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Hosted } from "./hosted.ts";
import { type Outcome, Outcomes } from "./outcome.ts";

interface Line {
  fault: string;
  trials: number;
  hostile: number;
  otherwise: number;
  before: number;
  behind: number;
  dropped: number;
  kept: number;
}

const TRIALS = 200;
const hosted = new Hosted();
const outcomes = new Outcomes("1-rings");
let lines: Line[];
beforeAll(async () => {
  const lies = await hosted.program("lies");
  lines = JSON.parse(await lies(String(TRIALS))) as Line[];
});
afterAll(() => {
  outcomes.write();
  hosted.remove();
});

/** What is no lie, and what becomes of it. */
const HONEST: Record<string, Pick<Outcome, "detected" | "forwarded" | "lost" | "verdict">> = {
  "in nothing any more": {
    detected: "the heartbeat's count of frames stands still",
    forwarded: "nothing comes",
    lost: "nothing that had come",
    verdict: "goes on",
  },
  "in flags and event index at random": { detected: "-", forwarded: "as ever", lost: "nothing", verdict: "goes on" },
};

describe("a device that fails", () => {
  it("has every fault of the list", () => {
    expect(lines).toHaveLength(17);
    for (const { trials, otherwise, before } of lines) {
      expect([trials, otherwise]).toEqual([TRIALS, 0]);
      expect(before).toBeGreaterThan(TRIALS * 20);
    }
  });

  it("by what no device may write ends the image, each time, before anything of it is forwarded", () => {
    const lies = lines.filter(({ fault }) => !HONEST[fault] && fault !== "out nothing any more");
    expect(lies).toHaveLength(14);
    for (const { fault, hostile, behind } of lies) {
      expect([fault, hostile]).toEqual([fault, TRIALS]);
      if (fault.startsWith("in ")) expect([fault, behind]).toEqual([fault, 0]);
      const on = "ring code under sanitizers";
      const lost = fault.startsWith("in ") ? "the frames of that round" : "what waited in the ring";
      const row = { detected: `HOSTILE_DEVICE, ${hostile} of ${TRIALS}`, forwarded: "nothing more", lost };
      outcomes.add({ fault: `device of ${fault}`, on, ...row, verdict: "fail closed", test: "rings.test.ts" });
    }
  });

  it("by doing nothing, or what means nothing, changes nothing", () => {
    for (const { fault, hostile, behind } of lines.filter(({ fault }) => HONEST[fault])) {
      expect([fault, hostile]).toEqual([fault, 0]);
      if (fault.includes("random")) expect(behind).toBeGreaterThan(TRIALS * 20);
      else expect(behind).toBe(0);
      outcomes.add({
        fault: `device of ${fault}`,
        on: "ring code under sanitizers",
        ...HONEST[fault]!,
        test: "rings.test.ts",
      });
    }
  });

  it("by taking nothing on `out` has frames dropped, and all of them counted", () => {
    const { hostile, behind, dropped, kept } = lines.find(({ fault }) => fault === "out nothing any more")!;
    expect(hostile).toBe(0);
    // A frame for each that came, and one more each round. The longest needs two of 256 buffers.
    expect(dropped + kept).toBe(behind + 40 * TRIALS);
    expect(kept).toBeGreaterThanOrEqual(128 * TRIALS);
    expect(kept).toBeLessThan(256 * TRIALS);
    expect(dropped).toBeGreaterThan(20 * TRIALS);
    outcomes.add({
      fault: "device of out nothing any more",
      on: "ring code under sanitizers",
      detected: `the heartbeat's lost.out, ${dropped} frames`,
      forwarded: "nothing; `in` as ever",
      lost: "what the full ring does not take, each counted; 256 buffers are with the device",
      verdict: "goes on, counted",
      test: "rings.test.ts",
    });
  });
});
