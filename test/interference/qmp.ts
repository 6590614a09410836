/** QEMU's machine protocol (QMP, docs/interop/qmp-spec.txt), as much as a witness needs: questions, in order. */
import { createServer, type Server, type Socket } from "node:net";
import { createInterface } from "node:readline";

interface Reply {
  return?: unknown;
  error?: { desc: string };
}

export class Qmp {
  readonly #server: Server;
  readonly #greeted: Promise<Socket>;
  readonly #waiting: ((reply: Reply) => void)[] = [];

  private constructor(server: Server) {
    this.#server = server;
    this.#greeted = new Promise((resolve) => {
      server.once("connection", (socket) => {
        socket.on("error", () => {}); // QEMU has ended
        socket.on("close", () => {
          for (const answer of this.#waiting.splice(0)) answer({ error: { desc: "QEMU has ended" } });
        });
        const lines = createInterface({ input: socket });
        lines.on("error", () => {});
        lines.on("line", (line) => {
          const reply = JSON.parse(line) as Reply & { QMP?: unknown };
          if (reply.QMP) resolve(socket);
          else if ("return" in reply || "error" in reply) this.#waiting.shift()?.(reply);
        });
      });
    });
  }

  /** Makes the socket; QEMU connects to it when it is started with the arguments of `qmpArguments`. */
  static async listen(path: string): Promise<Qmp> {
    const server = createServer();
    const qmp = new Qmp(server);
    await new Promise<void>((resolve) => server.listen(path, resolve));
    return qmp;
  }

  /** Leaves the protocol's first state, in which nothing but this is answered. */
  async open(): Promise<void> {
    await this.#greeted;
    await this.ask("qmp_capabilities");
  }

  /** @throws Error with QEMU's own description. */
  async ask<T = unknown>(execute: string, given: Record<string, unknown> = {}): Promise<T> {
    const socket = await this.#greeted;
    const reply = new Promise<Reply>((resolve) => this.#waiting.push(resolve));
    socket.write(`${JSON.stringify({ execute, arguments: given })}\n`);
    const { error, return: value } = await reply;
    if (error) throw new Error(`${execute}: ${error.desc}`);
    return value as T;
  }

  close(): void {
    this.#server.close();
  }
}

export const qmpArguments = (path: string): string[] => [
  ...["-chardev", `socket,id=qmp,path=${path},server=off`, "-mon", "chardev=qmp,mode=control"],
];
