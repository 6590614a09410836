// What the page makes of events and recordings before anything is drawn: rows, pairs, columns; whole objects.
import { expect, it } from "vitest";
import { alertOf } from "./alert.ts";
import { framesAround, messagesAround } from "./around.ts";
import { readBus } from "./bus.ts";
import { grown } from "./columns.ts";
import { detectorName } from "./scores.ts";
import { Talkers } from "./talkers.ts";

const context = { detector: "scan", score: 3, threshold: 2, expected: "few", seen: "many" };
const event = (more: object) => ({
  ...{ timestamp: "2026-03-02T09:00:30.500000+0000", event_type: "alert", alert: { signature: "a scan", context } },
  ...more,
});
it.each<[string, object, string]>([
  ["nobody", {}, ""],
  ["a host", { src_ip: "10.0.0.1" }, "10.0.0.1"],
  ["a host and another", { src_ip: "10.0.0.1", dest_ip: "10.0.0.2" }, "10.0.0.1 > 10.0.0.2"],
  [
    "a flow",
    { src_ip: "10.0.0.1", src_port: 5, dest_ip: "10.0.0.2", dest_port: 80, proto: "TCP" },
    "10.0.0.1 > 10.0.0.2:80 TCP",
  ],
  ["a bus", { mil1553: { channel: 0 } }, "channel 0"],
  ["a message", { mil1553: { channel: 2, rt: 0, sa: 3, direction: "transmit" } }, "channel 2 RT 0 SA 3 transmit"],
  ["a message that came over IP", { src_ip: "10.0.0.1", mil1553: { channel: 2 } }, "channel 2"],
])("an alert about %s", (_, more, who) => {
  const own = event(more);
  expect(alertOf(own as never)).toEqual({
    ...{ time: Date.UTC(2026, 2, 2, 9, 0, 30) / 1000 + 0.5, detector: "scan", score: 3, threshold: 2, count: 1 },
    ...{ number: 0, signature: "a scan", who, expected: "few", seen: "many", event: own },
  });
});

it("an alert that stands for several, about a record", () => {
  const alert = { signature: "a scan", context: { ...context, count: 7 } };
  expect(alertOf(event({ pcap_cnt: 12, alert }) as never)).toMatchObject({ count: 7, number: 12 });
});

const talkers = (...flows: object[]) => {
  const all = new Talkers();
  for (const flow of flows) all.take(Buffer.from(JSON.stringify(flow)));
  return all;
};
const flow = (more: object = {}, packets = 1, bytes = 100, alerted?: boolean) => ({
  ...{ src_ip: "10.0.0.1", dest_ip: "10.0.0.2", dest_port: 80, proto: "TCP" },
  ...{ flow: { pkts_toserver: packets, pkts_toclient: 2, bytes_toserver: bytes, bytes_toclient: 20, alerted } },
  ...more,
});

it("who talked with whom: sums, services, the largest first", () => {
  const all = talkers(
    flow(),
    flow({}, 3, 300, true),
    flow({ dest_port: undefined, proto: "ICMP" }),
    flow({ dest_ip: "10.0.0.3", dest_port: 0 }, 1, 1000),
    flow({ src_ip: "10.0.0.0", dest_ip: "10.0.0.3" }, 1, 1000),
    { proto: "UDP" },
    { flow: flow().flow },
    ...Array.from({ length: 9 }, (_, n) => flow({ src_ip: "10.0.0.9", dest_port: n }, 1, 1)),
  );
  const of = (
    source: string,
    destination: string,
    flows: number,
    packets: number,
    bytes: number,
    services: string[],
  ) => ({
    ...{ source, destination, flows, packets, bytes, services },
  });
  expect(all.largest(9)).toEqual([
    { ...of("10.0.0.0", "10.0.0.3", 1, 3, 1020, ["TCP 80"]), alerted: 0 },
    { ...of("10.0.0.1", "10.0.0.3", 1, 3, 1020, ["TCP 0"]), alerted: 0 },
    { ...of("10.0.0.1", "10.0.0.2", 3, 11, 560, ["TCP 80", "ICMP"]), alerted: 1 },
    {
      ...of(
        "10.0.0.9",
        "10.0.0.2",
        9,
        27,
        189,
        [0, 1, 2, 3, 4, 5, 6, 7].map((n) => `TCP ${n}`),
      ),
      alerted: 0,
    },
    { ...of("?", "?", 1, 3, 120, [""]), alerted: 0 },
  ]);
  expect(all.largest(2)).toHaveLength(2);
});

it("20,000 pairs are told apart; the rest is one", () => {
  const all = talkers(...Array.from({ length: 20_002 }, (_, n) => flow({ src_ip: `h${n}` })), flow({ src_ip: "h3" }));
  const found = all.largest(30_000);
  expect(found).toHaveLength(20_001);
  expect(found.slice(0, 2).map(({ source, destination, flows }) => [source, destination, flows])).toEqual([
    ["h3", "10.0.0.2", 2],
    ["others", "others", 2],
  ]);
});

it("columns keep what they have when they grow", () => {
  expect(grown(Uint16Array.of(1, 2), 4)).toEqual(Uint16Array.of(1, 2, 0, 0));
  expect([1, 12, 29].map(detectorName)).toEqual(["scan", "shape", "bus-load"]);
});

const CH10 = "fixtures/mil1553/collision.ch10";
it("messages of a recording as columns, and what each terminal did", async () => {
  const bus = await readBus([CH10]);
  const { length, total, cells } = bus;
  expect([length, total]).toEqual([bus.time.length, bus.bad.length]);
  const first = Array.from({ length: 6 }, (_, i) =>
    [
      bus.time[i],
      bus.channel[i],
      bus.command[i]!.toString(16),
      bus.command2[i]!.toString(16),
      bus.words[i],
      bus.bad[i],
    ].join(" "),
  );
  const sum = (column: ArrayLike<number>) => Array.from(column).reduce((all, n) => all + n, 0);
  const sums = [bus.channel, bus.command, bus.command2, bus.words, bus.bad].map(sum);
  const lines = cells.map(
    ({ channel, terminal, transmit, subaddress, messages, errors, rate, anomalies }) =>
      `${channel} ${terminal} ${transmit ? "to" : "from"} ${subaddress}: ${messages} ${errors} ${rate.toFixed(4)} ${JSON.stringify(anomalies)}`,
  );
  await expect(`${[...first, sums.join(" "), ...lines].join("\n")}\n`).toMatchFileSnapshot("testing/golden/bus.txt");
});

it("records around one: so many on either side, as weir decode has them, and their bytes", async () => {
  const numbers = (all: readonly { number: number }[]) => all.map(({ number }) => number);
  const frames = await framesAround(["fixtures/normal.pcap"], 5, 2);
  expect(numbers(frames)).toEqual([3, 4, 5, 6, 7]);
  for (const { decoded, bytes, number } of frames) {
    expect(bytes!.length).toBeGreaterThan(13);
    expect(JSON.stringify(decoded)).toContain(String(number));
  }
  expect(numbers(await framesAround(["fixtures/normal.pcap"], 1, 1))).toEqual([1, 2]);
  const messages = await messagesAround([CH10], 5, 2);
  expect(numbers(messages)).toEqual([3, 4, 5, 6, 7]);
  expect(messages.every(({ decoded, bytes }) => "mil1553" in decoded && bytes === undefined)).toBe(true);
  expect(numbers(await messagesAround([CH10], 1, 1))).toEqual([1, 2]);
});
