// What a recording lacks, and says that it lacks, is no attack: packets that are missing, or cannot be believed. Nor is
// it a place to hide, nor something to learn.
import { beforeAll, describe, expect, it } from "vitest";
import { type BusMessage, command } from "../../mil1553/simulator/message.ts";
import { recording } from "../../mil1553/writer/recording.ts";
import { Appliance, sectionOf } from "./testing/appliance.ts";

const MS = 10_000; // counter, 0.1 us
const PACKET_MS = 100;

/** Three messages every 20 ms, one every 40 ms; subaddress 4 is not sent any more from so many ms on. */
function traffic(seconds: number, until = Number.POSITIVE_INFINITY): BusMessage[] {
  const out: BusMessage[] = [];
  for (let ms = 0; ms < seconds * 1000; ms += 20)
    for (const subaddress of [3, 4, 5, 6]) {
      if ((subaddress === 4 && ms >= until) || (subaddress === 6 && ms % 40)) continue;
      const words = [command(9, true, subaddress, 1), 9 << 11, 7];
      const time = 600_000_000 + ms * MS + subaddress * MS + ((ms * 7) % 13);
      out.push({ channel: 2, time, blockStatus: 0, gap1: 65, gap2: 0, words });
    }
  return out;
}

type Harm = (packet: Buffer) => Buffer[];
const lost: Harm = () => [];
const damaged: Harm = (packet) => {
  const copy = Buffer.from(packet);
  copy[40]! ^= 1;
  return [copy];
};

/** A recording where harm comes to the packets of 1553 data that have these numbers. */
function recorded(messages: BusMessage[], harm: Harm = lost, numbers: readonly number[] = []): Buffer[] {
  let n = -1;
  const clock = { counter: 600_000_000, ms: Date.UTC(2026, 2, 2, 8) };
  return [...recording(messages, { channels: [{ channel: 2, name: "BUS" }], clock, checksum: 32 })].flatMap((one) => {
    const packet = Buffer.from(one.bytes);
    if (packet[15] === 0x19) n += 1;
    return packet[15] === 0x19 && numbers.includes(n) ? harm(packet) : [packet];
  });
}

let appliance: Appliance;
let section: Uint8Array;
beforeAll(async () => {
  appliance = await Appliance.make();
  section = sectionOf([appliance.learn(recorded(traffic(60)))]);
});

const alerts = (packets: Buffer[]) => {
  expect(appliance.configure(section)).toBe(true);
  return appliance.check(packets).map(({ expected }) => expected);
};

// REQ-DETECT-004
describe("a hole in a recording", () => {
  const packets = recorded(traffic(20)).length;
  it("is a fraction of a second here", () => expect(packets).toBeGreaterThan((20_000 / PACKET_MS) * 0.5));
  it.each<[string, Harm]>([
    ["missing", lost],
    ["damaged", damaged],
  ])("of a packet that is %s raises nothing", (_, harm) => {
    expect(alerts(recorded(traffic(20), harm, [50]))).toEqual([]);
    expect(alerts(recorded(traffic(20), harm, [20, 50, 51, 80, 81, 82]))).toEqual([]);
  });
  it("hides no message that is gone behind it", () => {
    const found = alerts(recorded(traffic(20, 5000), lost, [50]));
    expect(found.some((text) => text.includes("again after at most"))).toBe(true);
  });
  it("is not allowed for without end", () => {
    const every = Array.from({ length: 60 }, (_, n) => 20 + 2 * n);
    expect(alerts(recorded(traffic(20), lost, every.slice(0, 8)))).toEqual([]);
    expect(alerts(recorded(traffic(20), lost, every))).not.toEqual([]);
  });
  it("teaches nothing: intervals, pauses, load and order are learned as without it", () => {
    const learned = (harm: number[]) =>
      appliance.learn(recorded(traffic(60), lost, harm)).map((entry) => {
        const { intervals, next, silence, loadMin } = entry as unknown as Record<string, number[][]>;
        return {
          ...{ detector: entry.detector, silence, loadMin },
          intervals: intervals?.map(([kind, , least, most]) => [kind, least, most]),
          next: next?.map(([command]) => command),
        };
      });
    const whole = learned([]);
    expect(whole.flatMap(({ intervals = [] }) => intervals)).toHaveLength(4);
    expect(learned([100, 101, 300])).toEqual(whole);
  });
});
