// What leaves the decoder as text: the mil1553 object, the statistics of a bus; and that a file and UDP streams of the
// same packets say the same.

import { describe, expect, it } from "vitest";
import { RecordKind } from "../appliance/contract/abi.ts";
import { decodeChapter10, findingText, record } from "../captures/mil1553/index.ts";
import { busData, dayTime, message, packet, segment, segment2, stretch, tmats, whole } from "./testing/chapter10.ts";
import { decodeBytes, frame, rowsOf } from "./testing/decode.ts";

describe("the mil1553 object", () => {
  it("names what an interface control document names", async () => {
    const { rows } = await rowsOf(
      packet(tmats("R-1\\TK1-1:5;R-1\\DSI-1:Left wing;"), { type: 1, channel: 0 }),
      packet(
        busData([
          message([0x3184, 0x1584, 0x1000, 0x0204, 0x008f, 0xff86, 7, 0x3000], {
            rtc: 12,
            status: 0x2800,
            gap1: 58,
            gap2: 64,
          }),
        ]),
      ),
    );
    expect(rows[0]!.mil1553).toEqual({
      channel: 5,
      name: "Left wing",
      bus: "B",
      rtc: 12,
      format: "rt-rt",
      command: "3184",
      rt: 6,
      sa: 12,
      direction: "receive",
      word_count: 4,
      from: { command: "1584", rt: 2, sa: 12, direction: "transmit", word_count: 4 },
      status: "3000",
      from_status: "1000",
      block_status: "2800",
      response_us: 5.8,
      second_response_us: 6.4,
      words: "318415841000" + "0204008fff860007" + "3000",
    });
  });
});

describe("statistics of a bus", () => {
  it("are load, rate, errors and response times over the recorder's time", async () => {
    // every 1 ms: 3 words and 4 or 5 us of dead time; one in ten is not answered (20 us)
    const messages = Array.from({ length: 100 }, (_, i) =>
      i % 10
        ? message([0x4c61, 0x4800, i], { rtc: 10_000 * i, gap1: 60 + (i % 2) * 10, status: i % 4 ? 0 : 0x2000 })
        : message([0x4c61], { rtc: 10_000 * i, status: 0x1200 }),
    );
    const { result } = await decodeBytes([packet(busData(messages))], { rows: "json" });
    expect(result.buses.map((b) => JSON.parse(b))).toEqual([
      {
        channel: 5,
        messages: 100,
        bus_b: 20,
        words: 280,
        per_second: 1009.4, // 100 in 99.065 ms: from the first message to the end of the last
        load_percent: 6.07,
        errors: 10,
        no_response: 10,
        anomalous: 0,
        doubtful: 0,
        response_us: { min: 6, mean: 6.56, max: 7 },
      },
    ]);
  });
});

// REQ-DECODE-020
describe("the same packets", () => {
  const packets = [
    packet(tmats("R-1\\TK1-1:5;R-1\\DSI-1:Left wing;"), { type: 1, channel: 0 }),
    packet(dayTime(60, 20, 5, 0), { type: 0x11, channel: 1 }),
    ...[0, 1, 2, 4].map((sequence) =>
      packet(
        busData(
          Array.from({ length: 50 }, (_, i) =>
            message([0x4c61, 0x4800, i], { rtc: 1e6 * sequence + 5000 * i, gap1: 65 }),
          ),
        ),
        { sequence },
      ),
    ),
  ];
  const cut = (make: typeof segment) =>
    packets
      .flatMap((p) => [0, 400, 800].filter((from) => from < p.length).map((from) => [p, from] as const))
      .map(([p, from], i) => make(i, p, from, Math.min(from + 400, p.length)));
  const bytes = Buffer.concat(packets);
  const starts = packets.map((_, i) => Buffer.concat(packets.slice(0, i)).length);
  const ways: Record<string, Buffer[]> = {
    "format 1, whole": packets.map((p, i) => whole(i, p)),
    "format 1, segments": cut(segment),
    "format 2": cut(segment2),
    "format 3": Array.from({ length: Math.ceil(bytes.length / 700) }, (_, i) => {
      const start = starts.find((s) => s >= i * 700 && s < (i + 1) * 700);
      return stretch(i, start === undefined ? 0xffff : start - i * 700, bytes.subarray(i * 700, (i + 1) * 700));
    }),
  };
  for (const [way, datagrams] of Object.entries(ways))
    it(`say the same as a file and as ${way}`, async () => {
      const run = async (records: Uint8Array[]) => {
        const parts: string[] = [];
        const found: string[] = [];
        let i = 0;
        const fill = async (target: Uint8Array) => {
          if (i === records.length) return 0;
          target.set(records[i]!);
          return records[i++]!.length;
        };
        const result = await decodeChapter10(
          { file: "x", fill },
          { rows: "json" },
          (rows) => void parts.push(Buffer.from(rows).toString()),
          (f) => void found.push(findingText(f)),
        );
        return { text: parts.join(""), found, buses: result.buses };
      };
      const file = await run([record(bytes, RecordKind.CHAPTER10)]);
      const last = bytes.length - packets.at(-1)!.length;
      expect(file.found).toEqual([`x: offset ${last}: chapter10.sequence_gap on channel 5: 1 packets missing`]);
      expect(await run(datagrams.map((d) => record(frame(d), RecordKind.FRAME, 1)))).toEqual(file);
    });
});
