// Messages and data by the names and units of an interface-control file, as CSV and as JSON.
import { describe, expect, it } from "vitest";
import { busData, message, packet } from "../../mil1553/testing/chapter10.ts";
import { decodeBytes } from "../../mil1553/testing/decode.ts";
import { Icd } from "./icd.ts";
import { csvOf, jsonWith, namesOf, receivedOfCsv, receivedOfJson } from "./named.ts";
import { fieldsOfCsv, fieldsOfJson, whereOf } from "./where.ts";

const FILE = `weir-bus: 1
name: test
channels:
  - name: MUX
    channel: 5
    minor-frame: 20 ms
    minor-frames: 4
    terminals: [{ name: INS, address: 9, response: 6 us }, { name: FCC, address: 3, response: 6 us }]
    messages:
      - name: attitude
        from: INS/3
        every: 1
        words: 5
        data:
          - { name: roll, signed: true, scale: 0.0054931640625, unit: deg, constant: 0 }
          - { name: altitude, scale: 0.5, offset: -1000, unit: ft }
          - { name: raw, constant: 0 }
          - { name: id, text: "A1B" }
      - { name: load, to: FCC/4, every: 2, data: [{ name: load, unit: "%", scale: 0.1, offset: 0.05 }] }
      - { name: shared, from: INS/5, to: FCC/5, every: 2, data: [{ name: gain, signed: true }] }
      - { name: sync, mode: synchronize-with-data-word, to: ALL, every: 4, data: [{ name: frame, counter: {} }] }
      - { name: vector, mode: transmit-vector-word, to: INS, every: 4, data: [{ name: bits, constant: 0 }] }
`;
const icd = Icd.of(FILE, "test.yaml");

const command = (rt: number, t: number, sa: number, n: number) => (rt << 11) | (t << 10) | (sa << 5) | n;
const [INS, FCC] = [9 << 11, 3 << 11];
const [ATTITUDE, LOAD] = [command(9, 1, 3, 5), command(3, 0, 4, 1)];
const gap = { gap1: 65, gap2: 65 };
const RECORDING = packet(
  busData([
    message([ATTITUDE, INS, 0xc000, 21_000, 0xffff, 0x4131, 0x4222], gap),
    message([LOAD, 333, FCC], { ...gap, rtc: 10_000 }),
    message([command(3, 0, 5, 1), command(9, 1, 5, 1), INS, 0xffff, FCC], { ...gap, rtc: 20_000, status: 0x0800 }),
    message([command(31, 0, 0, 17), 3], { rtc: 30_000 }),
    message([command(9, 1, 0, 16), INS, 0x8001], { ...gap, rtc: 40_000 }),
    message([ATTITUDE, INS, 0x4000], { ...gap, rtc: 50_000 }), // cut short
    message([command(9, 1, 3, 4), INS, 1, 2, 3, 4], { ...gap, rtc: 60_000 }), // another count: another message
    message([], { rtc: 70_000 }),
  ]),
);
const decoded = async (rows: "messages" | "json") =>
  (await decodeBytes([RECORDING], { rows })).text.trimEnd().split("\n");

// REQ-DECODE-033
describe("an interface-control file", () => {
  it("names messages and data in CSV", async () => {
    const [, ...lines] = await decoded("messages");
    expect(lines.map((line) => csvOf(icd.nameOf(receivedOfCsv(line))))).toEqual([
      ',attitude,"roll=-90 deg; altitude=9500 ft; raw=65535; id=A1B"""',
      ',load,"load=33.35 %"',
      ',shared,"gain=-1"',
      ',sync,"frame=3"',
      ',vector,"bits=32769"',
      ',attitude,"roll=90 deg"',
      ",,",
      ",,",
    ]);
  });
  it("names the same in JSON", async () => {
    const lines = await decoded("json");
    const named = lines.map((line) => JSON.parse(jsonWith(line, icd.nameOf(receivedOfJson(line)))).icd);
    expect(named).toEqual([
      {
        message: "attitude",
        values: {
          roll: { value: -90, unit: "deg" },
          altitude: { value: 9500, unit: "ft" },
          raw: { value: 65_535 },
          id: { value: 'A1B"' },
        },
      },
      { message: "load", values: { load: { value: 33.35, unit: "%" } } },
      { message: "shared", values: { gain: { value: -1 } } },
      { message: "sync", values: { frame: { value: 3 } } },
      { message: "vector", values: { bits: { value: 32_769 } } },
      { message: "attitude", values: { roll: { value: 90, unit: "deg" } } },
      undefined,
      undefined,
    ]);
  });
  it("leaves nothing of text but printable ASCII", () => {
    const named = icd.nameOf({ channel: 5, commands: [ATTITUDE], data: [0, 0, 0, 0x1b5b, 0x0aff] });
    expect(named?.values.at(-1)).toEqual({ name: "id", value: ".[..", unit: undefined });
  });
  it.each<[string, number[]]>([
    ["message attitude", [0, 5]],
    ["message ATTITUDE and not error", [0]],
    ["value roll < 0", [0]],
    ["value roll >= 90 or message sync", [3, 5]],
    ["value altitude = 9500", [0]],
    ["value load != 33.35", []],
    ["value load <= 33.35 and value load > -1.5", [1]],
    ["value id = 1", []],
    ["not message attitude", [1, 2, 3, 4, 6, 7]],
  ])("chooses by %s", async (words, numbers) => {
    const { where, names } = whereOf(words);
    expect(names).toBe(true);
    const chosen = async (rows: "messages" | "json") => {
      const lines = (await decoded(rows)).slice(rows === "json" ? 0 : 1);
      const [fields, received] = rows === "json" ? [fieldsOfJson, receivedOfJson] : [fieldsOfCsv, receivedOfCsv];
      const matches = (line: string) => where({ ...fields(line), names: namesOf(icd.nameOf(received(line))) });
      return lines.flatMap((line, n) => (matches(line) ? [n] : []));
    };
    expect([await chosen("messages"), await chosen("json")]).toEqual([numbers, numbers]);
  });
  it.each([
    ["value", "the end: expected what value is to be compared"],
    ["value roll", "the end: expected <, <=, =, !=, >=, >"],
    ["value roll is 5", "word 3, is: expected <, <=, =, !=, >=, >"],
    ["value roll > five", "word 4, five: expected a number"],
  ])("%s is refused", (words, why) => {
    expect(() => whereOf(words)).toThrow(`${words}: ${why}`);
  });
  it("is not asked for by other words", () => expect(whereOf("rt 5 and error").names).toBe(false));
});
