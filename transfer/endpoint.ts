/** One end of a transfer: the compiled code of onboard/endpoint.ts, which parses everything that comes from the network. */
import { instantiateOnboard } from "../lib/asc.ts";
import type { ExportsOf } from "../lib/exports.ts";

export const FRAME = 1472;
export const SHARD_AT = 32;
export const SHARD = 1424;
const BODY_AT = 8;
/** Bytes of a file in one frame. */
export const MOST_BYTES = SHARD - BODY_AT - 8;

export const Kind = { NONE: 0, MANIFEST: 1, DATA: 2, END: 3 } as const;
export const Type = { DATA: 1, HEARTBEAT: 2, IDLE: 3 } as const;

/** Why a datagram is not taken: onboard/sizes.ts, Refused. */
export const REFUSED = ["", "length", "protocol", "field", "mac", "boot", "replay"] as const;
/** Why a record does not cross: onboard/filter.ts, Stopped. */
export const STOPPED = [
  "",
  "form",
  "unannounced",
  "name",
  "size",
  "content",
  "changed",
  "refused",
  "full",
  "total",
  "repeated",
] as const;

/** How much is sent so that losses can be made up for. */
export interface Profile {
  data: number;
  parity: number;
  interleave: number;
}
export const PROFILES = {
  /** Files: bursts of 128 frames, 25 % more. */
  files: { data: 32, parity: 8, interleave: 16 },
  /** Small records that shall not wait: bursts of 4 frames. */
  records: { data: 16, parity: 4, interleave: 1 },
} as const satisfies Record<string, Profile>;
export type ProfileName = keyof typeof PROFILES;

/** What a shard says, in arrays of their own. */
export interface TransferRecord {
  kind: number;
  stream: number;
  /** undefined: not known. */
  size: number | undefined;
  offset: number;
  digest: Buffer;
  bytes: Buffer;
  /** Where it stands among all records that were sent. */
  order: number;
}

/** Counters of a relay's heartbeat: onboard/relay.ts, writeCounters(). */
export const COUNTERS = 26;
const ENDS = { at: 8 * COUNTERS, count: 16, size: 48 };

type Exports = ExportsOf<"transfer/onboard/endpoint.ts">;

const UNKNOWN = 0xffffffffffffffffn;

export class Endpoint {
  readonly #e: Exports;
  readonly #in: Uint8Array;
  readonly #out: Buffer;

  private constructor(e: Exports) {
    this.#e = e;
    this.#in = new Uint8Array(e.memory.buffer, e.inAt(), 65536);
    this.#out = Buffer.from(e.memory.buffer, e.outAt(), FRAME);
  }

  /** @param key 32 bytes  @param boot greater than that of every earlier start that used this key */
  static async open(key: Uint8Array, profile: Profile, boot: bigint): Promise<Endpoint> {
    const e = (await instantiateOnboard("transfer/onboard/endpoint.ts")).exports;
    new Uint8Array(e.memory.buffer, e.keyAt(), 32).set(key);
    e.open(profile.data, profile.parity, profile.interleave, boot);
    return new Endpoint(e);
  }

  // ---- Sending: each returns the frame, a view that the next call overwrites

  manifest(stream: number, name: string, size: number | undefined, digest: Uint8Array): Buffer {
    const body = this.#shard(Kind.MANIFEST, stream, 8 + 32 + 1 + name.length);
    body.writeBigUInt64LE(size === undefined ? UNKNOWN : BigInt(size), 0);
    body.set(digest, 8);
    body.writeUInt8(name.length, 40);
    body.write(name, 41, "latin1");
    return this.#sent();
  }

  /** @param bytes at most MOST_BYTES */
  data(stream: number, offset: number, bytes: Uint8Array): Buffer {
    const body = this.#shard(Kind.DATA, stream, 8 + bytes.length);
    body.writeBigUInt64LE(BigInt(offset), 0);
    body.set(bytes, 8);
    return this.#sent();
  }

  end(stream: number, size: number, digest: Uint8Array): Buffer {
    const body = this.#shard(Kind.END, stream, 40);
    body.writeBigUInt64LE(BigInt(size), 0);
    body.set(digest, 8);
    return this.#sent();
  }

  #shard(kind: number, stream: number, length: number): Buffer {
    this.#out.fill(0, SHARD_AT, SHARD_AT + SHARD);
    this.#out.writeUInt16LE(length, SHARD_AT);
    this.#out.writeUInt8(kind, SHARD_AT + 2);
    this.#out.writeUInt32LE(stream, SHARD_AT + 4);
    return this.#out.subarray(SHARD_AT + BODY_AT, SHARD_AT + BODY_AT + length);
  }

  #sent(): Buffer {
    this.#e.sendShard();
    return this.#out;
  }

  /** The next frame of parity that is due. */
  parity(): Buffer | undefined {
    return this.#e.sendParity() ? this.#out : undefined;
  }

  /** The window is sent as it is: its parity is due now. */
  flush(): void {
    this.#e.flush();
  }

  /** Whether the window holds something that flush() would close. */
  get waiting(): boolean {
    return this.#e.waiting() !== 0;
  }

  heartbeat(counters: readonly bigint[]): Buffer {
    this.#out.fill(0, SHARD_AT, SHARD_AT + SHARD);
    for (const [n, value] of counters.entries()) this.#out.writeBigUInt64LE(value, SHARD_AT + 8 * n);
    this.#e.sendHeartbeat();
    return this.#out;
  }

  idle(): Buffer {
    this.#e.sendIdle();
    return this.#out;
  }

  // ---- Receiving

  /** Takes a datagram; the name of what is wrong with it, or "". Then records(). */
  take(datagram: Uint8Array): (typeof REFUSED)[number] {
    if (datagram.length > this.#in.length) return "length";
    this.#in.set(datagram);
    return REFUSED[this.#e.take(datagram.length)]!;
  }

  /** Of the frame that was taken. */
  get frame(): { type: number; boot: bigint; sequence: bigint } {
    return { type: this.#e.frameType(), boot: this.#e.frameBoot(), sequence: this.#e.frameSequence() };
  }

  /** Counters of the heartbeat that was taken. */
  counters(count: number): bigint[] {
    const view = new DataView(this.#in.buffer, this.#in.byteOffset + SHARD_AT, SHARD);
    return Array.from({ length: count }, (_, n) => view.getBigUint64(8 * n, true));
  }

  /** Of a relay's heartbeat that was taken: the ends of streams that left it last. */
  ends(): TransferRecord[] {
    const at = SHARD_AT + ENDS.at;
    const table = Buffer.from(this.#in.slice(at, at + ENDS.count * ENDS.size));
    return Array.from({ length: ENDS.count }, (_, n) => table.subarray(n * ENDS.size, (n + 1) * ENDS.size))
      .filter((entry) => entry.readUInt32LE(0) !== 0)
      .map((entry) => ({
        ...{ kind: Kind.END, stream: entry.readUInt32LE(0), size: Number(entry.readBigUInt64LE(8)) },
        ...{ digest: entry.subarray(16), offset: 0, bytes: Buffer.alloc(0), order: 0 },
      }));
  }

  /** Takes no frame of a session before this one, nor of it up to that sequence number. */
  floor(boot: bigint, sequence: bigint): void {
    this.#e.floor(boot, sequence);
  }

  /** What can be used now because of the frame that was taken; undefined for a shard that is no record. */
  *records(): Generator<TransferRecord | undefined> {
    for (let found = this.#e.next(); found; found = this.#e.next()) yield found === 1 ? this.#record() : undefined;
  }

  #record(): TransferRecord {
    const view = new DataView(this.#e.memory.buffer, this.#e.record());
    const copy = (at: number, length: number) => Buffer.from(new Uint8Array(this.#e.memory.buffer, at, length));
    const size = view.getBigUint64(8, true);
    const digest = view.getUint32(24, true);
    return {
      kind: view.getUint32(0, true),
      stream: view.getUint32(4, true),
      size: size === UNKNOWN ? undefined : Number(size),
      offset: Number(view.getBigUint64(16, true)),
      digest: digest ? copy(digest, 32) : Buffer.alloc(0),
      bytes: copy(view.getUint32(28, true), view.getUint32(32, true)),
      order: Number(this.#e.recordOrder()),
    };
  }

  /** Shards that were calculated, that are lost, frames that came too late. */
  get totals(): { recovered: number; lost: number; late: number } {
    const [recovered, lost, late] = [this.#e.recoveredShards(), this.#e.lostShards(), this.#e.lateFrames()];
    return { recovered: Number(recovered), lost: Number(lost), late: Number(late) };
  }
}
