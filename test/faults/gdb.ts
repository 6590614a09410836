/**
 * QEMU's debugger port (GDB Remote Serial Protocol), as much as a hand in the machine's memory needs: what a device writes to a
 * ring, or somebody to a device's registers, is written here while the machine stands still.
 */
import { connect, type Socket } from "node:net";

export const gdbArguments = (path: string): string[] => ["-gdb", `unix:path=${path},server=on,wait=off`];

export class Gdb {
  readonly #socket: Socket;
  #rest = "";
  readonly #replies: string[] = [];
  #wake = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding("latin1");
    socket.on("error", () => {});
    socket.on("data", (text: string) => {
      this.#rest += text;
      for (let found = /^[^$]*\$([^#]*)#../s.exec(this.#rest); found; found = /^[^$]*\$([^#]*)#../s.exec(this.#rest)) {
        this.#rest = this.#rest.slice(found[0].length);
        this.#replies.push(found[1]!);
        socket.write("+");
      }
      this.#wake();
    });
  }

  /** The machine stops as soon as somebody is there; physical addresses from then on. */
  static async stop(path: string): Promise<Gdb> {
    const socket = connect(path);
    await new Promise<void>((resolve, reject) => socket.once("connect", resolve).once("error", reject));
    const gdb = new Gdb(socket);
    await gdb.#ask("?");
    const mode = await gdb.#ask("Qqemu.PhyMemMode:1");
    if (mode !== "OK") throw new Error(`gdb: no physical addresses: ${mode}`);
    return gdb;
  }

  async read(at: number, length: number): Promise<Buffer> {
    const bytes = Buffer.from(await this.#ask(`m${at.toString(16)},${length.toString(16)}`), "hex");
    if (bytes.length !== length) throw new Error(`gdb: ${length} bytes at 0x${at.toString(16)} cannot be read`);
    return bytes;
  }

  async write(at: number, bytes: Uint8Array): Promise<void> {
    const answer = await this.#ask(
      `M${at.toString(16)},${bytes.length.toString(16)}:${Buffer.from(bytes).toString("hex")}`,
    );
    if (answer !== "OK") throw new Error(`gdb: 0x${at.toString(16)} cannot be written: ${answer}`);
  }

  /** The machine goes on, without anybody there. */
  async leave(): Promise<void> {
    await this.#ask("D");
    this.#socket.destroy();
  }

  async #ask(packet: string): Promise<string> {
    const sum = [...packet].reduce((total, c) => (total + c.charCodeAt(0)) & 255, 0);
    this.#socket.write(`$${packet}#${sum.toString(16).padStart(2, "0")}`);
    for (;;) {
      const reply = this.#replies.shift();
      // That it stopped is said without being asked, too
      if (reply !== undefined && (packet === "?" || !/^T\d\d/.test(reply))) return reply;
      if (reply !== undefined) continue;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
