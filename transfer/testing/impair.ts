/** A bad network between two UDP sockets, with seeded dice: what of it happened is counted. Also a program of its own. */
import { createSocket, type Socket } from "node:dgram";

export interface Impairments {
  seed: number;
  /** Shares of all datagrams. */
  drop?: number;
  duplicate?: number;
  reorder?: number;
  /** After this many datagrams, that many are lost, again and again. */
  burst?: { every: number; length: number };
  /** Of what comes this share passes, evenly, after the first hundred: the network is narrower than the sender is fast. */
  share?: number;
}

/** Is told of each datagram that came, and of each that was sent on. */
export interface Observer {
  came(): void;
  sent(): void;
}
const NOBODY: Observer = { came: () => {}, sent: () => {} };

export class Impairer {
  readonly #in: Socket = createSocket({ type: "udp4", recvBufferSize: 64 << 20 });
  readonly #out: Socket = createSocket("udp4");
  readonly #what: Impairments;
  readonly #to: { host: string; port: number };
  readonly #observer: Observer;
  #state: number;
  #n = 0;
  #held: Buffer | undefined;
  #tokens = 100;
  readonly counts = { came: 0, dropped: 0, duplicated: 0, reordered: 0 };

  private constructor(what: Impairments, to: { host: string; port: number }, observer: Observer) {
    this.#what = what;
    this.#to = to;
    this.#observer = observer;
    this.#state = what.seed >>> 0;
    this.#in.on("message", (datagram) => this.#pass(datagram));
  }

  static async open(
    what: Impairments,
    to: { host: string; port: number },
    port = 0,
    observer = NOBODY,
  ): Promise<Impairer> {
    const one = new Impairer(what, to, observer);
    await new Promise<void>((resolve) => one.#in.bind(port, "127.0.0.1", resolve));
    return one;
  }

  get port(): number {
    return this.#in.address().port;
  }

  close(): void {
    this.#in.close();
    this.#out.close();
  }

  #dice(): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return this.#state / 2 ** 32;
  }

  #pass(datagram: Buffer): void {
    const { drop = 0, duplicate = 0, reorder = 0, burst, share } = this.#what;
    this.counts.came++;
    this.#observer.came();
    const n = this.#n++;
    if (
      this.#dice() < drop ||
      (burst && n % burst.every < burst.length && n >= burst.every) ||
      (share !== undefined && !this.#token(share))
    ) {
      this.counts.dropped++;
      return;
    }
    if (this.#dice() < reorder && !this.#held) {
      this.#held = Buffer.from(datagram);
      this.counts.reordered++;
      return;
    }
    this.#send(datagram);
    if (this.#dice() < duplicate) {
      this.#send(datagram);
      this.counts.duplicated++;
    }
    if (this.#held && n % 7 === 0) {
      this.#send(this.#held);
      this.#held = undefined;
    }
  }

  #token(share: number): boolean {
    this.#tokens = Math.min(100, this.#tokens + share);
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }

  #send(datagram: Buffer): void {
    this.#observer.sent();
    this.#out.send(Buffer.from(datagram), this.#to.port, this.#to.host);
  }
}

// impair PORT HOST:PORT JSON
const [, program, port, to, what] = process.argv;
if (program?.endsWith("impair.js") && port && to && what) {
  const [host, toPort] = to.split(":") as [string, string];
  await Impairer.open(JSON.parse(what) as Impairments, { host, port: Number(toPort) }, Number(port));
}
