/** inspect as it flies beside a test's detectors: given the same records and the same sections, it must find the same. */
import {
  EVENT_HEADER,
  EventHeader,
  EventKind,
  type Inspect,
  RecordKind,
  Score,
  startInspect,
} from "../../appliance/contract/abi.ts";
import { InspectFlag, Part, packPart, type Section, Tag } from "../../appliance/contract/config.ts";
import { afterEvent } from "../../appliance/contract/records.ts";
import { loadModules } from "../../appliance/hosts/node.ts";
import { compilePolicyText } from "../../diode/policy.ts";
import { policyWith, sectionsOf } from "../../diode/testing/guard.ts";
import { record } from "../../ip/testing/frames.ts";
import { detectorName } from "../../page/scores.ts";
import type { Entry } from "../learned.ts";

/** A score of inspect's: onboard/abi.ts, Score. */
export interface Scored {
  detector: string;
  key: string;
  score: number;
  threshold: number;
}

/** An event of inspect's: what tests ask of it. */
export interface Said {
  event_type: string;
  src_ip?: string;
  dest_ip?: string;
  alert?: { context: { detector: string; seen: string; since?: string; count?: number } };
  lines?: { line: number; matched: number; held: number }[];
  baseline?: { entry?: Entry };
}

interface Loaded {
  module: WebAssembly.Module;
  settings: Buffer;
}
let loading: Promise<Loaded> | undefined;
let loaded: Loaded;
let asked: Flight | undefined;

async function load() {
  const { parts } = compilePolicyText(policyWith("", "recorders: any\ntunnels: any"), "policy.yaml");
  return {
    module: (await loadModules()).inspect,
    settings: sectionsOf(parts.inspect).find(({ tag }) => tag === Tag.SETTINGS)!.bytes,
  };
}

export class Flight {
  readonly #inspect: Inspect;
  readonly #input: Uint8Array;
  /** What it said that it learned. */
  entries: Entry[] = [];
  /** All events of the last run() but scores. */
  said: Said[] = [];

  private constructor(inspect: Inspect) {
    this.#inspect = inspect;
    this.#input = new Uint8Array(inspect.memory.buffer, inspect.inputAt(), inspect.inputSize());
  }

  /** Before the first. */
  static async ready(): Promise<void> {
    loading ??= load();
    loaded = await loading;
  }

  /**
   * @param sections settings of a policy among them, in place of those of one that says nothing
   * @returns undefined when inspect refuses the sections
   */
  static with(sections: readonly Section[], learns = false): Flight | undefined {
    const { module, settings } = loaded;
    const own = sections.find(({ tag }) => tag === Tag.SETTINGS);
    const flags = Buffer.from(own?.bytes ?? settings);
    const of = own ? flags.readUInt32LE(0) : 0;
    flags.writeUInt32LE(of | InspectFlag.SCORES | (learns ? InspectFlag.LEARN : 0), 0);
    const flight = new Flight(startInspect(module));
    const part = packPart(Part.INSPECT, [
      { tag: Tag.SETTINGS, bytes: flags },
      ...sections.filter((one) => one !== own),
    ]);
    flight.#input.set(part);
    return flight.#inspect.configure(part.length) === 0 ? flight : undefined;
  }

  /** Whether inspect takes these sections; asked of one that judges nothing. */
  static accepts(sections: readonly Section[]): boolean {
    asked ??= Flight.with([])!;
    const part = packPart(Part.INSPECT, [{ tag: Tag.SETTINGS, bytes: loaded.settings }, ...sections]);
    if (part.length > asked.#input.length) return false;
    asked.#input.set(part);
    return asked.#inspect.configure(part.length) === 0;
  }

  /** What it finds in these records, in order; every event but a score is checked to be JSON. */
  run(records: Uint8Array): Scored[] {
    const found: Scored[] = [];
    this.said = [];
    this.#input.set(records);
    for (let at = 0; at < records.length; ) {
      at = this.#inspect.run(at, records.length);
      const { memory } = this.#inspect;
      const view = new DataView(memory.buffer, this.#inspect.eventsAt(), this.#inspect.eventsLength());
      for (const event = new EventHeader(view); event.at < view.byteLength; event.at = afterEvent(event)) {
        const body = event.at + EVENT_HEADER;
        if (event.kind === EventKind.SCORE) {
          const { detector, key, score, threshold } = new Score(view, body);
          found.push({ detector: detectorName(detector), key: `${key}`, score, threshold });
        } else if (event.kind === EventKind.EVENT) {
          const said: Said = JSON.parse(
            Buffer.from(memory.buffer, view.byteOffset + body, event.json).toString("latin1"),
          );
          this.said.push(said);
          if (said.baseline?.entry) this.entries.push(said.baseline.entry);
        }
      }
    }
    return found;
  }

  /** What it learned up to here, of detectors of these names or of what they consist of. */
  learned(names: ReadonlySet<string>): Entry[] {
    this.entries = [];
    this.run(record(new Uint8Array(0), { kind: RecordKind.END }));
    return this.entries.filter(({ detector }) => names.has(detector.split(".")[0]!));
  }

  /** What it finds in a recording, however it is cut, and at its end. */
  chapter10(bytes: Uint8Array): Scored[] {
    const found: Scored[] = [];
    const most = 60_000;
    for (let at = 0; at < bytes.length; at += most)
      found.push(...this.run(record(bytes.subarray(at, at + most), { kind: RecordKind.CHAPTER10 })));
    return [...found, ...this.run(record(new Uint8Array(0), { kind: RecordKind.END }))];
  }
}
