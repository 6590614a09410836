// Of one conversation there is one alert, however long it goes on; what the policy does about it is done each time.
import { beforeAll, expect, it } from "vitest";
import { lessonOf } from "../ip/testing/probe.ts";
import { Flight } from "../testing/flight.ts";
import { batches, type Frame, normalTraffic, udpFrame } from "../testing/site.ts";
import { pair } from "./learned.ts";

beforeAll(() => Flight.ready());

const keepalive = (dport: number, from: number): Frame[] =>
  Array.from({ length: 400 }, (_, n) => ({
    time: (from + n * 15) * 1e9,
    data: udpFrame({ src: "10.1.0.10", dst: "10.1.0.77", sport: 4000, dport, size: 9 }),
  }));
/** What is said of new pairs by an appliance that knows the plant. */
async function watched(): Promise<(frames: Frame[]) => string[]> {
  const own = (await lessonOf(normalTraffic(1, 600))).filter(({ detector }) => detector === "new-pair");
  const flight = Flight.with([{ tag: pair.tag, bytes: pair.pack(own, []) }])!;
  return (frames) =>
    [...batches(frames)].flatMap((batch) => {
      flight.run(batch);
      const own = flight.said.filter(({ alert }) => alert?.context.detector === "new-pair");
      return own.map(({ alert }) => alert!.context.seen);
    });
}

it("what a flood of other alerts displaced is said again", async () => {
  const alerts = await watched();
  const [first, second] = [keepalive(5000, 1000), keepalive(5001, 1010)];
  // It goes on, so that what is known of it is kept
  const often = Array.from({ length: 100 }, () => second[0]!);
  // Each is found more often than the alert that is to be displaced
  const crowd = Array.from({ length: 8000 }, (_, n) => ({
    time: (1015 + Math.floor(n / 400)) * 1e9,
    data: udpFrame({
      src: `10.9.${n >> 11}.${(n >> 3) & 255}`,
      dst: "10.1.0.100",
      sport: 4000,
      dport: 9 + (n & 7),
      size: 9,
    }),
  }));
  // The second is held back, as it is one alert with the first: nobody was told of it yet
  expect(alerts([first[0]!, ...often])).toHaveLength(1);
  expect(alerts(crowd).length).toBeGreaterThan(0);
  const aboutIt = (frames: Frame[]) => alerts(frames).filter((seen) => seen.startsWith("5001/udp"));
  expect(aboutIt(second.slice(60, 61))).toEqual(["5001/udp with a server that the baseline does not know"]);
  expect(aboutIt(second.slice(61))).toEqual([]);
});

it("an hour and a half of a new conversation is one alert, of a second one another", async () => {
  const alerts = await watched();
  expect(alerts(keepalive(5000, 1000))).toEqual(["5000/udp with a server that the baseline does not know"]);
  expect(alerts(keepalive(5000, 7000))).toEqual([]);
  expect(alerts(keepalive(5001, 13000))).toEqual(["5001/udp with a server that the baseline does not know"]);
});
