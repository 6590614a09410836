// Decoder, fragments, flows and their events as inspect has them: ip/onboard/flow.probe.ts, for tests.
import { readFileSync } from "node:fs";
import { compileOnboard } from "../../lib/asc.ts";
import { type ExportsOf, exportsOf } from "../../lib/exports.ts";
import { record } from "./frames.ts";

type Exports = ExportsOf<"ip/onboard/flow.probe.ts">;

/** What track() says. */
export const Track = { NONE: 0, PARTIAL: 1, COMPLETE: 2, REPEATED: 3, REFUSED: 4 } as const;

export interface EveEvent extends Record<string, unknown> {
  event_type: string;
  flow?: { state: string; reason: string; pkts_toserver: number; pkts_toclient: number };
  tcp?: { state: string };
  anomaly?: { event: string };
}

export class Inspection {
  readonly e: Exports;
  #number = 0;

  private constructor(e: Exports) {
    this.e = e;
  }

  /** Fresh tables. */
  static async create(): Promise<Inspection> {
    const path = await compileOnboard("ip/onboard/flow.probe.ts");
    return new Inspection(exportsOf<"ip/onboard/flow.probe.ts">(new WebAssembly.Module(readFileSync(path))));
  }

  get input(): Uint8Array {
    return new Uint8Array(this.e.memory.buffer, this.e.inputAt(), this.e.inputSize());
  }

  /** Runs over `length` bytes of records in `input`; the events as lines. */
  run(length: number, checksums = true): string {
    this.e.run(length, checksums ? 0 : 1);
    if (this.e.overflow()) throw new Error("more events than the test's buffer holds");
    return Buffer.from(this.e.memory.buffer, this.e.outAt(), this.e.outLength()).toString();
  }

  /** One frame at `seconds`. */
  frame(frame: Uint8Array, seconds: number): EveEvent[] {
    return this.#one(frame, seconds, 0);
  }

  /** Nothing came until `seconds`. */
  tick(seconds: number): EveEvent[] {
    return this.#one(new Uint8Array(0), seconds, 1);
  }

  end(seconds: number): EveEvent[] {
    return this.#one(new Uint8Array(0), seconds, 3);
  }

  #one(frame: Uint8Array, seconds: number, kind: number): EveEvent[] {
    const r = record(frame, { time: BigInt(Math.round(seconds * 1e9)), number: ++this.#number, kind });
    this.input.set(r);
    return this.run(r.length)
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as EveEvent);
  }
}
