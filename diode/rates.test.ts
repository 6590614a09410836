// Both sides of a rate: the frame that is just due passes, the one a nanosecond earlier does not.
import { expect, it } from "vitest";
import { eth, ipv4, udp } from "../ip/testing/frames.ts";
import { Guard, policyWith, SECOND } from "./testing/guard.ts";

const frame = eth(0x0800, ipv4(17, udp(Buffer.from("data"), { dport: 5000 })));
const rule = (limit: string) =>
  policyWith(`- { name: all, action: allow, protocol: udp, from: any, to: any, ports: 1-65535, ${limit} }`);

/** Which of the frames at these times (ns) pass, one run each. */
async function passing(limit: string, times: readonly bigint[]): Promise<number[]> {
  const guard = await Guard.under(rule(limit));
  return times.map((time) => guard.run([{ frame, time }]).frames.length);
}

it.each<[string, bigint[], number[]]>([
  ["rate: 1/s", [10n * SECOND, 11n * SECOND - 1n, 11n * SECOND, 12n * SECOND], [1, 0, 1, 1]],
  ["rate: 1/s, burst: 2", [10n, 10n, 10n, 11n].map((s) => s * SECOND), [1, 1, 0, 1]],
  ["rate: 1/s, burst: 2", [10n * SECOND, 10n * SECOND, 11n * SECOND - 1n, 11n * SECOND], [1, 1, 0, 1]],
  ["rate: 2/s, burst: 3", [10n, 10n, 10n, 10n, 12n, 12n, 12n, 12n].map((s) => s * SECOND), [1, 1, 1, 0, 1, 1, 1, 0]],
  ["rate: 60/min", [10n * SECOND, 11n * SECOND - 1n, 11n * SECOND], [1, 0, 1]],
])("%s: times %#", async (limit, times, expected) => {
  expect(await passing(limit, times)).toEqual(expected);
});
