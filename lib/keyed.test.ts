// The hash of the tables against SipHash as its paper states it, here in whole numbers of any size.
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { instantiateOnboard } from "./asc.ts";
import type { ExportsOf } from "./exports.ts";

const mask = (1n << 64n) - 1n;
const rotated = (x: bigint, n: bigint) => ((x << n) | (x >> (64n - n))) & mask;

/** SipHash-`c`-`d`, and of what comes out first the next 64 bits, as SipHash of 128 bits goes on. */
function siphash(c: number, d: number, k0: bigint, k1: bigint, bytes: Uint8Array): [bigint, bigint] {
  const v = [k0 ^ 0x736f6d6570736575n, k1 ^ 0x646f72616e646f6dn, k0 ^ 0x6c7967656e657261n, k1 ^ 0x7465646279746573n];
  const half = (a: number, b: number, n: bigint, m: bigint, to: number, from: number) => {
    v[a] = (v[a]! + v[b]!) & mask;
    v[to] = (v[to]! + v[from]!) & mask;
    v[b] = rotated(v[b]!, n) ^ v[a]!;
    v[from] = rotated(v[from]!, m) ^ v[to]!;
    v[a] = rotated(v[a]!, 32n);
  };
  const rounds = (n: number) => {
    for (let i = 0; i < n; i++) {
      half(0, 1, 13n, 16n, 2, 3);
      half(2, 1, 17n, 21n, 0, 3);
    }
  };
  const padded = Buffer.alloc((bytes.length & ~7) + 8);
  padded.set(bytes);
  padded[padded.length - 1] = bytes.length & 255;
  for (let at = 0; at < padded.length; at += 8) {
    const word = padded.readBigUInt64LE(at);
    v[3] = v[3]! ^ word;
    rounds(c);
    v[0] = v[0]! ^ word;
  }
  v[2] = v[2]! ^ 0xffn;
  rounds(d);
  const first = v[0]! ^ v[1]! ^ v[2]! ^ v[3]!;
  v[1] = v[1]! ^ 0xddn;
  rounds(d);
  return [first, v[0]! ^ v[1]! ^ v[2]! ^ v[3]!];
}

const words = (...list: bigint[]) => {
  const bytes = Buffer.alloc(8 * list.length);
  list.forEach((word, i) => void bytes.writeBigUInt64LE(word, 8 * i));
  return bytes;
};

type Probe = ExportsOf<"lib/onboard/keyed.probe.ts">;
let e: Probe;
beforeAll(async () => {
  e = (await instantiateOnboard("lib/onboard/keyed.probe.ts")).exports;
});
const u64 = (x: bigint) => BigInt.asUintN(64, x);
const PAPER: [bigint, bigint] = [0x0706050403020100n, 0x0f0e0d0c0b0a0908n];

// REQ-DETECT-016
describe("the hash of the tables", () => {
  it("is compared with a reference that gives the paper's own value (appendix A, SipHash-2-4 of 15 bytes)", () => {
    const bytes = Uint8Array.from({ length: 15 }, (_, i) => i);
    expect(siphash(2, 4, ...PAPER, bytes)[0]).toBe(0xa129ca6149be45e5n);
  });

  it("is SipHash-1-3 of bytes and of words, at every length, under every key", () => {
    const word = fc.bigInt({ min: 0n, max: mask });
    fc.assert(
      fc.property(fc.array(word, { minLength: 7, maxLength: 7 }), fc.uint8Array({ maxLength: 255 }), (list, bytes) => {
        const [a, b, c, d, f, k0, k1] = list as [bigint, bigint, bigint, bigint, bigint, bigint, bigint];
        const reference = (input: Uint8Array) => siphash(1, 3, k0, k1, input);
        e.withKey(k0, k1);
        Buffer.from(e.memory.buffer).set(bytes, e.at());
        expect(u64(e.ofBytes(bytes.length))).toBe(reference(bytes)[0]);
        expect(u64(e.ofTwo(a, b))).toBe(reference(words(a, b))[0]);
        expect(u64(e.ofFive(a, b, c, d, f))).toBe(reference(words(a, b, c, d, f))[0]);
        const [first, second] = reference(words(a, b, c));
        for (let again = 0; again < 2; again++) {
          expect(u64(e.ofThree(a, b, c))).toBe(first | 1n);
          expect(u64(e.otherHalf())).toBe(second);
          e.ofThree(b, a, c);
        }
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it("forgets what it remembered when it is given another key", () => {
    e.withKey(1n, 2n);
    const before = e.ofThree(7n, 8n, 9n);
    e.withKey(3n, 4n);
    expect(e.ofThree(7n, 8n, 9n)).not.toBe(before);
    expect(u64(e.ofThree(7n, 8n, 9n))).toBe(siphash(1, 3, 3n, 4n, words(7n, 8n, 9n))[0] | 1n);
  });
});
