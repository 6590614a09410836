/** The relay by itself, for tests: what guard does with the datagrams of a transfer. */
import { instantiateOnboard } from "../../lib/asc.ts";
import type { ExportsOf } from "../../lib/exports.ts";
import { FRAME, type Profile } from "../endpoint.ts";

type Exports = ExportsOf<"transfer/onboard/relay.probe.ts">;

export interface Allowed {
  mostBytes?: number;
  ascii?: boolean;
  extensions?: string[];
  /** Bytes of all files. */
  total?: bigint;
  /** ns between the clocks. */
  tolerance?: bigint;
}

export class Relay {
  readonly e: Exports;
  readonly input: Uint8Array;
  private constructor(e: Exports) {
    this.e = e;
    this.input = new Uint8Array(e.memory.buffer, e.inAt(), 65536);
  }

  static async open(keyIn: Uint8Array, keyOut: Uint8Array, profile: Profile, allowed: Allowed = {}): Promise<Relay> {
    const e = (await instantiateOnboard("transfer/onboard/relay.probe.ts")).exports;
    const memory = new Uint8Array(e.memory.buffer);
    memory.set(keyIn, e.keysAt());
    memory.set(keyOut, e.keysAt() + 32);
    const view = new DataView(e.memory.buffer, e.allowedAt());
    view.setBigUint64(0, BigInt(allowed.mostBytes ?? 2 ** 40), true);
    view.setUint32(8, allowed.ascii ? 1 : 0, true);
    view.setUint32(12, allowed.extensions?.length ?? 0, true);
    for (const [n, extension] of (allowed.extensions ?? []).entries())
      memory.set(Buffer.from(extension), e.extensionsAt() + 8 * n);
    e.limit(allowed.total ?? 2n ** 63n, allowed.tolerance ?? 600_000_000_000n);
    e.open(profile.data, profile.parity, profile.interleave);
    return new Relay(e);
  }

  /** Gives it a datagram (none: time goes on); what leaves because of it, at most `most` frames. */
  pass(datagram: Uint8Array | undefined, time: bigint, most = 4): Buffer[] {
    if (datagram) {
      this.input.set(datagram.subarray(0, 65536));
      this.e.take(datagram.length, time);
    } else this.e.tick(time);
    const out: Buffer[] = [];
    while (out.length < most && this.e.next(time))
      out.push(Buffer.from(new Uint8Array(this.e.memory.buffer, this.e.outAt(), FRAME)));
    return out;
  }
}
