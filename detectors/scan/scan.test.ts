import { beforeEach, describe, expect, it } from "vitest";
import { instantiateOnboard } from "../../lib/asc.ts";
import type { ExportsOf } from "../../lib/exports.ts";

type Scan = ExportsOf<"detectors/scan/onboard/scan.probe.ts">;
const SECOND = 1_000_000_000n;
let scan: Scan;

beforeEach(async () => {
  scan = (await instantiateOnboard("detectors/scan/onboard/scan.probe.ts")).exports;
  expect(scan.configure(0.8, 0.2, 1e-5, 0.99)).toBe(1);
});

// REQ-DETECT-005
describe("threshold random walk", () => {
  it("calls a scanner after nine failures, as Wald's bounds say: ln(0.99/1e-5) / ln(0.8/0.2) = 8.3", () => {
    const announced: number[] = [];
    for (let i = 0; i < 12; i++) {
      scan.attempt(1n, 100n + BigInt(i), 80, SECOND);
      if (scan.failure(1n, 100n + BigInt(i), 80, SECOND)) announced.push(i);
    }
    expect(announced).toEqual([8]);
  });

  it("counts silence as failure after four seconds", () => {
    for (let port = 1; port <= 9; port++) scan.attempt(1n, 2n, port, SECOND);
    let source = 0;
    for (let i = 0; i < 9 && !source; i++) source = scan.expire(4n * SECOND);
    expect(source).toBe(0);
    while (!source && scan.expire(4n * SECOND) === 0) source = scan.expire(5n * SECOND);
    expect(source).not.toBe(0);
    expect(scan.silent(source)).toBe(9);
  });

  it("stays silent about a busy client whose contacts succeed, and about retries of one failing contact", () => {
    for (let i = 0; i < 500; i++) {
      expect(scan.attempt(7n, BigInt(1000 + i), 443, SECOND)).toBe(0);
      if (i % 10 === 0) expect(scan.failure(7n, BigInt(1000 + i), 443, SECOND)).toBe(0);
      else scan.success(7n, BigInt(1000 + i), 443);
    }
    for (let i = 0; i < 100; i++) {
      scan.attempt(8n, 9n, 22, SECOND);
      expect(scan.failure(8n, 9n, 22, SECOND)).toBe(0);
    }
  });

  it("announces a source again after a minute of record time, not sooner", () => {
    const announced: bigint[] = [];
    for (let i = 0n; i < 200n; i++) {
      scan.attempt(1n, 100n + i, 80, i * SECOND);
      if (scan.failure(1n, 100n + i, 80, i * SECOND)) announced.push(i);
    }
    expect(announced).toEqual([8n, 68n, 128n, 188n]);
  });

  it("finds a fast silent scan although the ring of open attempts overflows", () => {
    let found = 0;
    for (let i = 0; i < 5000; i++) found ||= scan.attempt(1n, BigInt(i), 80, SECOND + BigInt(i) * 10_000n);
    expect(found).not.toBe(0);
  });
});

it("refuses parameters that are no probabilities", () => {
  expect(scan.configure(0.2, 0.8, 1e-5, 0.99)).toBe(0);
  expect(scan.configure(0.8, 0.2, 0, 0.99)).toBe(0);
});
