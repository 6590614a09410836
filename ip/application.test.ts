// REQ-DECODE-034
// Messages of applications: functions as tshark has them, in captures that were not made by this project; and hostile bytes.
//
// testing/golden/applications.txt is what tshark 4.0.17 says of each capture: a protocol's function and how often. Made by
//   tshark -r FILE -T fields -e modbus.func_code -e dnp3.al.func -e iec60870_asdu.typeid -e s7comm.header.rosctr -e enip.command
//     -e cip.sc -e mms.confirmedServiceRequest -e mms.confirmedServiceResponse -e bvlc.function -e goose.stNum
// (of cip.sc the first of a frame). tshark puts segments together, and counts a message where it ends.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, it } from "vitest";
import { dnp3, goose, mmsRead, modbus } from "../detectors/content/testing/messages.ts";
import { hasShared, sharedPath } from "../lib/testing/shared.ts";
import { Applications, type Said } from "./testing/applications.ts";
import { ACK, eth, ipv4, record, tcp, udp } from "./testing/frames.ts";

const MODBUS = 1;
const [DNP3, IEC104, S7, ENIP, MMS, BACNET, GOOSE] = [2, 3, 4, 5, 6, 7, 8];
const OTHERS = 0xfffffff0;
const CONNECTIONS = 0xffff;

/** As the table has it: a message may be counted twice (EtherNet/IP and CIP in it). */
function functions({ app, kind, state }: Said): string[] {
  if (kind >= OTHERS || kind >>> 8 === CONNECTIONS) return [];
  const tag = (kind & 0xffff) > 255 ? kind & 127 : kind & 31;
  switch (app) {
    case MODBUS:
      return [`modbus ${kind & 127}`];
    case DNP3:
      return kind >> 8 === 1 ? [`dnp3 ${kind & 255}`] : [];
    case IEC104:
      return kind < 256 ? [`iec104 ${kind}`] : [];
    case S7:
      return kind >>> 24 === 0x72 ? [] : [`s7 ${kind >>> 24}`];
    case ENIP:
      return [`enip ${kind >>> 16}`, ...(kind & 256 ? [`cip ${kind & 127}`] : [])];
    case MMS:
      return kind >>> 16 === 0xa0 ? [`mms-request ${tag}`] : kind >>> 16 === 0xa1 ? [`mms-response ${tag}`] : [];
    case BACNET:
      return [`bacnet ${kind >>> 16}`];
    default:
      return app === GOOSE ? [`goose ${state}`] : [];
  }
}

it.skipIf(!hasShared("conformance", "ics"))(
  "says what tshark says of 99.9 % of the messages of 232 captures",
  async () => {
    const reader = await Applications.create();
    let [all, agreed] = [0, 0];
    for (const line of readFileSync("ip/testing/golden/applications.txt", "utf8").trim().split("\n")) {
      const [file, rest] = line.split(": ") as [string, string];
      const ours = new Map<string, number>();
      for (const one of (await reader.ofCapture(sharedPath("conformance", "ics", file))).flatMap(functions))
        ours.set(one, (ours.get(one) ?? 0) + 1);
      for (const [, name, code, count] of rest.matchAll(/(\S+) (\d+) (\d+)/g)) {
        all += Number(count);
        agreed += Math.min(Number(count), ours.get(`${name} ${code}`) ?? 0);
      }
    }
    console.log(`${agreed} of ${all} messages`);
    expect(all).toBeGreaterThan(18_000);
    expect(agreed / all).toBeGreaterThan(0.999);
  },
);

const ends = { src: "10.0.0.1", dst: "10.0.0.2", sport: 40_000, dport: 502 };
/** Segments of one direction of a connection. */
function segments(parts: Uint8Array[], dport = 502): Uint8Array {
  let seq = 100;
  const frames = parts.map((data, i) => {
    const segment = tcp(8 | ACK, { ...ends, dport, seq, data });
    seq += data.length;
    return record(eth(0x0800, ipv4(6, segment, ends)), { number: i + 1, time: BigInt(i + 1) * 1_000_000n });
  });
  return Buffer.concat(frames);
}
const read = modbus(1, 1, [3, 0, 100, 0, 4]);
const write = modbus(2, 1, [6, 0, 7, 0, 1]);

it("follows messages through segments: several in one, one in several, sent again, a beginning by itself", async () => {
  const reader = await Applications.create();
  const codes = (parts: Uint8Array[], dport?: number) => {
    reader.forget();
    return reader.said(segments(parts, dport)).map(({ number, kind }) => [number, kind]);
  };
  expect(codes([Buffer.concat([read, write])])).toEqual([
    [1, 3],
    [1, 6],
  ]);
  expect(codes([read.slice(0, 9), Buffer.concat([read.slice(9), write])])).toEqual([
    [2, 3],
    [2, 6],
  ]);
  const long = modbus(3, 1, [16, 0, 7, 0, 30, 60, ...new Array(60).fill(9)]);
  expect(codes([long.slice(0, 40), Buffer.concat([long.slice(40), write])])).toEqual([
    [1, 16],
    [2, 6],
  ]);
  expect(codes([...Array.from(read, (octet) => Uint8Array.of(octet)), write])).toEqual([
    [12, 3],
    [13, 6],
  ]);
  expect(codes([read.slice(0, 4), Buffer.concat([read.slice(4), write])])).toEqual([
    [2, 3],
    [2, 6],
  ]);
  const twice = Buffer.concat([segments([read]), segments([read])]);
  reader.forget();
  expect(reader.said(twice)).toHaveLength(1);
  const request = mmsRead(1, "MMXU1$MX");
  expect(codes([request.slice(0, 4), request.slice(4)], 102)).toEqual([[2, 0xa000a4]]);
});

const hex = (text: string) => Uint8Array.from(Buffer.from(text, "hex"));
/** With other octets from a place on. */
const but = (data: Uint8Array, at: number, ...octets: number[]) => {
  const changed = Uint8Array.from(data);
  changed.set(octets, at);
  return changed;
};
const S7_READ = hex("0300001f02f080320100000100000e00000401120a10020001000084000010");
const S7_STOP = hex("0300002102f0803201000002000010000029000000000009505f50524f4752414d");
const IEC = hex("680e0200020064010600010000000014");
const ENIP_READ = hex(`6f001600${"00".repeat(26)}020000000000b20006000e0320062401`);
const LIES: [string, number, Uint8Array, Uint8Array, number, number][] = [
  ["Modbus", 502, but(read, 4, 0, 200), write, 3, 6],
  ["IEC 104", 2404, but(IEC, 1, 200), hex("680407000000"), 100, 0x207],
  ["S7", 102, but(S7_READ, 2, 0, 200), S7_STOP, 0x01000004, 0x01000029],
  ["EtherNet/IP", 44_818, but(ENIP_READ, 2, 200), hex(`65000400${"00".repeat(20)}01000000`), 0x6f010e, 0x650000],
];

it.each(LIES)("%s: a length that lies hides nothing of what follows", async (_, port, lie, hidden, first, second) => {
  const reader = await Applications.create();
  const kinds = (parts: Uint8Array[]) => {
    reader.forget();
    return reader.said(segments(parts, port)).map(({ number, kind }) => [number, kind]);
  };
  expect(kinds([Buffer.concat([lie, hidden])])).toEqual([
    [1, first],
    [1, second],
  ]);
  // In the next segment: a short one waits for that
  const apart = kinds([lie, hidden]);
  expect(apart.map(([, kind]) => kind)).toEqual([first, second]);
  expect(apart[1]![0]).toBe(2);
});

it("DNP3: a frame whose blocks are damaged, as one that says a wrong length, hides no other", async () => {
  const reader = await Applications.create();
  const kinds = (data: Uint8Array) => {
    reader.forget();
    return reader.said(segments([data], 20_000)).map(({ kind }) => kind);
  };
  const [lie, hidden] = [dnp3(true, 1, 1, new Array(40).fill(1)), dnp3(true, 2, 21, [0x3c, 2, 6])];
  // A header for 43 octets of data, a block, and the other frame in place of the rest
  expect(kinds(Buffer.concat([lie.slice(0, 28), hidden, lie.slice(28 + hidden.length)]))).toEqual([0x101, 0x115]);
  expect(kinds(Buffer.concat([lie, hidden]))).toEqual([0x101, 0x115]);
});

it("a segment that is sent again inside of a long message is no message", async () => {
  const reader = await Applications.create();
  const long = modbus(3, 1, [16, 0, 7, 0, 100, 200, ...new Array(200).fill(9)]);
  const parts = [read, long.slice(0, 90), long.slice(90)];
  const frames = [0, 1, 0, 2].map((i) => {
    const seq = 100 + parts.slice(0, i).reduce((sum, { length }) => sum + length, 0);
    return record(eth(0x0800, ipv4(6, tcp(8 | ACK, { ...ends, seq, data: parts[i]! }), ends)), { number: i + 1 });
  });
  expect(reader.said(Buffer.concat(frames)).map(({ kind }) => kind)).toEqual([3, 16]);
});

it("believes no port alone, and DNP3 at any port", async () => {
  const reader = await Applications.create();
  expect(reader.said(segments([Buffer.from("GET / HTTP/1.1\r\nHost: a\r\n\r\n")]))).toEqual([]);
  reader.forget();
  expect(reader.said(segments([read], 8080))).toEqual([]);
  reader.forget();
  const [said] = reader.said(segments([dnp3(true, 1, 21, [0x3c, 2, 6])], 8080));
  expect(reader.words(said!)).toBe("dnp3 DNP3 function 21 (disable unsolicited)");
  const broken = dnp3(true, 1, 21);
  broken[8] = broken[8]! ^ 1;
  reader.forget();
  expect(reader.said(segments([broken], 20_000))).toEqual([]);
});

it("never traps, and has words for whatever it finds, in damaged messages", async () => {
  const reader = await Applications.create();
  const base = [
    { port: 502, data: read },
    { port: 20_000, data: dnp3(true, 1, 1, [0x3c, 2, 6]) },
    { port: 102, data: mmsRead(1, "MMXU1$MX") },
    { port: 102, data: Buffer.from("0300001f02f080320100000100000e00000401120a10020001000084000010", "hex") },
    { port: 2404, data: Buffer.from("681a9a0028000d0201000300140500000f04100150500000031440000", "hex") },
    { port: 44_818, data: Buffer.from(`6f001600${"00".repeat(36)}0200000000b20006000e0320062401`, "hex") },
    { port: 47_808, data: Buffer.from("810a001101040005010c0c023fffff194b", "hex") },
  ];
  const part = fc.tuple(
    fc.nat(base.length - 1),
    fc.array(fc.tuple(fc.nat(80), fc.nat(255)), { maxLength: 4 }),
    fc.nat(40),
  );
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), fc.boolean(), (parts, isTcp) => {
      reader.forget();
      const frames = parts.map(([i, changes, cut], n) => {
        const { port, data } = base[i]!;
        const bytes = Uint8Array.from(data.subarray(0, Math.max(1, data.length - (cut < 20 ? cut : 0))));
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        const to = { ...ends, dport: port };
        const packet = isTcp
          ? ipv4(6, tcp(8 | ACK, { ...to, seq: 50 * n, data: bytes }), to)
          : ipv4(17, udp(bytes, to), to);
        return record(eth(0x0800, packet), { number: n + 1 });
      });
      for (const said of reader.said(Buffer.concat(frames))) expect(reader.words(said)).toMatch(/^[\x20-\x7e]{4,100}$/);
    }),
    { numRuns: 300, seed: 7 },
  );
  const frame = goose({ state: 1, sequence: 2, since: 3, values: [true] });
  for (let at = 14; at < frame.length; at++)
    for (const value of [0, 0x80, 0xff]) {
      const changed = Uint8Array.from(frame);
      changed[at] = value;
      reader.said(Buffer.concat([record(changed), record(changed.slice(0, at))]));
    }
});
