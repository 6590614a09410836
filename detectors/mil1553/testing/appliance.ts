/** The detectors over Chapter 10 bytes, as the inspecting compartment runs them: for tests and measurements. */
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { Tag } from "../../../appliance/contract/config.ts";
import { compileOnboard } from "../../../lib/asc.ts";
import { type ExportsOf, exportsOf } from "../../../lib/exports.ts";
import type { BusMessage } from "../../../mil1553/simulator/message.ts";
import { recording } from "../../../mil1553/writer/recording.ts";
import { DETECTOR, DETECTOR_NAMES, type DetectorName, isOfBus } from "../../catalogue.ts";
import type { Entry } from "../../learned.ts";
import { Flight } from "../../testing/flight.ts";
import { mil1553 } from "../learned.ts";

const OF_BUS = new Set<string>(DETECTOR_NAMES.filter((name) => isOfBus(DETECTOR[name])));

type Exports = ExportsOf<"detectors/mil1553/onboard/mil1553.probe.ts">;

export interface Found {
  /** Place of the message at hand, from 1. */
  message: number;
  detector: number;
  what: number;
  /** Findings of the same detector with the same key are one alert. */
  key: string;
  /** Findings of the same group are one alert, whichever detector's; "" where there is none. */
  group: string;
  parts: number;
  terminals: number;
  /** Seconds. */
  time: number;
  score: number;
  threshold: number;
  a: number;
  b: number;
  c: number;
  d: number;
  expected: string;
  seen: string;
}

const MODE = { learn: 0, check: 1, read: 2 } as const;

export class Appliance {
  readonly e: Exports;
  /** inspect under the same section, beside it: it must find the same. */
  #flight: Flight | undefined;
  /** It begins when there is something to judge. */
  #section: Uint8Array | undefined;
  #alone = false;

  private constructor(e: Exports) {
    this.e = e;
  }

  static async make(): Promise<Appliance> {
    await Flight.ready();
    const module = new WebAssembly.Module(
      readFileSync(await compileOnboard("detectors/mil1553/onboard/mil1553.probe.ts")),
    );
    return new Appliance(exportsOf<"detectors/mil1553/onboard/mil1553.probe.ts">(module));
  }

  /** Feeds a file's bytes, however they are cut. */
  #feed(bytes: Uint8Array, mode: number): void {
    const { e } = this;
    const size = e.inputSize();
    for (let at = 0; at < bytes.length; at += size) {
      const part = bytes.subarray(at, at + size);
      new Uint8Array(e.memory.buffer, e.inputAt(), size).set(part);
      e.feed(part.length, mode);
    }
  }

  #run(source: Iterable<Uint8Array>, mode: number, each: () => void = () => {}): void {
    // Small packets are handed over together
    let parts: Uint8Array[] = [];
    let length = 0;
    const flush = () => {
      this.#feed(Buffer.concat(parts), mode);
      parts = [];
      length = 0;
      each();
    };
    for (const bytes of source) {
      parts.push(bytes);
      length += bytes.length;
      if (length > 1 << 18) flush();
    }
    flush();
    this.e.feedEnd(mode);
    each();
  }

  /** Learns one capture from a fresh start; its entries as they are exported. */
  learn(source: Iterable<Uint8Array>): Entry[] {
    this.e.begin();
    const bytes = [...source];
    this.#run(bytes, MODE.learn);
    const own = this.entries();
    if (!this.#alone) {
      const pupil = Flight.with([], true)!;
      pupil.chapter10(Buffer.concat(bytes));
      const names = new Set(own.map(({ detector }) => detector));
      expect(pupil.entries.filter(({ detector }) => names.has(detector))).toEqual(own);
    }
    return own;
  }

  /** What has been learned; learning may go on. @throws when an entry does not fit into 900 bytes or is no JSON */
  entries(): Entry[] {
    const { e } = this;
    const out: Entry[] = [];
    for (let n = e.exportNext(); n; n = e.exportNext()) {
      const text = Buffer.from(e.memory.buffer, e.textAt(), n).toString();
      if (n > 900) throw new Error(`an entry of ${n} bytes: ${text}`);
      out.push(JSON.parse(`{${text}}`) as Entry);
    }
    return out;
  }

  configure(section: Uint8Array): boolean {
    const { e } = this;
    e.begin();
    new Uint8Array(e.memory.buffer, e.inputAt(), section.length).set(section);
    const accepted = e.configure(section.length) !== 0;
    expect(Flight.accepts([{ tag: Tag.BASELINE_1553, bytes: section }]), "inspect accepts the section").toBe(accepted);
    this.#flight = undefined;
    this.#section = accepted ? section.slice() : undefined;
    this.#alone = false;
    return accepted;
  }

  /** From now on without inspect beside it: for measurements. */
  alone(): void {
    this.#alone = true;
    this.#flight = undefined;
    this.#section = undefined;
  }

  /** Judges one capture; call configure() first. Each call goes on where the last one ended. */
  check(source: Iterable<Uint8Array>): Found[] {
    const out: Found[] = [];
    const bytes = [...source];
    this.#run(bytes, MODE.check, () => out.push(...this.take()));
    if (this.#section) {
      this.#flight = Flight.with([{ tag: Tag.BASELINE_1553, bytes: this.#section }]);
      expect(this.#flight, "inspect accepts the section").toBeDefined();
      this.#section = undefined;
    }
    if (this.#flight) {
      const told = ({ key, score }: { key: string; score: number }) => `${key} ${score}`;
      const inFlight = this.#flight.chapter10(Buffer.concat(bytes)).filter(({ detector }) => OF_BUS.has(detector));
      expect(inFlight.map((one) => `${DETECTOR[one.detector as DetectorName]} ${told(one)}`)).toEqual(
        out.map((one) => `${one.detector} ${told(one)}`),
      );
    }
    return out;
  }

  /** Reads without judging: what the reader alone costs. */
  read(source: Iterable<Uint8Array>): void {
    this.#run(source, MODE.read);
  }

  take(): Found[] {
    const { e } = this;
    const n = e.take();
    return Array.from({ length: n }, (_, i) => {
      const at = e.resultsAt() + i * e.resultSize();
      const v = new DataView(e.memory.buffer, at);
      const f = (offset: number) => v.getFloat64(8 + offset, true);
      const words = e.explain(i);
      const text = (from: number, to: number) => Buffer.from(e.memory.buffer, e.textAt() + from, to - from).toString();
      return {
        message: v.getUint32(0, true),
        key: `${v.getBigUint64(8, true)}`,
        time: Number(v.getBigUint64(16, true)) / 1e9,
        score: f(56),
        threshold: f(64),
        a: f(72),
        b: f(80),
        c: f(88),
        d: f(96),
        group: v.getBigUint64(8 + 144, true) ? `${v.getBigUint64(8 + 144, true)}` : "",
        parts: v.getUint16(8 + 152, true),
        terminals: v.getUint16(8 + 154, true),
        detector: v.getUint32(8 + 104, true),
        what: v.getUint32(8 + 112, true),
        expected: text(0, words >> 16),
        seen: text(words >> 16, words & 0xffff),
      };
    });
  }
}

/** Messages as the bytes of a recording. */
export function* bytesOf(messages: Iterable<BusMessage>, channels: readonly { channel: number; name: string }[]) {
  const clock = { counter: 600_000_000, ms: Date.UTC(2026, 2, 2, 8) };
  for (const packet of recording(messages, { channels, clock, checksum: 0 })) yield packet.bytes;
}

/** Entries of captures, each learned by itself, as a section; rate: false alarms per hour. */
export function sectionOf(captures: readonly Entry[][], rate = 1, hours = 0): Uint8Array {
  const entries = mergeAll(captures);
  return mil1553.pack(entries, mil1553.thresholds(entries, { rate }, hours));
}

export function mergeAll(captures: readonly Entry[][]): Entry[] {
  const merged = new Map<string, Entry>();
  for (const entry of captures.flat()) {
    const key = `${entry.detector} ${mil1553.keyOf(entry)}`;
    const before = merged.get(key);
    merged.set(key, before ? mil1553.merge(before, entry) : entry);
  }
  return [...merged].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
}

export interface Alert {
  detector: number;
  key: string;
  from: number;
  to: number;
  count: number;
  first: Found;
  last: Found;
}

/** Findings of the same detector and key, or of one group, at most `quiet` seconds apart, as one alert. */
export function alertsOf(found: readonly Found[], quiet = 60): Alert[] {
  const open = new Map<string, Alert>();
  const out: Alert[] = [];
  for (const f of found) {
    const key = f.group || `${f.detector} ${f.key}`;
    const a = open.get(key);
    if (a && f.time - a.to <= quiet) {
      a.to = Math.max(a.to, f.time);
      a.count++;
      a.last = f;
      continue;
    }
    const next = { detector: f.detector, key: f.key, from: f.time, to: f.time, count: 1, first: f, last: f };
    open.set(key, next);
    out.push(next);
  }
  return out;
}
