// REQ-IMAGE-010, REQ-DETECT-010
/**
 * The embedded host: the three compartments in one JavaScript process, in Node and in the browser alike. It does what
 * the image's runtime does (appliance/runtime/user), in the same order, so the same records give the same bytes.
 */
import {
  ABI_VERSION,
  type Compartment,
  FRAME_HEADER,
  FrameHeader,
  type Guard,
  INPUT_SIZE,
  type Inspect,
  type Journal,
  MEASURES,
  Measure,
  MeasureList,
  type Modules,
  type Parts,
  REFUSALS,
  RecordHeader,
  startGuard,
  startInspect,
  startJournal,
} from "../../contract/abi.ts";
import { afterFrame, afterRecord } from "../../contract/records.ts";

/** The key of the tables at a live start (lib/onboard/keyed.ts), 16 bytes; without one it is that of replays. */
export type TableKey = Uint8Array;

function wordsOf(key: TableKey): [bigint, bigint] {
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
  return [view.getBigUint64(0, true), view.getBigUint64(8, true)];
}

/** Takes what comes out. The arrays are views into wasm memory, valid during the call only: copy what you keep. */
export interface Sink {
  /** A frame for `out`. */
  forwarded(frame: Uint8Array): void;
  /** A record of the log: EVE JSON, the console's short form (may be empty), the datagram for `log` (may be empty). */
  record(json: Uint8Array, text: Uint8Array, datagram: Uint8Array): void;
  /** inspect's events of a step, raw: for who wants the scores among them (a policy compiled with `scores`). */
  scores?(events: DataView): void;
}

export class Appliance {
  /** Where the caller writes a batch of records before run(); INPUT_SIZE bytes. */
  readonly input: Uint8Array;
  readonly #inspect: Inspect;
  readonly #guard: Guard;
  readonly #journal: Journal;
  readonly #guardInput: Uint8Array;
  readonly #guardRecord: RecordHeader;
  readonly #journalInput: Uint8Array;

  /** @throws Error naming the compartment when a module is of another ABI or refuses its part of the policy. */
  constructor(modules: Modules, parts: Parts, key?: TableKey) {
    const [inspect, guard] = [startInspect(modules.inspect), startGuard(modules.guard)];
    if (key) for (const keyed of [inspect, guard]) keyed.key(...wordsOf(key));
    this.#inspect = configured("inspect", inspect, parts.inspect);
    this.#guard = configured("guard", guard, parts.guard);
    this.#journal = configured("journal", startJournal(modules.journal), parts.journal);
    this.input = input(this.#inspect);
    this.#guardInput = input(this.#guard);
    this.#guardRecord = new RecordHeader(this.#guardInput);
    this.#journalInput = input(this.#journal);
  }

  /** The compartments' exports, for measurements and tests. */
  get compartments() {
    return { inspect: this.#inspect, guard: this.#guard, journal: this.#journal };
  }

  /** Works through the records in input[0..length). */
  run(length: number, sink: Sink): void {
    this.#guardInput.set(this.input.subarray(0, length));
    let at = 0;
    while (at < length) {
      const stop = this.#inspect.run(at, length);
      this.#takeVerdicts(at);
      this.#takeMeasures();
      if (sink.scores) sink.scores(eventsOf(this.#inspect));
      const events = this.#takeEvents(this.#inspect, 8);
      const all = this.#runGuard(at, stop, events, sink);
      if (all > 8) this.#runJournal(events - 8, all, sink);
      at = stop;
    }
  }

  /** Writes inspect's verdicts into guard's copies of the records it has done. */
  #takeVerdicts(from: number): void {
    const count = this.#inspect.verdictsLength();
    const verdicts = new Uint32Array(this.#inspect.memory.buffer, this.#inspect.verdictsAt(), count);
    const record = this.#guardRecord;
    record.at = from;
    for (let i = 0; i < count; i++) {
      record.verdict = verdicts[i]!;
      record.at = afterRecord(record);
    }
  }

  /** Gives guard the measures that inspect asks for with the records it has done. */
  #takeMeasures(): void {
    const count = this.#inspect.measuresLength();
    if (count > MEASURES) throw new Error(`inspect: ${count} measures, at most ${MEASURES} may be`);
    const { buffer } = this.#guard.memory;
    const at = this.#guard.measuresAt();
    new MeasureList(new DataView(buffer, at, MeasureList.SIZE)).write({ count, taken: 0 });
    const bytes = new Uint8Array(this.#inspect.memory.buffer, this.#inspect.measuresAt(), count * Measure.SIZE);
    new Uint8Array(buffer, at + MeasureList.SIZE, bytes.length).set(bytes);
  }

  /** Runs guard over input[from..to); returns where the journal's block ends. */
  #runGuard(from: number, to: number, events: number, sink: Sink): number {
    let end = events;
    for (let at = from; at < to; ) {
      at = this.#guard.run(at, to);
      for (const [frame] of frames(this.#guard)) sink.forwarded(frame);
      end = this.#takeEvents(this.#guard, end);
    }
    return end;
  }

  /** Puts a compartment's events into the journal's input at `at`; returns where they end. */
  #takeEvents(from: Compartment, at: number): number {
    const length = from.eventsLength();
    if (length) this.#journalInput.set(new Uint8Array(from.memory.buffer, from.eventsAt(), length), at);
    return at + length;
  }

  #runJournal(inspectLength: number, to: number, sink: Sink): void {
    const lengths = new Uint32Array(this.#journalInput.buffer, this.#journalInput.byteOffset, 2);
    lengths[0] = inspectLength;
    lengths[1] = to - 8 - inspectLength;
    for (let at = 0; at < to; ) {
      at = this.#journal.run(at, to);
      for (const [datagram, json, text] of frames(this.#journal)) sink.record(json, text, datagram);
    }
  }
}

/** The events buffer of a compartment; valid until it runs again. */
export const eventsOf = (from: Compartment) => new DataView(from.memory.buffer, from.eventsAt(), from.eventsLength());

function configured<T extends Compartment>(name: string, compartment: T, part: Uint8Array): T {
  if (compartment.abi() !== ABI_VERSION)
    throw new Error(`${name}: ABI version ${compartment.abi()}, expected ${ABI_VERSION}`);
  if (part.length > INPUT_SIZE) throw new Error(`${name}: policy of ${part.length} bytes, at most ${INPUT_SIZE} fit`);
  input(compartment).set(part);
  const refusal = compartment.configure(part.length);
  if (refusal !== 0) throw new Error(`${name}: policy refused: ${REFUSALS[refusal] ?? refusal}`);
  return compartment;
}

function input(compartment: Compartment): Uint8Array {
  return new Uint8Array(compartment.memory.buffer, compartment.inputAt(), compartment.inputSize());
}

/** The frames of a compartment's last run, each as [frame, json, text]. */
function* frames(from: Compartment): Generator<[Uint8Array, Uint8Array, Uint8Array]> {
  const end = from.framesLength();
  if (!end) return;
  const start = from.framesAt();
  const frame = new FrameHeader(new DataView(from.memory.buffer, start, end));
  const cut = (at: number, length: number) => new Uint8Array(from.memory.buffer, start + at, length);
  for (; frame.at < end; frame.at = afterFrame(frame)) {
    const { length, json, text } = frame;
    const body = frame.at + FRAME_HEADER;
    yield [cut(body, length), cut(body + length, json), cut(body + length + json, text)];
  }
}
