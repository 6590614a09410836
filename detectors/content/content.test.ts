// Content: what hosts of a known conversation say that they never said. The attacks are sent by the same hosts in the same service.
import { expect, it } from "vitest";
import { checkAll, type Found, sound, taught } from "../ip/testing/probe.ts";
import { at, byTime, every } from "../ip/testing/traffic.ts";
import type { Frame } from "../testing/site.ts";
import {
  Connection,
  dnp3,
  float,
  goose,
  measured,
  mmsWrite,
  modbus,
  outstation,
  polled,
  publisher,
  sampled,
} from "./testing/messages.ts";

const only = ["content", "new-pair"];
const LESSON = 1200;
const own = (found: Found[]) => found.filter(({ detector }) => detector === "content");
const told = (found: Found[]) => own(found).map(({ expected, seen }) => `${expected} | ${seen}`);

async function judged(lesson: Frame[], traffic: Frame[]) {
  const found = own(checkAll(await taught(lesson, { rate: 0.1 }, only), traffic));
  expect(found.every(sound)).toBe(true);
  return found;
}
const once =
  (second: number, say: (c: Connection, time: number) => void, start: number) => (c: Connection, k: number) => {
    if (k === second) say(c, start + second + 0.7);
  };

// REQ-DETECT-019
it.each([
  ["Modbus", polled],
  ["DNP3", outstation],
  ["MMS", (seed: number, start: number, seconds: number) => measured(seed, start, seconds)],
] as const)("says nothing of what it learned: %s, for twice as long", async (_, make) => {
  expect(told(await judged(make(1, 1000, LESSON), make(2, 10_000, 2 * LESSON)))).toEqual([]);
});

// REQ-DETECT-019
it("finds a function that a known master never used: DNP3, disable unsolicited; cold restart", async () => {
  const stop = once(20, (c, t) => c.say(t, true, dnp3(true, 3, 21, [0x3c, 2, 6])), 10_000);
  const found = await judged(outstation(1, 1000, LESSON), outstation(2, 10_000, 60, stop));
  expect(told(found)).toEqual([
    "functions of dnp3 that were learned to the server | DNP3 function 21 (disable unsolicited), for the first time",
  ]);
  const restart = once(20, (c, t) => c.say(t, true, dnp3(true, 3, 13)), 10_000);
  expect(await judged(outstation(1, 1000, LESSON), outstation(2, 10_000, 60, restart))).toHaveLength(1);
});

it("finds another object, another value and another length in known functions: Modbus", async () => {
  const attacks: [string, number[], RegExp][] = [
    ["function", [16, 0, 200, 0, 1, 2, 0, 9], /function 16 \(write multiple registers\), for the first time/],
    ["object", [6, 0, 201, 0, 45], /function 6 \(write single register\), unit 1, address 201, quantity 1$/],
    ["value", [6, 0, 200, 3, 232], /^3 in Modbus function 6/],
  ];
  for (const [, pdu, what] of attacks) {
    const attack = once(40, (c, t) => c.say(t, true, modbus(9, 1, pdu)), 10_000);
    const [first] = await judged(polled(1, 1000, LESSON), polled(2, 10_000, 60, attack));
    expect(first?.seen).toMatch(what);
  }
});

it("finds modified measurements and a command: MMS", async () => {
  const lesson = measured(1, 1000, LESSON);
  const scaled = measured(2, 10_000, 60, (normal, k) => (k >= 30 ? normal.map((value) => value * 1.5) : normal));
  const found = await judged(lesson, scaled);
  expect(found.length).toBeGreaterThanOrEqual(25);
  expect(found[0]!.time).toBeLessThan(10_031);
  const operate = once(20, (c, t) => c.say(t, true, mmsWrite(9, "CSWI1$CO$Pos$Oper", float(1))), 10_000);
  const [command] = await judged(lesson, measured(2, 10_000, 60, undefined, operate));
  expect(command?.seen).toMatch(/\(write\), for the first time$/);
});

it("finds a connection that breaks where none ever did", async () => {
  const broken = once(20, (c, t) => c.say(t, false, new Uint8Array(0), 4), 10_000);
  const [found] = await judged(measured(1, 1000, LESSON), measured(2, 10_000, 60, undefined, broken));
  expect(found?.seen).toBe("a reset of the connection, for the first time");
});

it("says nothing of a client that connects anew in the middle of a conversation that was learned", async () => {
  const anew = (make: typeof measured, port: number, hello: [boolean, string][]) => {
    const again = new Connection(port, 40_777);
    again.say(10_020.1, true, new Uint8Array(0), 2).say(10_020.11, false, new Uint8Array(0), 2 | 16);
    for (const [i, [to, data]] of hello.entries()) again.say(10_020.2 + i / 100, to, Buffer.from(data, "hex"));
    return byTime([...make(2, 10_000, 60), ...again.frames]);
  };
  const mms = anew(measured, 102, [
    [true, "0300001611e00000000100c0010ac1020001c2020001"],
    [false, "0300001611d00001000100c0010ac1020001c2020001"],
    [true, "0300000e02f0800d0501020304050607".slice(0, 28)],
  ]);
  expect(told(await judged(measured(1, 1000, LESSON), mms))).toEqual([]);
  const lesson = polled(1, 1000, LESSON);
  expect(
    told(
      await judged(
        lesson,
        anew((seed, start, n) => polled(seed, start, n), 502, []),
      ),
    ),
  ).toEqual([]);
});

/** Forged among the frames of a publisher that goes on. */
const FORGED: Record<string, (start: number) => Frame[]> = {
  "a state that the true one never began": (t) =>
    every(0.004, 5, t + 60.4, (k) => goose({ state: 7, sequence: k, since: t + 60.4, values: [false, false, false] })),
  "a state number far ahead": (t) =>
    every(0.5, 2, t + 60.4, (k) => goose({ state: 9999, sequence: k, since: t + 60.4, values: [true, false, true] })),
  "the frame that comes next, by its numbers": (t) => [
    at(t + 60.4, goose({ state: 6, sequence: 15, since: t + 49.999, values: [true, false, true] })),
  ],
  "an old frame again": (t) => [
    at(t + 60.4, goose({ state: 5, sequence: 100, since: t - 3.25, values: [false, false, true] })),
  ],
  "other values in a known state": (t) => [
    at(t + 60.4, goose({ state: 6, sequence: 24, since: t + 49.999, values: [true, true, true] })),
  ],
  "from another MAC address": (t) => [
    at(
      t + 60.4,
      goose({ state: 6, sequence: 24, since: t + 49.999, values: [true, false, true], from: [2, 9, 9, 9, 9, 9] }),
    ),
  ],
  "another revision": (t) => [
    at(t + 60.4, goose({ state: 6, sequence: 24, since: t + 49.999, values: [true, false, true], revision: 2 })),
  ],
};

// REQ-DETECT-020
it.each(Object.entries(FORGED))("finds forged GOOSE without a baseline: %s", async (_, forge) => {
  const found = await judged([], byTime([...publisher(5000, 120, [5050]), ...forge(5000)]));
  expect(found.length).toBeGreaterThanOrEqual(1);
  expect(found[0]!.time).toBeGreaterThanOrEqual(5060.4);
  expect(found[0]!.time).toBeLessThan(5062);
});

it("finds forged GOOSE though a thousand streams are made up", async () => {
  const crowd = every(0.05, 1000, 5005, (k) =>
    goose({ state: 1, sequence: k, since: 5000, values: [true], block: `made-up-${k}` }),
  );
  const forged = FORGED["a state number far ahead"]!(5000);
  const found = await judged([], byTime([...publisher(5000, 120, [5050]), ...crowd, ...forged]));
  expect(found[0]?.seen).toBe("GOOSE of APPID 0x1001 with state number 9999");
});

it("finds a function wherever its message begins, and however many connections there are", async () => {
  const lesson = polled(1, 1000, LESSON);
  const write = modbus(9, 1, [16, 0, 200, 0, 1, 2, 0, 9]);
  const read = modbus(8, 1, [3, 0, 100, 0, 4]);
  const ways: Record<string, (c: Connection, t: number) => void> = {
    "cut behind its first bytes": (c, t) => c.say(t, true, write.slice(0, 5)).say(t + 0.01, true, write.slice(5)),
    "behind another": (c, t) => c.say(t, true, Buffer.concat([read, write])),
    "behind the rest of another": (c, t) =>
      c.say(t, true, read.slice(0, 9)).say(t + 0.01, true, Buffer.concat([read.slice(9), write])),
  };
  const others = Array.from({ length: 300 }, (_, n) =>
    new Connection(502, 50_000 + n).say(10_020 + n / 100, true, read),
  );
  for (const [how, say] of Object.entries(ways)) {
    const attack = polled(2, 10_000, 60, once(40, say, 10_000));
    const found = await judged(lesson, byTime([...attack, ...others.flatMap(({ frames }) => frames)]));
    expect(told(found), how).toEqual([
      "functions of modbus that were learned to the server | Modbus function 16 (write multiple registers), for the first time",
    ]);
  }
});

it("says nothing of publishers: changes, frames that are missing, doubled ones, a pause", async () => {
  const frames = publisher(5000, 1200, [5050, 5050.3, 5400, 5900]);
  const lossy = frames.filter((_, i) => i % 37 !== 20);
  const doubled = byTime(frames.flatMap((frame) => [frame, { ...frame, time: frame.time + 3000 }]));
  const paused = frames.filter(({ time }) => time < 5500e9 || time > 5700e9);
  // a device that stamps each frame anew, and whose values are ahead of its state once
  const lax = every(1, 100, 5000, (k) =>
    goose({ state: 5, sequence: k, since: 5000 + k, values: [k > 60, false, true] }),
  );
  for (const traffic of [frames, lossy, doubled, paused, lax]) expect(told(await judged([], traffic))).toEqual([]);
});

it("Sampled Values: one a sample, to 0 each second; finds what is forged between", async () => {
  const stream = (count: number) =>
    every(0.001, count, 5000, (k) => sampled(k % 1000, Math.round(1000 * Math.sin(k / 20))));
  expect(told(await judged([], stream(3500)))).toEqual([]);
  expect(
    told(
      await judged(
        [],
        stream(3500).filter((_, k) => k % 500 !== 77),
      ),
    ),
  ).toEqual([]);
  const forged = [at(5002.0004, sampled(1500, 77))];
  expect((await judged([], byTime([...stream(3500), ...forged]))).length).toBeGreaterThanOrEqual(1);
});
