import { expect, it } from "vitest";
import { recording } from "../writer/recording.ts";
import { readChapter10 } from "../writer/testing/reader.ts";
import { ATTACKS } from "./attacks/catalogue.ts";
import { readBusText } from "./icd/read.ts";
import { inject } from "./inject.ts";
import { LABEL_COLUMNS, Labels, STRIKE_COLUMNS, strikesCsv } from "./labels.ts";
import type { BusMessage, Mark } from "./message.ts";
import { COUNTER_START, simulate } from "./run.ts";

const message = (time: number, attack?: Mark, channel = 2): BusMessage => ({
  channel,
  time,
  blockStatus: 0,
  gap1: 0,
  gap2: 0,
  words: [1],
  ...(attack && { attack }),
});
const mark = (name: string, change: Mark["change"]): Mark => ({ name, change, strike: 0 });

it("numbers messages in the order in which they are written", () => {
  const labels = new Labels();
  labels.add(message(1));
  labels.add(message(2 ** 48 + 2, mark("a", "inserted")));
  labels.add(message(3, mark("b", "moved"), 3));
  expect(labels.csv()).toBe(`${LABEL_COLUMNS}\n2,1,a,2,2,inserted\n3,1,b,3,3,moved\n`);
});

it("marks the first message on the channel that can tell that one is missing", () => {
  const gone = mark("deletion", "removed");
  const labels = new Labels([
    { message: message(20), mark: gone },
    { message: message(10), mark: gone },
    { message: message(60, undefined, 3), mark: gone },
  ]);
  for (const m of [message(5), message(15, undefined, 3), message(25), message(30), message(70, undefined, 3)])
    labels.add(m);
  expect(labels.rows).toEqual(["3,1,deletion,2,25,removed", "3,1,deletion,2,25,removed", "5,1,deletion,3,70,removed"]);
  expect(labels.attacks).toBe(3);
});

const BUS = readBusText(
  `weir-bus: 1
name: bench
channels:
  - name: ONE
    channel: 2
    minor-frame: 5 ms
    minor-frames: 2
    terminals: [{name: A, address: 5, response: 6us}, {name: B, address: 6, response: 7us}]
    messages:
      - {name: get, from: A/1, every: 1, words: 4, data: [{name: x, noise: {mean: 500, sigma: 9}}]}
      - {name: put, to: A/2, every: 1, words: 4, data: [{name: x, sine: {mean: 500, amplitude: 90, period: 1 s}}]}
      - {name: other, from: B/2, every: 2, words: 2, data: [{name: n, counter: {}}]}
      - {name: pass, from: B/1, to: A/3, every: 2, words: 4}
`,
  "bench",
);

it("each attack, written and read again: a row for each of its messages, and for no other", () => {
  for (const { name } of ATTACKS) {
    const clean = [...simulate(BUS, { seed: 1, seconds: 2 })];
    const { messages, removed, strikes } = inject(clean, [{ attack: name, at: 1, seconds: 0.6 }], 7);
    const clock = { counter: COUNTER_START, ms: BUS.start };
    const labels = new Labels(removed);
    const packets = [...recording(messages, { channels: BUS.channels, clock })];
    for (const packet of packets) for (const m of packet.messages) labels.add(m);
    const file = readChapter10(Buffer.concat(packets.map((p) => p.bytes))).flatMap((p) => p.messages);

    const { counts } = strikes[0]!;
    expect(labels.rows.length).toBe(counts.inserted + counts.modified + counts.moved + counts.removed);
    expect(labels.rows.length).toBeGreaterThan(0);
    const numbers = labels.rows.map((row) => Number(row.split(",")[0]));
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    const changed = new Set(
      labels.rows.filter((row) => !row.endsWith("removed")).map((row) => Number(row.split(",")[0])),
    );
    const words = new Set(clean.map((m) => m.words.join()));
    for (const [i, m] of file.entries()) {
      if (!changed.has(i + 1)) expect(words.has(m.words.join()), `${name}: message ${i + 1}`).toBe(true);
    }
    for (const row of labels.rows) {
      const [number, , , channel, counter] = row.split(",").map(Number);
      expect([file[number! - 1]!.channel, file[number! - 1]!.time]).toEqual([channel, counter]);
    }
    const [head, row] = strikesCsv(strikes, clock).trimEnd().split("\n");
    expect(head).toBe(STRIKE_COLUMNS);
    expect(row).toMatch(
      new RegExp(`^0,${name},medium,2,6100000\\d\\d,6160000\\d\\d,2026-03-02T08:00:01.000Z,2026-03-02T08:00:01.600Z,`),
    );
  }
});
