// Which findings become alerts: what flies against the same in plain TypeScript, over random files and findings.
import fc from "fast-check";
import { expect, it } from "vitest";
import { alertSections } from "../../../diode/policy/pack.ts";
import { type AlertRule, parseThresholds } from "../../../diode/suppression/config.ts";
import { boundsOf } from "../../../lib/addresses.ts";
import { instantiateOnboard } from "../../../lib/asc.ts";
import { AlertKind, Part, packPart, Track } from "../../contract/config.ts";

interface Finding {
  detector: number;
  source: number;
  destination: number;
  /** ms */
  time: number;
}

/** The rules as the comment in onboard/suppression.ts has them, with as much memory as it takes. */
class Oracle {
  readonly #rules: AlertRule[];
  readonly #windows = new Map<string, { start: number; seen: number; until: number }>();
  constructor(rules: AlertRule[]) {
    this.#rules = rules;
  }
  admits(f: Finding): boolean {
    return this.#rules.every((rule, n) => (rule.detector && rule.detector !== f.detector) || this.#lets(rule, n, f));
  }
  #lets(rule: AlertRule, n: number, f: Finding): boolean {
    const held = (address: number) => {
      const of = rule.networks.filter(({ network }) => {
        if (network.version !== 4) return false;
        const [low, high] = boundsOf(network);
        return BigInt(address) >= low && BigInt(address) <= high;
      });
      return of.length > 0 && !of.some(({ not }) => not);
    };
    if (rule.kind === AlertKind.SUPPRESS) {
      if (!rule.networks.length) return false;
      const { track } = rule;
      return !((track !== Track.DESTINATION && held(f.source)) || (track !== Track.SOURCE && held(f.destination)));
    }
    const key = [n, f.detector];
    if (rule.track === Track.SOURCE || rule.track === Track.BOTH) key.push(f.source);
    if (rule.track === Track.DESTINATION || rule.track === Track.BOTH) key.push(f.destination);
    const length = rule.seconds * 1000;
    let w = this.#windows.get(key.join());
    if (!w) {
      w = { start: f.time, seen: 0, until: 0 };
      this.#windows.set(key.join(), w);
    } else if (f.time >= w.start + length || f.time + length < w.start) Object.assign(w, { start: f.time, seen: 0 });
    w.seen++;
    if (rule.kind === AlertKind.LIMIT) return w.seen <= rule.count;
    if (rule.kind === AlertKind.BOTH) return w.seen === rule.count;
    if (rule.kind === AlertKind.THRESHOLD) {
      if (w.seen < rule.count) return false;
      w.seen = 0;
      return true;
    }
    if (f.time < w.until) return false;
    if (w.seen < rule.count) return true;
    w.until = f.time + rule.timeout * 1000;
    return false;
  }
}

const track = fc.constantFrom("by_src", "by_dst", "by_both", "by_rule");
const sid = fc.constantFrom(0, 7700001, 7700004, 7700005);
const line = fc.oneof(
  fc
    .tuple(
      sid,
      fc.constantFrom("by_src", "by_dst", "by_either"),
      fc.constantFrom("10.0.0.1", "10.0.0.0/30", "[10.0.0.0/29,!10.0.0.3]", "!10.0.0.2", "::/0"),
    )
    .map(([s, t, ip]) => `suppress gen_id 1, sig_id ${s}, track ${t}, ip ${ip}`),
  fc
    .tuple(
      sid,
      fc.constantFrom("limit", "threshold", "both"),
      track,
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 9 }),
    )
    .map(([s, type, t, c, n]) => `threshold gen_id 1, sig_id ${s}, type ${type}, track ${t}, count ${c}, seconds ${n}`),
  fc
    .tuple(sid, track, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 9 }), fc.nat(9))
    .map(
      ([s, t, c, n, o]) =>
        `rate_filter gen_id 1, sig_id ${s}, track ${t}, count ${c}, seconds ${n}, new_action pass, timeout ${o}`,
    ),
);
const finding = fc.record({
  detector: fc.constantFrom(1, 4, 5),
  source: fc.integer({ min: 0x0a000000, max: 0x0a000005 }),
  destination: fc.integer({ min: 0x0a000000, max: 0x0a000005 }),
  time: fc.integer({ min: 1_000, max: 60_000 }),
});

// REQ-DETECT-009
it("as Suricata's user guide has it, whatever the file and the findings", async () => {
  const { exports: e } = await instantiateOnboard("appliance/compartments/inspect/onboard/suppression.probe.ts");
  fc.assert(
    fc.property(
      fc.array(line, { minLength: 1, maxLength: 4 }),
      fc.array(finding, { maxLength: 60 }),
      (lines, findings) => {
        const rules = parseThresholds(lines.join("\n"), "t");
        const part = packPart(Part.INSPECT, alertSections(rules));
        new Uint8Array(e.memory.buffer).set(part, e.at());
        expect(e.configure(part.length)).toBe(1);
        const oracle = new Oracle(rules);
        const inTime = findings.toSorted((a, b) => a.time - b.time);
        const left = inTime.map((f) => e.offer(f.detector, f.source, f.destination, f.time) === 1);
        expect(left).toEqual(inTime.map((f) => oracle.admits(f)));
        expect(e.suppressed()).toBe(BigInt(left.filter((x) => !x).length));
      },
    ),
    { numRuns: 1500, seed: 77 },
  );
});
