// Figures in docs/THREATS.md of what an allowed channel can still carry besides what it is for: computed here from the formats.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { transferOf } from "../../diode/policy/transfer.ts";
import { ROOT } from "../../lib/asc.ts";
import { Endpoint, MOST_BYTES, PROFILES } from "../../transfer/endpoint.ts";

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

/** Which of these names a transfer's records may have, asked of the code that takes them apart. */
async function taken(names: readonly string[]): Promise<string[]> {
  const key = Buffer.alloc(32, 1);
  const [sender, receiver] = [
    await Endpoint.open(key, PROFILES.files, 1n),
    await Endpoint.open(key, PROFILES.files, 0n),
  ];
  const found: string[] = [];
  for (const [n, name] of names.entries()) {
    receiver.take(sender.manifest(n + 1, name, 0, Buffer.alloc(32)));
    while (sender.parity());
    for (const record of receiver.records()) if (record?.bytes.length) found.push(record.bytes.toString("latin1"));
  }
  return found;
}

/** Of all names, whatever their length. */
async function nameBits(): Promise<number> {
  const bytes = Array.from({ length: 256 }, (_, c) => String.fromCharCode(c));
  const count = async (of: (c: string) => string) => (await taken(bytes.map(of))).length;
  const [alone, first, inner, last] = [
    await count((c) => c),
    await count((c) => `${c}x`),
    await count((c) => `x${c}x`),
    await count((c) => `x${c}`),
  ];
  const longest = (await taken(bytes.slice(1).map((_, n) => "x".repeat(n + 1)))).length;
  let all = alone;
  for (let length = 2; length <= longest; length++) all += first * inner ** (length - 2) * last;
  return Math.log2(all);
}

/** A file's size is one of these, or not known; an offset is below it. Of a policy that does not say `largest`. */
const { largest } = transferOf({ in: {}, out: {} });
const SIZE = Math.log2(largest + 1);
const RECORD = Math.log2(largest) + Math.log2(MOST_BYTES);

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
  ["transfer, a name, where the policy names no extensions", `${rounded(await nameBits())} a file`],
  ["transfer, the size that is announced, where the policy has no `largest`", `${rounded(SIZE)} a file`],
  [
    "transfer, how a file is cut into records and in what order they come, where it has none",
    `${rounded(RECORD)} a record`,
  ],
];

it.each(ROWS)("%s: %s", (name, figure) => {
  const text = readFileSync(join(ROOT, "docs", "THREATS.md"), "utf8");
  expect(text).toContain(`| ${name} | ${figure} |`);
});
