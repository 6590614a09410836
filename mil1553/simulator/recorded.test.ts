import { beforeAll, describe, expect, it } from "vitest";
import { type Recording, readRecording } from "../../captures/recording.ts";
import { hasShared, sharedPath } from "../../lib/testing/shared.ts";
import { recording } from "../writer/recording.ts";
import { readChapter10 } from "../writer/testing/reader.ts";
import { ATTACKS } from "./attacks/catalogue.ts";
import { inject } from "./inject.ts";
import { BSW, type BusMessage } from "./message.ts";

const RECORDING = ["mil1553", "libirig106-python", "1553.c10"] as const;

const body = (m: BusMessage) => [m.channel, m.blockStatus, m.gap1, m.gap2, m.words.join(" ")].join();

describe.skipIf(!hasShared(...RECORDING))("a real recording, 21,849 messages on eight buses", () => {
  let real: Recording;
  beforeAll(async () => {
    real = await readRecording([sharedPath(...RECORDING)]);
  });

  it("is read with its errors, and written again without a change", () => {
    expect(real.messages.length).toBe(21849);
    expect(real.messages.filter((m) => m.blockStatus & BSW.ERROR).length).toBe(4585);
    expect(real.clock).toEqual({ counter: 722999999987, ms: Date.UTC(1970, 4, 12, 20, 5) });
    const packets = recording(real.messages, real);
    const again = readChapter10(Buffer.concat([...packets].map((p) => p.bytes))).flatMap((p) => p.messages);
    const key = (m: BusMessage) => `${m.time} ${body(m)}`;
    expect(again.map(key).sort()).toEqual(real.messages.map(key).sort());
  });

  for (const share of [0.0001, 0.001, 0.01])
    it(`takes each attack at ${100 * share} % of its messages`, () => {
      for (const { name } of ATTACKS) {
        const { messages, removed } = inject(real.messages, [{ attack: name, at: 0.5, share }], 1);
        const wanted = Math.round(share * real.messages.length);
        const marked = messages.filter((m) => m.attack);
        const count = marked.length + removed.length;
        expect([name, count >= 0.75 * wanted && count <= wanted]).toEqual([name, true]);
        // All other messages are as they were; those that had to wait are later
        const left = messages.filter((m) => !m.attack);
        const touched = marked.filter((m) => m.attack!.change !== "inserted").length + removed.length;
        expect([name, left.length]).toEqual([name, real.messages.length - touched]);
        const originals = new Set(real.messages);
        const shifted = left.filter((m) => !originals.has(m));
        const bodies = new Set(real.messages.map(body));
        expect(shifted.every((m) => bodies.has(body(m)))).toBe(true);
      }
    });
});
