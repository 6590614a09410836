// Datagrams on their way: when they are on the wire, and to whom they go.
import { createSocket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "./recording.ts";
import type { Datagram } from "./transfer.ts";

/** Times of datagrams in a capture: one behind the other, as long as each takes at 1 Gb/s. */
export class Wire {
  count = 0;
  #clock: Clock;
  #free = 0n;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** ns since 1970. */
  time({ time, payload }: Datagram): bigint {
    const due = BigInt(this.#clock.ms) * 1_000_000n + BigInt(time - this.#clock.counter) * 100n;
    const at = due > this.#free ? due : this.#free;
    this.#free = at + BigInt((payload.length + 66) * 8); // headers, preamble and pause
    this.count++;
    return at;
  }
}

/** Datagrams to a host. */
export class Sender {
  #socket: ReturnType<typeof createSocket>;
  #address: string;
  #port: number;
  #paced: boolean;
  #begin: { time: number; at: number } | undefined;

  private constructor(socket: ReturnType<typeof createSocket>, address: string, port: number, paced: boolean) {
    this.#socket = socket;
    this.#address = address;
    this.#port = port;
    this.#paced = paced;
  }

  /** @param paced at the pace of the counter; else as fast as it goes */
  static async open({ host, port }: { host: string; port: number }, paced: boolean): Promise<Sender> {
    const { address, family } = await lookup(host);
    const socket = createSocket(family === 6 ? "udp6" : "udp4");
    await new Promise<void>((done) => socket.bind(0, done));
    if (family === 4) socket.setBroadcast(true);
    return new Sender(socket, address, port, paced);
  }

  async send({ payload, time }: Datagram): Promise<void> {
    if (this.#paced) {
      this.#begin ??= { time, at: performance.now() };
      const wait = this.#begin.at + (time - this.#begin.time) / 10_000 - performance.now();
      if (wait > 1) await sleep(wait);
    }
    await new Promise<void>((done, fail) =>
      this.#socket.send(payload, this.#port, this.#address, (error) => (error ? fail(error) : done())),
    );
  }

  close(): void {
    this.#socket.close();
  }
}
