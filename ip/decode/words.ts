// REQ-DECODE-034
/** What messages of applications are called, by their numbers: in the words of the onboard code, as weir decode has them. */
import { readFileSync } from "node:fs";
import { compileOnboard } from "../../lib/asc.ts";
import { type ExportsOf, exportsOf } from "../../lib/exports.ts";

type Exports = ExportsOf<"ip/decode/onboard/index.ts">;

export class ApplicationWords {
  readonly #e: Exports;

  private constructor(e: Exports) {
    this.#e = e;
  }

  static async create(): Promise<ApplicationWords> {
    const path = await compileOnboard("ip/decode/onboard/index.ts");
    return new ApplicationWords(exportsOf<"ip/decode/onboard/index.ts">(new WebAssembly.Module(readFileSync(path))));
  }

  /** @param app number as in ip/onboard/application @returns as Suricata calls it */
  protocol(app: number): string {
    return this.#said(this.#e.application(app));
  }

  #said(length: number): string {
    return Buffer.from(this.#e.memory.buffer, this.#e.saidAt(), length).toString();
  }

  /**
   * @param app @param kind numbers as in ip/onboard/application @param about 16 hexadecimal digits
   * @param octets its body, in hexadecimal, for the values that it writes
   * @returns undefined where it has no name
   */
  message(app: number, kind: number, about = "0", octets = ""): string | undefined {
    const body = Buffer.from(octets, "hex");
    Buffer.from(this.#e.memory.buffer, this.#e.inputAt(), this.#e.inputSize()).set(body);
    const length = this.#e.words(app, kind, BigInt(`0x${about}`), body.length);
    return length ? this.#said(length) : undefined;
  }
}
