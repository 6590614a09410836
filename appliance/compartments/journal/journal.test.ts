import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { compilePolicyText } from "../../../diode/policy.ts";
import { codeOf, EPOCH, Keys } from "../../../log/keys.ts";
import { anomaly, JournalHost, KEY, policyText } from "../../../log/testing/journal.ts";
import { REFUSALS, startJournal } from "../../contract/abi.ts";
import { Part, packPart, type Section, Tag } from "../../contract/config.ts";
import { parseDatagram } from "../../hosts/datagram.ts";
import { loadModules } from "../../hosts/node.ts";

const keyed = policyText(`, key: ${KEY}`);
const CODE = / mac="([0-9a-f]{32})"/;

/** What a record's code must be, by node:crypto. */
function expectedCode(payload: Buffer, keys: Keys, sequence: number): string {
  const text = payload.toString("latin1");
  const at = CODE.exec(text)!.index + 6;
  return codeOf(keys.of(sequence), payload.subarray(0, at), payload.subarray(at + 32));
}

const stats = (
  length: number,
  open = '{"timestamp":"2026-03-02T09:00:01.000000+0000","event_type":"heartbeat","inspect":{"policy":"',
) => `${open}${"a".repeat(length - open.length - 2)}"}`;

describe("the journal's records", () => {
  // REQ-LOG-002
  it("carry the code of the key of their epoch, and half the code of the record before", async () => {
    const host = await JournalHost.start(keyed, 7n);
    const keys = new Keys(Buffer.from(KEY, "hex"), 7);
    let previous = "0".repeat(16);
    for (let n = 1; n <= 5 * EPOCH + 3; n++) {
      const [datagram] = host.run([{ json: anomaly(n, `,"x":"${"y".repeat(n)}"`) }]);
      const record = parseDatagram(datagram!.frame);
      expect([record.boot, record.sequence, record.previous]).toEqual([7n, BigInt(n), previous]);
      expect(record.mac).toBe(expectedCode(datagram!.payload, keys, n));
      expect(Buffer.from(record.json).toString()).toBe(anomaly(n, `,"x":"${"y".repeat(n)}"`));
      previous = record.mac.slice(0, 16);
    }
  });

  it("have other keys after another start, and without a key no code", async () => {
    const [a, b, none] = await Promise.all([
      JournalHost.start(keyed, 1n),
      JournalHost.start(keyed, 2n),
      JournalHost.start(policyText(), 1n),
    ]);
    const mac = (host: JournalHost) => parseDatagram(host.run([{ json: anomaly(1) }])[0]!.frame).mac;
    expect(mac(a)).not.toBe(mac(b));
    expect(mac(none)).toBe("");
  });

  // REQ-LOG-001
  it("take the boot number from the host, else from the policy, and only once", async () => {
    const boot = (host: JournalHost) => parseDatagram(host.run([{ json: anomaly(1) }])[0]!.frame).boot;
    expect(boot(await JournalHost.start(keyed, 0n, 5n))).toBe(5n);
    const host = await JournalHost.start(keyed, 9n, 5n);
    expect(boot(host)).toBe(9n);
    new BigUint64Array(host.journal.memory.buffer, host.journal.countersAt(), 4)[3] = 10n;
    expect(boot(host)).toBe(9n);
  });

  // REQ-LOG-003
  it("leave no earlier key in memory, nor the policy's", async () => {
    const host = await JournalHost.start(keyed, 3n);
    const memory = Buffer.from(host.journal.memory.buffer);
    const key = Buffer.from(KEY, "hex");
    expect(memory.includes(key)).toBe(true); // until the first record: the boot number comes with it
    const keys = new Keys(key, 3);
    for (let n = 1; n <= 3 * EPOCH + 1; n++) host.run([{ json: anomaly(n) }]);
    expect(memory.includes(key)).toBe(false);
    expect(memory.includes(key.subarray(0, 16)) || memory.includes(key.subarray(16))).toBe(false);
    for (const n of [1, EPOCH + 1, 2 * EPOCH + 1]) expect(memory.includes(keys.of(n)), `key of ${n}`).toBe(false);
    expect(memory.includes(keys.of(3 * EPOCH + 1))).toBe(true); // the one in use: so the search finds what is there
  });

  // REQ-LOG-004
  it("are shorter than 1,400 bytes with all headers, the longest of all too", async () => {
    const name = "a".repeat(31);
    const host = await JournalHost.start(keyed.replace("hostname: weir", `hostname: ${name}`), 2n ** 64n - 1n);
    const json = anomaly(1, `,"x":"${"y".repeat(1112 - anomaly(1, ',"x":""').length)}"`);
    expect(json.length).toBe(1112);
    const { frame } = host.run([{ json }])[0]!;
    expect(frame.readUInt16BE(16)).toBeLessThan(1400);
    expect(Buffer.from(parseDatagram(frame).json).toString()).toBe(json);
    // as long as sequence numbers get
    expect(frame.readUInt16BE(16) + 19).toBeLessThan(1400);
  });

  // REQ-LOG-004
  it("are one line of printable text whatever a compartment says", async () => {
    const host = await JournalHost.start(keyed, 1n);
    const hostile = Array.from({ length: 256 }, (_, n) => String.fromCharCode(n)).join("");
    const { payload, json } = host.run([{ json: hostile.padEnd(300, "\n<105>1 forged") }])[0]!;
    expect(payload.toString("latin1")).toMatch(/^[\x20-\x7e]+$/);
    expect(json).toMatch(/^[\x20-\x7e]+$/);
  });
});

describe("a heartbeat", () => {
  const guard = (length: number) => stats(length, '"guard":{"policy":"');

  it("is one record while it fits, and two of the same time from then on", async () => {
    const host = await JournalHost.start(policyText());
    const seen = new Set<number>();
    for (let length = 800; length < 1110; length++) {
      const records = host.run([
        { json: stats(length), stats: true, severity: 6 },
        { json: guard(100), stats: true, severity: 6, guard: true },
      ]);
      const events = records.map(({ json }) => JSON.parse(json));
      seen.add(events.length);
      expect(records.every(({ json }) => json.length <= 1112)).toBe(true);
      expect(Object.assign({}, ...events)).toMatchObject({
        timestamp: "2026-03-02T09:00:01.000000+0000",
        event_type: "heartbeat",
        inspect: { policy: expect.stringMatching(/^a+$/) },
        guard: { policy: expect.stringMatching(/^a+$/) },
        journal: { records: expect.any(Number), lost: { in: 0, out: 0, log: 0 } },
      });
    }
    expect([...seen]).toEqual([1, 2]);
  });

  // REQ-LOG-011
  it("is what the host keeps room for, whole or in two records, and nothing else is", async () => {
    const host = await JournalHost.start(policyText());
    for (const length of [800, 1100]) {
      const records = host.run([
        { json: anomaly(1) },
        { json: stats(length), stats: true, severity: 6 },
        { json: anomaly(2), guard: true },
        { json: guard(100), stats: true, severity: 6, guard: true },
      ]);
      const beats = records.map(({ json }) => json.includes('"event_type":"heartbeat"'));
      expect(records.map(({ heartbeat }) => heartbeat)).toEqual(beats);
      expect(beats.filter(Boolean)).toHaveLength(length < 1000 ? 1 : 2);
      // the longest that a record gets: two such fit into HEARTBEAT_BUFFERS of 208 bytes (runtime.h)
      for (const { frame } of records) expect(Math.ceil((frame.length + 12) / 208)).toBeLessThanOrEqual(8);
    }
  });
});

describe("malformed events", () => {
  /** A block of raw bytes: inspect's events, guard's. */
  const block = (inspect: Buffer, guard: Buffer = Buffer.alloc(0), lengths = [inspect.length, guard.length]) => {
    const head = Buffer.alloc(8);
    head.writeUInt32LE(lengths[0]!, 0);
    head.writeUInt32LE(lengths[1]!, 4);
    return Buffer.concat([head, inspect, guard]);
  };
  const event = (json: number, text: number, bytes: number, o: { kind?: number; record?: number } = {}) => {
    const out = Buffer.alloc(16 + bytes);
    out.writeUInt32LE(o.record ?? 0, 0);
    out.writeUInt16LE(json, 4);
    out.writeUInt16LE(text, 6);
    out[9] = o.kind ?? 0;
    return out;
  };
  const give = (host: JournalHost, bytes: Buffer, to = bytes.length) => {
    new Uint8Array(host.journal.memory.buffer).set(bytes.subarray(0, 131072), host.journal.inputAt());
    return host.journal.run(0, to);
  };

  // REQ-FILTER-017
  it("end the appliance: nothing is said of what could be anything", async () => {
    const wrong: [string, Buffer, number?][] = [
      ["cut in its header", block(Buffer.alloc(8))],
      ["longer than there is", block(event(100, 0, 96))],
      ["with JSON that is too long", block(event(1113, 0, 1120))],
      ["with text that is too long", block(event(0, 1113, 1120))],
      ["lengths that are not the block's", block(event(8, 0, 8), Buffer.alloc(0), [24, 8])],
      ["a block without lengths", Buffer.alloc(8), 4],
      ["a block longer than the input", block(event(8, 0, 8)), 131080],
    ];
    for (const [what, bytes, to] of wrong) {
      const host = await JournalHost.start(policyText());
      expect(() => give(host, bytes, to), what).toThrow(WebAssembly.RuntimeError);
    }
  });

  it("scores, parts of heartbeats without inspect's, are passed over", async () => {
    const host = await JournalHost.start(policyText());
    const beat = Buffer.from('"guard":{"policy":"x"}  ');
    const guard = event(22, 0, 24, { kind: 1 });
    beat.copy(guard, 16);
    expect(give(host, block(event(8, 0, 8, { kind: 2 }), guard))).toBeGreaterThan(0);
    expect(host.journal.framesLength()).toBe(0);
  });

  it("a heartbeat takes guard's part of its own record, behind guard's events, and of no other", async () => {
    const host = await JournalHost.start(policyText());
    const own = Buffer.from(
      stats(200, '{"timestamp":"2026-03-02T09:00:01.000000+0000","event_type":"heartbeat","inspect":{"policy":"'),
      "latin1",
    );
    const of = (json: Buffer, record: number, kind = 1) => {
      const out = event(json.length, 0, (json.length + 7) & ~7, { kind, record });
      json.copy(out, 16);
      return out;
    };
    const guards = Buffer.from('"guard":{"policy":"x"}');
    const other = Buffer.from(anomaly(3), "latin1");
    const said = (parts: Buffer[]) => {
      const bytes = block(of(own, 64), Buffer.concat(parts));
      const records: string[] = [];
      new Uint8Array(host.journal.memory.buffer).set(bytes, host.journal.inputAt());
      for (let at = 0; at < bytes.length; ) {
        at = host.journal.run(at, bytes.length);
        const frames = Buffer.from(host.journal.memory.buffer, host.journal.framesAt(), host.journal.framesLength());
        records.push(frames.toString("latin1"));
      }
      return records.join("").includes('"guard":{"policy":"x"}');
    };
    expect(said([of(other, 64, 0), of(guards, 64)])).toBe(true);
    expect(said([of(other, 32, 0), of(guards, 96)])).toBe(false);
    expect(said([of(other, 64, 0)])).toBe(false);
    expect(said([])).toBe(false);
  });
});

describe("the policy", () => {
  it("is refused with an unknown flag, without settings, and framed in any other way", async () => {
    const { journal: module } = await loadModules();
    const { parts } = compilePolicyText(policyText(), "p.yaml");
    const settings = Buffer.from(parts.journal.subarray(56));
    const refusal = (sections: Section[], change: (part: Buffer) => Buffer = (part) => part) => {
      const journal = startJournal(module);
      const part = change(Buffer.from(packPart(Part.JOURNAL, sections)));
      const rest = createHash("sha256").update(part.subarray(0, 16)).update(part.subarray(48)).digest();
      rest.copy(part, 16);
      new Uint8Array(journal.memory.buffer).set(part, journal.inputAt());
      return REFUSALS[journal.configure(part.length)];
    };
    const one = { tag: Tag.SETTINGS, bytes: settings };
    expect(refusal([one])).toBe("accepted");
    const flagged = Buffer.from(settings);
    flagged.writeUInt32LE(2, 36);
    expect(refusal([{ ...one, bytes: flagged }])).toBe("out of range");
    expect(refusal([])).toBe("out of range");
    expect(refusal([one, one])).toBe("out of range");
    expect(refusal([{ ...one, bytes: settings.subarray(0, 96) }])).toBe("out of range");
    expect(refusal([{ ...one, tag: 64 }])).toBe("out of range");
    const length = (part: Buffer) => {
      part.writeUInt32LE(part.length, 8);
      return part;
    };
    const at = (offset: number, value: number) => (part: Buffer) => {
      part.writeUInt32LE(value, offset);
      return part;
    };
    expect(refusal([one], at(12, 1))).toBe("out of range");
    expect(refusal([one], (part) => length(part.subarray(0, part.length - 4)))).toBe("of another length than it says");
    // A section that is longer than what is left: of the 8 bytes that are left there is no section
    expect(refusal([one], at(52, settings.length - 8))).toBe("out of range");
    expect(refusal([one], at(52, settings.length + 8))).toBe("out of range");
  });

  it("may give a name of 32 letters, which fills its place", async () => {
    const { parts } = compilePolicyText(policyText(), "p.yaml");
    const settings = Buffer.from(parts.journal.subarray(56));
    settings.fill("n", 40, 72);
    const host = await JournalHost.start(policyText());
    const { journal: module } = await loadModules();
    const journal = startJournal(module);
    const part = packPart(Part.JOURNAL, [{ tag: Tag.SETTINGS, bytes: settings }]);
    new Uint8Array(journal.memory.buffer).set(part, journal.inputAt());
    expect(journal.configure(part.length)).toBe(0);
    const bytes = Buffer.alloc(8 + 16 + 304);
    bytes.writeUInt32LE(320, 0);
    bytes.writeUInt16LE(300, 12);
    bytes.fill("a", 24, 324);
    new Uint8Array(journal.memory.buffer).set(bytes, journal.inputAt());
    journal.run(0, bytes.length);
    const said = Buffer.from(journal.memory.buffer, journal.framesAt(), journal.framesLength()).toString("latin1");
    expect(said).toContain(`Z ${"n".repeat(32)} weir`);
    expect(host.run([{ json: anomaly(1) }])[0]!.payload.toString("latin1")).toContain("Z weir weir");
  });

  it("takes 64 digits, or a file, not both", () => {
    const wrong = (more: string) => () => compilePolicyText(policyText(more), "p.yaml");
    expect(wrong(", key: 12")).toThrow(/p\.yaml:4:\d+: interfaces\.log\.key: 12, expected 64 hexadecimal digits/);
    expect(wrong(`, key: ${KEY}, key-file: k`)).toThrow(
      /interfaces\.log\.key-file: given beside a key, expected only one of the two/,
    );
    expect(wrong(", key-file: missing.key")).toThrow(/p\.yaml:4:\d+: interfaces\.log\.key-file: .*cannot be read/);
  });
});
