import { describe, expect, it } from "vitest";
import { busData, message, packet, tmats } from "../../mil1553/testing/chapter10.ts";
import { decodeBytes } from "../../mil1553/testing/decode.ts";
import { fieldsOfCsv, fieldsOfJson, whereOf } from "./where.ts";

const command = (rt: number, t: number, sa: number, n: number) => (rt << 11) | (t << 10) | (sa << 5) | n;
const BUS_B = 0x2000;
const RECORDING = [
  packet(tmats('R-1\\TK1-1:5;R-1\\DSI-1:Left, "upper" wing;R-1\\TK1-2:6;R-1\\DSI-2:CARGO;'), { type: 1, channel: 0 }),
  packet(
    busData([
      message([command(9, 1, 3, 1), 9 << 11, 7], { gap1: 65 }),
      message([command(6, 0, 1, 1), command(2, 1, 4, 1), 2 << 11, 7, 6 << 11], {
        status: 0x0800,
        gap1: 65,
        gap2: 60,
        rtc: 10_000,
      }),
      message([command(4, 1, 0, 2), 4 << 11], { status: BUS_B, gap1: 65, rtc: 20_000 }),
    ]),
  ),
  packet(busData([message([command(9, 0, 3, 0), 7], { gap1: 65 }), message([], { rtc: 10_000 })]), { channel: 6 }),
];
/** Which of the messages match, by number: as CSV, and as JSON the same. */
async function matching(words: string): Promise<number[]> {
  const { where } = whereOf(words);
  const of = async (rows: "messages" | "json") => {
    const lines = (await decodeBytes([Buffer.concat(RECORDING)], { rows })).text.trimEnd().split("\n");
    const fields = rows === "json" ? lines.map(fieldsOfJson) : lines.slice(1).map(fieldsOfCsv);
    return fields.flatMap((one, n) => (where(one) ? [n] : []));
  };
  const numbers = await of("json");
  expect(await of("messages"), words).toEqual(numbers);
  return numbers;
}

// REQ-DECODE-026
describe("words that choose 1553 messages", () => {
  it.each<[string, number[]]>([
    ["rt 9", [0, 3]],
    ["rt 2", [1]],
    ["rt 4-6", [1, 2]],
    ["sa 3", [0, 3]],
    ["sa 4", [1]],
    ["channel 6", [3, 4]],
    ["channel 0-5", [0, 1, 2]],
    ["name cargo", [3, 4]],
    ["mode 2", [2]],
    ["mode 0-31", [2]],
    ["words 32", [3]],
    ["bus b", [2]],
    ["format RT-RT", [1]],
    ["format none", [4]],
    ["transmit", [0, 2]],
    ["receive", [1, 3]],
    ["error", [3, 4]],
    ["anomaly empty", [4]],
    ["anomaly word_count", [3]],
    ["rt 9 and sa 3 and error", [3]],
    ["not error", [0, 1, 2]],
    ["rt 4 or rt 9 and error", [2, 3]],
    ["(rt 4 or rt 9) and error", [3]],
    ["not (channel 5 or error)", []],
    ["NOT NOT transmit AND bus A", [0]],
  ])("%s", async (words, numbers) => {
    expect(await matching(words)).toEqual(numbers);
  });
  it.each([
    [
      "",
      "the end: expected rt, sa, channel, mode, words, bus, format, name, anomaly, message, value, transmit, receive, error, not, or a parenthesis",
    ],
    ["rt 32", "word 2, 32: expected a number or a range from 0 to 31"],
    ["rt 5-4", "word 2, 5-4: expected a number or a range from 0 to 31"],
    ["channel 65536", "word 2, 65536: expected a number or a range from 0 to 65535"],
    ["bus C", "word 2, C: expected A, B"],
    ["name", "the end: expected what name is to be"],
    ["(rt 5", "the end: expected and, or, or a closing parenthesis"],
    ["rt 5 sa 2", "word 3, sa: expected and, or, or the end"],
    [
      "port 80",
      "word 1, port: expected rt, sa, channel, mode, words, bus, format, name, anomaly, message, value, transmit, receive, error, not, or a parenthesis",
    ],
    [`${"not ".repeat(101)}error`, "word 101, not: expected at most 100 words inside of others"],
  ])("%s is refused", (words, why) => {
    expect(() => whereOf(words)).toThrow(`${words}: ${why}`);
  });
});
