import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { RECORD_HEADER, RecordKind } from "../../appliance/contract/abi.ts";
import { decodeChapter10 } from "../../captures/mil1553/index.ts";
import { ROOT } from "../../lib/asc.ts";
import { type Timeline, timelineOf, WindowSource, windowsOf } from "./blocks.ts";
import { plant } from "./testing/plant.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-blocks-"));
const frames = [join(folder, "a.pcap"), join(folder, "b.pcap")];
const bus = join(ROOT, "fixtures", "mil1553", "clean.ch10");
let network: Timeline;
let recorded: Timeline;

beforeAll(async () => {
  plant(frames[0]!, { seconds: 100, seed: 1 });
  plant(frames[1]!, { seconds: 50, seed: 2, start: "2026-03-05T00:00:00Z" });
  network = await timelineOf(frames, false);
  recorded = await timelineOf([bus], false);
});

/** Numbers of the frames that a source lays out. */
async function numbers(source: WindowSource): Promise<number[]> {
  const target = new Uint8Array(131072);
  const out: number[] = [];
  for (;;) {
    const length = await source.fill(target);
    if (length === 0) break;
    const view = new DataView(target.buffer);
    for (let at = 0; at < length; at += RECORD_HEADER + ((view.getUint32(at + 16, true) + 7) & ~7)) {
      expect(view.getUint8(at + 26)).toBe(RecordKind.FRAME);
      out.push(Number(view.getBigUint64(at + 8, true)));
    }
  }
  await source.close();
  return out;
}

describe("captures as one line of time", () => {
  it("knows how long they are", () => {
    const [first, second] = network.recordings;
    // The last frame of a second comes at some time in it
    expect([first!.start, second!.start]).toEqual([0, first!.seconds]);
    expect(first!.seconds).toBeGreaterThan(98);
    expect(second!.seconds).toBeGreaterThan(48);
    expect(network.seconds).toBe(first!.seconds + second!.seconds);
    expect(network.seconds).toBeLessThan(150);
    expect(recorded.recordings[0]).toMatchObject({ packets: expect.any(Number), clock: undefined });
    expect(recorded.seconds).toBeGreaterThan(1.9);
    expect(recorded.seconds).toBeLessThan(2.1);
    expect(recorded.recordings[0]!.messages).toBeGreaterThan(1000);
  });

  it("every frame is in one block, and none twice", async () => {
    const windows = windowsOf(network, 4);
    const parts: number[][] = [];
    for (const window of windows) parts.push(await numbers(await WindowSource.open(network.recordings, window)));
    const total = network.recordings.reduce((sum, { packets }) => sum + packets, 0);
    for (const part of parts) expect(part.length).toBeGreaterThan(total / 8);
    // The numbers of a block that begins in the second capture are its own: each run counts from its first capture on
    const whole = await numbers(await WindowSource.open(network.recordings));
    expect(whole).toEqual(Array.from({ length: total }, (_, i) => i + 1));
    expect(parts.reduce((sum, part) => sum + part.length, 0)).toBe(total);
  });

  it("every message of a recording is in one block, with its time", async () => {
    const rows = async (source: WindowSource) => {
      const out: string[] = [];
      const text = new TextDecoder();
      const input = Object.assign(source, { file: bus });
      await decodeChapter10(input, { rows: "messages" }, (piece) => {
        for (const line of text.decode(piece).split("\n")) if (/^\d/.test(line)) out.push(line);
      });
      await source.close();
      return out;
    };
    const whole = await rows(await WindowSource.open(recorded.recordings));
    expect(whole.length).toBe(recorded.recordings[0]!.messages);
    const parts: string[] = [];
    for (const window of windowsOf(recorded, 3)) {
      const part = await rows(await WindowSource.open(recorded.recordings, window));
      expect(part.length).toBeGreaterThan(whole.length / 6);
      parts.push(...part);
    }
    // By channel, counter and words; with the absolute time that only a time packet gives
    expect([...parts].sort()).toEqual([...whole].sort());
  });

  it("what cannot be read twice is refused", async () => {
    await expect(timelineOf(["-"], false)).rejects.toThrow("-r -: each capture is read several times: expected a file");
    await expect(timelineOf([bus, bus], false)).rejects.toThrow("given twice");
    await expect(timelineOf([join(folder, "none.pcap")], false)).rejects.toThrow("none.pcap");
  });
});
