// The protocol break, seen from outside: what guard sends is what a sender at the next hop's side would have made.
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import {
  ACK,
  ethernet,
  ICMP,
  ICMPV6,
  icmp,
  icmp6,
  ipv4,
  ipv6,
  PSH,
  SYN,
  TCP,
  tcp,
  UDP,
  udp,
} from "../fixtures/frames.ts";
import { Guard, policyWith, SECOND } from "./testing/guard.ts";
import {
  data,
  ping4,
  ping6,
  RECEIVER,
  SENSOR,
  tagged,
  tcp4,
  tcp6,
  udp4,
  udp6,
  VECTOR_POLICY,
  VECTORS,
} from "./testing/vectors.ts";

const OUT = { from: "52:54:00:77:00:02", to: "52:54:00:77:00:12" };
const ends4 = { src: SENSOR, dst: RECEIVER };
const ends6 = { src: "fd00::5", dst: "fd00:1::9" };

let guard: Guard;
beforeEach(async () => {
  guard = await Guard.under(VECTOR_POLICY);
});

const hex = (frame: Buffer | string) => (typeof frame === "string" ? frame : frame.toString("hex"));

// REQ-FILTER-006
describe("what leaves, byte for byte", () => {
  it("UDP", () => {
    expect(hex(guard.one(udp4()))).toBe(
      hex(
        ethernet(
          OUT,
          0x0800,
          ipv4({ ...ends4, protocol: UDP, id: 0 }, udp({ ...ends4, sport: 4000, dport: 5000 }, data(20))),
        ),
      ),
    );
  });
  it("UDP whose checksum comes out as 0 is sent with 0xffff (RFC 768)", () => {
    // Payload chosen so that the sum over the rest is complemented to zero.
    const zero = udp4({ payload: Buffer.alloc(4) });
    const missing = zero.readUInt16BE(40);
    const payload = Buffer.alloc(4);
    payload.writeUInt16BE(missing, 0);
    const frame = guard.one(udp4({ payload })) as Buffer;
    expect(frame.readUInt16BE(40)).toBe(0xffff);
  });
  it("UDP over IPv6", () => {
    expect(hex(guard.one(udp6()))).toBe(
      hex(ethernet(OUT, 0x86dd, ipv6({ ...ends6, next: UDP }, udp({ ...ends6, sport: 4000, dport: 5000 }, data(20))))),
    );
  });
  it("TCP without its options, its acknowledgement number only where it has one", () => {
    const fields = { ...ends4, sport: 4000, dport: 80, seq: 0x01020304, window: 1000 };
    const made = (flags: number, ack: number, payload: Buffer, id: number) =>
      hex(ethernet(OUT, 0x0800, ipv4({ ...ends4, protocol: TCP, id }, tcp({ ...fields, flags, ack }, payload))));
    expect(hex(guard.one(tcp4()))).toBe(made(ACK | PSH, 0x0a0b0c0d, data(20), 0));
    expect(hex(guard.one(tcp4({ flags: SYN, options: Buffer.from([2, 4, 5, 0xb4]), size: 0 })))).toBe(
      made(SYN, 0, Buffer.alloc(0), 1),
    );
  });
  it("TCP over IPv6", () => {
    expect(hex(guard.one(tcp6()))).toBe(
      hex(
        ethernet(
          OUT,
          0x86dd,
          ipv6(
            { ...ends6, next: TCP },
            tcp({ ...ends6, sport: 4000, dport: 443, seq: 5, ack: 6, flags: ACK }, data(4)),
          ),
        ),
      ),
    );
  });
  it("an echo request with its data zeroed, an echo reply with its data, as the rules say", () => {
    const made = (type: number, payload: Buffer, id: number) =>
      hex(ethernet(OUT, 0x0800, ipv4({ ...ends4, protocol: ICMP, id }, icmp(type, 0, 0x00110022, payload))));
    expect(hex(guard.one(ping4(8)))).toBe(made(8, Buffer.alloc(32), 0));
    expect(hex(guard.one(ping4(0)))).toBe(made(0, data(32), 1));
  });
  it("ICMPv6 echo", () => {
    expect(hex(guard.one(ping6()))).toBe(
      hex(ethernet(OUT, 0x86dd, ipv6({ ...ends6, next: ICMPV6 }, icmp6(ends6, 128, 0, 0x00110022, Buffer.alloc(32))))),
    );
  });
  it("a group behind a VLAN: untagged, payload zeroed", () => {
    const ends = { src: "10.0.12.7", dst: "239.1.2.3" };
    expect(hex(guard.one(tagged(12)))).toBe(
      hex(
        ethernet(
          OUT,
          0x0800,
          ipv4({ ...ends, protocol: UDP, id: 0 }, udp({ ...ends, sport: 5004, dport: 5004 }, Buffer.alloc(40))),
        ),
      ),
    );
  });
  it("an opaque protocol: its payload as it is", () => {
    const frame = VECTORS.find(({ name }) => name === "ESP")!.frame;
    expect(hex(guard.one(frame))).toBe(hex(ethernet(OUT, 0x0800, ipv4({ ...ends4, protocol: 50, id: 0 }, data(24)))));
  });
  it("the identification counts the IPv4 frames that left, and only those", () => {
    const ids = [udp4(), udp6(), udp4({ dport: 1 }), udp4(), udp4()].map((frame, n) =>
      guard.one(frame, { time: BigInt(n) * SECOND }),
    );
    expect(
      ids
        .filter((f) => typeof f !== "string" && f.readUInt16BE(12) === 0x0800)
        .map((f) => (f as Buffer).readUInt16BE(18)),
    ).toEqual([0, 1, 2]);
  });
  it("time to live and addresses are the policy's", async () => {
    const other = await Guard.under(
      policyWith(
        "- { name: a, action: allow, protocol: udp, from: any, to: any, ports: 1-65535 }",
        "",
        ", mac: 02:00:00:00:00:aa, ttl: 3",
      ),
    );
    const frame = other.one(udp4()) as Buffer;
    expect([frame.subarray(6, 12).toString("hex"), frame[22]]).toEqual(["0200000000aa", 3]);
    expect((other.one(udp6()) as Buffer)[21]).toBe(3);
  });
});

/**
 * Where a frame's bytes may show in what leaves: [from, to) in input and the same in output, both counted from the IP
 * header; everything else of the input must be ignored, or refused.
 */
const KEPT: Record<string, [number, number][]> = {
  UDP: [
    [9, 10],
    [12, 24],
    [28, 48],
  ],
  TCP: [
    [9, 10],
    [12, 36], // the header length says where the options end
    [40, 60],
  ],
};

// REQ-FILTER-005
describe("no byte of an ignored field survives", () => {
  const passing = VECTORS.filter(({ expected }) => expected === "passes");

  it("flipping any bit outside the kept fields leaves the output as it is, or drops the frame", async () => {
    for (const name of ["UDP", "TCP"] as const) {
      const { frame } = passing.find((vector) => vector.name === name)!;
      const original = hex((await Guard.under(VECTOR_POLICY)).one(frame));
      let same = 0;
      for (let bit = 0; bit < frame.length * 8; bit++) {
        const byte = (bit >> 3) - 14;
        if (KEPT[name]!.some(([from, to]) => byte >= from && byte < to)) continue;
        const changed = Buffer.from(frame);
        changed[bit >> 3]! ^= 0x80 >> (bit & 7);
        // Its checksum is right again, so that it is not for that that it is dropped.
        if (byte >= 0 && byte < 20 && byte !== 10 && byte !== 11) fixHeader(changed);
        if (byte >= 20 && name === "TCP") fixTcp(changed);
        const got = (await Guard.under(VECTOR_POLICY)).one(changed);
        if (typeof got === "string") continue;
        expect(hex(got), `bit ${bit} of ${name}`).toBe(original);
        same++;
      }
      expect(same).toBeGreaterThan(100); // MAC addresses alone have 96
    }
  });

  it("marks planted in every ignored field are not in the output, whatever the other fields are", () => {
    const MARK = Buffer.from([0xde, 0xad]);
    fc.assert(
      fc.property(fc.nat(100), fc.nat(0xffff), fc.boolean(), (size, low, useTcp) => {
        // Values that are kept avoid the mark; only what is ignored carries it.
        const payload = Buffer.alloc(size + 4, 0x11);
        const sport = 1024 + (low % 60000);
        if ((sport & 0xff) === 0xde || sport >> 8 === 0xde || sport >> 8 === 0xad || (sport & 0xff) === 0xad) return;
        const options = Buffer.concat([Buffer.from([0xde, 0xad, 0xde, 0xad]), Buffer.from([0xde, 0xad, 0xde, 0xad])]);
        const segment = useTcp
          ? tcp({ ...ends4, sport, dport: 80, seq: 1, ack: 0xdeaddead, flags: SYN, options, window: 1 }, payload)
          : udp({ ...ends4, sport, dport: 5000 }, payload);
        if (useTcp && size + 4 > 1000) return;
        const ip = ipv4({ ...ends4, protocol: useTcp ? TCP : UDP, id: 0xdead, ttl: 0xde }, segment);
        ip[1] = 0xde;
        ip.writeUInt16BE(0, 10);
        let frame = ethernet({ from: "de:ad:de:ad:de:ad", to: "de:ad:de:ad:de:ad" }, 0x0800, ip);
        fixHeader(frame);
        if (ip.length < 46)
          frame = Buffer.concat([frame.subarray(0, 14 + ip.length), Buffer.alloc(46 - ip.length, 0xde)]);
        const out = guard.one(frame, { time: SECOND * BigInt(low + 1) });
        if (typeof out === "string") return;
        // Skip what guard counts (the identification) and computes from what is kept (checksums).
        out
          .fill(0, 18, 20)
          .fill(0, 24, 26)
          .fill(0, useTcp ? 50 : 40, useTcp ? 52 : 42);
        expect(out.includes(MARK), hex(out)).toBe(false);
        expect(out.includes(0xde)).toBe(false);
      }),
      { seed: 5, numRuns: 2000 },
    );
  });

  it("nothing of one frame is left in the next", () => {
    const first = guard.one(udp4({ payload: Buffer.alloc(100, 0xee) }));
    expect(typeof first).not.toBe("string");
    const second = guard.one(udp4({ payload: Buffer.alloc(4, 0x11) }), { time: 2n * SECOND }) as Buffer;
    expect(second.length).toBe(60);
    expect(second.includes(0xee)).toBe(false);
    expect(second.subarray(46).every((byte) => byte === 0)).toBe(true);
  });

  it("a frame poisoned after it was taken changes nothing of what was made", async () => {
    const { bytes } = (await import("./testing/guard.ts")).pack([{ frame: udp4() }]);
    const clean = guard.runBytes(bytes).frames[0]!.frame;
    const other = await Guard.under(VECTOR_POLICY);
    other.input.set(bytes);
    other.exports.run(0, bytes.length);
    other.input.fill(0xde);
    const made = new Uint8Array(other.exports.memory.buffer, other.exports.framesAt() + 16, clean.length);
    expect(hex(Buffer.from(made))).toBe(hex(clean));
  });
});

function fixHeader(frame: Buffer): void {
  frame.writeUInt16BE(0, 24);
  let sum = 0;
  for (let i = 14; i < 34; i += 2) sum += frame.readUInt16BE(i);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  frame.writeUInt16BE(~sum & 0xffff, 24);
}

function fixTcp(frame: Buffer): void {
  const end = Math.min(frame.length, 14 + frame.readUInt16BE(16));
  frame.writeUInt16BE(0, 50);
  let sum = TCP + (end - 34);
  for (let i = 26; i < end; i += 2) sum += i + 1 < end ? frame.readUInt16BE(i) : frame[i]! << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  frame.writeUInt16BE(~sum & 0xffff, 50);
}
