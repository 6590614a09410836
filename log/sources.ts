/** Where a collector gets records from: a UDP socket, or files and pipes with a record on each line. */
import { createSocket, type Socket } from "node:dgram";
import { createReadStream, readFileSync } from "node:fs";

/** Bytes of a line; what is longer is no record and is cut. */
const LONGEST = 65536;

/** The lines of a file, or of standard input (`-`), without their ends. Each has memory of its own. */
export async function* linesOf(path: string): AsyncGenerator<Buffer> {
  const stream: AsyncIterable<Buffer> =
    path === "-" ? process.stdin : createReadStream(path, { highWaterMark: 1 << 18 });
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    const bytes = rest.length ? Buffer.concat([rest, chunk]) : chunk;
    let at = 0;
    for (let end = bytes.indexOf(10, at); end >= 0; end = bytes.indexOf(10, at)) {
      yield Buffer.from(bytes.subarray(at, Math.min(end, at + LONGEST)));
      at = end + 1;
    }
    rest = bytes.subarray(at, Math.min(bytes.length, at + LONGEST));
  }
  if (rest.length) yield Buffer.from(rest);
}

export interface Endpoint {
  /** Empty: every address of this machine. */
  address: string;
  port: number;
}

/** `514`, `10.0.9.1:514`, `[fd00::1]:514`. @throws Error */
export function endpointOf(text: string, option = "--listen"): Endpoint {
  const [, six, four, digits] = /^(?:(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):)?(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65535)
    throw new Error(`${option} ${text}: expected a port, or address:port ([address]:port for IPv6)`);
  return { address: six ?? four ?? "", port };
}

/** Bytes that datagrams may wait in; the system's limit (net.core.rmem_max) may be lower. */
const WAITING = 8 << 20;

/** Opens a UDP socket. @param onDatagram gets each payload, and `address:port` of who says to have sent it */
export function listen(
  { address, port }: Endpoint,
  onDatagram: (payload: Buffer, from: string) => void,
): Promise<Socket> {
  const type = address === "" || address.includes(":") ? "udp6" : "udp4";
  const socket = createSocket({ type, recvBufferSize: WAITING });
  socket.on("message", (payload, { address: host, port: from }) =>
    onDatagram(
      payload,
      host.includes(":") && !host.startsWith("::ffff:")
        ? `[${host}]:${from}`
        : `${host.replace("::ffff:", "")}:${from}`,
    ),
  );
  return new Promise((resolve, reject) => {
    socket.once("error", (error) => reject(new Error(`--listen ${address}:${port}: ${error.message}`)));
    socket.bind(port, address || undefined, () => resolve(socket));
  });
}

/** Datagrams that this machine's system has thrown away because the socket's buffer was full; undefined: not known here. */
export function overrun(port: number): number | undefined {
  let sum: number | undefined;
  for (const table of ["/proc/net/udp", "/proc/net/udp6"]) {
    try {
      for (const line of readFileSync(table, "latin1").split("\n").slice(1)) {
        const fields = line.trim().split(/\s+/);
        if (fields[1]?.endsWith(`:${port.toString(16).toUpperCase().padStart(4, "0")}`))
          sum = (sum ?? 0) + Number(fields.at(-1));
      }
    } catch {
      // not Linux
    }
  }
  return sum;
}
