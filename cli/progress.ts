/** A progress bar on a terminal, nothing elsewhere: bytes read of the captures, packets and their rate. */
import { statSync } from "node:fs";
import { SingleBar } from "cli-progress";
import { interval, type Subscription } from "rxjs";
import type { CaptureReader } from "../captures/reader.ts";

/** Standard error for what moves the cursor: as text it would be shown (cli/weir.ts). */
const terminal = Object.create(process.stderr, {
  write: { value: (text: string) => process.stderr.write(Buffer.from(text)) },
}) as typeof process.stderr;

export class Progress {
  readonly #bar: SingleBar | undefined;
  readonly #updates: Subscription | undefined;

  constructor(reader: CaptureReader) {
    if (!process.stderr.isTTY) return;
    const total = reader.inputs.reduce((sum, { name }) => sum + size(name), 0);
    const bar = new SingleBar({
      format: "{bar} {percentage}% | {packets} packets, {rate}/s | {eta_formatted} left",
      stream: terminal,
      clearOnComplete: true,
      hideCursor: true,
    });
    const started = performance.now();
    bar.start(total || 1, 0, { packets: 0, rate: 0 });
    this.#bar = bar;
    this.#updates = interval(200).subscribe(() => {
      const { bytes, packets } = reader.progress;
      bar.update(bytes, { packets, rate: Math.round((packets * 1000) / (performance.now() - started)) });
    });
  }

  stop(): void {
    this.#updates?.unsubscribe();
    this.#bar?.stop();
  }
}

function size(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    return 0; // standard input
  }
}
