// Limits of the Chapter 10 reader (onboard/capacity.ts) from both sides: what is still done, and what is not any more.
import { beforeAll, expect, it } from "vitest";
import { RecordKind } from "../appliance/contract/abi.ts";
import { Chapter10Decoder, record } from "../captures/mil1553/index.ts";
import { busData, dayTime, message, packet, tmats, whole } from "./testing/chapter10.ts";
import { frame, type Row } from "./testing/decode.ts";

let decoder: Chapter10Decoder;
beforeAll(async () => {
  decoder = await Chapter10Decoder.create({ rows: "json" });
});

/** Messages of these records. */
function rowsOf(...records: Uint8Array[]): Row[] {
  const parts: Uint8Array[] = [];
  const take = (pieces: Iterable<{ rows: Uint8Array }>) => {
    for (const { rows } of pieces) parts.push(Uint8Array.from(rows));
  };
  decoder.begin("plain");
  for (const one of records) {
    decoder.input.set(one);
    take(decoder.decode(one.length));
  }
  take(decoder.end());
  const lines = Buffer.concat(parts).toString().split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Row);
}

const stream = (...packets: Uint8Array[]) => record(Buffer.concat(packets), RecordKind.CHAPTER10);
const bus = (rtc: number, channel = 5) =>
  packet(busData([message([0x4c61, 0x4800, 7], { rtc, gap1: 65 })]), { channel });

it("seven headers that do not prove themselves are looked at inside a damaged packet; the eighth ends the search", () => {
  const forged = packet(Buffer.alloc(20), { type: 0x40 });
  forged[forged.length - 1]! ^= 1;
  const found = (n: number) => {
    const inside = Array.from({ length: n }, () => Buffer.concat([forged, Buffer.alloc(4)]));
    const outer = packet(Buffer.concat([Buffer.alloc(40), ...inside, bus(3), Buffer.alloc(300)]), { type: 0x40 });
    outer[40]! ^= 1;
    return rowsOf(stream(bus(1), outer, Buffer.alloc(8), bus(4))).map(({ mil1553 }) => mil1553.rtc);
  };
  expect([found(7), found(8)]).toEqual([
    [1, 3, 4],
    [1, 4],
  ]);
});

it("the clocks of sixteen recorders are kept; the seventeenth displaces that of the one seen longest ago", () => {
  const clock = packet(dayTime(1, 0, 0, 1), { type: 0x11, channel: 1 });
  const sent = (from: number, sequence: number, ...packets: Buffer[]) =>
    record(frame(whole(sequence, ...packets), 2000, from), RecordKind.FRAME, 1);
  const last = (recorders: number) => {
    const others = Array.from({ length: recorders - 1 }, (_, n) => sent(2 + n, 0, bus(0)));
    return rowsOf(sent(1, 0, clock, bus(0)), ...others, sent(1, 1, bus(10_000_000))).at(-1)!.timestamp;
  };
  expect([last(16), last(17)]).toEqual(["1970-01-01T00:00:02.0000000+0000", null]);
});

it("the names of 256 channels are read, of 32 bytes each", () => {
  const named = (n: number, length = 4) => {
    const filler = Array.from({ length: n - 1 }, (_, i) => `R-1\\TK1-${i + 2}:${i + 1000};`).join("");
    const text = `${filler}R-1\\TK1-1:5;R-1\\DSI-1:${"x".repeat(length)};`;
    return rowsOf(stream(packet(tmats(text), { type: 1, channel: 0 }), bus(0))).at(-1)!.mil1553.name;
  };
  expect([named(256), named(257)]).toEqual(["xxxx", undefined]);
  expect([named(1, 32), named(1, 33)]).toEqual(["x".repeat(32), "x".repeat(32)]);
});
