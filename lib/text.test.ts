import fc from "fast-check";
import { Address6 } from "ip-address";
import { beforeAll, describe, expect, it } from "vitest";
import { instantiateOnboard } from "./asc.ts";
import type { ExportsOf } from "./exports.ts";

let e: ExportsOf<"lib/onboard/text.probe.ts">;
const text = (length: number, from = 0) => Buffer.from(e.memory.buffer, e.at() + from, length).toString();

beforeAll(async () => {
  e = (await instantiateOnboard("lib/onboard/text.probe.ts")).exports;
});

describe("numbers", () => {
  it("writes decimals as JavaScript rounds them", () => {
    for (const [value, digits, expected] of [
      [0, 3, "0"],
      [1.5, 3, "1.5"],
      [-0.25, 2, "-0.25"],
      [0.9999, 3, "1"],
      [1e20, 0, "9007199254740991"],
      [Number.NaN, 2, "null"],
      [Infinity, 2, "null"],
    ] as const)
      expect(text(e.writeDecimal(value, digits))).toBe(expected);
  });
  it("round-trips integers", () => {
    fc.assert(fc.property(fc.bigInt(0n, 2n ** 64n - 1n), (v) => text(e.writeUnsigned(v)) === String(v)));
    fc.assert(fc.property(fc.bigInt(-(2n ** 63n) + 1n, 2n ** 63n - 1n), (v) => text(e.writeSigned(v)) === String(v)));
  });
});

describe("addresses", () => {
  it("writes IPv6 as RFC 5952 does (ip-address as the second opinion)", () => {
    const groups = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })), {
      minLength: 8,
      maxLength: 8,
    });
    fc.assert(
      fc.property(groups, (g) => {
        const full = g.map((x) => x.toString(16)).join(":");
        const value = g.reduce((sum, x) => (sum << 16n) | BigInt(x), 0n);
        return text(e.writeIpv6(value >> 64n, value & 0xffffffffffffffffn)) === new Address6(full).correctForm();
      }),
    );
  });
  it("writes IPv4 and MAC", () => {
    expect(text(e.writeIpv4(0xc0a80001))).toBe("192.168.0.1");
    expect(text(e.writeMac(0x525400770001n))).toBe("52:54:00:77:00:01");
  });
});

describe("time and untrusted text", () => {
  it("writes the calendar date of any nanosecond", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4102444800000 }), (ms) => {
        const expected = new Date(ms).toISOString().replace(/(\d{3})Z$/, "$1000+0000");
        return text(e.writeTimestamp(BigInt(ms) * 1000000n)) === expected;
      }),
    );
  });
  it("escapes every byte that is not plain text", () => {
    const bytes = Buffer.from([0x41, 0x22, 0x5c, 0x0a, 0x80, 0x7e]);
    Buffer.from(e.memory.buffer).set(bytes, e.at());
    expect(text(e.writeQuoted(bytes.length), 32)).toBe("A\\u0022\\u005c\\u000a\\u0080~");
  });
});
