// Twelve seconds of `npm run soak`. Latency is measured and not judged here: in so short a time, beside other tests, it is
// the machine's.
import { expect, it } from "vitest";
import { whyNoImage } from "../../cli/image-replay.ts";
import { soak } from "./soak.ts";
import { Traffic } from "./traffic.ts";

const reason = await whyNoImage();
if (reason) console.log(`skipped: soak: ${reason}`);

it.skipIf(reason)(
  "12 seconds of all kinds of traffic: nothing grows, nothing is lost that is not counted",
  async () => {
    const { checks, totals, stretches } = await soak({ seconds: 12, stretch: 3, least: 6_000 });
    console.log(
      `soak: ${totals.sent} frames; median latency ${stretches.map((one) => one.latencyMedian).join(", ")} ms`,
    );
    const judged = checks.filter(({ name }) => !name.includes("latency"));
    expect(judged.filter(({ ok }) => !ok)).toEqual([]);
    expect(judged).toHaveLength(8);
  },
);

it("sends the same rounds always, and others each time", () => {
  const text = (round: number) => Buffer.concat(new Traffic().round(round)).toString("base64");
  expect(text(3)).toBe(text(3));
  expect(text(3)).not.toBe(text(4));
});
