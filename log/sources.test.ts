// Where records come from: lines of a file, datagrams of a socket, and what the system says it has thrown away.
import { EventEmitter } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it, vi } from "vitest";
import { endpointOf, linesOf, listen, overrun } from "./sources.ts";

/** Sockets that were made, and what stands in for files of the system. */
const system = vi.hoisted(() => ({ sockets: [] as object[], files: new Map<string, string>() }));
vi.mock("node:dgram", () => ({
  createSocket: (options: object) => {
    const socket = Object.assign(new EventEmitter(), {
      bind: (port: number, address: string | undefined, done: () => void) => {
        Object.assign(socket, { bound: [port, address], done });
      },
    });
    system.sockets.push(Object.assign(socket, { options }));
    return socket;
  },
}));
vi.mock("node:fs", async (original) => {
  const fs = await original<typeof import("node:fs")>();
  const readFileSync = (path: string, encoding: "latin1") => {
    if (!path.startsWith("/proc/")) return fs.readFileSync(path, encoding);
    if (!system.files.has(path)) throw new Error("ENOENT");
    return system.files.get(path);
  };
  return { ...fs, readFileSync };
});

const folder = mkdtempSync(join(tmpdir(), "weir-sources-"));
afterAll(() => rmSync(folder, { recursive: true }));

const MOST = 65536;
it.each<[string, string, string[]]>([
  ["nothing", "", []],
  ["a line", "a\n", ["a"]],
  ["one without an end", "a\nb", ["a", "b"]],
  ["empty ones", "\n\nc\n", ["", "", "c"]],
  ["one as long as it may be", `${"x".repeat(MOST)}\nb\n`, ["x".repeat(MOST), "b"]],
  ["a longer one, cut", `${"x".repeat(MOST)}y\nb\n`, ["x".repeat(MOST), "b"]],
  ["a longer one at the end, cut", `a\n${"x".repeat(MOST)}y`, ["a", "x".repeat(MOST)]],
  ["one that comes in several pieces, cut", `${"x".repeat(600_000)}\nb\n`, ["x".repeat(MOST), "b"]],
  ["lines over the end of a piece", "a line\n".repeat(60_000), Array(60_000).fill("a line")],
])("lines of a file: %s", async (_, content, expected) => {
  writeFileSync(join(folder, "lines"), content);
  const found: string[] = [];
  for await (const line of linesOf(join(folder, "lines"))) found.push(line.toString());
  expect(found).toEqual(expected);
});

it.each([
  ["514", { address: "", port: 514 }],
  ["0", { address: "", port: 0 }],
  ["65535", { address: "", port: 65535 }],
  ["10.0.9.1:514", { address: "10.0.9.1", port: 514 }],
  ["collector.example:514", { address: "collector.example", port: 514 }],
  ["[fd00::1]:514", { address: "fd00::1", port: 514 }],
  ["[::ffff:10.0.9.1]:514", { address: "::ffff:10.0.9.1", port: 514 }],
])("--listen %s", (text, endpoint) => expect(endpointOf(text)).toEqual(endpoint));

it.each(["", "65536", "123456", "-1", "x", ":514", "10.0.9.1:", "fd00::1:514", "[]:514", "[fd00::1]514", "514 "])(
  "--listen %j is refused",
  (text) =>
    expect(() => endpointOf(text)).toThrow(
      `--listen ${text}: expected a port, or address:port ([address]:port for IPv6)`,
    ),
);

it.each([
  ["every address", "", "udp6", undefined],
  ["one of IPv4", "10.0.9.1", "udp4", "10.0.9.1"],
  ["one of IPv6", "fd00::1", "udp6", "fd00::1"],
])("a socket listens on %s, and says who sends", async (_, address, type, bound) => {
  const came: string[] = [];
  const listening = listen({ address, port: 514 }, (payload, from) => came.push(`${payload} from ${from}`));
  const socket = system.sockets.at(-1) as EventEmitter & { done: () => void };
  expect(socket).toMatchObject({ options: { type, recvBufferSize: 8 << 20 }, bound: [514, bound] });
  socket.done();
  expect(await listening).toBe(socket);
  socket.emit("message", Buffer.from("a"), { address: "10.0.9.2", port: 5514 });
  socket.emit("message", Buffer.from("b"), { address: "::ffff:10.0.9.2", port: 5514 });
  socket.emit("message", Buffer.from("c"), { address: "fd00::2", port: 5514 });
  expect(came).toEqual(["a from 10.0.9.2:5514", "b from 10.0.9.2:5514", "c from [fd00::2]:5514"]);
});

it("a socket that cannot listen says on what, and why", async () => {
  const listening = listen({ address: "192.0.2.1", port: 514 }, () => {});
  (system.sockets.at(-1) as EventEmitter).emit("error", new Error("bind EADDRNOTAVAIL"));
  await expect(listening).rejects.toThrow(/^--listen 192\.0\.2\.1:514: bind EADDRNOTAVAIL$/);
});

const HEAD =
  "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n";
const socketOf = (port: string, dropped: number) =>
  `  123: 0100007F:${port} 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 12345 2 0000000000000000 ${dropped}\n`;

it.each<[string, Record<string, string>, number, number | undefined]>([
  ["a system that does not say", {}, 514, undefined],
  ["no socket of that port", { udp: HEAD + socketOf("0203", 7) }, 514, undefined],
  ["one", { udp: HEAD + socketOf("0203", 7) + socketOf("0202", 5) }, 514, 5],
  [
    "both kinds, with a port of few digits",
    { udp: HEAD + socketOf("000A", 5), udp6: HEAD + socketOf("000A", 3) },
    10,
    8,
  ],
  ["the one kind that there is", { udp6: HEAD + socketOf("0202", 0) }, 514, 0],
])("datagrams thrown away: %s", (_, files, port, expected) => {
  system.files = new Map(Object.entries(files).map(([name, text]) => [`/proc/net/${name}`, text]));
  expect(overrun(port)).toBe(expected);
});
