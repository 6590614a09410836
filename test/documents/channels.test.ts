// Figures in docs/THREATS.md of what an allowed channel can still carry besides what it is for: computed here from the formats.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ROOT } from "../../lib/asc.ts";
import { MOST_BYTES } from "../../transfer/endpoint.ts";

/** Of n! */
const log2Factorial = (n: number): number => {
  let sum = 0;
  for (let k = 2; k <= n; k++) sum += Math.log2(k);
  return sum;
};
/** Bits of choosing k of n, one more than once: so many times in order among n ticks. */
const choices = (n: number, k: number): number => {
  let sum = -log2Factorial(k);
  for (let i = 0; i < k; i++) sum += Math.log2(n + i);
  return sum;
};

const TICKS = 10_000_000; // a second of the relative time counter
const RATE = 100; // datagrams a second
/** Of a message with one data word and its status word, in a datagram of 1,472 bytes: transfer header, packet, checksum. */
const MESSAGES = Math.floor((1472 - 4 - 24 - 4 - 4) / (14 + 6));
/** A counter that is set anew, once in 10 s, and a date a second: day, hour, minute, second, hundredths. */
const MORE = 48 / 10 + Math.log2(400 * 24 * 60 * 60 * 100);
const times = (messages: number) => RATE * choices(TICKS / RATE, messages) + MORE;

/** A name of 128 of 64 characters; the order and the sizes of its records say more: an offset of 40 bits each, and a length. */
const NAME = 128 * Math.log2(64);
const RECORD = 40 + Math.log2(MOST_BYTES);

const rounded = (bits: number) =>
  bits >= 1e4
    ? `${(bits / 1e3).toFixed(0)} kbit`
    : bits >= 1e3
      ? `${(bits / 1e3).toFixed(1)} kbit`
      : `${bits.toFixed(0)} bit`;

const ROWS: [string, string][] = [
  ["1553, times, 100 datagrams/s with one message each", `${rounded(times(1))}/s`],
  [`1553, times, 100 datagrams/s with ${MESSAGES} messages each`, `${rounded(times(MESSAGES))}/s`],
  ["1553, the same when times were not bounded", `${rounded(RATE * 48 * (MESSAGES + 1))}/s`],
  ["transfer, a name", `${rounded(NAME)} a file`],
  ["transfer, how a file is cut into records", `${rounded(RECORD)} a record`],
  ["transfer, digests and ends", "0 bit"],
];

it.each(ROWS)("%s: %s", (name, figure) => {
  const text = readFileSync(join(ROOT, "docs", "THREATS.md"), "utf8");
  expect(text).toContain(`| ${name} | ${figure} |`);
});
