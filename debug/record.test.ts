import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fnv1a, readCrash, sizeOf } from "./record.ts";

/** A record of the ABI with this many bytes. */
function record(number: number, captured: number): Buffer {
  const bytes = Buffer.alloc(32 + ((captured + 7) & ~7), number & 255);
  bytes.writeBigUInt64LE(BigInt(number), 8);
  bytes.writeUInt32LE(captured, 16);
  return bytes;
}

/** What the image's crash.c would tell of these. */
function told(records: readonly Buffer[], from = 4096): string[] {
  const lines: string[] = [];
  let at = from;
  for (const bytes of records)
    for (let done = 0; done < bytes.length; done += 60) {
      const piece = bytes.subarray(done, done + 60);
      const sum = (fnv1a(piece) & 0xffffffffn).toString(16).padStart(8, "0");
      lines.push(`weir: ${done ? "bytes" : "record"}: ${at} ${piece.toString("base64")} ${sum}`);
      at += piece.length;
    }
  return [`weir: crash: recorder ${from} ${at}`, ...lines];
}

const HEAD = [
  "weir: ready",
  "weir: trap: guard: unreachable",
  "weir: crash: 1 at 103000 text 0123456789abcdef policy fedcba9876543210",
  "weir: crash: registers rip=106442 rsp=11af60 flags=10017",
  "weir: crash: registers rax=ffffffffffffffff",
  "weir: crash: calls 18:103a4c 48:1038cc",
  "weir: crash: given guard 7 9",
];
const END = "weir: crash: end";
const RECORDS = [record(7, 60), record(8, 0), record(9, 1500)];
const LOG = [...HEAD, ...told(RECORDS), END];

describe("a crash record", () => {
  it("is read whole", () => {
    const crash = readCrash(LOG.join("\n"));
    expect(crash).toMatchObject({
      reason: "trap: guard: unreachable",
      exit: "GUARD_TRAP",
      base: 0x103000n,
      damage: [],
    });
    expect(crash).toMatchObject({ text: "0123456789abcdef", policy: "fedcba9876543210" });
    expect([...crash.registers]).toEqual([
      ["rip", 0x106442n],
      ["rsp", 0x11af60n],
      ["flags", 0x10017n],
      ["rax", 0xffffffffffffffffn],
    ]);
    expect([...crash.calls]).toEqual([
      [0x18, 0x103a4cn],
      [0x48, 0x1038ccn],
    ]);
    expect(crash.given).toEqual({ compartment: "guard", first: 7, last: 9 });
    expect(crash.records.map((bytes) => Buffer.from(bytes))).toEqual(RECORDS);
  });

  it("is found behind what a logger puts in front, and is the last of several", () => {
    const first = LOG.map((line) => line.replace("guard", "inspect"));
    const log = [...first, ...LOG].map((line) => `2026-03-02T09:00:00 host console[1]: ${line}\r`).join("\n");
    expect(readCrash(log)).toMatchObject({ exit: "GUARD_TRAP", damage: [], records: { length: 3 } });
  });

  it.each([
    ["no crash at all", ["weir: ready"], /no crash record/],
    ["another version", [LOG[2]!.replace("1 at", "2 at")], /version 2, expected 1/],
    ["a damaged first line", [LOG[2]!.slice(0, -3)], /damaged/],
  ])("refuses %s", (_, lines, expected) => {
    expect(() => readCrash(lines.join("\n"))).toThrow(expected);
  });

  it("says what is missing of it", () => {
    const cut = readCrash(LOG.slice(0, -3).join("\n"));
    expect(cut.damage.join("; ")).toMatch(
      /^the record has no end: the log was cut, or the image ended while it printed the record; \d+ of 1664 bytes of the flight recorder are missing or damaged$/,
    );
    expect(cut.records).toHaveLength(2);
    expect(readCrash(LOG.filter((line) => !line.includes("registers")).join("\n")).damage).toEqual([
      "the registers are missing",
    ]);
    expect(readCrash(LOG.filter((line) => !line.includes("trap")).join("\n")).reason).toBe(
      "unknown: the log lacks the line that names it",
    );
    expect(readCrash(LOG.filter((line) => !line.includes("trap")).join("\n")).damage[0]).toMatch(
      /what happened is missing/,
    );
  });

  // REQ-IMAGE-018
  it("never gives a record that was not told, whatever is lost or changed on the way", () => {
    const wanted = new Set(RECORDS.map((bytes) => bytes.toString("hex")));
    const change = fc.record({
      line: fc.nat(LOG.length - 1),
      at: fc.nat(100),
      what: fc.constantFrom("lost", "changed", "cut", "twice"),
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const lines = [...LOG];
        for (const { line, at, what } of changes) {
          const text = lines[line]!;
          if (what === "lost") lines[line] = "";
          else if (what === "twice") lines[line] = `${text}\n${text}`;
          else if (what === "cut") lines[line] = text.slice(0, at);
          else lines[line] = text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);
        }
        let crash: ReturnType<typeof readCrash>;
        try {
          crash = readCrash(lines.join("\n"));
        } catch {
          return;
        }
        for (const bytes of crash.records) expect(wanted).toContain(Buffer.from(bytes).toString("hex"));
        if (
          crash.records.length < RECORDS.length &&
          lines.some((line) => /^weir: crash: recorder 4096 \d+$/.test(line))
        )
          expect(crash.damage).not.toEqual([]);
      }),
      { seed: 9, numRuns: 2000 },
    );
  });

  it("has records of the sizes that their headers say", () => {
    expect(RECORDS.map(sizeOf)).toEqual([96, 32, 1536]);
  });
});

it("FNV-1a as its authors have it", () => {
  const hashes = ["", "a", "foobar"].map((text) => fnv1a(Buffer.from(text)).toString(16));
  expect(hashes).toEqual(["cbf29ce484222325", "af63dc4c8601ec8c", "85944171f73967e8"]);
});
