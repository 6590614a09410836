/**
 * In which order the pieces of a file were sent: the digest of the relay, which has no file, is that of the bytes in this order. A file
 * is sent from its beginning to its end, but what was lost on the way to the relay, and calculated there, left it later.
 */
import { createHash } from "node:crypto";
import { open } from "node:fs/promises";

interface Piece {
  /** Of its first record, and that behind its last. */
  order: number;
  next: number;
  offset: number;
  length: number;
}

const AT_ONCE = 1 << 20;

export class Pieces {
  readonly #all: Piece[] = [];

  add(order: number, offset: number, length: number): void {
    const last = this.#all.at(-1);
    if (last?.next === order && last.offset + last.length === offset) {
      last.next++;
      last.length += length;
    } else this.#all.push({ order, next: order + 1, offset, length });
  }

  /** SHA-256 of what a file has at these places. */
  async digest(path: string): Promise<Buffer> {
    const hash = createHash("sha256");
    const file = await open(path, "r");
    const buffer = Buffer.alloc(AT_ONCE);
    try {
      for (const { offset, length } of this.#all.sort((a, b) => a.order - b.order))
        for (let at = 0; at < length; ) {
          const { bytesRead } = await file.read(buffer, 0, Math.min(length - at, AT_ONCE), offset + at);
          if (bytesRead === 0) throw new Error("it is shorter than what was written");
          hash.update(buffer.subarray(0, bytesRead));
          at += bytesRead;
        }
    } finally {
      await file.close();
    }
    return hash.digest();
  }
}
