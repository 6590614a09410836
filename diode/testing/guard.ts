/** guard's module under a policy in this process, fed with frames, for tests. */
import type { Guard as GuardExports } from "../../appliance/contract/abi.ts";
import {
  Action,
  align8,
  EVENT_HEADER,
  FRAME_HEADER,
  Measure,
  type MeasureFields,
  MeasureList,
  REFUSALS,
  RecordKind,
  startGuard,
} from "../../appliance/contract/abi.ts";
import { PART_HEADER, Part, packPart } from "../../appliance/contract/config.ts";
import { packed } from "../../appliance/contract/layout.ts";
import { recordOf } from "../../appliance/contract/records.ts";
import { loadModules } from "../../appliance/hosts/node.ts";
import { compilePolicyText } from "../policy.ts";

/** One record of the ABI; what is left out is what a whole Ethernet frame at second 1 has. */
export interface RecordInit {
  frame?: Uint8Array;
  /** ns. */
  time?: bigint;
  number?: bigint;
  original?: number;
  link?: number;
  kind?: number;
  /** A later Action than PASS or DROP becomes a Measure about the frame's own source, flow or message. */
  verdict?: number | Asked;
  /** What inspect asks for with it; the record is filled in. */
  measures?: readonly Partial<MeasureFields>[];
}

/** An Action of a detector; of terminals and messages also whose. */
export interface Asked {
  action: number;
  detector: number;
  command: number;
  channel: number;
}

export interface Event {
  record: number;
  severity: number;
  kind: number;
  text: string;
  json: Record<string, unknown> & { event_type?: string; drop?: { len: number; reason: string } };
  raw: string;
}

export interface Output {
  frames: { record: number; frame: Buffer }[];
  events: Event[];
}

export const SECOND = 1_000_000_000n;

/** The last record of all. */
export const end = (time: bigint): RecordInit => ({ kind: RecordKind.END, time });

/** guard's parts of the heartbeats. */
export const stats = (output: Output) =>
  output.events.filter(({ kind }) => kind === 1).map(({ json }) => json.guard as Record<string, number | string>);

/** What inspect would say of a record and of whose it is. */
export const verdictOf = (
  action: keyof typeof Action,
  { detector = 0, command = 0, channel = 0 }: Partial<Omit<Asked, "action">> = {},
): Asked => ({ action: Action[action], detector, command, channel });

/** A number is no more than an action. */
const asked = (verdict: number | Asked): Asked =>
  typeof verdict === "number" ? { action: verdict, detector: 0, command: 0, channel: 0 } : verdict;

/** Whose an untagged Ethernet frame is: its outermost addresses and ports. */
export function subjectOf(frame: Uint8Array): Partial<MeasureFields> {
  const bytes = Buffer.from(frame);
  const version = bytes.length > 14 ? bytes[14]! >> 4 : 0;
  const from = version === 6 ? 22 : 26;
  const size = version === 6 ? 8 : 4;
  if ((version !== 4 && version !== 6) || bytes.length < from + 4 * size + 4) return { version: 4 };
  const at = (n: number) => BigInt(`0x${bytes.toString("hex", from + n * size, from + (n + 1) * size)}`);
  const [srcHi, srcLo, dstHi, dstLo] = version === 6 ? [at(0), at(1), at(2), at(3)] : [0n, at(0), 0n, at(1)];
  const transport = 14 + (version === 6 ? 40 : (bytes[14]! & 15) * 4);
  const protocol = bytes[version === 6 ? 20 : 23]!;
  const icmp = protocol === 1 || protocol === 58;
  const port = (n: number) => (bytes.length >= transport + 4 ? bytes.readUInt16BE(transport + n) : 0);
  const ports = icmp ? { srcPort: 0, dstPort: bytes[transport]! } : { srcPort: port(0), dstPort: port(2) };
  return { version, srcHi, srcLo, dstHi, dstLo, protocol, ...ports };
}

function measuresOf({ frame, verdict = 0, measures = [] }: RecordInit, record: number): Buffer[] {
  const own = asked(verdict);
  const { action } = own;
  const its = frame && action > Action.DROP && action < Action.TIGHTEN_FLOW ? [{ ...subjectOf(frame), ...own }] : [];
  return [...its, ...measures].map((fields) =>
    Buffer.from(packed(Measure, { ...EMPTY, ...fields, record } as MeasureFields)),
  );
}

const EMPTY = {
  ...{ record: 0, action: 0, detector: 0, version: 4, protocol: 0, srcHi: 0n, srcLo: 0n, dstHi: 0n, dstLo: 0n },
  ...{ mac: 0n, srcPort: 0, dstPort: 0, channel: 0, command: 0 },
};

/** The record's verdict (abi.ts, VerdictMask). */
const wordOf = ({ action, detector }: Asked) => action | (detector << 4);

/** A batch as it lies in input, and the measures that go with it. */
export interface Batch {
  bytes: Buffer;
  offsets: number[];
  measures: Buffer;
}

export function pack(records: readonly RecordInit[]): Batch {
  const offsets: number[] = [];
  const measures: Buffer[] = [];
  let at = 0;
  const parts = records.map((record, n) => {
    const { frame = new Uint8Array(0), kind = RecordKind.FRAME } = record;
    const { time = SECOND, number = BigInt(n + 1), original = frame.length, link = 1, verdict = 0 } = record;
    const mine = measuresOf(record, at);
    const bytes = recordOf(frame, {
      time,
      number,
      original,
      link,
      kind,
      verdict: mine.length ? 0 : wordOf(asked(verdict)),
    });
    measures.push(...mine);
    offsets.push(at);
    at += bytes.length;
    return bytes;
  });
  return { bytes: Buffer.concat(parts), offsets, measures: Buffer.concat(measures) };
}

export class Guard {
  readonly exports: GuardExports;

  private constructor(module: WebAssembly.Module) {
    this.exports = startGuard(module);
  }

  /** A fresh guard that has not been configured. */
  static async bare(module?: WebAssembly.Module): Promise<Guard> {
    return new Guard(module ?? (await loadModules()).guard);
  }

  /** A guard under this policy (YAML), or a compiled part of one. */
  static async under(policy: string | Uint8Array, module?: WebAssembly.Module): Promise<Guard> {
    const guard = await Guard.bare(module);
    const part = typeof policy === "string" ? compilePolicyText(policy, "policy.yaml").parts.guard : policy;
    const refusal = guard.configure(part);
    if (refusal !== "accepted") throw new Error(`guard refused its policy: ${refusal}`);
    return guard;
  }

  configure(part: Uint8Array): string {
    this.input.set(part);
    return REFUSALS[this.exports.configure(part.length)]!;
  }

  get input(): Uint8Array {
    return new Uint8Array(this.exports.memory.buffer, this.exports.inputAt(), this.exports.inputSize());
  }

  /** Runs one batch to its end, in as many calls as it takes. */
  run(records: readonly RecordInit[]): Output & { offsets: number[] } {
    const { bytes, offsets, measures } = pack(records);
    return { ...this.runBytes(bytes, measures), offsets };
  }

  runBytes(bytes: Uint8Array, measures: Uint8Array = new Uint8Array(0)): Output {
    this.input.set(bytes);
    const { buffer } = this.exports.memory;
    const list = this.exports.measuresAt();
    new MeasureList(new DataView(buffer, list, MeasureList.SIZE)).write({
      count: measures.length / Measure.SIZE,
      taken: 0,
    });
    new Uint8Array(buffer, list + MeasureList.SIZE, measures.length).set(measures);
    const all: Output = { frames: [], events: [] };
    for (let at = 0; at < bytes.length; ) {
      const stop = this.exports.run(at, bytes.length);
      if (stop <= at) throw new Error(`run(${at}) finished nothing`);
      at = stop;
      all.frames.push(...this.#frames());
      all.events.push(...this.#events());
    }
    return all;
  }

  /** The one frame that came of a frame, or the reason why none did (`rule:NAME` or a built-in one). */
  one(frame: Uint8Array, record: RecordInit = {}): Buffer | string {
    const { frames, events } = this.run([{ frame, ...record }]);
    if (frames.length) return frames[0]!.frame;
    return events.find((event) => event.json.event_type === "drop")?.json.drop?.reason ?? "dropped without an event";
  }

  #frames(): Output["frames"] {
    const start = this.exports.framesAt();
    const bytes = Buffer.from(this.exports.memory.buffer, start, this.exports.framesLength());
    const frames: Output["frames"] = [];
    for (let at = 0; at < bytes.length; ) {
      const length = bytes.readUInt32LE(at);
      const body = at + FRAME_HEADER;
      frames.push({ record: bytes.readUInt32LE(at + 4), frame: Buffer.from(bytes.subarray(body, body + length)) });
      at += FRAME_HEADER + align8(length);
    }
    return frames;
  }

  #events(): Event[] {
    const start = this.exports.eventsAt();
    const bytes = Buffer.from(this.exports.memory.buffer, start, this.exports.eventsLength());
    const events: Event[] = [];
    for (let at = 0; at < bytes.length; ) {
      const [json, text] = [bytes.readUInt16LE(at + 4), bytes.readUInt16LE(at + 6)];
      const kind = bytes.readUInt8(at + 9);
      const body = at + EVENT_HEADER;
      const raw = bytes.toString("latin1", body, body + json);
      events.push({
        record: bytes.readUInt32LE(at),
        severity: bytes.readUInt8(at + 8),
        kind,
        text: bytes.toString("latin1", body + json, body + json + text),
        json: JSON.parse(kind === 1 ? `{${raw}}` : raw),
        raw,
      });
      at += EVENT_HEADER + align8(json + text);
    }
    return events;
  }
}

/** A policy with these rules (YAML, indented or not) and usual interfaces; `more` goes in front of the rules. */
export function policyWith(rules: string, more = "", out = ""): string {
  const body = rules
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n");
  return `weir: 1\ninterfaces:\n  out: { next-hop: 52:54:00:77:00:12${out} }\n${more}\nrules:\n${body.trim() ? body : "  []"}\n`;
}

/** The sections of a compiled part, copied. */
export function sectionsOf(part: Uint8Array): { tag: number; bytes: Buffer }[] {
  const view = Buffer.from(part);
  const sections: { tag: number; bytes: Buffer }[] = [];
  for (let at = PART_HEADER; at < view.length; ) {
    const length = view.readUInt32LE(at + 4);
    sections.push({ tag: view.readUInt32LE(at), bytes: Buffer.from(view.subarray(at + 8, at + 8 + length)) });
    at += 8 + align8(length);
  }
  return sections;
}

/** A compiled part with the bytes of one section changed, and a digest that is right. */
export function withSection(part: Uint8Array, tag: number, change: (bytes: Buffer) => void): Uint8Array {
  const sections = sectionsOf(part);
  change(sections.find((section) => section.tag === tag)!.bytes);
  return packPart(Part.GUARD, sections);
}
