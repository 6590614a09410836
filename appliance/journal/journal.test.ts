import { describe, expect, it } from "vitest";
import { compilePolicyText } from "../../diode/policy.ts";
import { codeOf, EPOCH, Keys } from "../../log/keys.ts";
import { anomaly, JournalHost, KEY, policyText } from "../../log/testing/journal.ts";
import { parseDatagram } from "../hosts/datagram.ts";

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
});

describe("the policy", () => {
  it("takes 64 digits, or a file, not both", () => {
    const wrong = (more: string) => () => compilePolicyText(policyText(more), "p.yaml");
    expect(wrong(", key: 12")).toThrow(/p\.yaml:4:\d+: interfaces\.log\.key: 12, expected 64 hexadecimal digits/);
    expect(wrong(`, key: ${KEY}, key-file: k`)).toThrow(/interfaces\.log\.key-file: beside a key/);
    expect(wrong(", key-file: missing.key")).toThrow(/p\.yaml:4:\d+: interfaces\.log\.key-file: .*cannot be read/);
  });
});
