// An alert names the channel that it is about, also where it is about a bus or a message that is not at hand.
import { beforeAll, expect, it } from "vitest";
import { Log } from "../../appliance/compartments/inspect/testing/log.ts";
import { RecordKind } from "../../appliance/contract/abi.ts";
import { InspectFlag, type Section, Tag } from "../../appliance/contract/config.ts";
import { compilePolicyText } from "../../diode/policy.ts";
import { policyWith, sectionsOf } from "../../diode/testing/guard.ts";
import { record } from "../../ip/testing/frames.ts";
import { type BusMessage, command } from "../../mil1553/simulator/message.ts";
import { packetsOf, stream } from "../../mil1553/testing/streams.ts";
import { Appliance, bytesOf, sectionOf } from "./testing/appliance.ts";

const CARGO = 64; // the first of the decoder's table
const STORES = 3;
const NAMES = [
  { channel: CARGO, name: "CARGO" },
  { channel: STORES, name: "STORES" },
];

/** Ten seconds of two messages on each channel; on STORES one is not sent any more after five, where `isCut`. */
function traffic(isCut: boolean): BusMessage[] {
  const out: BusMessage[] = [];
  for (let n = 0; n < 1000; n++)
    for (const channel of [CARGO, STORES])
      for (const subaddress of [3, 4]) {
        if (isCut && channel === STORES && subaddress === 4 && n >= 500) continue;
        const time = 600_000_000 + n * 100_000 + subaddress * 10_000 + channel;
        const words = [command(9, true, subaddress, 1), 9 << 11, 7];
        out.push({ channel, time, blockStatus: 0, gap1: 65, gap2: 0, words });
      }
  return out;
}

let sections: Section[];
beforeAll(async () => {
  const learned = (await Appliance.make()).learn([...bytesOf(traffic(false), NAMES)]);
  const { parts } = compilePolicyText(policyWith("", "recorders: any"), "p");
  const own = sectionsOf(parts.inspect);
  // Each finding an alert: those that come together are one otherwise
  const settings = own.find(({ tag }) => tag === Tag.SETTINGS)!.bytes;
  settings.writeUInt32LE(settings.readUInt32LE(0) | InspectFlag.UNGROUPED, 0);
  sections = [...own, { tag: Tag.BASELINE_1553, bytes: sectionOf([learned]) }];
});

/** Detector, channel and name of each alert. */
const alertsOf = (log: Log) =>
  log.lines
    .filter(({ kind }) => kind.startsWith("alert bus-"))
    .map(
      ({ kind, text }) =>
        `${kind.slice(6)} ${/"mil1553":\{"channel":(\d+),"name":"([^"]+)"/.exec(text)!.slice(1).join(" ")}`,
    );

/** Of these, bus-load is about a bus, and bus-period about a message that is not at hand. */
const EXPECTED = ["bus-load", "bus-order", "bus-period"];

// REQ-DETECT-004
it("of a recording", async () => {
  const log = await Log.of(sections);
  const bytes = Buffer.concat([...bytesOf(traffic(true), NAMES)]);
  for (let at = 0; at < bytes.length; at += 60_000)
    log.run(record(bytes.subarray(at, at + 60_000), { kind: RecordKind.CHAPTER10 }));
  expect([...new Set(alertsOf(log))].sort()).toEqual(EXPECTED.map((name) => `${name} 3 STORES`));
  const lines = log.lines.filter(({ text }) => / ALERT bus-/.test(text)).map(({ text }) => text);
  for (const line of lines) expect(line).toContain(" channel 3: expected ");
});

it("of a stream of datagrams", async () => {
  const log = await Log.of(sections);
  const packets = packetsOf(traffic(true));
  for (const { time, data } of stream(packets, { seed: 1, format: 1, oneIn: 1e9 }))
    log.run(record(data, { time: BigInt(time) }));
  expect([...new Set(alertsOf(log))].sort()).toEqual(EXPECTED.map((name) => `${name} 3 BUS 3`));
});
