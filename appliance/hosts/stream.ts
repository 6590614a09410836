/**
 * One NIC of an image under QEMU's `stream` network backend, seen from outside: a Unix socket that carries each frame
 * behind four bytes of length, big-endian. Neither side loses a frame: who is slow makes the other wait.
 *
 * QEMU 7.2 has two faults here. As the listening side it writes with a blocking socket, so a reader that is slow on one NIC
 * stops the whole machine: here QEMU connects. And it crashes when its peer goes while frames are queued for the guest:
 * let QEMU end first, then close().
 */
import { createServer, type Server, type Socket } from "node:net";

export class FrameStream {
  readonly #server: Server;
  readonly #connected: Promise<Socket>;
  #rest: Buffer = Buffer.alloc(0);
  #gone = false;
  #isConnected = false;
  /** When everything the image ever sent was taken: it has ended, or close() was called. */
  readonly ended: Promise<void>;

  private constructor(server: Server, onFrame: (frame: Buffer) => void, reading: boolean) {
    this.#server = server;
    this.#connected = new Promise((resolve) => server.once("connection", resolve));
    this.ended = new Promise((resolve) => {
      server.once("close", () => {
        this.#gone = true;
        resolve();
      });
      server.once("connection", (socket) => {
        this.#isConnected = true;
        socket.on("error", () => {}); // a close follows
        socket.on("close", () => server.close());
        if (reading) socket.on("data", (data: Buffer) => this.#take(data, onFrame));
      });
    });
  }

  /**
   * Makes the socket that QEMU connects to; call it before QEMU is started.
   * @param onFrame gets each frame the image sends on this NIC; a view, valid during the call only. Null: never reads
   */
  static listen(path: string, onFrame: ((frame: Buffer) => void) | null): Promise<FrameStream> {
    const server = createServer();
    const stream = new FrameStream(server, onFrame ?? (() => {}), onFrame !== null);
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(path, () => resolve(stream));
    });
  }

  /**
   * When QEMU has connected, or never will (close()). It does so beside everything else: an image may be ready, or even have
   * ended, before, and what it sends until then is lost.
   */
  async connected(): Promise<void> {
    await Promise.race([this.#connected, this.ended]);
  }

  /** Sends frames to the NIC; resolves when there is room for more. @throws Error when the image has ended. */
  async send(frames: readonly Uint8Array[]): Promise<void> {
    const socket = await Promise.race([this.#connected, this.ended]);
    if (!socket || this.#gone) throw new Error("the image has ended");
    const bytes = Buffer.allocUnsafe(frames.reduce((sum, frame) => sum + 4 + frame.length, 0));
    let at = 0;
    for (const frame of frames) {
      bytes.writeUInt32BE(frame.length, at);
      bytes.set(frame, at + 4);
      at += 4 + frame.length;
    }
    if (socket.write(bytes)) return;
    const drained = new Promise<void>((resolve) => socket.once("drain", resolve));
    await Promise.race([drained, this.ended]);
    if (this.#gone) throw new Error("the image has ended");
  }

  /** Ends it if QEMU has not connected. Only when the image has ended. */
  closeUnconnected(): void {
    if (!this.#isConnected) this.#server.close();
  }

  /** Frees the socket. Only when the image has ended. */
  async close(): Promise<void> {
    this.#server.close();
    const socket = await Promise.race([this.#connected, this.ended]);
    if (socket) socket.destroy();
  }

  #take(data: Buffer, onFrame: (frame: Buffer) => void): void {
    const bytes = this.#rest.length ? Buffer.concat([this.#rest, data]) : data;
    let at = 0;
    while (bytes.length - at >= 4) {
      const length = bytes.readUInt32BE(at);
      if (bytes.length - at - 4 < length) break;
      onFrame(bytes.subarray(at + 4, at + 4 + length));
      at += 4 + length;
    }
    this.#rest = bytes.subarray(at);
  }
}
