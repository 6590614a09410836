// MIL-STD-1553 through guard: of a stream of Chapter 10 what the policy names crosses, made anew, and nothing else.
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { readBus } from "../mil1553/simulator/icd/read.ts";
import { inject } from "../mil1553/simulator/inject.ts";
import type { BusMessage } from "../mil1553/simulator/message.ts";
import { COUNTER_START } from "../mil1553/simulator/run.ts";
import { frame, STREAM } from "../mil1553/writer/frame.ts";
import { readChapter10 } from "../mil1553/writer/testing/reader.ts";
import { proposeMessages } from "../tuning/derive/messages.ts";
import { Guard, policyWith, SECOND } from "./testing/guard.ts";
import { ALL, ATTITUDE, bus, messagesOf, packetsOf, RT_RT, RULES, SYNC, stream, under } from "./testing/stream.ts";

let messages: BusMessage[];
beforeAll(() => {
  messages = bus();
});

const payloadOf = (out: Buffer) => out.subarray(42, 34 + out.readUInt16BE(38));

const rt = (m: { words: readonly number[] }) => m.words[0]! >> 11;
const sa = (m: { words: readonly number[] }) => (m.words[0]! >> 5) & 31;
const clean = ({ blockStatus }: BusMessage) => (blockStatus & 0x1638) === 0;
const essence = ({ time, words }: { time: number; words: readonly number[] }) => `${time} ${words.join(" ")}`;

// REQ-FILTER-018
describe("what crosses", () => {
  for (const options of [
    { format: 1 },
    { format: 2, checksum: 16 },
    { format: 3, checksum: 0 },
    { checksum: 8, secondary: true },
  ] as const)
    it(`is every message the policy names, and no other: ${JSON.stringify(options)}`, async () => {
      const guard = await Guard.under(under(`${ATTITUDE}\n${RT_RT}\n${SYNC}`));
      const { frames } = guard.run(stream({ ...options, of: messages }));
      const out = messagesOf(frames);
      const wanted = messages.filter(
        (m) =>
          clean(m) &&
          ((rt(m) === 5 && sa(m) === 1) ||
            (rt(m) === 3 && sa(m) === 4 && m.words.length === 20) ||
            (rt(m) === 31 && m.words[0] === 0xf811)),
      );
      expect(wanted.length).toBeGreaterThan(300);
      expect(out.map(essence)).toEqual(wanted.map(essence));
    });

  it("is made anew: own sequences and checksums, no gaps, no secondary header, one transfer format", async () => {
    const guard = await Guard.under(under(ALL));
    const { frames } = guard.run(stream({ format: 3, checksum: 0, secondary: true, of: messages }));
    const packets = packetsOf(frames);
    expect(new Set(packets.map(({ type }) => type))).toEqual(new Set([0x11, 0x19]));
    expect(packets.every(({ flags }) => flags === 3)).toBe(true);
    const data = packets.filter(({ type }) => type === 0x19);
    for (const channel of new Set(data.map((p) => p.channel))) {
      const own = data.filter((p) => p.channel === channel);
      expect(own.map(({ sequence }) => sequence)).toEqual(own.map((_, n) => n & 255));
    }
    const out = data.flatMap((p) => p.messages);
    expect(out.length).toBe(messages.filter(clean).length);
    for (const { gap1, gap2, blockStatus } of out) expect([gap1, gap2, blockStatus & ~0x2800]).toEqual([0, 0, 0]);
    frames.forEach(({ frame: out }, n) => {
      expect(payloadOf(out).readUInt32LE(0)).toBe(n * 256 + 1);
    });
  });

  it("is counted: by rule, as unlisted, as malformed", async () => {
    const guard = await Guard.under(under(`${ATTITUDE}\n- { name: no-radar, action: deny, rt: 14 }`));
    const { events } = guard.run([...stream({ of: messages }), { kind: 2, time: 100n * SECOND }]);
    const counted = events.flatMap(({ json }) => (json.rules as { rule: string; messages?: number }[]) ?? []);
    const last = (name: string) => counted.findLast(({ rule }) => rule === name)?.messages;
    const { guard: stats } = events.findLast(({ kind }) => kind === 1)!.json as {
      guard: { messages_malformed: number; messages_unlisted: number };
    };
    const attitude = messages.filter((m) => clean(m) && rt(m) === 5 && sa(m) === 1).length;
    expect(last("attitude")).toBe(attitude);
    const faulty = messages.filter((m) => !clean(m)).length;
    expect(stats.messages_malformed).toBe(faulty);
    const denied = last("no-radar")!;
    expect(denied).toBeGreaterThan(0);
    expect(attitude + denied + stats.messages_unlisted + faulty).toBe(messages.length);
  });
});

// REQ-FILTER-019
describe("data words", () => {
  const message = (time: number, ...data: number[]): BusMessage => ({
    channel: 2,
    time: COUNTER_START + time * 10_000,
    blockStatus: 0,
    gap1: 60,
    gap2: 0,
    words: [(5 << 11) | 0x400 | (1 << 5) | data.length, 5 << 11, ...data],
  });
  const values = async (check: string, ...data: number[]) => {
    const rule = `- { name: one, action: allow, channel: 2, rt: 5, sa: 1, direction: transmit, words: 1, data: [${check}] }`;
    const guard = await Guard.under(under(rule));
    const { frames } = guard.run(stream({ of: data.map((value, n) => message(n, value)) }));
    return messagesOf(frames).map(({ words }) => words[2]);
  };
  it("within a range, both ends included", async () => {
    expect(await values("{ word: 1, range: 10-20 }", 9, 10, 20, 21, 65535)).toEqual([10, 20]);
  });
  it("within a range of signed numbers", async () => {
    expect(await values("{ word: 1, range: [-2, 3] }", 65533, 65534, 0, 3, 4, 0x8000)).toEqual([65534, 0, 3]);
  });
  it("with bits that must be so", async () => {
    expect(await values("{ word: 1, mask: 0xf00f, value: 0x1002 }", 0x1002, 0x1ff2, 0x2002, 0x1003)).toEqual([
      0x1002, 0x1ff2,
    ]);
  });
  it("in steps, from the last that passed, either way round", async () => {
    expect(await values("{ word: 1, step: 5 }", 65533, 2, 8, 7, 2, 65530)).toEqual([65533, 2, 7, 2]);
  });
  it("that are not there do not pass", async () => {
    expect(await values("{ word: 2, range: 0-65535 }", 1)).toEqual([]);
  });
});

// REQ-FILTER-021
describe("what stays here", () => {
  it("datagrams that are not whole packets, with a reason", async () => {
    const guard = await Guard.under(under(ALL));
    const [, , good] = stream({ of: messages });
    const bytes = Buffer.from(good!.frame!);
    const payload = bytes.subarray(42);
    const changed = (change: (p: Buffer) => void) => {
      const copy = Buffer.from(payload);
      change(copy);
      return guard.one(frame(copy, STREAM, 9), later());
    };
    let time = SECOND;
    const later = () => {
      time += 2n * SECOND; // one drop event a second
      return { time };
    };
    const wrong = { sync: 4, channel: 6, length: 8, counter: 20, data: 60 };
    for (const [what, at] of Object.entries(wrong))
      expect(
        changed((p) => (p[at]! ^= 1)),
        what,
      ).toBe("chapter10");
    expect(guard.one(frame(payload.subarray(0, -1), STREAM, 9), later())).toBe("chapter10");
    expect(guard.one(frame(Buffer.concat([payload, Buffer.alloc(4)]), STREAM, 9), later())).toBe("chapter10");
    expect(
      guard.one(frame(Buffer.from("no such thing as Chapter 10 in here, but long enough"), STREAM, 9), later()),
    ).toBe("chapter10");
  });

  it("set-up records, whose text could say anything", async () => {
    const guard = await Guard.under(under(ALL));
    expect(guard.one(stream({ of: messages })[0]!.frame!)).toBe("messages");
  });

  it("everything, when one checker is broken", async () => {
    const { withSection } = await import("./testing/guard.ts");
    const { Tag } = await import("../appliance/contract/config.ts");
    const { compilePolicyText } = await import("./policy.ts");
    const part = compilePolicyText(under(ALL), "policy.yaml").parts.guard;
    // The second refuses all; the first allows all, the second by its tables only attitude
    const deaf = withSection(part, Tag.MESSAGE_TABLES, (tables) => tables.fill(0, 0, 8));
    const { frames } = (await Guard.under(deaf)).run(stream({ of: messages }));
    expect(messagesOf(frames)).toEqual([]);
    const other = compilePolicyText(under(ATTITUDE.replace("rt: 5", "rt: 6")), "policy.yaml").parts.guard;
    const mixed = withSection(other, Tag.MESSAGES, (rules) => rules.writeUInt32LE(1 << 5, 4));
    expect(messagesOf((await Guard.under(mixed)).run(stream({ of: messages })).frames)).toEqual([]);
  });
});

it("channels beyond those that can be numbered stay here, and take nothing from the others", async () => {
  const guard = await Guard.under(under(ALL));
  const on = (channel: number) => stream({ of: messages.slice(0, 5).map((m) => ({ ...m, channel })) }).at(-1)!;
  const left = Array.from({ length: 70 }, (_, n) => guard.run([on(100 + n)]).frames.length);
  expect(left).toEqual([...Array(64).fill(1), ...Array(6).fill(0)]);
  expect(guard.run([on(100)]).frames).toHaveLength(1);
});

// REQ-FILTER-020
describe("no bit of an ignored field survives", () => {
  it("flipping any bit leaves what leaves as it is, changes a field that is kept, or drops the datagram", async () => {
    const one = messages.filter((m) => rt(m) === 5 && sa(m) === 1 && clean(m)).slice(0, 2);
    const input = stream({ of: one, checksum: 0 }).at(-1)!.frame!;
    const guard = await Guard.under(under(ALL));
    const plain = Buffer.from(guard.one(input) as Buffer);
    const sum = (p: Buffer) => {
      let total = 0;
      for (let i = 4; i < 26; i += 2) total += p.readUInt16LE(i);
      p.writeUInt16LE(total & 0xffff, 26);
    };
    const payload = Buffer.from(input.subarray(42));
    const kept = new Set([6, 7, ...[0, 1, 2, 3, 4, 5].map((i) => 20 + i), 28, 31]); // channel, counter, count, time tag
    const survived: number[] = [];
    const times: number[] = []; // of messages: none is before the one that crossed last
    let at = 32;
    for (let m = 0; m < one.length; m++) {
      const length = payload.readUInt16LE(at + 12);
      times.push(at);
      for (const i of [0, 1, 2, 3, 4, 5, 8, 9]) kept.add(at + i); // time, bus; with trouble it stays here
      for (let i = 0; i < length; i++) kept.add(at + 14 + i);
      at += 14 + length;
    }
    for (let bit = 32; bit < payload.length * 8; bit++) {
      const copy = Buffer.from(payload);
      copy[bit >> 3]! ^= 1 << (bit & 7);
      sum(copy);
      const out = guard.one(frame(copy, STREAM, 9));
      if (typeof out === "string" || kept.has(bit >> 3)) continue;
      const body = (b: Buffer) => {
        const all = Buffer.from(payloadOf(b));
        for (const time of times) all.fill(0, time, time + 6);
        return Buffer.concat([all.subarray(4, 17), all.subarray(28, -4)]); // sequence, packet's time, checksums
      };
      if (!body(out).equals(body(plain))) survived.push(bit);
    }
    expect(survived).toEqual([]);
  });
});

it("hostile datagrams: the two checkers agree, and what leaves is readable", async () => {
  const guard = await Guard.under(under(ALL));
  const frames = stream({ checksum: 0, of: messages })
    .slice(1, 9)
    .map((r) => Buffer.from(r.frame!).subarray(42));
  const fix = (p: Buffer) => {
    // Header checksums made right, so that changes get further in
    for (let at = 4; at + 24 <= p.length && p.readUInt16LE(at) === 0xeb25; ) {
      let total = 0;
      for (let i = 0; i < 22; i += 2) total += p.readUInt16LE(at + i);
      p.writeUInt16LE(total & 0xffff, at + 22);
      const length = p.readUInt32LE(at + 4);
      if (length < 24 || length > p.length) break;
      at += length;
    }
  };
  let left = 0;
  fc.assert(
    fc.property(
      fc.nat(frames.length - 1),
      fc.array(fc.tuple(fc.nat(4000), fc.nat(255)), { maxLength: 6 }),
      fc.boolean(),
      (n, changes, right) => {
        const p = Buffer.from(frames[n]!);
        for (const [at, value] of changes) p[4 + (at % (p.length - 4))] = value;
        if (right) fix(p);
        const out = guard.one(frame(p, STREAM, 9));
        if (typeof out === "string") {
          expect(out).not.toBe("checkers");
          return;
        }
        left++;
        // Which bit a time is of may be any of the three; the reader knows the writer's one
        const read = Buffer.from(payloadOf(out).subarray(4));
        for (let at = 0; at < read.length; at += read.readUInt32LE(at + 4))
          if (read[at + 15] === 0x19) {
            expect(read[at + 27]! >> 6).toBeLessThan(3);
            const sum = (read.readUInt32LE(at + read.readUInt32LE(at + 4) - 4) - ((read[at + 27]! - 0x40) << 24)) >>> 0;
            read[at + 27] = 0x40;
            read.writeUInt32LE(sum, at + read.readUInt32LE(at + 4) - 4);
          }
        readChapter10(read);
      },
    ),
    { numRuns: 20_000, seed: 1553 },
  );
  expect(left).toBeGreaterThan(2_000);
});

it("a policy derived from the interface-control file lets out all that the bus says, whole and clean, and no attack's own words", async () => {
  const file = readBus("fixtures/mil1553/avionics.yaml");
  const guard = await Guard.under(policyWith(RULES, proposeMessages(file, true), ", mtu: 9000"));
  // Packets of two channels do not come in the order of their messages
  const out = messagesOf(guard.run(stream({ of: messages })).frames);
  expect(out.map(essence).sort()).toEqual(messages.filter(clean).map(essence).sort());
  for (const attack of ["rogue-terminal", "mode-transmitter-shutdown"]) {
    const { messages: attacked } = inject(messages, [{ attack, at: 1 }], 5);
    const own = attacked.filter((m) => m.attack);
    expect(own.length).toBeGreaterThan(0);
    const fresh = await Guard.under(policyWith(RULES, proposeMessages(file, true), ", mtu: 9000"));
    const out = new Set(messagesOf(fresh.run(stream({ of: attacked })).frames).map(essence));
    expect(
      own.filter((m) => out.has(essence(m))),
      attack,
    ).toEqual([]);
  }
});
