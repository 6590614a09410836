// Chapter 10 by hand: packets and messages that no recorder of ours writes, one for each condition of the first checker
// (onboard/messages/remake.ts, match.ts). Checksums are right unless the packet is about them.
import { expect, it } from "vitest";
import { frame, STREAM } from "../mil1553/writer/frame.ts";
import { compilePolicyText } from "./policy.ts";
import { Guard, SECOND } from "./testing/guard.ts";
import { answer, bus, command, packet, sum16, u32 } from "./testing/packets.ts";
import { messagesOf, packetsOf, under } from "./testing/stream.ts";

const RULES = `- { name: plain, action: allow, channel: [3, 5-6, 9], rt: 0-31, sa: 1-30, direction: receive, words: 1-32 }
- { name: between, action: allow, channel: [3, 5-6, 9], rt: 3, sa: 1-30, direction: receive, words: 1-32, from: { rt: 6, sa: 2 } }
- { name: modes, action: allow, channel: 3, rt: 0-31, direction: receive, mode: any }`;

const PART = compilePolicyText(under(RULES), "policy.yaml").parts.guard;

const [ONE, TWO_STREAM, THREE] = [
  [1, 0, 0, 0],
  [0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0],
  [3, 0, 0, 0, 0, 0, 0, 0],
];
let id = 0;
const datagram = (transfer: readonly number[], ...packets: Buffer[]) =>
  frame(Buffer.concat([Buffer.from(transfer), ...packets]), STREAM, id++);

/** What came of a datagram: how many messages left, or why none. */
async function outcome(bytes: Buffer): Promise<number | string> {
  const { frames, events } = (await Guard.under(PART)).run([{ frame: bytes, time: SECOND }]);
  return frames.length ? messagesOf(frames).length : (events.find(({ json }) => json.drop)?.json.drop?.reason ?? "");
}

/** Two bytes shorter than it is. */
function uneven(bytes: Buffer): Buffer {
  bytes.writeUInt32LE(bytes.length - 2, 4);
  bytes.writeUInt16LE(sum16(bytes.subarray(0, 22)), 22);
  return bytes.subarray(0, -2);
}

const GOOD = { words: [command(5, 0, 1, 2), 7, 8, answer(5)] };
const RT_RT = 0x0800;

// REQ-FILTER-021
it.each<[string, Buffer, number | string]>([
  ["format 1", datagram(ONE, packet(bus([GOOD]))), 1],
  ["format 2", datagram(TWO_STREAM, packet(bus([GOOD]))), 1],
  ["format 3", datagram(THREE, packet(bus([GOOD]))), 1],
  [
    "format 3 whose source has more than four bits of length",
    datagram([0x53, 0, 0, 0, 0, 0, 0, 0], packet(bus([GOOD]))),
    "chapter10",
  ],
  ["format 3 that begins inside of a packet", datagram([3, 0, 4, 0, 0, 0, 0, 0], packet(bus([GOOD]))), "chapter10"],
  ["format 2 of another type", datagram(TWO_STREAM.with(4, 1), packet(bus([GOOD]))), "chapter10"],
  ["format 2 that begins inside of a packet", datagram(TWO_STREAM.with(8, 4), packet(bus([GOOD]))), "chapter10"],
  ["format 2 without a packet behind its header", datagram(TWO_STREAM, packet(bus([GOOD]), { sync: 0 })), "chapter10"],
  ["too short for any", datagram(ONE, Buffer.alloc(31)), "chapter10"],
  ["a second packet", datagram(ONE, packet(bus([GOOD])), packet(bus([GOOD]))), 2],
  [
    "a second packet without its sync",
    datagram(ONE, packet(bus([GOOD])), packet(bus([GOOD]), { sync: 0xeb26 })),
    "chapter10",
  ],
  ["a packet of no data", datagram(ONE, packet(bus([GOOD])), packet(Buffer.alloc(0))), "chapter10"],
  ["a packet of less than its first word", datagram(ONE, packet(bus([GOOD])), packet(Buffer.alloc(3))), "chapter10"],
  ["messages whose time is not the counter's", datagram(ONE, packet(bus([GOOD]), { flags: 0x40 })), "chapter10"],
  ["with filler", datagram(ONE, packet(bus([GOOD]), { filler: 4 }), packet(bus([GOOD]), { filler: 400 })), 2],
  ["of a length that is no multiple of four", datagram(ONE, uneven(packet(bus([GOOD]), { filler: 4 }))), "chapter10"],
  ...[0x44, 0x40, 0x48, 0x4c].map((flags): [string, Buffer, number | string] => [
    `messages whose time is of the format ${(flags >> 2) & 3}`,
    datagram(ONE, packet(bus([GOOD]), { flags, secondary: 5n })),
    flags === 0x44 ? 1 : "chapter10",
  ]),
  ["IEEE 1588 time without a secondary header", datagram(ONE, packet(bus([GOOD]), { flags: 0x44 })), "chapter10"],
  ...[0n, 1n].flatMap((over): [string, Buffer, number | string][] => {
    const ns = 999_999_999n + over;
    const packets = {
      message: packet(bus([{ ...GOOD, time: ns }]), { flags: 0x44, secondary: 5n }),
      "secondary header": packet(bus([GOOD]), { flags: 0x44, secondary: ns }),
    };
    return Object.entries(packets).map(([where, one]) => [
      `${ns} ns in the ${where}`,
      datagram(ONE, one),
      over ? "chapter10" : 1,
    ]);
  }),
  ["more messages than there are", datagram(ONE, packet(bus([GOOD], 2))), "chapter10"],
  ["fewer messages than there are", datagram(ONE, packet(bus([GOOD, GOOD], 1))), "chapter10"],
])("a datagram: %s", async (_, bytes, expected) => {
  expect(await outcome(bytes)).toBe(expected);
});

// REQ-FILTER-018
it.each<[string, { words: number[]; status?: number }, number | string, number?]>([
  ["to all, who cannot be asked", { words: [command(31, 1, 1, 2), 7, 8] }, "messages"],
  ["to all", { words: [command(31, 0, 1, 2), 7, 8] }, 1],
  ["a mode under subaddress 31, answered at once", { words: [command(5, 0, 31, 1), answer(5)] }, 1],
  ["a mode under subaddress 0, with a word", { words: [command(5, 0, 0, 17), 9, answer(5)] }, 1],
  [
    "between terminals",
    { words: [command(3, 0, 4, 1), command(6, 1, 2, 1), answer(6), 9, answer(3)], status: RT_RT },
    1,
  ],
  [
    "between terminals, from another subaddress",
    { words: [command(3, 0, 4, 1), command(6, 1, 3, 1), answer(6), 9, answer(3)], status: RT_RT },
    "messages",
  ],
  [
    "between terminals, from another terminal",
    { words: [command(3, 0, 4, 1), command(7, 1, 2, 1), answer(7), 9, answer(3)], status: RT_RT },
    "messages",
  ],
  [
    "between terminals, of which one is asked for a mode",
    { words: [command(3, 0, 4, 16), command(6, 1, 31, 16), answer(6), ...Array(16).fill(9), answer(3)], status: RT_RT },
    "messages",
  ],
  [
    "between terminals, to all",
    { words: [command(31, 0, 4, 1), command(6, 1, 2, 1), answer(6), 9], status: RT_RT },
    "messages",
  ],
  [
    "between terminals, as a mode",
    { words: [command(3, 0, 0, 17), command(6, 1, 2, 1), answer(6), 9, answer(3)], status: RT_RT },
    "messages",
  ],
  ["of no word", { words: [] }, "messages"],
  ["on a channel before those that are named", GOOD, "messages", 2],
  ["on one between them", GOOD, "messages", 4],
  ["on the last of a range", GOOD, 1, 6],
  ["on one behind it", GOOD, "messages", 7],
  ["on the last", GOOD, 1, 9],
  ["on one behind all", GOOD, "messages", 10],
])("a message: %s", async (_, message, expected, channel = 3) => {
  expect(await outcome(datagram(ONE, packet(bus([message]), { channel })))).toBe(expected);
});

it("a rule for one of the two buses lets nothing of the other out", async () => {
  const guard = await Guard.under(
    under("- { name: a, action: allow, bus: A, rt: 5, sa: 1, direction: receive, words: 2 }"),
  );
  const on = (status: number) =>
    guard.run([{ frame: datagram(ONE, packet(bus([{ ...GOOD, status }]))), time: SECOND }]);
  expect(messagesOf(on(0).frames)).toHaveLength(1);
  expect(on(0x2000).frames).toEqual([]);
});

it("a transfer to one terminal is not what a rule for transfers between terminals names", async () => {
  const between = RULES.split("\n")[1]!;
  const guard = await Guard.under(under(between));
  expect(guard.one(datagram(ONE, packet(bus([{ words: [command(3, 0, 4, 1), 9, answer(3)] }]))))).toBe("messages");
});

/** Words of four binary coded decimal digits behind a time packet's first word. */
const time = (first: number, ...digits: string[]) =>
  Buffer.concat([u32(first), ...digits.map((word) => Buffer.from(word, "hex").reverse())]);
const BY_MONTH = 0x200;

// REQ-FILTER-020
it.each<[string, Buffer, boolean]>([
  ["with day and month", time(BY_MONTH, "5999", "2359", "1231", "2026"), true],
  ["with the day of the year", time(0, "5999", "2359", "0365"), true],
  ["of less than its first word", Buffer.alloc(3), false],
  ["of nothing else", u32(0), false],
  ["of the other format's length", time(BY_MONTH, "5999", "2359", "0365"), false],
  ["with an invalid digit", time(0, "5a99", "2359", "0365"), false],
  ["with an invalid first digit", time(BY_MONTH, "5999", "2359", "1231", "a026"), false],
  ["with bits beside the digits of its seconds", time(0, "8999", "2359", "0365"), false],
  ["with bits beside the digits of its hours", time(0, "5999", "4359", "0365"), false],
  ["with bits beside the digits of its day", time(0, "5999", "2359", "0765"), false],
])("a time packet %s", async (_, data, passes) => {
  const bytes = datagram(ONE, packet(data, { type: 0x11, channel: 1 }), packet(bus([GOOD])));
  const { frames } = (await Guard.under(PART)).run([{ frame: bytes, time: SECOND }]);
  expect(packetsOf(frames).map(({ type }) => type)).toEqual(passes ? [0x11, 0x19] : [0x19]);
});

/** Of a time packet, format 2: format and status, seconds, fraction. */
const network = (first: number, fraction = 0) => Buffer.concat([u32(first), u32(7), u32(fraction)]);

// REQ-FILTER-020
it.each<[string, Buffer, string | undefined]>([
  ["of NTP", network(0x01, 0xffffffff), "0100000007000000ffffffff"],
  ["of IEEE 1588-2002", network(0x11, 999_999_999), "1100000007000000ffc99a3b"],
  ["of IEEE 1588-2008, not valid", network(0x20), "200000000700000000000000"],
  ["with bits that mean nothing", network(0xffffff0d), "010000000700000000000000"],
  ["of another format", network(0x31), undefined],
  ["of more nanoseconds than a second has", network(0x11, 1_000_000_000), undefined],
  ["of another length", Buffer.alloc(10), undefined],
])("a time packet of a network: %s", async (_, data, crosses) => {
  const bytes = datagram(ONE, packet(data, { type: 0x12, channel: 1 }), packet(bus([GOOD])));
  const { frames } = (await Guard.under(PART)).run([{ frame: bytes, time: SECOND }]);
  const packets = packetsOf(frames);
  expect(packets.map(({ type }) => type)).toEqual(crosses ? [0x12, 0x19] : [0x19]);
  if (crosses) expect(packets[0]!.data.subarray(0, 12).toString("hex")).toBe(crosses);
});

// REQ-FILTER-020
it("IEEE 1588 times leave as those of the counter, by the packet's own header", async () => {
  const at = (seconds: bigint, ns: bigint) => (seconds << 32n) | ns;
  const times = [at(9n, 999_999_900n), at(10n, 0n), at(10n, 50n), at(11n, 250n)];
  const messages = times.map((time) => ({ ...GOOD, time }));
  const bytes = datagram(ONE, packet(bus(messages), { flags: 0x44, secondary: times[1]!, counter: 5000 }));
  const { frames } = (await Guard.under(PART)).run([{ frame: bytes, time: SECOND }]);
  expect(messagesOf(frames).map(({ time }) => time)).toEqual([4999, 5000, 5000, 10_005_002]);
});
