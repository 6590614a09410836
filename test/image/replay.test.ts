import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { placePolicy } from "../../appliance/build/place.ts";
import { align8, RECORD_HEADER } from "../../appliance/contract/abi.ts";
import { replayThroughImage } from "../../appliance/hosts/image.ts";
import { embedded, Images, MEMORY, machines, policy, prebuilt } from "./images.ts";
import { frame, stream } from "./records.ts";

interface Result {
  name: string;
  lines: string[];
  out: string[];
  log: Buffer[];
  leaked: number;
}

/** The line that says why it ended; a crash record follows it. */
const told = ({ lines }: Result) => lines.findLast((line) => !/^weir: (crash|record|bytes): /.test(line));

/** What is passed must come out, what is not must not, and every record must be in the log, in order. */
function expectAll(result: Result, frames: readonly Uint8Array[]) {
  expect(result.lines.at(-1)).toMatch(/^weir: done: /);
  expect(result.name).toBe("DONE");
  const passed = frames.filter((f) => f[0] !== 0xdd && f.length).map((f) => Buffer.from(f).toString("hex"));
  expect(result.out.length).toBe(passed.length);
  expect(result.out).toEqual(passed);
  expect(result.log.map((bytes) => bytes.readUInt32LE(14))).toEqual(
    [...frames.keys(), frames.length].map((n) => n + 1),
  );
  expect(result.log.every((bytes) => bytes.subarray(18).equals(Buffer.alloc(24)))).toBe(true);
  expect(result.leaked).toBe(0);
}

describe.each(machines)("$name", ({ arch, machine }) => {
  let images: Images;
  beforeAll(async () => {
    images = await Images.open(arch, machine);
  });
  afterAll(() => images.close());

  async function replay(records: Iterable<Uint8Array>, part = 0, onOut = (_: Buffer) => {}): Promise<Result> {
    const result: Result = { name: "", lines: [], out: [], log: [], leaked: 0 };
    const image = images.write(`replay-${part}`, placePolicy(await prebuilt(arch), policy(part)));
    const exit = await replayThroughImage({
      image,
      ...images.machine,
      memory: MEMORY,
      accelerator: images.accelerator,
      records,
      onOut: (bytes) => {
        result.out.push(bytes.toString("hex"));
        onOut(bytes);
      },
      onLog: (bytes) => result.log.push(Buffer.from(bytes)),
      onIn: () => result.leaked++,
    });
    return { ...result, ...exit };
  }

  describe("replay through the booted image", () => {
    it("passes what may pass, bytes as they were, in order, and logs all", async () => {
      const frames = Array.from({ length: 700 }, (_, n) => frame(n % 5 ? 0x11 : 0xdd, 14 + ((n * 37) % 1500), n));
      expectAll(await replay([stream(frames)]), frames);
    });

    it("takes records of every length, up to the longest, cut anywhere", async () => {
      const lengths = [0, 1, 7, 8, 9, 2036, 2037, 65535, 66560, 14];
      const frames = lengths.map((length, n) => frame(0x22, length, n));
      const whole = stream(frames);
      const pieces = Array.from({ length: Math.ceil(whole.length / 331) }, (_, n) =>
        whole.subarray(n * 331, (n + 1) * 331),
      );
      expectAll(await replay(pieces), frames);
    });

    it("comes back to a guard that stops early, as often as it does", async () => {
      const frames = Array.from({ length: 300 }, (_, n) => frame(0x33, 60 + (n % 9), n));
      expectAll(await replay([stream(frames)], 3), frames);
    });

    // REQ-IMAGE-011
    it("gives the same bytes however the stream was cut", async () => {
      const frames = Array.from({ length: 200 }, (_, n) => frame(n % 3 ? 0x44 : 0xdd, 60 + n, n));
      const whole = stream(frames);
      const one = await replay([whole]);
      const many = await replay([whole.subarray(0, 5), whole.subarray(5, 5000), whole.subarray(5000)]);
      expect(many.out).toEqual(one.out);
      expect(Buffer.concat(many.log).equals(Buffer.concat(one.log))).toBe(true);
      // How fast the machine is was measured for each.
      const console = (lines: string[]) =>
        lines.filter((line) => !line.startsWith("weir: booted")).map((line) => line.replace(/clock 8254 \d+ MHz/, ""));
      expect(console(many.lines)).toEqual(console(one.lines));
    });

    // REQ-IMAGE-010
    it.each([0, 3])("gives what the embedded host gives (guard stops after %i)", async (part) => {
      const frames = Array.from({ length: 150 }, (_, n) => frame(n % 4 ? 0x55 : 0xdd, 14 + ((n * 61) % 1400), n));
      const whole = stream(frames);
      const appliance = await embedded(part);
      const [out, log, text]: [string[], string[], string[]] = [[], [], []];
      const sink = {
        forwarded: (bytes: Uint8Array) => out.push(Buffer.from(bytes).toString("hex")),
        record: (_: Uint8Array, line: Uint8Array, datagram: Uint8Array) => {
          text.push(Buffer.from(line).toString());
          log.push(Buffer.from(datagram).toString("hex"));
        },
      };
      for (let at = 0, to = 0; at < whole.length; at = to) {
        // Whole records, as many as fit.
        for (let next = at; next < whole.length && next - at <= 131072; ) {
          to = next;
          next += RECORD_HEADER + align8(whole.readUInt32LE(next + 16));
          if (next === whole.length && next - at <= 131072) to = next;
        }
        appliance.input.set(whole.subarray(at, to));
        appliance.run(to - at, sink);
      }
      const result = await replay([whole], part);
      expect(result.out).toEqual(out);
      expect(result.log.map((bytes) => bytes.toString("hex"))).toEqual(log);
      expect(result.lines.filter((line) => !line.startsWith("weir: "))).toEqual(text);
    });

    it("writes the journal's text to the console", async () => {
      const { lines } = await replay([stream([frame(0x12, 60, 1), frame(0xdd, 60, 2)])]);
      expect(lines.filter((line) => !line.startsWith("weir: "))).toEqual(["bc", "nn", "aa"]);
    });

    it("refuses what is no stream of records", async () => {
      const bad = Uint8Array.from(stream([frame(0x12, 60, 1)]));
      bad[19] = 0xff; // captured
      const { name, lines } = await replay([bad]);
      expect(lines.at(-1)).toBe("weir: stopped: replay: a record longer than any can be");
      expect(name).toBe("STREAM");
    });
  });

  // REQ-DIODE-013
  describe("a compartment that traps", () => {
    it.each([
      [0xf0, "INSPECT_TRAP", "weir: trap: inspect: unreachable"],
      [0xf1, "INSPECT_TRAP", "weir: trap: inspect: out of bounds"],
      [0xf2, "INSPECT_TRAP", "weir: trap: inspect: division by zero"],
      [0xf4, "GUARD_TRAP", "weir: trap: guard: unreachable"],
    ])("first byte %i: ends the image, and nothing is forwarded from then on", async (first, name, line) => {
      const frames = [frame(0x11, 60, 1), frame(first, 60, 2), frame(0x11, 60, 3)];
      const result = await replay([stream(frames)]);
      expect(told(result)).toBe(line);
      expect(result.name).toBe(name);
      expect(result.out).not.toContain(Buffer.from(frames[2]!).toString("hex"));
      expect(result.out).not.toContain(Buffer.from(frames[1]!).toString("hex"));
    });

    it("the journal too, by what others made of a frame", async () => {
      const result = await replay([stream([frame(0x11, 60, 1), frame(0xf5, 60, 2)])]);
      expect(told(result)).toBe("weir: trap: journal: unreachable");
      expect(result.name).toBe("JOURNAL_TRAP");
    });
  });

  // REQ-IMAGE-012
  describe("a compartment that breaks the contract", () => {
    it.each([
      [0xf6, "weir: stopped: guard points outside its memory"],
      [0xf7, "weir: stopped: guard: a frame longer than its buffer"],
      [0xf8, "weir: stopped: guard: run() did not go on"],
    ])("first byte %i: ends the image, and nothing is forwarded from then on", async (first, line) => {
      const frames = [frame(0x11, 60, 1), frame(first, 60, 2), frame(0x11, 60, 3)];
      const result = await replay([stream(frames)]);
      expect(told(result)).toBe(line);
      expect(result.name).toBe("CONTRACT");
      for (const f of frames.slice(1)) expect(result.out).not.toContain(Buffer.from(f).toString("hex"));
    });
  });
});
