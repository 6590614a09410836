// The error rates that a policy states for scanners, measured of inspect as it flies: Jung, Paxson, Berger, Balakrishnan
// 2004: at most so many honest sources called scanners, at least so many scanners found, after about as many first contacts as
// Wald's approximation has it (A. Wald, "Sequential Analysis", 1947, section 3.5).
import { beforeAll, expect, it } from "vitest";
import { EVENT_HEADER, EventKind, type Inspect, startInspect } from "../../appliance/contract/abi.ts";
import { EventHeader } from "../../appliance/contract/generated/record.ts";
import { loadModules } from "../../appliance/hosts/node.ts";
import { compilePolicyText } from "../../diode/policy.ts";
import { policyWith } from "../../diode/testing/guard.ts";
import { ACK, address, RST, record, SYN } from "../../ip/testing/frames.ts";
import { clopperPearson } from "../../lib/numerics/intervals.ts";
import { uniform } from "../../lib/numerics/random.ts";
import { tcpFrame } from "../testing/site.ts";

/** Sources that are at it at the same time: their contacts arrive in turn. */
const TOGETHER = 32;
/** So slow that the budget of alerts (20/s) leaves none out. */
const PACE = 20_000_000n; // ns

interface Stated {
  benign: number;
  scanner: number;
  falsePositive: number;
  detection: number;
}

interface Source {
  ip: string;
  /** Log likelihood ratio of what it met so far. */
  walk: number;
  contacts: number;
}

const policyOf = ({ benign, scanner, falsePositive, detection }: Stated) =>
  policyWith(
    "",
    `checksums: ignore\ndetectors:\n  scan: { benign-success: ${benign}, scanner-success: ${scanner}, false-positive: ${falsePositive}, detection: ${detection} }`,
  );

const ends = { src: "10.0.0.1", dst: "172.16.0.1", sport: 40_000, dport: 502, size: 0 };
const back = { src: ends.dst, dst: ends.src, sport: ends.dport, dport: ends.sport, size: 0 };
const TRIES = tcpFrame({ ...ends, flags: SYN });
const ANSWERS = tcpFrame({ ...back, flags: SYN | ACK });
const REFUSES = tcpFrame({ ...back, flags: RST | ACK });

/** The same frame with other addresses (behind 14 bytes of Ethernet), and checksums that nobody looks at. */
function between(frame: Uint8Array, src: string, dst: string): Uint8Array {
  const copy = Uint8Array.from(frame);
  copy.set(address(src), 14 + 12);
  copy.set(address(dst), 14 + 16);
  return copy;
}

/** inspect under a policy, which says of each batch of frames whom it alerts on as a scanner. */
class Watch {
  readonly #inspect: Inspect;
  readonly #input: Uint8Array;
  #time = 1_000_000_000_000n;

  constructor(module: WebAssembly.Module, policy: string) {
    this.#inspect = startInspect(module);
    this.#input = new Uint8Array(this.#inspect.memory.buffer, this.#inspect.inputAt(), this.#inspect.inputSize());
    const part = compilePolicyText(policy, "policy.yaml").parts.inspect;
    this.#input.set(part);
    expect(this.#inspect.configure(part.length)).toBe(0);
  }

  called(frames: readonly Uint8Array[]): Set<string> {
    const batch = Buffer.concat(
      frames.map((frame) => {
        this.#time += PACE;
        return record(frame, { time: this.#time });
      }),
    );
    this.#input.set(batch);
    const sources = new Set<string>();
    for (let at = 0; at < batch.length; ) {
      at = this.#inspect.run(at, batch.length);
      const { memory } = this.#inspect;
      const view = new DataView(memory.buffer, this.#inspect.eventsAt(), this.#inspect.eventsLength());
      for (let event = 0; event < view.byteLength; ) {
        const { json, text, kind } = new EventHeader(view, event);
        const body = event + EVENT_HEADER;
        if (kind === EventKind.EVENT) {
          const said = Buffer.from(memory.buffer, view.byteOffset + body, json).toString("latin1");
          if (said.includes('"event_type":"alert"')) sources.add(JSON.parse(said).src_ip);
        }
        event = body + ((json + text + 7) & ~7);
      }
    }
    return sources;
  }
}

interface Measured {
  called: number;
  contacts: number;
}

/** `count` sources that succeed with probability `p`, each until it is called a scanner or its walk has cleared it. */
function measure(watch: Watch, stated: Stated, p: number, count: number, seed: number): Measured {
  const { benign, scanner, falsePositive, detection } = stated;
  const success = Math.log(scanner / benign);
  const failure = Math.log((1 - scanner) / (1 - benign));
  const cleared = Math.log((1 - detection) / (1 - falsePositive));
  const u = uniform(seed);
  const total: Measured = { called: 0, contacts: 0 };
  let begun = 0;
  let target = 0;
  const next = (): Source => ({ ip: `10.${seed}.${begun >> 8}.${begun++ & 255}`, walk: 0, contacts: 0 });
  let active = Array.from({ length: Math.min(TOGETHER, count) }, next);
  while (active.length) {
    const frames = active.flatMap((source) => {
      const dst = `172.${16 + (target >> 16)}.${(target >> 8) & 255}.${target++ & 255}`;
      const succeeds = u() < p;
      source.walk += succeeds ? success : failure;
      source.contacts++;
      return [between(TRIES, source.ip, dst), between(succeeds ? ANSWERS : REFUSES, dst, source.ip)];
    });
    const called = watch.called(frames);
    active = active.flatMap((source) => {
      if (!called.has(source.ip) && source.walk > cleared) return [source];
      total.called += called.has(source.ip) ? 1 : 0;
      total.contacts += source.contacts;
      return begun < count ? [next()] : [];
    });
  }
  return total;
}

/** Wald's mean number of contacts to a decision, as if the walk ended on a bound and not beyond it. */
function expectedContacts({ benign, scanner, falsePositive: a, detection: d }: Stated, isScanner: boolean): number {
  const p = isScanner ? scanner : benign;
  const step = p * Math.log(scanner / benign) + (1 - p) * Math.log((1 - scanner) / (1 - benign));
  const [upper, lower] = [Math.log(d / a), Math.log((1 - d) / (1 - a))];
  return (isScanner ? d * upper + (1 - d) * lower : a * upper + (1 - a) * lower) / step;
}

let inspect: WebAssembly.Module;
beforeAll(async () => {
  ({ inspect } = await loadModules());
});

// REQ-DETECT-005
it.each<Stated & { honest: number; scanners: number }>([
  { benign: 0.8, scanner: 0.2, falsePositive: 0.01, detection: 0.99, honest: 20_000, scanners: 5000 },
  { benign: 0.9, scanner: 0.4, falsePositive: 0.02, detection: 0.95, honest: 5000, scanners: 5000 },
])(
  "keeps the error rates that the policy states: $falsePositive of honest sources, $detection of scanners",
  async (stated) => {
    const watch = new Watch(inspect, policyOf(stated));
    const table = [false, true].map((isScanner) => {
      const count = isScanner ? stated.scanners : stated.honest;
      const p = isScanner ? stated.scanner : stated.benign;
      const { called, contacts } = measure(watch, stated, p, count, isScanner ? 2 : 1);
      const { low, high } = clopperPearson(called, count);
      return {
        sources: count,
        called,
        low,
        high,
        contacts: contacts / count,
        wald: expectedContacts(stated, isScanner),
      };
    });
    console.table(table);
    const [honest, scanners] = table as [(typeof table)[0], (typeof table)[0]];
    // The bounds hold for the whole 95 % interval of what was measured, so not by luck
    expect(honest.called).toBeGreaterThan(0);
    expect(honest.high).toBeLessThanOrEqual(stated.falsePositive);
    expect(scanners.called).toBeLessThan(stated.scanners);
    expect(scanners.low).toBeGreaterThanOrEqual(stated.detection);
    // The walk ends at most one step beyond its bound: that much longer it may take than Wald's mean
    const { benign, scanner } = stated;
    const longest = Math.max(Math.log(benign / scanner), Math.log((1 - scanner) / (1 - benign)));
    for (const [{ contacts, wald }, p] of [
      [honest, benign],
      [scanners, scanner],
    ] as const) {
      const step = Math.abs(p * Math.log(scanner / benign) + (1 - p) * Math.log((1 - scanner) / (1 - benign)));
      expect(contacts).toBeGreaterThan(wald * 0.97);
      expect(contacts).toBeLessThan(wald + longest / step);
    }
  },
);
