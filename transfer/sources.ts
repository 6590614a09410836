/** Streams to be sent that come from sockets. */
import { createSocket } from "node:dgram";
import { on } from "node:events";
import { createServer, type Socket } from "node:net";
import { type Source, streamSource } from "./send.ts";

/** All datagrams that come to a port, one behind the other; ends on SIGINT. */
export function udpListener(port: number, name: string): Source {
  return streamSource(name, async function* () {
    const socket = createSocket("udp4");
    const over = new AbortController();
    process.once("SIGINT", () => over.abort());
    socket.bind(port);
    try {
      for await (const [datagram] of on(socket, "message", { signal: over.signal })) yield datagram as Buffer;
    } catch (error) {
      if ((error as Error).name !== "AbortError") throw error;
    } finally {
      socket.close();
    }
  });
}

/** Each connection to a port, one after the other; others wait. Ends on SIGINT. */
export async function* tcpListener(port: number, name: string): AsyncGenerator<Source> {
  const server = createServer();
  const over = new AbortController();
  process.once("SIGINT", () => over.abort());
  server.listen(port);
  let n = 0;
  try {
    for await (const [socket] of on(server, "connection", { signal: over.signal }))
      yield streamSource(`${name}-${++n}`, () => socket as Socket as AsyncIterable<Buffer>);
  } catch (error) {
    if ((error as Error).name !== "AbortError") throw error;
  } finally {
    server.close();
  }
}
