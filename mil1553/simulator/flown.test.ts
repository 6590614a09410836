// What the simulator makes, to the byte: of each attack in each intensity, and of each way to write it (npx vitest run
// mil1553/simulator/flown -u writes testing/golden/flown.txt anew, for a diff). The same file and seed give the same bytes.
import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import type { Checksum } from "../writer/chapter10.ts";
import { type Packet, recording } from "../writer/recording.ts";
import { datagrams } from "../writer/transfer.ts";
import { INTENSITIES } from "./attacks/attack.ts";
import { ATTACKS } from "./attacks/catalogue.ts";
import { readBus } from "./icd/read.ts";
import { inject, type Strike } from "./inject.ts";
import { Labels, strikesCsv } from "./labels.ts";
import type { BusMessage } from "./message.ts";
import { COUNTER_START, simulate } from "./run.ts";

const bus = readBus("fixtures/mil1553/avionics.yaml");
const clock = { counter: COUNTER_START, ms: bus.start };
const clean = (seed: number, seconds = 2): BusMessage[] => [...simulate(bus, { seed, seconds })];
const digest = (...parts: (Uint8Array | string)[]) => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex").slice(0, 16);
};
const options = {
  channels: bus.channels,
  clock,
  checksum: 32 as Checksum,
  secondary: false as const,
  packetBytes: 16_384,
};

/** Counts, and digests of the recording, of its labels and of its strikes. */
function line(messages: readonly BusMessage[], strikes: Strike[], seed: number): string {
  const made = strikes.length ? inject([...messages], strikes, seed) : { messages, removed: [], strikes: [] };
  const labels = new Labels(made.removed);
  const packets = [...recording(made.messages, options)];
  for (const packet of packets) for (const message of packet.messages) labels.add(message);
  const counts = made.strikes.map(
    ({ counts, from, to }) => `${JSON.stringify(counts)} in ${from - COUNTER_START}-${to - COUNTER_START}`,
  );
  const bytes = digest(...packets.map((packet) => packet.bytes));
  return `${labels.messages} messages, ${labels.attacks} labelled, ${bytes} ${digest(labels.csv())} ${digest(strikesCsv(made.strikes, clock))} ${counts.join("; ")}`;
}

it("of each attack in each intensity, on either channel", async () => {
  const messages = clean(5);
  const before = digest(JSON.stringify(messages));
  const strikes = ATTACKS.flatMap(({ name: attack }) =>
    INTENSITIES.map(
      (intensity, n): Strike => ({
        ...{ attack, at: 0.5 + n / 4, intensity },
        ...(n === 1 && { seconds: 0.3 }),
        ...(n === 2 && { channel: bus.channels.at(-1)!.channel, share: 0.02 }),
      }),
    ),
  );
  const lines = [
    ...[1, 2, 3].map((seed) => `clean ${seed}: ${line(clean(seed), [], seed)}`),
    ...strikes.map((strike, n) => `${JSON.stringify(strike)}: ${line(messages, [strike], n)}`),
    `all: ${line(messages, strikes.slice(0, 12), 9)}`,
  ];
  expect(digest(JSON.stringify(messages))).toBe(before);
  await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot("testing/golden/flown.txt");
});

it("of each way to write it", async () => {
  const messages = clean(6, 0.5);
  const written = (more: object): Packet[] => [...recording(messages, { ...options, ...more })];
  const sizes = (all: readonly { length: number }[]) =>
    `${all.length} of ${all.reduce((sum, { length }) => sum + length, 0)} bytes`;
  const recordings = [
    ...[0, 8, 16, 32].map((checksum) => ({ checksum })),
    ...[true, "messages"].map((secondary) => ({ secondary })),
    ...[100, 1400, 500_000].map((packetBytes) => ({ packetBytes })),
  ];
  const streams = [1, 2, 3].flatMap((format) => [64, 1472, 65_507].map((size) => ({ format, size })));
  const lines = [
    ...recordings.map((more) => {
      const bytes = written(more).map((packet) => packet.bytes);
      return `${JSON.stringify(more)}: ${sizes(bytes)}, ${digest(...bytes)}`;
    }),
    ...streams.map((stream) => {
      const payloads = [...datagrams(written({ packetBytes: 4000 }), stream as never)].map(({ payload }) => payload);
      return `${JSON.stringify(stream)}: ${sizes(payloads)}, ${digest(...payloads)}`;
    }),
  ];
  await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot("testing/golden/written.txt");
});
