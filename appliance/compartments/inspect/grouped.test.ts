// Findings of one kind about one thing are one alert: the first leaves at once, those that follow are told after a minute, and
// after five minutes without any it is another alert. Through inspect, each limit from both sides.
import { beforeAll, expect, it } from "vitest";
import { Flight } from "../../../detectors/testing/flight.ts";
import { tcpFrame } from "../../../detectors/testing/site.ts";
import { record, SYN } from "../../../ip/testing/frames.ts";
import { RecordKind } from "../../contract/abi.ts";

const START = 1_000_000_000_000n;
const MINUTE = 60_000_000_000n;
const QUIET = 5n * MINUTE;

beforeAll(() => Flight.ready());

let number = 0;
/** 251 SYNs at once, of which the last is one too many: one finding. */
const burst = (time: bigint) =>
  Buffer.concat(
    Array.from({ length: 251 }, (_, k) =>
      record(tcpFrame({ src: `10.2.0.${k}`, dst: "10.1.0.5", sport: 1024, dport: 80, size: 0, flags: SYN }), {
        time,
        number: ++number,
      }),
    ),
  );

/** Alerts of each burst, as seconds since START of the first finding they speak of, and how many. */
function alerts(...after: bigint[]) {
  const flight = Flight.with([])!;
  return after.map((time) => {
    flight.run(burst(START + time));
    return flight.said.flatMap(({ alert }) =>
      alert?.context.detector === "flood" ? [[seconds(alert.context.since!), alert.context.count ?? 1]] : [],
    );
  });
}
const seconds = (timestamp: string) =>
  Date.parse(timestamp.replace("+0000", "Z")) / 1000 - Number(START / 1_000_000_000n);

// REQ-DETECT-003
it("what follows within a minute is held back, and told with its count from then on", () => {
  expect(alerts(0n, MINUTE - 1n)).toEqual([[[0, 1]], []]);
  expect(alerts(0n, MINUTE)).toEqual([[[0, 1]], [[0, 1]]]);
  expect(alerts(0n, MINUTE / 2n, MINUTE - 1n, MINUTE)).toEqual([[[0, 1]], [], [], [[0, 3]]]);
});

it("after five minutes without any it is another alert", () => {
  expect(alerts(0n, QUIET)).toEqual([[[0, 1]], [[0, 1]]]);
  expect(alerts(0n, QUIET + 1n)).toEqual([[[0, 1]], [[300, 1]]]);
});

it("what is still held back at the end is told", () => {
  const flight = Flight.with([])!;
  flight.run(Buffer.concat([burst(START), burst(START + MINUTE / 2n)]));
  flight.run(record(new Uint8Array(0), { kind: RecordKind.END, time: START + MINUTE / 2n }));
  expect(flight.said.flatMap(({ alert }) => alert?.context.since ?? []).map(seconds)).toEqual([0]);
});
