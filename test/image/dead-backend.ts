/**
 * A NIC that a host never serves: the far end of QEMU's `-netdev vhost-user` (QEMU, docs/interop/vhost-user.rst), which agrees
 * to all that is asked and then takes no buffer, as a backend does that died, hangs, or never started its port. Descriptors of
 * memory and eventfds come with the messages; they are not taken, because nothing is done with them.
 */
import { createServer, type Server, type Socket } from "node:net";

/** Requests that QEMU wants an answer to; all others are taken in silence. */
const GET_FEATURES = 1;
const GET_VRING_BASE = 11;
const GET_PROTOCOL_FEATURES = 15;
const GET_QUEUE_NUM = 17;
const SET_VRING_KICK = 12;

/** VIRTIO 1, and that queues are switched on one by one, without which QEMU does not start them. */
const FEATURES = (1n << 32n) | (1n << 30n);
/** Request, flags, size of what follows. */
const HEADER = 12;
const VERSION_1_REPLY = 1 | 4;

export class DeadBackend {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Queues that QEMU told it to serve, by its last number of each. */
  readonly kicked = new Set<number>();

  private constructor(path: string) {
    this.#server = createServer((socket) => this.#serve(socket)).listen(path);
  }

  static listen(path: string): Promise<DeadBackend> {
    const backend = new DeadBackend(path);
    return new Promise((resolve) => backend.#server.once("listening", () => resolve(backend)));
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    let waiting = Buffer.alloc(0);
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      waiting = Buffer.concat([waiting, bytes]);
      while (waiting.length >= HEADER && waiting.length >= HEADER + waiting.readUInt32LE(8)) {
        const size = waiting.readUInt32LE(8);
        this.#answer(socket, waiting.readUInt32LE(0), waiting.subarray(HEADER, HEADER + size));
        waiting = waiting.subarray(HEADER + size);
      }
    });
  }

  #answer(socket: Socket, request: number, payload: Buffer): void {
    if (request === SET_VRING_KICK) this.kicked.add(payload.readUInt32LE(0) & 0xff);
    if (![GET_FEATURES, GET_VRING_BASE, GET_PROTOCOL_FEATURES, GET_QUEUE_NUM].includes(request)) return;
    const reply = Buffer.alloc(HEADER + 8);
    [request, VERSION_1_REPLY, 8].forEach((word, n) => {
      reply.writeUInt32LE(word, n * 4);
    });
    if (request === GET_FEATURES) reply.writeBigUInt64LE(FEATURES, HEADER);
    if (request === GET_VRING_BASE) payload.copy(reply, HEADER, 0, 4); // the ring's number; nothing was taken of it
    socket.write(reply);
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}

/** QEMU's arguments for NICs on such backends, by address; they want memory that another process could map. */
export function deadNics(memory: number, pci: boolean, nics: readonly { mac: string; path: string }[]): string[] {
  const device = pci ? "virtio-net-pci,disable-legacy=on,romfile=" : "virtio-net-device";
  return [
    ...["-object", `memory-backend-memfd,id=shared,size=${memory}M,share=on`, "-M", "memory-backend=shared"],
    ...nics.flatMap(({ mac, path }, n) => [
      ...["-chardev", `socket,id=far${n},path=${path}`, "-netdev", `vhost-user,chardev=far${n},id=dead${n}`],
      ...["-device", `${device},netdev=dead${n},mac=${mac}`],
    ]),
  ];
}
