/**
 * One NIC of an image under QEMU's `stream` network backend, seen from outside: a Unix socket that carries each frame
 * behind four bytes of length, big-endian. Neither side loses a frame: who is slow makes the other wait.
 *
 * QEMU 7.2 crashes when its peer goes while frames are queued for the guest, so let QEMU end first, then close().
 */
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export class FrameStream {
  readonly #socket: Socket;
  readonly #onFrame: (frame: Buffer) => void;
  #rest: Buffer = Buffer.alloc(0);
  #lost: Error | undefined;
  /** When everything the image ever sent was taken: it has ended, or close() was called. */
  readonly ended: Promise<void>;

  /** @param onFrame gets each frame the image sends on this NIC; a view, valid during the call only */
  private constructor(socket: Socket, onFrame: (frame: Buffer) => void) {
    this.#socket = socket;
    this.#onFrame = onFrame;
    socket.on("data", (data: Buffer) => this.#take(data));
    socket.on("error", (error) => {
      this.#lost = error;
    });
    this.ended = new Promise((resolve) => {
      socket.on("close", () => {
        this.#lost ??= new Error("the image has gone");
        resolve();
      });
    });
  }

  /** Connects to QEMU's socket, which may be about to appear. @throws Error when it does not within `patience` ms. */
  static async connect(path: string, onFrame: (frame: Buffer) => void, patience = 5000): Promise<FrameStream> {
    for (const until = Date.now() + patience; ; await sleep(10)) {
      const socket = await attempt(path);
      if (!(socket instanceof Error)) return new FrameStream(socket, onFrame);
      if (Date.now() > until) throw socket;
    }
  }

  /** Sends frames to the NIC; resolves when there is room for more. @throws Error when the image has gone. */
  async send(frames: readonly Uint8Array[]): Promise<void> {
    if (this.#lost) throw this.#lost;
    const bytes = Buffer.allocUnsafe(frames.reduce((sum, frame) => sum + 4 + frame.length, 0));
    let at = 0;
    for (const frame of frames) {
      bytes.writeUInt32BE(frame.length, at);
      bytes.set(frame, at + 4);
      at += 4 + frame.length;
    }
    if (this.#socket.write(bytes)) return;
    await new Promise<void>((resolve, reject) => {
      const done = () => {
        this.#socket.off("drain", done).off("close", done);
        if (this.#lost) reject(this.#lost);
        else resolve();
      };
      this.#socket.on("drain", done).on("close", done);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(data: Buffer): void {
    const bytes = this.#rest.length ? Buffer.concat([this.#rest, data]) : data;
    let at = 0;
    while (bytes.length - at >= 4) {
      const length = bytes.readUInt32BE(at);
      if (bytes.length - at - 4 < length) break;
      this.#onFrame(bytes.subarray(at + 4, at + 4 + length));
      at += 4 + length;
    }
    this.#rest = bytes.subarray(at);
  }
}

function attempt(path: string): Promise<Socket | Error> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.removeAllListeners("error");
      resolve(socket);
    });
    socket.once("error", resolve);
  });
}
