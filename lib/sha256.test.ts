import { createHash, createHmac } from "node:crypto";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { instantiateOnboard } from "./asc.ts";
import type { ExportsOf } from "./exports.ts";

type Probe = ExportsOf<"lib/onboard/sha256.probe.ts">;
let e: Probe;
const put = (...parts: Uint8Array[]) => Buffer.from(e.memory.buffer).set(Buffer.concat(parts), e.at());
const out = () => Buffer.from(e.memory.buffer, e.out(), 32).toString("hex");

beforeAll(async () => {
  e = (await instantiateOnboard("lib/onboard/sha256.probe.ts")).exports;
});

describe("SHA-256", () => {
  it("agrees with node:crypto at every length around the block's edges", () => {
    const bytes = Buffer.from(Array.from({ length: 260 }, (_, i) => (i * 151) & 255));
    put(bytes);
    for (let n = 0; n <= bytes.length; n++) {
      e.hash(n, 1 + (n % 70));
      expect(out()).toBe(createHash("sha256").update(bytes.subarray(0, n)).digest("hex"));
    }
  });
  it("agrees however the input is cut", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), fc.integer({ min: 1, max: 3000 }), (bytes, step) => {
        put(bytes);
        e.hash(bytes.length, step);
        return out() === createHash("sha256").update(bytes).digest("hex");
      }),
      { seed: 1 },
    );
  });
});

describe("HMAC", () => {
  it("agrees with node:crypto for keys shorter, as long and longer than a block", () => {
    const bytes = fc.uint8Array({ maxLength: 300 });
    fc.assert(
      fc.property(bytes, bytes, fc.integer({ min: 1, max: 200 }), (key, message, step) => {
        put(key, message);
        e.code(key.length, message.length, step);
        return out() === createHmac("sha256", key).update(message).digest("hex");
      }),
      { seed: 2 },
    );
  });
  it("tells any single changed bit of a digest", () => {
    const digest = createHash("sha256").update("x").digest();
    put(digest, digest);
    expect(e.same()).toBe(1);
    for (let bit = 0; bit < 256; bit++) {
      const changed = Buffer.from(digest);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      put(digest, changed);
      expect(e.same()).toBe(0);
    }
  });
});
