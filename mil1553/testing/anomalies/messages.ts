// One 1553 message that breaks one rule of MIL-STD-1553B 4.3, and the same message that keeps it.
import { busData, type MessageOptions, message, packet } from "../chapter10.ts";
import { type Pairs, pair } from "./pair.ts";

/** Command words: terminal, transmit, subaddress, count or mode code; status words: terminal, bits. */
const command = (rt: number, t: number, sa: number, n: number) => (rt << 11) | (t << 10) | (sa << 5) | (n & 31);
const status = (rt: number, bits = 0) => (rt << 11) | bits;
const RT_RT = 0x0800;
const BUS_B = 0x2000;

const one = (words: number[], options: MessageOptions = {}) =>
  packet(busData([message(words, { gap1: 65, ...options })]));
/** Terminal 9 transmits a word. */
const SENT = [command(9, 1, 3, 1), status(9), 7];
const RECEIVED = [command(9, 0, 3, 1), 7, status(9)];
/** Terminal 2 sends terminal 6 a word. */
const PASSED = [command(6, 0, 1, 1), command(2, 1, 1, 1), status(2), 7, status(6)];
const passed = (words: number[]) => one(words, { status: RT_RT, gap2: 60 });
const BROADCAST = [command(31, 0, 5, 1), 7];

const block = (bits: number) => one(SENT, { status: bits });
const answered = (bits: number) => one([SENT[0]!, status(9, bits), 7]);
const mode = (rt: number, t: number, code: number) => {
  const first = command(rt, t, 0, code);
  if (rt === 31) return one(code < 16 ? [first] : [first, 7]);
  return one(code < 16 ? [first, status(rt)] : t ? [first, status(rt), 7] : [first, 7, status(rt)]);
};
/** A second message, its first bit so many 100 ns behind the first bit of the one before it, which takes 64.5 us. */
const second = (after: number, bits = 0) =>
  packet(
    busData([message(SENT, { rtc: 1000, gap1: 65 }), message(SENT, { rtc: 1000 + after, gap1: 65, status: bits })]),
  );

/** What the recorder says (RCC 106-17 10.6.4.2), and how many words there are. */
export const STRUCTURE: Pairs = {
  message_error: pair(block, 0x1000, 0),
  format_error: pair(block, 0x0400, 0),
  response_timeout: pair(block, 0x0200, 0),
  word_count_error: pair(block, 0x0020, 0),
  sync_error: pair(block, 0x0010, 0),
  invalid_word: pair(block, 0x0008, 0),
  reserved_block_status: [0x0001, 0x0002, 0x0004, 0x0040, 0x0080, 0x0100, 0x4000, 0x8000].map((bits) =>
    pair(block, bits, BUS_B),
  ),
  empty: pair((n) => one(SENT.slice(0, n)), 0, 1, { left: ["no_response"] }),
  odd_length: pair(
    (length) => packet(Buffer.concat([busData([message(SENT, { length })]), Buffer.alloc(length - 6)])),
    7,
    6,
  ),
  too_long: pair(
    (n) => passed([command(6, 0, 1, 0), command(2, 1, 1, 0), status(2), ...Array(n - 4).fill(7), status(6)]),
    37,
    36,
    { also: ["word_count"] },
  ),
  word_count: [
    ...[0, 2].map((n) => pair((data: number) => one([SENT[0]!, status(9), ...Array(data).fill(7)]), n, 1)),
    ...[0, 2].map((n) => pair((data: number) => one([RECEIVED[0]!, ...Array(data).fill(7), status(9)]), n, 1)),
    pair((data) => passed([...PASSED.slice(0, 3), ...Array(data).fill(7), status(6)]), 2, 1),
    pair((n) => one([...BROADCAST, ...Array(n).fill(7)]), 2, 0),
    pair((n) => one(BROADCAST.slice(0, n)), 1, 2),
    // with message error or busy the terminal sends its status alone (4.3.3.5.3.3, 4.3.3.5.3.8)
    pair((bits) => one([SENT[0]!, status(9, bits)]), 4, 8),
  ],
  no_response: [
    pair((n) => one([command(4, 1, 0, 2), status(4)].slice(0, n)), 1, 2),
    pair((n) => one(RECEIVED.slice(0, n)), 2, 3),
    pair((n) => passed(PASSED.slice(0, n)), 4, 5),
    pair((n) => passed(PASSED.slice(0, n)), 2, 3, { left: ["word_count"] }),
  ],
  // a sender that is busy sends its status alone; without data there is nothing that the receiver could answer
  transmitter_busy: [
    pair((bits) => passed([...PASSED.slice(0, 2), status(2, bits)]), 0x8, 0x10, { left: ["word_count"] }),
    pair((bits) => passed([command(31, 0, 1, 1), PASSED[1]!, status(2, bits)]), 0x8, 0x10, { left: ["word_count"] }),
    pair((n) => passed([...PASSED.slice(0, 2), status(2, 8), 7, status(6)].slice(0, n)), 3, 5),
    pair((bits) => passed([...PASSED.slice(0, 2), status(2, bits)]), 0x408, 0x400, {
      also: ["status_message_error"],
      left: ["status_message_error"],
    }),
  ],
  broadcast_response: [
    pair((n) => one([...BROADCAST, status(3)].slice(0, n)), 3, 2),
    pair((n) => passed([command(31, 0, 1, 1), command(2, 1, 1, 1), status(2), 7, status(6)].slice(0, n)), 5, 4),
    pair((n) => one([command(31, 1, 0, 1), status(3)].slice(0, n)), 2, 1),
  ],
};

export const TIME: Pairs = {
  response_late: [
    pair((gap1) => one(SENT, { gap1 }), 141, 140), // 4.3.3.9
    pair((gap2) => one(PASSED, { status: RT_RT, gap2 }), 141, 140),
  ],
  // 4.3.3.8; 0: the recorder did not measure
  response_early: [pair((gap1) => one(SENT, { gap1 }), 39, 40), pair((gap1) => one(SENT, { gap1 }), 1, 0)],
  intermessage_gap: pair(second, 664, 665), // 4.3.3.7: 4 us, of which 2 us belong to the two words
  overlap: pair(second, 624, 625, { left: ["intermessage_gap"] }),
  time_backwards: pair((after) => second(after, BUS_B), -1, 0),
};

const MODES = [0, 1, 2, 3, 4, 5, 6, 7, 8];
const second2 = (word: number) => passed([PASSED[0]!, word, ...PASSED.slice(2)]);

export const LEGALITY: Pairs = {
  // table I of 4.3.3.5.1.7
  reserved_mode_code: [
    pair((code) => mode(4, 1, code), 9, 8),
    pair((code) => mode(4, 1, code), 15, 8),
    pair((code) => mode(4, 0, code), 22, 21),
    pair((code) => mode(4, 0, code), 31, 21),
  ],
  undefined_mode_code: [
    ...MODES.map((code) => pair((t: number) => mode(4, t, code), 0, 1)),
    ...[16, 18, 19].map((code) => pair((t: number) => mode(4, t, code), 0, 1)),
    ...[17, 20, 21].map((code) => pair((t: number) => mode(4, t, code), 1, 0)),
  ],
  illegal_broadcast: [
    ...[0, 2].flatMap((code) => [1, 3, 4, 5, 6, 7, 8].map((good) => pair((c: number) => mode(31, 1, c), code, good))),
    pair((rt) => one([command(rt, 1, 3, 1), status(rt), 7]), 31, 30),
    ...[16, 18, 19].map((code) => pair((rt: number) => one([command(rt, 1, 0, code), status(rt), 7]), 31, 30)),
  ],
  // a receive command, then a transmit command to another terminal, for as many words (4.3.3.6.3)
  rt_rt_commands: [
    pair((t) => second2(command(2, t, 1, 1)), 0, 1),
    pair((t) => passed([command(6, t, 1, 1), ...PASSED.slice(1)]), 1, 0),
    pair((n) => passed([command(6, 0, 1, n), ...PASSED.slice(1)]), 2, 1),
    pair((rt) => passed([PASSED[0]!, command(rt, 1, 1, 1), status(rt), 7, status(6)]), 6, 2),
    pair((rt) => passed([PASSED[0]!, command(rt, 1, 1, 1), status(rt), 7, status(6)]), 31, 30),
  ],
  rt_rt_unflagged: pair((bits) => one(PASSED, { status: bits, gap2: 60 }), 0, RT_RT),
  status_address: [
    pair((rt) => one([SENT[0]!, status(rt), 7]), 8, 9),
    pair((rt) => passed([...PASSED.slice(0, 2), status(rt), 7, status(6)]), 3, 2),
    pair((rt) => passed([...PASSED.slice(0, 4), status(rt)]), 7, 6),
  ],
  // 4.3.3.5.3: service request and broadcast command received are not looked at
  status_reserved: [pair(answered, 0x80, 0x100), pair(answered, 0x40, 0x100), pair(answered, 0x20, 0x10)],
  status_instrumentation: pair(answered, 0x200, 0x100),
  status_message_error: pair(answered, 0x400, 0x100),
  unsolicited_bus_acceptance: [pair((code) => one([command(9, 1, 0, code), status(9, 2)]), 2, 0), pair(answered, 2, 1)],
};
