/** Receivers of logs as people have them, from their Debian packages, each with a configuration of its own in a folder. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, readSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { until } from "../../lib/testing/until.ts";

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Of these programs, those that are not installed. */
export const absent = (...programs: string[]): string[] =>
  programs.filter((program) => {
    try {
      execFileSync("sh", ["-c", `command -v ${program}`], { stdio: "pipe", env: { ...process.env, PATH: PATHS } });
      return false;
    } catch {
      return true;
    }
  });
const PATHS = `${process.env.PATH}:/usr/sbin:/sbin`;

export class Rsyslog {
  readonly #process: ChildProcess;
  /** Each datagram as it came, a line each; and as a relay would send it on (RFC 5424). */
  readonly raw: string;
  readonly relayed: string;

  private constructor(process: ChildProcess, folder: string) {
    this.#process = process;
    [this.raw, this.relayed] = [join(folder, "raw"), join(folder, "relayed")];
  }

  static async start(folder: string, port: number): Promise<Rsyslog> {
    writeFileSync(
      join(folder, "rsyslog.conf"),
      `global(workDirectory="${folder}" net.enableDNS="off")
module(load="imudp")
input(type="imudp" address="127.0.0.1" port="${port}" ruleset="weir")
template(name="raw" type="string" string="%rawmsg%\\n")
ruleset(name="weir" queue.type="FixedArray" queue.size="200000" queue.workerThreads="1") {
  action(type="omfile" file="${join(folder, "raw")}" template="raw")
  action(type="omfile" file="${join(folder, "relayed")}" template="RSYSLOG_SyslogProtocol23Format")
}
`,
    );
    const args = ["-n", "-f", join(folder, "rsyslog.conf"), "-i", join(folder, "rsyslog.pid")];
    const child = spawn("rsyslogd", args, { stdio: "ignore", env: { ...process.env, PATH: PATHS } });
    const receiver = new Rsyslog(child, folder);
    await until(() => waiting(port) !== undefined || child.exitCode !== null);
    if (child.exitCode !== null) throw new Error("rsyslogd does not listen");
    return receiver;
  }

  /** Until it has written so many datagrams, and has ended. */
  async stop(datagrams: number): Promise<void> {
    let [lines, read] = [0, 0];
    await until(() => {
      // What came since the last look
      const size = statSync(this.raw, { throwIfNoEntry: false })?.size ?? 0;
      if (size > read) lines += linesIn(this.raw, read, size);
      read = size;
      return lines >= datagrams;
    });
    const ended = new Promise((resolve) => this.#process.once("close", resolve));
    this.#process.kill("SIGTERM");
    await ended;
  }

  kill(): void {
    this.#process.kill("SIGKILL");
  }
}

/** Ends of lines in a part of a file. */
function linesIn(path: string, from: number, to: number): number {
  const bytes = Buffer.alloc(to - from);
  const fd = openSync(path, "r");
  readSync(fd, bytes, 0, bytes.length, from);
  closeSync(fd);
  return bytes.reduce((sum, byte) => sum + Number(byte === 10), 0);
}

/** Bytes that wait in the socket of a UDP port of this machine; undefined when nobody listens there. */
export function waiting(port: number): number | undefined {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  for (const table of ["/proc/net/udp", "/proc/net/udp6"])
    for (const line of readFileSync(table, "latin1").split("\n").slice(1)) {
      const fields = line.trim().split(/\s+/);
      if (fields[1]?.endsWith(wanted)) return Number.parseInt(fields[4]!.split(":")[1]!, 16);
    }
  return undefined;
}

/** Sends lines through fever's input socket. @returns what comes out of its output socket */
export async function throughFever(folder: string, lines: readonly string[]): Promise<string[]> {
  const path = (name: string) => join(folder, `fever-${name}`);
  writeFileSync(
    path("config.yaml"),
    `multi-forward:\n  all:\n    socket: ${path("out")}\n    all: true\n    buffer-length: 200000\n    types: []\n`,
  );
  let received = "";
  const server = createServer((socket) => socket.on("data", (data) => (received += data.toString("latin1"))));
  await new Promise<void>((resolve) => server.listen(path("out"), resolve));
  const args = [
    "run",
    "--config",
    path("config.yaml"),
    "-i",
    path("in"),
    "--in-buffer-drop=false",
    "--mgmt-socket",
    path("m"),
  ];
  const fever = spawn("fever", args, { cwd: folder, stdio: "ignore" });
  try {
    const input = await connected(path("in"));
    for (let at = 0; at < lines.length; at += 1000) {
      const room = input.write(
        lines
          .slice(at, at + 1000)
          .map((line) => `${line}\n`)
          .join(""),
        "latin1",
      );
      if (!room) await new Promise((resolve) => input.once("drain", resolve));
    }
    // All of them, or as many as it sends before it ends
    const count = () => received.split("\n").length - 1;
    await until(() => count() >= lines.length || fever.exitCode !== null);
    input.destroy();
  } finally {
    const ended = new Promise((resolve) => fever.once("close", resolve));
    fever.kill("SIGKILL");
    await ended;
    server.close();
  }
  return received.split("\n").filter(Boolean);
}

/** fever takes a moment to open its socket. */
async function connected(path: string): Promise<Socket> {
  return until(
    () =>
      new Promise<Socket | undefined>((resolve) => {
        const socket = connect(path, () => resolve(socket));
        socket.once("error", () => resolve(undefined));
      }),
  );
}
