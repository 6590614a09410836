/** What applications say in records (../onboard/application), for tests. */
import { readFileSync } from "node:fs";
import { CaptureReader } from "../../captures/reader.ts";
import { compileOnboard } from "../../lib/asc.ts";
import { type ExportsOf, exportsOf } from "../../lib/exports.ts";

export interface Said {
  /** Of the record. */
  number: number;
  app: number;
  kind: number;
  about: bigint;
  /** stNum, sqNum or smpCnt of a publisher. */
  state: number;
  sequence: number;
}

const SIZE = 32;

export class Applications {
  readonly #e: ExportsOf<"ip/onboard/application/application.probe.ts">;

  private constructor(module: WebAssembly.Module) {
    this.#e = exportsOf<"ip/onboard/application/application.probe.ts">(module);
  }

  static async create(): Promise<Applications> {
    return new Applications(
      new WebAssembly.Module(readFileSync(await compileOnboard("ip/onboard/application/application.probe.ts"))),
    );
  }

  get #input(): Uint8Array {
    return new Uint8Array(this.#e.memory.buffer, this.#e.inputAt(), this.#e.inputSize());
  }

  /** No connection is under way. */
  forget(): void {
    this.#e.forget();
  }

  said(records: Uint8Array): Said[] {
    this.#input.set(records);
    return this.#run(records.length);
  }

  #run(length: number): Said[] {
    const found = this.#e.run(length);
    const view = new DataView(this.#e.memory.buffer, this.#e.listAt());
    return Array.from({ length: found }, (_, i) => ({
      number: Number(view.getBigUint64(i * SIZE, true)),
      about: view.getBigUint64(i * SIZE + 8, true),
      app: view.getUint32(i * SIZE + 16, true),
      kind: view.getUint32(i * SIZE + 20, true),
      state: view.getUint32(i * SIZE + 24, true),
      sequence: view.getUint32(i * SIZE + 28, true),
    }));
  }

  async ofCapture(path: string): Promise<Said[]> {
    this.forget();
    const reader = await CaptureReader.open([path]);
    const all: Said[] = [];
    const input = this.#input;
    for (let length = await reader.fill(input); length; length = await reader.fill(input))
      all.push(...this.#run(length));
    await reader.close();
    return all;
  }

  /** Protocol and function in words. */
  words({ app, kind }: Pick<Said, "app" | "kind">): string {
    const length = this.#e.describe(app, kind);
    return Buffer.from(this.#e.memory.buffer, this.#e.textAt(), length).toString();
  }
}
