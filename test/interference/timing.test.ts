// C7, measured. What the image does with frames takes time, and under load the next buffers come back when it is done: so
// much of `out` can be felt on `in`. In instructions (-icount), so the same on every machine; the figures are printed.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { prebuiltImage } from "../../appliance/build/for.ts";
import { whyNoImage } from "../../cli/image-replay.ts";
import { Bench } from "./image.ts";
import { CONDITIONS, type Condition } from "./peers.ts";
import type { Evidence } from "./rig.ts";
import { BATCH, BOUND, batchTimes, difference, gaps, histogram, load, median, policy } from "./timing.ts";

const reason = await whyNoImage();
if (reason) console.log(`skipped: timing of the booted image: ${reason}`);

const BATCHES = 48;
/** QEMU counts 8 ns for an instruction (rig.ts, shift=3). */
const PER_MICROSECOND = 125;
describe.skipIf(reason)("under load", () => {
  const bench = new Bench();
  const runs = new Map<Condition, { evidence: Evidence; times: number[] }>();

  beforeAll(async () => {
    const image = bench.write("timing", await prebuiltImage(), policy());
    for (const out of Object.keys(CONDITIONS) as Condition[]) {
      const evidence = await bench.run({ image, script: load(BATCHES), out });
      runs.set(out, { evidence, times: batchTimes(evidence, BATCHES) });
    }
  });
  afterAll(() => bench.close());

  it("every batch is seen, and `out` is as busy or as dead as it should be", () => {
    for (const [out, { times, evidence }] of runs) {
      expect(times.length, out).toBe(BATCHES);
      expect(evidence.sent.out.length > 0, out).toBe(true);
    }
    expect(runs.get("absent")!.evidence.sent.out.length).toBeLessThanOrEqual(256);
  });

  it(`C7: buffers come back in the same rhythm whatever \`out\` does, within ${BOUND * 100} % of a batch`, () => {
    const idle = runs.get("normal")!.times;
    for (const [out, { times }] of runs) {
      const between = gaps(times);
      const { us, part } = difference(times, idle);
      console.log(
        [
          `out ${out}: ${BATCHES} batches of ${BATCH}; us between two: ${histogram(between, 50)}`,
          `  median ${median(between)} us = ${median(between) * PER_MICROSECOND} instructions, ` +
            `largest ${Math.max(...between)}; against normal: at most ${us} us = ${(100 * part).toFixed(1)} %`,
        ].join("\n"),
      );
      expect(part, out).toBeLessThan(BOUND);
    }
  });
});
