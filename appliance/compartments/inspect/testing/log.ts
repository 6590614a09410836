// Everything that inspect says of records, a line each: for tests that hold all of it against what was said before.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compileOnboard } from "../../../../lib/asc.ts";
import { detectorName } from "../../../../page/scores.ts";
import { COMPARTMENTS, type CompartmentName } from "../../../build/compartments.ts";
import {
  EVENT_HEADER,
  EventHeader,
  EventKind,
  type Inspect,
  Measure,
  REFUSALS,
  Score,
  startInspect,
} from "../../../contract/abi.ts";
import { Part, packPart, type Section } from "../../../contract/config.ts";
import { afterEvent } from "../../../contract/records.ts";
import { loadModules } from "../../../hosts/node.ts";

/** A line, and what kind of thing it is: an event's type, with the detector's or the anomaly's name. */
export interface Line {
  kind: string;
  text: string;
}

/** Of an event, without the time that reading it as JSON takes. */
function kindOf(json: string): string {
  const type = /"event_type":"(\w+)"/.exec(json)![1]!;
  const more = /"(?:detector|layer)":"([^"]+)"/.exec(json);
  return more ? `${type} ${more[1]}` : type;
}

/** Of run(), for one batch of records. */
const MOST_CALLS = 20_000;

export class Log {
  readonly #inspect: Inspect;
  readonly #input: Uint8Array;
  readonly lines: Line[] = [];

  private constructor(inspect: Inspect) {
    this.#inspect = inspect;
    this.#input = new Uint8Array(inspect.memory.buffer, inspect.inputAt(), inspect.inputSize());
  }

  /** inspect before it is configured. */
  static async bare(): Promise<Log> {
    return new Log(startInspect((await loadModules()).inspect));
  }

  /** inspect under these sections of its part of the policy. */
  static async of(sections: readonly Section[]): Promise<Log> {
    const log = await Log.bare();
    const refusal = log.configure(sections);
    if (refusal !== "accepted") throw new Error(`inspect refused its policy: ${refusal}`);
    return log;
  }

  /** What it answers to them; what was configured before is no more. */
  configure(sections: readonly Section[]): string {
    const part = packPart(Part.INSPECT, sections);
    if (part.length > this.#input.length) return "longer than its input";
    this.#input.set(part);
    return REFUSALS[this.#inspect.configure(part.length)]!;
  }

  /** Records that fit in its input. */
  run(records: Uint8Array): this {
    this.#input.set(records);
    for (let [at, calls] = [0, 0]; at < records.length; calls++) {
      at = this.#inspect.run(at, records.length);
      if (calls > MOST_CALLS) throw new Error(`inspect does not get past record ${at}`);
      this.#events();
      this.#asked();
    }
    return this;
  }

  #events(): void {
    const { memory } = this.#inspect;
    const view = new DataView(memory.buffer, this.#inspect.eventsAt(), this.#inspect.eventsLength());
    for (const event = new EventHeader(view); event.at < view.byteLength; event.at = afterEvent(event)) {
      const { record, severity, kind, json, text } = event;
      const body = event.at + EVENT_HEADER;
      if (kind === EventKind.SCORE) {
        const { time, number, key, score, threshold, detector } = new Score(view, body);
        const name = detectorName(detector);
        this.#say(`score ${name}`, `${record} ${time} ${number} ${key} ${score} ${threshold}`);
        continue;
      }
      const said = Buffer.from(memory.buffer, view.byteOffset + body, json + text).toString("latin1");
      // The journal ends the heartbeat's JSON, behind guard's part
      const whole = said.slice(0, json) + (kind === EventKind.STATS ? "}" : "");
      this.#say(kindOf(whole), `${record} ${severity} ${whole} ${said.slice(json)}`);
    }
  }

  /** Verdicts other than PASS, and measures. */
  #asked(): void {
    const { memory } = this.#inspect;
    const verdicts = new Uint32Array(memory.buffer, this.#inspect.verdictsAt(), this.#inspect.verdictsLength());
    for (const [n, verdict] of verdicts.entries()) if (verdict) this.#say("verdict", `${n} ${verdict}`);
    for (let n = 0; n < this.#inspect.measuresLength(); n++) {
      const at = this.#inspect.measuresAt() + n * Measure.SIZE;
      const measure = new Measure(new DataView(memory.buffer), at);
      const bytes = Buffer.from(memory.buffer, at, Measure.SIZE).toString("hex");
      this.#say(`measure ${detectorName(measure.detector)}`, bytes);
    }
  }

  #say(kind: string, text: string): void {
    this.lines.push({ kind, text });
  }
}

/** Where a run under WEIR_LOGS=1 leaves the lines themselves, for whoever wants to see what is different. */
const FOLDER = join("build", "logs");

/** Of each kind of line how many there are, and their digest. `name` names the file with the lines, in build/logs. */
export function summary(name: string, lines: readonly Line[]): string {
  if (process.env.WEIR_LOGS) {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(join(FOLDER, `${name}.txt`), lines.map(({ kind, text }) => `${kind}: ${text}\n`).join(""));
  }
  const kinds = new Map<string, string[]>();
  for (const { kind, text } of lines) kinds.set(kind, [...(kinds.get(kind) ?? []), text]);
  const digest = (texts: readonly string[]) => createHash("sha256").update(texts.join("\n")).digest("hex").slice(0, 12);
  return [...kinds]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([kind, texts]) => `${kind.padEnd(28)} ${`${texts.length}`.padStart(6)}  ${digest(texts)}\n`)
    .join("");
}

/** Where the static memory of inspect ends: a table that is added, or of another capacity, changes this number. */
export const INSPECT_BYTES = 4_246_751;

/** Where a compartment's static memory ends, by its module: the capacity of any of its tables moves that. */
export async function memoryOf(name: CompartmentName): Promise<number> {
  const { entry, pages } = COMPARTMENTS.find((one) => one.name === name)!;
  return memoryEnd(readFileSync(await compileOnboard(entry, { pages })));
}

/** The same of any module. */
export function memoryEnd(wasm: Uint8Array): number {
  let at = 8;
  const number = () => {
    let [value, shift] = [0, 0];
    for (;;) {
      const byte = wasm[at++]!;
      value |= (byte & 127) << shift;
      shift += 7;
      if (byte < 128) return value >>> 0;
    }
  };
  let end = 0;
  while (at < wasm.length) {
    const [section, length] = [wasm[at++]!, number()];
    const next = at + length;
    if (section === DATA)
      for (let n = number(); n > 0; n--) {
        at += 2; // an active segment: i32.const
        const start = number();
        at += 1;
        const size = number();
        at += size;
        end = Math.max(end, start + size);
      }
    at = next;
  }
  return end;
}

/** The section of a WebAssembly module that says what its memory begins with. */
const DATA = 11;
