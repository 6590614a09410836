import { expect, it } from "vitest";
import { instantiateOnboard } from "../lib/asc.ts";
import { DETECTOR } from "./catalogue.ts";

it("has the names and numbers that fly", async () => {
  const { exports: e } = await instantiateOnboard("detectors/onboard/catalogue.probe.ts");
  const flying: Record<string, number> = {};
  for (let d = 0; d < e.count(); d++) {
    const name = Buffer.from(e.memory.buffer, e.at(), e.write(d)).toString();
    if (name !== "none") flying[name] = d;
  }
  expect(flying).toEqual(DETECTOR);
});
