/** Sending files and streams into a diode: frames at a constant rate, and no answer ever. */
import { createHash } from "node:crypto";
import type { Socket } from "node:dgram";
import { createReadStream } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type Endpoint, FRAME, MOST_BYTES, type Profile } from "./endpoint.ts";

export interface Source {
  /** As the receiver will call it. */
  name: string;
  /** undefined: a stream, whose end says how much it was. */
  size: number | undefined;
  digest: Uint8Array;
  bytes(): AsyncIterable<Buffer>;
}

/** A file as it is now; reads it once for its digest. @param name as the receiver will call it */
export async function fileSource(path: string, name: string): Promise<Source> {
  const hash = createHash("sha256");
  let size = 0;
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk as Buffer);
    size += (chunk as Buffer).length;
  }
  return { name, size, digest: hash.digest(), bytes: () => createReadStream(path, { highWaterMark: 1 << 20 }) };
}

export const streamSource = (name: string, bytes: () => AsyncIterable<Buffer>): Source => ({
  name,
  size: undefined,
  digest: new Uint8Array(32),
  bytes,
});

export interface SendOptions {
  socket: Socket;
  host: string;
  port: number;
  /** Bits a second of UDP payload. */
  rate: number;
  profile: Profile;
  /** How often manifests and ends are sent by themselves, so that a burst does not take all. */
  repeat?: number;
}

const IDLES = 64;
const SECOND = 1000;
/** A stream that says nothing for so long is sent as far as it is, ms. */
const QUIET = 100;

export class Sender {
  readonly #endpoint: Endpoint;
  readonly #options: SendOptions;
  readonly #interval: number;
  #began = 0;
  #slots = 0;
  #frames = 0;
  #bytes = 0;
  #beat = 0;
  #stream = 0;

  constructor(endpoint: Endpoint, options: SendOptions) {
    this.#endpoint = endpoint;
    this.#options = options;
    this.#interval = (FRAME * 8 * SECOND) / options.rate;
  }

  /** Frames sent, and bytes of what was to be sent. */
  get progress(): { frames: number; bytes: number } {
    return { frames: this.#frames, bytes: this.#bytes };
  }

  /** Wakes up what is between: the first frames of all are lost most often. */
  async warmUp(): Promise<void> {
    this.#restart();
    for (let n = 0; n < IDLES; n++) await this.#send(this.#endpoint.idle());
  }

  /** Sends one file or stream to its end. */
  async send(source: Source): Promise<void> {
    const stream = ++this.#stream;
    const { data, interleave } = this.#options.profile;
    const repeat = this.#options.repeat ?? 2;
    const manifest = () => this.#endpoint.manifest(stream, source.name, source.size, source.digest);
    for (let n = 0; n < repeat; n++) await this.#alone(manifest, interleave);
    const hash = createHash("sha256");
    let offset = 0;
    let shards = 0;
    for await (const chunk of this.#flushed(source.bytes())) {
      hash.update(chunk);
      for (let at = 0; at < chunk.length; at += MOST_BYTES) {
        if (shards++ % (data * interleave) === 0) await this.#shard(manifest());
        const bytes = chunk.subarray(at, at + MOST_BYTES);
        await this.#shard(this.#endpoint.data(stream, offset, bytes));
        offset += bytes.length;
        this.#bytes += bytes.length;
      }
    }
    await this.#flush();
    const digest = hash.digest();
    for (let n = 0; n < repeat; n++) await this.#alone(() => this.#endpoint.end(stream, offset, digest), interleave);
  }

  /** Chunks that fill frames; what waits longer than QUIET leaves as it is. */
  async *#flushed(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    const iterator = chunks[Symbol.asyncIterator]();
    let rest: Buffer = Buffer.alloc(0);
    let coming = iterator.next();
    for (;;) {
      const found = await Promise.race([coming, sleep(QUIET, undefined, { ref: false })]);
      if (!found) {
        if (rest.length) yield rest;
        rest = Buffer.alloc(0);
        await this.#flush();
        await this.#beatIfDue();
        continue;
      }
      if (found.done) break;
      coming = iterator.next();
      const all = rest.length ? Buffer.concat([rest, found.value]) : found.value;
      const whole = all.length - (all.length % MOST_BYTES);
      rest = all.subarray(whole);
      if (whole) yield all.subarray(0, whole);
    }
    if (rest.length) yield rest;
  }

  /** A record in each block of a window of its own. */
  async #alone(frame: () => Buffer, times: number): Promise<void> {
    for (let n = 0; n < times; n++) await this.#shard(frame());
    await this.#flush();
  }

  async #shard(frame: Buffer): Promise<void> {
    await this.#send(frame);
    await this.#parity();
  }

  async #flush(): Promise<void> {
    this.#endpoint.flush();
    await this.#parity();
  }

  async #parity(): Promise<void> {
    for (let frame = this.#endpoint.parity(); frame; frame = this.#endpoint.parity()) await this.#send(frame);
  }

  async #beatIfDue(): Promise<void> {
    if (performance.now() < this.#beat) return;
    this.#beat = performance.now() + SECOND;
    const now = BigInt(Date.now()) * 1_000_000n; // a relay that was started again knows by it that this is no recording
    await this.#transmit(this.#endpoint.heartbeat([BigInt(this.#frames + 1), BigInt(this.#bytes), now]));
  }

  async #send(frame: Buffer): Promise<void> {
    await this.#transmit(frame);
    await this.#beatIfDue();
  }

  async #transmit(frame: Buffer): Promise<void> {
    const { socket, port, host } = this.#options;
    const copy = Buffer.from(frame);
    this.#frames++;
    await new Promise<void>((resolve, reject) => {
      socket.send(copy, port, host, (error) => (error ? reject(error) : resolve()));
    });
    // What was not used is not made up for: a constant rate, no bursts
    const ahead = this.#began + ++this.#slots * this.#interval - performance.now();
    if (ahead > 2) await sleep(ahead);
    else if (ahead < -50) this.#restart();
  }

  #restart(): void {
    this.#began = performance.now();
    this.#slots = 0;
  }
}
