/** The reader's inner loop in WebAssembly (onboard/lay.ts), with the window that it reads. */
import { readFileSync } from "node:fs";
import { compileOnboard } from "../lib/asc.ts";
import { type ExportsOf, exportsOf } from "../lib/exports.ts";
import type { RecordBatch } from "./batch.ts";
import type { FileSummary } from "./summary.ts";
import type { Window } from "./window.ts";

type Exports = ExportsOf<"captures/onboard/lay.ts">;

/** What the record headers of a pcap file are like. */
export interface PcapForm {
  header: number;
  little: boolean;
  /** Nanoseconds of the fraction's unit. */
  scale: number;
  link: number;
}

let module: Promise<WebAssembly.Module> | undefined;

const load = async () => new WebAssembly.Module(readFileSync(await compileOnboard("captures/onboard/lay.ts")));

export class Layer {
  readonly #e: Exports;
  readonly #out: Uint8Array;
  /** Where the window is. */
  readonly bytes: Uint8Array<ArrayBuffer>;

  private constructor(e: Exports) {
    this.#e = e;
    const buffer = e.memory.buffer as ArrayBuffer;
    this.bytes = new Uint8Array(buffer, e.windowAt(), e.windowSize());
    this.#out = new Uint8Array(buffer, e.outAt(), e.outSize());
  }

  /** One released instance kept for reuse: allocating its memory costs more than reading a small capture. */
  static #spare: Layer | undefined;

  static async create(): Promise<Layer> {
    module ??= load();
    const spare = Layer.#spare;
    Layer.#spare = undefined;
    if (spare) return spare;
    return new Layer(exportsOf<"captures/onboard/lay.ts">(await module));
  }

  /** Its caller has no use for it any more, nor for its bytes. */
  release(): void {
    Layer.#spare = this;
  }

  /** Lays out the records at the window's front that are as they should be; moves the window and counts them. */
  pcap(window: Window, batch: RecordBatch, file: FileSummary, { header, little, scale, link }: PcapForm): void {
    const e = this.#e;
    const from = batch.length;
    const room = Math.min(batch.room, this.#out.length);
    const [earliest, latest] = [file.first ?? 0xffff_ffff_ffff_ffffn, file.last ?? 0n];
    const packets = e.pcap(
      ...([window.at, window.end, from, room, header, little ? 0 : 1, scale, link] as const),
      ...([batch.number, earliest, latest] as const),
    );
    if (packets === 0) return;
    window.at = e.stoppedAt();
    batch.take(this.#out, e.usedNow(), packets);
    file.countMany(packets, e.bytesLaid(), e.wireBytes(), e.snappedLaid());
    file.timeMany(BigInt.asUintN(64, e.firstTime()), BigInt.asUintN(64, e.lastTime()), e.backwardsLaid());
    file.link(link, packets);
  }
}
