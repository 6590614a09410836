// Streams that come from sockets: all datagrams of a port one behind the other, each connection by itself, until SIGINT.
import { createSocket } from "node:dgram";
import { connect, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { until } from "../lib/testing/until.ts";
import { tcpListener, udpListener } from "./sources.ts";

/** The sockets that they make. */
const made = vi.hoisted(() => ({ all: [] as unknown[] }));
vi.mock("node:dgram", async (original) => {
  const dgram = await original<typeof import("node:dgram")>();
  const createSocket = (...args: Parameters<typeof dgram.createSocket>) => {
    made.all.push(dgram.createSocket(...args));
    return made.all.at(-1);
  };
  return { ...dgram, createSocket };
});
vi.mock("node:net", async (original) => {
  const net = await original<typeof import("node:net")>();
  const createServer = () => {
    made.all.push(net.createServer());
    return made.all.at(-1);
  };
  return { ...net, createServer };
});

let interrupt: () => void;
beforeEach(() => {
  made.all = [];
  vi.spyOn(process, "once").mockImplementation((name, listener) => {
    expect(name).toBe("SIGINT");
    interrupt = listener as () => void;
    return process;
  });
});
afterEach(() => void vi.restoreAllMocks());

/** The port of what was made last. */
const port = () => until(() => portOf(made.all.at(-1) as Server | undefined));
function portOf(one: Server | undefined): number | undefined {
  try {
    return (one?.address() as { port: number } | null)?.port;
  } catch {
    return undefined; // not bound yet
  }
}

it("all datagrams that come to a port are a stream, until it is interrupted", async () => {
  const source = udpListener(0, "name");
  expect(source).toEqual({ name: "name", size: undefined, digest: new Uint8Array(32), bytes: expect.any(Function) });
  const came: string[] = [];
  const reading = (async () => {
    for await (const bytes of source.bytes()) came.push(bytes.toString());
  })();
  const to = await port();
  const listening = made.all.at(-1) as ReturnType<typeof createSocket>;
  const socket = createSocket("udp4");
  for (const text of ["a", "bc"]) {
    const before = came.length;
    await new Promise((resolve) => socket.send(text, to, "127.0.0.1", resolve));
    await until(() => came.length > before);
  }
  socket.close();
  interrupt();
  await reading;
  expect(came).toEqual(["a", "bc"]);
  expect(() => listening.address()).toThrow(); // closed
});

it("a socket that fails is told, not taken for the end", async () => {
  const reading = (async () => {
    for await (const _ of udpListener(0, "name").bytes());
  })();
  await port();
  (made.all.at(-1) as Socket).emit("error", new Error("EACCES"));
  await expect(reading).rejects.toThrow("EACCES");
});

it("each connection is a stream of its own, counted, until it is interrupted", async () => {
  const came: string[] = [];
  const reading = (async () => {
    for await (const source of tcpListener(0, "name"))
      for await (const bytes of source.bytes()) came.push(`${source.name} ${source.size} ${bytes}`);
  })();
  const to = await port();
  const server = made.all.at(-1) as Server;
  for (const text of ["a", "bc"]) {
    const before = came.length;
    connect(to, "127.0.0.1").end(text);
    await until(() => came.length > before);
  }
  interrupt();
  await reading;
  expect(came).toEqual(["name-1 undefined a", "name-2 undefined bc"]);
  expect(server.listening).toBe(false);
});

it("a server that fails is told, not taken for the end", async () => {
  const reading = (async () => {
    for await (const _ of tcpListener(0, "name"));
  })();
  await port();
  (made.all.at(-1) as Server).emit("error", new Error("EADDRINUSE"));
  await expect(reading).rejects.toThrow("EADDRINUSE");
});
