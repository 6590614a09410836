import { readFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import { Vigil } from "./vigil.ts";

/** The lines as the image writes them. */
const silent = (role: string, seconds: number) =>
  `weir: the device of \`${role}\` has taken nothing for ${seconds} s: what is sent there is lost`;

function watching(patience: number | undefined) {
  const said: string[] = [];
  const ends: string[] = [];
  const vigil = new Vigil({
    ...{ patience, taps: { out: "tap1", log: "tap2" } },
    ...{ warn: (text) => said.push(text), end: (why) => ends.push(why) },
  });
  return { vigil, said, ends };
}

describe("an image whose log nobody takes", () => {
  // REQ-IMAGE-022
  it("is told of once, and ended when patience is over, once", () => {
    const { vigil, said, ends } = watching(10);
    vigil.take("weir: ready");
    for (const seconds of [5, 10, 15]) vigil.take(silent("log", seconds));
    expect(said).toEqual(["the host takes nothing on log (tap2): no alert and no heartbeat leaves the image"]);
    expect(ends).toHaveLength(1);
    expect(ends[0]).toMatch(/^for 10 s the host has taken nothing on log \(tap2\): no alert and no heartbeat leaves/);
    expect(ends[0]).toContain("--patience never");
  });

  it("goes on for ever where that is wanted, and is told of again after it went well in between", () => {
    const { vigil, said, ends } = watching(undefined);
    vigil.take("weir: ready");
    for (const seconds of [5, 100_000]) vigil.take(silent("log", seconds));
    vigil.take("weir: the device of `log` takes frames again");
    vigil.take(silent("log", 5));
    expect(said).toEqual([
      "the host takes nothing on log (tap2): no alert and no heartbeat leaves the image",
      "log (tap2) takes frames again; what was sent meanwhile is lost",
      "the host takes nothing on log (tap2): no alert and no heartbeat leaves the image",
    ]);
    expect(ends).toEqual([]);
  });

  it("is not ended for `out`, which is not where an operator looks", () => {
    const { vigil, said, ends } = watching(5);
    vigil.take("weir: ready");
    vigil.take(silent("out", 600));
    expect(said).toEqual(["the host takes nothing on out (tap1): what the policy allows is lost"]);
    expect(ends).toEqual([]);
  });

  it("is known by the words that the image has for it", () => {
    const source = readFileSync("appliance/runtime/user/send.c", "utf8");
    for (const words of ["the device of `log` ", "has taken nothing for ", " s: ", "takes frames again\\n"])
      expect(source).toContain(`"${words}`);
  });
});

describe("an image that does not become ready", () => {
  it.each([
    ["is ended", [], 1],
    ["is not, when it did", ["weir: ready"], 0],
    ["is not, when it has refused", ["weir: refused: no devices", "weir: exit 0x0d"], 0],
  ])("%s", (_, lines, ended) => {
    vi.useFakeTimers();
    try {
      const { vigil, ends } = watching(30);
      for (const line of lines) vigil.take(line);
      vi.advanceTimersByTime(31_000);
      expect(ends).toHaveLength(ended);
      if (ended) expect(ends[0]).toBe("it was not ready after 30 s (--patience): nothing was watched");
    } finally {
      vi.useRealTimers();
    }
  });
});
