// REQ-DECODE-004
// The onboard decoder on the ground: records in, decoded packets out. Untrusted bytes are parsed in WebAssembly only.
import { readFileSync } from "node:fs";
import { compileOnboard } from "../../lib/asc.ts";
import { type ExportsOf, exportsOf } from "../../lib/exports.ts";
import { ANOMALY, I, INNER, IpFlag, Is, LAYER, OUTER, P, PACKET_SIZE, QUOTED, VLANS } from "./layout.ts";

type Exports = ExportsOf<"ip/decode/onboard/index.ts">;

export interface DecoderOptions {
  /** False: verify none (`-k none`). */
  checksums: boolean;
  /** NamedTunnels as a policy packs them: the tunnels that are opened; without it those that prove to be tunnels. */
  tunnels?: Uint8Array;
  /** Applications are followed: PacketView.said. */
  messages?: boolean;
}

/** What an application says in a packet, a line for each message. */
export interface Said {
  /** As Suricata calls it. */
  protocol: string;
  messages: string[];
}

/** Decodes batches of records (appliance/contract) into packets; keeps track of fragments from one to the next. */
export class Decoder {
  readonly #e: Exports;
  readonly #options: number;
  readonly #messages: boolean;
  /** Names by number: `decoder.ipv4.trunc_pkt`, `ipv6.hopopts`. */
  readonly anomalyNames: readonly string[];
  readonly protocolNames: readonly string[];

  private constructor(e: Exports, options: DecoderOptions) {
    if (e.packetSize() !== PACKET_SIZE) throw new Error("ip/decode/layout.ts does not fit ip/onboard/packet.ts");
    this.#e = e;
    this.#options = options.checksums ? 0 : 1;
    const { tunnels, messages = false } = options;
    this.#messages = messages;
    if (tunnels) {
      this.input.set(tunnels);
      if (!e.openTunnels(tunnels.length)) throw new Error("the list of tunnels is malformed");
    }
    this.anomalyNames = this.#names(e.anomalyName);
    this.protocolNames = this.#names(e.protocolName);
  }

  static async create(options: DecoderOptions = { checksums: true }): Promise<Decoder> {
    const path = await compileOnboard("ip/decode/onboard/index.ts");
    return new Decoder(exportsOf<"ip/decode/onboard/index.ts">(new WebAssembly.Module(readFileSync(path))), options);
  }

  /** Where records are to be written, from its start. */
  get input(): Uint8Array {
    return new Uint8Array(this.#e.memory.buffer, this.#e.inputAt(), this.#e.inputSize());
  }

  /** Decodes the `length` bytes of records in `input`. The view handed on is valid until the next step. */
  *decode(length: number): Generator<PacketView> {
    const e = this.#e;
    const view = new PacketView(new DataView(e.memory.buffer, e.packetsAt()), this);
    for (let at = 0; at < length; ) {
      const stopped = e.run(at, length, this.#options);
      if (stopped === at) throw new Error("records do not follow appliance/contract");
      at = stopped;
      for (let i = 0; i < e.count(); i++) {
        view.at = i * PACKET_SIZE;
        view.said = this.#messages ? this.#said(e.said(i)) : undefined;
        yield view;
      }
    }
  }

  #said(length: number): Said | undefined {
    if (length === 0) return undefined;
    const text = Buffer.from(this.#e.memory.buffer, this.#e.saidAt(), length).toString();
    const [protocol, ...messages] = text.split("\n") as [string, ...string[]];
    return { protocol, messages };
  }

  #names(write: (id: number) => number): string[] {
    const names: string[] = [];
    for (let id = 0; ; id++) {
      const length = write(id);
      if (length === 0) return names;
      names.push(Buffer.from(this.#e.memory.buffer, this.#e.textAt(), length).toString());
    }
  }
}

/** One IP header; addresses as 128-bit halves (IPv4 in the low 32 bits of lo). */
export interface IpView {
  version: number;
  srcHi: bigint;
  srcLo: bigint;
  dstHi: bigint;
  dstLo: bigint;
  ttl: number;
  tos: number;
  protocol: number;
  id: number;
  totalLength: number;
  headerLength: number;
  /** Bytes; present when the header says that this is a part, or (IPv6) has a fragment header. */
  fragment?: { offset: number; more: boolean };
  dontFragment: boolean;
}

/** A decoded packet in the module's memory. Lengths and offsets are bytes. */
export class PacketView {
  /** Where the packet starts in `view`. */
  at = 0;
  /** With `messages` of DecoderOptions; undefined: nothing that is known. */
  said: Said | undefined;
  readonly #view: DataView;
  readonly #names: Pick<Decoder, "anomalyNames" | "protocolNames">;

  constructor(view: DataView, names: Pick<Decoder, "anomalyNames" | "protocolNames">) {
    this.#view = view;
    this.#names = names;
  }

  u8(field: keyof typeof P): number {
    return this.#view.getUint8(this.at + P[field]);
  }
  u16(field: keyof typeof P): number {
    return this.#view.getUint16(this.at + P[field], true);
  }
  u32(field: keyof typeof P): number {
    return this.#view.getUint32(this.at + P[field], true);
  }
  u64(field: keyof typeof P): bigint {
    return this.#view.getBigUint64(this.at + P[field], true);
  }
  is(flag: keyof typeof Is): boolean {
    return (this.u32("flags") & Is[flag]) !== 0;
  }

  /** Names of the layers, outermost first. */
  get protocols(): string[] {
    const names: string[] = [];
    for (let i = 0; i < this.u8("layers"); i++)
      names.push(this.#names.protocolNames[this.#view.getUint8(this.at + LAYER + 4 * i)]!);
    return names;
  }

  /** Where a layer starts in the frame, by its place among `protocols`. */
  offsetOf(layer: number): number {
    return this.#view.getUint16(this.at + LAYER + 4 * layer + 2, true);
  }

  get vlans(): number[] {
    const ids: number[] = [];
    for (let i = 0; i < Math.min(this.u8("vlans"), VLANS); i++)
      ids.push(this.#view.getUint16(this.at + P.vlan0 + 2 * i, true));
    return ids;
  }

  get anomalies(): { event: string; layer: string; offset: number }[] {
    const found: { event: string; layer: string; offset: number }[] = [];
    for (let i = 0; i < this.u8("anomalies"); i++) {
      const at = this.at + ANOMALY + 8 * i;
      found.push({
        event: this.#names.anomalyNames[this.#view.getUint16(at, true)]!,
        layer: this.#names.protocolNames[this.#view.getUint8(at + 2)]!,
        offset: this.#view.getUint32(at + 4, true),
      });
    }
    return found;
  }

  get outer(): IpView | undefined {
    return this.u8("ips") > 0 ? this.#ip(OUTER) : undefined;
  }
  /** The last IP header; the outer one when there is one only. */
  get inner(): IpView | undefined {
    return this.u8("ips") > 1 ? this.#ip(INNER) : this.outer;
  }
  get quoted(): IpView | undefined {
    return this.u8("quoted") ? this.#ip(QUOTED) : undefined;
  }

  #ip(part: number): IpView {
    const v = this.#view;
    const at = this.at + part;
    const flags = v.getUint8(at + I.flags);
    return {
      version: v.getUint8(at + I.version),
      srcHi: v.getBigUint64(at + I.srcHi, true),
      srcLo: v.getBigUint64(at + I.srcLo, true),
      dstHi: v.getBigUint64(at + I.dstHi, true),
      dstLo: v.getBigUint64(at + I.dstLo, true),
      ttl: v.getUint8(at + I.ttl),
      tos: v.getUint8(at + I.tos),
      protocol: v.getUint8(at + I.protocol),
      id: v.getUint32(at + I.id, true),
      totalLength: v.getUint32(at + I.totalLength, true),
      headerLength: v.getUint16(at + I.headerLength, true),
      dontFragment: (flags & IpFlag.DONT_FRAGMENT) !== 0,
      ...(flags & IpFlag.FRAGMENT && {
        fragment: { offset: v.getUint16(at + I.fragmentOffset, true), more: (flags & IpFlag.MORE) !== 0 },
      }),
    };
  }
}
