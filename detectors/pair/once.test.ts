// Of one conversation there is one alert, however long it goes on; what the policy does about it is done each time.
import { beforeAll, expect, it } from "vitest";
import { record } from "../../ip/testing/frames.ts";
import { lessonOf } from "../ip/testing/probe.ts";
import { Flight } from "../testing/flight.ts";
import { type Frame, normalTraffic, udpFrame } from "../testing/site.ts";
import { pair } from "./learned.ts";

beforeAll(() => Flight.ready());

const keepalive = (dport: number, from: number): Frame[] =>
  Array.from({ length: 400 }, (_, n) => ({
    time: (from + n * 15) * 1e9,
    data: udpFrame({ src: "10.1.0.10", dst: "10.1.0.77", sport: 4000, dport, size: 9 }),
  }));
const bytesOf = (frames: readonly Frame[]) =>
  Buffer.concat(frames.map(({ time, data }) => Buffer.from(record(data, { time: BigInt(time) }))));

it("an hour and a half of a new conversation is one alert, of a second one another", async () => {
  const own = (await lessonOf(normalTraffic(1, 600))).filter(({ detector }) => detector === "new-pair");
  const flight = Flight.with([{ tag: pair.tag, bytes: pair.pack(own, []) }])!;
  const alerts = (frames: Frame[]) => {
    flight.run(bytesOf(frames));
    return flight.said
      .filter(({ alert }) => alert?.context.detector === "new-pair")
      .map(({ alert }) => alert!.context.seen);
  };
  expect(alerts(keepalive(5000, 1000))).toEqual(["5000/udp with a server that the baseline does not know"]);
  expect(alerts(keepalive(5000, 7000))).toEqual([]);
  expect(alerts(keepalive(5001, 13000))).toEqual(["5001/udp with a server that the baseline does not know"]);
});
