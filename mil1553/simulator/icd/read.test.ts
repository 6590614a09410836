import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "../../../lib/asc.ts";
import { Problems } from "../../../lib/yaml.ts";
import { command } from "../message.ts";
import { readBus, readBusText } from "./read.ts";
import { expectedDuration, loadOf } from "./schedule.ts";

const BUS = `weir-bus: 1
name: bench
channels:
  - name: MUX
    channel: 2
    minor-frame: 10 ms
    minor-frames: 4
    terminals:
      - {name: NAV, address: 5, response: 6.5 us}
      - {name: MAP, address: 9, response: 8 us, spread: 0.2us}
    messages:
      - {name: position, from: NAV/1, every: 2, phase: 1, words: 3, data: [{name: n, counter: {}}]}
      - {name: show, to: MAP/2, every: 1, data: [{name: page, constant: 7}]}
      - {name: pass, from: NAV/3, to: MAP/4, every: 4, words: 32}
      - {name: all, to: ALL/6, every: 1, words: 1}
      - {name: spread, from: MAP/7, to: ALL/8, every: 1, words: 2}
      - {name: status, mode: transmit-status-word, to: NAV, every: 1}
      - {name: vector, mode: transmit-vector-word, to: NAV, every: 1}
      - {name: sync, mode: synchronize-with-data-word, to: MAP, bus: B, every: 1}
      - {name: sync-all, mode: synchronize, to: ALL, every: 1}
      - {name: clock-all, mode: synchronize-with-data-word, to: ALL, aperiodic: 2/s}
`;

describe("an interface-control file", () => {
  it("gives all ten formats their command words", () => {
    const [channel] = readBusText(BUS, "bus.yaml").channels;
    expect(channel!.messages.map((m) => [m.format, m.commands, m.words])).toEqual([
      ["rt-bc", [command(5, true, 1, 3)], 3],
      ["bc-rt", [command(9, false, 2, 1)], 1],
      ["rt-rt", [command(9, false, 4, 32), command(5, true, 3, 32)], 32],
      ["broadcast", [command(31, false, 6, 1)], 1],
      ["rt-broadcast", [command(31, false, 8, 2), command(9, true, 7, 2)], 2],
      ["mode", [command(5, true, 0, 2)], 0],
      ["mode-transmit", [command(5, true, 0, 16)], 1],
      ["mode-receive", [command(9, false, 0, 17)], 1],
      ["broadcast-mode", [command(31, true, 0, 1)], 0],
      ["broadcast-mode-receive", [command(31, false, 0, 17)], 1],
    ]);
    expect(channel!.messages[2]!.responders.map((t) => t.name)).toEqual(["NAV", "MAP"]);
  });

  it("computes time on the bus as MIL-STD-1553B counts it", () => {
    const { channels } = readBusText(BUS, "bus.yaml");
    const [position, show, pass, all] = channels[0]!.messages;
    // 20 us a word; a response of 6.5 us leaves the bus silent for 4.5 us
    expect(expectedDuration(position!)).toBe(200 * 5 + 45);
    expect(expectedDuration(show!)).toBe(200 * 3 + 60);
    expect(expectedDuration(pass!)).toBe(200 * 36 + 45 + 60);
    expect(expectedDuration(all!)).toBe(200 * 2);
    const { load, messagesPerSecond } = loadOf(channels[0]!);
    const periodic = 50 * 1045 + 100 * 660 + 25 * 7305 + 100 * 400 + 100 * (200 * 5 + 60);
    const modes = 100 * (445 + 645 + 660 + 200) + 2 * 400;
    expect(load).toBeCloseTo((periodic + modes) / 1e7, 10);
    expect(messagesPerSecond).toBe(50 + 25 + 7 * 100 + 2);
  });

  it("reads the example", () => {
    const bus = readBus(join(ROOT, "fixtures/mil1553/avionics.yaml"));
    expect(bus.channels.map((c) => c.name)).toEqual(["AVIONICS", "STORES"]);
    expect(loadOf(bus.channels[0]!).load).toBeGreaterThan(0.15);
    expect(loadOf(bus.channels[0]!).load).toBeLessThan(0.4);
  });
});

describe("what is wrong, and where", () => {
  /** The problems of the file with one piece replaced. */
  function problems(from: string, to: string): string[] {
    expect(BUS).toContain(from);
    try {
      readBusText(BUS.replace(from, to), "bus.yaml");
    } catch (error) {
      if (error instanceof Problems) return error.message.split("\n");
      throw error;
    }
    return [];
  }
  const cases: [string, string, string][] = [
    [
      "address: 9",
      "address: 31",
      "bus.yaml:10:30: channels.0.terminals.1.address: 31, expected a whole number from 0 to 30",
    ],
    [
      "address: 9",
      "address: 5",
      "bus.yaml:10:30: channels.0.terminals.1.address: 5 is taken, expected an address of its own",
    ],
    [
      "response: 8 us",
      "response: 2 us",
      'bus.yaml:10:43: channels.0.terminals.1.response: "2 us", expected a response time from 4 us to 12 us (MIL-STD-1553B 4.3.3.8)',
    ],
    [
      "from: NAV/1",
      "from: NVA/1",
      "bus.yaml:12:32: channels.0.messages.0.from: NVA is no terminal, expected BC, ALL, NAV, MAP",
    ],
    ["from: NAV/1", "from: NAV", "bus.yaml:12:32: channels.0.messages.0.from: no subaddress, expected NAV/1 to NAV/30"],
    [
      "from: NAV/1",
      "from: NAV/31",
      "bus.yaml:12:32: channels.0.messages.0.from: subaddress 31, expected 1 to 30 (0 and 31 are mode codes: use mode)",
    ],
    [
      "phase: 1",
      "phase: 2",
      "bus.yaml:12:56: channels.0.messages.0.phase: 2, expected less than the period of 2 minor frames",
    ],
    [
      "every: 4, words: 32",
      "every: 3, words: 32",
      "bus.yaml:14:53: channels.0.messages.2.every: every 3 minor frames, expected a divisor of the 4 in a major frame",
    ],
    [
      "every: 2, phase: 1, words: 3",
      "words: 3",
      "bus.yaml:12:9: channels.0.messages.0: position is never sent, expected every or aperiodic",
    ],
    [
      "to: MAP/4, every",
      "to: NAV/4, every",
      "bus.yaml:14:39: channels.0.messages.2.to: NAV/4 would be sent to itself, expected another terminal",
    ],
    [
      "words: 3, data: [{name: n, counter: {}}]",
      "words: 1, data: [{name: n, text: abcd}]",
      "bus.yaml:12:66: channels.0.messages.0.words: 1, but data fills 2 words, expected at least 2",
    ],
    [
      "counter: {}",
      "counter: {}, noise: {mean: 1, sigma: 1}",
      "counter and noise, expected one of constant, counter, ramp, sine, noise, discrete, text",
    ],
    [
      "counter: {}",
      "counter: {stepp: 2}",
      "bus.yaml:12:96: channels.0.messages.0.data.0.counter.stepp: unknown key, expected one of from, to, step",
    ],
    [
      "mode: transmit-status-word, to: NAV",
      "mode: transmit-status-word, to: ALL",
      "transmit-status-word may not be broadcast (MIL-STD-1553B table I), expected a terminal",
    ],
    [
      "aperiodic: 2/s",
      "aperiodic: 2",
      "channels.0.messages.9.aperiodic: 2, expected a rate from 0.001/s to 1000/s, such as 2/s",
    ],
    [
      "minor-frame: 10 ms",
      "minor-frame: 10",
      "channels.0.minor-frame: 10, expected a minor frame from 1 ms to 1 s, such as 20 ms",
    ],
  ];
  for (const [from, to, expected] of cases)
    it(to, () => {
      const found = problems(from, to);
      expect(found.join("\n")).toContain(expected);
    });

  const number = "a whole number from";
  const limits: [inside: string[], outside: string[], expected: string][] = [
    [
      ["discrete: {initial: 0, bits: [0, 15], change: 0}", "discrete: {initial: 65535, bits: [7], change: 1}"],
      ["discrete: {initial: -1, bits: [0], change: 0}", "discrete: {initial: 65536, bits: [0], change: 0}"],
      `${number} 0 to 65535`,
    ],
    [[], ["discrete: {bits: [16], change: 0}", "discrete: {bits: [-1], change: 0}"], "a list of bits from 0"],
    [[], ["discrete: {bits: [0], change: -0.1}", "discrete: {bits: [0], change: 1.1}"], "a probability from 0 to 1"],
    [
      ["counter: {step: 1}", "counter: {step: 65535}"],
      ["counter: {step: 0}", "counter: {step: 65536}"],
      `${number} 1 to 65535`,
    ],
    [["constant: -32768", "constant: 65535"], ["constant: -32769", "constant: 65536"], "a value from -32768 to 65535"],
    [
      ["noise: {mean: 0, sigma: 0}", "noise: {mean: 0, sigma: 65535}"],
      ["noise: {mean: 0, sigma: -1}", "noise: {mean: 0, sigma: 65536}"],
      "a standard deviation from 0 to 65535",
    ],
    [
      ["ramp: {from: 0, to: 1, period: 1 ms}", "ramp: {from: 0, to: 1, period: 3600 s}"],
      ["ramp: {from: 0, to: 1, period: 0.9 ms}", "ramp: {from: 0, to: 1, period: 3601 s}"],
      "a period from 1 ms to 3600 s",
    ],
    [["text: x", `text: ${"x".repeat(64)}`], ['text: ""', `text: ${"x".repeat(65)}`], "1 to 64 ASCII characters"],
  ];
  it.each(limits)("takes %j, and of %j says what was expected", (inside, outside, expected) => {
    const said = (data: string) =>
      problems("words: 3, data: [{name: n, counter: {}}]", `words: 32, data: [{name: n, ${data}}]`);
    expect(inside.flatMap(said)).toEqual([]);
    for (const data of outside) expect(said(data)).toEqual([expect.stringContaining(`expected ${expected}`)]);
  });

  it("names the message with which a minor frame overflows", () => {
    expect(problems("minor-frame: 10 ms", "minor-frame: 1 ms")).toEqual([
      expect.stringMatching(
        /^bus.yaml:17:9: channels.0.messages.5: status does not fit: with it minor frame 0 of 0 to 3 needs 1.017 ms, expected/,
      ),
    ]);
  });
  it("names a bus that aperiodic messages fill", () => {
    const heavy = "words: 32, aperiodic: 1000/s}\n      - {name: heavy2, from: NAV/10, words: 32, aperiodic: 1000/s}";
    const [found] = problems("mode: synchronize-with-data-word, to: ALL, aperiodic: 2/s}", `from: NAV/9, ${heavy}`);
    expect(found).toMatch(/channels.0.messages: with aperiodic messages the bus is asked for 1\d\d % of its time/);
  });
  it("reports everything at once, in the order of the file", () => {
    const found = problems("{name: NAV, address: 5, response: 6.5 us}", "{name: BC, address: 5, response: 6.5 us}");
    expect(found.length).toBeGreaterThan(3);
    const lines = found.map((line) => Number(line.split(":")[1]));
    expect(lines).toEqual([...lines].sort((a, b) => a - b));
  });
});
