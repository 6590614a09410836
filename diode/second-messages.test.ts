// The second checker of 1553 messages by itself: guard only ever asks it about what the first has just made, so what it refuses
// of that can only be shown here. Whatever it lets out is just as the first would make it: guard lets it out unchanged.
import { beforeAll, expect, it } from "vitest";
import { instantiateOnboard } from "../lib/asc.ts";
import type { ExportsOf } from "../lib/exports.ts";
import { frame, STREAM } from "../mil1553/writer/frame.ts";
import { compilePolicyText } from "./policy.ts";
import { Guard } from "./testing/guard.ts";
import { answer, bus, command, packet, sum16, u32 } from "./testing/packets.ts";
import { under } from "./testing/stream.ts";

const POLICY = under(`- { name: all, action: allow, rt: 0-31, sa: 1-30, direction: receive, words: 1-32 }
- { name: answers, action: allow, channel: 3, rt: 5, sa: 1, direction: transmit, words: 1-4, data: [{ word: 2, range: 1-9 }, { word: 1, step: 5 }] }
- { name: others, action: allow, rt: 0-30, sa: 2-30, direction: transmit, words: 1-32 }
- { name: between, action: allow, rt: 0-31, sa: 1-30, direction: receive, words: 1-32, from: { rt: 0-30, sa: 1-30 } }
- { name: orders, action: allow, rt: 0-31, direction: receive, mode: any }`);
const RT_RT = 0x0800;
const MESSAGES = [
  { words: [command(5, 0, 1, 3), 7, 8, 9, answer(5)] },
  { words: [command(5, 1, 1, 2), answer(5), 1, 4] },
  { words: [command(3, 0, 1, 1), command(30, 1, 1, 1), answer(30), 9, answer(3)], status: RT_RT },
  { words: [command(31, 0, 2, 1), command(6, 1, 2, 1), answer(6), 9], status: RT_RT },
  { words: [command(31, 0, 1, 2), 7, 8] },
  { words: [command(31, 0, 31, 1)], status: 0x2000 },
  { words: [command(5, 0, 0, 1), answer(5)] },
  { words: [command(5, 0, 31, 17), 9, answer(5)] },
];

type Probe = ExportsOf<"diode/onboard/checkers.probe.ts">;
let e: Probe;
let guard: Guard;
const put = (bytes: Uint8Array) => new Uint8Array(e.memory.buffer).set(bytes, e.at());

/** The second checker has no memory of the messages before, once it is configured. */
function fresh(): void {
  const { guard: part } = compiled;
  put(part);
  expect(e.configure(part.length)).toBe(0);
}
const compiled = compilePolicyText(POLICY, "policy.yaml").parts;
const asked = (payload: Uint8Array) => {
  put(payload);
  return e.askSecondMessages(payload.length);
};

beforeAll(async () => {
  e = (await instantiateOnboard("diode/onboard/checkers.probe.ts")).exports;
  fresh();
  guard = await Guard.under(compiled.guard);
});

/** The payload that guard makes of these packets. */
async function made(...packets: Buffer[]): Promise<Buffer> {
  const input = frame(Buffer.concat([Buffer.from([1, 0, 0, 0]), ...packets]), STREAM, 1);
  const out = (await Guard.under(compiled.guard)).one(input);
  if (typeof out === "string") throw new Error(out);
  return Buffer.from(out.subarray(42, 34 + out.readUInt16BE(38)));
}

/** Both sums of the payload's first packet made right, where it is as long as it says. */
function sealed(payload: Buffer): Buffer {
  const p = payload.subarray(4);
  p.writeUInt16LE(sum16(p.subarray(0, 22)), 22);
  const length = p.readUInt32LE(4);
  if (length < 28 || length > p.length || length % 4) return payload;
  let sum = 0;
  for (let at = 24; at < length - 4; at += 4) sum = (sum + p.readUInt32LE(at)) >>> 0;
  p.writeUInt32LE(sum, length - 4);
  return payload;
}

/** The same but for what is made anew each time: sequences, the packet's time, and the sum over them. */
function essence(payload: Buffer): string {
  const copy = Buffer.from(payload);
  copy.fill(0, 1, 4);
  copy[17] = 0;
  copy.fill(0, 20, 28);
  return copy.toString("hex");
}

// REQ-FILTER-018, REQ-FILTER-020
it("lets out of all that differs in one bit only what guard makes no different", async () => {
  let [accepted, refused] = [0, 0];
  for (const message of MESSAGES) {
    const payload = await made(packet(bus([message])));
    fresh();
    expect(asked(payload), JSON.stringify(message)).toBe(1);
    for (let bit = 0; bit < payload.length * 8; bit++) {
      const changed = Buffer.from(payload);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      fresh();
      if (asked(changed) >= 0) expect(bit >> 3).toBeLessThan(4); // the sums are over all but the transfer header
      sealed(changed);
      fresh();
      if (asked(changed) < 0) {
        refused++;
        continue;
      }
      accepted++;
      guard = await Guard.under(compiled.guard);
      const out = guard.one(frame(changed, STREAM, bit));
      expect(out, `bit ${bit} of ${JSON.stringify(message)}`).toBeInstanceOf(Buffer);
      const left = (out as Buffer).subarray(42, 34 + (out as Buffer).readUInt16BE(38));
      expect(essence(Buffer.from(left))).toBe(essence(changed));
    }
  }
  expect(accepted).toBeGreaterThan(200);
  expect(refused).toBeGreaterThan(1000);
});

it("refuses what is cut, what is longer, and what is of another transfer format", async () => {
  const payload = await made(packet(bus(MESSAGES)));
  fresh();
  expect(asked(payload)).toBe(MESSAGES.length);
  for (let length = 0; length < payload.length; length++) {
    // Of a packet there is none yet: nothing is let out by it
    expect(asked(payload.subarray(0, length)), `${length}`).toBe(length === 4 ? 0 : -1);
  }
  for (const more of [1, 4, 8, 27, 28, 32]) expect(asked(Buffer.concat([payload, Buffer.alloc(more)]))).toBe(-1);
  expect(asked(Buffer.from(payload).fill(3, 0, 1))).toBe(-1);
});

/** A payload of one packet whose sums are right, as the first checker makes them. */
const own = (data: Buffer, type = 0x19): Buffer =>
  sealed(Buffer.concat([Buffer.from([1, 0, 0, 0]), lengthened(packet(data, { type, flags: 3 }))]));
const network = (first: number) => Buffer.concat([u32(first), Buffer.alloc(8)]);
/** With room for the data's sum. */
function lengthened(bytes: Buffer): Buffer {
  bytes.writeUInt32LE(bytes.length + 4, 4);
  return Buffer.concat([bytes, Buffer.alloc(4)]);
}

/** Two bytes less than it has. */
function shorter(payload: Buffer): Buffer {
  const p = payload.subarray(4);
  p.writeUInt32LE(p.length - 2, 4);
  p.writeUInt16LE(sum16(p.subarray(0, 22)), 22);
  return payload;
}

it.each<[string, Buffer, number]>([
  ["a time packet with the day of the year", own(Buffer.alloc(10), 0x11), 0],
  ["a time packet with day and month", own(Buffer.alloc(12), 0x11), 0],
  ["a time packet of another length", own(Buffer.alloc(8), 0x11), -1],
  ["a time packet of a network", own(network(0x21), 0x12), 0],
  ["one whose first word says more", own(network(0x121), 0x12), -1],
  ["one of another status", own(network(0x22), 0x12), -1],
  ["one of another format", own(network(0x31), 0x12), -1],
  ["one of another length", own(Buffer.alloc(10), 0x12), -1],
  ["a packet of another type", own(bus([MESSAGES[0]!]), 0x18), -1],
  ["a packet without its first word", own(Buffer.alloc(3)), -1],
  ["a packet of no messages", own(u32(0)), 0],
  ["messages whose time is of a bit that is reserved", own(bus([MESSAGES[0]!], 0xc0000001 - 0x40000000)), -1],
  ["one message more than there is", own(bus([MESSAGES[0]!], 2)), -1],
  ["one message less", own(bus([MESSAGES[0]!, MESSAGES[0]!], 1)), -1],
  ["a message without words", own(bus([{ words: [] }])), -1],
  ["as many messages as a datagram may hold", own(bus(Array(576).fill(MESSAGES[5]))), 576],
  ["a length that is no multiple of four", shorter(own(bus([MESSAGES[0]!]))), -1],
  [
    "a mode between terminals",
    own(bus([{ words: [command(3, 0, 0, 17), command(6, 1, 2, 17), answer(6), 9, answer(3)], status: RT_RT }])),
    -1,
  ],
  ["one more", own(bus(Array(577).fill(MESSAGES[5]))), -1],
  ["a message that no rule matches", own(bus([{ words: [command(5, 1, 1, 5), answer(5), 1, 4, 1, 1, 1] }])), -1],
])("%s", (_, payload, expected) => {
  fresh();
  expect(asked(payload)).toBe(expected);
});
