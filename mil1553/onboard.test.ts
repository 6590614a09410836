import { describe, expect, it } from "vitest";
import { busData, dateTime, dayTime, message, packet, tmats } from "./testing/chapter10.ts";
import { type Row, rowsOf } from "./testing/decode.ts";

// Command words: terminal, transmit, subaddress, count or mode code
const command = (rt: number, t: 0 | 1, sa: number, n: number) => (rt << 11) | (t << 10) | (sa << 5) | (n & 31);
const status = (rt: number, bits = 0) => (rt << 11) | bits;
const ERROR = 0x1000;
const RT_RT = 0x0800;
const TIMEOUT = 0x0200;

async function one(words: number[], options: Parameters<typeof message>[1] = {}): Promise<Row> {
  const { rows, found } = await rowsOf(packet(busData([message(words, { gap1: 65, ...options })])));
  expect(found).toEqual([]);
  expect(rows.length).toBe(1);
  return rows[0]!;
}

// REQ-DECODE-014
describe("the ten transfer formats", () => {
  const cases: [string, number[], number, Record<string, unknown>][] = [
    ["bc-rt", [command(9, 0, 3, 2), 1, 2, status(9)], 0, { rt: 9, sa: 3, direction: "receive", word_count: 2 }],
    [
      "rt-bc",
      [command(9, 1, 3, 2), status(9), 1, 2],
      0,
      { rt: 9, direction: "transmit", word_count: 2, status: "4800" },
    ],
    [
      "rt-rt",
      [command(6, 0, 12, 2), command(2, 1, 12, 2), status(2), 1, 2, status(6)],
      RT_RT,
      {
        rt: 6,
        status: "3000",
        from: { command: "1582", rt: 2, sa: 12, direction: "transmit", word_count: 2 },
        from_status: "1000",
      },
    ],
    ["mode", [command(4, 1, 0, 2), status(4)], 0, { mode_code: 2, mode: "transmit_status_word" }],
    ["mode-transmit", [command(4, 1, 31, 16), status(4), 7], 0, { mode_code: 16, mode: "transmit_vector_word" }],
    ["mode-receive", [command(4, 0, 0, 17), 7, status(4)], 0, { mode_code: 17, mode: "synchronize_with_data_word" }],
    ["broadcast", [command(31, 0, 5, 2), 1, 2], 0, { rt: 31 }],
    ["broadcast-rt-rt", [command(31, 0, 5, 2), command(2, 1, 5, 2), status(2), 1, 2], RT_RT, { from_status: "1000" }],
    ["broadcast-mode", [command(31, 1, 0, 1)], 0, { mode: "synchronize" }],
    ["broadcast-mode-data", [command(31, 0, 31, 17), 7], 0, { mode_code: 17 }],
  ];
  for (const [format, words, block, more] of cases)
    it(format, async () => {
      const row = await one(words, { status: block, gap2: block === RT_RT ? 60 : 0 });
      expect(row.anomalies).toBeUndefined();
      expect(row.mil1553).toMatchObject({ format, bus: "A", channel: 5, ...more });
    });
  it("32 words are a count of 0, bus B is in the block status", async () => {
    const row = await one([command(9, 0, 3, 0), ...Array(32).fill(5), status(9)], { status: 0x2000 });
    expect(row.anomalies).toBeUndefined();
    expect(row.mil1553).toMatchObject({ bus: "B", word_count: 32 });
  });
});

// REQ-DECODE-015
describe("violations by name", () => {
  const cases: [string, number[], Parameters<typeof message>[1], string[]][] = [
    [
      "no status after data",
      [command(9, 0, 3, 2), 1, 2],
      { status: ERROR | TIMEOUT, gap1: 0 },
      ["message_error", "response_timeout", "no_response"],
    ],
    ["a silent transmitter", [command(9, 1, 3, 2)], { gap1: 0 }, ["no_response"]],
    [
      "a silent receiver of RT-RT",
      [command(6, 0, 1, 1), command(2, 1, 1, 1), status(2), 7],
      { status: RT_RT },
      ["no_response"],
    ],
    ["too few words", [command(9, 1, 3, 2), status(9), 1], {}, ["word_count"]],
    ["too many words", [command(9, 0, 3, 1), 1, 2, status(9)], {}, ["word_count"]],
    ["a busy terminal may leave out its data", [command(9, 1, 3, 2), status(9, 8)], {}, []],
    ["a late response", [command(9, 1, 3, 1), status(9), 1], { gap1: 141 }, ["response_late"]],
    ["an early response", [command(9, 1, 3, 1), status(9), 1], { gap1: 39 }, ["response_early"]],
    ["another terminal's status", [command(9, 1, 3, 1), status(8), 1], {}, ["status_address"]],
    ["reserved status bits", [command(9, 1, 3, 1), status(9, 0x40), 1], {}, ["status_reserved"]],
    ["instrumentation bit", [command(9, 1, 3, 1), status(9, 0x200), 1], {}, ["status_instrumentation"]],
    ["message error bit", [command(9, 1, 3, 1), status(9, 0x400)], {}, ["status_message_error"]],
    ["bus control accepted unasked", [command(9, 1, 3, 1), status(9, 2), 1], {}, ["unsolicited_bus_acceptance"]],
    ["bus control accepted", [command(9, 1, 0, 0), status(9, 2)], {}, []],
    ["reserved mode code", [command(9, 1, 0, 9), status(9)], {}, ["reserved_mode_code"]],
    ["mode code with the wrong direction", [command(9, 0, 0, 1), status(9)], {}, ["undefined_mode_code"]],
    ["mode code not for broadcast", [command(31, 1, 0, 2)], {}, ["illegal_broadcast"]],
    ["a broadcast transmit command", [command(31, 1, 3, 1), status(31), 1], {}, ["illegal_broadcast"]],
    ["an answered broadcast", [command(31, 0, 5, 1), 1, status(3)], {}, ["broadcast_response"]],
    [
      "RT-RT of two receive commands",
      [command(6, 0, 1, 1), command(2, 0, 1, 1), status(2), 7, status(6)],
      { status: RT_RT, gap2: 60 },
      ["rt_rt_commands"],
    ],
    [
      "RT-RT without the recorder's mark",
      [command(6, 0, 1, 1), command(2, 1, 1, 1), status(2), 7, status(6)],
      {},
      ["rt_rt_unflagged"],
    ],
    [
      "block status bits that mean nothing",
      [command(9, 1, 3, 1), status(9), 1],
      { status: 0x4001 },
      ["reserved_block_status"],
    ],
    [
      "format, sync, word errors",
      [command(9, 1, 3, 1), status(9), 1],
      { status: 0x1438 },
      ["message_error", "format_error", "word_count_error", "sync_error", "invalid_word"],
    ],
    [
      "more words than any format",
      [command(9, 1, 3, 0), status(9), ...Array(40).fill(1)],
      {},
      ["too_long", "word_count"],
    ],
    ["no word at all", [], {}, ["empty"]],
  ];
  for (const [what, words, options, names] of cases)
    it(what, async () => {
      const row = await one(words, options);
      expect(row.anomalies ?? []).toEqual(names.map((n) => `mil1553.${n}`));
    });
  it("legality of a damaged message is doubtful, not an anomaly", async () => {
    const row = await one([command(9, 0, 0, 0), status(8)], { status: ERROR });
    expect(row.anomalies).toEqual(["mil1553.message_error"]);
    expect(row.doubtful).toEqual(["mil1553.undefined_mode_code", "mil1553.status_address"]);
  });
});

describe("two messages in a row", () => {
  const words = [command(9, 1, 3, 1), status(9), 1]; // 60 us and 4.5 us of response
  const second = async (after: number, options: Parameters<typeof message>[1] = {}, timeTag = 1) => {
    const messages = [
      message(words, { rtc: 1000, gap1: 65 }),
      message(words, { rtc: 1000 + after, gap1: 65, ...options }),
    ];
    const { rows } = await rowsOf(packet(busData(messages, 2, timeTag)));
    return rows[1]!.anomalies ?? [];
  };
  it("are 4 us apart, mid-parity to mid-sync", async () => {
    expect(await second(645 + 20)).toEqual([]);
    expect(await second(645 + 19)).toEqual(["mil1553.intermessage_gap"]);
  });
  it("do not overlap, except on the other bus", async () => {
    expect(await second(600)).toEqual(["mil1553.overlap"]);
    expect(await second(600, { status: 0x2000 })).toEqual([]);
  });
  it("do not go back in time", async () => {
    expect(await second(-1)).toEqual(["mil1553.time_backwards"]);
  });
  it("may stand for either end when the time tag is 0", async () => {
    expect(await second(645 + 20, {}, 0)).toEqual([]);
    expect(await second(600, {}, 0)).toEqual(["mil1553.overlap"]);
  });
});

describe("time", () => {
  const at = (rtc: number) => packet(busData([message([command(9, 1, 3, 1), status(9), 1], { rtc })]));
  it("is counted from the time packet, before it too", async () => {
    const { rows } = await rowsOf(
      at(9_000_000),
      packet(dateTime("2026-11-20T22:31:05.120Z"), { type: 0x11, channel: 1, rtc: 10_000_000 }),
      packet(busData([message([command(9, 1, 3, 1), status(9), 1], { rtc: 20_000_001 })]), { sequence: 1 }),
    );
    expect(rows.map((r) => r.timestamp)).toEqual([
      "2026-11-20T22:31:05.0200000+0000",
      "2026-11-20T22:31:06.1200001+0000",
    ]);
  });
  it("of the day of the year has the year 1970, leap years 1972", async () => {
    for (const [leap, expected] of [
      [false, "1970-03-01T20:05:00.0300000+0000"],
      [true, "1972-02-29T20:05:00.0300000+0000"],
    ] as const) {
      const { rows } = await rowsOf(packet(dayTime(60, 20, 5, 0, 3, leap), { type: 0x11, channel: 1 }), at(0));
      expect(rows[0]!.timestamp).toBe(expected);
    }
  });
  it("survives the wrap of the counter", async () => {
    const { rows } = await rowsOf(packet(dayTime(1, 0, 0, 1), { type: 0x11, channel: 1, rtc: 2 ** 48 - 5 }), at(5));
    expect(rows[0]!.timestamp).toBe("1970-01-01T00:00:01.0000010+0000");
  });
  it("is not known without a time packet, nor from invalid digits", async () => {
    const bad = dayTime(60, 20, 5, 0);
    bad[4] = 0xaa;
    const { rows, found } = await rowsOf(packet(bad, { type: 0x11, channel: 1 }), at(0));
    expect(rows[0]!.timestamp).toBeNull();
    expect(found.map((f) => f[0])).toEqual(["chapter10.time_invalid"]);
  });
  it("that jumps is named with the jump", async () => {
    const clock = (s: number, rtc: number, sequence: number) =>
      packet(dayTime(60, 20, 5, s), { type: 0x11, channel: 1, rtc, sequence });
    const { found } = await rowsOf(clock(1, 10_000_000, 0), clock(2, 20_000_000, 1), clock(9, 30_000_000, 2));
    expect(found).toEqual([["chapter10.time_jump", 6_000_000_000]]);
  });
  it("of the messages may be IEEE-1588, of a kind that cannot be read is named", async () => {
    const time = (1_700_000_000n << 32n) | 123_456_700n;
    const data = busData([message([command(9, 1, 3, 1), status(9), 1])]);
    data.writeBigUInt64LE(time, 4);
    const { rows } = await rowsOf(packet(data, { flags: 0x44, secondaryTime: time }));
    expect(rows[0]!.timestamp).toBe("2023-11-14T22:13:20.1234567+0000");
    const other = await rowsOf(packet(data, { flags: 0x4c, secondaryTime: time }));
    expect(other.rows[0]!.timestamp).toBeNull();
    expect(other.found.map((f) => f[0])).toEqual(["chapter10.time_source"]);
  });
});

describe("names of channels", () => {
  const bus = packet(busData([message([command(9, 1, 3, 1), status(9), 1])]));
  const name = async (text: string) => {
    const { rows } = await rowsOf(packet(tmats(text), { type: 1, channel: 0 }), bus);
    return rows[0]!.mil1553.name;
  };
  it("come from the bus, else the link, else the source", async () => {
    const base = "G\\106:07;R-1\\ID:x;R-1\\TK1-1:5;R-1\\CDT-1:1553IN;";
    expect(await name(`${base}R-1\\CDLN-1:UAR-4;B-5\\DLN:UAR-4;B-5\\BNA-1:M1;`)).toBe("M1");
    expect(await name(`${base}R-1\\CDLN-1: UAR-4 ;\r\nB-5\\DLN:other;B-5\\BNA-1:M1;`)).toBe("UAR-4");
    expect(await name(`${base}R-1\\DSI-1:Left wing;`)).toBe("Left wing");
    expect(await name(`B-5\\BNA-1:M1;B-5\\DLN:L;R-1\\BDLN-1:L;R-1\\TK1-1:5`)).toBe("M1");
  });
  it("are cut at 32 bytes, and nothing in them is believed", async () => {
    expect(await name(`R-1\\TK1-1:5;R-1\\DSI-1:${"n".repeat(99)};`)).toBe("n".repeat(32));
    expect(await name('R-1\\TK1-1:5;R-1\\DSI-1:a"\n\\b')).toBe('a"\n\\b');
    expect(await name("R-99999999999\\TK1-1:5;R-\\TK1-:5;R-1\\TK1-1:99999;R-1\\DSI-1:x;:;;R-1\\TK1")).toBeUndefined();
  });
});
